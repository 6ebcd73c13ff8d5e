"""Freeze the registers and the rules of a draw as canonical text, before any seed is known."""

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from app.core.draws import Before, DrawState, Dropped, Earlier, SourceKind, Wish
from app.core.errors import Refused
from app.core.places import Institution, Person, Role
from app.core.plan_objects import population, sample_size
from app.core.plans import Group, Method, Plan, StaffRule
from app.core.plans_json import tree_of
from app.draws.eligible import Eligibility, Facts, Out
from app.draws.frozen import FORMAT, NEVER_CHECKED_BY, PERSON, PLACE, canonical, instant
from app.draws.tickets import SEPARATOR

MAX_WEIGHT: Final = 10_000
_ISSUE: Final = re.compile(r"\d{3,}")  # of 排列5第26310期; the number of its balls is shorter


@dataclass(frozen=True, slots=True)
class _Stratum:
    id: str
    title: str
    group: Group
    ratio: Fraction
    members: dict[str, int]
    take: int


def freeze(
    plan: Plan, institutions: Iterable[Institution], people: Iterable[Person], facts: Facts, wish: Wish, frozen_at: dt.datetime,
    office: str = "", before: Before | None = None,
) -> str:  # fmt: skip
    """Return the frozen text.

    Args:
        frozen_at: No digits of the seed may be older.
        before: What was announced before, so that no draw is made in silence.

    Raises:
        Refused: `draw.no_sources`, `draw.one_person`, `draw.no_issue`, `draw.no_groups`, `draw.group_twice`,
            `draw.two_inspectors`, `draw.leader`, `draw.row_id`, `draw.row_twice`, `draw.weight`.
    """
    staff = _by_id(people)
    judge = Eligibility(plan, wish.on_day, facts)
    judged = {one.id: judge.person(one) for one in staff}
    groups = _groups(plan, wish)
    _check_staff(groups, staff, judged)
    if not wish.sources or not all(label.strip() for _, label in wish.sources):
        raise Refused("draw.no_sources")
    if {kind for kind, _ in wish.sources} == {SourceKind.PERSON} and len({label.strip() for _, label in wish.sources}) < 2:
        raise Refused("draw.one_person")  # who says all digits can try out at leisure whom they would draw
    unnamed = [label for kind, label in wish.sources if kind == SourceKind.LOTTERY and not _ISSUE.search(label)]
    if unnamed:  # of several results the one that suits could be entered
        raise Refused("draw.no_issue", source=unnamed[0])
    able = {(one.id, str(one.role)) for one in staff if judged[one.id] is None}
    facts = replace(facts, former=[team for team in facts.former if able.issuperset(team)])
    lines = register_lines(plan, institutions, facts, wish, frozen_at, office, before)
    rotates = any(one.staff.rotate for one in groups)
    lines += (_line(_person(one, facts, judged[one.id], wish.on_day, rotates=rotates)) for one in staff)
    return "\n".join(lines) + "\n"


def register_lines(
    plan: Plan, institutions: Iterable[Institution], facts: Facts, wish: Wish, frozen_at: dt.datetime, office: str,
    before: Before | None = None,
) -> list[str]:  # fmt: skip
    """Return the line of the rules and those of the institutions, as `freeze` writes them."""
    rows = _by_id(institutions)
    judge = Eligibility(plan, wish.on_day, facts)
    groups = _groups(plan, wish)
    strata: list[_Stratum] = []
    out: dict[str, dict[str, Out]] = {}
    for group in groups:
        strata += _strata(group, population(group.objects, rows), judge, out)
    within: dict[str, dict[str, int]] = {}
    for stratum in strata:
        for row, weight in stratum.members.items():
            within.setdefault(row, {})[stratum.id] = weight
    rules = {**_rules(plan, strata, wish, facts), "frozen_at": instant(frozen_at), "office": office}
    lines = [_line({**rules, **_before(before or Before())})]
    lines += (_line(_place(one, facts, within.get(one.id, {}), out.get(one.id, {}))) for one in rows)
    return lines


def _groups(plan: Plan, wish: Wish) -> list[Group]:
    groups = [one for one in plan.groups if not wish.groups or one.id in wish.groups]
    names = [name for one in groups for name in (one.id, f"{one.id}+")]  # a group may be drawn in two parts
    if len(set(names)) < len(names):
        raise Refused("draw.group_twice")
    if not groups:
        raise Refused("draw.no_groups")
    return groups


