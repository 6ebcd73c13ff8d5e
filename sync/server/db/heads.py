"""The heads of feeds: whoever locks them gives out the next numbers, and nobody else until his transaction ends.

The number of an entry is taken under this lock and committed with the entry, so a reader that sees number k sees
every number before it. Heads are locked in the order of their names: two pushes cannot wait for each other.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select, update

from sync.protocol.lines import GENESIS
from sync.protocol.messages import Cursor
from sync.server.db import schema
from sync.server.db.upserts import insert_new


def lock(unit: Connection, names: Iterable[str]) -> dict[str, Cursor]:
    """Return where the feeds stand and keep them standing there until this transaction ends; again is no error."""
    wanted = sorted(set(names))
    of = schema.feed_head.c
    known = set(unit.execute(select(of.feed).where(of.feed.in_(wanted))).scalars())
    for name in wanted:  # before the first lock and in order: an insertion waits for whoever inserts the same name
        if name not in known:
            insert_new(unit, schema.feed_head, {"feed": name, "seq": 0, "chain": GENESIS})
    standing = select(of.feed, of.seq, of.chain).where(of.feed.in_(wanted)).order_by(of.feed).with_for_update()
    found = unit.execute(standing).all()
    return {feed: Cursor(feed, seq, link) for feed, seq, link in found}


def save(unit: Connection, heads: Mapping[str, Cursor]) -> None:
    """Keep the new number and chain value of locked feeds."""
    of = schema.feed_head.c
    for name in sorted(heads):
        unit.execute(update(schema.feed_head).where(of.feed == name).values(seq=heads[name].seq, chain=heads[name].chain))
