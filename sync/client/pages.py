"""What came from a server or a packet, verified before anything is done with it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace

from sync.client.errors import UnknownSigner
from sync.client.store import PulledLine, PulledPage
from sync.protocol import chain, feeds, linked
from sync.protocol.chain import SignedLine
from sync.protocol.feeds import PageDoesNotJoin, Placed
from sync.protocol.fold import Entry, Verdict
from sync.protocol.messages import (
    MAX_PULL_ENTRIES,
    Cursor,
    FeedEntry,
    FeedPage,
    OwnRun,
    Receipt,
    ReceiptKind,
    ReceiptPage,
)

OwnLines = Callable[[str, int], Sequence[SignedLine]]
OpenedEntries = Future[tuple[PulledLine, ...]]


class OwnLineMissing(Exception):
    """Lines of this device came as a run, and the journal has others there, or none (an older backup was restored)."""


def open_page(before: Cursor, page: FeedPage, entries: OpenedEntries, device: str, own: OwnLines) -> PulledPage:
    """Verify a page: every signature, every number, the whole chain.

    Args:
        entries: What `open_entries` made of those of the page.
        device, own: This device, and its lines as `LocalStore.own_run` returns them.

    Raises:
        PageDoesNotJoin, BadLine, BadSignature, UnknownSigner: If anything is not as it should be.
        OwnLineMissing: If it may be, but for the journal; the page is to be asked for whole.
    """
    lines = entries.result()
    if page.own:
        lines = tuple(sorted((*lines, *_open_own(page.own, device, own)), key=lambda one: one.entry.seq))
    placed = (Placed(one.entry.seq, one.entry.eff, Verdict(one.status, one.reason), one.signed) for one in lines)
    try:
        after = feeds.check_page(before, page, placed)
    except PageDoesNotJoin as problem:
        if page.own:
            raise OwnLineMissing from problem
        raise
    return PulledPage(before, after, lines)


def open_entries(entries: Sequence[FeedEntry], keys: dict[str, str]) -> tuple[PulledLine, ...]:
    """Verify the signatures of entries.

    Raises:
        BadLine, BadSignature, UnknownSigner: If anything is not as it should be.
    """
    given, data = [], b""
    for entry in entries:
        key = keys.get(entry.device)
        if key is None:
            raise UnknownSigner(device=entry.device)
        data = linked.whole(entry.line.encode(), data)
        given.append((data, entry.sig, key))
    opened, problem = chain.open_lines(given)
    if problem is not None:
        raise problem
    return tuple(
        PulledLine(Entry(entry.seq, signed.line, entry.eff), signed, entry.device, entry.status, entry.reason)
        for entry, signed in zip(entries, opened, strict=True)
    )


def open_receipts(page: ReceiptPage, pages: Iterable[PulledPage]) -> ReceiptPage | None:
    """Return a page with every receipt said; None where the page of a feed that it refers to was not opened."""
    if not page.told:
        return page
    placed = {(pulled.before.feed, one.entry.seq): one for pulled in pages for one in pulled.lines}
    entries = list(page.entries)
    for run in page.told:
        for at in range(min(run.count, MAX_PULL_ENTRIES)):
            one = placed.get((run.feed, run.feed_seq + at))
            if one is None:
                return None
            op, entry = one.signed.line.op, one.entry
            entries.append(
                Receipt(run.seq + at, ReceiptKind.RECORD, op, one.status, run.feed, entry.seq, entry.eff, one.reason)
            )
    return replace(page, entries=tuple(sorted(entries, key=lambda one: one.seq)), told=())


def _open_own(runs: Sequence[OwnRun], device: str, own: OwnLines) -> Iterator[PulledLine]:
    for run in runs:
        found = own(run.op, run.count) if 0 < run.count <= MAX_PULL_ENTRIES else ()
        if len(found) != run.count:
            raise OwnLineMissing
        for at, signed in enumerate(found):
            entry = Entry(run.seq + at, signed.line, run.eff or signed.line.hlc)
            yield PulledLine(entry, signed, device, run.status, run.reason)
