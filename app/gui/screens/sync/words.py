"""How synchronisation reads: receipts, files, lines and the clock, as words and marks."""

import datetime as dt

from app.core.clock import local
from app.core.syncing import Receipt, RecordReceipt, RunLine, Wait
from app.gui.texts import known, tr
from app.gui.texts.spans import span

Mark = tuple[str, str]
CLOCK_LIMIT_S = 120
NONE = "—"
_UNITS = ("B", "KB", "MB", "GB", "TB")
_LOST = (Wait.MISSING, Wait.DAMAGED)


def moment_words(instant: dt.datetime) -> str:
    """Return an instant as people here read it: `2026-11-22 14:32`."""
    return local(instant).strftime("%Y-%m-%d %H:%M")


def short_moment(instant: dt.datetime | None) -> str:
    """Return an instant for a narrow column: `11-22 14:32`, a dash for none."""
    return local(instant).strftime("%m-%d %H:%M") if instant is not None else NONE


def size_words(size_bytes: int) -> str:
    """Return a size as `2.3 MB`."""
    size, unit = float(size_bytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 or size >= 100 else f"{size:.1f} {_UNITS[unit]}"


def receipt_words(receipt: RecordReceipt) -> str:
    """Return what the server has of a record, what not, and what that waits for."""
    lines = max(receipt.lines - receipt.receipted - receipt.refused, 0)
    files = max(receipt.files - receipt.files_receipted, 0)
    parts = [tr("sync.receipts.refused", count=receipt.refused)] if receipt.refused else []
    parts += [reason_words(reason) for reason in receipt.reasons]
    if receipt.is_safe:
        parts.append(tr("sync.receipts.whole"))
    elif lines and files:
        parts.append(tr("sync.receipts.partly", lines=lines, files=files))
    elif lines:
        parts.append(tr("sync.receipts.lines_only", lines=lines))
    elif files:
        parts.append(tr("sync.receipts.files_only", files=files))
    parts += [tr(f"sync.wait.{wait}") for wait in receipt.waits]
    return " · ".join(parts)


def receipt_mark(receipt: RecordReceipt) -> Mark:
    """Return the shape and colour of what the server has of a record."""
    if receipt.refused or any(wait in _LOST for wait in receipt.waits):
        return ("warning", "bad")
    return ("check", "ok") if receipt.is_safe else ("upload", "open")


def one_words(one: Receipt) -> str:
    """Return what became of a line or a file."""
    if one.reason is not None:
        return tr("sync.one.handled" if one.is_handled else "sync.one.refused", reason=reason_words(one.reason))
    return tr("sync.one.safe") if one.wait is None else tr(f"sync.wait.{one.wait}")


def one_mark(one: Receipt) -> Mark:
    """Return the shape and colour of what became of a line or a file."""
    if one.wait is Wait.MATE:
        return ("people", "none")
    if one.reason is not None and one.is_safe:
        return ("check", "none")
    if one.reason is not None or one.wait in _LOST:
        return ("warning", "bad")
    if one.wait is None:
        return ("check", "ok")
    return ("download", "none") if one.wait is Wait.ABSENT else ("upload", "open")


def one_title(one: Receipt) -> str:
    """Return what a line or a file is: `3 库房货架`, `检查项 SGF-1.04`."""
    if one.is_file and one.what == "original":
        return f"{one.number or ''} {one.title}".strip()
    kind = tr(f"sync.what.{one.what}") if one.is_file else known("sync_fields.table", one.what)
    return f"{kind}　{one.title}".strip("　")


def verb_words(one: Receipt) -> str:
    """Return what a line does; for a file how large it is."""
    return size_words(one.size_bytes) if one.is_file else known("sync.verb", one.verb)


def here_words(one: Receipt) -> str:
    """Return whether the bytes are on this laptop."""
    return tr("sync.here.yes" if one.has_here else "sync.here.no")


def number_words(receipt: int | None, at: dt.datetime | None) -> str:
    """Return a receipt's number and when it was read here, a dash for none."""
    if receipt is None:
        return NONE
    return tr("sync.receipts.number", number=receipt, when=short_moment(at))


def packet_words(packets: tuple[int, ...]) -> str:
    """Return the numbers of packets."""
    return "、".join(map(str, packets)) or NONE


def reason_words(reason: str) -> str:
    """Return why the server refused a line; a word unknown here is shown as it came."""
    return known("sync.reason", reason)


def run_words(run: RunLine, reason: str) -> str:
    """Return what a run did, and why it ended early."""
    did = [
        tr(f"sync.log.{name}", count=getattr(run, name))
        for name in ("pushed", "files_sent", "pulled", "files_received")
        if getattr(run, name)
    ]
    words = tr("widgets.and").join(did) or ("" if reason else tr("sync.log.nothing"))
    return " · ".join(part for part in (words, reason) if part)


def of_words(done: int, whole: int) -> str:
    """Return `12 / 40`."""
    return tr("sync.receipts.of", done=done, all=whole)


def offset_words(offset_ms: int | None) -> str:
    """Return how far the local clock is off; ahead where the server's is behind."""
    if offset_ms is None:
        return tr("sync.fact.offset.unknown")
    seconds = round(abs(offset_ms) / 1000)
    if seconds == 0:
        return span(0)
    return tr("sync.fact.offset.behind" if offset_ms > 0 else "sync.fact.offset.ahead", span=span(seconds))


def is_clock_doubtful(offset_ms: int | None) -> bool:
    """Return whether the local clock is so far off that times on paper would be doubted."""
    return offset_ms is not None and abs(offset_ms) > CLOCK_LIMIT_S * 1000
