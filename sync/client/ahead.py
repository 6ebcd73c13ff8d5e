"""Exchanges under way: a few at a time; their answers are heard in the order in which they were begun.

What an exchange asks for is settled when it leaves: lines are brought by all of them, and read is where the last page that was
opened ends. So the line need not wait until an answer was taken in, and no page comes twice.
"""

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from sync.client.http import ServerDoor
from sync.client.pages import OpenedEntries, open_entries
from sync.client.runs import Beside, Cancelled, OnItsWay, attempted
from sync.client.store import OutLine
from sync.protocol.errors import SyncError
from sync.protocol.linked import on_wire
from sync.protocol.messages import MAX_PULL_ENTRIES, MAX_UNDER_WAY, Cursor, SyncAnswer, SyncRequest


class Heard(NamedTuple):
    """An answer.

    Attributes:
        entries: What its pages hold, verified on the way: that needs nothing but the answer.
        began_ms, ended_ms: When, by this machine, it was asked for and came.
    """

    answer: SyncAnswer
    entries: Sequence[OpenedEntries]
    began_ms: int
    ended_ms: int


class Overtaken(Exception):
    """What was asked for begins before a place that was reached meanwhile, and ends behind it."""


@dataclass(slots=True, eq=False)
class Exchange:
    """One exchange.

    Attributes:
        is_reading: Whether own lines wait until the server has back what came before them.
        is_behind: Whether it builds on what others that were under way bring.
        cursors: Where it reads from, `skip` pages of others left out; None until it leaves.
        reads: Whether it reads; the others bring lines, and hear what became of these.
        heard: The answer, when it has come.
    """

    batch: tuple[OutLine, ...]
    is_reading: bool
    is_behind: bool
    cursors: dict[str, Cursor] | None = None
    skip: int = 0
    reads: bool = False
    wants_digests: bool = False
    heard: Future[Heard] = field(init=False)


@dataclass(slots=True)
class Ahead:
    """Begin exchanges and hear them; all but their way there and back, and the verifying of what came, is done on the engine's thread.

    Attributes:
        at: Where the last page that was opened ends.
        reads_on: Whether pages are asked for while others are on their way.
        brings_only: Nothing is read at all.
        lags: What own lines led to did not follow what was read: one of those that bring lines reads what is between.
    """

    door: ServerDoor
    at: dict[str, Cursor] = field(default_factory=dict)
    reads_on: bool = True
    brings_only: bool = False
    lags: bool = False
    _sent: list[Exchange] = field(default_factory=list)
    _readers: int = 0
    _round: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self._sent)

    def start(self, cursors: Iterable[Cursor], *, brings_only: bool) -> None:
        """Read from here on; nothing is under way."""
        self.at, self.brings_only, self.lags = {one.feed: one for one in cursors}, brings_only, False

    def begin(self, draft: SyncRequest, batch: tuple[OutLine, ...], run: Beside, *, is_reading: bool) -> None:
        """Begin an exchange behind the others.

        Args:
            draft: What is known of the request before it leaves.
        """
        one = Exchange(batch, is_reading, bool(self._sent))
        number = self._round

        def ask(on_its_way: OnItsWay) -> Heard:
            request = self._settled(one, draft, number)
            began = self.door.wall_ms()
            answer = self.door.sync(request, on_its_way)
            ended = self.door.wall_ms()
            entries = [attempted(partial(open_entries, page.entries, answer.keys)) for page in answer.pages]
            return Heard(answer, entries, began, ended)

        one.heard = run(ask)
        self._sent.append(one)

    def first(self) -> Exchange:
        """Take out the one to be heard next."""
        return self._sent.pop(0)

    def is_next(self, sent: Exchange, before: Cursor, places: tuple[int, int]) -> bool:
        """Return whether what came is what follows `before`, or whoever opens it will find out that it does not.

        Args:
            places: Numbers of the first and the last of it.

        Raises:
            Overtaken: If it was asked for from where others have gone on since.
        """
        first, last = places
        asked = (sent.cursors or {}).get(before.feed, Cursor(before.feed))
        if first == before.seq + 1 or (sent.reads and (sent.skip or asked == before)):
            return True
        if last > before.seq:
            if sent.reads:
                raise Overtaken
            self.lags = True
        return False

    def has_come(self) -> bool:
        """Return whether the next answer is here already."""
        return bool(self._sent) and self._sent[0].heard.done()

    def advance(self, sent: Exchange, after: Iterable[Cursor]) -> None:
        """Note that what an exchange brought was opened, and where it ends."""
        with self._turn:
            self.at = self.at | {one.feed: one for one in after}
            self._readers -= sent.reads

    def may_read(self, pages: int) -> bool:
        """Return whether to ask for what is there without bringing lines, where so many pages are known to follow.

        Where lines are under way and nobody reads, that is what they lead to; the server gives it when it has them.
        """
        if self.brings_only:
            return False
        with self._turn:
            readers = sum(one.reads or not one.batch for one in self._sent)
            if self._sent and not readers:
                return all(one.cursors is not None for one in self._sent)
            is_free = self.reads_on and readers < MAX_UNDER_WAY and not any(one.batch for one in self._sent)
            return pages > readers and (is_free or not self._sent)

    def drop(self) -> None:
        """Wait for exchanges that nobody asks about any more: their connections must be free. What has not left stays here."""
        with self._turn:
            self._round += 1
        while self._sent:
            with suppress(SyncError):
                self._sent.pop(0).heard.result()
        self._readers = 0

    def _settled(self, one: Exchange, draft: SyncRequest, number: int) -> SyncRequest:
        with self._turn:
            if number != self._round:
                raise Cancelled()
            is_reader = not self._readers and (self.lags or not one.is_behind)
            one.reads = not self.brings_only and (is_reader or not one.batch)
            one.skip = 0 if one.batch else self._readers
            one.cursors = self.at
            one.wants_digests = draft.digests and one.reads
            self._readers += one.reads
        return replace(
            draft, cursors=tuple(one.cursors.values()), lines=on_wire(one.batch), limit=MAX_PULL_ENTRIES if one.reads else 0,
            skip=one.skip, digests=one.wants_digests,
        )  # fmt: skip
