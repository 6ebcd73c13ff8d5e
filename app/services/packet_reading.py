"""One packet that came: from whom it is, whether it is read, and what of it is kept."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.core.clock import to_ms
from app.core.errors import Refused
from app.core.ids import unguessable_id
from app.core.packets import Imported
from app.core.progress import CancelToken
from app.core.syncing import Network
from app.db.mates import MateLine
from app.db.packet_store import PacketStore
from app.db.sync_store import SyncStore
from app.services import sync_runs
from app.services.courier import VaultCourier
from app.services.mates import own_card
from app.services.store import Store
from app.services.sync_local import LocalSide
from sync.client.packets_in import MateReader, Reading, ReplyReader
from sync.client.store import FileWanted, Find
from sync.protocol.chain import SignedLine
from sync.protocol.packets import Header, OtherReceiver, Packet, PacketSignature
from sync.protocol.packets_body import MATE, REPLY, Answered, BadContents, FileHead, Manifest, read
from sync.protocol.packets_keys import BoxKey, Card


class PacketReading:
    """Reads replies of the server and packets of team-mates into a store, one packet at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, path: Path, packet: Packet, cancel: CancelToken | None) -> Imported:
        """Take in a packet that was looked at; `path` is where it came from.

        Raises:
            SyncError: What is wrong with the packet.
            Refused: `packet.unknown_mate`.
            Cancelled: If it was stopped.
        """
        header, kept = packet.header, self._kept()
        device, key = kept.scope_and_device()[1], self._store.db.writer.key
        if header.receiver != device:
            raise OtherReceiver(receiver=header.receiver)
        server = kept.server()
        is_server = server is not None and header.sender == server.card.device
        sender = server.card if is_server and server else next((c for c in kept.mates() if c.device == header.sender), None)
        if sender is None:
            raise Refused("packet.unknown_mate", sender=header.sender)
        if sender.sign_key != header.sender_key:
            raise PacketSignature(sender=header.sender)
        packet.check_signature(sender.sign_key)
        manifest, contents = read(_until(cancel, packet.contents(BoxKey(key))))
        if manifest.purpose != (REPLY if is_server else MATE):
            raise BadContents(at="purpose")
        local = self._local()
        if is_server:
            courier = VaultCourier(local, self._store.db, self._store.files)
            notes = _Notes(kept, self._store.now())
            found = ReplyReader(local, notes, device, key, unguessable_id, courier).take(header, manifest, contents)
            self._know(manifest, header)
        else:
            found = self._mate_reader(local, kept).take(contents)
        return self._noted(path, packet, sender, found)

    def _mate_reader(self, local: SyncStore, kept: PacketStore) -> MateReader:
        keys = {card.device: card.sign_key for card in (*kept.mates(), own_card(self._store.db))}
        courier = VaultCourier(local, self._store.db, self._store.files)
        named: dict[str, str] = {}

        def keep(new: Sequence[tuple[str, SignedLine]]) -> int:
            named.clear()
            return kept.hold([MateLine.of(device, signed.data, signed.sig) for device, signed in new], self._store.now())

        def keep_file(head: FileHead, chunks: Iterator[bytes]) -> bool:
            if not named:
                named.update(kept.named_files() or {"": ""})
            op = named.get(head.sha256)
            if op is None:
                return False
            kept.list_file(op)
            courier.keep(FileWanted(head.sha256, head.offer.size), chunks, is_at_server=False)
            del named[head.sha256]
            return True

        return MateReader(keys, keep, keep_file)

    def _local(self) -> SyncStore:
        with self._store.db.read() as unit:
            policy = sync_runs.policy(unit)
        return _Receiving(self._store.db, policy, Network.UNKNOWN)

    def _know(self, manifest: Manifest, header: Header) -> None:
        """Take up what a reply says of colleagues, and that the server knows this laptop."""
        kept = self._kept()
        for card in manifest.cards:
            card.check()
        kept.colleagues(manifest.cards, self._store.now())
        kept.code_used()
        with self._store.db.write() as unit:
            unit.local(
                "UPDATE sync_self SET server_key = ?, enrolled_at = ? WHERE server_key IS NULL",
                (header.sender, to_ms(self._store.now())),
            )

    def _noted(self, path: Path, packet: Packet, sender: Card, found: Reading) -> Imported:
        header = packet.header
        self._kept().note_in(header, packet.digest, self._store.now(), found.lines, found.files)
        with self._store.db.write() as unit:
            unit.custody("packet_in", header.sender, n=header.n, lines=found.lines, files=found.files)
        is_stale = found.stale > 0 and not (found.lines or found.receipts or found.files)
        return Imported(
            path, sender.name, header.n, found.lines, found.receipts, found.files, found.problem, is_stale,
            "packet.bad_files" if found.bad_files else "", {"count": len(found.bad_files)} if found.bad_files else None,
        )  # fmt: skip

    def _kept(self) -> PacketStore:
        return PacketStore(self._store.db)


class _Receiving(LocalSide):
    """Notes each receipt as a run over the network does; files are not cut into slices."""

    def wanted_files(self, limit: int, found: Find | None = None) -> Sequence[FileWanted]:
        """Return every file that is missing."""
        return SyncStore.wanted_files(self, limit, found)


class _Notes:
    """Implements `packets_in.Notes`."""

    def __init__(self, kept: PacketStore, now: dt.datetime) -> None:
        self._now = now
        self.is_newest, self.had_gap_before, self.open_lines = kept.is_newest, kept.had_gap_before, kept.open_lines
        self._kept = kept

    def answered(self, one: Answered) -> None:
        """Keep what became of a packet."""
        self._kept.note_answer(one.packet_id, self._now, one.problem.code if one.problem else "")


def _until(cancel: CancelToken | None, segments: Iterator[bytes]) -> Iterator[bytes]:
    for one in segments:
        if cancel is not None:
            cancel.check()
        yield one


