"""What the screen asks of the services, as calls for the runner; nothing here touches a widget."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.evidence import Evidence, IntakeResult, Link, TargetKind
from app.core.findings import Finding
from app.core.ids import InspectionId, RowId, TaskId
from app.core.inspections import Answer, Blocker, InspectionView
from app.core.outcome import Change, Outcome
from app.core.places import Institution, Person
from app.core.tasks import Task
from app.gui.runner import Work
from app.gui.screens.inspection.ledger import Key
from checklists.schema import Template, Violation

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything the checking step shows, read in one go off the GUI thread."""

    view: InspectionView
    place: Institution
    templates: tuple[Template, ...]
    findings: tuple[Finding, ...]
    people: tuple[Person, ...]
    interviewed: bool = False
    of_mates: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the preparation shows before an inspection exists."""

    task: Task
    place: Institution
    people: tuple[Person, ...]
    me: str
    rehearsal: bool


def newest(services: Any, task: TaskId) -> InspectionId | Ahead:
    """Return the newest inspection of a task, or what is needed to start one."""
    running = services.inspections.of_task(task)
    if running:
        found: InspectionId = running[0]
        return found
    planned = services.tasks.get(task)
    place = services.institutions.get(planned.institution)
    office = services.office.get()
    return Ahead(planned, place, services.people.find(), office.me, office.rehearsal or place.rehearsal)


def read(services: Any, inspection: InspectionId) -> Opened:
    """Read an inspection with its pinned templates."""
    view: InspectionView = services.inspections.view(inspection)
    held = [one.ended_at is not None for one in services.interviews.of(inspection)] if view.interview_count else []
    return Opened(
        view,
        services.institutions.get(view.inspection.institution),
        tuple(services.checklists.pinned(sheet.ref) for sheet in view.sheets),
        services.findings.of(inspection),
        services.people.find(),
        bool(held) and all(held),
        services.packets.unconfirmed_items(inspection),
    )


def answer(services: Any, inspection: InspectionId, key: Key, fields: Mapping[str, Any]) -> Outcome[Answer]:
    """Save fields of one answer."""
    saved: Outcome[Answer] = services.inspections.answer(inspection, *key, **fields)
    return saved


def put_row(
    services: Any, inspection: InspectionId, key: Key, row: RowId | None, cells: Mapping[str, str]
) -> Outcome[Answer]:
    """Save one detail row."""
    saved: Outcome[Answer] = services.inspections.put_row(inspection, *key, cells, row=row)
    return saved


def remove_row(services: Any, inspection: InspectionId, row: RowId) -> Outcome[Answer]:
    """Take one detail row out."""
    saved: Outcome[Answer] = services.inspections.remove_row(inspection, row)
    return saved


def undo(services: Any, inspection: InspectionId) -> Outcome[Answer | None]:
    """Take the last answer back."""
    saved: Outcome[Answer | None] = services.inspections.undo(inspection)
    return saved


def link_to(key: Key) -> Link:
    """Return the evidence link of an item."""
    return Link(TargetKind.ITEM, f"{key[0]}/{key[1]}")


def take(
    services: Any, inspection: InspectionId, paths: "Sequence[Path]", key: Key, work: Work
) -> Outcome[tuple[IntakeResult, ...]]:
    """Bring files in as evidence of an item; folders are taken with the files in them."""
    files = [inner for path in paths for inner in _files(path)]
    taken: Outcome[tuple[IntakeResult, ...]] = services.evidence.take(
        inspection, files, links=(link_to(key),), report=work.report, cancel=work.token
    )
    return taken


def _files(path: Path) -> list[Path]:
    return sorted(inner for inner in path.rglob("*") if inner.is_file()) if path.is_dir() else [path]


def evidence_of(services: Any, inspection: InspectionId, key: Key) -> tuple[Evidence, ...]:
    """Return the valid evidence of an item."""
    found: tuple[Evidence, ...] = services.evidence.of(inspection, target=link_to(key), with_voided=False)
    return found


def blockers(services: Any, inspection: InspectionId) -> tuple[Blocker, ...]:
    """Return what stops or warns before signing."""
    found: tuple[Blocker, ...] = services.inspections.blockers(inspection)
    return found


def violations(services: Any) -> tuple[Violation, ...]:
    """Return the violation dictionary."""
    found: tuple[Violation, ...] = services.checklists.violations()
    return found


def touches(changes: tuple[Change, ...], inspection: InspectionId) -> bool:
    """Return whether changes concern an inspection."""
    return not changes or any(inspection in (change.owner, change.id) for change in changes)


def start(services: Any, task: TaskId, wanted: Mapping[str, Any]) -> Outcome[InspectionId]:
    """Begin a visit, with the details that `start` does not take."""
    details = {name: wanted[name] for name in ("witness", "situation") if wanted.get(name)}
    fields = {name: value for name, value in wanted.items() if name not in ("witness", "situation")}
    begun: Outcome[InspectionId] = services.inspections.start(task, **fields)
    if not details:
        return begun
    more = services.inspections.set_details(begun.value, **details)
    return Outcome(begun.value, begun.changed | more.changed)
