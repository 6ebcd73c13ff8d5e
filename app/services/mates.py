"""Team-mates while there is a network: know their cards, and carry to the server what they could not bring themselves."""

import datetime as dt
import logging
import platform

from app.core.clock import to_ms
from app.db.packet_store import PacketStore
from app.db.sync_store import SyncStore
from app.db.unit import Database
from sync.client.http import ServerDoor
from sync.client.packets_out import ordered, supplied_batches
from sync.protocol.errors import SyncError
from sync.protocol.feeds import batch_name
from sync.protocol.messages import ResupplyRequest, SuppliedLine
from sync.protocol.packets_keys import Card

_DAY_MS = 24 * 60 * 60 * 1000
log = logging.getLogger(__name__)


def learn_cards(db: Database, door: ServerDoor, epoch: str, now: dt.datetime) -> None:
    """Publish this laptop's card, and keep the server's and those of colleagues: packets are sealed to them later.

    Raises:
        SyncError: What the server or the network says; BadCard among it.
    """
    kept = PacketStore(db)
    answer = door.cards(own_card(db))
    for card in (answer.server, *answer.cards):
        card.check()
    kept.pin_server(answer.server, epoch, now)
    kept.colleagues(answer.cards, now)


def own_card(db: Database) -> Card:
    """Return this laptop's card."""
    device = PacketStore(db).scope_and_device()[1]
    return Card.of(device, platform.node() or device, db.writer.key)


def before_run(db: Database, door: ServerDoor, now: dt.datetime) -> None:
    """Give the server what team-mates wrote, before anything that was written over it; once a day ask who is there.

    No request if there is nothing to carry. Whatever goes wrong is left to the run that follows, which meets the same
    server and says so.
    """
    kept, known = PacketStore(db), SyncStore(db).head()
    epoch, door.offset_ms = known.epoch, known.offset_ms
    if epoch is None:
        return
    try:
        _carry(db, kept, door, epoch)
        learnt = kept.learnt_at()
        if learnt is None or not 0 <= to_ms(now) - learnt < _DAY_MS:
            learn_cards(db, door, epoch, now)
    except SyncError as refused:
        log.warning("mates.before_run code=%s", refused.code)


def _carry(db: Database, kept: PacketStore, door: ServerDoor, epoch: str) -> None:
    mates = kept.mate_lines(epoch)
    if not mates:
        return
    others = {SuppliedLine(one.device, one.data.decode(), one.sig): one for one in mates}
    device = kept.scope_and_device()[1]
    for batch in supplied_batches(ordered(device, kept.open_lines(), tuple(others))):
        answer = door.resupply(ResupplyRequest(epoch, batch))
        kept.note_brought([others[one] for one in batch if one in others], batch_name(batch), answer.placed)
