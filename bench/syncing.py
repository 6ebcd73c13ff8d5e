"""Sync of records between laptops and a server, against the least that a row-wise sync can do; stores are compared at the end."""

import json
import os
import random
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from bench import sync_bound
from bench.children import ROOT, environment
from bench.method import NO_GOAL, SEED, Goal, Row, Section, paired_ratio, span

INSPECTIONS, ANSWERS, CHANGED = 200, 50, 10
ROUNDS, WEAK_ROUNDS = 3, 2
RTT_MS, MBIT = 100, 10
_TEXT = "病历记录与费用清单不一致现场核查床位费诊疗项目超标准收费重复收费分解住院串换材料医师签字时间逻辑错误药品进销存数量不符"
Record = dict[str, Any]


class Laptop(Protocol):
    """What is measured of either kind of laptop; seconds."""

    def load(self) -> None: ...
    def touch(self) -> None: ...
    def sync(self) -> float: ...
    def photos(self) -> float: ...
    def digest(self) -> str: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Kind:
    """What is measured: the command of its server (data folder and port follow), and its laptops."""

    serve: Callable[[Path, int], Sequence[str]]
    laptop: "Callable[[Office, Path, int], Laptop]"
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Office:
    """A server of some kind, and the laptops that are to meet there."""

    folder: Path
    photos: Path | None
    port: int
    server: "subprocess.Popen[str]"
    kind: Kind
    laptops: list[Laptop] = field(default_factory=list)

    def laptop(self, name: str, port: int | None = None) -> Laptop:
        """Return a new laptop; `port` leads to the server by another way."""
        folder = self.folder / name
        folder.mkdir()
        made = self.kind.laptop(self, folder, port or self.port)
        self.laptops.append(made)
        return made


