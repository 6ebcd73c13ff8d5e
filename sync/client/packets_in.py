"""Read packets: a reply of the server, or what a team-mate wrote; whatever does not fit any more is passed over."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from sync.client.pages import open_entries, open_page
from sync.client.runs import attempted
from sync.client.store import (
    BlobSink,
    DamagedBlob,
    FileWanted,
    LocalStore,
    OutLine,
    PulledReceipts,
    SnapshotReason,
    Taken,
)
from sync.protocol import chain, feeds
from sync.protocol.chain import DeviceKey, SignedLine
from sync.protocol.errors import SyncError
from sync.protocol.feeds import PageDoesNotJoin
from sync.protocol.messages import (
    Cursor,
    FeedPage,
    ReceiptPage,
    ResupplyRequest,
    SnapshotPage,
    SuppliedLine,
    SyncAnswer,
)
from sync.protocol.packets import Header
from sync.protocol.packets_body import (
    Answered,
    BadContents,
    Chunk,
    Content,
    FileHead,
    Manifest,
    page_after,
    receipts_after,
)

_FORKED: Final = ("push.fork", "push.replica_of_other")
_BAD_LINE: Final = ("line.invalid", "chain.signature", "push.id_reuse")
_GAP: Final = "push.gap"
_MANY: Final = 100_000


class Notes(Protocol):
    """What this installation remembers of its own packets."""

    def is_newest(self, packet_id: str) -> bool:
        """Return whether a packet belongs to the newest export to the server, and no answer to it was read."""

    def had_gap_before(self, packet_id: str) -> bool:
        """Return whether the export before that of this packet was answered with a gap too."""

    def answered(self, one: Answered) -> None:
        """Keep what became of a packet."""

    def open_lines(self) -> Sequence[OutLine]:
        """Return own lines without a receipt."""


@dataclass(slots=True)
class Reading:
    """What one packet brought.

    Attributes:
        stale: Pages and receipts that were here already, or belong to another history.
    """

    lines: int = 0
    receipts: int = 0
    files: int = 0
    stale: int = 0
    problem: str = ""
    bad_files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ReplyReader:
    """Take in a reply of the server, as the engine takes in its answers."""

    store: LocalStore
    notes: Notes
    device: str
    key: DeviceKey
    new_id: Callable[[], str]
    sink: BlobSink | None
    done: Reading = field(default_factory=Reading)
    _wanted: set[str] | None = None

    def take(self, header: Header, manifest: Manifest, contents: Iterator[Content]) -> Reading:
        """Take in everything that joins what is here.

        Raises:
            BadLine, BadSignature, UnknownSigner, BadContents: If a part is not what the server may say; what came
                before it is kept.
        """
        newest = next((one for one in manifest.answers if self.notes.is_newest(one.packet_id)), None)
        if not self._settle_epoch(header.epoch, manifest.anew if newest is not None else ""):
            self.done.stale += 1
            return self.done
        for content in _with_files(contents, self._file):
            match content:
                case SyncAnswer():
                    self._answer(content)
                case SnapshotPage():
                    self._snapshot(content)
                case _:
                    raise BadContents(at=type(content).__name__)
        if newest is not None:
            self._mend(newest, manifest.answers)
        for one in manifest.answers:
            self.notes.answered(one)
        return self.done

    def _settle_epoch(self, epoch: str, ended: str) -> bool:
        """Return whether the reply belongs to the history that is read here."""
        known = self.store.head().epoch
        if known is None:
            self.store.set_epoch(epoch)
        elif ended == known:
            self.store.start_new_epoch(epoch)
        elif known != epoch:
            return False  # late, or for a packet that this laptop does not know any more: its next one will tell
        return True

    def _answer(self, answer: SyncAnswer) -> None:
        cursors = {one.feed: one for one in self.store.cursors()}
        self._receipts(cursors, answer.receipts)
        for feed in answer.snapshots:
            self.store.want_snapshot(feed, SnapshotReason.FLOOR)
        for page in answer.pages:
            self._page(cursors.get(page.feed, Cursor(page.feed)), page, answer.keys)

    def _page(self, before: Cursor, page: FeedPage, keys: dict[str, str]) -> None:
        rest = page_after(page, before)
        try:
            if rest is None:
                raise PageDoesNotJoin(feed=page.feed, seq=before.seq)
            pulled = open_page(before, rest, attempted(lambda: open_entries(rest.entries, keys)), self.device, self.store.own_run)
            self.store.take(Taken((pulled,)))
        except PageDoesNotJoin:
            self.done.stale += 1
        else:
            self.done.lines += len(pulled.lines)

    def _receipts(self, cursors: dict[str, Cursor], page: ReceiptPage) -> None:
        if not page.entries:
            return
        before = cursors.get(page.feed, Cursor(feeds.receipts_feed(self.device)))
        rest = receipts_after(page, before)
        try:
            if rest is None:
                raise PageDoesNotJoin(feed=page.feed, seq=before.seq)
            after = feeds.check_receipts(before, rest)
            self.store.take(Taken(receipts=PulledReceipts(before, after, rest.entries)))
        except PageDoesNotJoin:
            self.done.stale += 1
        else:
            self.done.receipts += len(rest.entries)

    def _snapshot(self, page: SnapshotPage) -> None:
        place = next((one for one in self.store.snapshots() if one.feed == page.start.feed), None)
        if place is None:
            self.done.stale += 1
            return
        proof = open_entries([entry for row in page.rows for entry in row.proof], page.keys)
        try:
            self.store.apply_snapshot(place, page, proof)
        except PageDoesNotJoin:
            self.done.stale += 1

    def _mend(self, newest: Answered, answers: tuple[Answered, ...]) -> None:
        """Go on after the server did not take a line of the newest packet, once: a late reply changes nothing."""
        problem = newest.problem
        if problem is None:
            return
        self.done.problem = problem.code
        if self.store.head().replica != newest.replica:
            return  # it was mended already
        if problem.code in _BAD_LINE:
            bad = [one.op for one in self.notes.open_lines() if one.op_hash == newest.bad_line]
            if not bad:
                return
            self.store.set_aside(bad[0], problem.code)
        elif problem.code == _GAP:
            if not self.notes.had_gap_before(newest.packet_id):
                return  # everything is sent once more first
        elif problem.code not in _FORKED:
            return
        self.store.requeue_acked()
        self.store.start_new_replica(self.new_id(), self.key)

    def _file(self, head: FileHead, chunks: Iterator[bytes]) -> None:
        if self._wanted is None:  # pages come before files, so they have said by now what is missing
            self._wanted = {one.sha256 for one in self.store.wanted_files(_MANY)}
        if self.sink is None or head.sha256 not in self._wanted:
            return
        try:
            self.sink.store(FileWanted(head.sha256, head.offer.size), 0, chunks)
        except DamagedBlob:
            self.done.bad_files.append(head.sha256)
        else:
            self.done.files += 1



def open_supplied(one: SuppliedLine, keys: dict[str, str]) -> SignedLine | None:
    """Return a team-mate's line if its signer is known here and signed it, otherwise None."""
    key = keys.get(one.device)
    if key is None:
        return None
    try:
        return chain.open_line(one.line.encode(), one.sig, key)
    except (SyncError, UnicodeEncodeError):
        return None


