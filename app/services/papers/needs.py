"""What a task still needs: every paper that its nature and path ask for or forbid, and how far each is."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from app.core.documents import DocumentKind, DocumentState, DocumentView
from app.core.ids import TaskId
from app.core.papers import NeededPaper, Paper, PaperState, Standing
from app.db.repos import documents, findings, inspections, tasks
from app.db.repos import papers as stored
from app.db.unit import ReadUnit
from app.services.document_views import view_of
from app.services.papers import kinds
from app.services.papers.services import served_on
from forms.papers import Level, Path
from forms.papers import Paper as Kind

# A case turns into a penalty case with the first of these. Source: domain 4.2 (转处罚).
PENALTY_BEGINS = frozenset({"case_filing_approval", "investigation_report", "penalty_prior_notice", "penalty_decision"})
_EXTRA = "extra"
_ORDER = list(Standing)


def needed(unit: ReadUnit, task_id: TaskId, more: Sequence[Path] = ()) -> tuple[NeededPaper, ...]:
    """Return the papers of a task in the order of the file; those asked for, those forbidden and there, and extra ones.

    Args:
        more: Paths beside the task's own (`THIRD_PARTY`).
    """
    task = tasks.get(unit, task_id)
    made = defaultdict[str, list[Paper]](list)
    for one in stored.of_task(unit, task_id):
        made[one.kind].append(one)
    paths = [kinds.path_of(task), *more]
    if PENALTY_BEGINS & {kind for kind, found in made.items() if any(one.state is not PaperState.VOID for one in found)}:
        paths.append(Path.PENALTY)
    records = _records(unit, task_id)
    lines = [
        line
        for kind in kinds.every().values()
        if (line := _line(unit, kind, paths, made[kind.id], records.get(kind.id, ()))) is not None
    ]
    return tuple(_with_alternatives(lines))


def _line(
    unit: ReadUnit, kind: Kind, paths: Sequence[Path], papers: Sequence[Paper], records: Sequence[DocumentView]
) -> NeededPaper | None:
    says = [one for one in kind.needs if one.path in paths]
    # What one path asks for, another of the same case does not forbid: a penalty case began as an inspection.
    level = next((wanted for wanted in Level if any(one.level is wanted for one in says)), None)
    living = [one for one in papers if one.state is not PaperState.VOID]
    if not papers and not records and level in (None, Level.FORBIDDEN):
        return None
    if kind.parent and not papers:
        return None
    standing, signed, waiting, served = _standing(unit, kind, living, records)
    group = {need.instead for need in says if need.instead}
    others = sorted(
        other.id for other in kinds.every().values() if other.id != kind.id
        and any(need.path in paths and need.instead in group for need in other.needs)
    )  # fmt: skip
    is_missing = level is Level.REQUIRED and standing is Standing.MISSING
    is_forbidden = level is Level.FORBIDDEN and bool(living or records)
    return NeededPaper(
        kind=kind.id,
        title=kind.title,
        level=str(level) if level else _EXTRA,
        standing=standing,
        when=next((one.when for one in says if one.level is level and one.when), ""),
        or_one_of=tuple(others),
        papers=tuple(one.id for one in papers),
        documents=tuple(one.document.id for one in records),
        signed_by=signed,
        waiting=waiting,
        served_on=served,
        is_served_kind=kind.served,
        is_warned=is_missing or is_forbidden,
    )


def _standing(
    unit: ReadUnit, kind: Kind, papers: Sequence[Paper], records: Sequence[DocumentView]
) -> tuple[Standing, tuple[str, ...], tuple[str, ...], dt.date | None]:
    views = [*records, *(view_of(unit, documents.get(unit, one.document)) for one in papers if one.document)]
    signed = [_named(view, done=True) for view in views]
    waiting = [_named(view, done=False) for view in views]
    served = min((day for one in papers if kind.served and (day := served_on(unit, one))), default=None)
    reached = [Standing.DRAFTED for one in papers if one.document is None]
    for view in views:
        is_signed = view.document.state in (DocumentState.SIGNED, DocumentState.AMENDED)
        reached.append(Standing.SIGNED if is_signed else Standing.ISSUED)
    if served is not None:
        reached.append(Standing.SERVED)
    best = max(reached, key=_ORDER.index, default=Standing.MISSING)
    return best, _flat(signed), _flat(waiting), served


def _named(view: DocumentView, *, done: bool) -> list[str]:
    asked = [line for line in view.signers if line.pages]
    return [f"{line.label} {line.name}".strip() or str(line.role) for line in asked if (set(line.pages) <= set(line.signed)) is done]


def _flat(found: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for group in found for one in group))


def _with_alternatives(lines: Sequence[NeededPaper]) -> list[NeededPaper]:
    """Warn of a group of papers that do for one another once, and not at all where one of them is there."""
    done = {one.kind for one in lines if one.standing is not Standing.MISSING}
    found = []
    for one in lines:
        if one.is_warned and one.standing is Standing.MISSING and done & set(one.or_one_of):
            one = dataclasses.replace(one, is_warned=False)
        if one.is_warned and one.or_one_of:
            done.add(one.kind)
        found.append(one)
    return found


def _records(unit: ReadUnit, task: TaskId) -> Mapping[str, Sequence[DocumentView]]:
    """Return the records composed from the visits of a task, by the kind of paper that each stands for."""
    by_class = {one.record: one.id for one in kinds.every().values() if one.record is not None}
    found = defaultdict[str, list[DocumentView]](list)
    for visit in inspections.of_task(unit, task):
        has_findings = bool(findings.of(unit, visit))
        for one in documents.of(unit, visit):
            for record, what in kinds.RECORDS.items():
                is_of = one.kind is (DocumentKind.INTERVIEW if what == "interview" else DocumentKind.RECORD)
                if record in by_class and is_of and one.kind is not DocumentKind.AMENDMENT and (what != "findings" or has_findings):
                    found[by_class[record]].append(view_of(unit, one))
    return found

