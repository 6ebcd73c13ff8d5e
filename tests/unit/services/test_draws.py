"""A draw in the office: announced, drawn, told, made again, checked by strangers."""

import dataclasses
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from typer.testing import CliRunner

from app.cli.draw import cli
from app.core.clock import today
from app.core.draws import TEAMS, DrawSheet, DrawState, Source, SourceKind, Wish
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId, PlanId, RowId
from app.core.places import InstitutionKind, Person
from app.core.plan_objects import Clause, ObjectFilter, Ratio
from app.core.plans import Group, Method, StaffRule
from app.core.staff import Interest
from app.db.repos import plans as stored
from app.draws import frozen, sheets
from app.draws.run import draw, result_line
from app.services.draw_files import check_file
from app.services.draw_words import came_at, counted, shortage, why
from resources import path
from tests.e2e.conftest import Clock
from tests.unit.forms.reading import text_of
from tests.unit.services.desks import Desk

DIGITS = "74093152088164702359"
ANNOUNCED = (("dice10", "十面骰子十次"), ("person", "见证人报数"))
PHARMACIES = ObjectFilter((Clause(kinds=(InstitutionKind.PHARMACY,)),))


def _plan(
    office: Desk, *, staff: StaffRule | None = None, ratio: str = "1/3", title: str = "演练抽查", group_id: str = "g1"
) -> PlanId:
    plans = office.services.plans
    plan = plans.create(title=title).value
    group = Group(
        RowId(group_id), "零售药店", PHARMACIES, ratio=Ratio(ratio), method=Method.DRAW, staff=staff or StaffRule()
    )
    with office.services.plans._store.db.write() as unit:
        unit.put("plan", plan.id, {"state": "approved"})
        unit.put("plan_group", group.id, stored.part("groups", plan.id, group, 0))
    return plan.id


def _wish(office: Desk) -> Wish:
    return Wish(today(office.services.clock()), ANNOUNCED)


def _sources(at: dt.datetime, digits: str = DIGITS) -> tuple[Source, ...]:
    return (
        Source(SourceKind.DICE10, ANNOUNCED[0][1], digits[:10], at),
        Source(SourceKind.PERSON, ANNOUNCED[1][1], digits[10:], at),
    )


def _drawn(office: Desk, clock: Clock, plan: PlanId, digits: str = DIGITS) -> DrawSheet:
    told = office.services.draws.freeze(plan, _wish(office)).value
    clock.ahead += dt.timedelta(minutes=5)
    return office.services.draws.run(told.id, _sources(clock(), digits), ("见证人甲",)).value


def test_a_draw_is_announced_drawn_and_checked_by_a_stranger(office: Desk, clock: Clock, tmp_path: Path) -> None:
    shown = _drawn(office, clock, _plan(office))
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
    shown = _drawn(office, clock, _plan(office))
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


def test_a_byte_of_the_register_changed_after_the_freeze_is_refused(office: Desk, clock: Clock) -> None:
    draws = office.services.draws
    told = draws.freeze(_plan(office), _wish(office)).value
    clock.ahead += dt.timedelta(minutes=1)
    store = draws._store
    with store.db.read() as unit:
        name = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ?", (told.digest,))[0].stored
    text = store.files.read(name).decode()
    other = store.files.put(text.replace('"status"', '"statuS"', 1).replace("药店", "药房", 1).encode())
    with store.db.write() as unit:
        unit.local("UPDATE sync_blob SET stored = ? WHERE sha256 = ?", (other.name, told.digest))
    with pytest.raises(Refused, match=r"draw\.changed"):
        draws.run(told.id, _sources(clock()), ("甲",))


def test_a_change_of_the_register_after_the_freeze_changes_nothing(office: Desk, clock: Clock) -> None:
    draws = office.services.draws
    told = draws.freeze(_plan(office), _wish(office)).value
    for one in office.services.institutions.find("药"):
        office.services.institutions.save(dataclasses.replace(one, status="closed"))
    clock.ahead += dt.timedelta(minutes=1)
    shown = draws.run(told.id, _sources(clock()), ("甲",)).value
    assert [one for one in shown.picks if not one.is_reserve]


