"""Courier packets: deliver without a network, take in replies, and exchange with team-mates on site."""

import logging
import platform
import tempfile
import threading
from collections.abc import Callable, Sequence, Set
from pathlib import Path

from app.core.clock import from_ms, to_ms
from app.core.errors import Refused, Unavailable
from app.core.ids import random_bytes, unguessable_id
from app.core.outcome import Change, Outcome
from app.core.packets import Exported, Imported, OutPacket, PacketStatus, Peer
from app.core.progress import Cancelled, CancelToken, Progress, Report, silent
from app.db.mates import MateLine
from app.db.packet_store import PacketStore, Server, Written
from app.db.sync_store import SyncStore
from app.services.courier import VaultCourier
from app.services.mates import learn_cards, own_card
from app.services.packet_reading import PacketReading
from app.services.store import Store
from app.services.sync_wall import of_mates
from app.settings.profile import Profile
from sync.client import packets_out
from sync.client.enrol import greet
from sync.client.http import Credentials, ServerDoor
from sync.client.packets_out import FilesOut, Outbox
from sync.client.store import OutLine
from sync.protocol import signing
from sync.protocol.errors import SyncError
from sync.protocol.messages import EnrolRequest, SuppliedLine
from sync.protocol.packets import SUFFIX, Address, OtherReceiver, look
from sync.protocol.packets_body import DELIVER, MATE, Manifest
from sync.protocol.packets_disk import DEFAULT_VOLUME, MOST_VOLUME, drop, file_stem, take_in
from sync.protocol.packets_disk import packets_in as packet_files
from sync.protocol.packets_invite import Invitation
from sync.protocol.packets_keys import BadCard, Card

Fill = Callable[[Outbox], tuple[int, FilesOut]]
log = logging.getLogger(__name__)
VOLUMES = (256 << 20, 650 << 20, DEFAULT_VOLUME, MOST_VOLUME)
_MANY = 1_000_000
_WANTED = 5000
_CHANGED = frozenset(
    Change(table, "") for table in ("sync", "task", "inspection", "institution", "person", "document", "evidence")
)