def _line(row: dict[str, Any]) -> str:
    return unicodedata.normalize("NFC", canonical(row))


def _strata(
    group: Group, meant: Sequence[Institution], judge: Eligibility, out: dict[str, dict[str, Out]]
) -> Iterator[_Stratum]:
    """Return a group as one stratum, or as its raised part and the rest; note who is left out and why."""
    weights: dict[str, int] = {}
    raised: dict[str, int] = {}
    for one in meant:
        why = judge.place(one, group)
        if why is not None:
            out.setdefault(one.id, {})[group.id] = why
        elif group.method is Method.DRAW and group.weights.is_raised(one):
            raised[one.id] = 1
        else:
            weights[one.id] = _weight(group, one)
    ratio = Fraction(1) if group.method in (Method.ALL, Method.NAMED) else group.ratio.value
    asked = group.size(len(weights) + len(raised))
    above = group.weights.raised
    if not raised or above is None:
        yield _Stratum(group.id, group.title, group, ratio, weights, asked)
        return
    more = sample_size(above, len(raised))
    rest = min(len(weights), max(sample_size(group.ratio, len(weights)), asked - more))
    yield _Stratum(f"{group.id}+", f"{group.title}（提高比例）", group, above.value, raised, more)
    yield _Stratum(group.id, group.title, group, ratio, weights, rest)


def _weight(group: Group, one: Institution) -> int:
    weight = group.weights.of(one) if group.method is Method.DRAW else 1
    if weight > MAX_WEIGHT:
        raise Refused("draw.weight", name=one.name, weight=weight, most=MAX_WEIGHT)
    return weight


def told(one: Earlier) -> dict[str, str]:
    """Return what is written of a former announcement; see `read_earlier`."""
    row = {
        "number": one.number, "state": str(one.state), "digest": one.digest, "reason": one.reason,
        "frozen_at": instant(one.frozen_at), "drawn_at": _at(one.drawn_at), "voided_at": _at(one.voided_at),
    }  # fmt: skip
    return {**row, "plan": one.plan, "seeded_at": _at(one.seeded_at), "record": one.record} if one.plan else row


def read_earlier(row: Mapping[str, str]) -> Earlier:
    """Return a former announcement as it is frozen."""
    drawn_at, voided_at, seeded_at = (
        dt.datetime.fromisoformat(row[at]) if row.get(at) else None for at in ("drawn_at", "voided_at", "seeded_at")
    )
    return Earlier(
        row["number"], DrawState(row["state"]), row["digest"], dt.datetime.fromisoformat(row["frozen_at"]), drawn_at,
        voided_at, row["reason"], row.get("plan", ""), seeded_at, row.get("record", ""),
    )  # fmt: skip


def read_before(rules: Mapping[str, Any]) -> Before:
    """Return what the line of the rules says of former announcements."""
    earlier, like = (tuple(map(read_earlier, rules.get(name, ()))) for name in ("earlier", "like"))
    last = read_earlier(rules["last"]) if "last" in rules else None
    gone = tuple(
        Dropped(one["id"], one["name"], one["group"], one["number"], tuple(one["changed"])) for one in rules.get("dropped", ())
    )
    return Before(earlier, like, rules.get("like_reason", ""), last, gone)


