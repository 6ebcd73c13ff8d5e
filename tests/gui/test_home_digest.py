"""The first page: what waits, in which order, and what ends when."""

import datetime as dt

import pytest

from app.core.documents import Document, DocumentKind, DocumentState, DocumentView, SignerRole
from app.core.ids import DocumentId, InspectionId, InstitutionId, PersonId, TaskId
from app.core.places import Person, Role
from app.core.plan_dates import Due
from app.core.reports import DueReport
from app.core.syncing import SyncStatus
from app.core.tallies import Fact, Measure
from app.core.tasks import Nature, Task, TaskKind, TaskLine, TaskState
from app.gui.screens.home.digest import Action, DeadlineKind, compose, delivery
from app.gui.screens.tasks.due import Urgency, due
from tests.unit.services.plan_rows import COVERAGE

TODAY = dt.date(2026, 11, 22)


def line(
    number: str,
    *,
    state: TaskState = TaskState.ASSIGNED,
    inspection: str | None = None,
    days: int | None = None,
) -> TaskLine:
    task = Task(
        TaskId(number), number, "检查", Nature.ADMINISTRATIVE, TaskKind.RANDOM, InstitutionId("i"), ("SGF",),
        (PersonId("p"),), None if days is None else TODAY + dt.timedelta(days), state=state,
    )  # fmt: skip
    return TaskLine(
        task, f"药房{number}", "pharmacy", ("王敏",), InspectionId(inspection) if inspection else None,
        (3, 34) if inspection else None, 0, days, 0,
    )  # fmt: skip


def test_the_newest_begun_visit_comes_first_and_the_rest_by_day() -> None:
    lines = [
        line("1", days=9),
        line("2", state=TaskState.IN_PROGRESS, inspection="01a", days=30),
        line("3", days=-2),
        line("4", state=TaskState.IN_PROGRESS, inspection="01b"),
        line("5"),
    ]
    visits, _, _ = compose(lines, (), (), TODAY)
    assert [visit.line.task.number for visit in visits] == ["4", "2", "3", "1", "5"]
    assert [visit.action for visit in visits][:3] == [Action.CONTINUE, Action.CONTINUE, Action.START]


@pytest.mark.parametrize("state", [TaskState.SIGNED, TaskState.CLOSED, TaskState.CANCELLED])
def test_a_finished_task_waits_for_nobody(state: TaskState) -> None:
    visits, _, deadlines = compose([line("1", state=state, days=-3)], (), (), TODAY)
    assert visits == ()
    assert deadlines == ()


def test_licences_that_end_within_sixty_days_stand_among_the_deadlines() -> None:
    def person(name: str, days: int, *, role: Role = Role.INSPECTOR, is_active: bool = True) -> Person:
        return Person(PersonId(name), name, role, "22060012", None, TODAY + dt.timedelta(days), "", is_active)

    people = [
        person("李卓", 39), person("王敏", 61), person("赵过期", -1),
        person("外援", 3, role=Role.EXPERT), person("已离开", 3, is_active=False),
    ]  # fmt: skip
    _, _, deadlines = compose([line("1", days=5)], (), people, TODAY)
    assert [(one.kind, one.name) for one in deadlines] == [
        (DeadlineKind.LICENCE, "赵过期"),
        (DeadlineKind.TASK, "药房1"),
        (DeadlineKind.LICENCE, "李卓"),
    ]
    assert deadlines[0].due.urgency is Urgency.OVERDUE


@pytest.mark.parametrize(
    ("days", "urgency", "shown"),
    [(-5, Urgency.OVERDUE, 5), (0, Urgency.TODAY, 0), (3, Urgency.SOON, 3), (4, Urgency.LATER, 4)],
)
def test_a_deadline_says_how_near_it_is(days: int, urgency: Urgency, shown: int) -> None:
    end = due(TODAY + dt.timedelta(days), days)
    assert (end.urgency, end.days) == (urgency, shown)


def test_a_task_without_a_day_or_no_longer_running_has_no_deadline() -> None:
    assert due(None, None).urgency is Urgency.NONE
    assert due(TODAY, None).urgency is Urgency.NONE


def test_only_documents_somebody_still_has_to_sign_wait() -> None:
    def view(name: str, state: DocumentState, role: SignerRole | None) -> DocumentView:
        at = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
        document = Document(
            DocumentId(name), InspectionId("i"), DocumentKind.RECORD, name, name, state, at, ()
        )
        return DocumentView(document, "仁和", (), role, 1 if role else None)

    views = [
        view("a", DocumentState.SIGNING, SignerRole.PARTY),
        view("b", DocumentState.SIGNED, None),
        view("c", DocumentState.AMENDED, SignerRole.PARTY),
        view("d", DocumentState.FROZEN, SignerRole.INSPECTOR_1),
    ]
    _, to_sign, _ = compose((), views, (), TODAY)
    assert [one.document.number for one in to_sign] == ["a", "d"]


def test_what_only_this_laptop_has_and_what_needs_a_person_is_counted() -> None:
    status = SyncStatus(None, 7, 1, 2, 1, 900, None, None, None, files_lost=1)
    given = delivery((412, 19), status)
    assert (given.lines, given.files) == (412, 19)
    assert (given.lines_here, given.files_here, given.attention) == (8, 1, 4)


def test_a_report_that_is_due_within_a_week_is_a_deadline_until_its_paper_is_issued() -> None:
    asked = COVERAGE.reports[0]
    near, far = (Due(day, day) for day in (TODAY + dt.timedelta(3), TODAY + dt.timedelta(8)))
    issued = Fact(Measure.PAPER, InstitutionId("i"), TODAY, "paper", "p")
    found = [
        DueReport(COVERAGE, asked, near),
        DueReport(COVERAGE, asked, far),
        DueReport(COVERAGE, asked, near, (issued,)),
    ]
    [deadline] = compose((), (), (), TODAY, found)[2]
    assert (deadline.kind, deadline.name, deadline.due.on) == (DeadlineKind.REPORT, "进展情况", near.on)
