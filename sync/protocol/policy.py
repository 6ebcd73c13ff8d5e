"""Who may do what: one table of role, area and relation, asked by the server to decide and by the client to grey out.

    area       feeds ``s:<org>`` (cases of an office), ``x:<task>`` (a task with members of its own), ``lib:<org>``
               (templates and registers); and ``org:<org>``, the administration of an office. Private feeds
               (``d:``, ``q:``) are no area: nobody is ever given them here.
    relation   how the feed's office stands to the office in which a person holds a role
    exclusion  回避: a person who is kept out of a task stays out of it, whatever roles he holds

What no row of the table allows is forbidden. Source of the roles: docs/decisions/people-one-policy-table.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sync.protocol.lines import Kind

EVERYWHERE: Final = "*"
TASK_PREFIX: Final = "x:"
OFFICE_PREFIX: Final = "org:"


class Role(StrEnum):
    """Name what a person is in an office or in a task."""

    INSPECTOR = "inspector"
    LEAD = "lead"
    REVIEWER = "reviewer"
    LEGAL_REVIEWER = "legal_reviewer"
    STATISTICS = "statistics"
    AUTHOR = "author"
    ORG_ADMIN = "org_admin"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"


class Area(StrEnum):
    """Name what a feed is about."""

    CASE = "s"
    TASK = "x"
    LIBRARY = "lib"
    OFFICE = "org"


class Relation(StrEnum):
    """Say where the feed's office stands, seen from the office of the role: CHILD is any below, PARENT any above."""

    OWN = "own"
    CHILD = "child"
    SIBLING = "sibling"
    PARENT = "parent"
    FOREIGN = "foreign"


class Action(StrEnum):
    """Name what can be allowed; each kind of line is an action of its own."""

    PULL = "pull"
    SET = "push_set"
    APPEND = "push_append"
    SIGN = "push_sign"
    VOID = "push_void"
    DELETE = "push_delete"
    RESOLVE = "push_resolve"
    CUSTODY = "push_custody"
    BLOB_GET = "blob_get"
    BLOB_PUT = "blob_put"
    PROOF = "proof"
    RELEASE = "release_quarantined"
    SEE_STATUS = "see_status"
    MANAGE_ORGS = "manage_orgs"
    MANAGE_USERS = "manage_users"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_TASKS = "manage_tasks"


_A, _R = Action, Relation
# Whoever reads also writes custody lines: that he looked, printed or exported is on record.
_READ: Final = frozenset({_A.PULL, _A.BLOB_GET, _A.PROOF, _A.CUSTODY})
_WRITE: Final = frozenset({_A.SET, _A.APPEND, _A.BLOB_PUT})
_WORK: Final = _READ | _WRITE | {_A.SIGN, _A.VOID, _A.DELETE, _A.RESOLVE}
_RUN_OFFICE: Final = frozenset({_A.SEE_STATUS, _A.MANAGE_USERS, _A.MANAGE_DEVICES, _A.MANAGE_TASKS})
_OWN: Final = (_R.OWN,)
_DOWN: Final = (_R.OWN, _R.CHILD)
_UP: Final = (_R.OWN, _R.PARENT)


@dataclass(frozen=True, slots=True)
class Rule:
    """Allow a role these actions in these areas at these relations."""

    role: Role
    areas: tuple[Area, ...]
    relations: tuple[Relation, ...]
    actions: frozenset[Action]