class Packets:
    """Everything about packets; any thread, one packet is written or read at a time."""

    def __init__(self, store: Store, profile: Profile) -> None:
        self._store, self._profile = store, profile
        self._turn = threading.Lock()

    # who

    def card(self) -> Peer:
        """Return this laptop, with the fingerprint that others compare."""
        return _peer(self._card(), is_server=False)

    def card_text(self) -> str:
        """Return this laptop's card as the text of a QR code."""
        return self._card().text

    def server(self) -> Peer | None:
        """Return the server that packets go to, None before one is known."""
        known = self._kept().server()
        return _peer(known.card, is_server=True) if known else None

    def mates(self) -> tuple[Peer, ...]:
        """Return the team-mates."""
        return tuple(_peer(card, is_server=False) for card in self._kept().mates())

    def look_at(self, text: str) -> Peer:
        """Return whose card or invitation a text is, before anything is kept: the fingerprint is compared first.

        Raises:
            BadCard: If the text is none.
        """
        try:
            return _peer(Card.from_text(text), is_server=False)
        except BadCard:
            return _peer(Invitation.from_text(text).card, is_server=True)

    def unconfirmed_items(self, inspection: str) -> frozenset[tuple[str, str]]:
        """Return template and item of the answers that show something of a team-mate which no server has numbered."""
        with self._store.db.read() as unit:
            rows = of_mates(unit).get(inspection, frozenset())
            found = [unit.tuples("SELECT template, item FROM answer WHERE id = ?", (row,)) for table, row in rows if table == "answer"]
        return frozenset((template, item) for one in found for template, item in one)

    def add_mate(self, text: str) -> Outcome[Peer]:
        """Take up a team-mate's card; his fingerprint is compared by eye.

        Raises:
            BadCard: If the text is none.
            Refused: `packet.own_card`.
        """
        card = Card.from_text(text)
        if card.device == self._device():
            raise Refused("packet.own_card")
        self._kept().add_mate(card, self._store.now())
        return Outcome(_peer(card, is_server=False), _CHANGED)

    def refresh_mates(self) -> Outcome[tuple[Peer, ...]]:
        """Ask the server over the network who works in the same offices.

        Raises:
            Refused: `sync.not_enrolled`.
            SyncError: What the server or the network says.
        """
        with self._store.db.read() as unit:
            who = unit.sql("SELECT device, server, server_key FROM sync_self")[0]
        if not who.server:
            raise Refused("sync.not_enrolled")
        key = Credentials(who.device, self._store.db.writer.key, who.server_key)
        with ServerDoor(who.server, lambda: to_ms(self._store.now()), unguessable_id, key) as door:
            epoch = greet(door, who.server_key).epoch
            learn_cards(self._store.db, door, epoch, self._store.now())
        return Outcome(self.mates(), _CHANGED)

    def remove_mate(self, device: str) -> Outcome[None]:
        """Forget a team-mate; what came from him stays."""
        self._kept().remove_mate(device)
        return Outcome(None, _CHANGED)

    def join(self, text: str) -> Outcome[Peer]:
        """Take up a server's invitation: the first packet asks for admission.

        Raises:
            BadCard: If the text is none.
            Refused: `packet.enrolled` where this laptop belongs to another server.
        """
        made = Invitation.from_text(text)
        with self._store.db.read() as unit:
            row = unit.sql("SELECT server_key FROM sync_self")[0]
        if row.server_key not in (None, made.card.device):
            raise Refused("packet.enrolled")
        self._kept().pin_server(made.card, made.epoch, self._store.now(), made.code)
        return Outcome(_peer(made.card, is_server=True), _CHANGED)

    # out

    def export(
        self, folder: Path, volume_bytes: int = DEFAULT_VOLUME, report: Report = silent, cancel: CancelToken | None = None
    ) -> Outcome[Exported]:
        """Write a packet for the server: lines without a receipt, where reading stands, and files by priority.

        Raises:
            Refused: `packet.no_server`.
            Unavailable: `packet.folder` where the stick is full, write-protected or gone.
            Cancelled: If it was stopped; nothing is left in the folder then.
        """
        kept = self._kept()
        server = kept.server()
        if server is None:
            raise Refused("packet.no_server")
        local = SyncStore(self._store.db)
        epoch = local.head().epoch or server.epoch
        manifest = Manifest(
            DELIVER, self._card(), tuple(local.cursors()), tuple(kept.wanted(_WANTED)), self._application(server)
        )
        own, mates = kept.open_lines(), _supplied(kept.mate_lines())

        def fill(outbox: Outbox) -> tuple[int, FilesOut]:
            packets_out.put_supplied(outbox, epoch, local.to_resupply(_MANY))
            if mates:  # what a team-mate wrote comes before what was written over it
                packets_out.put_supplied(outbox, epoch, packets_out.ordered(self._device(), own, mates))
            lines = packets_out.put_own(outbox, epoch, own)
            source = VaultCourier(local, self._store.db, self._store.files)
            told = _told(report, cancel)
            return lines, packets_out.put_files(outbox, source, local.pending_files(_MANY), whole=False, told=told)

        return self._write(folder, volume_bytes, manifest, server.card, epoch, fill, own)

    def export_to_mate(
        self,
        device: str,
        folder: Path,
        volume_bytes: int = DEFAULT_VOLUME,
        report: Report = silent,
        cancel: CancelToken | None = None,
        but: Set[str] = frozenset(),
    ) -> Outcome[Exported]:
        """Write a packet for a team-mate: lines and files that no server has receipted, own ones and others'.

        Args:
            but: Digests of files that he has.

        Raises:
            Refused: `packet.no_mate`.
            Unavailable: `packet.folder`.
            Cancelled: If it was stopped; nothing is left in the folder then.
        """
        kept = self._kept()
        card = next((one for one in kept.mates() if one.device == device), None)
        if card is None:
            raise Refused("packet.no_mate")
        local = SyncStore(self._store.db)
        # His own lines among them: a laptop that was set back gets again what it had given away.
        lines = packets_out.ordered(self._device(), kept.open_lines(), _supplied(kept.mate_lines()))

        def fill(outbox: Outbox) -> tuple[int, FilesOut]:
            count = packets_out.put_supplied(outbox, "", lines)
            source = VaultCourier(local, self._store.db, self._store.files)
            told = _told(report, cancel)
            files = [one for one in local.pending_files(_MANY) if one.sha256 not in but]
            return count, packets_out.put_files(outbox, source, files, whole=True, told=told)

        return self._write(folder, volume_bytes, Manifest(MATE, self._card()), card, "", fill)

    def exchange(
        self, folder: Path, volume_bytes: int = DEFAULT_VOLUME, report: Report = silent, cancel: CancelToken | None = None
    ) -> Outcome[tuple[Imported, ...]]:
        """Meet team-mates in a shared folder (cable, hot spot, one stick going round): read, then write to each of them.

        A packet holds everything that has no receipt, so this laptop's older ones there are taken away. Stopped, it
        returns what was taken in; packets that were whole by then stay.

        Raises:
            Unavailable: `packet.folder`.
        """
        found = self.take([folder], report, cancel)
        for mate in self.mates():
            try:
                done = self.export_to_mate(mate.device, folder, volume_bytes, report, cancel).value
            except Cancelled:
                break
            newest = {path.name for path in done.paths}
            for path in folder.glob(f"{file_stem(self._device(), mate.device)}*{SUFFIX}"):
                if path.name not in newest:
                    path.unlink(missing_ok=True)
        return found

    def _write(
        self,
        folder: Path,
        volume_bytes: int,
        manifest: Manifest,
        to: Card,
        epoch: str,
        fill: Fill,
        own: Sequence[OutLine] = (),
    ) -> Outcome[Exported]:
        with self._turn:
            return self._write_one(folder, volume_bytes, manifest, to, epoch, fill, own)

    def _write_one(
        self, folder: Path, volume_bytes: int, manifest: Manifest, to: Card, epoch: str, fill: Fill, own: Sequence[OutLine]
    ) -> Outcome[Exported]:
        kept, at = self._kept(), self._store.now()
        number, prev = kept.next_out(to.device)
        address = Address("", self._device(), to.device, to.box_key, number, epoch, to_ms(at), prev)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            outbox = Outbox(folder, volume_bytes, manifest, unguessable_id, random_bytes)
            try:
                lines, files = fill(outbox)
                volumes = outbox.finish(address, self._store.db.writer.key)
            except BaseException:
                outbox.drop()
                raise
        except OSError as error:
            raise Unavailable("packet.folder", folder=str(folder), reason=error.strerror or "") from error
        kept.note_out(
            [
                Written(one.packet_id, to.device, number, vol, len(volumes), one.digest, lines, files.files)
                for vol, one in enumerate(volumes, 1)
            ],
            at,
            tuple(one.op for one in own[:lines]),
            files.written if manifest.purpose == DELIVER else (),
        )
        log.info("packet.written n=%s volumes=%s lines=%s files=%s", number, len(volumes), lines, files.files)
        size = sum(one.size_bytes for one in volumes)
        with self._store.db.write() as unit:
            unit.custody("packet_out", to.device, n=number, volumes=len(volumes), files=files.files)
        done = Exported(
            to.device, number, tuple(one.path for one in volumes), lines, files.files, size, files.left, files.damaged
        )
        return Outcome(done, _CHANGED)

    # in

    def take(
        self, places: Sequence[Path], report: Report = silent, cancel: CancelToken | None = None
    ) -> Outcome[tuple[Imported, ...]]:
        """Take in packet files, and those that lie in folders: replies of the server and packets of team-mates.

        Each file has its own result; one that is refused does not stop the others. In folders, packets for others
        are passed over. Stopped, it returns what was taken in by then; taking that in again does no harm.

        Raises:
            Unavailable: `packet.folder`.
        """
        try:
            files = packet_files(list(places))
        except OSError as error:
            raise Unavailable("packet.folder", folder=str(places[0]), reason=error.strerror or "") from error
        named = {one for one in places if not one.is_dir()}
        done = []
        with tempfile.TemporaryDirectory(prefix="packets-", dir=self._profile.home, ignore_cleanup_errors=True) as quarantine:
            for number, path in enumerate(files):
                if cancel is not None and cancel.is_cancelled:
                    break
                report(Progress("packet.read", number, len(files)))
                try:
                    one = self._take_one(path, Path(quarantine), cancel)
                except Cancelled:
                    break
                if one.code != OtherReceiver.code or path in named:
                    done.append(one)
        return Outcome(tuple(done), _CHANGED)

    def _take_one(self, path: Path, quarantine: Path, cancel: CancelToken | None) -> Imported:
        try:
            copy = take_in(path, quarantine, unguessable_id())
            try:
                with self._turn:
                    return PacketReading(self._store).take(path, look(copy), cancel)
            finally:
                drop(copy)
        except (SyncError, Refused) as refused:
            log.warning("packet.refused code=%s", refused.code)
            return Imported(path, code=refused.code, params=dict(refused.params))
        except OSError as error:
            return Imported(path, code="packet.folder", params={"folder": str(path), "reason": error.strerror or ""})

    # what is the matter

    def status(self) -> PacketStatus:
        """Return who is known, what was written, and what waits."""
        kept = self._kept()
        server = kept.server()
        cards = {card.device: card for card in kept.mates()}
        peers = [_peer(card, is_server=False) for card in cards.values()]
        if server is not None:
            cards[server.card.device] = server.card
            peers.insert(0, _peer(server.card, is_server=True))
        out = tuple(
            OutPacket(
                row.n, row.peer, cards[row.peer].name if row.peer in cards else row.peer, from_ms(row.at), row.vols,
                row.line_count, row.file_count, from_ms(row.answered_at) if row.answered_at else None, row.problem or "",
            )
            for row in kept.exports()
        )  # fmt: skip
        waiting = _waiting(out, server.card.device if server else "")
        rows = tuple(kept.unconfirmed_rows())
        return PacketStatus(
            tuple(peers), out, waiting.n if waiting else None, waiting.made_at if waiting else None,
            len({one.op for one in kept.mate_lines()}), rows,
        )  # fmt: skip

    def _application(self, server: Server) -> EnrolRequest | None:
        if server.code is None:
            return None
        key, device = self._store.db.writer.key, self._device()
        proof = key.sign(signing.enrol_bytes(server.card.device, server.code, device, key.public_hex))
        return EnrolRequest(server.code, device, key.public_hex, platform.node() or device, proof)

    def _card(self) -> Card:
        return own_card(self._store.db)

    def _device(self) -> str:
        return self._kept().scope_and_device()[1]

    def _kept(self) -> PacketStore:
        return PacketStore(self._store.db)


def _told(report: Report, cancel: CancelToken | None) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        report(Progress("packet.write", done, total))
        if cancel is not None:
            cancel.check()

    return told


def _waiting(out: Sequence[OutPacket], server: str) -> OutPacket | None:
    """Return the oldest export to the server that is newer than every one it has answered."""
    mine = [one for one in out if one.to == server]
    answered = max((one.n for one in mine if one.answered_at), default=0)
    return min((one for one in mine if one.n > answered), key=lambda one: one.n, default=None)


def _peer(card: Card, *, is_server: bool) -> Peer:
    return Peer(card.device, card.name, card.fingerprint, is_server)


def _supplied(mates: Sequence[MateLine]) -> list[SuppliedLine]:
    return [SuppliedLine(one.device, one.data.decode(), one.sig) for one in mates]
