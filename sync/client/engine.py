"""One run of sync: hello → push → pull → receipts → blobs → receipts; each step can be cut off and begun again.

Nothing is remembered here: what was reached lies in the local store and at the server, so a run after a crash is
simply a run. Text goes before files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sync.client.blobs import Courier
from sync.client.enrol import greet
from sync.client.errors import NoProgress, Refused, UnknownSigner
from sync.client.http import ServerDoor
from sync.client.runs import Cancel, Failure, SyncResult
from sync.client.store import (
    BlobSink,
    BlobSource,
    LocalStore,
    OutLine,
    Progress,
    PulledLine,
    PulledPage,
    Step,
)
from sync.protocol import chain, feeds
from sync.protocol.errors import SyncError
from sync.protocol.fold import Entry, Status
from sync.protocol.messages import (
    MAX_PAGE_BYTES,
    MAX_PUSH_LINES,
    Cursor,
    FeedPage,
    Problem,
    PullRequest,
    PushRequest,
    ReceiptKind,
    ReceiptsRequest,
    WireLine,
)

_FORKED = ("push.fork", "push.replica_of_other")
_LOST_HISTORY = ("epoch.changed", "pull.cursor", "push.gap")
_MAX_ROUNDS = 4


def _silent(step: Step) -> None:
    """Show nothing."""


def _never() -> bool:
    return False


@dataclass(slots=True)
class Engine:
    """Run sync for one enrolled installation, on one thread.

    Attributes:
        door: Must hold credentials.
        source: Where the bytes of pending files are; None sends no files.
        sink: Where fetched files go; None fetches none.
        new_id: Makes replica ids that nobody can guess.
    """

    door: ServerDoor
    store: LocalStore
    new_id: Callable[[], str]
    source: BlobSource | None = None
    sink: BlobSink | None = None
    progress: Progress = _silent
    is_cancelled: Callable[[], bool] = _never
    _done: SyncResult = field(default_factory=SyncResult)
    _has_read_anew: bool = False
    _cancel: Cancel = field(init=False)

    def __post_init__(self) -> None:
        self._cancel = Cancel(self.is_cancelled)

    def run(self) -> SyncResult:
        """Do everything there is to do and say what was done; errors stand in the result, none is raised.

        Failures of the store itself (SQLAlchemy's, OSError) are not sync's and pass through.
        """
        self._done, self._has_read_anew = SyncResult(), False
        up, down = self.door.traffic.up, self.door.traffic.down
        try:
            self._rounds()
        except SyncError as error:
            failure = Failure(error.code, dict(error.params), error.retryable)
            self._done = replace(self._done, failure=failure)
        finally:
            self.door.close()
        self._done = replace(
            self._done, bytes_up=self.door.traffic.up - up, bytes_down=self.door.traffic.down - down
        )
        return self._done

    def _rounds(self) -> None:
        for left in reversed(range(_MAX_ROUNDS)):
            try:
                epoch = self._hello()
                self._push(epoch)
                self._pull(epoch)
                self._receipts(epoch)
                if self._requeue() and left:
                    continue
                self._blobs()
                self._receipts(epoch)
            except Refused as refused:
                if refused.code not in _LOST_HISTORY or self._has_read_anew:
                    raise
                # The server has another history than was read: read it anew, and give it whatever it lost.
                self._has_read_anew = True
                self.store.start_new_epoch(greet(self.door, self._server()).epoch)
                continue
            self._step("done", 0, 0)
            return

    def _hello(self) -> str:
        self._step("hello", 0, 0)
        hello = greet(self.door, self._server())
        self.store.note_clock(self.door.offset_ms, self.door.wall_ms())
        known = self.store.head().epoch
        if known is None:
            self.store.set_epoch(hello.epoch)
        elif known != hello.epoch:
            self.store.start_new_epoch(hello.epoch)
        return hello.epoch

    def _push(self, epoch: str) -> None:
        before: tuple[OutLine, ...] = ()
        mended = 0
        while batch := _cut(self.store.pending(MAX_PUSH_LINES)):
            self._step("push", self._done.lines_sent, 0)
            if batch == before:
                raise NoProgress(sent=len(batch))
            before = batch
            wire = tuple(WireLine(one.data.decode(), one.sig) for one in batch)
            name = feeds.batch_id(tuple(one.op_hash for one in batch))
            answer = self.door.push(PushRequest(name, epoch, batch[0].replica, wire))
            self.store.mark_acked(answer.acks)
            self._done = replace(self._done, lines_sent=self._done.lines_sent + len(answer.acks))
            if answer.problem is not None:
                mended += 1
                self._mend(answer.problem, mended)
                before = ()

    def _mend(self, problem: Problem, times: int) -> None:
        """Go on with a new history where the server has another one under this replica's name."""
        who = self.door.credentials
        is_mendable = problem.code in _FORKED or (problem.code == "push.gap" and self._has_read_anew)
        if not is_mendable or times > 1 or who is None:
            raise Refused(problem.code, 409, problem.params)
        count = self.store.start_new_replica(self.new_id(), who.key)
        self._done = replace(self._done, requeued=self._done.requeued + count)

    def _pull(self, epoch: str) -> None:
        more = True
        while more:
            self._step("pull", self._done.lines_pulled, 0)
            cursors = {one.feed: one for one in self.store.cursors() if not one.feed.startswith("d:")}
            answer = self.door.pull(PullRequest(epoch, tuple(cursors.values())))
            for page in answer.pages:
                self._cancel.check()
                pulled = _open_page(cursors.get(page.feed, Cursor(page.feed)), page, answer.keys)
                self.store.apply_page(pulled)
                self._count_page(pulled)
            more = answer.more and bool(answer.pages)

    def _receipts(self, epoch: str) -> None:
        feed = feeds.receipts_feed(self._device())
        while True:
            self._step("receipts", self._done.receipts, 0)
            before = next((one for one in self.store.cursors() if one.feed == feed), Cursor(feed))
            page = self.door.receipts(ReceiptsRequest(epoch, before))
            after = feeds.check_receipts(before, page)
            if page.entries:
                self.store.apply_receipts(before, after, page.entries)
            refused = sum(
                one.kind is ReceiptKind.RECORD and one.status in (Status.REJECTED, Status.QUARANTINED)
                for one in page.entries
            )
            self._done = replace(
                self._done, receipts=self._done.receipts + len(page.entries), refused=self._done.refused + refused
            )  # fmt: skip
            if not page.entries or after.seq >= page.head_seq:
                return

    def _requeue(self) -> bool:
        """Send again what was acknowledged and has no receipt although all receipts were read: the server lost it."""
        count = self.store.requeue_acked()
        self._done = replace(self._done, requeued=self._done.requeued + count)
        return count > 0

    def _blobs(self) -> None:
        courier = Courier(self.door, self.store, self.progress, self._cancel)
        if self.source is not None:
            self._step("blobs", 0, 0)
            sent = courier.send_all(self.source)
            self._done = replace(
                self._done, files_sent=sent.sent, file_failures=self._done.file_failures + sent.failures
            )  # fmt: skip
        if self.sink is not None:
            self._step("blobs", 0, 0)
            got = courier.fetch_all(self.sink)
            self._done = replace(
                self._done, files_fetched=got.fetched, file_failures=self._done.file_failures + got.failures
            )  # fmt: skip

    def _count_page(self, page: PulledPage) -> None:
        conflicts = sum(one.status is Status.CONFLICT for one in page.lines)
        self._done = replace(
            self._done,
            lines_pulled=self._done.lines_pulled + len(page.lines),
            conflicts=self._done.conflicts + conflicts,
        )

    def _step(self, name: str, done: int, total: int) -> None:
        self._done = replace(self._done, reached=name)
        self.progress(Step(name, done, total))
        if name != "done":
            self._cancel.check()

    def _server(self) -> str | None:
        return None if self.door.credentials is None else self.door.credentials.server

    def _device(self) -> str:
        if self.door.credentials is None:
            raise ValueError("sync needs credentials")
        return self.door.credentials.device


def _cut(lines: Sequence[OutLine]) -> tuple[OutLine, ...]:
    """Return as many leading lines as fit into one request, one at least."""
    size = 0
    batch: list[OutLine] = []
    for one in lines:
        size += len(one.data)
        if batch and size > MAX_PAGE_BYTES:
            break
        batch.append(one)
    return tuple(batch)


def _open_page(before: Cursor, page: FeedPage, keys: dict[str, str]) -> PulledPage:
    """Verify a page: every signature, every number, the whole chain."""
    after = feeds.check_page(before, page)
    pulled = []
    for entry in page.entries:
        key = keys.get(entry.device)
        if key is None:
            raise UnknownSigner(device=entry.device)
        signed = chain.open_line(entry.line.encode(), entry.sig, key)
        pulled.append(
            PulledLine(
                Entry(entry.seq, signed.line, entry.eff), signed, entry.device, entry.status, entry.reason
            )
        )
    return PulledPage(before, after, tuple(pulled))
