"""Count what a server holds, for its administrator."""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from sync.protocol.files import PREVIEW_MIME
from sync.server.db import schema
from sync.server.db.unit import Database


@dataclass(frozen=True, slots=True)
class Status:
    """Figures of one data folder; `feeds` maps each scope feed to its last number."""

    server: str
    epoch: str
    devices: int
    replicas: int
    lines: int
    rows: int
    open_conflicts: int
    quarantined: int
    files: int
    file_bytes: int
    unfinished_uploads: int
    receipts: int
    feeds: dict[str, int]


def status(database: Database) -> Status:
    """Return the figures, all from one state of the database."""
    conflict, blob, heads = schema.conflict.c, schema.blob.c, schema.feed_head.c
    with database.read() as unit:
        server, epoch = unit.execute(select(schema.server_self.c.server, schema.server_self.c.epoch)).one()
        feeds = unit.execute(select(heads.feed, heads.seq).order_by(heads.feed)).all()
        size = unit.execute(select(func.coalesce(func.sum(blob.size), 0))).scalar_one()
        opened = select(func.count()).where(conflict.resolved_by.is_(None))
        return Status(
            server=server,
            epoch=epoch,
            devices=_count(unit, schema.device),
            replicas=_count(unit, schema.replica),
            lines=_count(unit, schema.op),
            rows=_count(unit, schema.row_state),
            open_conflicts=unit.execute(opened).scalar_one(),
            quarantined=_count(unit, schema.quarantine),
            files=unit.execute(select(func.count()).where(blob.mime != PREVIEW_MIME)).scalar_one(),
            file_bytes=int(size),  # PostgreSQL sums to a decimal
            unfinished_uploads=_count(unit, schema.upload),
            receipts=_count(unit, schema.receipt),
            feeds={feed: seq for feed, seq in feeds if not feed.startswith(("d:", "q:"))},
        )


def _count(unit: Connection, table: Table) -> int:
    return unit.execute(select(func.count()).select_from(table)).scalar_one()
