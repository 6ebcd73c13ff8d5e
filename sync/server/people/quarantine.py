"""Lines that were taken in as evidence and may not count: who looks after them, and how they are let in or left.

Three grounds are this package's (`reasons`): the feed is not for this device, the device was locked out, or it was and
the line says that it was written later. The first two a person with the right may overrule; the third stays. What waits
for something else (a parent, a newer schema) comes out by itself.
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, insert, select

from sync.protocol import hlc, lines
from sync.protocol.lines import Kind
from sync.protocol.policy import EVERYWHERE, Access, Action, Role, Standing, may
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_or_replace
from sync.server.devices import Device, Devices
from sync.server.intake import Intake
from sync.server.people import errors
from sync.server.people.reasons import AFTER_REVOCATION
from sync.server.terms import Terms
from sync.server.world import World

_MAX_WHY: Final = 200


@dataclass(frozen=True, slots=True)
class Aside:
    """Lines of one device that wait for one reason before one feed."""

    device: str
    user: str
    feed: str
    reason: str
    lines: int
    first_ms: int
    last_ms: int


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody looked at a line and left it in quarantine."""

    at_ms: int
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class AsideLine:
    """One line in quarantine: whose it is and what it is about, never what it says.

    Attributes:
        device_name, owner: Empty where the device is not enrolled.
        author: Whom the line names.
        written_ms: What the clock of the device said.
        supplied_by: The device that brought it, if another one signed it.
        left: The latest decision to leave it here, if there was one.
    """

    op: str
    device: str
    device_name: str
    owner: str
    author: str
    feed: str
    table: str
    row: str
    kind: Kind
    reason: str
    written_ms: int
    received_ms: int
    supplied_by: str | None
    left: Left | None


@dataclass(frozen=True, slots=True)
class Release:
    """What a release did: lines that entered their feeds, and lines that stay, by reason."""

    released: int
    kept: dict[str, int]


class Quarantine:
    """Show and release what was put aside; nothing in it is ever deleted."""

    def __init__(self, database: Database, world: World, terms: Terms, devices: Devices) -> None:
        self._database = database
        self._world = world
        self._terms = terms
        self._devices = devices

    def aside(self) -> tuple[Aside, ...]:
        """Return what waits, by device, feed and reason."""
        of, dev = schema.quarantine.c, schema.device.c
        with self._database.read() as unit:
            rows = unit.execute(
                select(
                    of.device, func.coalesce(dev.user, ""), of.scope, of.reason, func.count(), func.min(of.received_ms),
                    func.max(of.received_ms),
                )
                .join_from(schema.quarantine, schema.device, dev.device == of.device, isouter=True)
                .group_by(of.device, dev.user, of.scope, of.reason)
                .order_by(of.device, of.scope, of.reason)
            )  # fmt: skip
            return tuple(Aside(*row) for row in rows)

    def lines(self, device: str) -> tuple[AsideLine, ...]:
        """Return the lines of a device, in the order in which they came."""
        with self._database.read() as unit:
            return _lines(unit, schema.quarantine.c.device == device)

    def line(self, op: str) -> AsideLine:
        """Return one line.

        Raises:
            LineUnknown: If it is not in quarantine.
        """
        with self._database.read() as unit:
            found = _lines(unit, schema.quarantine.c.op == op)
        if not found:
            raise errors.LineUnknown(op=op[:80])
        return found[0]

    def release(self, device: str, by: str, op: str | None = None) -> Release:
        """Let the lines of a device, or one of them, into the feeds they were written for, in the order in which they came.

        They are folded now and the device gets a second receipt for each. What stays: lines written after the
        revocation, lines for feeds in which `by` has no right to release, and what waits for something else.

        Raises:
            NotAllowed: If `by` is no registered person: the console runs the server and answers for no case.
            LineUnknown: If the line is not in quarantine.
        """
        now, signer = self._world.now_ms(), self._devices.find(device)

        def work(unit: Connection) -> Release:
            access = self._access(unit, by, device, now)
            of = schema.quarantine.c
            before = _reasons(unit, device)
            rows = unit.execute(
                select(of.op, of.scope, of.line)
                .where(of.device == device, *(() if op is None else (of.op == op,)))
                .order_by(of.received_ms, of.replica, of.n)
                .with_for_update()
            ).all()
            if op is not None and not rows:
                raise errors.LineUnknown(op=op[:80])
            freed = _freed(signer)
            intake = Intake(
                unit, now, self._terms, lambda name: freed if name == device else self._devices.find(name)
            )
            kept = dict[str, int]()
            for row in rows:
                stays = _reason_to_stay(access, signer, row.scope, bytes(row.line)) or intake.judge_again(row.op)
                if stays is not None:
                    kept[stays] = kept.get(stays, 0) + 1
            intake.flush()
            # With a line those come out that waited for it.
            released = before.keys() - _reasons(unit, device).keys()
            for name in sorted(released):
                unit.execute(
                    insert(schema.released).values(op=name, reason=before[name], released_by=by, released_ms=now)
                )
            return Release(len(released), kept)

        return self._database.transact(work)

    def leave(self, op: str, by: str, why: str) -> None:
        """Write down that somebody looked at a line and left it in quarantine, and why.

        Raises:
            LineUnknown: If it is not there.
            WhyMissing: If no reason is given.
            NotAllowed: If `by` could not let it in either.
        """
        now, why = self._world.now_ms(), why.strip()
        if not 0 < len(why) <= _MAX_WHY:
            raise errors.WhyMissing(most=_MAX_WHY)
        of = schema.quarantine.c

        def work(unit: Connection) -> None:
            scope = unit.execute(select(of.scope).where(of.op == op).with_for_update()).scalar()
            if scope is None:
                raise errors.LineUnknown(op=op[:80])
            if not may(self._access(unit, by, scope, now), Action.RELEASE, scope):
                raise errors.NotAllowed(action=str(Action.RELEASE), place=scope)
            insert_or_replace(unit, schema.left_aside, [{"op": op, "at_ms": now, "left_by": by, "why": why}])

        self._database.transact(work)

    def _access(self, unit: Connection, by: str, place: str, now: int) -> Access:
        access = self._devices.people.book.of_person(unit, by, now)
        if access is None:
            raise errors.NotAllowed(action=str(Action.RELEASE), place=place[:80])
        return access


