"""One run of sync: exchanges until both ends have everything → files → one exchange more; each can be cut off anywhere.

Nothing is remembered here: what was reached lies in the local store and at the server, so a run after a crash is
simply a run. Text goes before files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sync.client.ahead import Ahead, Exchange, Heard, Overtaken
from sync.client.blobs import Courier
from sync.client.enrol import greet
from sync.client.errors import NoProgress, NotTheServer, Refused, Unreachable
from sync.client.http import ServerDoor
from sync.client.pages import OwnLineMissing, open_entries, open_page, open_receipts
from sync.client.runs import (
    Beside,
    Cancel,
    Cancelled,
    Failure,
    InThreads,
    SyncResult,
    at_once,
    is_first_of_day,
)
from sync.client.store import (
    BlobSink,
    BlobSource,
    LocalStore,
    OutLine,
    Progress,
    PulledPage,
    PulledReceipts,
    SnapshotPlace,
    SnapshotReason,
    Step,
    Taken,
)
from sync.protocol import feeds
from sync.protocol.errors import SyncError
from sync.protocol.feeds import PageDoesNotJoin
from sync.protocol.fold import Status
from sync.protocol.messages import (
    MAX_PAGE_BYTES,
    MAX_PUSH_BYTES,
    MAX_PUSH_LINES,
    MAX_UNDER_WAY,
    Cursor,
    FeedPage,
    Problem,
    ReceiptKind,
    ReceiptPage,
    ResupplyRequest,
    SnapshotRequest,
    SyncAnswer,
    SyncRequest,
)

_GAP: Final = "push.gap"
_FORKED: Final = ("push.fork", "push.replica_of_other")
_LOST_HISTORY: Final = ("epoch.changed", "pull.cursor", _GAP)
# What is wrong with one line: it steps aside, and those behind it go on in a new history.
_BAD_LINE: Final = ("line.invalid", "chain.signature", "push.id_reuse")
_REVOKED: Final = "auth.revoked"
_MAX_TIMES: Final = 4
SNAPSHOT_FROM: Final = 20_000
_SHARE: Final = 0.05


def _silent(step: Step) -> None:
    """Show nothing."""


def _never() -> bool:
    return False


def digest_due(last_ms: int | None, now_ms: int, roll: float = 1.0) -> bool:
    """Return whether to compare digests: the first time in an epoch, the first time in 20 hours, else one time in 20.

    Args:
        roll: A random number from 0 to 1, made by the caller.
    """
    return is_first_of_day(last_ms, now_ms) or roll < _SHARE


@dataclass(slots=True)
class Engine:
    """Run sync for one enrolled installation; only the next exchanges are waited for on threads of their own.

    Attributes:
        door: Must hold credentials.
        source: Where the bytes of pending files are; None sends no files.
        sink: Where fetched files go; None fetches none.
        new_id: Makes replica ids that nobody can guess.
        is_digest_due: Says from the time of the last good comparison (None: never in this epoch) whether to compare
            the confirmed layer with the server's; without it `digest_due` does, by the door's clock and without chance.
        snapshot_from: A feed never read before and at least this long is taken as a snapshot.
        beside: Runs the next exchanges while the last answer is taken in.
        most_lines: So many own lines, at most, go in one request.
        is_careful: The last run met a server with no room for this laptop's files; set anew by each run.
    """

    door: ServerDoor
    store: LocalStore
    new_id: Callable[[], str]
    source: BlobSource | None = None
    sink: BlobSink | None = None
    progress: Progress = _silent
    is_cancelled: Callable[[], bool] = _never
    is_digest_due: Callable[[int | None], bool] | None = None
    snapshot_from: int = SNAPSHOT_FROM
    beside: Beside = field(default_factory=InThreads)
    most_lines: int = MAX_PUSH_LINES
    is_careful: bool = False
    _ahead: Ahead = field(init=False)
    _last: OutLine | None = None
    _wants_digests: bool = False
    _brought: tuple[str, ...] = ()
    _came: Taken = field(default_factory=Taken)
    _is_hasty: bool = True
    _held_back: SyncError | None = None
    _done: SyncResult = field(default_factory=SyncResult)
    _times: dict[str, int] = field(default_factory=dict)
    _wants_own: bool = False
    _cancel: Cancel = field(init=False)

    def __post_init__(self) -> None:
        self._cancel = Cancel(self.is_cancelled)
        self._ahead = Ahead(self.door)

    def run(self) -> SyncResult:
        """Do everything there is to do and say what was done; errors stand in the result, none is raised.

        Failures of the store itself (SQLAlchemy's, OSError) are not sync's and pass through.
        """
        self._done, self._times, self._brought, self._came = SyncResult(), {}, (), Taken()
        self._wants_own, self._is_hasty, self._held_back, self._ahead.reads_on = False, True, None, True
        up, down = self.door.traffic.up, self.door.traffic.down
        try:
            self._begin()
            self._talk()
            self._blobs()
            if self._held_back is not None:
                raise self._held_back
            self._step("done", 0, 0)
        except SyncError as error:
            failure = Failure(error.code, dict(error.params), error.retryable)
            self._done = replace(self._done, failure=failure)
        finally:
            self._drop_ahead()
            self.door.close()
        self._done = replace(
            self._done, bytes_up=self.door.traffic.up - up, bytes_down=self.door.traffic.down - down
        )
        return self._done

    def _begin(self) -> None:
        """Go on where the last run stood; a server that was never spoken to is greeted first."""
        known = self.store.head()
        self.door.offset_ms = known.offset_ms
        if known.epoch is None:
            self._greet()

    def _greet(self) -> None:
        self._step("hello", 0, 0)
        who = self.door.credentials
        hello = greet(self.door, None if who is None else who.server)
        self.store.note_clock(self.door.offset_ms, self.door.wall_ms())
        if self.store.head().epoch is None:
            self.store.set_epoch(hello.epoch)

    def _talk(self) -> None:
        """Exchange until there is nothing left to send, to read, to give back or to compare."""
        while True:
            try:
                if not self._turn():
                    return
            except SyncError as problem:
                self._drop_ahead()
                self._brought = ()  # a history that has ended has nothing
                self._keep()
                self._heal(problem)

    def _heal(self, problem: SyncError) -> None:
        """Take up what a refusal tells, or pass it on."""
        is_refusal = isinstance(problem, Refused)
        if is_refusal and problem.code == "auth.stale" and self._may("greet", 1):
            self._greet()
        elif is_refusal and problem.code in _LOST_HISTORY and self._may("epoch", _MAX_TIMES):
            # The server has another history than was read: read it anew, and give it whatever it lost.
            epoch = problem.params.get("epoch") or self._epoch()
            self.store.start_new_epoch(str(epoch))
        elif self._held_back is None and _is_about_reading(problem) and self.store.pending(1):
            self._held_back, self._is_hasty = problem, False
        else:
            raise problem

    def _turn(self) -> bool:
        """Hear one exchange and do what follows from it; return whether there is more to do."""
        if not self._ahead:
            if self._held_back is not None and not self.store.pending(1):
                return False
            self._begin_turn()
        sent = self._ahead.first()
        try:
            heard = self._heard(sent)
        except Unreachable:
            if not self._is_hasty or not (sent.is_behind or self._ahead):
                raise
            return self._one_by_one()  # a line too weak for several
        answer = heard.answer
        self._brought += tuple(one.op for one in sent.batch[: answer.taken])
        if answer.log_head:
            self._done = replace(self._done, log_head=answer.log_head)
        try:
            taken = self._opened(sent, heard)
        except (OwnLineMissing, Overtaken, PageDoesNotJoin) as problem:
            if isinstance(problem, PageDoesNotJoin) and not sent.skip:
                raise
            self._drop_ahead()
            self._keep()
            # What was asked for ahead does not join what came before it: it is asked for again.
            self._ahead.reads_on = self._ahead.reads_on and not sent.skip
            self._wants_own = self._wants_own or isinstance(problem, OwnLineMissing)
            return True
        # While this answer is taken in, the server works on what follows from it.
        self._go_ahead(sent, answer, taken)
        self._came = self._came.followed_by(taken)
        has_come = self._came.pages or self._came.receipts is not None  # what was acknowledged is written down with it
        if not self._ahead or (has_come and not self._waits_for_more()):
            self._keep()
        if self._ahead:
            return True
        if sent.is_behind and answer.problem is not None and answer.problem.code == _GAP:
            self._is_hasty = False  # it overtook what it builds on
            return True
        if answer.problem is not None:
            self._mend(answer.problem, sent.batch)
            return True
        if sent.batch and not answer.taken:
            raise NoProgress(sent=len(sent.batch))
        if answer.more or self._held_back is not None or self.store.snapshots():
            return True
        if sent.is_reading:
            self._resupply()
            return True
        if self.store.pending(1) or self._requeue():
            return True
        return sent.wants_digests and not self._compare(answer)

    def _begin_turn(self) -> None:
        brings_only = self._held_back is not None
        for place in () if brings_only else self.store.snapshots():
            self._snapshot(place)
        # Own lines wait until the server has back what came before them.
        is_reading = not brings_only and bool(self.store.to_resupply(1))
        waiting = () if is_reading else self.store.pending(self.most_lines)
        batch = _cut(waiting)
        self._last = batch[-1] if batch else None
        self._ahead.start(self.store.cursors(), brings_only=brings_only)
        self._wants_digests = self._is_digest_due()
        is_much = self._is_hasty and not self._wants_own and (len(batch) == self.most_lines or len(batch) < len(waiting))
        self._send(batch, self.beside if is_much else at_once, is_reading=is_reading)
        if is_much:
            self._fill(0)

    def _one_by_one(self) -> bool:
        self._drop_ahead()
        self._keep()
        self._is_hasty = False
        return True

    def _go_ahead(self, sent: Exchange, answer: SyncAnswer, taken: Taken) -> None:
        """Begin the next exchanges, if they depend on nothing but the answers so far."""
        is_plain = answer.problem is None and answer.taken == len(sent.batch)
        if not is_plain or sent.is_reading or self._wants_own or any(map(self._is_long, answer.pages)) or answer.snapshots:
            self._drop_ahead()
            return
        after = [page.after for page in taken.pages]
        if taken.receipts is not None:
            after.append(taken.receipts.after)
        self._ahead.advance(sent, after)
        self._ahead.lags = self._ahead.lags and (answer.more or not sent.reads)
        self._fill(_pages_behind(answer, taken))

    def _fill(self, pages: int) -> None:
        """Bring own lines, as many at a time as may be, then read what they led to and so many pages of others."""
        while len(self._ahead) < (MAX_UNDER_WAY if self._is_hasty else 1):
            batch = _cut(self.store.pending(self.most_lines, self._last)) if self._last is not None else ()
            self._last = batch[-1] if batch else None
            if not batch and not self._ahead.may_read(pages):
                return
            self._send(batch, self.beside)

    def _send(self, batch: tuple[OutLine, ...], run: Beside, *, is_reading: bool = False) -> None:
        self._step("push" if batch else "pull", self._done.lines_sent if batch else self._done.lines_pulled, 0)
        replica = batch[0].replica if batch else ""
        draft = SyncRequest(self._epoch(), (), replica, own=self._wants_own, digests=self._wants_digests)
        self._ahead.begin(draft, batch, run, is_reading=is_reading)

    def _heard(self, sent: Exchange) -> Heard:
        heard = sent.heard.result()
        offset = heard.answer.time_ms - (heard.began_ms + heard.ended_ms) // 2
        if abs(offset - self.door.offset_ms) > 1000:  # the same second again is not worth a write
            self.door.offset_ms = offset
            self.store.note_clock(offset, heard.ended_ms)
        return heard

    def _drop_ahead(self) -> None:
        self._ahead.drop()
        self._last = None

    def _is_digest_due(self) -> bool:
        last = self.store.digest_checked_at()
        return digest_due(last, self.door.wall_ms()) if self.is_digest_due is None else self.is_digest_due(last)

    def _epoch(self) -> str:
        return self.store.head().epoch or ""

    def _opened(self, sent: Exchange, heard: Heard) -> Taken:
        """Verify what came and follows what was opened before; nothing is taken in yet."""
        answer = heard.answer
        if self._ahead.brings_only:
            return Taken()
        for feed in answer.snapshots:
            self._want_snapshot(feed, SnapshotReason.FLOOR)
        pages: list[PulledPage] = []
        is_whole = True
        for page, entries in zip(answer.pages, heard.entries, strict=True):
            self._cancel.check()
            before = self._at(page.feed)
            if self._is_long(page):
                self._want_snapshot(page.feed, SnapshotReason.LONG)
            elif self._ahead.is_next(sent, before, feeds.places(page)):
                pages.append(open_page(before, page, entries, self._device(), self.store.own_run))
            else:
                is_whole = False
        return Taken(tuple(pages), self._receipts(sent, answer.receipts, pages, is_whole=is_whole))

    def _at(self, feed: str) -> Cursor:
        return self._ahead.at.get(feed, Cursor(feed))

    def _is_long(self, page: FeedPage) -> bool:
        return self._at(page.feed).seq == 0 and page.head_seq >= self.snapshot_from

    def _waits_for_more(self) -> bool:
        """Return whether the next answer, here already, may be taken in together with this one: pages are written once then."""
        size = sum(len(one.signed.data) for page in self._came.pages for one in page.lines)
        return size < 2 * MAX_PAGE_BYTES and self._ahead.has_come()

    def _keep(self) -> None:
        """Take in what has come, and which lines the server has said since the last time that it has."""
        taken, self._brought, self._came = replace(self._came, acked=self._brought), (), Taken()
        if taken.pages or taken.receipts is not None or taken.acked:
            self.store.take(taken)
        for pulled in taken.pages:
            self._count_page(pulled)
        if taken.receipts is not None:
            self._step("receipts", self._done.receipts, 0)
            self._count_receipts(taken.receipts)
        self._done = replace(self._done, lines_sent=self._done.lines_sent + len(taken.acked))

    def _receipts(
        self, sent: Exchange, page: ReceiptPage, pages: Sequence[PulledPage], *, is_whole: bool
    ) -> PulledReceipts | None:
        """Verify receipts that follow those before them; none is taken in before what it is about."""
        before = self._at(feeds.receipts_feed(self._device()))
        if not (page.entries or page.told) or not self._ahead.is_next(sent, before, feeds.receipt_places(page)):
            return None
        opened = open_receipts(page, pages)
        if not is_whole or opened is None:
            if sent.reads and not is_whole:
                raise Overtaken  # they are said whole where the pages are behind
            self._ahead.lags = True
            return None
        return PulledReceipts(before, feeds.check_receipts(before, opened), opened.entries)

    def _count_receipts(self, receipts: PulledReceipts) -> None:
        refused = sum(
            one.kind is ReceiptKind.RECORD and one.status in (Status.REJECTED, Status.QUARANTINED)
            for one in receipts.entries
        )
        self._done = replace(
            self._done, receipts=self._done.receipts + len(receipts.entries), refused=self._done.refused + refused
        )

    def _mend(self, problem: Problem, batch: Sequence[OutLine]) -> None:
        """Go on after the server did not take a line: with a new history, or without that line."""
        at = problem.params.get("line")
        if problem.code == _GAP and self._times.get("gap", 0) == 0:
            self._times["gap"] = 1
            raise Refused(problem.code, 409, problem.params)
        if problem.code in _BAD_LINE and isinstance(at, int) and 0 <= at < len(batch):
            self.store.set_aside(batch[at].op, problem.code)
        elif problem.code not in (*_FORKED, _GAP) or not self._may("fork", 2):
            raise Refused(problem.code, 409, problem.params)
        self._start_new_replica()

    def _start_new_replica(self) -> None:
        who = self.door.credentials
        if who is None:
            raise ValueError("sync needs credentials")
        count = self.store.start_new_replica(self.new_id(), who.key)
        self._done = replace(self._done, requeued=self._done.requeued + count)

    def _resupply(self) -> None:
        """Give back what the new history did not show, in the order in which it was once read."""
        while lines := self.store.to_resupply(MAX_PUSH_LINES):
            self._step("resupply", self._done.lines_resupplied, 0)
            size, count = 0, 0
            for one in lines:
                size += len(one.line)
                if count and size > MAX_PAGE_BYTES:
                    break
                count += 1
            self.door.resupply(ResupplyRequest(self._epoch(), tuple(lines[:count])))
            self.store.mark_resupplied(lines[:count])
            self._done = replace(self._done, lines_resupplied=self._done.lines_resupplied + count)

    def _requeue(self) -> bool:
        """Send again what was acknowledged and has no receipt although all receipts were read: the server lost it."""
        count = self.store.requeue_acked()
        self._done = replace(self._done, requeued=self._done.requeued + count)
        return count > 0 and self._may("requeue", _MAX_TIMES)

    def _compare(self, answer: SyncAnswer) -> bool:
        """Compare the confirmed layer with the server's; return whether nothing has to be read anew."""
        is_equal = True
        for theirs in answer.digests:
            ours = self.store.digest(theirs.feed)
            if ours is None or (ours.seq, ours.schema) != (theirs.seq, theirs.schema):
                continue
            if ours.digest != theirs.digest:
                is_equal = False
                if self._may(f"digest {theirs.feed}", 1):
                    self._done = replace(self._done, incidents=self._done.incidents + 1)
                    self._want_snapshot(theirs.feed, SnapshotReason.DIGEST, theirs.digest)
        if is_equal:
            self.store.note_digests(self.door.wall_ms())
        return is_equal or not self.store.snapshots()

    def _want_snapshot(self, feed: str, why: SnapshotReason, theirs: str = "") -> None:
        self.store.want_snapshot(feed, why, theirs)

    def _snapshot(self, place: SnapshotPlace) -> None:
        """Read a feed's confirmed layer to its end; the store puts it in place with the last page."""
        while True:
            self._step("snapshot", self._done.rows_pulled, 0)
            page = self.door.snapshot(SnapshotRequest(self._epoch(), place.feed, place.after))
            proof = open_entries([entry for row in page.rows for entry in row.proof], page.keys)
            self.store.apply_snapshot(place, page, proof)
            self._done = replace(self._done, rows_pulled=self._done.rows_pulled + len(page.rows))
            found = [one for one in self.store.snapshots() if one.feed == place.feed]
            if not page.more or not found:
                return
            place = found[0]

    def _blobs(self) -> None:
        """Carry files both ways, and fetch the receipts for what was sent."""
        courier = Courier(self.door, self.store, self.progress, self._cancel, self.is_careful)
        if self.source is not None:
            self._step("blobs", 0, 0)
            sent = courier.send_all(self.source)
            self.is_careful = courier.met_limit
            self._done = replace(
                self._done, files_sent=sent.sent, files_at_work=sent.at_work,
                file_failures=self._done.file_failures + sent.failures,
            )  # fmt: skip
        if self.sink is not None:
            self._step("blobs", 0, 0)
            got = courier.fetch_all(self.sink)
            self._done = replace(
                self._done, files_fetched=got.fetched, file_failures=self._done.file_failures + got.failures
            )  # fmt: skip
        if self._done.files_sent and self._held_back is None:
            self._talk()
            courier.settle()

    def _may(self, what: str, times: int) -> bool:
        """Return whether this remedy may be tried once more in this run, and count it."""
        self._times[what] = self._times.get(what, 0) + 1
        return self._times[what] <= times

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

    def _device(self) -> str:
        if self.door.credentials is None:
            raise ValueError("sync needs credentials")
        return self.door.credentials.device


def _is_about_reading(problem: SyncError) -> bool:
    """Return whether own lines may go all the same; what concerns all requests, or passes, is not worth another one."""
    who = problem.code.startswith("auth.") and problem.code != _REVOKED  # what was signed before that is evidence
    return not (who or problem.retryable or isinstance(problem, Cancelled | NotTheServer))


def _cut(lines: Sequence[OutLine]) -> tuple[OutLine, ...]:
    """Return as many leading lines as fit into one request, one at least."""
    size = 0
    batch: list[OutLine] = []
    for one in lines:
        size += len(one.data)
        if batch and size > MAX_PUSH_BYTES:
            break
        batch.append(one)
    return tuple(batch)


def _pages_behind(answer: SyncAnswer, taken: Taken) -> int:
    """Return how many pages like these follow, as far as they tell."""
    if not answer.more:
        return 0
    came = sum(len(page.lines) for page in taken.pages)
    left = sum(page.head_seq - feeds.places(page)[1] for page in answer.pages)
    return max(1, -(-left // came) if came else 1)
