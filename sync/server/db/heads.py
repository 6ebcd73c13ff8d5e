"""The heads of feeds: whoever locks them gives out the next numbers, and nobody else until his transaction ends.

The number of an entry is taken under this lock and committed with the entry, so a reader that sees number k sees
every number before it. Heads are locked in the order of their names: two pushes cannot wait for each other.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from sync.protocol.lines import GENESIS
from sync.protocol.messages import Cursor
from sync.server.db import schema
from sync.server.db.upserts import insert_new

_OF = schema.feed_head.c
_WANTED: Final = _OF.feed.in_(bindparam("wanted", expanding=True))
_KNOWN: Final = select(_OF.feed).where(_WANTED)
_STANDING: Final = select(_OF.feed, _OF.seq, _OF.chain).where(_WANTED).order_by(_OF.feed).with_for_update()
_SAVE: Final = (
    update(schema.feed_head)
    .where(_OF.feed == bindparam("the_feed"))
    .values(seq=bindparam("new_seq"), chain=bindparam("new_chain"))
)


def lock(unit: Connection, names: Iterable[str]) -> dict[str, Cursor]:
    """Return where the feeds stand and keep them standing there until this transaction ends; again is no error."""
    wanted = sorted(set(names))
    known = set(unit.execute(_KNOWN, {"wanted": wanted}).scalars())
    for name in wanted:  # before the first lock and in order: an insertion waits for whoever inserts the same name
        if name not in known:
            insert_new(unit, schema.feed_head, {"feed": name, "seq": 0, "chain": GENESIS})
    found = unit.execute(_STANDING, {"wanted": wanted}).all()
    return {feed: Cursor(feed, seq, link) for feed, seq, link in found}


def save(unit: Connection, heads: Mapping[str, Cursor]) -> None:
    """Keep the new number and chain value of locked feeds."""
    for name in sorted(heads):
        unit.execute(_SAVE, {"the_feed": name, "new_seq": heads[name].seq, "new_chain": heads[name].chain})
