"""One draw: what was announced, large; before the draw the seed, afterwards the result."""

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from app.core.clock import local
from app.core.draws import DrawSheet, DrawState, PickLine, digits_needed
from app.gui.screens.documents.qr import QrCode
from app.gui.screens.draw import words
from app.gui.screens.draw.fields import DigitsRow, large
from app.gui.screens.draw.result import ResultPane
from app.gui.screens.plans.fields import LineField
from app.gui.screens.registers.listing import on_key
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import badge, label, set_tone
from app.gui.widgets.layout import emptied, hbox, scrolled, sized, vbox
from app.gui.widgets.steps import Steps
from app.services import draw_words

STEPS = ("freeze", "publish", "seed", "draw", "result", "tasks")
_LEAST = 296
TONES = {DrawState.FROZEN: "open", DrawState.DRAWN: "ok", DrawState.VOID: "none"}


class OpenedPage(QWidget):
    """`drawn` carries sources and witnesses; `replaced` a `PickLine`; the others what they are named for."""

    drawn = Signal(object, object)
    replaced = Signal(object)
    printed = Signal()
    exported = Signal()
    withdrawn = Signal()
    again = Signal()
    tasked = Signal()

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        super().__init__()
        self._now = now
        self.shown: DrawSheet | None = None
        self.steps = Steps([(name, tr(f"draws.step.{name}")) for name in STEPS])
        column = vbox(self, gap=Space.BETWEEN)
        column.addWidget(self.steps)
        inner = QWidget()
        below = vbox(inner, gap=Space.BETWEEN)
        below.addWidget(self._published())
        self.result = ResultPane()
        self.result.replace_wanted.connect(self._replace)
        self.stack = sized(QStackedWidget(), min_height=_LEAST)
        self._seed_card = self._seed()
        self.stack.addWidget(self._seed_card)
        self.stack.addWidget(self.result)
        below.addWidget(self.stack, 1)
        self._area = scrolled(inner)
        column.addWidget(self._area, 1)
        self.result.pills.chosen.connect(self._show_list)
        on_key(self, "Ctrl+Return", self.draw)
        on_key(self, "Ctrl+P", self.printed.emit)

    def put(self, shown: DrawSheet) -> None:
        """Show a draw."""
        is_other = self.shown is None or self.shown.draw.id != shown.draw.id
        self.shown = shown
        told = shown.draw
        self.state.setText(words.state(told.state))
        set_tone(self.state, TONES[told.state])
        self.told.setText(_told(shown))
        self.digest.setText(draw_words.grouped(told.digest, 8))
        self.seed.setText(draw_words.grouped(told.seed))
        self.record.setText(draw_words.grouped(told.record, 8))
        self._seed_row.setVisible(bool(told.seed))
        self.code.show_text(draw_words.code(told), told.digest)
        is_frozen, is_drawn = told.state is DrawState.FROZEN, told.state is DrawState.DRAWN
        self.withdraw_button.setVisible(is_frozen)
        self.draw_button.setVisible(is_frozen)
        self.again_button.setVisible(is_drawn)
        self.tasks_button.setVisible(is_drawn)
        self.print_button.setText(tr("draws.print.announcement" if is_frozen else "draws.print"))
        done = STEPS[:2] if is_frozen else STEPS[:5]
        self.steps.show_state("seed" if is_frozen else "tasks" if is_drawn else "result", done, closed=())
        for page, is_shown in ((self._seed_card, is_frozen), (self.result, not is_frozen)):
            needs = QSizePolicy.Policy.Preferred if is_shown else QSizePolicy.Policy.Ignored
            page.setSizePolicy(QSizePolicy.Policy.Preferred, needs)  # what is not shown asks for no room
        self.stack.setCurrentIndex(0 if is_frozen else 1)
        self.result.put(shown)
        if is_frozen and is_other:
            self._ask(shown)

    def draw(self) -> None:
        """Take the digits as they stand and ask for the draw."""
        if self.shown is None or self.shown.draw.state is not DrawState.FROZEN:
            return
        sources = []
        for row in self.digits:
            source = row.value()
            if source is None:
                return
            sources.append(source)
        names = tuple(one.strip() for one in self.witnesses.value().replace("，", "、").split("、") if one.strip())
        self._witness_row.set_error("" if names else tr("draws.witness.missing"))
        if names:
            self.drawn.emit(tuple(sources), names)
        else:
            self.witnesses.setFocus()

    def _ask(self, shown: DrawSheet) -> None:
        emptied(self._fields)
        self.digits: list[DigitsRow] = []
        for number, one in enumerate(shown.draw.sources, 1):
            row = DigitsRow(number, one, self._now)
            row.changed.connect(self._count)
            self.digits.append(row)
            self._fields.addWidget(row)
        self.witnesses.setText("")
        self._witness_row.set_error("")
        self._count()
        if self.digits:
            self.digits[0].digits.setFocus()

    def _count(self) -> None:
        assert self.shown is not None
        digits = "".join(row.text() for row in self.digits)
        self.preview.setText(draw_words.grouped(digits) or "—")
        needed = digits_needed([row.source for row in self.digits])
        self.counted.setText(tr("draws.seed.count", n=len(digits), needed=needed))
        set_tone(self.counted, "ok" if len(digits) >= needed else "open")

    def _show_list(self, _name: str) -> None:
        self._area.ensureWidgetVisible(self.stack, 0, 0)
        self._area.ensureVisible(0, self.stack.y(), 0, 0)  # where it is higher than the window, its head

    def _replace(self, pick: PickLine) -> None:
        self.replaced.emit(pick)

    def _published(self) -> Card:
        card = Card()
        row = hbox(gap=Space.CARD)
        self.code = QrCode(156)
        row.addWidget(self.code)
        column = vbox(gap=Space.HAIR)
        line = hbox(gap=Space.INSIDE)
        self.state = badge("", "open")
        self.told = label("", "secondary", wrap=True)
        line.addWidget(self.state)
        line.addWidget(self.told, 1)
        column.addLayout(line)
        column.addWidget(label(tr("draws.digest"), "hint"))
        self.digest = large(tr("draws.digest"))
        column.addWidget(self.digest)
        self._seed_row = QWidget()
        seed = vbox(self._seed_row, gap=0)
        seed.addWidget(label(tr("draws.seed"), "hint"))
        self.seed = large(tr("draws.seed"))
        seed.addWidget(self.seed)
        seed.addWidget(label(tr("draws.record"), "hint"))
        self.record = large(tr("draws.record"))
        seed.addWidget(self.record)
        column.addWidget(self._seed_row)
        row.addLayout(column, 1)
        card.body.addLayout(row)
        buttons = hbox(gap=Space.INSIDE)
        self.print_button = button(tr("draws.print"), self.printed.emit, icon="print")
        self.export_button = button(tr("draws.export"), self.exported.emit, icon="export")
        self.withdraw_button = button(tr("draws.withdraw"), self.withdrawn.emit, kind="quiet")
        self.again_button = button(tr("draws.again"), self.again.emit, kind="quiet")
        self.tasks_button = button(tr("draws.tasks"), self.tasked.emit, kind="primary", icon="task")
        for one in (self.print_button, self.export_button, self.again_button, self.withdraw_button):
            buttons.addWidget(one)
        buttons.addStretch(1)
        self.draw_button = button(tr("draws.draw"), self.draw, kind="primary", icon="check")
        buttons.addWidget(self.draw_button)
        buttons.addWidget(self.tasks_button)
        card.body.addLayout(buttons)
        return card

    def _seed(self) -> Card:
        card = Card(tr("draws.seed.enter"))
        card.body.addWidget(label(tr("draws.seed.rule"), "secondary", wrap=True))
        inner = QWidget()
        self._fields = vbox(inner, gap=Space.INSIDE)
        self.digits = []
        card.body.addWidget(inner)
        row = hbox(gap=Space.INSIDE)
        self.preview = large(tr("draws.seed"))
        self.counted = badge("", "open")
        row.addWidget(self.preview, 1)
        row.addWidget(self.counted)
        card.body.addLayout(row)
        self.witnesses = LineField(tr("draws.witnesses"), tr("draws.witnesses.hint"))
        self._witness_row = FormRow(tr("draws.witnesses"), self.witnesses, required=True)
        card.body.addWidget(self._witness_row)
        card.body.addStretch(1)
        return card


def _told(shown: DrawSheet) -> str:
    told = shown.draw
    parts = [told.number, tr("draws.frozen_at", at=f"{local(told.frozen_at):%Y-%m-%d %H:%M:%S}")]
    parts.append(tr("draws.rows", places=shown.places, people=shown.people))
    if told.drawn_at is not None:
        parts.append(tr("draws.drawn_at", at=f"{local(told.drawn_at):%Y-%m-%d %H:%M:%S}"))
    if told.witnesses:
        parts.append(tr("draws.witnessed", names="、".join(told.witnesses)))
    if told.reason:
        parts.append(told.reason)
    if shown.before.earlier:
        parts.append(tr("draws.earlier", told=words.counted(shown.before.earlier)))
    if told_of := words.liked(shown):
        parts.append(tr("draws.like", told=told_of))
    return "　".join(parts)


