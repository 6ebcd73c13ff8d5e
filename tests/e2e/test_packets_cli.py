"""The courier's commands as a person at a keyboard gives them: both programs, a stick, and nothing else."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services.demo import cast
from tests.unit.services.desks import new_office
from tests.unit.sync.kit import ROOT

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run one command of either program and return its JSON; `code` is what it must end with."""

    def call(program: str, *words: str | Path, code: int = 0) -> Any:
        where = ["--home", str(tmp_path / "laptop")] if program == "app" else ["--data", str(tmp_path / "server")]
        module = "app" if program == "app" else "sync.server.cli"
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, words), *where, "--json"], cwd=ROOT, capture_output=True,
            encoding="utf-8", check=False,
            env={"PATH": "", "YANFANG_PIN": cast.SECRET, "YANFANG_NO_KEYRING": "1", "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout or done.stderr)

    return call


def test_an_office_without_a_network_delivers_by_stick_from_the_first_day(run: Run, tmp_path: Path) -> None:
    new_office(tmp_path / "laptop", code="3301").close()
    stick = tmp_path / "stick"
    stick.mkdir()
    run("server", "enrol-code")  # the data folder comes into being
    invited = run("server", "packet", "invite", "--scope", "s:3301")
    (stick / "邀请.txt").write_text(invited["invitation"], encoding="utf-8")
    joined = run("app", "packet", "join", stick / "邀请.txt")
    assert joined["fingerprint"] == invited["fingerprint"]

    (sent,) = run("app", "packet", "export", "--to", stick)["packets"]
    assert (sent["n"], len(sent["paths"])) == (1, 1)

    taken = run("server", "packet", "import", stick)
    assert (len(taken["packets"]), taken["packets"][0]["lines"] > 0) == (1, True)
    (reply,) = taken["replies"]
    assert reply["receipts"] > 0

    came = run("app", "packet", "import", stick)
    (found,) = came["packets"]
    assert (taken["quarantine"], came["refused"]) == ([], 0)
    assert (found["code"], found["problem"], found["receipts"] > 0) == ("", "", True)
    assert run("app", "packet", "status")["waiting"] is None
    again = run("server", "packet", "reply", "--device", taken["packets"][0]["device"], "--to", tmp_path / "again")
    assert Path(again["path"]).is_file()

    run("server", "device", "revoke", taken["packets"][0]["device"])
    run("app", "packet", "export", "--to", stick / "late")
    late = run("server", "packet", "import", stick / "late", code=1)
    assert [one["device"] for one in late["packets"]] == [taken["packets"][0]["device"]]
    assert [one["code"] for one in late["replies"]] == ["auth.revoked"]
    assert sum(one["lines"] for one in late["quarantine"]) > 0


def test_what_is_no_packet_is_refused_by_both_with_a_sentence(run: Run, tmp_path: Path) -> None:
    new_office(tmp_path / "laptop", code="3302").close()
    run("server", "enrol-code")
    bad = tmp_path / "bad.yfpkt"
    bad.write_bytes(b"MZ" * 100)
    assert run("app", "packet", "import", bad, code=1)["packets"][0]["code"] == "packet.not_one"
    said = run("server", "packet", "import", bad, code=1)["packets"][0]
    assert said["code"] == "packet.not_one"
    assert "同步包" in said["message"]


def test_two_laptops_know_each_other_by_their_cards(run: Run, tmp_path: Path) -> None:
    new_office(tmp_path / "laptop", code="3303").close()
    other = new_office(tmp_path / "other", code="3303")
    try:
        text, fingerprint = other.packets.card_text(), other.packets.card().fingerprint
        assert run("app", "packet", "mate", "add", text)["fingerprint"] == fingerprint
        (sent,) = run("app", "packet", "export", "--to", tmp_path / "out", "--mate", "all")["packets"]
        other.packets.add_mate(run("app", "packet", "card")["card"])
        (found,) = other.packets.take([Path(sent["paths"][0])]).value
        assert (found.code, found.lines > 0) == ("", True)
        run("app", "packet", "mate", "remove", other.packets.card().device)
        assert run("app", "packet", "mate", "list")["mates"] == []
    finally:
        other.close()
