"""What somebody may do at this moment: his roles, the tree of offices and the tasks, gathered for the policy table."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select

from sync.protocol.policy import EVERYWHERE, OFFICE_PREFIX, Access, Action, Role, Standing, may
from sync.server.db import schema
from sync.server.people import errors

CONSOLE = "console"  # whoever sits at the server's own command line
# Built once: every request asks.
_PERSON: Final = select(schema.person.c.scopes_ver, schema.person.c.disabled_ms).where(
    schema.person.c.user == bindparam("the_user")
)
_HELD: Final = select(
    schema.membership.c.role, schema.membership.c.place, schema.membership.c.from_ms, schema.membership.c.to_ms
).where(schema.membership.c.user == bindparam("the_user"))
_EXCLUDED: Final = (
    select(schema.exclusion.c.feed)
    .where(schema.exclusion.c.user == bindparam("the_user"))
    .order_by(schema.exclusion.c.feed)
)
_OFFICES: Final = select(func.count()).select_from(schema.org)
_TASKS: Final = select(schema.task_org.c.feed, schema.task_org.c.org).order_by(
    schema.task_org.c.feed, schema.task_org.c.org
)


class AccessBook:
    """Look up access; the tree of offices is read again only when an office was added."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}

    def of_unregistered(self, unit: Connection, grants: tuple[str, ...]) -> Access:
        """Return what a device may do whose user is only a name: an inspector's work within its grants.

        With the first office of the server it is nothing: from then on only persons count.
        """
        is_open = not self.paths(unit)
        return Access((Standing(Role.INSPECTOR, EVERYWHERE),) if is_open else (), grants=grants)

    def of_person(
        self, unit: Connection, user: str, now_ms: int, grants: tuple[str, ...] = (EVERYWHERE,)
    ) -> Access | None:
        """Return what a person may do; nothing if disabled, None if there is no such person."""
        person = unit.execute(_PERSON, {"the_user": user}).first()
        if person is None:
            return None
        rows = unit.execute(_HELD, {"the_user": user}).all()
        # Versions rise also when a role begins or ends by itself.
        passed = sum(at is not None and at <= now_ms for row in rows for at in (row.from_ms, row.to_ms))
        version = person.scopes_ver + passed
        if person.disabled_ms is not None:
            return Access(grants=grants, version=version)
        standings = {
            Standing(Role(row.role), row.place)
            for row in rows
            if row.from_ms <= now_ms and (row.to_ms is None or row.to_ms > now_ms)
        }
        excluded = unit.execute(_EXCLUDED, {"the_user": user}).scalars()
        return Access(
            tuple(sorted(standings, key=lambda one: (one.place, one.role))), self.paths(unit), tasks(unit),
            tuple(excluded), grants, version,
        )  # fmt: skip

    def paths(self, unit: Connection) -> dict[str, str]:
        """Return the way from the top to every office."""
        count = unit.execute(_OFFICES).scalar_one()
        if count != len(self._paths):  # offices are added and never moved or removed
            of = schema.org.c
            self._paths = {row.code: row.path for row in unit.execute(select(of.code, of.path))}
        return self._paths

    def require(self, unit: Connection, by: str, action: Action, *feeds: str, now_ms: int) -> None:
        """Let only those through who may do this in one of the feeds or offices.

        Raises:
            NotAllowed: If `by` may not, or is nobody.
        """
        if by == CONSOLE:
            return
        access = self.of_person(unit, by, now_ms)
        if access is None or not any(may(access, action, feed) for feed in feeds):
            raise errors.NotAllowed(action=str(action), place=feeds[0] if feeds else "")


def tasks(unit: Connection) -> dict[str, tuple[str, ...]]:
    """Return the offices for which each task's feed is open."""
    found: dict[str, tuple[str, ...]] = {}
    for feed, org in unit.execute(_TASKS):
        found[feed] = (*found.get(feed, ()), org)
    return found


def office(org: str) -> str:
    """Return the name under which the administration of an office stands in the policy."""
    return OFFICE_PREFIX + org


def holding_now(now_ms: int) -> ColumnElement[bool]:
    """Return the condition for memberships that are in force."""
    of = schema.membership.c
    return and_(of.from_ms <= now_ms, or_(of.to_ms.is_(None), of.to_ms > now_ms))
