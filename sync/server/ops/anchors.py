"""A mark outside the database of how far it had come: a database that was set back is noticed before it serves.

The mark lags behind by some seconds; what it misses, the devices notice by their cursors.
"""

import logging
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from sync.protocol import codec
from sync.protocol.codec import BadMessage
from sync.protocol.errors import SyncError
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.rounds import Rounds
from sync.server.routes import Office
from sync.server.store.door import BlobStore

_NOTE: Final = "ANCHOR"
_EVERY_S: Final = 10.0


class BehindAnchor(SyncError):
    """Say that the database is older than this server has been, or was just restored: `entries` of `expected`."""

    code = "server.behind_anchor"


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far a server had come.

    Attributes:
        entries: Sum of the last numbers of all feeds; it only rises.
        restored: Set where a backup was put in place and nobody has begun a new epoch yet.
    """

    server: str
    epoch: str
    entries: int
    made_ms: int
    restored: bool = False


def standing(database: Database, now_ms: int) -> Anchor:
    """Return how far the database is."""
    myself = schema.server_self.c
    with database.read() as unit:
        server, epoch = unit.execute(select(myself.server, myself.epoch)).one()
        entries = unit.execute(select(func.coalesce(func.sum(schema.feed_head.c.seq), 0))).scalar_one()
    return Anchor(server, epoch, int(entries), now_ms)


def keep(store: BlobStore, anchor: Anchor) -> None:
    """Write the mark."""
    store.keep_note(_NOTE, codec.dump(anchor))


def check(office: Office) -> None:
    """Require that the database is not behind its mark.

    Raises:
        BehindAnchor: If it is; `recover` begins a new epoch, in which devices bring back what was lost.
    """
    data = office.blobs.store.note(_NOTE)
    if data is None:
        return
    now = standing(office.database, office.world.now_ms())
    try:
        kept = codec.load(Anchor, data)
    except BadMessage as problem:
        raise BehindAnchor(entries=now.entries, expected=0) from problem
    is_behind = now.entries < kept.entries if kept.epoch == now.epoch else not _had(office.database, kept.epoch)
    if kept.restored or is_behind or kept.server != now.server:
        raise BehindAnchor(entries=now.entries, expected=kept.entries)


def _had(database: Database, epoch: str) -> bool:
    past = schema.epoch_past.c
    with database.read() as unit:
        return unit.execute(select(past.epoch).where(past.epoch == epoch)).first() is not None


class Keeper:
    """Renew the mark while the server runs, and once more at its end."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._kept: tuple[str, int] | None = None
        self._rounds = Rounds("anchor", _EVERY_S, self._renew)

    def start(self) -> None:
        """Write the mark now and from time to time."""
        self._renew()
        self._rounds.start()

    def stop(self) -> None:
        """Write it a last time."""
        self._rounds.stop()
        self._renew()

    def _renew(self) -> None:
        try:
            now = standing(self._office.database, self._office.world.now_ms())
            if (now.epoch, now.entries) != self._kept:
                keep(self._office.blobs.store, now)
                self._kept = now.epoch, now.entries
        except (SyncError, OSError):  # the requests that meet the same trouble are answered with it
            logging.getLogger(__name__).exception("anchor.not_kept")
