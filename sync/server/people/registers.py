"""The registers of offices and people: who is where, in which role, from when to when."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from sync.protocol.lines import is_id
from sync.protocol.policy import SECOND_FACTOR, TASK_PREFIX, Action, Role, Standing
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.people import errors
from sync.server.people.access import CONSOLE, AccessBook, holding_now, office, tasks
from sync.server.people.passwords import Passwords
from sync.server.world import World

_ORG: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._\-]{0,39}")
_USER: Final = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._\-]{0,39}")
_DIVISION: Final = re.compile(r"[0-9]{6}")
_MAX_NAME: Final = 200
# A task has members who work in it or look at it; offices are administered as offices.
_TASK_ROLES: Final = frozenset(
    {Role.INSPECTOR, Role.LEAD, Role.REVIEWER, Role.LEGAL_REVIEWER, Role.AUDITOR}
)


@dataclass(frozen=True, slots=True)
class Org:
    """An office in the tree.

    Attributes:
        path: Codes from the top down to this one, joined by ``/``.
        level: province, city, county or unit.
    """

    code: str
    parent: str | None
    path: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in.

    Attributes:
        standings: Roles held now.
    """

    user: str
    org: str
    name: str
    is_disabled: bool
    has_password: bool
    has_totp: bool
    scopes_ver: int
    standings: tuple[Standing, ...]

    @property
    def needs_totp(self) -> bool:
        """Return whether a role held now asks for six digits beside the password."""
        return any(held.role in SECOND_FACTOR for held in self.standings)


