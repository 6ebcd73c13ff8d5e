"""Draws: rows in, dataclasses out."""

import json
from collections.abc import Mapping
from typing import Any

from app.core.clock import from_ms, to_ms
from app.core.draws import Draw, DrawState, Source, SourceKind
from app.core.errors import Refused
from app.core.ids import DrawId, PickId, PlanId
from app.db.repos.values import day, packed, read_day, read_instant, read_texts, texts
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar


def get(unit: ReadUnit, draw_id: DrawId) -> Draw:
    """Return one draw, or raise `Refused("draw.unknown")`."""
    rows = unit.sql("SELECT * FROM draw WHERE id = ? AND _deleted = 0", (draw_id,))
    if not rows:
        raise Refused("draw.unknown")
    return _draw(rows[0])


def of_plan(unit: ReadUnit, plan_id: PlanId | None) -> tuple[Draw, ...]:
    """Return the draws of a plan, or all, the newest first."""
    only, given = (" AND plan = ?", (plan_id,)) if plan_id else ("", ())
    rows = unit.sql(f"SELECT * FROM draw WHERE _deleted = 0{only} ORDER BY frozen_at DESC, id DESC", given)
    return tuple(map(_draw, rows))


def fields(one: Draw) -> dict[str, Scalar]:
    """Return what is stored of a draw."""
    return {
        "plan": one.plan, "number": one.number, "title": one.title, "state": str(one.state), "on_day": day(one.on_day),
        "frozen_sha256": one.digest, "register_sha256": one.register, "rules_sha256": one.rules,
        "frozen_at": to_ms(one.frozen_at), "seed_sources": _sources(one.sources), "operator": one.operator,
        "seed": one.seed, "drawn_at": to_ms(one.drawn_at) if one.drawn_at else None, "witnesses": texts(one.witnesses),
        "supersedes": one.supersedes, "reason": one.reason, "record_sha256": one.record,
        "voided_at": to_ms(one.voided_at) if one.voided_at else None,
    }  # fmt: skip


def picks(unit: ReadUnit, draw_id: DrawId) -> Mapping[PickId, Any]:
    """Return the rows of what was drawn by id, reserves last."""
    rows = unit.sql(
        "SELECT * FROM draw_pick WHERE draw = ? AND _deleted = 0 ORDER BY reserve, plan_group, position, id", (draw_id,)
    )
    return {PickId(row.id): row for row in rows}


def file_name(unit: ReadUnit, digest: str) -> str | None:
    """Return under which name the vault keeps a file, None where it is not here yet."""
    rows = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ? AND stored IS NOT NULL", (digest,))
    return str(rows[0].stored) if rows else None


def loads(unit: ReadUnit) -> Mapping[str, int]:
    """Return how many open tasks each person has."""
    found: dict[str, int] = {}
    for row in unit.sql("SELECT members FROM task WHERE _deleted = 0 AND state IN ('assigned', 'in_progress')"):
        for person in read_texts(row.members):
            found[person] = found.get(person, 0) + 1
    return found


def _sources(sources: tuple[Source, ...]) -> str:
    return packed(
        [
            {"kind": str(one.kind), "label": one.label, "digits": one.digits, "at": to_ms(one.at) if one.at else None}
            for one in sources
        ]
    )


def _draw(row: Any) -> Draw:
    sources = tuple(
        Source(SourceKind(one["kind"]), one["label"], one["digits"], read_instant(one["at"]))
        for one in json.loads(row.seed_sources or "[]")
    )
    on_day = read_day(row.on_day)
    assert on_day is not None
    return Draw(
        DrawId(row.id), PlanId(row.plan or ""), row.number or "", row.title or "", DrawState(row.state), on_day,
        row.frozen_sha256 or "", row.register_sha256 or "", row.rules_sha256 or "", from_ms(row.frozen_at or 0), sources,
        row.operator or "", row.seed or "", read_instant(row.drawn_at), read_texts(row.witnesses), row.supersedes or "",
        row.reason or "", row.record_sha256 or "", read_instant(row.voided_at),
    )  # fmt: skip