_CASES: Final = (Area.CASE, Area.TASK)
RULES: Final[tuple[Rule, ...]] = (
    Rule(Role.INSPECTOR, _CASES, _OWN, _WORK),
    Rule(Role.INSPECTOR, (Area.LIBRARY,), _UP, _READ),
    Rule(Role.LEAD, _CASES, _OWN, _WORK | {_A.RELEASE}),
    Rule(Role.LEAD, (Area.CASE,), (_R.CHILD,), _READ),
    Rule(Role.LEAD, (Area.LIBRARY,), _UP, _READ),
    Rule(Role.LEAD, (Area.OFFICE,), _OWN, frozenset({_A.SEE_STATUS, _A.MANAGE_TASKS})),
    Rule(Role.REVIEWER, _CASES, _OWN, _READ | _WRITE | {_A.SIGN, _A.RESOLVE}),
    Rule(Role.REVIEWER, (Area.CASE,), (_R.CHILD,), _READ),
    Rule(Role.REVIEWER, (Area.LIBRARY,), _UP, _READ),
    Rule(Role.LEGAL_REVIEWER, _CASES, _OWN, _READ | _WRITE | {_A.SIGN}),
    Rule(Role.LEGAL_REVIEWER, (Area.CASE,), (_R.CHILD,), _READ),
    Rule(Role.LEGAL_REVIEWER, (Area.LIBRARY,), _UP, _READ),
    Rule(Role.STATISTICS, (Area.CASE,), _DOWN, frozenset({_A.PULL, _A.CUSTODY})),
    Rule(Role.STATISTICS, (Area.LIBRARY,), _UP, frozenset({_A.PULL, _A.CUSTODY})),
    Rule(Role.AUTHOR, (Area.LIBRARY,), _OWN, _READ | _WRITE | {_A.SIGN, _A.DELETE, _A.RESOLVE}),
    Rule(Role.AUTHOR, (Area.LIBRARY,), (_R.PARENT,), _READ),
    Rule(Role.ORG_ADMIN, _CASES, _OWN, frozenset({_A.RELEASE})),
    Rule(Role.ORG_ADMIN, (Area.CASE,), (_R.CHILD,), frozenset({_A.RELEASE})),
    Rule(Role.ORG_ADMIN, (Area.OFFICE,), _DOWN, _RUN_OFFICE),
    Rule(Role.AUDITOR, (Area.CASE,), _DOWN, _READ),
    Rule(Role.AUDITOR, (Area.TASK,), _OWN, _READ),
    Rule(Role.AUDITOR, (Area.LIBRARY,), (_R.OWN, _R.CHILD, _R.PARENT), _READ),
    Rule(Role.AUDITOR, (Area.OFFICE,), _DOWN, frozenset({_A.SEE_STATUS})),
    Rule(
        Role.SYSTEM_ADMIN, (Area.OFFICE,), tuple(Relation),
        frozenset({_A.SEE_STATUS, _A.MANAGE_ORGS, _A.MANAGE_USERS, _A.MANAGE_DEVICES}),
    ),
)  # fmt: skip
# They decide over others: a password alone is not enough for them.
SECOND_FACTOR: Final = frozenset({Role.LEAD, Role.ORG_ADMIN, Role.SYSTEM_ADMIN})


def _table() -> Mapping[tuple[Role, Area, Relation], frozenset[Action]]:
    table: dict[tuple[Role, Area, Relation], frozenset[Action]] = {}
    for rule in RULES:
        for area in rule.areas:
            for relation in rule.relations:
                key = (rule.role, area, relation)
                table[key] = table.get(key, frozenset()) | rule.actions
    return MappingProxyType(table)


TABLE: Final = _table()


@dataclass(frozen=True, slots=True)
class Standing:
    """A role held at a place.

    Attributes:
        place: Code of an office, a task's feed (``x:<task>``), or EVERYWHERE on a server that has no offices.
    """

    role: Role
    place: str


@dataclass(frozen=True, slots=True)
class Access:
    """Everything a decision needs; travels to the device, so that both ends decide alike.

    Attributes:
        standings: Roles held now.
        paths: Way from the top to each office of the tree, its own code last, joined by ``/``. Offices that are left
            out count as foreign.
        tasks: Offices for which a task's feed was opened, by feed.
        excluded: Task feeds that the person is kept out of.
        grants: Feeds beyond which the device never goes, whoever holds it; a trailing ``*`` stands for any ending.
        version: Rises with every change.
    """

    standings: tuple[Standing, ...] = ()
    paths: dict[str, str] | None = None
    tasks: dict[str, tuple[str, ...]] | None = None
    excluded: tuple[str, ...] = ()
    grants: tuple[str, ...] = (EVERYWHERE,)
    version: int = 0


