"""Draws of other plans for the same objects in the same period (同期同类计划), and the one announced last: who draws twice to keep
the result he likes finds the other one on the sheet."""

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence

from app.core.draws import Draw, Earlier
from app.core.ids import InstitutionId
from app.core.places import Institution
from app.core.plan_objects import population
from app.core.plans import Plan
from app.db.repos import draws as stored
from app.db.repos import plans, registers
from app.db.unit import ReadUnit


def earlier(one: Draw, plan: str = "") -> Earlier:
    """Return what later sheets say of a draw; of another plan's also its title, when the seed came to be and the record."""
    seeded = max((source.at for source in one.sources if source.at), default=None) if plan else None
    return Earlier(
        one.number, one.state, one.digest, one.frozen_at, one.drawn_at, one.voided_at, one.reason, plan, seeded,
        one.record if plan else "",
    )  # fmt: skip


def last_announced(unit: ReadUnit) -> Earlier | None:
    """Return what the office announced last, for whichever plan: so each sheet names the one before, and none can be left out."""
    made = stored.of_plan(unit, None)
    return earlier(made[0], made[0].title) if made else None


def drawn_from_before(unit: ReadUnit, plan: Plan, institutions: Sequence[Institution]) -> Iterator[Draw]:
    """Yield the former draws of this plan and of those that share half of its objects, the newest first."""
    mine, known = _objects(plan, institutions), dict[str, bool]()
    for one in stored.of_plan(unit, None):
        if one.plan not in known:
            other = plans.find(unit, one.plan) if one.plan != plan.id else None
            known[one.plan] = one.plan == plan.id or (other is not None and _share(mine, _objects(other, institutions)))
        if known[one.plan]:
            yield one


def like_draws(unit: ReadUnit, plan: Plan) -> tuple[Earlier, ...]:
    """Return the draws of plans that are like this one, the oldest first, whatever became of them."""
    others: dict[str, list[Draw]] = {}
    for one in reversed(stored.of_plan(unit, None)):
        if one.plan != plan.id:
            others.setdefault(one.plan, []).append(one)
    known = {key: plans.find(unit, key) for key in others}
    known = {key: other for key, other in known.items() if other is None or _at_once(plan, other)}
    institutions = tuple(registers.all_institutions(unit)) if any(known.values()) else ()
    mine, found = _objects(plan, institutions), list[Earlier]()
    for key, other in known.items():
        theirs = _objects(other, institutions) if other else frozenset()
        if other is None or _share(mine, theirs) or _key(plan.title) == _key(other.title):  # of one that is not here nobody knows
            found += [earlier(one, one.title) for one in others[key]]
    return tuple(sorted(found, key=lambda one: (one.frozen_at, one.number)))


def _share(mine: frozenset[InstitutionId], theirs: frozenset[InstitutionId]) -> bool:
    return 2 * len(mine & theirs) >= max(1, min(len(mine), len(theirs)))


def _objects(plan: Plan, institutions: Sequence[Institution]) -> frozenset[InstitutionId]:
    return frozenset(one.id for group in plan.groups for one in population(group.objects, institutions))


def _at_once(one: Plan, other: Plan) -> bool:
    (a, b), (c, d) = _period(one), _period(other)
    return a <= d and c <= b


def _period(plan: Plan) -> tuple[dt.date, dt.date]:
    return plan.period_from or dt.date(plan.year, 1, 1), plan.period_to or dt.date(plan.year, 12, 31)


def _key(title: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", title).casefold() if one.isalnum())
