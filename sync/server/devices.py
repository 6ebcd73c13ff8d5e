"""Who may come in: one-time codes, enrolled devices, and the proof that each request carries."""

import base64
import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from sync.protocol import signing
from sync.protocol.chain import public_key, verified
from sync.protocol.feeds import receipts_feed
from sync.protocol.lines import is_id
from sync.protocol.messages import EnrolRequest, Me
from sync.protocol.signing import RequestProof
from sync.server import errors
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_new
from sync.server.world import World

DEFAULT_GRANTS: Final = ("s:*",)
_CODE_BYTES: Final = 10
_MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled installation."""

    id: str
    name: str
    user: str
    public_key: str
    grants: tuple[str, ...]
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class EnrolCode:
    """A one-time code as it is handed out; only its digest is kept."""

    code: str
    user: str
    grants: tuple[str, ...]
    expires_ms: int


class Devices:
    """Enrol devices and check their requests."""

    def __init__(self, database: Database, world: World) -> None:
        self._database = database
        self._world = world
        with database.read() as unit:
            self.server, self.epoch = unit.execute(
                select(schema.server_self.c.server, schema.server_self.c.epoch)
            ).one()

    def issue_code(self, user: str, grants: tuple[str, ...], valid_ms: int) -> EnrolCode:
        """Make a one-time code for one device of a user."""
        letters = base64.b32encode(self._world.random_bytes(_CODE_BYTES)).decode()
        code = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
        issued = EnrolCode(code, user, grants, self._world.now_ms() + valid_ms)
        with self._database.write() as unit:
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
            WrongProof, CodeUnknown, CodeUsed, CodeExpired, DeviceKnown: If the device is not let in.
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
            return _device(unit, device)

    def all(self) -> tuple[Device, ...]:
        """Return every enrolled device, revoked ones too, in order of enrolment."""
        of = schema.device.c
        with self._database.read() as unit:
            ids = unit.execute(select(of.device).order_by(of.enrolled_ms, of.device)).scalars().all()
            return tuple(_device(unit, device) for device in ids)

    def revoke(self, device: str) -> Device:
        """Lock a device out; what it sent stays.

        Raises:
            UnknownDevice: If there is none.
        """
        of = schema.device.c
        with self._database.write() as unit:
            _device(unit, device)
            unit.execute(
                update(schema.device)
                .where(of.device == device, of.revoked_ms.is_(None))
                .values(revoked_ms=self._world.now_ms())
            )
            return _device(unit, device)

    def me(self, device: Device) -> Me:
        """Return what the device is told about itself."""
        return self._me(device)

    def admit(self, proof: RequestProof, signature: str) -> Device:
        """Return the device that signed this request, and let the request pass only once.

        Raises:
            UnknownDevice, RevokedDevice, WrongSignature, StaleRequest, ReplayedRequest: If it is refused.
        """
        now = self._world.now_ms()
        device = self.find(proof.device)
        if not verified(device.public_key, proof.bytes(), signature):
            raise errors.WrongSignature()
        if device.is_revoked:
            raise errors.RevokedDevice(device=device.id)
        if abs(proof.time_ms - now) > signing.WINDOW_MS:
            raise errors.StaleRequest(server_ms=now)
        self._database.transact(lambda unit: self._burn(unit, proof, now))
        return device

    def _burn(self, unit: Connection, proof: RequestProof, now: int) -> None:
        of = schema.nonce.c
        # Its own old ones only: no two devices' requests ever wait for each other.
        unit.execute(delete(schema.nonce).where(of.device == proof.device, of.expires_ms < now))
        values = {"device": proof.device, "nonce": proof.nonce, "expires_ms": proof.time_ms + signing.WINDOW_MS}
        if not insert_new(unit, schema.nonce, values):
            raise errors.ReplayedRequest()
        unit.execute(update(schema.device).where(schema.device.c.device == proof.device).values(seen_ms=now))

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
        unit.execute(
            insert(schema.device).values(
                device=request.device, name=request.name, user=code.user, public_key=request.public_key,
                grants=code.grants, enrolled_ms=now,
            )
        )  # fmt: skip
        unit.execute(update(schema.enrol_code).where(codes.digest == digest).values(used_by=request.device))
        return _device(unit, request.device)

    def _same_again(self, unit: Connection, used_by: str, request: EnrolRequest) -> Device:
        """Answer a device whose first answer was lost; anybody else finds the code used."""
        if used_by != request.device:
            raise errors.CodeUsed()
        device = _device(unit, used_by)
        if device.public_key != request.public_key:
            raise errors.CodeUsed()
        return device

    def _me(self, device: Device) -> Me:
        return Me(
            device.id, device.name, device.user, self.server, self.epoch, device.grants, receipts_feed(device.id)
        )  # fmt: skip


def _device(unit: Connection, device: str) -> Device:
    of = schema.device.c
    found = unit.execute(
        select(of.device, of.name, of.user, of.public_key, of.grants, of.revoked_ms).where(
            of.device == device
        )
    ).first()
    if found is None:
        raise errors.UnknownDevice(device=device[:80])
    grants = tuple(json.loads(found.grants))
    return Device(
        found.device, found.name, found.user, found.public_key, grants, found.revoked_ms is not None
    )
