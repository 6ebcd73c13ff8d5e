"""What is handed to administrators is right: every command in the guide and in the unit files exists as it is written."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from sync.server.cli import cli
from tests.unit.sync.kit import ROOT

FOLDER = ROOT / "resources" / "server"
GUIDE = ROOT / "docs" / "guide" / "server.md"
SHOWN = sorted([GUIDE, *(one for one in FOLDER.iterdir() if one.suffix != ".sh")])


def commands(path: Path) -> list[str]:
    """Return every call of the program in a text, joined where a line goes on."""
    text = re.sub(r"\\\n\s*", " ", path.read_text("utf-8"))
    if path.suffix == ".md":  # commands stand in blocks and between backticks
        blocks = re.findall(r"^ {4,}(.*)$", text, re.M) + re.findall(r"`([^`\n]*)`", text)
        text = "\n".join(blocks)
    found = re.findall(r"(?:^|[\s/=])yanfang-server ([a-z][^\n|&>;]*)", text, re.M)
    return [one.strip() for one in found]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.name)
def test_every_command_shown_exists_with_its_options(path: Path) -> None:
    for shown in commands(path):
        words = shlex.split(shown)
        at: Any = get_command(cli)
        while hasattr(at, "commands") and words and not words[0].startswith("-"):
            assert words[0] in at.commands, shown
            at = at.commands[words.pop(0)]
        known = {name for parameter in at.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known, shown


def test_the_guide_shows_every_command_an_administrator_needs() -> None:
    shown = {one.split()[0] for one in commands(GUIDE)}
    assert {"serve", "backup", "restore", "recover", "doctor", "scrub", "status", "enrol-code", "device"} <= shown


def test_the_guide_and_the_files_name_each_other() -> None:
    guide = GUIDE.read_text("utf-8")
    for one in FOLDER.iterdir():
        assert one.name in guide, one.name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", sorted(one.name for one in FOLDER.glob("*.service")))
def test_systemd_understands_the_units(unit: str, tmp_path: Path) -> None:
    program = tmp_path / "yanfang-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    name = unit.replace("@.", "@8765.")
    text = (FOLDER / unit).read_text("utf-8").replace("/opt/yanfang/bin/yanfang-server", str(program))
    (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)], capture_output=True, encoding="utf-8", check=False
    )
    assert [line for line in done.stderr.splitlines() if name in line] == []


def test_the_commands_of_the_window_are_not_needed_on_a_server() -> None:
    """What `install.sh` leaves out is imported by nothing of the server."""
    script = (FOLDER / "install.sh").read_text("utf-8")
    left_out = set(re.findall(r"--prune (\S+)", script))
    assert "pyside6-essentials" in left_out
    modules = {"pillow": "PIL", "pyyaml": "yaml", "pillow-heif": "pillow_heif", "pyside6-essentials": "PySide6"}
    names = {modules.get(one, one) for one in left_out}
    for path in (ROOT / "sync").rglob("*.py"):
        if "client" not in path.parts:
            imported = set(re.findall(r"^\s*(?:import|from) (\w+)", path.read_text("utf-8"), re.M))
            assert not imported & names, path
