"""Asking to be let in, logging in and out, as single commands against a real server process."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.program import main
from app.services.demo import cast
from sync.protocol.policy import Role
from tests.unit.services.bureau import PASSWORD, Bureau
from tests.unit.services.desks import open_home
from tests.unit.sync.kit import ServerProcess

Run = Callable[..., Any]


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    server = ServerProcess(tmp_path / "server")
    made = Bureau(server)
    yield made
    made.close()
    server.kill()


@pytest.fixture
def run(tmp_path: Path, bureau: Bureau, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a laptop of the bureau; return its JSON, or the code of its refusal."""
    home = tmp_path / "home"
    bureau.laptop(home).close()
    monkeypatch.setenv("YANFANG_PIN", cast.SECRET)
    monkeypatch.setenv("YANFANG_NO_KEYRING", "1")

    def call(*words: str) -> Any:
        monkeypatch.setattr(sys, "argv", ["yanfang", *words, "--home", str(home), "--json"])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return json.loads(said.out) if ended.value.code in (0, None) else json.loads(said.err)["code"]

    return call


def test_a_laptop_is_let_in_and_logged_in_from_the_command_line(
    bureau: Bureau, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = bureau.person(Role.INSPECTOR)
    assert run("login", "--status")["user"] == ""
    assert run("login") == "cli.password_missing"
    monkeypatch.setenv("YANFANG_PASSWORD", PASSWORD)
    assert run("login") == "sync.not_enrolled"
    asking = run("enrol", bureau.url)["asking"]
    assert len(asking["fingerprint"].split()) == 6
    services = open_home(tmp_path / "home")
    services.vault.unlock(cast.SECRET)
    bureau.approve(services, li)
    services.close()
    assert run("sync") == "auth.login_needed"
    known = run("login")
    assert (known["user"], known["needs_login"], known["roles"]) == (li, False, [["inspector", bureau.code]])
    assert run("sync")["status"]["pending"] == 0
    assert run("enrol", bureau.url) == "sync.enrolled_already"
    assert run("logout")["needs_login"]
    assert run("sync") == "auth.login_needed"
    monkeypatch.setenv("YANFANG_PASSWORD", "wrong")
    assert run("login") == "login.refused"
