"""What strangers check: a sheet, its file, and whether both programs say the same of it."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.draw import cli
from app.core.errors import Refused
from app.draws import frozen, sheets
from app.draws.run import draw, result_line
from app.services.draw_files import check_file
from resources import path
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk
from tests.unit.services.draw_desk import DIGITS, checked_by_a_stranger, drawn_by, plan_of, sources, wish_of


def _wide(digits: str) -> str:
    return digits.translate({ord("0") + n: ord("０") + n for n in range(10)})


def test_a_draw_is_announced_drawn_and_checked_by_a_stranger(office: Desk, clock: Clock, tmp_path: Path) -> None:
    shown = drawn_by(office, clock, plan_of(office))
    assert shown.draw.seed == DIGITS
    assert len([one for one in shown.picks if not one.is_reserve]) == shown.strata[0].take > 0
    assert len(shown.teams) == shown.strata[0].take
    again = office.services.draws.sheet(shown.draw.id)
    assert again == shown
    file = office.services.draws.print_to(shown.draw.id, tmp_path / "抽取表.pdf")
    said = subprocess.run(
        [sys.executable, str(path("verify/verify_draw.py")), str(file), shown.draw.digest],
        capture_output=True, text=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert "通过" in said.stdout
    assert check_file(file, shown.draw.digest)[1] == ()


def test_one_changed_digit_in_the_printed_sheet_is_named(office: Desk, clock: Clock, tmp_path: Path) -> None:
    shown = drawn_by(office, clock, plan_of(office))
    data = office.services.draws.print_to(shown.draw.id, tmp_path / "a.pdf").read_bytes()
    ticket, name = shown.picks[0].ticket[:8].encode(), data.index(b'"name":"', data.index(b'"row":"rules"'))
    changes = {
        "lots": (data.rindex(ticket), 8),
        "seed": (data.index(b'"seed":"') + 8, 4),
        "hash": (data.index(b'"id":"', name) + 6, 8),
    }
    for code, (start, length) in changes.items():
        end = start + length
        other = b"1" if data[end - 1 : end] != b"1" else b"2"
        file = tmp_path / f"{code}.pdf"
        file.write_bytes(data[: end - 1] + other + data[end:])
        assert code in {one.code for one in check_file(file)[1]}


def test_every_plan_that_ships_can_be_frozen_and_drawn_and_the_program_agrees(office: Desk, clock: Clock) -> None:
    plans, draws = office.services.plans, office.services.draws
    for number, template in enumerate(plans.templates()):
        plan = plans.create(template.id, year=2026).value
        with plans._store.db.write() as unit:
            unit.put("plan", plan.id, {"state": "approved"})
        told = draws.freeze(plan.id, wish_of(office), reason="各专项分别抽取").value
        clock.ahead += dt.timedelta(minutes=1)
        shown = draws.run(told.id, sources(clock(), f"{number:020d}"), ("甲",)).value
        stand = [one for one in shown.picks if not one.is_reserve]
        assert len(stand) == sum(one.take for one in shown.strata), template.id
        assert sheets.verify(sheets.read_sheet(draws.sheet_text(told.id).encode())) == (), template.id


def test_a_second_draw_in_the_same_file_is_refused_by_both_programs(office: Desk, clock: Clock, tmp_path: Path) -> None:
    shown = drawn_by(office, clock, plan_of(office))
    pages = office.services.draws.print_to(shown.draw.id, tmp_path / "a.pdf").read_bytes()
    other = office.services.draws.sheet_text(shown.draw.id).encode()
    for name, data in {"before": b"%" + other + b"\nendstream\n" + pages, "after": pages + b"\n" + other}.items():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(data)
        said = checked_by_a_stranger(file, shown.draw.digest)
        assert (said.returncode, "不止一份" in said.stderr) == (1, True)
        with pytest.raises(Refused, match=r"draw\.files"):
            check_file(file, shown.draw.digest)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda told: told.update(seed=_wide(told["seed"]), sources=[
            {**one, "digits": _wide(one["digits"])} for one in told["sources"]
        ]), "seed_digits"),
        (lambda told: [one.update(kind="lottery") for one in told["sources"]], "sources_changed"),
        (lambda told: [one.update(at="2099-01-01T00:00:00.000+00:00") for one in told["sources"]], "seed_late"),
    ],
)  # fmt: skip
def test_a_seed_written_otherwise_or_from_the_future_passes_neither_program(
    office: Desk, clock: Clock, tmp_path: Path, change: Any, code: str
) -> None:
    shown = drawn_by(office, clock, plan_of(office))
    *lines, drawn, _, _ = office.services.draws.sheet_text(shown.draw.id).removesuffix("\n").split("\n")
    told, text = json.loads(drawn), "".join(f"{line}\n" for line in lines)
    change(told)
    result = result_line(draw(frozen.read(text), told["seed"]))
    file = tmp_path / "a.jsonl"
    whole = f"{text}{frozen.canonical(told)}\n{result}\n"
    record = frozen.canonical({"row": "record", "sha256": sheets.record(whole)})
    file.write_text(f"{whole}{record}\n", "utf-8", newline="\n")
    said = checked_by_a_stranger(file, shown.draw.digest)
    assert (said.returncode, said.stdout, said.stderr[:4]) == (1, "", "不通过：")
    assert [one.code for one in check_file(file, shown.draw.digest)[1]] == [code]


@pytest.mark.parametrize("weight", [0, -1, 1.5, "3", None, True])
def test_a_weight_that_is_none_is_refused_in_one_sentence(
    office: Desk, clock: Clock, tmp_path: Path, weight: object
) -> None:
    shown = drawn_by(office, clock, plan_of(office))
    text = office.services.draws.sheet_text(shown.draw.id)
    file = tmp_path / "a.jsonl"
    changed = text.replace('"in":{"g1":1}', f'"in":{{"g1":{json.dumps(weight)}}}', 1)
    assert changed != text
    file.write_text(changed, "utf-8", newline="\n")
    with pytest.raises(Refused, match=r"draw\.file"):
        check_file(file)
    assert len(checked_by_a_stranger(file).stderr.splitlines()) == 1


def test_a_broken_file_or_none_is_answered_in_one_sentence_by_the_short_program(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"draw":"yanfang.draw/1"')
    for name in (file, tmp_path / "none.pdf"):
        said = checked_by_a_stranger(name)
        assert (said.returncode, said.stderr.count("\n"), said.stderr[:4]) == (1, 1, "不通过：")


def test_what_was_not_compared_is_said(office: Desk, clock: Clock, tmp_path: Path) -> None:
    shown = drawn_by(office, clock, plan_of(office))
    file = office.services.draws.export_to(shown.draw.id, tmp_path / "a.jsonl")
    assert "未与公布的核对" in checked_by_a_stranger(file).stdout
    parts = " ".join(shown.draw.digest[at : at + 8] for at in range(0, 64, 8)).upper()  # as it is printed
    said = checked_by_a_stranger(file, parts)
    assert (said.returncode, "未与" in said.stdout) == (0, False)


def test_both_programs_name_who_was_drawn_so_that_exchanged_pages_are_seen(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    shown = drawn_by(office, clock, plan_of(office))
    file = office.services.draws.print_to(shown.draw.id, tmp_path / "a.pdf")
    ours = CliRunner().invoke(cli, ["verify", str(file)])
    for said in (checked_by_a_stranger(file).stdout, ours.output):
        for one in shown.picks:
            assert (f"0.{one.ticket[:12]}" in said and one.name in said) is not one.is_reserve
        assert "请与纸面核对" in said