@pytest.mark.parametrize(
    ("code", "digits", "minutes"),
    [("draw.seed_early", DIGITS, 0), ("draw.seed_short", DIGITS[:19], 1), ("draw.seed_digits", "7409x" * 4, 1)],
)
def test_a_seed_is_refused_that_is_older_than_the_freeze_too_short_or_no_digits(
    office: Desk, clock: Clock, code: str, digits: str, minutes: int
) -> None:
    told = office.services.draws.freeze(_plan(office), _wish(office)).value
    clock.ahead += dt.timedelta(minutes=minutes)
    at = clock() if minutes else told.frozen_at
    with pytest.raises(Refused) as refused:
        office.services.draws.run(told.id, _sources(at, digits), ("甲",))
    assert refused.value.code == code
    assert office.services.draws.sheet(told.id).draw.state is DrawState.FROZEN


def test_a_redraw_needs_a_reason_and_a_fresh_seed_and_leaves_a_trace(office: Desk, clock: Clock) -> None:
    draws, plan = office.services.draws, _plan(office)
    first = _drawn(office, clock, plan).draw
    with pytest.raises(Refused, match=r"draw\.reason_missing"):
        draws.freeze(plan, _wish(office), supersedes=first.id, reason=" ")
    second = draws.freeze(plan, _wish(office), supersedes=first.id, reason="名录有误").value
    assert draws.sheet(first.id).draw.state is DrawState.VOID
    assert draws.sheet(first.id).picks  # what was drawn stays to be seen
    clock.ahead += dt.timedelta(minutes=1)
    with pytest.raises(Refused, match=r"draw\.seed_again"):
        draws.run(second.id, _sources(clock()), ("甲",))
    shown = draws.run(second.id, _sources(clock(), DIGITS[::-1]), ("甲",)).value
    assert shown.draw.supersedes == first.id
    text = sheets.read_sheet(draws.sheet_text(second.id).encode())
    assert (text.told["supersedes"], text.told["reason"]) == (first.number, "名录有误")
    with pytest.raises(Refused, match=r"draw\.superseded"):
        draws.freeze(plan, _wish(office), supersedes=first.id, reason="再来")


def test_a_reserve_takes_the_place_and_the_team_in_order_of_tickets(office: Desk, clock: Clock) -> None:
    draws = office.services.draws
    shown = _drawn(office, clock, _plan(office))
    gone = next(one for one in shown.picks if not one.is_reserve)
    waiting = [one for one in shown.picks if one.is_reserve]
    assert draws.use_reserve(shown.draw.id, gone.id, "已停业").value == waiting[0].id
    after = {one.id: one for one in draws.sheet(shown.draw.id).picks}
    assert after[gone.id].is_gone
    assert (after[waiting[0].id].team, after[waiting[0].id].reason) == (gone.team, "已停业")
    with pytest.raises(Refused, match=r"draw\.pick_gone"):
        draws.use_reserve(shown.draw.id, gone.id, "已停业")


def test_a_declared_interest_keeps_people_away_and_a_missing_team_says_why(office: Desk, clock: Clock) -> None:
    services = office.services
    able = [one for one in services.people.find() if one.may_inspect_on(today(clock())) and one.is_active]
    for place in services.institutions.find("药"):
        for one in able[1:]:
            services.staff.save_interest(Interest("", one.id, InstitutionId(place.id), "", "亲属任职"))
    shown = _drawn(office, clock, _plan(office))
    assert shown.teams == ()
    assert {one.interest for one in shown.missing} == {len(able) - 1}


def test_tasks_come_from_a_draw(office: Desk, clock: Clock) -> None:
    plan = _plan(office)
    with office.services.draws._store.db.write() as unit:
        unit.put("plan_group", "g1", {"contents": '["SGF@1"]'})
    shown = _drawn(office, clock, plan)
    made = office.services.tasks.from_draw(shown.draw.id).value
    assert len(made.made) == shown.strata[0].take


