"""What a draw says of others: made again, beside one of a like plan, after one that was taken back."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest

from app.core.draws import DrawState
from app.core.errors import Refused
from app.core.places import InstitutionKind
from app.draws import sheets
from app.services.draw_files import check_file
from app.services.draw_words import counted, why
from tests.e2e.conftest import Clock
from tests.unit.forms.reading import text_of
from tests.unit.services.desks import YEAR, Desk
from tests.unit.services.draw_desk import (
    DIGITS,
    checked_by_a_stranger,
    drawn_by,
    plan_of,
    sources,
    wish_of,
)


def test_a_redraw_needs_a_reason_and_a_fresh_seed_and_leaves_a_trace(office: Desk, clock: Clock) -> None:
    draws, plan = office.services.draws, plan_of(office)
    first = drawn_by(office, clock, plan).draw
    with pytest.raises(Refused, match=r"draw\.reason_missing"):
        draws.freeze(plan, wish_of(office), supersedes=first.id, reason=" ")
    second = draws.freeze(plan, wish_of(office), supersedes=first.id, reason="名录有误").value
    assert draws.sheet(first.id).draw.state is DrawState.VOID
    assert draws.sheet(first.id).picks  # what was drawn stays to be seen
    clock.ahead += dt.timedelta(minutes=1)
    with pytest.raises(Refused, match=r"draw\.seed_again"):
        draws.run(second.id, sources(clock()), ("甲",))
    shown = draws.run(second.id, sources(clock(), DIGITS[::-1]), ("甲",)).value
    assert shown.draw.supersedes == first.id
    text = sheets.read_sheet(draws.sheet_text(second.id).encode())
    assert (text.told["supersedes"], text.told["reason"]) == (first.number, "名录有误")
    with pytest.raises(Refused, match=r"draw\.superseded"):
        draws.freeze(plan, wish_of(office), supersedes=first.id, reason="再来")


def test_a_draw_beside_that_of_a_like_plan_needs_a_reason_and_both_sheets_name_the_other(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    draws = office.services.draws
    first = drawn_by(office, clock, plan_of(office)).draw
    beside = plan_of(office, ratio="1/2", title="换个名称", group_id="g2")  # another plan and ratio, the same pharmacies
    assert [one.number for one in draws.preview(beside, wish_of(office)).before.like] == [first.number]
    with pytest.raises(Refused, match=r"draw\.like_reason_missing"):
        draws.freeze(beside, wish_of(office), reason=" ")
    told = draws.freeze(beside, wish_of(office), reason="市局另行部署").value
    clock.ahead += dt.timedelta(minutes=5)
    second = draws.run(told.id, sources(clock(), DIGITS[::-1]), ("见证人甲",)).value
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
        assert checked_by_a_stranger(file).returncode == 0


def test_what_was_frozen_beside_it_before_the_seed_stands_in_the_record_of_the_draw(office: Desk, clock: Clock) -> None:
    draws = office.services.draws
    first = draws.freeze(plan_of(office), wish_of(office)).value
    clock.ahead += dt.timedelta(minutes=1)
    second = draws.freeze(plan_of(office, group_id="g2"), wish_of(office), reason="备用").value  # to choose once the digits are known
    clock.ahead += dt.timedelta(minutes=5)
    draws.run(first.id, sources(clock()), ("见证人甲",))
    sheet = sheets.read_sheet(draws.sheet_text(first.id).encode())
    assert [one["digest"] for one in sheet.told["since"]] == [second.digest]
    assert sheets.verify(sheet) == ()


def test_who_was_changed_out_of_the_objects_before_the_freeze_stands_in_the_sheet(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    draws, institutions = office.services.draws, office.services.institutions
    plan = plan_of(office)
    first = drawn_by(office, clock, plan).draw
    spared, *_ = institutions.find(kind="pharmacy")
    institutions.save(dataclasses.replace(spared, kind=InstitutionKind.OTHER, phone="0439-7"))  # and back after the draw
    told = draws.freeze(plan, wish_of(office), supersedes=first.id, reason="名录有误").value
    institutions.save(spared)
    clock.ahead += dt.timedelta(minutes=5)
    shown = draws.run(told.id, sources(clock(), DIGITS[::-1]), ("见证人甲",)).value
    [found] = shown.before.dropped
    assert (found.id, found.number, found.changed) == (spared.id, first.number, ("kind",))
    assert f"{first.number} 抽取时在对象范围内，其后更改了机构类别" in [why(one) for one in shown.left_out if one.name == spared.name]
    file = draws.print_to(told.id, tmp_path / "a.pdf")
    assert "其后更改了机构类别" in text_of(file.read_bytes()).replace("\n", "")
    assert check_file(file)[1] == ()
    assert checked_by_a_stranger(file).returncode == 0


def test_each_draw_names_the_one_that_the_office_announced_before_it(office: Desk, clock: Clock) -> None:
    draws, plans = office.services.draws, office.services.plans
    first = drawn_by(office, clock, plan_of(office)).draw
    later = plan_of(office)
    with plans._store.db.write() as unit:
        next_year = {"period_from": f"{YEAR + 1}-01-01", "period_to": f"{YEAR + 1}-03-31", "year": YEAR + 1}
        unit.put("plan", later, next_year)
    shown = draws.preview(later, wish_of(office))
    assert shown.before.like == ()  # another period
    assert shown.before.last is not None
    assert (shown.before.last.number, shown.before.last.digest) == (first.number, first.digest)


def test_a_plan_is_announced_once_at_a_time_so_that_none_can_be_chosen_afterwards(office: Desk, clock: Clock) -> None:
    draws, plan = office.services.draws, plan_of(office)
    first = draws.freeze(plan, wish_of(office)).value
    with pytest.raises(Refused, match=r"draw\.frozen_already"):
        draws.freeze(plan, wish_of(office))
    draws.withdraw(first.id, "名录有误")
    assert draws.freeze(plan, wish_of(office)).value.state is DrawState.FROZEN


def test_what_was_announced_before_stands_in_what_is_frozen_next(office: Desk, clock: Clock, tmp_path: Path) -> None:
    draws, plan = office.services.draws, plan_of(office)
    taken_back = draws.freeze(plan, wish_of(office)).value
    assert draws.sheet(taken_back.id).before.earlier == ()
    draws.withdraw(taken_back.id, "名录有误")
    drawn = drawn_by(office, clock, plan).draw
    again = drawn_by(office, clock, plan, DIGITS[::-1])
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
    assert checked_by_a_stranger(file, again.draw.digest).returncode == 0
    assert draws.print_to(again.draw.id, tmp_path / "a.pdf").stat().st_size > 0
