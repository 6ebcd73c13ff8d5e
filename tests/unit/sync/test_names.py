"""Names that an attacker chooses show as what they are: on a stick, and of a device that asks to be let in."""

import subprocess
import sys
from pathlib import Path

import pytest

from sync.protocol import codec
from sync.protocol.admission import AdmissionRequest, ask_bytes
from sync.protocol.names import printable, printable_lines
from tests.unit.sync.kit import ROOT
from tests.unit.sync.town import Box, Town

EVIL = "laptop\x1b[2J\n9b2c  1111 2222 3333 4444 5555 6666\u202etxt"


def test_a_name_moves_no_cursor_and_begins_no_line() -> None:
    assert printable("王敏的　笔记本-01") == "王敏的　笔记本-01"
    assert printable(EVIL) == "laptop\ufffd[2J\ufffd9b2c  1111 2222 3333 4444 5555 6666\ufffdtxt"
    assert printable("bad\udcff") == "bad\ufffd"
    assert printable_lines("one\ttwo\nth\x07ree") == "one\ttwo\nth\ufffdree"


def test_a_device_that_asks_has_one_line_of_the_list(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    try:
        box = Box(town)
        proof = box.key.sign(ask_bytes(town.server, box.id, box.key.public_hex, ""))
        asked = AdmissionRequest(box.id, box.key.public_hex, EVIL, "", proof)
        assert town.client.request("POST", "/v1/admission", content=codec.dump(asked)).status_code == 200
        (waiting,) = town.people.admissions.waiting()
        assert waiting.name == printable(EVIL)
    finally:
        town.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_stick_with_names_that_are_no_text_is_read_to_its_end(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.close()
    stick = tmp_path / "stick"
    stick.mkdir()
    for name in (b"a\x1b[2J\nb.yfpkt", b"bad\xff.yfpkt"):
        Path(bytes(stick).decode() + "/" + name.decode(errors="surrogateescape")).write_bytes(b"MZ")
    command = [sys.executable, "-m", "sync.server.cli", "packet", "import", str(stick), "--data", str(tmp_path / "town")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
    said = done.stdout.decode()
    assert (done.returncode, done.stderr) == (1, b"")
    assert len(said.splitlines()) == 2
    assert "\x1b" not in said
