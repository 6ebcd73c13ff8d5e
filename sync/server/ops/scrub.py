"""Read every file again and compare it with its name: intact is what has the digest that it is called by.

An SM3 that differs while the name is right is a fault of the record, not of the bytes: nothing is sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, update

from sync.protocol import feeds
from sync.protocol.messages import ReceiptKind
from sync.protocol.policy import Action, may
from sync.server import receipts
from sync.server.db import schema
from sync.server.devices import Device
from sync.server.incoming import digests_fit
from sync.server.ops import sm3
from sync.server.routes import Office

UPLOAD_MS: Final = 30 * 24 * 3_600_000  # an upload that stood still for so long
_PART_MS: Final = 24 * 3_600_000  # a file that was being written, and by nobody for so long


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """How many files were read, which are missing or damaged, of which the record says another SM3, and uploads dropped."""

    files: int
    damaged: tuple[str, ...]
    expired: int = 0
    other_sm3: tuple[str, ...] = ()


def scrub(office: Office, older_than_ms: int = 0) -> Scrubbed:
    """Read the files whose last reading is longer ago; of one found damaged all devices are told that may have it: it comes again."""
    of, now = schema.blob.c, office.world.now_ms()
    with office.database.read() as unit:
        due = (of.checked_ms.is_(None)) | (of.checked_ms <= now - older_than_ms)
        asked = select(of.sha256, of.damaged_ms).where(due).order_by(of.checked_ms, of.sha256)
        wanted = {sha256: damaged_ms is not None for sha256, damaged_ms in unit.execute(asked)}
    devices = [one for one in office.devices.all() if not one.is_revoked]
    damaged = []
    for sha256, was_damaged in wanted.items():
        is_whole = _is_whole(office, sha256)
        if not is_whole:
            damaged.append(sha256)
        with office.database.write() as unit:
            marks = {"checked_ms": office.world.now_ms(), "damaged_ms": None if is_whole else office.world.now_ms()}
            unit.execute(update(schema.blob).where(of.sha256 == sha256).values(**marks))
            if not is_whole and not was_damaged:
                _tell(unit, devices, sha256)
    office.blobs.store.sweep(now - _PART_MS)
    return Scrubbed(len(wanted), tuple(damaged), office.blobs.expire(now - UPLOAD_MS), sm3.compare(office))


def _tell(unit: Connection, devices: Sequence[Device], sha256: str) -> None:
    """Tell who brought a file, and who may bring it: a colleague has fetched it, and its author's laptop may be gone."""
    of, refs = schema.receipt.c, schema.blob_ref.c
    given = select(of.device_feed, of.feed).where(of.kind == str(ReceiptKind.FILE), of.subject == sha256)
    told = {(feed.removeprefix(feeds.DEVICE_FEED), scope) for feed, scope in unit.execute(given.distinct())}
    scopes = unit.execute(select(refs.scope).where(refs.sha256 == sha256)).scalars().all()
    told |= {(one.id, scope) for one in devices for scope in scopes if may(one.access, Action.BLOB_PUT, scope)}
    for device, scope in sorted(told):
        writer = receipts.Writer(unit, device)
        writer.withdraw_file(sha256, scope)
        writer.flush()


def _is_whole(office: Office, sha256: str) -> bool:
    try:
        return digests_fit(office.blobs.store.read(sha256), sha256)
    except FileNotFoundError:
        return False
