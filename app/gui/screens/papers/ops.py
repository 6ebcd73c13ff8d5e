"""What the screen asks of the services, in any thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.core.clock import Now
from app.core.documents import PageImage
from app.core.ids import DocumentId, InspectionId, TaskId
from app.core.outcome import Change, Outcome
from app.core.papers import INTERIM, Paper, PaperId, PaperState, PaperView, Value
from app.core.tasks import TaskLine
from app.gui.runner import Work
from app.gui.screens.papers.lines import Wall, lines_of

if TYPE_CHECKING:
    from app.services.bundles.case import Bundled, Cases
    from app.services.documents import Documents
    from app.services.inspections import Inspections
    from app.services.institutions import Institutions
    from app.services.office import OfficeService
    from app.services.pades import CertificateSigning, SignedFile
    from app.services.pades_keys import Certificates
    from app.services.papers.desk import Papers
    from app.services.papers.numbers import Numbers
    from app.services.people import People
    from app.services.tasks import Tasks

TABLES = frozenset({
    "paper", "paper_field", "paper_void", "paper_service", "paper_number", "number_range", "office_fact", "document",
    "signature", "inspection", "interview", "task", "institution", "person", "finding", "evidence", "answer",
})  # fmt: skip


class Desk(Protocol):
    """The services this screen uses."""

    clock: Now
    papers: "Papers"
    numbers: "Numbers"
    documents: "Documents"
    inspections: "Inspections"
    institutions: "Institutions"
    people: "People"
    tasks: "Tasks"
    office: "OfficeService"
    cases: "Cases"
    certificates: "Certificates"
    certificate_signing: "CertificateSigning"


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft with what its form needs beside it: names and licence numbers of the office's people."""

    view: PaperView
    people: tuple[tuple[str, str], ...]
    companions: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What issuing would do. `number` is empty for a kind without one; `optional` are places signed only if asked for."""

    view: PaperView
    number: str
    companions: tuple[str, ...]
    optional: tuple[tuple[str, str], ...] = ()

    @property
    def is_interim(self) -> bool:
        """Whether the number is a provisional one."""
        return self.number.startswith(INTERIM)


def task_of(desk: Desk, inspection: InspectionId) -> TaskId:
    """Return the task of a visit."""
    return desk.inspections.view(inspection).inspection.task


def wall(desk: Desk, task: TaskId) -> Wall:
    """Return the wall of a task."""
    papers = desk.papers
    needs, made, drafted = papers.needed(task), papers.of_task(task), dict(papers.kinds())
    titles = drafted | {one.kind: one.title for one in needs}
    found = desk.tasks.get(task)
    place = desk.institutions.get(found.institution)
    visit = next(iter(desk.inspections.of_task(task)), None)
    shown = {one for need in needs for one in need.documents} | {one.document for one in made if one.document}
    views = {one: desk.documents.view(one) for one in shown}
    drafts = {one.id: papers.view(one.id) for one in made if one.document is None and one.state is not PaperState.VOID}
    services = {one.id: papers.services(one.id) for one in made if one.document is not None}
    lines = [
        line
        for need in needs
        for line in lines_of(
            need, [one for one in made if one.kind == need.kind], views, drafts, services,
            is_composed=need.kind not in drafted and not any(one.kind == need.kind for one in made),
            others=tuple(titles[one] for one in need.or_one_of if one in titles), inspection=visit,
        )
    ]  # fmt: skip
    return Wall(found, place.name, visit, tuple(lines))


def opened(desk: Desk, paper: PaperId) -> Opened:
    """Return a draft and what its form needs."""
    view = desk.papers.view(paper)
    people = tuple((one.name, one.licence_no) for one in desk.people.find() if one.name)
    family = {view.paper.parent or view.paper.id}
    made = desk.papers.of_task(view.paper.task)
    return Opened(view, people, tuple(one for one in made if {one.id, one.parent} & family and len(made) > 1))


def ahead(desk: Desk, paper: PaperId) -> Ahead:
    """Return what issuing would do."""
    view = desk.papers.view(paper)
    titles = tuple(desk.papers.get(one).title for one in view.companions)
    return Ahead(view, desk.papers.number_ahead(paper), titles, desk.papers.optional_signings(paper))


def draft(desk: Desk, kind: str, task: TaskId) -> Outcome[Paper]:
    """Begin a paper."""
    return desk.papers.draft(kind, task)


def fill(desk: Desk, paper: PaperId, values: Mapping[str, Value]) -> Outcome[PaperView]:
    """Keep what was written; a field emptied that no data fills goes back to being unwritten."""
    known = {one.id: one for one in desk.papers.view(paper).fields}
    emptied = [name for name, value in values.items() if value in ("", ()) and known[name].data is None]
    kept = {name: value for name, value in values.items() if name not in emptied}
    if not emptied:
        return desk.papers.fill(paper, kept)
    done = desk.papers.refill(paper, emptied)
    if not kept:
        return done
    more = desk.papers.fill(paper, kept)
    return Outcome(more.value, done.changed | more.changed)


def pages(desk: Desk, paper: PaperId, scale: float) -> tuple[PageImage, ...]:
    """Return the pages as they would be printed now."""
    return desk.papers.preview_pages(paper, scale)


def export(desk: Desk, document: DocumentId, to: Path) -> Outcome[Path]:
    """Write a document, with its signatures by certificate where it has some on this laptop."""
    if desk.certificate_signing.certified(document) is not None:
        return desk.certificate_signing.export(document, to)
    return desk.documents.export(document, to)


def export_case(desk: Desk, inspection: InspectionId, to: Path, work: Work) -> "Outcome[Bundled]":
    """Write the file of a case; progress and cancel go through the work."""
    return desk.cases.export(inspection, to, work.report, work.token)


def certify(
    desk: Desk, document: DocumentId, fingerprint: str, password: str | None, *, as_bureau: bool
) -> "Outcome[SignedFile]":
    """Add a signature by certificate."""
    return desk.certificate_signing.sign_document(document, fingerprint, password, as_bureau=as_bureau)


def task_lines(desk: Desk) -> tuple[TaskLine, ...]:
    """Return all tasks, those due first at the top."""
    return desk.tasks.lines()


def touches(changes: Sequence[Change]) -> bool:
    """Say whether changes concern papers at all."""
    return not changes or any(one.table in TABLES for one in changes)

