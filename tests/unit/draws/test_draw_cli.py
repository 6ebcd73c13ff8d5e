"""Drawing and checking on the command line, without a window or an office."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli.draw import cli
from app.core.clock import now
from app.core.errors import Refused
from app.core.plans import StaffRule
from app.core.plans_json import plan_text, tree_of
from app.gui.messages import sentence
from tests.unit.draws.registers import SEED, group, inspector, place, plan

PLAN = plan(group("1/3", staff=StaffRule(cross_district=True)))
REGISTER = {
    "institutions": [tree_of(place(n)) for n in range(12)],
    "people": [tree_of(inspector(n)) for n in range(6)],
    "checks": {"i0003": ["2026-06-01"]},
    "interests": [{"id": "t1", "person": "p001", "institution": "i0002"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.json").write_text(plan_text(PLAN), "utf-8")
    (tmp_path / "register.json").write_text(json.dumps(REGISTER, ensure_ascii=False), "utf-8")
    lines = [f"{n + 1},演练诊所{n},H610602{n:05d},延安路{n}号" for n in range(9)]
    (tmp_path / "table.csv").write_bytes("\n".join(["序号,机构名称,医保编码,地址", *lines, "合计,9,,"]).encode("gb18030"))
    return tmp_path


def _yanfang(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def _given(folder: Path) -> list[str]:
    return ["--plan", str(folder / "plan.json"), "--register", str(folder / "register.json"), "--on", "2026-06-15"]


def test_two_processes_draw_the_same_and_a_digit_more_makes_it_another(folder: Path) -> None:
    frozen = folder / "frozen.jsonl"
    _yanfang("freeze", *_given(folder), "--out", str(frozen))
    program = (
        "import sys; from app.draws import frozen, run\n"
        "print(run.result_line(run.draw(frozen.read(open(sys.argv[1], encoding='utf-8').read()), sys.argv[2])))"
    )
    first, second, other = (
        subprocess.run(
            [sys.executable, "-c", program, str(frozen), seed], capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": chance, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed, chance in ((SEED, "1"), (SEED, "2"), (SEED + "0", "1"))
    )  # fmt: skip
    assert first == second != other


def test_institutions_and_teams_are_drawn_from_files(folder: Path) -> None:
    said = json.loads(_yanfang(*_given(folder), "--seed", SEED, "--json").stdout)
    assert len(said["lots"][0]["picks"]) == 4
    assert said["names"]["i0001"] == "演练药店1"
    assert len(said["teams"]) + len(said["shortages"]) == 4


def test_a_sheet_is_frozen_drawn_and_checked_and_a_changed_name_fails(folder: Path) -> None:
    frozen, sheet = folder / "frozen.jsonl", folder / "sheet.jsonl"
    told = json.loads(_yanfang("freeze", *_given(folder), "--out", str(frozen), "--json").stdout)
    assert [(one["of"], one["take"]) for one in told["strata"]] == [(12, 4)]
    unseen = _yanfang("--frozen", str(frozen), "--seed", SEED, "--out", str(sheet))
    assert isinstance(unseen.exception, Refused)
    assert (unseen.exception.code, sheet.exists()) == ("draw.witness_missing", False)
    said = _yanfang("--frozen", str(frozen), "--seed", SEED, "--witness", "甲", "--out", str(sheet))
    assert "[分组g1]" in said.stdout
    assert _yanfang("verify", str(sheet), "--hash", told["frozen"]).exit_code == 0
    sheet.write_text(sheet.read_text("utf-8").replace("演练药店7", "演练药店八"), "utf-8")
    said = _yanfang("verify", str(sheet), "--json")
    assert said.exit_code == 1
    assert [one["code"] for one in json.loads(said.stdout)["problems"]] == ["hash", "record"]


def test_a_witness_changed_afterwards_fails_and_so_does_a_sheet_with_another_record(folder: Path) -> None:
    frozen, sheet = folder / "frozen.jsonl", folder / "sheet.jsonl"
    _yanfang("freeze", *_given(folder), "--out", str(frozen))
    told = json.loads(
        _yanfang("--frozen", str(frozen), "--seed", SEED, "--witness", "甲", "--out", str(sheet), "--json").stdout
    )
    assert _yanfang("verify", str(sheet), "--record", told["record"]).exit_code == 0
    other = "0" * 64
    assert _yanfang("verify", str(sheet), "--record", other).exit_code == 1
    text = sheet.read_text("utf-8")
    assert '"witnesses":["甲"]' in text
    sheet.write_text(text.replace('"witnesses":["甲"]', '"witnesses":["乙"]'), "utf-8", newline="\n")
    said = json.loads(_yanfang("verify", str(sheet), "--json").stdout)
    assert [one["code"] for one in said["problems"]] == ["record"]


def test_a_lottery_needs_its_issue_and_a_drawing_after_the_freeze(folder: Path) -> None:
    frozen, sheet = folder / "frozen.jsonl", folder / "sheet.jsonl"
    unnamed = _yanfang("freeze", *_given(folder), "--source", "lottery=体彩排列5", "--out", str(frozen))
    assert isinstance(unnamed.exception, Refused)
    assert unnamed.exception.code == "draw.no_issue"
    said = _yanfang("freeze", *_given(folder), "--source", "lottery=体彩排列5第26310期", "--out", str(frozen))
    assert said.exit_code == 0
    given = ("--frozen", str(frozen), "--seed", SEED, "--witness", "甲", "--out", str(sheet))
    for more, code in (((), "draw.times"), (("--drawn-at", "2020-01-01T20:30"), "draw.seed_early"), (("--drawn-at", "明天"), "cli.moment")):
        refused = _yanfang(*given, *more)
        assert isinstance(refused.exception, Refused)
        assert refused.exception.code == code
    assert not sheet.exists()
    at = now().isoformat()
    assert _yanfang(*given, "--drawn-at", at).exit_code == 0
    assert _yanfang("verify", str(sheet)).exit_code == 0


def test_digits_known_before_the_freeze_make_no_sheet(folder: Path) -> None:
    said = _yanfang(*_given(folder), "--seed", SEED, "--out", str(folder / "sheet.jsonl"))
    assert isinstance(said.exception, Refused)
    assert said.exception.code == "draw.not_frozen_first"
    assert not (folder / "sheet.jsonl").exists()


def test_a_table_of_institutions_is_drawn_by_its_codes(folder: Path) -> None:
    (folder / "plan.json").write_text(plan_text(plan(group("1/3", staff=StaffRule(inspectors=0)))), "utf-8")
    said = _yanfang(
        "--plan", str(folder / "plan.json"), "--register", str(folder / "table.csv"), "--seed", SEED, "--json"
    )
    picks = json.loads(said.stdout)["lots"][0]["picks"]
    assert len(picks) == 3
    assert all(row.startswith("H610602") for row, _ in picks)


def test_digits_of_full_width_and_blanks_are_the_same_seed(folder: Path) -> None:
    wide = SEED[:8].translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    said = [json.loads(_yanfang(*_given(folder), "--seed", seed, "--json").stdout) for seed in (SEED, f"{wide}　{SEED[8:]}")]
    assert [one["seed"] for one in said] == [SEED, SEED]


def test_a_short_seed_is_refused_with_a_sentence(folder: Path) -> None:
    said = _yanfang(*_given(folder), "--seed", "123")
    assert isinstance(said.exception, Refused)
    assert "至少 20 位" in sentence(said.exception)


def test_two_groups_of_one_id_are_refused_and_not_drawn_as_one(folder: Path) -> None:
    for names in (("g1", "g1"), ("g1", "g1+")):
        (folder / "plan.json").write_text(plan_text(plan(*(group("1/3", name) for name in names))), "utf-8")
        with pytest.raises(Refused, match=r"draw\.group_twice"):
            raise _yanfang(*_given(folder), "--seed", SEED).exception or AssertionError


def test_rows_of_a_table_that_are_no_institutions_are_told_and_a_table_without_any_is_refused(folder: Path) -> None:
    given = ["--plan", str(folder / "plan.json"), "--register", str(folder / "table.csv"), "--seed", SEED]
    said = _yanfang(*given)
    assert said.exit_code == 0
    assert said.stderr.splitlines() == ["未列入名录  第 11 行：合计行，不是机构或人员。"]
    (folder / "table.csv").write_text("机构名称,地址\n合计,9\n", "utf-8")
    with pytest.raises(Refused, match=r"draw\.register_empty"):
        raise _yanfang(*given).exception or AssertionError
