"""A visit to a relay: what was cut off is finished first, then both say what they have, and packets go both ways."""

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from app.core.errors import Refused, Unavailable
from app.core.outcome import Change, Outcome
from app.core.packets import Exported, Imported
from app.core.progress import Cancelled, CancelToken, Progress, Report
from app.core.relay import Met
from app.db.packet_store import PacketStore
from app.db.tables import PREVIEW
from app.services.packets import Packets
from app.services.store import Store
from sync.client.errors import NotTheServer, Unreachable
from sync.client.errors import Refused as NoEntry
from sync.client.relay import MAX_DIGESTS, PART_BYTES, Have, Hello, Parcel, Waiting, is_digest
from sync.client.relay_http import RelayDoor
from sync.protocol.errors import SyncError
from sync.protocol.packets import MAX_PACKET_BYTES, SUFFIX, Packet, look
from sync.protocol.packets_keys import Card

T = TypeVar("T")
Listener = Callable[[frozenset[Change]], None]
PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_ASK_AGAIN_S: Final = 0.2
_STAY_S: Final = 1.0
_PART: Final = ".part"


class Visit:
    """One visit, on one thread."""

    def __init__(
        self,
        store: Store,
        packets: Packets,
        folder: Path,
        door: RelayDoor,
        volume_bytes: int,
        report: Report,
        cancel: CancelToken | None,
        tell: Listener,
    ) -> None:
        self._store, self._packets, self._door = store, packets, door
        self._in, self._out = folder / "in", folder / "out"
        self._volume, self._report, self._cancel, self._tell = volume_bytes, report, cancel or CancelToken(), tell
        self._device = packets.card().device
        self._changed: frozenset[Change] = frozenset()
        self._imported: list[Imported] = []

    def run(self, stay_s: float, clock: Callable[[], float]) -> Outcome[Met]:
        """Bring and fetch; see `Relay.meet`."""
        end = clock() + stay_s
        try:
            hello = self._door.hello()
            card = mate_card(self._store, hello.device)
            if hello.device == self._device:
                raise Refused("relay.self")
            if card is None:
                raise Refused("relay.unknown_host")
            self._resume(hello)
            sent = self._bring(hello, card)
            upto = self._fetch_new()
            # Where it closes or is left in this time, the visit was a good one.
            with suppress(Unreachable, NotTheServer, Cancelled):
                while clock() < end:
                    self._report(Progress("relay.stay", 0, 0))
                    self._rest(_STAY_S)
                    if self._again(lambda: self._door.waiting(self._device)).brought > upto:
                        self._told(hello, card)
                        upto = self._fetch_new()
        except (Unreachable, NotTheServer) as error:
            raise Unavailable("relay.unreachable") from error
        made = Met(
            card.name, tuple(self._imported), sent.lines, sent.files, sent.size_bytes, sent.files_left, sent.damaged
        )
        return Outcome(made, self._changed)

    def _resume(self, hello: Hello) -> None:
        """Finish what an earlier visit to this relay left in the middle; what belongs to another one is dropped."""
        for folder in (self._in, self._out):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in sorted(self._in.glob(f"*{SUFFIX}")):
            self._take(path)
        begun = {path.stem: path for path in self._in.glob(f"*{_PART}")}
        if begun:
            ready = [one for one in self._door.waiting(self._device).parcels if one.digest in begun]
            self._fetch(ready)
            _clear(self._in)
        for path in sorted(self._out.glob(f"*{SUFFIX}")):
            with suppress(SyncError):  # one that is cut was never begun to be sent
                packet = look(path)
                if packet.header.receiver == hello.device and self._door.offset(packet.digest) > 0:
                    self._put(packet)
        _clear(self._out)

    def _bring(self, hello: Hello, card: Card) -> Exported:
        self._idle()  # what was brought before is in its list then
        theirs = self._told(hello, card)
        done = self._packets.export_to_mate(
            card.device, self._out, self._volume, self._report, self._cancel, frozenset(theirs.digests)
        )
        self._changed |= done.changed
        for path in done.value.paths:
            self._put(look(path))
        _clear(self._out)
        return done.value

    def _told(self, hello: Hello, card: Card) -> Have:
        """Say what is here and return what is there."""
        mine = Have.of(self._device, hello.session, held_files(self._store), self._store.db.writer.key)
        theirs = self._again(lambda: self._door.have(mine))
        if theirs.device != card.device:
            raise NoEntry("relay.have", 403, {})
        theirs.check(hello.session, card.sign_key)
        return theirs

    def _put(self, packet: Packet) -> None:
        size = packet.path.stat().st_size

        def send() -> int:
            at = self._door.offset(packet.digest)
            source.seek(at)
            while at < size:
                self._cancel.check()
                self._report(Progress("relay.send", at, size))
                data = source.read(PART_BYTES)
                self._door.put(packet.digest, at, size, data)
                at += len(data)
            return at

        with packet.path.open("rb") as source:
            self._again(send, lambda: self._door.offset(packet.digest))
        self._report(Progress("relay.send", size, size))

    def _fetch_new(self) -> int:
        self._again(lambda: self._door.ask(self._device))
        now = self._settled()
        self._fetch(now.parcels)
        _clear(self._in)
        return now.upto

    def _fetch(self, parcels: Sequence[Parcel]) -> None:
        for one in parcels:
            if not is_digest(one.digest) or not 0 < one.size <= MAX_PACKET_BYTES:
                raise NoEntry("relay.request", 400, {})
            self._take(self._fetched(one))

    def _take(self, path: Path) -> None:
        done = self._packets.take([path], self._report, self._cancel)
        self._cancel.check()  # taken again the next time
        self._changed |= done.changed
        self._tell(done.changed)
        self._imported += [replace(found, path=Path(found.path.name)) for found in done.value]
        path.unlink(missing_ok=True)

    def _fetched(self, one: Parcel) -> Path:
        part = self._in / f"{one.digest}{_PART}"

        def came() -> int:
            return part.stat().st_size if part.exists() else 0

        def fetch() -> int:
            with part.open("ab") as target:
                at = target.tell()
                if at < one.size:
                    with self._door.fetch(one.digest, at) as pieces:
                        for data in pieces:
                            self._cancel.check()
                            at += len(data)
                            if at > one.size:
                                raise NoEntry("relay.request", 400, {})
                            target.write(data)
                            self._report(Progress("relay.fetch", at, one.size))
            if at < one.size:
                raise Unreachable()
            return at

        self._again(fetch, came)
        return part.replace(part.with_suffix(SUFFIX))

    def _settled(self) -> Waiting:
        """Wait until the relay is done with everything of this laptop.

        Raises:
            NoEntry: With the code of what it did not take or could not write.
        """
        now = self._idle()
        if now.refused and now.refused != "packet.bad_files":
            raise NoEntry(now.refused, 400, {})
        return now

    def _idle(self) -> Waiting:
        while (now := self._again(lambda: self._door.waiting(self._device))).is_busy:
            self._report(Progress("relay.wait", 0, 0))
            self._rest(_ASK_AGAIN_S)
        return now

    def _again(self, do: Callable[[], T], came: Callable[[], int] = lambda: 0) -> T:
        """Do it, and again where the line breaks; patience begins anew as long as something comes through."""
        tries, before = 0, -1
        while True:
            try:
                return do()
            except (Unreachable, NotTheServer, NoEntry) as error:
                if not error.retryable:
                    raise
                with suppress(Unreachable, NotTheServer):
                    now = came()
                    tries, before = (0, now) if now > before >= 0 else (tries, max(before, now))
                if tries == len(PAUSES_S):
                    raise
                self._report(Progress("relay.wait", 0, 0))
                self._rest(PAUSES_S[tries])
                tries += 1

    def _rest(self, seconds: float) -> None:
        for _ in range(max(1, round(seconds / _ASK_AGAIN_S))):
            self._cancel.check()
            time.sleep(_ASK_AGAIN_S)


def held_files(store: Store) -> tuple[str, ...]:
    """Return digests of files that are whole in the vault, the newest first."""
    with store.db.read() as unit:
        rows = unit.tuples(
            "SELECT sha256 FROM sync_blob WHERE stored IS NOT NULL AND state NOT IN ('missing', 'damaged')"
            f" AND priority <> {PREVIEW}"
            " ORDER BY rowid DESC LIMIT ?",
            (MAX_DIGESTS,),
        )
    return tuple(sha256 for (sha256,) in rows)


def mate_card(store: Store, device: str) -> Card | None:
    """Return a team-mate's card."""
    return next((one for one in PacketStore(store.db).mates() if one.device == device), None)


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