class Driven:
    """A program as a child that is driven: one command a line, one JSON line back (bench/sync_driver.py)."""

    def __init__(self, command: Sequence[str], office: Office, folder: Path, port: int) -> None:
        own = {
            "URL": f"http://127.0.0.1:{port}", "STORE": str(folder), "RECORDS": str(office.folder / "records.json"),
            "SERVER_DATA": str(office.folder / "srv"), "PHOTOS": str(office.photos or ""), **office.kind.environ,
        }  # fmt: skip
        self._child = subprocess.Popen(
            command, cwd=ROOT, text=True,
            env=environment(office.folder.parent / "cache") | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._heard()

    def load(self) -> None:
        self.ask("load")

    def touch(self) -> None:
        self.ask("touch 1")

    def sync(self) -> float:
        return float(self.ask("sync")["s"])

    def photos(self) -> float:
        return float(self.ask("photos")["s"])

    def digest(self) -> str:
        return str(self.ask("count")["h"])

    def peak_mib(self) -> float:
        return peak_mib(self._child.pid)

    def forget_peak(self) -> None:
        forget_peak(self._child.pid)

    def close(self) -> None:
        self._write("quit")
        self._child.wait(30)

    def ask(self, command: str) -> Mapping[str, Any]:
        """Let the child obey and return what it says.

        Raises:
            RuntimeError: With its error.
        """
        self._write(command)
        return self._heard()

    def _write(self, command: str) -> None:
        assert self._child.stdin is not None
        print(command, file=self._child.stdin, flush=True)

    def _heard(self) -> Mapping[str, Any]:
        assert self._child.stdout is not None
        said: dict[str, Any] = json.loads(self._child.stdout.readline())
        if not said["ok"]:
            raise RuntimeError(said["e"])
        return said


class Ours(Driven):
    """The program."""

    def __init__(self, office: Office, folder: Path, port: int) -> None:
        super().__init__([sys.executable, "-m", "bench.sync_driver"], office, folder, port)


class _Bound:
    """The bound's client, in this process."""

    def __init__(self, office: Office, folder: Path, port: int) -> None:
        self._office, self._client = office, sync_bound.Client(port, folder)

    def load(self) -> None:
        self._client.load(office_records(self._office.folder / "records.json"))

    def touch(self) -> None:
        self._client.load(office_records(self._office.folder / "touch-1.json"))

    def sync(self) -> float:
        return _seconds(self._client.sync)

    def photos(self) -> float:
        assert self._office.photos is not None
        files = sorted(self._office.photos.iterdir())
        return _seconds(lambda: [self._client.send_file(one) for one in files])

    def digest(self) -> str:
        return self._client.digest()

    def close(self) -> None:
        self._client.close()


OURS = Kind(
    lambda data, port: (
        sys.executable, "-m", "sync.server.cli", "serve", "--data", str(data), "--port", str(port),
    ),
    Ours,
)  # fmt: skip
BOUND = Kind(lambda data, port: (sys.executable, "-m", "bench.sync_bound", str(port), str(data)), _Bound)
KINDS = {"ours": OURS, "bound": BOUND}


def measure(folder: Path) -> Section:
    """Sync 10,000 records up and down, on loopback and over a weak line."""
    near: dict[str, dict[str, list[float]]] = {"ours": {}, "bound": {}}
    weak: dict[str, dict[str, list[float]]] = {"ours": {}, "bound": {}}
    peak: list[tuple[float, float]] = []
    for number in range(ROUNDS):
        for name in ("ours", "bound") if number % 2 else ("bound", "ours"):
            with meeting(folder / f"near-{number}-{name}", KINDS[name]) as office:
                _near(office, near[name], peak)
    for number in range(WEAK_ROUNDS):
        for name in ("ours", "bound"):
            with meeting(folder / f"weak-{number}-{name}", KINDS[name]) as office:
                _weak(office, weak[name])
    return Section("Sync", tuple(_rows(near, weak, peak)))


def office_records(path: Path) -> list[Record]:
    """Return records of a file."""
    found: list[Record] = json.loads(path.read_bytes())
    return found


def _near(office: Office, found: dict[str, list[float]], peak: list[tuple[float, float]]) -> None:
    def keep(what: str, seconds: float) -> None:
        found.setdefault(what, []).append(seconds)

    first, second = office.laptop("a"), office.laptop("b")
    # As the weak line, and as beside other programs: what is needed once, the log-in and a server's first requests, is told alone.
    keep("first exchange of all, nothing there", first.sync())
    second.sync()
    first.load()
    if isinstance(first, Ours):
        first.forget_peak()  # the records of the benchmark were read to make them
    keep("first push", first.sync())
    if isinstance(first, Ours):
        peak.append((first.peak_mib(), peak_mib(office.server.pid)))
    keep("first pull", second.sync())
    keep("no change", median(first.sync() for _ in range(5)))
    first.touch()
    keep("10 changed, push", first.sync())
    keep("10 changed, pull", second.sync())
    if first.digest() != second.digest():
        raise RuntimeError("the stores differ")


def _weak(office: Office, found: dict[str, list[float]]) -> None:
    with weak_line(office.port) as line:
        first = office.laptop("a", line.port)
        first.sync()
        first.load()
        for what in ("first push", "no change", "10 changed"):
            if what == "10 changed":
                first.touch()
            before = line.carried()
            found.setdefault(what, []).append(first.sync())
            found.setdefault(f"{what}, bytes", []).append(line.carried() - before)


def _rows(
    near: Mapping[str, Mapping[str, list[float]]],
    weak: Mapping[str, Mapping[str, list[float]]],
    peak: Sequence[tuple[float, float]],
) -> Iterator[Row]:
    goals = {
        "first push": Goal("at_most", 3.0, "≤ 3×"),
        "first pull": Goal("at_most", 3.5, "≤ 3.5×"),
    }
    for what, ours in near["ours"].items():
        yield _row(f"{what}, loopback", ours, near["bound"][what], goals.get(what, NO_GOAL), length_of=span)
    yield _row("first push, weak line", weak["ours"]["first push"], weak["bound"]["first push"],
               Goal("at_most", 1.5, "≤ 1.5×"), length_of=span)  # fmt: skip
    idle = weak["ours"]["no change"]
    trips = median(idle) * 1000 / RTT_MS
    yield Row(
        "no change, weak line",
        span(idle),
        f"one round trip: {RTT_MS} ms",
        f"{trips:.2f}×",
        "one round trip",
        Goal("at_most", 1.5).verdict(trips),
    )
    quiet = median(weak["ours"]["no change, bytes"])
    yield Row("no change, weak line: bytes", f"{quiet:.0f}", f"bound: {median(weak['bound']['no change, bytes']):.0f}", "",
              "≤ 2,000", Goal("at_most", 2000).verdict(quiet))  # fmt: skip
    yield _row(
        "10 changed, weak line",
        weak["ours"]["10 changed"],
        weak["bound"]["10 changed"],
        NO_GOAL,
        length_of=span,
    )
    yield _row("10 changed, weak line: bytes", weak["ours"]["10 changed, bytes"], weak["bound"]["10 changed, bytes"],
               Goal("at_most", 2.0, "≤ 2×"), length_of=lambda each: f"{median(each):.0f}")  # fmt: skip
    both = median(client + server for client, server in peak)
    parts = f"client {median(one for one, _ in peak):.0f} MiB, server {median(one for _, one in peak):.0f} MiB"
    yield Row("memory of client and server, first push", f"{both:.0f} MiB", parts, "–", "≤ 200 MB",
              Goal("at_most", 200 / 1.048576).verdict(both))  # fmt: skip


def _row(
    what: str,
    ours: Sequence[float],
    bound: Sequence[float],
    goal: Goal,
    *,
    length_of: Callable[[Sequence[float]], str],
) -> Row:
    ratio = paired_ratio(ours, bound)
    return Row(
        what, length_of(ours), f"bound: {length_of(bound)}", f"{ratio:.2f}×", goal.words, goal.verdict(ratio)
    )


@contextmanager
def meeting(
    folder: Path, kind: Kind, *, pictures: Path | None = None, inspections: int = INSPECTIONS
) -> Iterator[Office]:
    """Start a server; end it and all laptops afterwards."""
    (folder / "srv").mkdir(parents=True)
    records = _records(inspections)
    chance = random.Random(SEED)
    changed = [
        {**one, "value": "no", "note": f"{one['note']}（复核）"} for one in chance.sample(records, CHANGED)
    ]
    (folder / "records.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    (folder / "touch-1.json").write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    port = _free_port()
    server = subprocess.Popen(
        kind.serve(folder / "srv", port),
        cwd=ROOT,
        env={**environment(folder.parent / "cache"), **kind.environ},
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    office = Office(folder, pictures, port, server, kind)
    try:
        _wait_for(port)
        yield office
    finally:
        with ExitStack() as ends:
            ends.callback(server.wait, 20)
            ends.callback(server.terminate)
            for one in office.laptops:
                ends.callback(one.close)


@dataclass(frozen=True)
class Line:
    """A line of its own process."""

    child: "subprocess.Popen[str]"
    port: int

    def carried(self) -> int:
        """Return the bytes that went over the line, both ways, requests and answers with their heads."""
        return self._ask("?")

    def cut(self) -> None:
        """Break what is open; new connections work."""
        self._ask("cut")

    def _ask(self, command: str) -> int:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        print(command, file=self.child.stdin, flush=True)
        return int(self.child.stdout.readline())


@contextmanager
def weak_line(port: int) -> Iterator[Line]:
    """Lay a weak line to a server."""
    command = [sys.executable, "-m", "bench.weak_line", str(port), str(RTT_MS), str(MBIT)]
    child = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    try:
        yield Line(child, int(child.stdout.readline()))
    finally:
        child.kill()
        child.wait()


def _records(inspections: int) -> list[Record]:
    chance = random.Random(SEED)
    made = []
    for _ in range(inspections):
        inspection = str(uuid.UUID(int=chance.getrandbits(128)))
        for number in range(ANSWERS):
            made.append(
                {
                    "_id": str(uuid.UUID(int=chance.getrandbits(128))), "inspection": inspection,
                    "item": f"A{number // 10 + 1}.{number % 10 + 1}", "value": chance.choice(("pass", "fail", "na")),
                    "score": chance.randint(0, 5), "note": "".join(chance.choices(_TEXT, k=chance.randint(16, 46))),
                    "by": f"u{chance.randint(1, 40):03}",
                    "at": f"2026-05-{chance.randint(1, 28):02}T{chance.randint(8, 17):02}:{chance.randint(0, 59):02}:00+08:00",
                }
            )  # fmt: skip
    return made


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(1200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def peak_mib(pid: int) -> float:
    """Return the most memory a process had in use; 0 where the system does not tell."""
    path = Path(f"/proc/{pid}/status")
    if os.name == "nt" or not path.exists():
        return 0.0
    line = next(one for one in path.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def forget_peak(pid: int) -> None:
    """Count the most memory of a process from now on, where the system can."""
    path = Path(f"/proc/{pid}/clear_refs")
    if path.exists():
        path.write_text("5", encoding="ascii")
