"""Digests of feeds, kept up to date by the fold, and counted anew where they are doubted."""

from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from sync.protocol import digests
from sync.server.db import schema
from sync.server.db.cells import rows_of

# Built once: every push asks.
_HEAD, _OPEN = schema.feed_head.c, schema.conflict.c
_KEPT: Final = select(_HEAD.digest).where(_HEAD.feed == bindparam("the_feed"))
_KEEP: Final = update(schema.feed_head).where(_HEAD.feed == bindparam("the_feed")).values(digest=bindparam("new_digest"))
_CONFLICTS: Final = select(_OPEN.id).where(_OPEN.scope == bindparam("the_feed"), _OPEN.resolved_by.is_(None))


def kept(unit: Connection, feed: str) -> int:
    """Return the digest of a feed's rows and cells as it was kept."""
    text = unit.execute(_KEPT, {"the_feed": feed}).scalar()
    return digests.EMPTY if text is None else digests.from_text(text)


def keep(unit: Connection, feed: str, digest: int) -> None:
    """Write the digest of a feed's rows and cells."""
    unit.execute(_KEEP, {"the_feed": feed, "new_digest": digests.to_text(digest)})


def with_conflicts(unit: Connection, feed: str, digest: int) -> int:
    """Return the digest of the whole confirmed layer from that of rows and cells; open conflicts are few."""
    for name in unit.execute(_CONFLICTS, {"the_feed": feed}).scalars():
        digest ^= digests.conflict_part(name)
    return digest


def counted_anew(unit: Connection, feed: str) -> int:
    """Return the digest of the rows and cells that are there: slow, for `doctor` and after an upgrade."""
    digest = digests.EMPTY
    for row in rows_of(unit, feed):
        digest ^= digests.of_row(row)
    return digest
