"""A draw in the office: announced, given its seed, drawn, told."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from app.core.clock import today
from app.core.draws import DrawState, Source, SourceKind
from app.core.errors import Refused
from app.core.ids import InstitutionId
from app.core.staff import Interest
from app.draws import frozen, sheets
from app.services.draw_files import check_file
from app.services.draw_words import came_at
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk
from tests.unit.services.draw_desk import (
    DIGITS,
    checked_by_a_stranger,
    drawn_by,
    plan_of,
    sources,
    wish_of,
)


def test_a_byte_of_the_register_changed_after_the_freeze_is_refused(office: Desk, clock: Clock) -> None:
    draws = office.services.draws
    told = draws.freeze(plan_of(office), wish_of(office)).value
    clock.ahead += dt.timedelta(minutes=1)
    store = draws._store
    with store.db.read() as unit:
        name = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ?", (told.digest,))[0].stored
    text = store.files.read(name).decode()
    other = store.files.put(text.replace('"status"', '"statuS"', 1).replace("药店", "药房", 1).encode())
    with store.db.write() as unit:
        unit.local("UPDATE sync_blob SET stored = ? WHERE sha256 = ?", (other.name, told.digest))
    with pytest.raises(Refused, match=r"draw\.changed"):
        draws.run(told.id, sources(clock()), ("甲",))


def test_a_change_of_the_register_after_the_freeze_changes_nothing(office: Desk, clock: Clock) -> None:
    draws = office.services.draws
    told = draws.freeze(plan_of(office), wish_of(office)).value
    for one in office.services.institutions.find("药"):
        office.services.institutions.save(dataclasses.replace(one, status="closed"))
    clock.ahead += dt.timedelta(minutes=1)
    shown = draws.run(told.id, sources(clock()), ("甲",)).value
    assert [one for one in shown.picks if not one.is_reserve]


@pytest.mark.parametrize(
    ("code", "digits", "minutes"),
    [("draw.seed_early", DIGITS, 0), ("draw.seed_short", DIGITS[:19], 1), ("draw.seed_digits", "7409x" * 4, 1)],
)
def test_a_seed_is_refused_that_is_older_than_the_freeze_too_short_or_no_digits(
    office: Desk, clock: Clock, code: str, digits: str, minutes: int
) -> None:
    told = office.services.draws.freeze(plan_of(office), wish_of(office)).value
    clock.ahead += dt.timedelta(minutes=minutes)
    at = clock() if minutes else told.frozen_at
    with pytest.raises(Refused) as refused:
        office.services.draws.run(told.id, sources(at, digits), ("甲",))
    assert refused.value.code == code
    assert office.services.draws.sheet(told.id).draw.state is DrawState.FROZEN


def test_a_reserve_takes_the_place_and_the_team_in_order_of_tickets(office: Desk, clock: Clock) -> None:
    draws = office.services.draws
    shown = drawn_by(office, clock, plan_of(office))
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
    shown = drawn_by(office, clock, plan_of(office))
    assert shown.teams == ()
    assert {one.interest for one in shown.missing} == {len(able) - 1}


def test_tasks_come_from_a_draw(office: Desk, clock: Clock) -> None:
    plan = plan_of(office)
    with office.services.draws._store.db.write() as unit:
        unit.put("plan_group", "g1", {"contents": '["SGF@1"]'})
    shown = drawn_by(office, clock, plan)
    made = office.services.tasks.from_draw(shown.draw.id).value
    assert len(made.made) == shown.strata[0].take


def test_digits_from_the_future_are_refused(office: Desk, clock: Clock) -> None:
    told = office.services.draws.freeze(plan_of(office), wish_of(office)).value
    clock.ahead += dt.timedelta(minutes=1)
    with pytest.raises(Refused, match=r"draw\.seed_late"):
        office.services.draws.run(told.id, sources(clock() + dt.timedelta(days=1)), ("甲",))


def test_one_person_alone_cannot_give_the_seed(office: Desk, clock: Clock) -> None:
    wish = dataclasses.replace(wish_of(office), sources=(("person", "负责人"), ("person", "负责人 ")))
    with pytest.raises(Refused, match=r"draw\.one_person"):
        office.services.draws.freeze(plan_of(office), wish)


def test_a_lottery_that_was_drawn_before_the_freeze_is_refused_though_it_is_entered_after_it(
    office: Desk, clock: Clock
) -> None:
    wish = dataclasses.replace(wish_of(office), sources=(("lottery", "体彩排列5第26310期、福彩双色球第26088期"),))
    told = office.services.draws.freeze(plan_of(office), wish).value
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
    wish = dataclasses.replace(wish_of(office), sources=(("lottery", "体彩排列5当天一期"),))
    with pytest.raises(Refused, match=r"draw\.no_issue"):
        office.services.draws.freeze(plan_of(office), wish)


def test_witnesses_times_and_operator_are_in_the_record_that_is_signed_printed_and_compared(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    shown = drawn_by(office, clock, plan_of(office))
    draws, record = office.services.draws, shown.draw.record
    text = draws.sheet_text(shown.draw.id)
    assert json.loads(text.splitlines()[-1]) == {"row": "record", "sha256": record}
    with draws._store.db.read() as unit:
        assert unit.sql("SELECT record_sha256 FROM draw WHERE id = ?", (shown.draw.id,))[0].record_sha256 == record
    pdf = draws.print_to(shown.draw.id, tmp_path / "a.pdf")
    words = "".join("".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(pdf))
    assert record in words
    good = checked_by_a_stranger(pdf, f"{shown.draw.digest} {record}")
    assert (good.returncode, record in good.stdout, "见证人甲" in good.stdout) == (0, True, True)
    assert check_file(pdf, shown.draw.digest, record)[1] == ()
    minute = text[text.rindex('"at":"') + 6 :][:16]
    for old, new in (("见证人甲", "见证人乙"), ('"operator":"', '"operator":"假'), (minute, "2099-12-31T23:59")):
        file = tmp_path / "b.jsonl"
        changed = text.replace(old, new, 1)
        file.write_text(changed, "utf-8", newline="\n")
        assert checked_by_a_stranger(file).returncode == 1
        assert "record" in [one.code for one in check_file(file)[1]]
        whole = changed[: changed.rindex("\n", 0, -1) + 1]  # who counts the record anew has not that which was printed
        file.write_text(
            whole + frozen.canonical({"row": "record", "sha256": sheets.record(whole)}) + "\n", "utf-8", newline="\n"
        )
        assert checked_by_a_stranger(file, f"{shown.draw.digest} {record}").returncode == 1
        assert "record" in [one.code for one in check_file(file, shown.draw.digest, record)[1]]
