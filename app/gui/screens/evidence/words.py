"""Evidence in words: facts of the picture, what is odd about it, why a file was not decoded. No Qt."""

import datetime as dt
from collections.abc import Mapping, Sequence

from app.core.clock import local
from app.core.evidence import Evidence, IntakeResult
from app.gui.messages import sentence_of
from app.gui.texts import tr

KINDS = ("photo", "pdf", "audio", "video", "file")
FLAGS = (
    "date_missing", "date_zero", "date_invalid", "date_future", "zone_assumed", "gps_zero", "gps_invalid",
    "name_mismatch", "exif_broken", "renditions_not_saved",
)  # fmt: skip
REASONS = (
    "empty", "not_as_named", "damaged", "out_of_memory", "too_many_pixels", "too_many_pages", "too_large", "encrypted",
    "decoder_died", "decoder_timeout", "decoder_absent",
)  # fmt: skip
_STEP = 1024


def minute(instant: dt.datetime) -> str:
    """Return 2026-11-22 14:32."""
    return local(instant).strftime("%Y-%m-%d %H:%M")


def size(count: int) -> str:
    """Return 2.4 MB."""
    value = float(count)
    for unit in ("B", "KB", "MB"):
        if value < _STEP:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= _STEP
    return f"{value:.1f} GB"


def facts(piece: Evidence, people: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is known of a piece as (name, value) lines."""
    lines = [(tr("evidence.fact_file"), f"{piece.file_name or '—'}　{kind(piece.kind)}　{size(piece.size_bytes)}")]
    if piece.width and piece.height:
        lines.append((tr("evidence.fact_pixels"), tr("evidence.pixels", width=piece.width, height=piece.height)))
    if piece.kind == "photo":
        taken = minute(piece.taken_at) if piece.taken_at is not None else tr("evidence.taken_unknown")
        lines.append((tr("evidence.fact_taken"), taken))
    if piece.latitude is not None and piece.longitude is not None:
        lines.append((tr("evidence.fact_position"), position(piece.latitude, piece.longitude)))
    elif piece.kind == "photo":
        lines.append((tr("evidence.fact_position"), tr("evidence.position_none")))
    if piece.place:
        lines.append((tr("evidence.fact_place"), piece.place))
    by = people.get(piece.added_by, "—")
    lines.append((tr("evidence.fact_added"), tr("evidence.added", time=minute(piece.added_at), name=by)))
    lines.append((tr("evidence.fact_kept"), kept(piece)))
    return lines


def kept(piece: Evidence) -> str:
    """Return where the original lies."""
    here = tr("evidence.stored_here" if piece.is_stored else "evidence.stored_elsewhere")
    return tr("widgets.semicolon").join((here, tr("evidence.on_server" if piece.is_on_server else "evidence.not_on_server")))


def position(latitude: float, longitude: float) -> str:
    """Return degrees in words: 北纬 31.23040°，东经 121.47370°."""
    return tr(
        "evidence.position",
        ns=tr("evidence.north" if latitude >= 0 else "evidence.south"),
        latitude=f"{abs(latitude):.5f}",
        ew=tr("evidence.east" if longitude >= 0 else "evidence.west"),
        longitude=f"{abs(longitude):.5f}",
    )


def kind(name: str) -> str:
    """Return 照片, PDF 文件, …"""
    return tr(f"evidence.kind_{name if name in KINDS else 'file'}")


def oddities(piece: Evidence) -> list[str]:
    """Return what is odd about a piece, one sentence each."""
    return [oddity(flag) for flag in piece.flags]


def oddity(flag: str) -> str:
    """Return the sentence of one flag or reason; an unknown one is named."""
    if flag in FLAGS:
        return tr(f"evidence.flag_{flag}")
    if flag in REASONS:
        return tr(f"evidence.reason_{flag}")
    return tr("evidence.flag_unknown", flag=flag)


def outcome(result: IntakeResult) -> str:
    """Return what became of one file, as one sentence."""
    reason = result.reason or ""
    if result.evidence is None:
        return tr("evidence.result_failed", why=sentence_of(reason, {"name": result.file_name, "cause": "—", "limit_bytes": "—"}))
    if result.status == "duplicate":
        return tr("evidence.result_duplicate")
    if result.status == "unreadable":
        return tr("evidence.result_unreadable", why=oddity(reason or "damaged"))
    if result.status == "refused":
        return tr("evidence.result_refused", why=oddity(reason or "too_large"))
    return tr("evidence.result_ok") if not reason else oddity(reason)


def needs_saying(results: Sequence[IntakeResult]) -> tuple[IntakeResult, ...]:
    """Return the results a person must know of: those not taken first, duplicates last."""
    told = [one for one in results if one.status not in ("ok", "attachment")]
    return tuple(sorted(told, key=lambda one: (one.evidence is not None, one.status == "duplicate")))


def spoken(piece: Evidence) -> str:
    """Return a piece as a screen reader says it."""
    parts = [tr("evidence.number", number=piece.number), piece.caption or piece.file_name or kind(piece.kind)]
    if piece.voided_reason is not None:
        parts.append(tr("evidence.voided"))
    elif piece.status != "ok":
        parts.append(tr(f"evidence.status_{piece.status}"))
    if not piece.is_stored:
        parts.append(tr("evidence.not_come"))
    if not any(link.target_kind == "item" for link in piece.links):
        parts.append(tr("evidence.unlinked"))
    parts.append(tr("evidence.on_server" if piece.is_on_server else "evidence.not_on_server"))
    return tr("widgets.comma").join(parts)


def item_codes(piece: Evidence) -> str:
    """Return the items a piece is linked to, short: 1.04 2.03."""
    codes = [link.target.rpartition("/")[2] for link in piece.links if link.target_kind == "item"]
    return "、".join(dict.fromkeys(codes))
