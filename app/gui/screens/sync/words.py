"""How synchronisation reads: receipts, files, conflicts and the clock, as words and marks."""

import datetime as dt
import re

from app.core.clock import local
from app.core.evidence import Evidence
from app.core.syncing import ConflictLine, RecordReceipt
from app.gui.texts import tr

Mark = tuple[str, str]
CLOCK_LIMIT_S = 120
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNITS = ("B", "KB", "MB", "GB", "TB")


def moment_words(instant: dt.datetime) -> str:
    """Return an instant as people here read it: `2026-11-22 14:32`."""
    return local(instant).strftime("%Y-%m-%d %H:%M")


def size_words(size_bytes: int) -> str:
    """Return a size as `2.3 MB`."""
    size, unit = float(size_bytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 or size >= 100 else f"{size:.1f} {_UNITS[unit]}"


def is_whole(receipt: RecordReceipt) -> bool:
    """Return whether the server has every line and every file, and refused none."""
    return (
        not receipt.refused
        and receipt.receipted >= receipt.lines
        and receipt.files_receipted >= receipt.files
    )


def receipt_words(receipt: RecordReceipt) -> str:
    """Return what the server has of a record, and what not."""
    lines = max(receipt.lines - receipt.receipted - receipt.refused, 0)
    files = max(receipt.files - receipt.files_receipted, 0)
    parts = [tr("sync.receipts.refused", count=receipt.refused)] if receipt.refused else []
    parts += [reason_words(reason) for reason in receipt.reasons]
    if is_whole(receipt):
        parts.append(tr("sync.receipts.whole"))
    elif not receipt.receipted and not receipt.refused:
        parts.append(tr("sync.receipts.none"))
    elif lines and files:
        parts.append(tr("sync.receipts.partly", lines=lines, files=files))
    elif lines:
        parts.append(tr("sync.receipts.lines_only", lines=lines))
    elif files:
        parts.append(tr("sync.receipts.files_only", files=files))
    return " · ".join(parts)


def reason_words(reason: str) -> str:
    """Return why the server refused a line; a word unknown here is shown as it came."""
    return _known("sync.reason", reason)


def receipt_mark(receipt: RecordReceipt) -> Mark:
    """Return the shape and colour of what the server has of a record."""
    if receipt.refused:
        return ("warning", "bad")
    if is_whole(receipt):
        return ("check", "ok")
    return ("upload", "open")


def of_words(done: int, whole: int) -> str:
    """Return `12 / 40`."""
    return tr("sync.receipts.of", done=done, all=whole)


def file_words(piece: Evidence) -> str:
    """Return where an original is: verified on the server, waiting, or not even here."""
    return tr(f"sync.files.{_file_state(piece)}")


def file_mark(piece: Evidence) -> Mark:
    """Return the shape and colour of where an original is."""
    return {"there": ("check", "ok"), "waiting": ("upload", "open"), "absent": ("download", "none")}[
        _file_state(piece)
    ]


def offset_words(offset_ms: int | None) -> str:
    """Return how far the local clock is off; ahead where the server's is behind."""
    if offset_ms is None:
        return tr("sync.fact.offset.unknown")
    seconds = round(abs(offset_ms) / 1000)
    if seconds == 0:
        return tr("sync.fact.offset.fine", seconds=0)
    return tr("sync.fact.offset.behind" if offset_ms > 0 else "sync.fact.offset.ahead", seconds=seconds)


def is_clock_doubtful(offset_ms: int | None) -> bool:
    """Return whether the local clock is so far off that times on paper would be doubted."""
    return offset_ms is not None and abs(offset_ms) > CLOCK_LIMIT_S * 1000


def where_words(line: ConflictLine) -> str:
    """Return what a conflict is about, in words where there are some, else as stored."""
    return tr(
        "sync.conflict.where", table=_known("sync.table", line.table), field=_known("sync.field", line.field)
    )


def row_words(line: ConflictLine) -> str:
    """Return which row a conflict is in, empty where that is only an id."""
    return line.title or ("" if _ID.fullmatch(line.row) else line.row)


def value_words(line: ConflictLine, value: str) -> str:
    """Return one of two values as it is read."""
    if not value.strip():
        return tr("sync.conflict.blank")
    return _known("sync.value", value) if line.field == "state" else value


def _file_state(piece: Evidence) -> str:
    if piece.is_on_server:
        return "there"
    return "waiting" if piece.is_stored else "absent"


def _known(area: str, name: str) -> str:
    try:
        return tr(f"{area}.{name}")
    except KeyError:
        return name
