"""Who belonged to a plan's objects when registers were last frozen for such a draw, and does not any more.

A row that is changed before the freeze and changed back after the draw would be in no list; here it stands in the next one.
"""

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from app.core.draws import Dropped
from app.core.places import Institution
from app.core.plan_objects import population
from app.core.plans import Plan
from app.core.plans_json import read_tree, tree_of
from app.draws import frozen

_NAMES = frozenset(one.name for one in fields(Institution))


def dropped(plan: Plan, text: str, number: str, institutions: Iterable[Institution]) -> tuple[Dropped, ...]:
    """Compare the objects of each group with those that the same filter finds in a former frozen text.

    Args:
        number: Of the former draw.
    """
    rows = [row for row in map(json.loads, text.removesuffix("\n").split("\n")[1:]) if row["row"] == frozen.PLACE]
    former = [_institution(row) for row in rows]
    told = {row["id"]: row.keys() for row in rows}
    now = {one.id: one for one in institutions}
    found = []
    for group in plan.groups:
        meant = {one.id for one in population(group.objects, now.values())}
        for one in population(group.objects, former):
            if one.id not in meant:
                found.append(Dropped(one.id, one.name, group.title, number, _changed(one, now.get(one.id), told[one.id])))
    return tuple(found)


def _institution(row: dict[str, Any]) -> Institution:
    made: Institution = read_tree(Institution, {name: value for name, value in row.items() if name in _NAMES})
    return made


def _changed(old: Institution, new: Institution | None, told: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that differ, of those that are frozen; none where the institution is gone."""
    if new is None:
        return ()
    before, after = tree_of(old), tree_of(new)
    names = {*told, *after} & _NAMES - frozen.NEVER_CHECKED_BY
    return tuple(sorted(name for name in names if before.get(name) != after.get(name)))
