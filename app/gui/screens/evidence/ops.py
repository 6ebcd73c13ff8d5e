"""What the evidence screen asks of the services, as calls for the runner; nothing here touches a widget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.evidence import Evidence, IntakeResult, Link, TargetKind
from app.core.ids import EvidenceId, InspectionId
from app.core.inspections import InspectionState, InspectionView
from app.core.outcome import Change, Outcome
from app.core.progress import CancelToken, Progress

Source = Path | tuple[str, bytes]
Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Visit:
    """An inspection that can be chosen."""

    inspection: InspectionId
    institution: str
    task: str


@dataclass(frozen=True, slots=True)
class Target:
    """Something evidence may be linked to. `code` is short (`SGF-1.04`), `title` says it in words."""

    link: Link
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything the wall shows, read in one go.

    Attributes:
        pieces: In list order, voided ones included.
        people: Names by id.
    """

    view: InspectionView
    pieces: tuple[Evidence, ...]
    targets: tuple[Target, ...]
    people: dict[str, str]

    @property
    def is_locked(self) -> bool:
        """Whether evidence may no longer change."""
        return self.view.state is not InspectionState.OPEN


def visits(services: Any) -> tuple[Visit, ...]:
    """Return the inspections that began, newest first (their ids carry the time)."""
    lines = [line for line in services.tasks.lines() if line.inspection is not None]
    lines.sort(key=lambda line: str(line.inspection), reverse=True)
    return tuple(Visit(line.inspection, line.institution_name, line.task.number) for line in lines)


def read(services: Any, inspection: InspectionId) -> Wall:
    """Read the wall of an inspection (reader thread)."""
    view: InspectionView = services.inspections.view(inspection)
    return Wall(
        view, services.evidence.of(inspection), targets(services, view), {one.id: one.name for one in services.people.find()}
    )


def targets(services: Any, view: InspectionView) -> tuple[Target, ...]:
    """Return what evidence of a visit may be linked to: findings, interviews, items."""
    inspection = view.inspection.id
    found = [Target(Link(TargetKind.FINDING, one.id), one.violation, one.title) for one in services.findings.of(inspection)]
    found += [
        Target(Link(TargetKind.INTERVIEW, one.id), one.subject.name, one.subject.post)
        for one in services.interviews.of(inspection)
    ]
    found += [Target(Link(TargetKind.ITEM, target), code, title) for target, code, title in services.filling.targets(inspection)]
    for sheet in view.sheets:
        template = services.checklists.pinned(sheet.ref)
        found += [
            Target(Link(TargetKind.ITEM, f"{template.id}/{item.code}"), item.code, item.question)
            for section in template.sections
            for item in section.items
        ]
    return tuple(found)


def take(
    services: Any, inspection: InspectionId, sources: Sequence[Source], links: Sequence[Link], report: Report, stop: CancelToken
) -> Outcome[tuple[IntakeResult, ...]]:
    """Bring files in one by one; what was taken before a stop stays and is reported."""
    results: list[IntakeResult] = []
    changed: frozenset[Change] = frozenset()
    for done, source in enumerate(sources):
        report(Progress("intake", done, len(sources)))
        if stop.is_cancelled:
            break
        one = services.evidence.take(inspection, [source], links=links)
        results += one.value
        changed |= one.changed
    report(Progress("intake", len(results), len(sources)))
    return Outcome(tuple(results), changed)


def sources_of_all(sources: Sequence[Source]) -> list[Source]:
    """Return the files of a choice; folders are taken with the files in them, hidden ones left out."""
    found: list[Source] = []
    for source in sources:
        if isinstance(source, Path) and source.is_dir():
            found += sorted(one for one in source.rglob("*") if one.is_file() and not one.name.startswith("."))
        else:
            found.append(source)
    return found


def caption(services: Any, piece: EvidenceId, text: str) -> Outcome[Evidence]:
    """Say what a piece shows."""
    done: Outcome[Evidence] = services.evidence.caption(piece, text)
    return done


def link(services: Any, pieces: Sequence[EvidenceId], target: Link, *, on: bool) -> Outcome[None]:
    """Link pieces to a target, or take the links away."""
    changed: frozenset[Change] = frozenset()
    for piece in pieces:
        done = services.evidence.link(piece, target) if on else services.evidence.unlink(piece, target)
        changed |= done.changed
    return Outcome(None, changed)


def void(services: Any, pieces: Sequence[EvidenceId], reason: str) -> Outcome[None]:
    """Mark pieces void."""
    changed: frozenset[Change] = frozenset()
    for piece in pieces:
        changed |= services.evidence.void(piece, reason).changed
    return Outcome(None, changed)


def move(services: Any, piece: EvidenceId, number: int) -> Outcome[None]:
    """Give a piece another place."""
    done: Outcome[None] = services.evidence.move(piece, number)
    return done


def export(services: Any, piece: EvidenceId, to: Path) -> Outcome[Path]:
    """Write the original."""
    done = services.evidence.export_original(piece, to)
    return Outcome(to, done.changed)


def save_stamped(services: Any, piece: EvidenceId, to: Path) -> Path:
    """Write the stamped copy."""
    to.write_bytes(services.evidence.stamped(piece))
    return to