@dataclass(slots=True)
class MateReader:
    """Take in what a team-mate wrote: lines to be kept as unconfirmed ones, and files.

    Attributes:
        keys: Public keys of those whose lines are believed, by device.
        keep: Keeps lines that are new and returns how many were.
        keep_file: Keeps a file that a line names; returns whether it was of use.
    """

    keys: dict[str, str]
    keep: Callable[[Sequence[tuple[str, SignedLine]]], int]
    keep_file: Callable[[FileHead, Iterator[bytes]], bool]
    done: Reading = field(default_factory=Reading)

    def take(self, contents: Iterator[Content]) -> Reading:
        """Take in everything that is signed by somebody known.

        Raises:
            BadContents: If there is anything in it that a team-mate has no business to say.
        """
        for content in _with_files(contents, self._file):
            if not isinstance(content, ResupplyRequest):
                raise BadContents(at=type(content).__name__)
            opened = [(one.device, open_supplied(one, self.keys)) for one in content.lines]
            good = [(device, signed) for device, signed in opened if signed is not None]
            self.done.stale += len(opened) - len(good)
            self.done.lines += self.keep(good)
        return self.done

    def _file(self, head: FileHead, chunks: Iterator[bytes]) -> None:
        try:
            if self.keep_file(head, chunks):
                self.done.files += 1
        except DamagedBlob:
            self.done.bad_files.append(head.sha256)


def _with_files(contents: Iterator[Content], take: Callable[[FileHead, Iterator[bytes]], None]) -> Iterator[Content]:
    """Yield everything but files; each file is given to `take` with its chunks while they are read."""
    waiting: list[Content] = []

    def chunks(head: FileHead) -> Iterator[bytes]:
        for number, one in enumerate(contents):
            if not isinstance(one, Chunk) or one.sha256 != head.sha256 or one.number != number:
                waiting.append(one)
                return
            yield one.data

    while True:
        content = waiting.pop() if waiting else next(contents, None)
        if content is None:
            return
        if isinstance(content, FileHead):
            rest = chunks(content)
            take(content, rest)
            for _ in rest:  # what was not wanted is read past
                pass
        elif not isinstance(content, Chunk):
            yield content
