"""Letting devices in: one asks and shows its fingerprint, somebody else compares it and decides; alarms about devices."""

import ipaddress
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from sync.protocol.admission import Admission, AdmissionRequest, Decision, ask_bytes, fingerprint
from sync.protocol.chain import public_key, verified
from sync.protocol.lines import is_id
from sync.protocol.names import printable
from sync.protocol.policy import EVERYWHERE, Action
from sync.server import errors as refusals
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.people import errors
from sync.server.people.access import CONSOLE, AccessBook, office
from sync.server.world import World

CONFIRM_MS: Final = 90 * 24 * 3_600_000
ACTIVE_DEVICES: Final = 2
_WAITING, _WAITING_OF_SOURCE = 300, 30
_FORGET_MS: Final = 3 * 24 * 3_600_000  # a laptop that still wants to come in asks every few minutes while it is on
_IDLE_MS: Final = 15 * 60_000
_NOTED_MS: Final = 60_000
_MAX_NAME: Final = 200
_MAX_MACHINE: Final = 64


@dataclass(frozen=True, slots=True)
class Asking:
    """A device that waits at the door.

    Attributes:
        source: Network address from which it asked.
    """

    device: str
    name: str
    fingerprint: str
    asked_ms: int
    last_ms: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about a device that an administrator must look at.

    Attributes:
        kind: two_machines (the key was used on another machine), push.fork (two histories under one name) or
            push.id_reuse (a known line with another content).
        detail: The other machine's digest, or the replica.
    """

    device: str
    kind: str
    detail: str
    first_ms: int
    last_ms: int


class Admissions:
    """Keep the queue at the door, and confirm from time to time those who are inside."""

    def __init__(self, database: Database, world: World, book: AccessBook) -> None:
        self._database = database
        self._world = world
        self._book = book

    def ask(self, server: str, request: AdmissionRequest, address: str = "") -> Admission:
        """Queue a device, or say what became of it; the same request again only shows that it still waits.

        Args:
            address: Where it asks from; one network address does not fill the queue for the others.

        Raises:
            BadKey, WrongProof: If it does not prove to hold the key.
            AdmissionDecided: If the device's name is taken by another key.
            TooManyAsking: If the queue is full, and nobody in it gives way.
        """
        public_key(request.public_key)
        fits = is_id(request.device) and len(request.name) <= _MAX_NAME and len(request.machine) <= _MAX_MACHINE
        asked = ask_bytes(server, request.device, request.public_key, request.machine)
        if not fits or not verified(request.public_key, asked, request.proof):
            raise refusals.WrongProof()
        with self._database.write() as unit:
            return Admission(self._queue(unit, request, source_of(address)), fingerprint(request.public_key))

    def waiting(self) -> tuple[Asking, ...]:
        """Return the devices that wait, the longest first."""
        of = schema.admission.c
        with self._database.read() as unit:
            rows = unit.execute(
                select(of.device, of.name, of.public_key, of.asked_ms, of.last_ms, of.source)
                .where(of.decision == str(Decision.WAITING), of.last_ms >= self._world.now_ms() - _FORGET_MS)
                .order_by(of.asked_ms, of.device)
            ).all()
        return tuple(
            Asking(row.device, row.name, fingerprint(row.public_key), row.asked_ms, row.last_ms, row.source) for row in rows
        )

    def approve(self, device: str, user: str, digits: str, by: str) -> None:
        """Let a device in as the given person's; `digits` are those that its screen shows.

        Raises:
            AdmissionUnknown, AdmissionDecided: If it does not wait.
            FingerprintDiffers: If another device asked under this name.
            SamePerson, NotAllowed: If `by` may not decide this.
            PersonUnknown, TooManyDevices, DeviceKnown: If the person cannot have it.
        """
        now = self._world.now_ms()
        with self._database.write() as unit:
            asked = self._waiting(unit, device)
            if _plain(digits) != _plain(fingerprint(asked.public_key)):
                raise errors.FingerprintDiffers()
            self._require_other(unit, user, by, now)
            check_room(unit, user)
            of = schema.device.c
            known = or_(of.device == device, of.public_key == asked.public_key)
            if unit.execute(select(of.device).where(known)).first() is not None:
                raise refusals.DeviceKnown(device=device)
            unit.execute(
                insert(schema.device).values(
                    device=device, name=asked.name, user=user, public_key=asked.public_key,
                    grants=f'["{EVERYWHERE}"]', enrolled_ms=now, machine=asked.machine, approved_by=by,
                    confirm_until_ms=now + CONFIRM_MS,
                )
            )  # fmt: skip
            self._decide(unit, device, Decision.APPROVED, by, now)

    def refuse(self, device: str, by: str) -> None:
        """Turn a waiting device away; it must ask again under another name.

        Raises:
            AdmissionUnknown, AdmissionDecided, NotAllowed: If it does not wait, or `by` lets nobody in anywhere.
        """
        now = self._world.now_ms()
        with self._database.write() as unit:
            self._waiting(unit, device)
            self._require_anywhere(unit, by, now)
            self._decide(unit, device, Decision.REFUSED, by, now)

    def refuse_many(self, by: str, source: str = "", until_ms: int | None = None) -> int:
        """Turn away all who wait, or all from one network address, and return how many.

        Args:
            until_ms: Those who asked later stay: nobody has seen them yet.

        Raises:
            NotAllowed: If `by` lets nobody in anywhere.
        """
        of, now = schema.admission.c, self._world.now_ms()
        meant = [of.decision == str(Decision.WAITING)]
        meant += [of.source == source] if source else []
        meant += [of.asked_ms <= until_ms] if until_ms is not None else []
        with self._database.write() as unit:
            self._require_anywhere(unit, by, now)
            decided = {"decision": str(Decision.REFUSED), "decided_by": by, "decided_ms": now}
            return unit.execute(update(schema.admission).where(*meant).values(**decided)).rowcount

    def confirm(self, device: str, by: str) -> int:
        """Confirm for another 90 days that the device is where it should be; return until when, milliseconds.

        Raises:
            UnknownDevice, SamePerson, NotAllowed: If there is none, or `by` may not decide this.
        """
        of, now = schema.device.c, self._world.now_ms()
        with self._database.write() as unit:
            user = unit.execute(select(of.user).where(of.device == device)).scalar()
            if user is None:
                raise refusals.UnknownDevice(device=device[:80])
            self._require_other(unit, user, by, now)
            until = now + CONFIRM_MS
            unit.execute(update(schema.device).where(of.device == device).values(confirm_until_ms=until))
        return until

    def require_manager(self, unit: Connection, user: str, by: str) -> None:
        """Require that `by` manages the devices of this person.

        Raises:
            PersonUnknown, NotAllowed: If there is no such person, or `by` may not.
        """
        if by == CONSOLE:
            return
        org = unit.execute(select(schema.person.c.org).where(schema.person.c.user == user)).scalar()
        if org is None:
            raise errors.PersonUnknown(user=user[:80])
        self._book.require(unit, by, Action.MANAGE_DEVICES, office(org), now_ms=self._world.now_ms())

    def alarms(self) -> tuple[Alarm, ...]:
        """Return all alarms, the latest first."""
        of = schema.device_alarm.c
        with self._database.read() as unit:
            found = unit.execute(select(schema.device_alarm).order_by(of.last_ms.desc(), of.device, of.kind))
            return tuple(Alarm(*row) for row in found)

    def note_machine(self, device: str, machine: str) -> None:
        """Remember on which machine a device's key was first used, and raise an alarm about any other."""
        if not machine or len(machine) > _MAX_MACHINE:
            return
        of = schema.device.c
        with self._database.write() as unit:
            known = unit.execute(select(of.machine).where(of.device == device)).scalar()
            if known == "":
                unit.execute(update(schema.device).where(of.device == device).values(machine=machine))
            elif known is not None and known != machine:
                raise_alarm(unit, device, "two_machines", machine, self._world.now_ms())

    def _queue(self, unit: Connection, request: AdmissionRequest, source: str) -> Decision:
        of, now = schema.admission.c, self._world.now_ms()
        known = unit.execute(select(schema.admission).where(of.device == request.device)).first()
        if known is not None:
            if known.public_key != request.public_key:
                raise errors.AdmissionDecided(device=request.device)
            if now - known.last_ms >= _NOTED_MS:
                unit.execute(update(schema.admission).where(of.device == request.device).values(last_ms=now))
            return Decision(known.decision)
        is_waiting = of.decision == str(Decision.WAITING)
        unit.execute(delete(schema.admission).where(is_waiting, of.last_ms < now - _FORGET_MS))
        waiting = unit.execute(select(of.device, of.source, of.asked_ms, of.last_ms).where(is_waiting)).all()
        leaving = _gives_way(waiting, source, now)
        unit.execute(delete(schema.admission).where(is_waiting, of.device == leaving))
        unit.execute(
            insert(schema.admission).values(
                device=request.device, public_key=request.public_key, name=printable(request.name), machine=request.machine,
                asked_ms=now, last_ms=now, source=source, decision=str(Decision.WAITING),
            )
        )  # fmt: skip
        return Decision.WAITING

    def _waiting(self, unit: Connection, device: str) -> "_Waiting":
        of = schema.admission.c
        row = unit.execute(
            select(of.decision, of.public_key, of.name, of.machine).where(of.device == device)
        ).first()
        if row is None:
            raise errors.AdmissionUnknown(device=device[:80])
        if row.decision != str(Decision.WAITING):
            raise errors.AdmissionDecided(device=device)
        return _Waiting(row.public_key, row.name, row.machine)

    def _require_anywhere(self, unit: Connection, by: str, now: int) -> None:
        everywhere = tuple(office(org) for org in self._book.paths(unit))
        self._book.require(unit, by, Action.MANAGE_DEVICES, *everywhere, now_ms=now)

    def _require_other(self, unit: Connection, user: str, by: str, now: int) -> None:
        """Two people are needed: one who uses the device, one who lets it in."""
        org = unit.execute(select(schema.person.c.org).where(schema.person.c.user == user)).scalar()
        if org is None:
            raise errors.PersonUnknown(user=user[:80])
        if by == user:
            raise errors.SamePerson()
        self._book.require(unit, by, Action.MANAGE_DEVICES, office(org), now_ms=now)

    def _decide(self, unit: Connection, device: str, decision: Decision, by: str, now: int) -> None:
        unit.execute(
            update(schema.admission)
            .where(schema.admission.c.device == device)
            .values(decision=str(decision), decided_by=by, decided_ms=now)
        )


