"""Every packet that was written, and what became of it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.core.packets import OutPacket
from app.gui.screens.registers.listing import ListPane, on_key
from app.gui.screens.registers.rows import Column
from app.gui.screens.sync.packets_words import answer_mark, answer_words
from app.gui.screens.sync.words import Mark, moment_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox


@dataclass(frozen=True, slots=True)
class OutRow:
    """One export and what became of it, in words."""

    packet: OutPacket
    answer: str
    mark: Mark


class OutList(QWidget):
    """The packets written, newest first; `close` is called by its button and by Esc."""

    def __init__(self, close: Callable[[], object]) -> None:
        super().__init__()
        self.list = ListPane(
            _columns(), lambda one: f"{one.packet.to}.{one.packet.n}", EmptyState("upload", tr("sync_packets.out.empty")),
            name=tr("sync_packets.out"),
        )  # fmt: skip
        column = vbox(self, gap=Space.BETWEEN)
        top = hbox(gap=Space.BETWEEN)
        top.addWidget(button(tr("sync.receipts.back"), close, icon="back"))
        top.addWidget(label(tr("sync_packets.out"), "strong"))
        top.addStretch(1)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        on_key(self, "Esc", close)

    def put(self, packets: Sequence[OutPacket], server: str, now: dt.datetime) -> None:
        """Show these; `server` is the device from which replies come, or empty."""
        self.list.put(
            [OutRow(one, answer_words(one, now, one.to == server), answer_mark(one, one.to == server)) for one in packets]
        )


def _columns() -> tuple[Column[OutRow], ...]:
    def number(name: str, value: Callable[[OutPacket], int]) -> Column[OutRow]:
        return Column(
            tr(f"sync_packets.out.{name}"), lambda one: f"{value(one.packet):,}", order=lambda one: value(one.packet),
            is_number=True,
        )  # fmt: skip

    return (
        number("number", lambda one: one.n),
        Column(tr("sync_packets.out.to"), lambda one: one.packet.name, share=2, is_strong=True),
        Column(
            tr("sync_packets.out.when"), lambda one: moment_words(one.packet.made_at),
            order=lambda one: one.packet.made_at,
        ),
        number("lines", lambda one: one.lines),
        number("files", lambda one: one.files),
        number("volumes", lambda one: one.volumes),
        Column(tr("sync_packets.out.answer"), lambda one: one.answer, share=3, mark=lambda one: one.mark),
    )  # fmt: skip
