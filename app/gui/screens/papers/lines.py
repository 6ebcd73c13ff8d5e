"""The wall of a task as lines: what each paper is, how far it is, what it lacks, what is to be done next."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.documents import DocumentState, DocumentView, SignerLine
from app.core.guards import GuardResult
from app.core.ids import DocumentId, InspectionId
from app.core.papers import NeededPaper, Paper, PaperId, PaperState, PaperView, Service
from app.core.tasks import Task


class Stage(StrEnum):
    """How far one paper is; `MISSING`: there is none yet."""

    MISSING = "missing"
    DRAFT = "draft"
    ISSUED = "issued"
    SIGNED = "signed"
    SERVED = "served"
    VOID = "void"


class Step(StrEnum):
    """What is to be done next with a line."""

    DRAFT = "draft"
    COMPOSE = "compose"
    FILL = "fill"
    SIGN = "sign"
    SERVE = "serve"
    SHOW = "show"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the wall: a paper, a record composed from the visit, or a kind of which there is none.

    Attributes:
        is_composed: A record of the visit; it is made on the documents screen and not drafted.
        lacks: Labels of the fields that keep a draft from being issued.
        guards: What the law holds against issuing a draft.
        others: Titles of the kinds that would do as well.
    """

    need: NeededPaper
    paper: Paper | None = None
    document: DocumentId | None = None
    inspection: InspectionId | None = None
    number: str = ""
    signers: tuple[SignerLine, ...] = ()
    is_signed: bool = False
    is_composed: bool = False
    lacks: tuple[str, ...] = ()
    guards: tuple[GuardResult, ...] = ()
    services: tuple[Service, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A stable name of the line; one record stands for several kinds."""
        if self.paper is not None:
            return str(self.paper.id)
        return f"{self.need.kind}:{self.document or ''}"

    @property
    def title(self) -> str:
        """What the paper is called."""
        return self.paper.title if self.paper is not None else self.need.title

    @property
    def served_on(self) -> dt.date | None:
        """The date of the first service that counts."""
        return min((one.effective_on for one in self.services if one.void_reason is None), default=None)

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.paper is not None and self.paper.state is PaperState.VOID:
            return Stage.VOID
        if self.document is None:
            return Stage.MISSING if self.paper is None else Stage.DRAFT
        if self.served_on is not None:
            return Stage.SERVED
        return Stage.SIGNED if self.is_signed else Stage.ISSUED

    @property
    def is_forbidden(self) -> bool:
        """Whether this work must not have the paper."""
        return self.need.level == "forbidden"

    @property
    def is_interim(self) -> bool:
        """Whether it still waits for its final number."""
        return self.paper is not None and bool(self.paper.interim) and self.paper.number == self.paper.interim

    @property
    def step(self) -> Step:
        """What is to be done next."""
        match self.stage:
            case Stage.MISSING:
                if self.is_composed:
                    return Step.COMPOSE
                return Step.NONE if self.is_forbidden else Step.DRAFT
            case Stage.DRAFT:
                return Step.FILL
            case Stage.VOID:
                return Step.SHOW
        if not self.is_signed:
            return Step.SIGN
        return Step.SERVE if self.paper is not None and self.need.is_served_kind and not self.served_on else Step.SHOW

    @property
    def group(self) -> str:
        """Under which count it falls: `missing`, `draft`, `sign`, `serve`, `done`, `maybe` or `void`."""
        if self.stage is Stage.VOID:
            return "void"
        if self.stage is Stage.MISSING:
            return "missing" if self.need.is_warned else "maybe"
        return {Step.FILL: "draft", Step.SIGN: "sign", Step.SERVE: "serve"}.get(self.step, "done")

    @property
    def blocks(self) -> int:
        """How many things stop the draft."""
        return sum(one.is_block for one in self.guards)


@dataclass(frozen=True, slots=True)
class Wall:
    """All papers of a task in legal order."""

    task: Task
    institution: str
    inspection: InspectionId | None
    lines: tuple[Line, ...]

    def count(self, group: str) -> int:
        """Return how many lines fall under a count."""
        return sum(one.group == group for one in self.lines)


def lines_of(
    need: NeededPaper,
    papers: Sequence[Paper],
    views: Mapping[DocumentId, DocumentView],
    drafts: Mapping[PaperId, PaperView],
    services: Mapping[PaperId, tuple[Service, ...]],
    *,
    is_composed: bool,
    others: tuple[str, ...],
    inspection: InspectionId | None,
) -> list[Line]:
    """Return the lines of one kind: a line per paper, void ones last, or one that says that there is none."""
    found = [
        _of_paper(need, one, views, drafts.get(one.id), services.get(one.id, ()), others)
        for one in sorted(papers, key=lambda one: one.state is PaperState.VOID)
    ]
    for document in need.documents:
        view = views[document]
        found.append(Line(
            need, None, document, view.document.inspection or None, view.document.number, view.signers, _is_signed(view),
            is_composed=True, others=others,
        ))  # fmt: skip
    if not any(one.stage is not Stage.VOID for one in found):
        found.insert(0, Line(need, inspection=inspection, is_composed=is_composed, others=others))
    return found


def _of_paper(
    need: NeededPaper,
    paper: Paper,
    views: Mapping[DocumentId, DocumentView],
    draft: PaperView | None,
    services: tuple[Service, ...],
    others: tuple[str, ...],
) -> Line:
    view = views.get(paper.document) if paper.document is not None else None
    return Line(
        need=need,
        paper=paper,
        document=paper.document,
        inspection=paper.inspection,
        number=paper.number or paper.interim,
        signers=view.signers if view else (),
        is_signed=view is not None and _is_signed(view),
        lacks=tuple(one.label for one in draft.fields if one.problem) if draft else (),
        guards=draft.guards if draft else (),
        services=services,
        others=others,
    )


def _is_signed(view: DocumentView) -> bool:
    return view.document.state in (DocumentState.SIGNED, DocumentState.AMENDED)