class Registers:
    """Keep offices and people; every change of rights raises the versions of those whom it concerns.

    `by` is the person who asks for a change, judged by the policy table, or CONSOLE.
    """

    def __init__(self, database: Database, world: World, book: AccessBook, passwords: Passwords) -> None:
        self._database = database
        self._world = world
        self._book = book
        self._passwords = passwords

    def add_org(self, code: str, name: str, parent: str | None = None, by: str = CONSOLE) -> Org:
        """Add an office; without `parent` it goes below the nearest one that its division code names.

        Raises:
            BadCode, OrgKnown, OrgUnknown, NotAllowed: If it cannot be added.
        """
        if _ORG.fullmatch(code) is None or not 0 < len(name) <= _MAX_NAME:
            raise errors.BadCode(value=code[:80])
        with self._database.write() as unit:
            paths = self._book.paths(unit)
            if code in paths:
                raise errors.OrgKnown(org=code)
            above = parent if parent is not None else next((one for one in _above(code) if one in paths), None)
            if above is not None and above not in paths:
                raise errors.OrgUnknown(org=above[:80])
            self._book.require(unit, by, Action.MANAGE_ORGS, office(above or code), now_ms=self._world.now_ms())
            path = code if above is None else f"{paths[above]}/{code}"
            made = Org(code, above, path, name, _level(code))
            unit.execute(
                insert(schema.org).values(code=code, parent=above, path=path, name=name, level=made.level)
            )
            _raise_versions(unit)
        return made

    def orgs(self) -> tuple[Org, ...]:
        """Return all offices, each below the one above it."""
        of = schema.org.c
        with self._database.read() as unit:
            found = unit.execute(select(of.code, of.parent, of.path, of.name, of.level).order_by(of.path))
            return tuple(Org(*row) for row in found)

    def add_person(self, user: str, name: str, org: str, by: str = CONSOLE) -> Person:
        """Add a person to an office, without a role and without a password.

        Raises:
            BadCode, PersonKnown, OrgUnknown, NotAllowed: If it cannot be added.
        """
        if _USER.fullmatch(user) is None or user == CONSOLE or not 0 < len(name) <= _MAX_NAME:
            raise errors.BadCode(value=user[:80])
        now = self._world.now_ms()
        with self._database.write() as unit:
            if org not in self._book.paths(unit):
                raise errors.OrgUnknown(org=org[:80])
            self._book.require(unit, by, Action.MANAGE_USERS, office(org), now_ms=now)
            if unit.execute(select(schema.person.c.user).where(schema.person.c.user == user)).first():
                raise errors.PersonKnown(user=user)
            unit.execute(insert(schema.person).values(user=user, org=org, name=name, made_ms=now))
            return _person(unit, user, now)

    def person(self, user: str) -> Person:
        """Return a person.

        Raises:
            PersonUnknown: If there is none.
        """
        with self._database.read() as unit:
            return _person(unit, user, self._world.now_ms())

    def people(self) -> tuple[Person, ...]:
        """Return all people by office and name, disabled ones too."""
        of, now = schema.person.c, self._world.now_ms()
        with self._database.read() as unit:
            users = unit.execute(select(of.user).order_by(of.org, of.user)).scalars().all()
            return tuple(_person(unit, user, now) for user in users)

    def set_password(self, user: str, password: str, by: str = CONSOLE) -> None:
        """Give a person a new password; whoever was logged in as him is so no longer.

        Raises:
            PersonUnknown, WeakPassword, NotAllowed: If it cannot be set.
        """
        digest = self._passwords.digest(password, user)
        with self._database.write() as unit:
            self._manage(unit, user, by)
            self._change(unit, user, password=digest, failures=0, locked_until_ms=0)
            _log_out(unit, user)

    def set_totp(self, user: str, by: str = CONSOLE) -> str:
        """Give a person a new secret for the six digits and return it; the old one is void at once."""
        secret = self._passwords.new_secret()
        kept = self._passwords.keep_secret(secret, user)
        with self._database.write() as unit:
            self._manage(unit, user, by)
            self._change(unit, user, totp=kept, totp_step=0)
            _log_out(unit, user)
        return secret

    def disable(self, user: str, by: str = CONSOLE) -> Person:
        """Take every right from a person; the roles stay written down."""
        now = self._world.now_ms()
        with self._database.write() as unit:
            self._manage(unit, user, by)
            self._change(unit, user, disabled_ms=now)
            _log_out(unit, user)
            return _person(unit, user, now)

    def enable(self, user: str, by: str = CONSOLE) -> Person:
        """Give a disabled person the roles back that have not ended."""
        with self._database.write() as unit:
            self._manage(unit, user, by)
            self._change(unit, user, disabled_ms=None)
            return _person(unit, user, self._world.now_ms())

    def grant(
        self, user: str, standing: Standing, *, from_ms: int | None = None, to_ms: int | None = None, by: str = CONSOLE
    ) -> Person:
        """Give a person a role in an office or a task, from now or `from_ms` on, for ever or until `to_ms`.

        Raises:
            PersonUnknown, OrgUnknown, RoleMisplaced, NotAllowed: If it cannot be given.
        """
        now = self._world.now_ms()
        with self._database.write() as unit:
            _person(unit, user, now)
            self._may_staff(unit, standing, by, now)
            of, start = schema.membership.c, now if from_ms is None else from_ms
            same = (of.user == user, of.place == standing.place, of.role == str(standing.role), of.from_ms == start)
            unit.execute(delete(schema.membership).where(*same))
            unit.execute(
                insert(schema.membership).values(
                    user=user, place=standing.place, role=str(standing.role), from_ms=start, to_ms=to_ms, given_by=by
                )
            )  # fmt: skip
            self._change(unit, user, more=2)  # an end that had passed may have been written over: still higher than before
            return _person(unit, user, now)

    def end(self, user: str, standing: Standing, by: str = CONSOLE) -> Person:
        """Take a role from a person, now and for the future; that he had it stays written down.

        Raises:
            NotHeld: If he does not hold it.
        """
        of, now = schema.membership.c, self._world.now_ms()
        with self._database.write() as unit:
            self._may_staff(unit, standing, by, now)
            same = (of.user == user, of.place == standing.place, of.role == str(standing.role))
            gone = unit.execute(delete(schema.membership).where(*same, of.from_ms > now)).rowcount
            ended = unit.execute(update(schema.membership).where(*same, holding_now(now)).values(to_ms=now)).rowcount
            if not gone and not ended:
                raise errors.NotHeld(user=user[:80], role=str(standing.role))
            self._change(unit, user)
            return _person(unit, user, now)

    def open_task(self, feed: str, org: str, by: str = CONSOLE) -> None:
        """Open a task's feed to the people of an office; again is no error."""
        if not feed.startswith(TASK_PREFIX) or not is_id(feed):
            raise errors.BadCode(value=feed[:80])
        of, now = schema.task_org.c, self._world.now_ms()
        with self._database.write() as unit:
            if org not in self._book.paths(unit):
                raise errors.OrgUnknown(org=org[:80])
            self._book.require(unit, by, Action.MANAGE_TASKS, office(org), now_ms=now)
            if _is_begun(unit, feed):
                self._require_task(unit, feed, by, now)
            if unit.execute(select(of.org).where(of.feed == feed, of.org == org)).first() is None:
                unit.execute(insert(schema.task_org).values(feed=feed, org=org))
                _raise_versions(unit)

    def exclude(self, user: str, feed: str, reason: str, by: str = CONSOLE) -> None:
        """Keep a person out of a task (回避); again is no error, and the first reason stays."""
        if not feed.startswith(TASK_PREFIX) or not is_id(feed) or not 0 < len(reason) <= _MAX_NAME:
            raise errors.BadCode(value=feed[:80])
        of, now = schema.exclusion.c, self._world.now_ms()
        with self._database.write() as unit:
            _person(unit, user, now)
            self._require_task(unit, feed, by, now)
            if unit.execute(select(of.feed).where(of.user == user, of.feed == feed)).first() is None:
                unit.execute(
                    insert(schema.exclusion).values(user=user, feed=feed, reason=reason, made_by=by, made_ms=now)
                )
                self._change(unit, user)

    def include(self, user: str, feed: str, by: str = CONSOLE) -> None:
        """Let a person into a task again; what roles he has there counts again."""
        of, now = schema.exclusion.c, self._world.now_ms()
        with self._database.write() as unit:
            self._require_task(unit, feed, by, now)
            unit.execute(delete(schema.exclusion).where(of.user == user, of.feed == feed))
            self._change(unit, user)

    def _may_staff(self, unit: Connection, standing: Standing, by: str, now: int) -> None:
        place, role = standing.place, standing.role
        if place.startswith(TASK_PREFIX):
            if role not in _TASK_ROLES or not is_id(place):
                raise errors.RoleMisplaced(role=str(role), place=place[:80])
            self._require_task(unit, place, by, now)
            return
        if place not in self._book.paths(unit):
            raise errors.OrgUnknown(org=place[:80])
        # Nobody makes himself more than he is: only who manages offices makes a system administrator.
        action = Action.MANAGE_ORGS if role is Role.SYSTEM_ADMIN else Action.MANAGE_USERS
        self._book.require(unit, by, action, office(place), now_ms=now)

    def _require_task(self, unit: Connection, feed: str, by: str, now: int) -> None:
        """Let those through who manage tasks in an office that the task is open to."""
        orgs = tuple(office(org) for org in tasks(unit).get(feed, ()))
        self._book.require(unit, by, Action.MANAGE_TASKS, *orgs, now_ms=now)

    def _manage(self, unit: Connection, user: str, by: str) -> None:
        now = self._world.now_ms()
        person = _person(unit, user, now)
        places = {office(person.org)} | {
            office(held.place) for held in person.standings if not held.place.startswith(TASK_PREFIX)
        }
        for place in sorted(places):  # whoever holds a role above cannot be ruled from below
            self._book.require(unit, by, Action.MANAGE_USERS, place, now_ms=now)
        if any(held.role is Role.SYSTEM_ADMIN for held in person.standings):
            self._book.require(unit, by, Action.MANAGE_ORGS, office(person.org), now_ms=now)

    def _change(self, unit: Connection, user: str, more: int = 1, **values: object) -> None:
        of = schema.person.c
        unit.execute(
            update(schema.person).where(of.user == user).values(scopes_ver=of.scopes_ver + more, **values)
        )


