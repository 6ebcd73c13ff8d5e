"""Team-mates while there is a network: know their cards, and carry to the server what they could not bring themselves."""

import datetime as dt
import logging
import platform

from app.db.packet_store import PacketStore
from app.db.sync_store import SyncStore
from app.db.unit import Database
from sync.client.http import ServerDoor
from sync.client.packets_out import ordered, supplied_batches
from sync.protocol.errors import SyncError
from sync.protocol.messages import ResupplyRequest, SuppliedLine
from sync.protocol.packets_keys import Card

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
    kept.add_mates(answer.cards, now)


def own_card(db: Database) -> Card:
    """Return this laptop's card."""
    device = PacketStore(db).scope_and_device()[1]
    return Card.of(device, platform.node() or device, db.writer.key)


def carry(db: Database, door: ServerDoor) -> None:
    """Give the server what team-mates wrote, before anything that was written over it; no request if there is nothing.

    Whatever goes wrong is left to the run that follows, which meets the same server and says so.
    """
    kept, epoch = PacketStore(db), SyncStore(db).head().epoch
    mates = kept.mate_lines(epoch) if epoch is not None else ()
    if epoch is None or not mates:
        return
    others = [SuppliedLine(one.device, one.data.decode(), one.sig) for one in mates]
    device = kept.scope_and_device()[1]
    try:
        for batch in supplied_batches(ordered(device, kept.open_lines(), others)):
            door.resupply(ResupplyRequest(epoch, batch))
    except SyncError as refused:
        log.warning("mates.carry code=%s", refused.code)
        return
    kept.note_carried(mates, epoch)
