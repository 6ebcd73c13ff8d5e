"""The life of papers by commands alone: needed, drafted, filled, issued, signed, served, voided, numbered."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.services.demo import cast
from app.services.demo.furnish import furnish
from tests.e2e.shell import Shell
from tests.unit.services.desks import YEAR, new_office, open_home, photo

NOTICE = "inspection_notice"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    made = Shell(tmp_path / "home", capsys, monkeypatch)
    office = new_office(made.home)
    office.close()
    return made


@pytest.fixture
def task(shell: Shell) -> str:
    services = open_home(shell.home)
    services.vault.unlock(cast.SECRET)
    made = furnish(services, services.clock())
    services.close()
    return str(made.tasks[0])


def line(shell: Shell, task: str, kind: str) -> Any:
    return next(one for one in shell("paper", "needed", task)["needed"] if one["kind"] == kind)


def test_a_notice_from_the_wall_to_its_receipt(shell: Shell, task: str, tmp_path: Path) -> None:
    assert {"id": NOTICE, "title": "行政检查通知书"} in shell("paper", "kinds")["kinds"]
    assert line(shell, task, NOTICE)["is_warned"] is True
    shell("paper", "office", "--set", "contact=程砚秋", "--set", "phone=0571-1")
    made = shell("paper", "draft", task, NOTICE)
    paper = made["paper"]["id"]
    assert [one["id"] for one in made["fields"] if one["problem"]] == ["planned", "materials"]
    shell("paper", "issue", paper, fails="paper.incomplete")
    shell("paper", "fill", paper, "--set", "planned=三月五日", fails="paper.field_not_an_instant")
    shell("paper", "fill", paper, "--set", "no_such=1", fails="paper.field_unknown")
    filled = shell(
        "paper", "fill", paper, "--set", "planned=2099-11-30 09:00", "--set", "materials=进销存台账",
        "--set", "assistants=何雁回/演练099,白起/", "--set", "assistants_count=2", "--set", "subject=另写的事项",
    )  # fmt: skip
    values = {one["id"]: one for one in filled["fields"]}
    assert values["planned"]["value"] == "2099-11-30T09:00+08:00"
    assert values["assistants"]["value"] == [["何雁回", "演练099"], ["白起", ""]]
    assert values["subject"]["origin"] == "person"
    back = shell("paper", "fill", paper, "--refill", "subject")
    assert {one["id"]: one["origin"] for one in back["fields"]}["subject"] == "data"
    over = shell("paper", "fill", paper, "--set", "planned=2019-11-30 09:00")
    assert [one["id"] for one in over["fields"] if one["problem"] == "paper.field_over"] == ["planned"]
    assert shell("paper", "issue", paper, fails="paper.incomplete")["params"]["fields"] == "行政检查通知书：检查时间"
    shell("paper", "fill", paper, "--set", "planned=2099-11-30 09:00")
    shell("paper", "export", paper, "--out", tmp_path / "preview.pdf")
    shell("paper", "numbers", "lend", NOTICE, fails="sync.not_enrolled")
    shell("paper", "numbers", "take", NOTICE, "--first", 8, "--last", 9, "--note", "登记簿第2页")
    issued = shell("paper", "issue", paper)
    assert issued["number"].endswith("〕8号")
    number = issued["number"]
    shell("paper", "fill", number, "--set", "materials=x", fails="paper.issued")
    shell("paper", "sign", number, "--rehearsal-hand", fails="document.seal_drawn")
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(photo("盖章"))
    shell("paper", "sign", number, "--scan", scan)
    signed = shell("paper", "sign", number, "--rehearsal-hand", "--name", "周其真")
    assert signed["paper"]["state"] == "signed"
    shell("paper", "export", number, "--out", tmp_path / "notice.pdf")
    assert (tmp_path / "notice.pdf").read_bytes().startswith(b"%PDF")
    servers = "程砚秋/演练执法990199001,陆知遥/演练执法990199002"
    shell("paper", "serve", number, "--method", "direct", "--receiver", "周其真", "--servers", "程砚秋/1", fails="service.servers")
    served = shell(
        "paper", "serve", number, "--method", "direct", "--receiver", "周其真", "--servers", servers, "--place", "店内", "--receipt"
    )
    assert shell("paper", "issue", served["receipt"]["id"], "--also", "receiver")["number"] == ""
    at = line(shell, task, NOTICE)
    assert (at["standing"], at["is_warned"]) == ("served", False)
    assert len(shell("paper", "list", task)["papers"]) == 2
    assert shell("paper", "void", f"{task}:{NOTICE}", "--reason", "对象有误")["state"] == "void"
    shell("paper", "void", number, "--reason", "again", fails="paper.void")
    register = shell("paper", "numbers", "register")["register"]
    assert {one["series"] for one in register} == {"青禾医保检任", "青禾医保检通"}  # tasks have theirs too
    states = [(one["first"], one["last"], one["state"]) for one in register if one["series"] == "青禾医保检通"]
    assert states == [(1, 7, "gap"), (8, 8, "used"), (9, 9, "free")]
    shell("paper", "numbers", "void", NOTICE, "--serial", 9, "--reason", "打印损坏")
    assert shell("paper", "numbers", "ranges")["ranges"][0]["free"] == 0


def test_a_second_paper_of_a_kind_is_drafted_only_when_that_is_asked_for(shell: Shell, task: str, tmp_path: Path) -> None:
    shell("paper", "office", "--set", "contact=程砚秋", "--set", "phone=0571-1")
    paper = shell("paper", "draft", task, NOTICE)["paper"]["id"]
    there = shell("paper", "draft", task, NOTICE, fails="paper.drafted_already")
    today = clock.today(clock.now()).isoformat()
    assert there["params"] == {"title": "行政检查通知书", "number": "", "day": today, "paper": paper}
    assert "--again" in there["message"]
    shell("paper", "fill", paper, "--set", "planned=2099-11-30 09:00", "--set", "materials=台账")
    number = shell("paper", "issue", paper)["interim"]
    assert shell("paper", "draft", task, NOTICE, fails="paper.issued_already")["params"]["number"] == number
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(photo("盖章"))
    shell("paper", "sign", number, "--scan", scan)
    shell("paper", "sign", number, "--rehearsal-hand", "--name", "周其真")
    assert number in shell("paper", "draft", task, NOTICE, fails="paper.signed_already")["message"]
    assert len(shell("paper", "list", task)["papers"]) == 1
    second = shell("paper", "draft", task, NOTICE, "--again")["paper"]["id"]
    assert second != paper
    shell("paper", "void", second, "--reason", "不用了")
    shell("paper", "void", number, "--reason", "对象有误")
    shell("paper", "draft", task, NOTICE)  # a void one and one thrown away are none


def test_receipts_of_different_papers_are_no_second_one(shell: Shell, task: str) -> None:
    first = shell("paper", "draft", task, NOTICE)["paper"]["id"]
    other = shell("paper", "draft", task, "inspection_plan")["paper"]["id"]
    shell("paper", "draft", task, "service_receipt", "--about", first)
    shell("paper", "draft", task, "service_receipt", "--about", other)
    shell("paper", "draft", task, "service_receipt", "--about", first, fails="paper.drafted_already")


def test_a_provisional_number_is_mapped_and_a_draft_is_discarded(shell: Shell, task: str) -> None:
    shell("paper", "office", "--set", "contact=程砚秋", "--set", "phone=0571-1")
    shell("paper", "office", "--set", "motto=x", fails="paper.office_fact")
    paper = shell("paper", "draft", task, NOTICE)["paper"]["id"]
    shell("paper", "fill", paper, "--set", "planned=2099-11-30 09:00", "--set", "materials=台账")
    issued = shell("paper", "issue", paper[:13])
    assert issued["interim"].startswith("临-")
    shell("paper", "numbers", "assign", paper, fails="number.none_left")
    shell("paper", "numbers", "take", NOTICE, "--first", 1, "--last", 3, "--note", "登记簿")
    assert shell("paper", "numbers", "assign", issued["interim"])["number"].endswith("〕1号")
    assert shell("paper", "numbers", "close-year", YEAR, "--reason", "年终")["voided"] == 2
    other = shell("paper", "draft", task, "sealing_decision")["paper"]["id"]
    assert shell("paper", "void", other, "--reason", "不封了").keys() == {"discarded"}
    shell("paper", "show", other, fails="paper.unknown")
    assert shell("paper", "show", f"{task}:{NOTICE}")["paper"]["number"].endswith("〕1号")


def test_without_json_it_reads_as_text(shell: Shell, task: str, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    import sys

    from app.cli.program import main

    for words in (("needed", task), ("draft", task, NOTICE), ("list", task), ("numbers", "register"), ("kinds",)):
        monkeypatch.setattr(sys, "argv", ["yanfang", "paper", *words, "--home", str(shell.home)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert ended.value.code == 0, said.err
        assert "{" not in said.out
        with pytest.raises(json.JSONDecodeError):
            json.loads(said.out)
