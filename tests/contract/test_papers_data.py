"""The data of guards and periods speaks of papers, figures and sentences that there are."""

import dataclasses
import datetime as dt
from string import Formatter

import pytest

from app.core.guards import Guard
from app.core.ids import InstitutionId, PersonId, TaskId
from app.core.papers import ServiceMethod
from app.core.places import Office
from app.core.tasks import Nature, Task, TaskKind
from app.gui import messages
from app.gui.texts import LANGUAGES
from app.services.papers import kinds, law, reading, sources
from forms.papers import FieldKind
from forms.sources import SOURCES
from tests.unit.core.test_guards import BROKEN, found

OFFICE = Office("某市医疗保障局", "330106", "医保", False, PersonId(""))
RECORDS = {"record", "interview"}


@pytest.mark.parametrize("guard", law.guards(), ids=lambda one: f"{one.code}-{one.level}-{one.since}")
def test_a_guard_names_its_source_and_papers_that_there_are(guard: Guard) -> None:
    assert guard.source.strip()
    assert guard.papers <= set(kinds.every()) | RECORDS
    assert guard.since <= dt.date(2026, 12, 31)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "facts"), [(code, facts) for code, facts, _ in BROKEN])
def test_what_a_guard_says_has_a_sentence_that_asks_for_nothing_else(language: str, code: str, facts: object) -> None:
    template = messages.catalogue(language)[f"blocker.{code}"]
    asked = {name for _, name, _, _ in Formatter().parse(template) if name}
    for _, params in found(facts, code):
        assert asked <= set(params)


def test_every_guard_that_can_look_is_told_to() -> None:
    from app.core.guard_checks import CHECKS

    assert {one.code for one in law.guards()} == set(CHECKS)


def test_what_must_follow_is_a_paper_and_its_period_a_figure_in_days() -> None:
    for one in law.follows():
        assert {one.paper, *one.settled_by, *filter(None, (one.longer,))} <= set(kinds.every())
        assert one.begins in ("issued", "served")
        for rule in filter(None, (one.rule, one.longer_rule)):
            assert law.period(rule, dt.date(2026, 3, 2), OFFICE).due > dt.date(2026, 3, 2)


def test_seven_days_of_preservation_are_working_days_and_a_province_may_count_otherwise() -> None:
    assert law.period("preservation", dt.date(2026, 9, 24), OFFICE).due == dt.date(2026, 10, 12)
    elsewhere = dataclasses.replace(OFFICE, code="210100")
    assert law.period("preservation", dt.date(2026, 3, 2), elsewhere).due == dt.date(2026, 3, 9)


def test_papers_that_need_their_number_bear_one() -> None:
    assert all(kinds.kind(one).number_word for one in law.weighty())


def test_every_source_of_a_field_is_filled_or_left_to_the_office() -> None:
    known = sources.KNOWN_SOURCES | {f"office.{one}" for one in kinds.office_facts()}
    assert SOURCES - {"issue.number"} <= known
    for paper in kinds.every().values():
        for field in paper.fields:
            if field.source.startswith("papers."):
                _, kind, name = field.source.split(".")
                assert name in ("number", "issued_on") or name in {one.id for one in kinds.kind(kind).fields}
            elif field.source:
                assert field.source in SOURCES


def test_the_ways_of_service_are_the_options_of_the_receipt() -> None:
    options = {one.id: one for one in kinds.kind(reading.RECEIPT).fields}["method"].options
    assert set(kinds.METHODS) == set(ServiceMethod)
    assert set(kinds.METHODS.values()) == set(options)


def test_companions_name_each_other() -> None:
    for paper in kinds.every().values():
        for one in paper.companions:
            assert kinds.kind(one).parent == paper.id
        if paper.parent:
            assert paper.id in kinds.kind(paper.parent).companions
        assert paper.record is None or not any(one.kind is FieldKind.TABLE for one in paper.fields)


@pytest.mark.parametrize("nature", list(Nature))
@pytest.mark.parametrize("kind", list(TaskKind))
def test_every_task_has_a_path_and_every_path_papers(nature: Nature, kind: TaskKind) -> None:
    task = Task(TaskId("t"), "1", "t", nature, kind, InstitutionId("i"), (), ())
    path = kinds.path_of(task)
    assert any(need.path is path for paper in kinds.every().values() for need in paper.needs)
