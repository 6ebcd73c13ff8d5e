"""`yanfang people`: absences, interests and third parties from the command line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.services.demo import cast
from tests.e2e.conftest import Clock
from tests.e2e.shell import Shell
from tests.unit.services.desks import Desk, Templates

Run = Callable[..., Any]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    copied = Templates(tmp_path).copy("office", tmp_path / "home", Clock())
    copied.services.close()
    return copied


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("YANFANG_PIN", cast.SECRET)
    monkeypatch.setenv("YANFANG_NO_KEYRING", "1")

    def call(*words: object, fails: str = "") -> Any:
        monkeypatch.setattr(sys, "argv", ["yanfang", "people", *map(str, words), "--home", str(desk.home), "--json"])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        if fails:
            told = json.loads(said.err)
            assert (ended.value.code, told["code"]) == (1, fails)
            return told
        assert ended.value.code in (0, None), said.err
        return json.loads(said.out)

    return call


def test_people_are_sent_by_a_third_party_are_away_and_have_interests(run: Run) -> None:
    run("party", "江源正信会计师事务所", "--kind", "accounting", "--contract", "3号", "--valid-to", "2026-12-31")
    sent = run("add", "钱审计", "--party", "江源正信会计师事务所", "--speciality", "财务")
    assert (sent["role"], sent["specialities"]) == ("assistant", ["财务"])
    told = run("add", "孙审计", "--party", "江源正信会计师事务所", "--role", "expert", fails="person.third_party_role")
    assert "只能登记为协助人员" in told["message"]
    run("add", "周审计", "--party", "没有的公司", fails="third_party.unknown")

    who = cast.PEOPLE[0].name
    away = run("absence", who, "--from", "2020-01-01", "--reason", "学习")["absences"]
    assert [(one["from_on"], one["to_on"], one["reason"]) for one in away] == [("2020-01-01", None, "学习")]
    tied = run("interest", who, "--institution", cast.PLACES[0].name, "--ground", "配偶任职")["interests"]
    assert [one["ground"] for one in tied] == ["配偶任职"]
    run("interest", who, "--chain", "康宁堂", fails="interest.ground_missing")

    listed = {one["person"]["name"]: one for one in run("list")["people"]}
    assert not listed[who]["may_inspect_today"]
    assert not listed["钱审计"]["may_inspect_today"]
    assert listed[cast.PEOPLE[1].name]["may_inspect_today"]
    assert [one["person"]["name"] for one in run("list", "qsj")["people"]] == ["钱审计"]

    assert run("absence", who, "--remove", away[0]["id"])["absences"] == []
    assert run("interest", who, "--remove", tied[0]["id"])["interests"] == []
    assert {one["person"]["name"]: one["may_inspect_today"] for one in run("list")["people"]}[who]


def test_why_somebody_cannot_inspect_is_said_in_words(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(desk.home, capsys, monkeypatch)
    shell("people", "add", "孙过期", "--licence", "L8001", "--valid-to", "2020-01-01")
    shell("people", "add", "钱专家", "--role", "expert")
    said = shell.words("people", "list")
    assert "孙过期  检查人员  L8001  2020-01-01  执法证未登记或者不在有效期" in said
    assert "钱专家  专家  —    —" in said
