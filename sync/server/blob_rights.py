"""Who may bring a file: whoever writes in its scope, and whoever wrote the record there that names it.

A role may end between a record and the bytes that belong to it. The record is in the feed for ever; without its photo it would
be worth nothing, and nobody but its author has the photo.
"""

from sqlalchemy import select

from sync.protocol import cells
from sync.protocol.policy import Action, may
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.devices import Device


def may_bring(database: Database, device: Device, scope: str, sha256: str) -> bool:
    """Return whether a device may put this file into a scope."""
    return may(device.access, Action.BLOB_PUT, scope) or _is_named(database, device, scope, sha256)


def _is_named(database: Database, device: Device, scope: str, sha256: str) -> bool:
    """Return whether a line of this device, taken into this scope, names the file."""
    of, op = schema.row_state.c, schema.op.c
    with database.read() as unit:
        rows = unit.execute(select(of.cells).where(of.scope == scope, of.cells.contains(sha256))).scalars()
        found = {cell.op for text in rows for cell in cells.from_text(text).values() if _names(cell.value, sha256)}
        wrote = select(op.op).where(op.op.in_(found), op.device == device.id).limit(1)
        return bool(found) and unit.execute(wrote).first() is not None


def _names(value: object, sha256: str) -> bool:
    """Return whether a value is the digest, or a list or object as JSON text that holds it."""
    return isinstance(value, str) and sha256 in value
