"""Digests of feeds, kept up to date by the fold, and counted anew where they are doubted."""

from sqlalchemy import Connection, select, update

from sync.protocol import digests
from sync.server.db import schema
from sync.server.db.cells import rows_of


def kept(unit: Connection, feed: str) -> int:
    """Return the digest of a feed's rows and cells as it was kept."""
    text = unit.execute(select(schema.feed_head.c.digest).where(schema.feed_head.c.feed == feed)).scalar()
    return digests.EMPTY if text is None else digests.from_text(text)


def keep(unit: Connection, feed: str, digest: int) -> None:
    """Write the digest of a feed's rows and cells."""
    where = schema.feed_head.c.feed == feed
    unit.execute(update(schema.feed_head).where(where).values(digest=digests.to_text(digest)))


def with_conflicts(unit: Connection, feed: str, digest: int) -> int:
    """Return the digest of the whole confirmed layer from that of rows and cells; open conflicts are few."""
    of = schema.conflict.c
    for name in unit.execute(select(of.id).where(of.scope == feed, of.resolved_by.is_(None))).scalars():
        digest ^= digests.conflict_part(name)
    return digest


def counted_anew(unit: Connection, feed: str) -> int:
    """Return the digest of the rows and cells that are there: slow, for `doctor` and after an upgrade."""
    digest = digests.EMPTY
    for row in rows_of(unit, feed):
        digest ^= digests.of_row(row)
    return digest