def test_every_plan_that_ships_can_be_frozen_and_drawn_and_the_program_agrees(office: Desk, clock: Clock) -> None:
    plans, draws = office.services.plans, office.services.draws
    for number, template in enumerate(plans.templates()):
        plan = plans.create(template.id, year=2026).value
        with plans._store.db.write() as unit:
            unit.put("plan", plan.id, {"state": "approved"})
        told = draws.freeze(plan.id, _wish(office), reason="各专项分别抽取").value
        clock.ahead += dt.timedelta(minutes=1)
        shown = draws.run(told.id, _sources(clock(), f"{number:020d}"), ("甲",)).value
        stand = [one for one in shown.picks if not one.is_reserve]
        assert len(stand) == sum(one.take for one in shown.strata), template.id
        assert sheets.verify(sheets.read_sheet(draws.sheet_text(told.id).encode())) == (), template.id


def test_a_draw_beside_that_of_a_like_plan_needs_a_reason_and_both_sheets_name_the_other(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    draws = office.services.draws
    first = _drawn(office, clock, _plan(office)).draw
    beside = _plan(office, ratio="1/2", title="换个名称", group_id="g2")  # another plan and ratio, the same pharmacies
    assert [one.number for one in draws.preview(beside, _wish(office)).before.like] == [first.number]
    with pytest.raises(Refused, match=r"draw\.like_reason_missing"):
        draws.freeze(beside, _wish(office), reason=" ")
    told = draws.freeze(beside, _wish(office), reason="市局另行部署").value
    clock.ahead += dt.timedelta(minutes=5)
    second = draws.run(told.id, _sources(clock(), DIGITS[::-1]), ("见证人甲",)).value
    [named] = second.before.like
    assert (named.plan, named.number, named.digest, named.record) == ("演练抽查", first.number, first.digest, first.record)
    assert named.seeded_at == max(one.at for one in first.sources if one.at)
    assert second.before.reason == "市局另行部署"
    assert [(one.number, one.plan) for one in draws.sheet(first.id).since] == [(told.number, "换个名称")]
    for one, other in ((first, told), (told, first)):
        file = draws.print_to(one.id, tmp_path / f"{one.seed or 'a'}.pdf")
        printed = text_of(file.read_bytes())
        assert "同期同类计划公布的冻结和抽取" in printed
        assert other.number in printed
        assert check_file(file)[1] == ()
        assert _checked_by_a_stranger(file).returncode == 0


def test_what_was_frozen_beside_it_before_the_seed_stands_in_the_record_of_the_draw(office: Desk, clock: Clock) -> None:
    draws = office.services.draws
    first = draws.freeze(_plan(office), _wish(office)).value
    clock.ahead += dt.timedelta(minutes=1)
    second = draws.freeze(_plan(office, group_id="g2"), _wish(office), reason="备用").value  # to choose once the digits are known
    clock.ahead += dt.timedelta(minutes=5)
    draws.run(first.id, _sources(clock()), ("见证人甲",))
    sheet = sheets.read_sheet(draws.sheet_text(first.id).encode())
    assert [one["digest"] for one in sheet.told["since"]] == [second.digest]
    assert sheets.verify(sheet) == ()


def test_who_was_changed_out_of_the_objects_before_the_freeze_stands_in_the_sheet(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    draws, institutions = office.services.draws, office.services.institutions
    plan = _plan(office)
    first = _drawn(office, clock, plan).draw
    spared, *_ = institutions.find(kind="pharmacy")
    institutions.save(dataclasses.replace(spared, kind=InstitutionKind.OTHER, phone="0439-7"))  # and back after the draw
    told = draws.freeze(plan, _wish(office), supersedes=first.id, reason="名录有误").value
    institutions.save(spared)
    clock.ahead += dt.timedelta(minutes=5)
    shown = draws.run(told.id, _sources(clock(), DIGITS[::-1]), ("见证人甲",)).value
    [found] = shown.before.dropped
    assert (found.id, found.number, found.changed) == (spared.id, first.number, ("kind",))
    assert f"{first.number} 抽取时在对象范围内，其后更改了机构类别" in [why(one) for one in shown.left_out if one.name == spared.name]
    file = draws.print_to(told.id, tmp_path / "a.pdf")
    assert "其后更改了机构类别" in text_of(file.read_bytes()).replace("\n", "")
    assert check_file(file)[1] == ()
    assert _checked_by_a_stranger(file).returncode == 0


def test_each_draw_names_the_one_that_the_office_announced_before_it(office: Desk, clock: Clock) -> None:
    draws, plans = office.services.draws, office.services.plans
    first = _drawn(office, clock, _plan(office)).draw
    later = _plan(office)
    with plans._store.db.write() as unit:
        unit.put("plan", later, {"period_from": "2027-01-01", "period_to": "2027-03-31", "year": 2027})
    shown = draws.preview(later, _wish(office))
    assert shown.before.like == ()  # another period
    assert shown.before.last is not None
    assert (shown.before.last.number, shown.before.last.digest) == (first.number, first.digest)


def _checked_by_a_stranger(file: Path, published: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(path("verify/verify_draw.py")), str(file), *published.split()],
        capture_output=True, text=True, encoding="utf-8", check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def _wide(digits: str) -> str:
    return digits.translate({ord("0") + n: ord("０") + n for n in range(10)})


def test_a_second_draw_in_the_same_file_is_refused_by_both_programs(office: Desk, clock: Clock, tmp_path: Path) -> None:
    shown = _drawn(office, clock, _plan(office))
    pages = office.services.draws.print_to(shown.draw.id, tmp_path / "a.pdf").read_bytes()
    other = office.services.draws.sheet_text(shown.draw.id).encode()
    for name, data in {"before": b"%" + other + b"\nendstream\n" + pages, "after": pages + b"\n" + other}.items():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(data)
        said = _checked_by_a_stranger(file, shown.draw.digest)
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
    shown = _drawn(office, clock, _plan(office))
    *lines, drawn, _, _ = office.services.draws.sheet_text(shown.draw.id).removesuffix("\n").split("\n")
    told, text = json.loads(drawn), "".join(f"{line}\n" for line in lines)
    change(told)
    result = result_line(draw(frozen.read(text), told["seed"]))
    file = tmp_path / "a.jsonl"
    whole = f"{text}{frozen.canonical(told)}\n{result}\n"
    record = frozen.canonical({"row": "record", "sha256": sheets.record(whole)})
    file.write_text(f"{whole}{record}\n", "utf-8", newline="\n")
    said = _checked_by_a_stranger(file, shown.draw.digest)
    assert (said.returncode, said.stdout, said.stderr[:4]) == (1, "", "不通过：")
    assert [one.code for one in check_file(file, shown.draw.digest)[1]] == [code]


@pytest.mark.parametrize("weight", [0, -1, 1.5, "3", None, True])
def test_a_weight_that_is_none_is_refused_in_one_sentence(
    office: Desk, clock: Clock, tmp_path: Path, weight: object
) -> None:
    shown = _drawn(office, clock, _plan(office))
    text = office.services.draws.sheet_text(shown.draw.id)
    file = tmp_path / "a.jsonl"
    changed = text.replace('"in":{"g1":1}', f'"in":{{"g1":{json.dumps(weight)}}}', 1)
    assert changed != text
    file.write_text(changed, "utf-8", newline="\n")
    with pytest.raises(Refused, match=r"draw\.file"):
        check_file(file)
    assert len(_checked_by_a_stranger(file).stderr.splitlines()) == 1


def test_a_broken_file_or_none_is_answered_in_one_sentence_by_the_short_program(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"draw":"yanfang.draw/1"')
    for name in (file, tmp_path / "none.pdf"):
        said = _checked_by_a_stranger(name)
        assert (said.returncode, said.stderr.count("\n"), said.stderr[:4]) == (1, 1, "不通过：")


def test_what_was_not_compared_is_said(office: Desk, clock: Clock, tmp_path: Path) -> None:
    shown = _drawn(office, clock, _plan(office))
    file = office.services.draws.export_to(shown.draw.id, tmp_path / "a.jsonl")
    assert "未与公布的核对" in _checked_by_a_stranger(file).stdout
    parts = " ".join(shown.draw.digest[at : at + 8] for at in range(0, 64, 8)).upper()  # as it is printed
    said = _checked_by_a_stranger(file, parts)
    assert (said.returncode, "未与" in said.stdout) == (0, False)


def test_a_plan_is_announced_once_at_a_time_so_that_none_can_be_chosen_afterwards(office: Desk, clock: Clock) -> None:
    draws, plan = office.services.draws, _plan(office)
    first = draws.freeze(plan, _wish(office)).value
    with pytest.raises(Refused, match=r"draw\.frozen_already"):
        draws.freeze(plan, _wish(office))
    draws.withdraw(first.id, "名录有误")
    assert draws.freeze(plan, _wish(office)).value.state is DrawState.FROZEN


def test_digits_from_the_future_are_refused(office: Desk, clock: Clock) -> None:
    told = office.services.draws.freeze(_plan(office), _wish(office)).value
    clock.ahead += dt.timedelta(minutes=1)
    with pytest.raises(Refused, match=r"draw\.seed_late"):
        office.services.draws.run(told.id, _sources(clock() + dt.timedelta(days=1)), ("甲",))


def test_fewer_fixed_teams_than_the_plan_asks_for_are_told(office: Desk, clock: Clock) -> None:
    shown = _drawn(office, clock, _plan(office, staff=StaffRule(teams=9), ratio="100%"))
    told = [one for one in shown.missing if one.role == TEAMS]
    assert [(one.needed, one.pool) for one in told] == [(9, len(shown.teams))]
    assert "计划 9 个检查组" in shortage(told[0])
    assert sum(len(one.institutions) for one in shown.teams) == shown.strata[0].take


def test_both_programs_name_who_was_drawn_so_that_exchanged_pages_are_seen(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    shown = _drawn(office, clock, _plan(office))
    file = office.services.draws.print_to(shown.draw.id, tmp_path / "a.pdf")
    ours = CliRunner().invoke(cli, ["verify", str(file)])
    for said in (_checked_by_a_stranger(file).stdout, ours.output):
        for one in shown.picks:
            assert (f"0.{one.ticket[:12]}" in said and one.name in said) is not one.is_reserve
        assert "请与纸面核对" in said


def test_what_was_announced_before_stands_in_what_is_frozen_next(office: Desk, clock: Clock, tmp_path: Path) -> None:
    draws, plan = office.services.draws, _plan(office)
    taken_back = draws.freeze(plan, _wish(office)).value
    assert draws.sheet(taken_back.id).before.earlier == ()
    draws.withdraw(taken_back.id, "名录有误")
    drawn = _drawn(office, clock, plan).draw
    again = _drawn(office, clock, plan, DIGITS[::-1])
    assert [(one.number, one.state, one.reason) for one in again.before.earlier] == [
        (taken_back.number, DrawState.VOID, "名录有误"), (drawn.number, DrawState.DRAWN, ""),
    ]  # fmt: skip
    assert again.before.earlier[0].voided_at is not None
    assert counted(again.before.earlier) == "公布冻结 2 次，其中撤回 1 次"
    file = draws.export_to(again.draw.id, tmp_path / "a.jsonl")
    assert [one["digest"] for one in json.loads(file.read_text("utf-8").split("\n")[0])["earlier"]] == [
        taken_back.digest, drawn.digest,
    ]  # fmt: skip
    assert check_file(file, again.draw.digest)[1] == ()
    assert _checked_by_a_stranger(file, again.draw.digest).returncode == 0
    assert draws.print_to(again.draw.id, tmp_path / "a.pdf").stat().st_size > 0


def test_one_person_alone_cannot_give_the_seed(office: Desk, clock: Clock) -> None:
    wish = dataclasses.replace(_wish(office), sources=(("person", "负责人"), ("person", "负责人 ")))
    with pytest.raises(Refused, match=r"draw\.one_person"):
        office.services.draws.freeze(_plan(office), wish)


def test_a_lottery_that_was_drawn_before_the_freeze_is_refused_though_it_is_entered_after_it(
    office: Desk, clock: Clock
) -> None:
    wish = dataclasses.replace(_wish(office), sources=(("lottery", "体彩排列5第26310期、福彩双色球第26088期"),))
    told = office.services.draws.freeze(_plan(office), wish).value
    clock.ahead += dt.timedelta(hours=5)
    drawn_on_air = told.frozen_at - dt.timedelta(minutes=30)
    for at, code in ((drawn_on_air, "draw.seed_early"), (clock() + dt.timedelta(minutes=1), "draw.seed_late")):
        source = Source(SourceKind.LOTTERY, wish.sources[0][1], DIGITS, at)
        with pytest.raises(Refused) as refused:
            office.services.draws.run(told.id, (source,), ("甲",))
        assert refused.value.code == code
    source = Source(SourceKind.LOTTERY, wish.sources[0][1], DIGITS, told.frozen_at + dt.timedelta(hours=4))
    shown = office.services.draws.run(told.id, (source,), ("甲",)).value
    assert "（开奖）" in came_at(shown.draw.sources[0])


def test_a_lottery_without_its_issue_cannot_be_announced(office: Desk, clock: Clock) -> None:
    wish = dataclasses.replace(_wish(office), sources=(("lottery", "体彩排列5当天一期"),))
    with pytest.raises(Refused, match=r"draw\.no_issue"):
        office.services.draws.freeze(_plan(office), wish)


def test_witnesses_times_and_operator_are_in_the_record_that_is_signed_printed_and_compared(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    shown = _drawn(office, clock, _plan(office))
    draws, record = office.services.draws, shown.draw.record
    text = draws.sheet_text(shown.draw.id)
    assert json.loads(text.splitlines()[-1]) == {"row": "record", "sha256": record}
    with draws._store.db.read() as unit:
        assert unit.sql("SELECT record_sha256 FROM draw WHERE id = ?", (shown.draw.id,))[0].record_sha256 == record
    pdf = draws.print_to(shown.draw.id, tmp_path / "a.pdf")
    words = "".join("".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(pdf))
    assert record in words
    good = _checked_by_a_stranger(pdf, f"{shown.draw.digest} {record}")
    assert (good.returncode, record in good.stdout, "见证人甲" in good.stdout) == (0, True, True)
    assert check_file(pdf, shown.draw.digest, record)[1] == ()
    minute = text[text.rindex('"at":"') + 6 :][:16]
    for old, new in (("见证人甲", "见证人乙"), ('"operator":"', '"operator":"假'), (minute, "2099-12-31T23:59")):
        file = tmp_path / "b.jsonl"
        changed = text.replace(old, new, 1)
        file.write_text(changed, "utf-8", newline="\n")
        assert _checked_by_a_stranger(file).returncode == 1
        assert "record" in [one.code for one in check_file(file)[1]]
        whole = changed[: changed.rindex("\n", 0, -1) + 1]  # who counts the record anew has not that which was printed
        file.write_text(
            whole + frozen.canonical({"row": "record", "sha256": sheets.record(whole)}) + "\n", "utf-8", newline="\n"
        )
        assert _checked_by_a_stranger(file, f"{shown.draw.digest} {record}").returncode == 1
        assert "record" in [one.code for one in check_file(file, shown.draw.digest, record)[1]]


def _two_groups(
    office: Desk, clock: Clock, *, once: bool, staff: StaffRule | None = None, ratio: str = "100%"
) -> DrawSheet:
    plan = _plan(office, ratio=ratio, staff=staff)
    other = Group(RowId("g2"), "进销存专项", PHARMACIES, ratio=Ratio(ratio), method=Method.DRAW)
    with office.services.plans._store.db.write() as unit:
        unit.put("plan", plan, {"once": int(once)})
        unit.put("plan_group", other.id, {**stored.part("groups", plan, other, 1), "contents": '["AHY@1"]'})
        unit.put("plan_group", "g1", {"contents": '["SGF@1"]'})
    return _drawn(office, clock, plan)


def test_who_is_in_two_groups_is_named_and_visited_once_where_the_plan_says_so(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    shown = _two_groups(office, clock, once=True)
    places = shown.strata[0].take
    assert len(shown.twice) == places > 0
    assert all(one.is_joined and one.groups == ("零售药店", "进销存专项") for one in shown.twice)
    assert len(shown.teams) == places
    assert [one.joined for one in shown.picks] == [""] * places + ["零售药店"] * places
    made = office.services.tasks.from_draw(shown.draw.id).value
    assert len(made.made) == places
    tasks = [line.task for line in office.services.tasks.lines() if line.task.id in made.made]
    assert {one.templates for one in tasks} == {("SGF@1", "AHY@1")}
    assert office.services.tasks.waiting_draws() == ()
    assert office.services.tasks.from_draw(shown.draw.id).value.made == ()
    file = office.services.draws.export_to(shown.draw.id, tmp_path / "a.jsonl")
    assert _checked_by_a_stranger(file).returncode == 0
    assert check_file(file)[1] == ()
    gone = office.services.draws.sheet(shown.draw.id).picks[0]
    with pytest.raises(Refused, match=r"draw\.no_reserve"):  # all were drawn
        office.services.draws.use_reserve(shown.draw.id, gone.id, "已停业")


def test_who_steps_in_for_a_joint_visit_is_visited_once_as_well(office: Desk, clock: Clock) -> None:
    draws, tasks = office.services.draws, office.services.tasks
    shown = _two_groups(office, clock, once=True, ratio="1%")
    first, second = (one for one in shown.picks if not one.is_reserve)
    assert (first.institution, second.joined) == (second.institution, "零售药店")
    assert len(tasks.from_draw(shown.draw.id).value.made) == 1
    draws.use_reserve(shown.draw.id, first.id, "已停业")
    after = draws.sheet(shown.draw.id)
    stand = [one for one in after.picks if one.is_used]
    assert [one.joined for one in stand] == ["", "零售药店"]
    assert len({one.institution for one in stand} - {first.institution}) == 1
    made = tasks.from_draw(shown.draw.id).value
    assert (len(made.made), made.cancelled) == (1, 1)
    task = next(line.task for line in tasks.lines() if line.task.id == made.made[0])
    assert (task.institution, task.templates) == (stand[0].institution, ("SGF@1", "AHY@1"))
    assert tasks.waiting_draws() == ()


def test_who_is_in_two_groups_is_visited_twice_where_people_differ_or_the_plan_does_not_say(
    office: Desk, clock: Clock
) -> None:
    apart = _two_groups(office, clock, once=True, staff=StaffRule(3))
    assert not any(one.is_joined for one in apart.twice)
    assert len(apart.teams) + len(apart.missing) == 2 * apart.strata[0].take


def test_teams_that_change_places_go_on_together_where_the_others_were(office: Desk, clock: Clock, tmp_path: Path) -> None:
    for n in range(4):
        office.services.people.save(Person(PersonId(""), f"轮换{n}", licence_no=f"2206019{n}"))
    plan = _plan(office, ratio="100%", staff=StaffRule(teams=2, rotate=True))
    first = _drawn(office, clock, plan)
    second = _drawn(office, clock, plan, DIGITS[::-1])
    before, after = (
        {frozenset(seat.person for seat in team.seats): set(team.institutions) for team in one.teams} for one in (first, second)
    )
    assert before.keys() == after.keys()
    one, other = before
    assert (after[one], after[other]) == (before[other], before[one])
    file = office.services.draws.export_to(second.draw.id, tmp_path / "a.jsonl")
    assert _checked_by_a_stranger(file).returncode == 0
    assert check_file(file)[1] == ()
