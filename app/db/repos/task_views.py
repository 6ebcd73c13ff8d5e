"""What is known around a task: former checks of the institution, recusals, the draw's people, the days of a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.core.clock import from_ms, today
from app.core.ids import InstitutionId, PersonId, TaskId
from app.core.task_views import PastTask, Recusal, RecusalGround
from app.db.repos.values import read_day
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

_DEFAULT_ROLE = "inspector"


def history(unit: ReadUnit, institution: InstitutionId, but: TaskId | None = None) -> tuple[PastTask, ...]:
    """Return the former checks of an institution, the newest first; `but` is left out."""
    found = [_past_task(unit, row) for row in unit.sql(
        "SELECT t.id, t.number, t.title, v.id AS visit, v.started_at FROM task t"
        " JOIN inspection v ON v.task = t.id AND v._deleted = 0"
        " WHERE t.institution = ? AND t._deleted = 0 AND t.state <> 'cancelled' AND t.id <> ? ORDER BY v.started_at, v.id",
        (institution, but or ""),
    )]  # fmt: skip
    for row in unit.sql("SELECT * FROM past_check WHERE institution = ? AND _deleted = 0", (institution,)):
        day = read_day(row.on_day)
        if day is not None:
            found.append(PastTask(day, row.plan or "", by_whom=row.by_whom or row.source or "", outcome=row.outcome or ""))
    return tuple(sorted(found, key=lambda one: (one.on_day, one.number), reverse=True))


def failed_items(unit: ReadUnit, task: TaskId) -> tuple[tuple[str, int, str, str], ...]:
    """Return what did not comply at a task's newest visit: template, version, item, what was noted."""
    rows = unit.sql(
        "SELECT a.template, s.version, a.item, coalesce(nullif(a.detail, ''), a.note, '') AS noted FROM answer a"
        " JOIN sheet s ON s.inspection = a.inspection AND s.template = a.template AND s._deleted = 0"
        " WHERE a.state = 'fail' AND a._deleted = 0 AND a.inspection = (SELECT id FROM inspection v WHERE v.task = ?"
        "  AND v._deleted = 0 ORDER BY v.started_at DESC, v.id DESC LIMIT 1) ORDER BY s.position, a.item",
        (task,),
    )
    return tuple((row.template, row.version, row.item, row.noted) for row in rows)


def recusals(unit: ReadUnit, task: TaskId) -> tuple[Recusal, ...]:
    """Return who declared a conflict of interest for a task, in order."""
    rows = unit.sql(
        "SELECT r.*, p.name, q.name AS by_name FROM task_recusal r LEFT JOIN person p ON p.id = r.person"
        " LEFT JOIN person q ON q.id = r.replaced_by WHERE r.task = ? AND r._deleted = 0 ORDER BY r.declared_at, r.id",
        (task,),
    )
    return tuple(map(_recusal, rows))


def recused(unit: ReadUnit, task: TaskId) -> frozenset[PersonId]:
    """Return who must not take part in a task."""
    rows = unit.sql("SELECT DISTINCT person FROM task_recusal WHERE task = ? AND _deleted = 0", (task,))
    return frozenset(PersonId(row.person) for row in rows)


