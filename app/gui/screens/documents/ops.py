"""What the screen asks of the services, in any thread."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.core.documents import Correction, Document, DocumentView, PageImage, SignerRole
from app.core.ids import DocumentId, InspectionId, InterviewId
from app.core.inspections import Blocker, InspectionView
from app.core.interviews import Interview
from app.core.outcome import Change, Outcome
from app.core.readings import Heard
from app.core.tasks import TaskState
from app.gui.runner import Work
from app.gui.widgets.signature import Stroke

if TYPE_CHECKING:
    from app.services.documents import Documents
    from app.services.inspections import Inspections
    from app.services.interviews import Interviews
    from app.services.tasks import Tasks

LISTED = 1000
TABLES = frozenset(
    {
        "document",
        "signature",
        "inspection",
        "interview",
        "reading",
        "task",
        "answer",
        "answer_row",
        "finding",
        "evidence",
    }
)


class Desk(Protocol):
    """The services this screen uses."""

    documents: "Documents"
    inspections: "Inspections"
    interviews: "Interviews"
    tasks: "Tasks"


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of the list: a document, or an inspection under way whose record is still to be composed (`view` None)."""

    inspection: InspectionId
    institution: str
    view: DocumentView | None
    task: str = ""

    @property
    def key(self) -> str:
        """A stable name of the line."""
        return str(self.view.document.id) if self.view is not None else f"open:{self.inspection}"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything of one inspection that becomes paper."""

    inspection: InspectionView
    blockers: tuple[Blocker, ...]
    interviews: tuple[Interview, ...]
    documents: tuple[DocumentView, ...]

    @property
    def blocking(self) -> int:
        """How many things stop the record."""
        return sum(one.severity == "block" for one in self.blockers)


@dataclass(frozen=True, slots=True)
class Handover:
    """What identifies what is handed over: the number and the digest of the file.

    Attributes:
        file: Name of the exported file the digest is of; empty for the document by itself.
    """

    number: str
    sha256: str
    file: str = ""

    @property
    def code_text(self) -> str:
        """What the QR code says."""
        return f"{self.number}\nSHA-256:{self.sha256}"


def lines(desk: Desk) -> tuple[ListLine, ...]:
    """Return what is to be composed first, then documents, newest first."""
    views = desk.documents.recent(LISTED)
    recorded = {one.document.inspection for one in views if one.document.kind == "record"}
    waiting = tuple(
        ListLine(line.inspection, line.institution_name, None, line.task.number)
        for line in desk.tasks.lines(str(TaskState.IN_PROGRESS))
        if line.inspection is not None and line.inspection not in recorded
    )
    return (*waiting, *(ListLine(one.document.inspection, one.institution_name, one) for one in views))


def case_file(desk: Desk, inspection: InspectionId) -> CaseFile:
    """Return the file of one inspection."""
    return CaseFile(
        inspection=desk.inspections.view(inspection),
        blockers=desk.inspections.blockers(inspection),
        interviews=desk.interviews.of(inspection),
        documents=tuple(desk.documents.view(one.id) for one in desk.documents.of(inspection)),
    )


def compose_record(desk: Desk, inspection: InspectionId, work: Work) -> Outcome[Document]:
    """Compose the record; progress and cancel go through the work."""
    return desk.documents.freeze_record(inspection, work.report, work.token)


def compose_interview(desk: Desk, interview: InterviewId) -> Outcome[Document]:
    """Compose the record of a finished interview."""
    return desk.documents.freeze_interview(interview)


def sign(
    desk: Desk,
    document: DocumentId,
    role: SignerRole,
    pages: Sequence[int],
    strokes: tuple[Stroke, ...],
    aspect: float,
    name: str = "",
) -> Outcome[DocumentView]:
    """Sign pages with strokes of a pad of this shape and return where the document stands then; `name` where unknown."""
    drawn = tuple(tuple((p.x, p.y, p.t_ms, p.pressure) for p in stroke) for stroke in strokes)
    return _seen(desk, desk.documents.sign(document, role, pages, drawn, name, aspect=aspect))


def read_out(desk: Desk, document: DocumentId, role: SignerRole, heard: Heard) -> Outcome[DocumentView]:
    """Note that the document was read out to a signer or read by them."""
    noted = desk.documents.read_out(document, role, heard)
    return Outcome(desk.documents.view(document), noted.changed)


def refuse(
    desk: Desk, document: DocumentId, role: SignerRole, reason: str, witness: str, is_recorded: bool
) -> Outcome[DocumentView]:
    """Record a refusal."""
    done = desk.documents.refuse(document, role, reason, witness, is_recorded=is_recorded)
    return _seen(desk, done)


def paper(desk: Desk, document: DocumentId, role: SignerRole, file: Path) -> Outcome[DocumentView]:
    """Take in the picture of the paper that was signed by hand."""
    return _seen(desk, desk.documents.paper(document, role, file))


def amend(desk: Desk, document: DocumentId, corrections: Sequence[Correction]) -> Outcome[DocumentView]:
    """Make an amendment and return it."""
    return _seen(desk, desk.documents.amend(document, corrections))


def handover(desk: Desk, document: DocumentId) -> Handover:
    """Return number and digest of the signed document."""
    content = desk.documents.exported(document)
    return Handover(desk.documents.view(document).document.number, hashlib.sha256(content).hexdigest())


def export(desk: Desk, document: DocumentId, to: Path) -> Outcome[Handover]:
    """Export and return what identifies the file: a record's file holds its interviews as well."""
    done = desk.documents.export(document, to)
    with done.value.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    number = desk.documents.view(document).document.number
    return Outcome(Handover(number, digest, done.value.name), done.changed)


def page_image(desk: Desk, document: DocumentId, page: int, scale: float) -> PageImage:
    """Return the picture of a page by its printed number."""
    return desk.documents.page_image(document, page, scale)


def touches(changes: Sequence[Change], inspection: InspectionId | None) -> bool:
    """Say whether changes concern documents at all and, where an inspection is given, this one."""
    return not changes or any(
        one.table in TABLES and (inspection is None or one.owner in (None, inspection)) for one in changes
    )


def _seen(desk: Desk, done: Outcome[Document]) -> Outcome[DocumentView]:
    return Outcome(desk.documents.view(done.value.id), done.changed)