def _before(one: Before) -> dict[str, Any]:
    """Return what there is; nothing stands in the line of a first draw."""
    said = {
        "earlier": list(map(told, one.earlier)), "like": list(map(told, one.like)), "like_reason": one.reason,
        "last": told(one.last) if one.last else None,
        "dropped": [
            {"id": gone.id, "name": gone.name, "group": gone.group, "number": gone.number, "changed": list(gone.changed)}
            for gone in one.dropped
        ],
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _at(at: dt.datetime | None) -> str:
    return instant(at) if at else ""


def _rules(plan: Plan, strata: Sequence[_Stratum], wish: Wish, facts: Facts) -> dict[str, Any]:
    kept = replace(
        plan, groups=tuple(_groups(plan, wish)), stages=(), reports=(), discipline=(), note="", reason="", approved_by="", goal=""
    )
    return {
        "draw": FORMAT,
        "row": "rules",
        "on_day": wish.on_day.isoformat(),
        "plan": tree_of(kept),
        "sources": [{"kind": kind, "label": label.strip()} for kind, label in wish.sources],
        "standby": wish.standby,
        "wish": {"apart": list(wish.apart), "reserve": wish.reserve},
        "strata": [_stratum(one, wish, _visit(plan, one, strata), facts) for one in strata],
    }


def _visit(plan: Plan, stratum: _Stratum, strata: Sequence[_Stratum]) -> str:
    """Return the first stratum with whose visits those of this one are joined: of the same nature, by the same people."""
    if not plan.once:
        return stratum.id
    mine = plan.nature_of(stratum.group), stratum.group.staff
    return next(one.id for one in strata if (plan.nature_of(one.group), one.group.staff) == mine)


def _stratum(one: _Stratum, wish: Wish, visit: str, facts: Facts) -> dict[str, Any]:
    staff = one.group.staff
    return {
        "id": one.id, "group": one.group.id, "title": one.title, "visit": visit,
        "ratio": f"{one.ratio.numerator}/{one.ratio.denominator}", "of": len(one.members), "take": one.take,
        "reserve": wish.reserve, "apart": list(wish.apart) if one.group.method is Method.DRAW else [],
        "staff": {
            "inspectors": staff.inspectors, "experts": staff.experts, "assistants": staff.assistants,
            "teams": staff.teams, "leaders": list(staff.leaders), "cross_district": staff.cross_district,
            "max_load": staff.max_load,
            "former": [
                [[one, "leader" if one in staff.leaders else role] for one, role in team] for team in _together(staff, facts)
            ],
        },
    }  # fmt: skip


def _together(staff: StaffRule, facts: Facts) -> Sequence[Sequence[tuple[str, str]]]:
    """Return the teams of the last round that go on together: those that are as many as the rule says."""
    wanted = Counter(inspector=staff.inspectors, expert=staff.experts, assistant=staff.assistants)
    able = [team for team in facts.former if Counter(role for _, role in team) == wanted]
    return able[: staff.teams] if staff.rotate else []


def _place(one: Institution, facts: Facts, within: dict[str, int], out: dict[str, Out]) -> dict[str, Any]:
    row: dict[str, Any] = {name: value for name, value in tree_of(one).items() if name not in NEVER_CHECKED_BY}
    checks = facts.checks.get(one.id, ())
    if checks:
        row["checks"] = [day.isoformat() for day in checks]
    if out:
        row["out"] = {group: [why.code, why.detail] for group, why in out.items()}
    place = unicodedata.normalize("NFKC", "".join(one.address.split())).casefold()
    if place:
        row["place"] = place
    return {**row, "row": PLACE, "in": within}


def _person(one: Person, facts: Facts, why: Out | None, day: dt.date, *, rotates: bool) -> dict[str, Any]:
    names = ("id", "name", "role", "licence_no", "licence_from", "licence_to", "division", "organisation")
    row = {name: value for name, value in tree_of(one).items() if name in names}
    avoid = {
        tie.institution or f"chain:{tie.chain}"
        for tie in facts.staff.interests
        if tie.person == one.id and tie.holds_on(day)
    }
    if rotates:  # 在各批次监管检查中交叉执行: not where he was in the round before
        avoid |= facts.been.get(one.id, frozenset())
    load = facts.loads.get(one.id, 0)
    if avoid:
        row["avoid"] = sorted(avoid)
    if load:
        row["load"] = load
    if why is not None:
        row["out"] = [why.code, why.detail]
    return {**row, "row": PERSON, "role": str(one.role)}


def _check_staff(groups: Sequence[Group], people: Sequence[Person], judged: Mapping[str, Out | None]) -> None:
    """Refuse rules that no team may follow: one inspector alone, a fixed leader who may not inspect on the day."""
    if any(one.staff.inspectors == 1 for one in groups):
        raise Refused("draw.two_inspectors")
    able = {one.id for one in people if one.role is Role.INSPECTOR and judged[one.id] is None}
    for leader in {leader for one in groups for leader in one.staff.leaders} - able:
        named = next((one.name for one in people if one.id == leader), leader)
        raise Refused("draw.leader", name=named)


def _by_id(rows: Iterable[Any]) -> list[Any]:
    found = sorted(rows, key=lambda one: str(one.id))
    last = None
    for one in found:
        if not one.id or SEPARATOR in one.id or not one.id.isprintable() or " " in one.id or len(one.id) > 100:
            raise Refused("draw.row_id", name=one.name[:60], id=one.id[:60])
        if one.id == last:
            raise Refused("draw.row_twice", name=one.name[:60], id=one.id)
        last = one.id
    return found