def recusal_fields(one: Recusal, by: PersonId, declared_ms: int) -> dict[str, Scalar]:
    """Return what is stored of a recusal."""
    source = f"{one.source}:{one.position}" if one.position else one.source
    return {
        "task": one.task, "person": one.person, "ground": str(one.ground), "role": one.role, "replaced_by": one.replaced_by,
        "source": source, "reason": one.reason, "by": by, "declared_at": declared_ms,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """An institution of a draw that stands: drawn, or stepped in from the reserve list.

    Attributes:
        joined: The pick of the same institution in another group with whose visit it is checked, or empty.
        serial: Its place among all that the draw picked.
    """

    id: str
    group: str
    team: int | None
    institution: InstitutionId
    joined: str = ""
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """A person of a draw: in a team, or on the reserve list (`is_reserve`)."""

    id: str
    group: str
    team: int | None
    person: PersonId
    role: str
    position: int
    is_reserve: bool


def picks(unit: ReadUnit, draw: str) -> tuple[tuple[Drawn, ...], frozenset[str]]:
    """Return the institutions that stand, and the ids of those that another one replaced."""
    rows = unit.sql("SELECT * FROM draw_pick WHERE draw = ? AND _deleted = 0 ORDER BY plan_group, position, id", (draw,))
    gone = frozenset(row.replaces for row in rows if row.used and row.replaces)
    return tuple(
        Drawn(
            row.id, row.plan_group or "", _team(row, rows), InstitutionId(row.institution),
            row.joined if row.joined and row.joined not in gone else "", row.serial or 0,
        )
        for row in rows
        if row.id not in gone and (not row.reserve or row.used)
    ), gone  # fmt: skip


def seats(unit: ReadUnit, draw: str) -> tuple[Seat, ...]:
    """Return the people of a draw who stand, and its reserve list, each in the order of the draw."""
    rows = unit.sql("SELECT * FROM draw_staff WHERE draw = ? AND _deleted = 0 ORDER BY plan_group, team, position, id", (draw,))
    gone = {row.replaces for row in rows if row.used and row.replaces}
    by_id = {row.id: row for row in rows}
    return tuple(
        Seat(
            row.id, row.plan_group or "", row.team if row.team is not None else getattr(by_id.get(row.replaces), "team", None),
            PersonId(row.person), row.role or _DEFAULT_ROLE, row.position or 0, bool(row.reserve and not row.used),
        )
        for row in rows
        if row.id not in gone
    )  # fmt: skip


def standing_draws(unit: ReadUnit) -> tuple[tuple[str, str, str], ...]:
    """Return the draws that stand and whose plan goes on, the oldest first: id, number, title of the plan."""
    rows = unit.sql(
        "SELECT d.id, d.number, p.title FROM draw d JOIN plan p ON p.id = d.plan AND p._deleted = 0"
        " AND p.state IN ('approved', 'running') WHERE d.state = 'drawn' AND d._deleted = 0 ORDER BY d.drawn_at, d.id"
    )
    return tuple((row.id, row.number or "", row.title or "") for row in rows)


def states_of_draw(unit: ReadUnit, draw: str) -> dict[str, str]:
    """Return the state of each task of a draw."""
    return {row.id: row.state for row in unit.sql("SELECT id, state FROM task WHERE draw = ? AND _deleted = 0", (draw,))}


def names(unit: ReadUnit, table: str, rows: Iterable[str], field: str) -> dict[str, str]:
    """Return a field of some rows of a table by id."""
    found = {}
    for row in dict.fromkeys(one for one in rows if one):
        for line in unit.tuples(f'SELECT "{field}" FROM "{table}" WHERE id = ?', (row,)):
            found[row] = line[0] or ""
    return found


def _team(row: Any, rows: Iterable[Any]) -> int | None:
    """Return the team of a pick; one of the reserve goes to the team of the one it replaced."""
    if row.team is not None or not row.replaces:
        return row.team  # type: ignore[no-any-return]
    return next((one.team for one in rows if one.id == row.replaces), None)


def _past_task(unit: ReadUnit, row: Any) -> PastTask:
    found = unit.sql(
        "SELECT title, amount_fen FROM finding WHERE inspection = ? AND _deleted = 0 AND coalesce(removed_reason, '') = ''"
        " ORDER BY position, id",
        (row.visit,),
    )
    papers = unit.sql(
        "SELECT p.title, p.number FROM paper p WHERE p.task = ? AND p._deleted = 0 AND p.issued_at IS NOT NULL"
        " AND coalesce(p.parent, '') = '' AND NOT EXISTS (SELECT 1 FROM paper_void x WHERE x.paper = p.id) ORDER BY p.issued_at, p.id",
        (row.id,),
    )
    return PastTask(
        today(from_ms(row.started_at)), row.title or "", row.number or "",
        findings=tuple(one.title or "" for one in found), amount_fen=sum(one.amount_fen or 0 for one in found),
        papers=tuple(f"{one.title} {one.number or ''}".strip() for one in papers),
    )  # fmt: skip


def _recusal(row: Any) -> Recusal:
    source, _, position = (row.source or "").partition(":")
    return Recusal(
        row.id, TaskId(row.task), PersonId(row.person), row.name or "", RecusalGround(row.ground), row.role or "",
        from_ms(row.declared_at or 0), PersonId(row.replaced_by) if row.replaced_by else None, row.by_name or "", source,
        int(position or 0), row.reason or "",
    )  # fmt: skip