NOBODY: Final = Access()


def may(access: Access, action: Action, feed: str) -> bool:
    """Return whether somebody with this access may do this in the feed, or in the office for ``org:<org>``."""
    area = area_of(feed)
    if area is None or (area is Area.TASK and feed in access.excluded):
        return False
    if area is not Area.OFFICE and not granted(access.grants, feed):
        return False
    return any(
        action in TABLE.get((held.role, area, relation), ())
        for held in access.standings
        for relation in relations(access, held.place, feed)
    )


def share_work(one: Access, other: Access) -> bool:
    """Return whether there is a feed into which both may write records."""
    if any(held.place == EVERYWHERE for held in (*one.standings, *other.standings)):
        both = ((one, other), (other, one)) if one.standings and other.standings else ()
        return any(granted(a.grants, feed.rstrip("*")) for a, b in both for feed in b.grants)
    places = {held.place if area_of(held.place) else f"{Area.CASE}:{held.place}" for held in one.standings}
    return any(may(one, Action.SET, feed) and may(other, Action.SET, feed) for feed in places | set(one.tasks or ()))


def granted(grants: tuple[str, ...], feed: str) -> bool:
    """Return whether one of the grants names the feed; a trailing ``*`` stands for any ending."""
    return any(feed.startswith(one[:-1]) if one.endswith("*") else feed == one for one in grants)


def pushing(kind: Kind) -> Action:
    """Return the action of sending a line of this kind; who may fill a row may make several."""
    return Action(f"push_{Kind.SET if kind is Kind.CREATE else kind}")


def area_of(feed: str) -> Area | None:
    """Return what a feed is about; None for private and unknown kinds."""
    kind, colon, rest = feed.partition(":")
    return Area(kind) if colon and rest and kind in Area._value2member_map_ else None


def relations(access: Access, place: str, feed: str) -> frozenset[Relation]:
    """Return how the feed stands to a place: several relations only for a task that is open to several offices."""
    area, (_, _, org) = area_of(feed), feed.partition(":")
    if place == EVERYWHERE:
        return frozenset({Relation.FOREIGN if area is Area.OFFICE else Relation.OWN})
    if area is Area.TASK:
        if place == feed:
            return frozenset({Relation.OWN})
        opened = (access.tasks or {}).get(feed, ())
        return frozenset(_relation(access, place, one) for one in opened) or frozenset({Relation.FOREIGN})
    return frozenset({_relation(access, place, org)})


def _relation(access: Access, place: str, org: str) -> Relation:
    paths = access.paths or {}
    here, there = paths.get(place), paths.get(org)
    if here is None or there is None:
        return Relation.FOREIGN
    if here == there:
        return Relation.OWN
    if there.startswith(here + "/"):
        return Relation.CHILD
    if here.startswith(there + "/"):
        return Relation.PARENT
    mine, _, _ = here.rpartition("/")
    theirs, _, _ = there.rpartition("/")
    return Relation.SIBLING if mine and mine == theirs else Relation.FOREIGN


def without_strangers(access: Access) -> Access:
    """Return the same access with the offices and tasks left out that can change no decision of a field role."""
    known = access.paths or {}
    mine = [known[held.place] for held in access.standings if held.place in known]
    near = {
        code: path
        for code, path in known.items()
        if any(path == one or path.startswith(one + "/") or one.startswith(path + "/") for one in mine)
    }
    tasks = {feed: orgs for feed, orgs in (access.tasks or {}).items() if any(org in near for org in orgs)}
    return Access(access.standings, near, tasks, access.excluded, access.grants, access.version)
