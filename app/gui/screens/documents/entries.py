"""What one inspection becomes on paper, as lines: what it is, where it stands, what can be done with it now."""

from dataclasses import dataclass

from app.core.documents import DocumentKind, DocumentState, DocumentView
from app.core.ids import InterviewId
from app.core.inspections import InspectionState
from app.gui.screens.documents.ops import CaseFile
from app.gui.screens.documents.words import Mark, instant, left, next_words
from app.gui.texts import tr

_MARKS: dict[str, Mark] = {
    "blocked": ("warning", "bad"), "ready": ("ring", "accent"), "running": ("time", "open"),
    "frozen": ("sign", "open"), "signing": ("sign", "accent"), "signed": ("check", "ok"), "amended": ("edit", "ok"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of an inspection.

    Attributes:
        state: `blocked`, `ready`, `running`, or the state of the document.
        action: `compose`, `ask` (go on with the interview), `sign`, `show`, or empty.
        view: The document, or None while it is not composed.
    """

    title: str
    detail: str
    state: str
    action: str
    view: DocumentView | None = None
    interview: InterviewId | None = None

    @property
    def mark(self) -> Mark:
        """Shape and colour of the state."""
        return _MARKS[self.state]

    @property
    def needs_somebody(self) -> bool:
        """Whether there is something to be done."""
        return self.action in ("compose", "sign", "ask")


def entries(file: CaseFile) -> tuple[Entry, ...]:
    """Return the papers in the order they are signed: interviews, the record, amendments."""
    found: list[Entry] = []
    for one in file.interviews:
        title = tr("documents.kind.interview_of", name=one.subject.name)
        view = next((v for v in file.documents if v.document.interview == one.id), None)
        if view is not None:
            found.append(_of(view, title, one.id))
        elif one.ended_at is None:
            detail = tr("documents.interview_running", time=instant(one.started_at))
            found.append(Entry(title, detail, "running", "ask", interview=one.id))
        else:
            detail = tr("documents.interview_ended", time=instant(one.ended_at))
            found.append(Entry(title, detail, "ready", "compose", interview=one.id))
    records = [v for v in file.documents if v.document.kind is DocumentKind.RECORD]
    if records:
        found.append(_of(records[-1], tr("documents.kind.record")))
    elif file.blocking:
        found.append(
            Entry(tr("documents.kind.record"), tr("documents.blocked", count=file.blocking), "blocked", "")
        )
    else:
        found.append(Entry(tr("documents.kind.record"), tr("documents.record_parts"), "ready", "compose"))
    found += [
        _of(v, tr("documents.kind.amendment"))
        for v in file.documents
        if v.document.kind is DocumentKind.AMENDMENT
    ]
    return tuple(found)


def may_close(file: CaseFile) -> bool:
    """Say whether the inspection can be closed: everything on paper is signed."""
    unsigned = any(left(line) for view in file.documents for line in view.signers)
    return file.inspection.state is InspectionState.SIGNED and not unsigned


def _of(view: DocumentView, title: str, interview: InterviewId | None = None) -> Entry:
    document = view.document
    waiting = document.state in (DocumentState.FROZEN, DocumentState.SIGNING)
    parts = [document.number, tr("documents.page_count", count=len(document.pages))]
    parts.append(next_words(view) if waiting else tr("documents.frozen_at", time=instant(document.frozen_at)))
    detail = " · ".join(part for part in parts if part)
    return Entry(title, detail, str(document.state), "sign" if waiting else "show", view, interview)
