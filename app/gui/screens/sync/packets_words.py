"""How packets read: what was written, what a reply brought, and what waits since when."""

import datetime as dt
from collections.abc import Mapping

from app.core.packets import Exported, Imported, OutPacket, PacketStatus
from app.gui.messages import sentence_of
from app.gui.screens.sync.words import NONE, Mark, short_moment, size_words
from app.gui.texts import tr


def waiting_words(status: PacketStatus, now: dt.datetime, has_server: bool) -> tuple[Mark, str]:
    """Return how it stands with the packets to the server."""
    if not has_server:
        return ("notice", "open"), tr("sync_packets.state.no_server")
    if status.waiting is not None and status.waiting_since is not None:
        days = max((now - status.waiting_since).days, 0)
        key = "sync_packets.state.waiting" if days else "sync_packets.state.waiting.today"
        return ("time", "open"), tr(key, number=status.waiting, days=days)
    if any(one.answered_at for one in status.out):
        return ("check", "ok"), tr("sync_packets.state.answered")
    return ("upload", "none"), tr("sync_packets.state.none")


def exported_words(done: Exported) -> tuple[str, ...]:
    """Return what was written where, and what did not come along."""
    size, count = size_words(done.size_bytes), len(done.paths)
    said = [
        tr(
            "sync_packets.exported", number=done.n, lines=f"{done.lines:,}", files=f"{done.files:,}", size=size,
            folder=str(done.paths[0].parent) if done.paths else NONE,
        )
    ]  # fmt: skip
    if count > 1:
        said.append(tr("sync_packets.exported.volumes", count=count))
    if done.files_left:
        said.append(tr("sync_packets.exported.left", count=done.files_left))
    if done.damaged:
        said.append(tr("sync_packets.exported.damaged", count=done.damaged))
    said.append(tr("sync_packets.exported.next"))
    return tuple(said)


def imported_words(one: Imported, server: str) -> str:
    """Return what became of one packet file; `server` is the name of the server, whose packets are replies."""
    if one.code and not one.sender:
        return tr("widgets.said", who=one.path.name, words=sentence_of(one.code, one.params or {}))
    who = tr("sync_packets.imported.reply" if one.sender == server else "sync_packets.imported.mate", name=one.sender, number=one.n)
    if one.is_stale:
        return tr("widgets.said", who=who, words=tr("sync_packets.imported.stale"))
    parts = [
        tr(f"sync_packets.imported.{name}", count=f"{getattr(one, name):,}")
        for name in ("receipts", "lines", "files")
        if getattr(one, name)
    ]
    words = tr("widgets.and").join(parts) or tr("sync_packets.imported.nothing")
    trouble = [sentence_of(code, given) for code, given in ((one.problem, {}), (one.code, _given(one.params))) if code]
    return tr("widgets.stop").join([tr("widgets.said", who=who, words=words), *trouble])


def answer_words(one: OutPacket, now: dt.datetime, is_server: bool) -> str:
    """Return what became of an export."""
    if one.answered_at is not None:
        words = tr("sync_packets.out.answered", when=short_moment(one.answered_at))
        return f"{words}　{sentence_of(one.problem, {})}" if one.problem else words
    if not is_server:
        return tr("sync_packets.out.mate")
    days = max((now - one.made_at).days, 0)
    return tr("sync_packets.out.waiting" if days else "sync_packets.out.waiting.today", days=days)


def answer_mark(one: OutPacket, is_server: bool) -> Mark:
    """Return the shape and colour of what became of an export."""
    if one.answered_at is not None:
        return ("warning", "open") if one.problem else ("check", "ok")
    return ("time", "open") if is_server else ("people", "none")


def _given(params: Mapping[str, object] | None) -> dict[str, object]:
    return dict(params or {})
