"""Campaign plans and their parts."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.core.errors import Refused
from app.core.ids import PlanId
from app.core.plans import Plan
from app.core.plans_json import read_tree, tree_of
from app.db.repos.values import instant, packed, read_instant
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

# Parts in tables of their own: field of the plan, its table, and which fields of it are kept as JSON under which column.
PARTS: Final = {
    "stages": ("plan_stage", {}),
    "groups": (
        "plan_group",
        {"objects": "filter", "contents": "contents", "weights": "weights", "staff": "staff"},
    ),
    "reports": ("plan_report", {"rule": "rule"}),
    "exemptions": ("plan_exemption", {}),
}
_ORDERED: Final = ("stages", "groups", "reports")
_HEAD: Final = (
    "number", "title", "origin", "basis", "goal", "nature", "state", "period_from", "period_to", "data_from", "data_to",
    "approved_by", "approval_no", "reason", "note", "year", "lock_days", "yearly_cap", "once",
)  # fmt: skip


def get(unit: ReadUnit, plan_id: PlanId) -> Plan:
    """Return one plan with all its parts.

    Raises:
        Refused: `plan.unknown`, or `plan_file.value` and the like where a newer program wrote what this one cannot read.
    """
    rows = unit.sql("SELECT * FROM plan WHERE id = ? AND _deleted = 0", (plan_id,))
    if not rows:
        raise Refused("plan.unknown")
    return _plan(rows[0], _parts_of(unit, plan_id))


def find(unit: ReadUnit, plan_id: str) -> Plan | None:
    """Return one plan, None where it is not here or cannot be read."""
    try:
        return get(unit, PlanId(plan_id))
    except Refused:
        return None


def all_plans(unit: ReadUnit) -> tuple[Plan, ...]:
    """Return every plan with its parts, the newest year first, then by title.

    One that a newer program wrote and this one cannot read stands with its title and year: the others are shown all the same.
    """
    parts = {name: _parts(unit, name, "", ()) for name in PARTS}
    found = []
    for row in unit.sql("SELECT * FROM plan WHERE _deleted = 0 ORDER BY year DESC, title, id"):
        try:
            found.append(_plan(row, {name: those.get(row.id, []) for name, those in parts.items()}))
        except Refused:
            found.append(Plan(PlanId(row.id), row.title or "", row.year or 0))
    return tuple(found)


def head(plan: Plan) -> dict[str, Scalar]:
    """Return what is stored of a plan itself."""
    tree = tree_of(plan, whole=True)
    return {
        **{name: "" if tree[name] is None else tree[name] for name in _HEAD},
        "approved_at": instant(plan.approved_at),
        "discipline": packed(list(plan.discipline)),
    }


def part(name: str, plan_id: PlanId, one: Any, position: int) -> dict[str, Scalar]:
    """Return what is stored of a part; `name` is the field of the plan."""
    structured = PARTS[name][1]
    tree = tree_of(one, whole=True)
    stored: dict[str, Scalar] = {"plan": plan_id}
    if name in _ORDERED:
        stored["position"] = position
    for field, value in tree.items():
        if field != "id":
            column = structured.get(field)
            stored[column or field] = packed(value) if column else "" if value is None else value
    return stored


def _parts_of(unit: ReadUnit, plan_id: PlanId) -> dict[str, list[dict[str, Any]]]:
    return {name: _parts(unit, name, "AND plan = ?", (plan_id,)).get(plan_id, []) for name in PARTS}


def _parts(
    unit: ReadUnit, name: str, only: str, params: tuple[object, ...]
) -> dict[str, list[dict[str, Any]]]:
    table, structured = PARTS[name]
    order = "position, id" if name in _ORDERED else "id"
    found: dict[str, list[dict[str, Any]]] = {}
    for row in unit.sql(f'SELECT * FROM "{table}" WHERE _deleted = 0 {only} ORDER BY {order}', params):
        values = dict(row._mapping)
        tree = {"id": row.id}
        columns = {column: field for field, column in structured.items()}
        for column, value in values.items():
            if column.startswith("_") or column in ("id", "plan", "position") or value in (None, ""):
                continue
            field = columns.get(column)
            tree[field or column] = json.loads(value) if field else value
        found.setdefault(row.plan, []).append(tree)
    return found


def _plan(row: Any, parts: Mapping[str, Iterable[dict[str, Any]]]) -> Plan:
    tree: dict[str, Any] = {"id": row.id, "title": row.title or "", "year": row.year or 0}
    for name in _HEAD:
        value = getattr(row, name)
        if value not in (None, ""):
            tree[name] = value
    moment = read_instant(row.approved_at)
    if moment is not None:
        tree["approved_at"] = moment.isoformat()
    if row.discipline:
        tree["discipline"] = json.loads(row.discipline)
    return read_tree(Plan, {**tree, **{name: list(those) for name, those in parts.items()}})
