"""A plan by commands alone: from a template to its end, and by file to another office."""

import json
from pathlib import Path

import pytest

from app.services.demo.furnish import furnish
from tests.e2e.shell import Shell
from tests.unit.services.desks import new_office


def shell_at(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    made = Shell(home, capsys, monkeypatch)
    office = new_office(made.home)
    furnish(office, office.clock())
    office.close()
    return made


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return shell_at(tmp_path / "home", capsys, monkeypatch)


def test_a_plan_from_its_template_to_its_end(shell: Shell) -> None:
    assert len(shell("plan", "templates")["templates"]) == 11
    made = shell("plan", "new", "--template", "WHS", "--title", "五合理四规范", "--year", "2026")
    assert (made["title"], made["origin"], made["yearly_cap"]) == ("五合理四规范", "WHS@1", 1)
    seen = shell("plan", "show", "五合理四规范")
    assert [one["objects"] for one in seen["counts"]] == [18, 10]
    assert {one["code"] for one in seen["remarks"]} == {"plan.over_cap"}
    assert "每年 4 次，超过年度频次上限 1 次" in seen["remarks"][0]["message"]
    shell("plan", "submit", made["id"], fails="plan.over_cap")
    shell("plan", "exempt", made["id"], "--ground", "transfer", "--note", "市局交办〔2026〕12号")
    shell("plan", "submit", made["id"])
    shell("plan", "send-back", made["id"], "--reason", "频次再研究")
    shell("plan", "submit", made["id"])
    shell("plan", "start", made["id"], fails="plan.state")
    shell("plan", "approve", made["id"], "--by", " ", "--approval", "1", fails="plan.approver_missing")
    passed = shell("plan", "approve", made["id"], "--by", "赵局长", "--approval", "批〔2026〕3号")
    assert (passed["state"], passed["number"]) == ("approved", "青禾医保检计〔2026〕1号")
    assert shell("plan", "start", passed["number"])["state"] == "running"
    assert shell("plan", "close", passed["number"])["state"] == "closed"
    line = shell("plan", "list")["plans"][0]
    assert (line["state"], line["next_report"]) == ("closed", None)
    shell("plan", "cancel", passed["number"], "--reason", "不做了", fails="plan.ended")


def test_a_plan_goes_to_another_office_as_a_file(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "计划.json"
    made = shell("plan", "new", "--template", "BRX")
    shell("plan", "export", made["id"], file)
    other = shell_at(tmp_path / "other", capsys, monkeypatch)
    taken = other("plan", "import", file)
    assert [one["ratio"] for one in taken["groups"] if "ratio" in one] == ["1/2", "1/3", "1/2", "1/2"]
    assert taken["id"] != made["id"]
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"lock_dayz": 1}), "utf-8")
    other("plan", "import", file, fails="plan_file.unknown")
    other("plan", "import", tmp_path / "none.json", fails="plan_file.unreadable")
    other("plan", "show", "没有", fails="plan.unknown")
    assert len(other("plan", "list")["plans"]) == 1
