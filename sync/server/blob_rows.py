"""What the database says of files: who may read them, and that they were received."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from sync.protocol import feeds
from sync.protocol.files import FileOffer
from sync.protocol.fold import Status
from sync.protocol.messages import ReceiptKind
from sync.protocol.policy import Action, may
from sync.server import receipts
from sync.server.db import schema
from sync.server.db.upserts import insert_new
from sync.server.devices import Device

# What became of the SM3 that a record says of a file; empty: not compared yet.
EQUAL, OTHER = "equal", "other"


def readable(unit: Connection, device: Device, names: Sequence[str]) -> frozenset[str]:
    """Return which of these files the device may read; a damaged one is taken again from whoever has it."""
    of, refs = schema.blob.c, schema.blob_ref.c
    found = unit.execute(
        select(refs.sha256, refs.scope)
        .join(schema.blob, of.sha256 == refs.sha256)
        .where(refs.sha256.in_(names), of.damaged_ms.is_(None))
    )
    return frozenset(one.sha256 for one in found if may(device.access, Action.BLOB_GET, one.scope))


def receive(unit: Connection, device: Device, files: Sequence[FileOffer]) -> None:
    """Note for whom files are, and give their receipts where they have none."""
    if not files:
        return
    _note_sm3(unit, files)
    given = receipts.Writer(unit, device.id)
    for one in files:
        insert_new(unit, schema.blob_ref, {"sha256": one.sha256, "scope": one.scope})
        if not given.has(ReceiptKind.FILE, one.sha256, one.scope):
            given.give_file(one.sha256, one.scope, one.size)
    given.flush()
    of = schema.upload.c
    names = [one.sha256 for one in files]
    unit.execute(delete(schema.upload).where(of.device == device.id, of.sha256.in_(names)))


def _note_sm3(unit: Connection, files: Sequence[FileOffer]) -> None:
    """Keep which SM3 a record says, to be compared with the bytes (`sync.server.ops.sm3`); of two, one is wrong already."""
    of, said = schema.blob.c, {one.sha256: one.sm3 for one in files if one.sm3}
    known = unit.execute(select(of.sha256, of.sm3).where(of.sha256.in_(said), of.sm3_is != OTHER)).all()
    for sha256, sm3 in known:
        if sm3 != said[sha256]:
            found = {"sm3_is": OTHER} if sm3 else {"sm3": said[sha256], "sm3_is": ""}
            unit.execute(update(schema.blob).where(of.sha256 == sha256).values(**found))


def has_receipt(unit: Connection, device: Device, sha256: str) -> bool:
    """Return whether the device was told last that the file is there."""
    of = schema.receipt.c
    mine = (
        select(of.status)
        .where(of.device_feed == feeds.receipts_feed(device.id), of.kind == str(ReceiptKind.FILE), of.subject == sha256)
        .order_by(of.seq.desc())
    )
    return unit.execute(mine.limit(1)).scalar() == Status.APPLIED