def _lines(unit: Connection, wanted: ColumnElement[bool]) -> tuple[AsideLine, ...]:
    of, dev, owner, author = schema.quarantine.c, schema.device.c, schema.person.alias(), schema.person.alias()
    rows = unit.execute(
        select(
            of.op, of.device, func.coalesce(dev.name, ""), func.coalesce(owner.c.name, dev.user, ""),
            func.coalesce(author.c.name, of.author), of.scope, of.line, of.reason, of.received_ms, of.supplied_by,
        )
        .select_from(
            schema.quarantine.outerjoin(schema.device, dev.device == of.device)
            .outerjoin(owner, owner.c.user == dev.user)
            .outerjoin(author, author.c.user == of.author)
        )
        .where(wanted)
        .order_by(of.received_ms, of.replica, of.n)
    ).all()  # fmt: skip
    left, told = _left(unit, wanted), []
    for op, device, name, owned_by, written_by, feed, data, reason, received_ms, supplied_by in rows:
        line = lines.parse(bytes(data))
        told.append(
            AsideLine(
                op, device, name, owned_by, written_by, feed, line.table, line.row, line.kind, reason, line.wall_ms,
                received_ms, supplied_by, left.get(op),
            )
        )  # fmt: skip
    return tuple(told)


def _left(unit: Connection, wanted: ColumnElement[bool]) -> dict[str, Left]:
    left, of = schema.left_aside.c, schema.quarantine.c
    joined = select(left.op, left.at_ms, left.left_by, left.why).join_from(
        schema.left_aside, schema.quarantine, of.op == left.op
    )
    found = unit.execute(joined.where(wanted).order_by(left.at_ms))
    return {row.op: Left(row.at_ms, row.left_by, row.why) for row in found}


def _reasons(unit: Connection, device: str) -> dict[str, str]:
    of = schema.quarantine.c
    return dict(unit.execute(select(of.op, of.reason).where(of.device == device)).all())


def _reason_to_stay(access: Access, signer: Device, scope: str, data: bytes) -> str | None:
    if not may(access, Action.RELEASE, scope):
        return "not_allowed"
    written_ms = hlc.wall_ms(lines.parse(data).hlc)
    return AFTER_REVOCATION if signer.revoked_ms is not None and written_ms > signer.revoked_ms else None


def _freed(device: Device) -> Device:
    """Return the device as if nothing were forbidden to it: a person with the right answers for these lines."""
    anything = Access((Standing(Role.INSPECTOR, EVERYWHERE), Standing(Role.AUTHOR, EVERYWHERE)))
    return replace(device, is_revoked=False, revoked_ms=None, access=anything)
