"""One exchange with a device: where it stands is checked, its lines are taken, and what it does not have is given."""

import dataclasses
from collections.abc import Container, Mapping

from sqlalchemy import Connection, select

from sync.protocol import digests, feeds
from sync.protocol.errors import SyncError
from sync.protocol.messages import (
    MAX_PULL_ENTRIES,
    Cursor,
    FeedDigest,
    Receipt,
    ReceiptKind,
    ReceiptPage,
    SyncAnswer,
    SyncRequest,
    ToldRun,
)
from sync.server import digests as server_digests
from sync.server import epochs, errors, pulls, pushes, receipts
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.devices import Device
from sync.server.intake import FindDevice
from sync.server.people import rls
from sync.server.pushes import Pushed
from sync.server.terms import Terms
from sync.server.underway import UnderWay
from sync.server.upload_limits import Meter
from sync.server.world import World


@dataclasses.dataclass(frozen=True, slots=True)
class Counter:
    """Where devices are served: the parts of a server that an exchange needs.

    Attributes:
        find: Looks up an enrolled device by its id, or raises UnknownDevice.
        under_way: Requests that are being served; without it none waits for another.
        meter: Limits what a device sends; without it nobody does.
    """

    database: Database
    world: World
    terms: Terms
    find: FindDevice
    under_way: UnderWay | None = None
    meter: Meter | None = None


def exchange(counter: Counter, device: Device, request: SyncRequest) -> SyncAnswer:
    """Serve one request.

    Raises:
        EpochChanged: If the request belongs to a history that the server no longer has.
        CursorMismatch: If only this device stands in such a history.
        RevokedDevice: If the device was locked out and brings no lines; those it brings are put aside as evidence.
        TooLarge, BadMessage: If the request as a whole is unfit.
    """
    if device.is_revoked and not request.lines:
        raise errors.RevokedDevice(device=device.id)
    _check_place(counter, device, request)
    pushed = Pushed(0, None, {})
    if request.lines:
        pushed = pushes.push(
            counter.database, counter.world, counter.terms, counter.find, device, request.replica, request.lines,
            request.epoch, counter.under_way, counter.meter,
        )  # fmt: skip
    with counter.database.read() as unit:
        epochs.require(unit, request.epoch)
        rls.set_feeds(unit, pulls.readable(unit, device))
        answer = _read(unit, counter, device, request) if request.limit > 0 else _led_to(unit, counter, device, request, pushed)
    return dataclasses.replace(answer, taken=pushed.taken, problem=pushed.problem)


def _check_place(counter: Counter, device: Device, request: SyncRequest) -> None:
    """Notice from a cursor that this server has lost history (fail-over, a machine set back), and say so to everybody."""
    with counter.database.read() as unit:
        epochs.require(unit, request.epoch)
        if _mismatch(unit, device, request) is None:
            return

    def begin(unit: Connection) -> SyncError | None:
        epochs.require(unit, request.epoch)  # somebody else may just have noticed
        wrong = _mismatch(unit, device, request)
        if wrong is None:
            return None
        # One broken device must not set back the others again and again, one locked out not at all; and nothing stands before number 1.
        if device.is_revoked or wrong.seq < 1 or epochs.began_by(unit) == device.id:
            return errors.CursorMismatch(feed=wrong.feed, seq=wrong.seq)
        reason = f"history lost: {wrong.feed.split(':')[0]} {wrong.seq}"
        return errors.EpochChanged(epoch=epochs.begin(unit, counter.world, reason, device.id))

    with counter.database.write() as unit:
        refused = begin(unit)
    if refused is not None:
        raise refused


def _mismatch(unit: Connection, device: Device, request: SyncRequest) -> Cursor | None:
    own = feeds.receipts_feed(device.id)
    for cursor in request.cursors:
        if cursor.feed == own:
            link = receipts.link_at(unit, cursor)
        elif pulls.may_read(device, cursor.feed):
            link = pulls.link_at(unit, cursor)
        else:
            continue
        if link != cursor.chain:
            return cursor
    return None


def _led_to(unit: Connection, counter: Counter, device: Device, request: SyncRequest, pushed: Pushed) -> SyncAnswer:
    """Tell what became of the lines brought, and no more; others ask for the rest."""
    these = dataclasses.replace(request, cursors=tuple(pushed.before.values()), limit=pushed.taken, skip=0, digests=False)
    return dataclasses.replace(_read(unit, counter, device, these, only=pushed.before), more=True)


def _read(
    unit: Connection, counter: Counter, device: Device, request: SyncRequest, only: Container[str] | None = None
) -> SyncAnswer:
    limit = min(request.limit, MAX_PULL_ENTRIES)
    asked = {cursor.feed: cursor for cursor in request.cursors}
    own = feeds.receipts_feed(device.id)
    found = pulls.pages(unit, device, asked, limit, own=request.own, skip=request.skip, only=only)
    # A line that is called done must not be missing from what is shown: its receipt comes with its page, the others with the last.
    given = receipts.page(unit, asked.get(own, Cursor(own)), limit, found.told if found.more else None)
    last = given.entries[-1].seq if given.entries else asked.get(own, Cursor(own)).seq
    return SyncAnswer(
        epoch=request.epoch,
        time_ms=counter.world.now_ms(),
        taken=0,
        pages=found.pages,
        receipts=_shortened(given, found.told),
        keys=pulls.keys(unit, (entry for page in found.pages for entry in page.entries)),
        more=found.more or last < given.head_seq,
        snapshots=found.below_floor,
        digests=_digests(unit, counter, device) if request.digests else (),
        scopes_ver=device.access.version,
    )


def _shortened(page: ReceiptPage, told: Mapping[tuple[str, int], pulls.Told]) -> ReceiptPage:
    """Leave out the receipts that say what the pages of the same answer say."""
    left: list[Receipt] = []
    behind: tuple[str, int, int] | None = None
    runs: list[ToldRun] = []
    counts: list[int] = []
    for one in page.entries:
        said = (one.subject, one.eff, one.status, one.reason)
        if one.kind is not ReceiptKind.RECORD or told.get((one.feed, one.feed_seq)) != said:
            left.append(one)
            continue
        if (one.feed, one.seq, one.feed_seq) == behind:
            counts[-1] += 1
        else:
            runs.append(ToldRun(one.seq, one.feed, one.feed_seq, 1))
            counts.append(1)
        behind = one.feed, one.seq + 1, one.feed_seq + 1
    whole = tuple(dataclasses.replace(first, count=count) for first, count in zip(runs, counts, strict=True))
    return dataclasses.replace(page, entries=tuple(left), told=whole)


def _digests(unit: Connection, counter: Counter, device: Device) -> tuple[FeedDigest, ...]:
    head = schema.feed_head.c
    found = unit.execute(select(head.feed, head.seq, head.digest).where(head.digest.is_not(None)).order_by(head.feed))
    version = counter.terms.schema.current
    given = []
    for feed, seq, kept in found.all():
        if pulls.may_read(device, feed):
            whole = server_digests.with_conflicts(unit, feed, digests.from_text(kept))
            given.append(FeedDigest(feed, seq, digests.to_text(whole), version))
    return tuple(given)
