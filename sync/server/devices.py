"""Who may come in: one-time codes, enrolled devices, and the proof that each request carries."""

import base64
import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from sync.protocol import signing
from sync.protocol.admission import LoginRequest
from sync.protocol.chain import public_key, verified
from sync.protocol.feeds import receipts_feed
from sync.protocol.lease import Lease
from sync.protocol.lines import is_id
from sync.protocol.messages import EnrolRequest, Me
from sync.protocol.names import printable
from sync.protocol.policy import EVERYWHERE, NOBODY, Access, area_of, without_strangers
from sync.protocol.signing import RequestProof
from sync.server import epochs, errors
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.nonces import Nonces
from sync.server.people.access import CONSOLE
from sync.server.people.admissions import CONFIRM_MS, check_room, is_person
from sync.server.people.directory import People
from sync.server.people.errors import LoginRefused, PersonUnknown
from sync.server.seals import Seal
from sync.server.world import World

DEFAULT_GRANTS: Final = (EVERYWHERE,)
_CODE_BYTES: Final = 10
_MAX_NAME: Final = 200
_SEEN_MS: Final = 60_000
# Built once: every request asks.
_DEVICE: Final = select(schema.device).where(schema.device.c.device == bindparam("the_device"))
_LOGIN: Final = select(schema.device_login.c.until_ms).where(
    schema.device_login.c.device == bindparam("the_device"), schema.device_login.c.user == bindparam("the_user")
)


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled installation in somebody's hands.

    Attributes:
        access: What it may do now; nothing once it is revoked.
        is_person: Whether its user is registered and must therefore log in on it.
        login_until_ms: Until when its user is logged in; None if nobody is.
        confirm_until_ms: Until when an administrator has confirmed it; None where nobody has to.
    """

    id: str
    name: str
    user: str
    public_key: str
    grants: tuple[str, ...]
    is_revoked: bool
    revoked_ms: int | None = None
    access: Access = NOBODY
    is_person: bool = False
    login_until_ms: int | None = None
    confirm_until_ms: int | None = None
    machine: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class EnrolCode:
    """A one-time code as it is handed out; only its digest is kept."""

    code: str
    user: str
    grants: tuple[str, ...]
    expires_ms: int


class Devices:
    """Enrol devices and check their requests."""

    def __init__(self, database: Database, world: World, seal: Seal) -> None:
        self._database = database
        self._world = world
        self.seal: Final = seal
        self.people: Final = People(database, world, seal)
        self._nonces = Nonces(database, world)
        self._seen: dict[str, int] = {}
        with database.read() as unit:
            self.server = unit.execute(select(schema.server_self.c.server)).scalar_one()

    def issue_code(self, user: str, grants: tuple[str, ...], valid_ms: int) -> EnrolCode:
        """Make a one-time code for one device of a user, which will never go beyond these grants.

        Raises:
            BadScope: If a grant can fit no feed: the device would be let in and wait for ever.
            PersonUnknown: If the server has offices, and nobody of this name in them.
        """
        wrong = next((one for one in grants if one != EVERYWHERE and area_of(one) is None), None)
        if wrong is not None:
            raise errors.BadScope(value=wrong[:80])
        letters = base64.b32encode(self._world.random_bytes(_CODE_BYTES)).decode()
        code = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
        issued = EnrolCode(code, user, grants, self._world.now_ms() + valid_ms)
        with self._database.write() as unit:
            if self.people.book.paths(unit) and not is_person(unit, user):
                raise PersonUnknown(user=user[:80])
            unit.execute(
                insert(schema.enrol_code).values(
                    digest=signing.code_digest(code),
                    user=user,
                    grants=json.dumps(grants),
                    expires_ms=issued.expires_ms,
                )
            )
        return issued

    def enrol(self, request: EnrolRequest) -> Me:
        """Register a device against a one-time code; the same request again gets the same answer.

        Raises:
            WrongProof, CodeUnknown, CodeUsed, CodeExpired, DeviceKnown, TooManyDevices: If the device is not let in.
            BadKey: If the public key is malformed.
        """
        public_key(request.public_key)
        if not is_id(request.device) or len(request.name) > _MAX_NAME:
            raise errors.WrongProof()
        asked = signing.enrol_bytes(self.server, request.code, request.device, request.public_key)
        if not verified(request.public_key, asked, request.proof):
            raise errors.WrongProof()
        with self._database.write() as unit:
            return self._me(self._register(unit, request))

    def find(self, device: str) -> Device:
        """Return an enrolled device.

        Raises:
            UnknownDevice: If there is none.
        """
        with self._database.read() as unit:
            return self._device(unit, device)

    def all(self) -> tuple[Device, ...]:
        """Return every enrolled device, revoked ones too, in order of enrolment."""
        of = schema.device.c
        with self._database.read() as unit:
            ids = unit.execute(select(of.device).order_by(of.enrolled_ms, of.device)).scalars().all()
            return tuple(self._device(unit, device) for device in ids)

    def revoke(self, device: str, by: str = CONSOLE) -> Device:
        """Lock a device out; what it sent stays, and what it signed before it may still bring as evidence.

        Raises:
            UnknownDevice: If there is none.
            NotAllowed: If `by` does not manage its user's devices.
        """
        of = schema.device.c
        with self._database.write() as unit:
            self.people.admissions.require_manager(unit, self._device(unit, device).user, by)
            unit.execute(
                update(schema.device)
                .where(of.device == device, of.revoked_ms.is_(None))
                .values(revoked_ms=self._world.now_ms())
            )
            return self._device(unit, device)

    def managed(self, device: str, by: str) -> Device:
        """Return an enrolled device, if `by` manages the devices of its user.

        Raises:
            UnknownDevice: If there is none.
            NotAllowed: If he does not.
        """
        with self._database.read() as unit:
            found = self._device(unit, device)
            self.people.admissions.require_manager(unit, found.user, by)
        return found

    def me(self, device: Device) -> Me:
        """Return what the device is told about itself."""
        return self._me(device)

    def log_in(self, device: Device, request: LoginRequest) -> Me:
        """Remember for 30 days that the device's user has shown who he is.

        Raises:
            LoginRefused, LoginLocked, DigitsNeeded, DigitsNotSetUp: If he has not.
        """
        if request.user != device.user:  # so that nobody locks out others from his own device
            raise LoginRefused()
        self.people.logins.check(request)
        self.people.logins.open_device(device.id, device.user)
        return self.me(self.find(device.id))

    def require_enrolled(self, device: Device) -> None:
        """Require that a device was not locked out.

        Raises:
            RevokedDevice: If it was.
        """
        if device.is_revoked:
            raise errors.RevokedDevice(device=device.id)

    def require_active_or_revoked(self, device: Device) -> None:
        """Require that a device may use the server now, or was locked out and brings what it signed before.

        Raises:
            Unconfirmed, LoginNeeded: If it may not.
        """
        if not device.is_revoked:
            self.require_active(device)

    def require_active(self, device: Device) -> None:
        """Require that a device may use the server now.

        Raises:
            RevokedDevice, Unconfirmed, LoginNeeded: If it may not.
        """
        self.require_enrolled(device)
        now = self._world.now_ms()
        if device.confirm_until_ms is not None and device.confirm_until_ms <= now:
            raise errors.Unconfirmed(device=device.id)
        if device.is_person and (device.login_until_ms or 0) <= now:
            raise errors.LoginNeeded(user=device.user)

    def authenticate(self, proof: RequestProof, signature: str) -> Device:
        """Return the device that signed this request, whatever it may do, and let the request pass only once.

        Raises:
            UnknownDevice, WrongSignature, StaleRequest, ReplayedRequest: If it is refused.
        """
        now = self._world.now_ms()
        device = self.find(proof.device)
        if not verified(device.public_key, proof.bytes(), signature):
            raise errors.WrongSignature()
        if abs(proof.time_ms - now) > signing.WINDOW_MS:
            raise errors.StaleRequest(server_ms=now)
        self._nonces.burn(proof, now)
        self._note_seen(device.id, now)
        return device

    def _note_seen(self, device: str, now_ms: int) -> None:
        if 0 <= now_ms - self._seen.get(device, -_SEEN_MS) < _SEEN_MS:  # a minute more or less is not worth a write
            return
        where = schema.device.c.device == device
        self._database.transact(lambda unit: unit.execute(update(schema.device).where(where).values(seen_ms=now_ms)))
        self._seen[device] = now_ms

    def _register(self, unit: Connection, request: EnrolRequest) -> Device:
        codes, devices = schema.enrol_code.c, schema.device.c
        digest = signing.code_digest(request.code)
        code = unit.execute(select(schema.enrol_code).where(codes.digest == digest)).first()
        if code is None:
            raise errors.CodeUnknown()
        if code.used_by is not None:
            return self._same_again(unit, code.used_by, request)
        now = self._world.now_ms()
        if code.expires_ms < now:
            raise errors.CodeExpired()
        known = or_(devices.device == request.device, devices.public_key == request.public_key)
        if unit.execute(select(devices.device).where(known)).first() is not None:
            raise errors.DeviceKnown(device=request.device)
        is_someone = is_person(unit, code.user)
        if is_someone:
            check_room(unit, code.user)
        unit.execute(
            insert(schema.device).values(
                device=request.device, name=printable(request.name), user=code.user, public_key=request.public_key,
                grants=code.grants, enrolled_ms=now, confirm_until_ms=now + CONFIRM_MS if is_someone else None,
            )
        )  # fmt: skip
        unit.execute(update(schema.enrol_code).where(codes.digest == digest).values(used_by=request.device))
        return self._device(unit, request.device)

    def _same_again(self, unit: Connection, used_by: str, request: EnrolRequest) -> Device:
        """Answer a device whose first answer was lost; anybody else finds the code used."""
        if used_by != request.device:
            raise errors.CodeUsed()
        device = self._device(unit, used_by)
        if device.public_key != request.public_key:
            raise errors.CodeUsed()
        return device

    def _epoch(self) -> str:
        """Ask the database: an epoch may begin while this server, or another beside it, runs."""
        with self._database.read() as unit:
            return epochs.current(unit)

    def _me(self, device: Device) -> Me:
        lease = Lease(
            device.user, without_strangers(device.access), self._world.now_ms(), device.login_until_ms,
            device.confirm_until_ms,
        )  # fmt: skip
        return Me(
            device.id, device.name, device.user, self.server, self._epoch(), device.grants, receipts_feed(device.id),
            needs_login=device.is_person and (device.login_until_ms or 0) <= lease.verified_ms, lease=lease,
        )  # fmt: skip

    def note_client(self, device: str, client: str) -> None:
        """Remember with which program a device came."""
        with self._database.write() as unit:
            unit.execute(update(schema.device).where(schema.device.c.device == device).values(client=client))

    def _device(self, unit: Connection, device: str) -> Device:
        found = unit.execute(_DEVICE, {"the_device": device}).first()
        if found is None:
            raise errors.UnknownDevice(device=device[:80])
        grants, is_revoked = tuple(json.loads(found.grants)), found.revoked_ms is not None
        person = self.people.book.of_person(unit, found.user, self._world.now_ms(), grants)
        access = self.people.book.of_unregistered(unit, grants) if person is None else person
        is_someone, shown = person is not None, {"the_device": device, "the_user": found.user}
        return Device(
            found.device, found.name, found.user, found.public_key, grants, is_revoked, found.revoked_ms,
            NOBODY if is_revoked else access, is_someone, unit.execute(_LOGIN, shown).scalar() if is_someone else None,
            found.confirm_until_ms, found.machine, found.client,
        )  # fmt: skip