@dataclass(frozen=True, slots=True)
class _Waiting:
    public_key: str
    name: str
    machine: str


def is_person(unit: Connection, user: str) -> bool:
    """Return whether somebody is registered under this name."""
    return unit.execute(select(schema.person.c.user).where(schema.person.c.user == user)).first() is not None


def check_room(unit: Connection, user: str) -> None:
    """Require that a person may have one more device.

    Raises:
        TooManyDevices: If not.
    """
    of = schema.device.c
    active = select(func.count()).where(of.user == user, of.revoked_ms.is_(None))
    if unit.execute(active).scalar_one() >= ACTIVE_DEVICES:
        raise errors.TooManyDevices(user=user, limit=ACTIVE_DEVICES)


def raise_alarm(unit: Connection, device: str, kind: str, detail: str, now_ms: int) -> None:
    """Write down that something is wrong with a device; the same again only moves its last time."""
    of = schema.device_alarm.c
    same = (of.device == device, of.kind == kind, of.detail == detail)
    if not unit.execute(update(schema.device_alarm).where(*same).values(last_ms=now_ms)).rowcount:
        unit.execute(
            insert(schema.device_alarm).values(
                device=device, kind=kind, detail=detail, first_ms=now_ms, last_ms=now_ms
            )
        )


def source_of(address: str) -> str:
    """Return whose address this is: of IPv6 its network of 64 bits, for one machine has all addresses in it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:80]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), 64), strict=False))


def _gives_way(waiting: Sequence[Row[str, str, int, int]], source: str, now: int) -> str | None:
    """Return who leaves the queue for a newcomer, None if there is room.

    It is one that does not ask any more; where none is, and the queue is full of others from one address, one of those that
    have asked only once.

    Raises:
        TooManyAsking: If there is nobody.
    """
    count = Counter(one.source for one in waiting)
    is_source_full = count[source] >= _WAITING_OF_SOURCE
    if not is_source_full and len(waiting) < _WAITING:
        return None
    among = [one for one in waiting if not is_source_full or one.source == source]
    leaving = [one for one in among if one.last_ms < now - _IDLE_MS]
    largest, most = count.most_common(1)[0]
    if not leaving and not is_source_full and most > count[source] + 1:
        leaving = [one for one in among if one.source == largest and one.last_ms == one.asked_ms]
    if not leaving:
        raise errors.TooManyAsking(limit=_WAITING_OF_SOURCE if is_source_full else _WAITING)
    return str(min(leaving, key=lambda one: (one.last_ms, one.device)).device)


def _plain(digits: str) -> str:
    return "".join(one for one in digits if one.isdigit())