def _person(unit: Connection, user: str, now_ms: int) -> Person:
    of, held = schema.person.c, schema.membership.c
    row = unit.execute(select(schema.person).where(of.user == user)).first()
    if row is None:
        raise errors.PersonUnknown(user=user[:80])
    roles = unit.execute(
        select(held.role, held.place).where(held.user == user, holding_now(now_ms)).order_by(held.place, held.role)
    )
    return Person(
        row.user, row.org, row.name, row.disabled_ms is not None, row.password is not None, row.totp is not None,
        row.scopes_ver, tuple(dict.fromkeys(Standing(Role(role), place) for role, place in roles)),
    )  # fmt: skip


def _is_begun(unit: Connection, feed: str) -> bool:
    """Return whether a task has members, offices or lines: nobody takes over such a one by opening it."""
    member, opened, head = schema.membership.c, schema.task_org.c, schema.feed_head.c
    signs = (
        select(member.user).where(member.place == feed),
        select(opened.org).where(opened.feed == feed),
        select(head.feed).where(head.feed == feed, head.seq > 0),
    )
    return any(unit.execute(sign.limit(1)).first() is not None for sign in signs)


def _raise_versions(unit: Connection) -> None:
    unit.execute(update(schema.person).values(scopes_ver=schema.person.c.scopes_ver + 1))


def _log_out(unit: Connection, user: str) -> None:
    unit.execute(delete(schema.device_login).where(schema.device_login.c.user == user))
    unit.execute(delete(schema.web_session).where(schema.web_session.c.user == user))


def _above(code: str) -> tuple[str, ...]:
    """Return the codes of the offices above, nearest first, as far as a division code tells."""
    if _DIVISION.fullmatch(code[:6]) is None:
        return ()
    division, inner = code[:6], code[6:]
    chain = (division[:4] + "00", division[:2] + "0000")
    return tuple(dict.fromkeys(one for one in ((division, *chain) if inner else chain) if one != code))


def _level(code: str) -> str:
    if _DIVISION.fullmatch(code) is None:
        return "unit"
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"
