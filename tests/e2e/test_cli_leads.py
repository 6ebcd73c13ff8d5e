"""Leads, their tasks and replacements by commands alone; the reporter comes by standard input and goes to keepers only."""

import io
import json
import sys
from pathlib import Path

import pytest

from app.services.demo.furnish import furnish
from tests.e2e.shell import Shell
from tests.unit.services.desks import new_office

KEEPER = "keeper-2468"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    made = Shell(tmp_path / "home", capsys, monkeypatch)
    office = new_office(made.home)
    furnish(office, office.clock())
    office.leads.wall.become_keeper(KEEPER)
    office.close()
    monkeypatch.setenv("YANFANG_KEEPER_PIN", KEEPER)
    return made


def test_a_lead_from_its_register_to_its_close(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"name": "范小棠", "phone": "13900001234"})))
    added = shell(
        "lead", "add", "反映该店串换药品。", "--channel", "phone", "--institution", "青禾区康宁药房（演练）",
        "--amount", "1,200", "--reporter",
    )  # fmt: skip
    number = added["lead"]["number"]
    assert (added["lead"]["is_real_name"], added["lead"]["amount_cny"]) == (True, "1200.00")
    assert "范小棠" not in json.dumps(added, ensure_ascii=False)
    task = shell("lead", "task", number, "--template", "SGF", "--member", "程砚秋", "--member", "陆知遥")
    shown = shell("lead", "show", number)
    assert shown["line"]["lead"]["state"] == "accepted"
    assert shown["looks"] == []
    shell("lead", "reporter", number, "--reason", " ", fails="lead.look_reason")
    assert shell("lead", "reporter", number, "--reason", "电话核实")["name"] == "范小棠"
    monkeypatch.setenv("YANFANG_KEEPER_PIN", "not the one")
    shell("lead", "reporter", number, "--reason", "电话核实", fails="lead.wrong_password")
    assert [one["reason"] for one in shell("lead", "show", number)["looks"]] == ["电话核实"]
    shell("lead", "close", number, fails="lead.step")
    assert "已受理" in shell.words("lead", "list")
    again = shell.words("lead", "add", "又来反映", "--channel", "web", "--named", "青禾区康宁药房(演练）")
    assert f"另有线索 {number}，请核对是否重复" in again
    shell("lead", "check", number, "--outcome", "查实", "--decision", "filed")
    shell("lead", "close", number, fails="lead.unanswered")
    shell("lead", "reply", number, "--words", "电话告知已立案")
    assert shell("lead", "close", number)["state"] == "closed"
    assert [one["lead"]["number"] for one in shell("lead", "list", "--state", "closed")["leads"]] == [number]
    sheet = tmp_path / "任务单.pdf"
    brief = shell("task", "brief", task["number"], "--out", sheet)
    assert [one["text"] for one in brief["task"]["brief"]["known"]] == ["反映该店串换药品。"]
    assert sheet.read_bytes().startswith(b"%PDF")


def test_somebody_is_replaced_and_a_day_is_planned(shell: Shell) -> None:
    task = next(one["task"] for one in shell("task", "list")["tasks"] if len(one["task"]["members"]) == 3)["number"]
    shell("task", "replace", task, "顾明岚", "--ground", "relative", fails="recusal.replacement_missing")
    shell("task", "replace", task, "顾明岚", "--ground", "relative", "--by", "沈既白", "--reason", "同组", fails="recusal.cannot_come")
    gone = shell("task", "replace", task, "顾明岚", "--ground", "relative", "--nobody", "--reason", "夜查")
    assert gone["replaced_by"] is None
    shell("task", "plan-date", task, "2020-01-01", fails="task.planned_past")
    planned = shell("task", "plan-date", task, "2099-06-01")
    assert planned["task"]["planned_on"] == "2099-06-01"
    assert "licence" in {one["code"] for one in planned["warnings"]}  # all licences have ended by then
    assert "的执法证件在 2099-06-01 无效" in shell.words("task", "brief", task)
    assert "不得少于两名" in shell.words("task", "plan-date", task, "2099-06-01")
    assert "未开始" in shell.words("task", "list")
    month = shell("task", "calendar", "2099-06-01", "2099-06-30")
    assert [one["number"] for one in month["items"]] == [task]
    assert f"2099-06-01 {task} 检查 " in shell.words("task", "calendar", "2099-06-01", "2099-06-30")
    shell("task", "from-draw", "no-such-draw", fails="draw.unknown")
    shell("task", "look-back", task, fails="task.not_visited")


@pytest.mark.parametrize("given", ["", "[]", "{}", "范小棠", '{"nam": "范小棠"}'])
def test_a_reporter_who_cannot_be_read_is_refused_and_no_lead_is_registered_without_him(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    shell("lead", "add", "反映串换药品。", "--channel", "phone", "--named", "某药店", "--reporter", fails="cli.reporter_json")
    assert shell("lead", "list")["leads"] == []
