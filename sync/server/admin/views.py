"""Questions that the administrators' pages ask of the database; each answer holds only what the viewer may see."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from sync.protocol.admission import fingerprint
from sync.server import upload_limits
from sync.server.admin.viewers import Viewer
from sync.server.blob_rows import OTHER
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.people.directory import People

_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as the page shows it.

    Attributes:
        org: Office of its user; None if he is not registered.
        waiting: Lines of it that wait in quarantine.
        lines: Lines that it has sent.
        day_bytes: What it sent in the last 24 hours, files and new lines.
        is_limited: Whether it came to a limit in the last hour.
        client: The program that it last used, with its version.
    """

    device: str
    name: str
    user: str
    person: str
    org: str | None
    fingerprint: str
    enrolled_ms: int
    seen_ms: int | None
    client: str
    revoked_ms: int | None
    confirm_until_ms: int | None
    waiting: int
    lines: int
    day_bytes: int
    is_limited: bool


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """Something that an administrator must look at; `device` is empty where it is about the server."""

    kind: str
    device: str
    person: str
    detail: str
    first_ms: int
    last_ms: int


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made."""

    made_ms: int
    files: int
    file_bytes: int


def viewer(database: Database, people: People, user: str, now_ms: int) -> Viewer:
    """Return what somebody may see now; a person who is gone or disabled sees nothing."""
    with database.read() as unit:
        access = people.book.of_person(unit, user, now_ms)
        orgs = tuple(sorted(people.book.paths(unit)))
        name = unit.execute(select(schema.person.c.name).where(schema.person.c.user == user)).scalar()
    assert access is not None, "a session belongs to a person"
    return Viewer(user, name or user, access, orgs)


def devices(database: Database, viewer: Viewer, now_ms: int) -> tuple[DeviceRow, ...]:
    """Return the devices of offices he sees: those in use first, the one heard from last on top."""
    of, person = schema.device.c, schema.person.c
    with database.read() as unit:
        waiting, lines, came = _waiting(unit), _lines(unit), upload_limits.day_use(unit, now_ms)
        limited = _limited(unit, now_ms)
        rows = unit.execute(
            select(
                of.device, of.name, of.user, person.name.label("person"), person.org, of.public_key, of.enrolled_ms,
                of.seen_ms, of.client, of.revoked_ms, of.confirm_until_ms,
            )
            .outerjoin_from(schema.device, schema.person, person.user == of.user)
            .order_by(of.revoked_ms.is_not(None), func.coalesce(of.seen_ms, 0).desc(), of.device)
        )  # fmt: skip
        return tuple(
            DeviceRow(
                row.device, row.name, row.user, row.person or row.user, row.org, fingerprint(row.public_key),
                row.enrolled_ms, row.seen_ms, row.client, row.revoked_ms, row.confirm_until_ms,
                waiting.get(row.device, 0), lines.get(row.device, 0), came.get(row.device, 0), row.device in limited,
            )
            for row in rows
            if viewer.sees(row.org)
        )  # fmt: skip


def alarms(database: Database, viewer: Viewer) -> tuple[AlarmRow, ...]:
    """Return what is wrong, the latest first: with devices he sees and, for who sees everything, with the server."""
    of, dev, person = schema.device_alarm.c, schema.device.c, schema.person.c
    found: list[AlarmRow] = []
    with database.read() as unit:
        rows = unit.execute(
            select(of.kind, of.device, of.detail, of.first_ms, of.last_ms, dev.user, person.name, person.org)
            .outerjoin_from(schema.device_alarm, schema.device, dev.device == of.device)
            .outerjoin(schema.person, person.user == dev.user)
        )
        found += (
            AlarmRow(row.kind, row.device, row.name or row.user or "", row.detail, row.first_ms, row.last_ms)
            for row in rows
            if viewer.sees(row.org)
        )
        if viewer.sees_all:
            found += _server_alarms(unit)
    return tuple(sorted(found, key=lambda one: (-one.last_ms, one.kind, one.device)))


def last_backup(database: Database) -> Backup | None:
    """Return the newest backup."""
    of = schema.backup_made.c
    with database.read() as unit:
        found = unit.execute(
            select(of.made_ms, of.files, of.file_bytes).order_by(of.made_ms.desc()).limit(1)
        ).first()
    return None if found is None else Backup(*found)


def names(database: Database) -> dict[str, str]:
    """Return the name of each person by account."""
    of = schema.person.c
    with database.read() as unit:
        return dict(unit.execute(select(of.user, of.name)).all())


def users_of(database: Database, viewer: Viewer) -> frozenset[str] | None:
    """Return the people whose acts he may read; None for everybody's."""
    if viewer.sees_all:
        return None
    of = schema.person.c
    with database.read() as unit:
        return frozenset(user for user, org in unit.execute(select(of.user, of.org)) if viewer.sees(org))


def org_of_device(database: Database, device: str) -> str | None:
    """Return the office of a device's user, if he is registered."""
    of, person = schema.device.c, schema.person.c
    found = (
        select(person.org)
        .join_from(schema.device, schema.person, person.user == of.user)
        .where(of.device == device)
    )
    with database.read() as unit:
        return unit.execute(found).scalar()


def _waiting(unit: Connection) -> dict[str, int]:
    of = schema.quarantine.c
    rows = unit.execute(select(of.device, func.count()).group_by(of.device))
    return {device: int(count) for device, count in rows}


def _limited(unit: Connection, now_ms: int) -> frozenset[str]:
    of = schema.device_alarm.c
    recent = (of.kind.in_(upload_limits.ALARMS), of.last_ms > now_ms - _HOUR_MS)
    return frozenset(unit.execute(select(of.device).where(*recent)).scalars())


def _lines(unit: Connection) -> dict[str, int]:
    of = schema.replica.c
    return {
        device: int(n)
        for device, n in unit.execute(select(of.device, func.sum(of.head_n)).group_by(of.device))
    }


def _server_alarms(unit: Connection) -> list[AlarmRow]:
    past, blob = schema.epoch_past.c, schema.blob.c
    ended = unit.execute(select(past.ended_ms, past.reason, past.device)).all()
    damaged = unit.execute(select(blob.sha256, blob.damaged_ms).where(blob.damaged_ms.is_not(None))).all()
    differing = unit.execute(select(blob.sha256, blob.stored_ms).where(blob.sm3_is == OTHER)).all()
    return [
        AlarmRow(
            "recovered" if row.device is None else "epoch",
            row.device or "",
            "",
            row.reason,
            row.ended_ms,
            row.ended_ms,
        )
        for row in ended
    ] + [
        *(AlarmRow("damaged", "", "", row.sha256, row.damaged_ms, row.damaged_ms) for row in damaged),
        *(AlarmRow("sm3", "", "", row.sha256, row.stored_ms, row.stored_ms) for row in differing),
    ]
