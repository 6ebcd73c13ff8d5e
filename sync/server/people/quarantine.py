"""Lines that were taken in as evidence and may not count: who looks after them, and how they are let in.

Three grounds are this package's (`reasons`): the feed is not for this device, the device was locked out, or it was and
the line says that it was written later. The first two a person with the right may overrule; the third stays. What waits
for something else (a parent, a newer schema) comes out by itself.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, insert, select

from sync.protocol import hlc, lines
from sync.protocol.policy import EVERYWHERE, Access, Action, Role, Standing, may
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.devices import Device, Devices
from sync.server.intake import Intake
from sync.server.people import errors
from sync.server.people.reasons import AFTER_REVOCATION
from sync.server.terms import Terms
from sync.server.world import World


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

    def release(self, device: str, by: str) -> Release:
        """Let the lines of a device into the feeds they were written for, in the order in which they came.

        They are folded now and the device gets a second receipt for each. What stays: lines written after the
        revocation, lines for feeds in which `by` has no right to release, and what waits for something else.

        Raises:
            NotAllowed: If `by` is no registered person: the console runs the server and answers for no case.
        """
        now, signer = self._world.now_ms(), self._devices.find(device)

        def work(unit: Connection) -> Release:
            access = self._devices.people.book.of_person(unit, by, now)
            if access is None:
                raise errors.NotAllowed(action=str(Action.RELEASE), place=device[:80])
            of = schema.quarantine.c
            rows = unit.execute(
                select(of.op, of.scope, of.reason, of.line)
                .where(of.device == device)
                .order_by(of.received_ms, of.replica, of.n)
                .with_for_update()
            ).all()
            freed = _freed(signer)
            intake = Intake(
                unit, now, self._terms, lambda name: freed if name == device else self._devices.find(name)
            )
            released, kept = [], dict[str, int]()
            for row in rows:
                stays = _reason_to_stay(access, signer, row.scope, bytes(row.line))
                if stays is None and intake.judge_again(row.op):
                    released.append(row)
                else:
                    why = stays or row.reason
                    kept[why] = kept.get(why, 0) + 1
            intake.flush()
            for row in released:
                unit.execute(
                    insert(schema.released).values(op=row.op, reason=row.reason, released_by=by, released_ms=now)
                )
            return Release(len(released), kept)

        return self._database.transact(work)


def _reason_to_stay(access: Access, signer: Device, scope: str, data: bytes) -> str | None:
    if not may(access, Action.RELEASE, scope):
        return "not_allowed"
    written_ms = hlc.wall_ms(lines.parse(data).hlc)
    return AFTER_REVOCATION if signer.revoked_ms is not None and written_ms > signer.revoked_ms else None


def _freed(device: Device) -> Device:
    """Return the device as if nothing were forbidden to it: a person with the right answers for these lines."""
    anything = Access((Standing(Role.INSPECTOR, EVERYWHERE), Standing(Role.AUTHOR, EVERYWHERE)))
    return replace(device, is_revoked=False, revoked_ms=None, access=anything)
