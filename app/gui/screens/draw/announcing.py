"""A draw before it is announced: which plan, which day, where the seed will come from, and what would be frozen now."""

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.core.draws import Draw, DrawSheet, Earlier, SourceKind, Wish
from app.core.plans import Plan
from app.gui.screens.draw import words
from app.gui.screens.draw.fields import SourceRow
from app.gui.screens.draw.tables import fill, left_out_table, strata_table, twice_table
from app.gui.screens.plans.fields import Columns, LineField
from app.gui.screens.registers.listing import on_key
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, NumberEdit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label, set_tone
from app.gui.widgets.layout import emptied, hbox, scrolled, vbox

_MOST_SOURCES, _MOST_NAMED = 6, 3


class AnnouncingPage(QWidget):
    """`looked` asks for a preview, `frozen` freezes; both carry plan id and `Wish`, `frozen` also the reason of a redraw."""

    looked = Signal(str, object)
    frozen = Signal(str, object, str)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._day: dt.date = dt.date.min
        self.former: Draw | None = None
        self._like: Sequence[Earlier] = ()
        page = Columns()
        page.left.addWidget(self._form())
        page.right.addWidget(self._looked())
        column = vbox(self, gap=Space.BETWEEN)
        column.addWidget(scrolled(page), 1)
        foot = hbox(gap=Space.INSIDE)
        foot.addWidget(label(tr("draws.freeze.after"), "secondary", wrap=True), 1)
        foot.addWidget(button(tr("draws.cancel"), self.given_up.emit))
        self.freeze_button = button(tr("draws.freeze"), self.freeze, kind="primary", icon="lock")
        foot.addWidget(self.freeze_button)
        column.addLayout(foot)
        on_key(self, "Ctrl+Return", self.freeze)

    def begin(self, plans: Sequence[Plan], today: dt.date, *, plan: str = "", former: Draw | None = None) -> None:
        """Show the form for these plans; `former` is a draw to be made again."""
        self.former, self._day, self._like = former, today, ()
        self.plan.blockSignals(True)
        self.plan.clear()
        for one in plans:
            self.plan.addItem(one.title, one.id)
        at = self.plan.findData(former.plan if former else plan)
        self.plan.setCurrentIndex(max(at, 0))
        self.plan.setEnabled(former is None)
        self.plan.blockSignals(False)
        self.on_day.set_value(today)
        self.reserve.set_value(3)
        self.reason.setText("")
        self.reason_row.setVisible(former is not None)
        emptied(self._sources)
        self.rows: list[SourceRow] = []
        self.add_source(SourceKind.DICE10, tr("draws.source.first"))
        self.freeze_button.setEnabled(bool(plans))
        (self.reason if former else self.plan).setFocus()
        self.look()

    def wish(self) -> Wish | None:
        """Return what is decided, or None where the day is missing or wrong."""
        day = self.on_day.value()
        self.day_row.set_error("" if day else tr("draws.day_missing"))
        apart = tuple(name for name, box in (("chain", self.chain), ("place", self.place)) if box.isChecked())
        if day is None:
            return None
        return Wish(day, tuple(row.value() for row in self.rows), int(self.reserve.value() or 0), apart)

    def look(self) -> None:
        """Ask what would be frozen now."""
        wish = self.wish()
        if wish is not None and self.plan.currentData():
            self.looked.emit(str(self.plan.currentData()), wish)

    def show_preview(self, shown: DrawSheet) -> None:
        """Show how many would be drawn, and who would be left out."""
        take = sum(one.take for one in shown.strata)
        self._said.setText(
            tr("draws.preview.said", places=shown.places, people=shown.people, take=take, out=len(shown.left_out))
        )
        fill(self.strata, shown.strata)
        fill(self.out, tuple(enumerate(shown.left_out)))
        self._like = shown.before.like
        told = [tr("draws.earlier", told=words.counted(shown.before.earlier))] if shown.before.earlier else []
        told += [tr("draws.like.before", told=words.counted(self._like), numbers=_named(self._like))] if self._like else []
        self._before.setText("\n".join(told))
        self._before.setVisible(bool(told))
        self.reason_row.setVisible(self.former is not None or bool(self._like))
        apart = sum(not one.is_joined for one in shown.twice)
        set_tone(self._twice_said, "open" if apart else "")
        self._twice_said.setText(tr("draws.twice.apart" if apart else "draws.twice.joined", n=len(shown.twice)))
        fill(self.twice, tuple(enumerate(shown.twice)))
        for one in (self._twice_said, self.twice):
            one.setVisible(bool(shown.twice))

    def freeze(self) -> None:
        """Ask for the freeze; a redraw needs its reason, and so does one more draw of what was drawn for a like plan."""
        wish = self.wish()
        is_missing = (self.former is not None or bool(self._like)) and not self.reason.value()
        self.reason_row.set_error(tr("draws.reason_missing") if is_missing else "")
        empty = next((row for row in self.rows if not row.words.value()), None)
        if is_missing:
            self.reason.setFocus()
        elif empty is not None:
            empty.words.setFocus()
            self._source_row.set_error(tr("draws.source.missing"))
        elif wish is not None and self.plan.currentData():
            self.frozen.emit(str(self.plan.currentData()), wish, self.reason.value())

    def add_source(self, kind: SourceKind = SourceKind.PERSON, words: str = "") -> None:
        """Announce one more source."""
        if len(self.rows) < _MOST_SOURCES:
            self.rows.append(SourceRow(len(self.rows) + 1, kind, words))
            self._sources.addWidget(self.rows[-1])
            self.rows[-1].words.setFocus()

    def drop_source(self) -> None:
        """Take the last source back; one stays."""
        if len(self.rows) > 1:
            row = self.rows.pop()
            self._sources.removeWidget(row)
            row.deleteLater()

    def _form(self) -> Card:
        card = Card(tr("draws.what"))
        self.plan = QComboBox()
        self.plan.currentIndexChanged.connect(lambda _: self.look())
        card.body.addWidget(FormRow(tr("draws.plan"), self.plan, required=True))
        self.reason = LineField(tr("draws.redraw.reason"))
        self.reason_row = FormRow(tr("draws.redraw.reason"), self.reason, required=True)
        card.body.addWidget(self.reason_row)
        line = hbox(gap=Space.BETWEEN)
        self.on_day = DateEdit(tr("draws.day"), lambda: self._day)
        self.on_day.committed.connect(self.look)
        self.day_row = FormRow(tr("draws.day"), self.on_day, hint=tr("draws.day.hint"), required=True)
        self.reserve = NumberEdit(tr("draws.reserve"))
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self.day_row, 1, top)
        line.addWidget(FormRow(tr("draws.reserve"), self.reserve, hint=tr("draws.reserve.hint")), 1, top)
        card.body.addLayout(line)
        self.chain, self.place = QCheckBox(tr("draws.apart.chain")), QCheckBox(tr("draws.apart.place"))
        boxes = hbox(gap=Space.CARD)
        for box in (self.chain, self.place):
            box.toggled.connect(lambda _: self.look())
            boxes.addWidget(box)
        boxes.addStretch(1)
        card.body.addLayout(boxes)
        inner = QWidget()
        self._sources = vbox(inner, gap=Space.INSIDE)
        self._source_row = FormRow(tr("draws.sources"), inner, hint=tr("draws.sources.hint"), required=True)
        card.body.addWidget(self._source_row)
        buttons = hbox(gap=Space.INSIDE)
        self.add_button = button(tr("draws.source.add"), self.add_source, icon="add")
        buttons.addWidget(self.add_button)
        buttons.addWidget(button(tr("draws.source.drop"), self.drop_source, kind="quiet"))
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        card.body.addStretch(1)
        return card

    def _looked(self) -> Card:
        card = Card(tr("draws.preview"))
        self._said = label("", "body", wrap=True)
        card.body.addWidget(self._said)
        self.strata = strata_table(self)
        self.out, self.twice = left_out_table(self), twice_table(self)
        self._before = label("", "body", tone="open", wrap=True)
        card.body.addWidget(self._before)
        card.body.addWidget(self.strata, 2)
        self._twice_said = label("", "body", tone="open", wrap=True)
        card.body.addWidget(self._twice_said)
        card.body.addWidget(self.twice, 2)
        card.body.addWidget(label(tr("draws.left_out"), "strong"))
        card.body.addWidget(self.out, 3)
        return card


def _named(like: Sequence[Earlier]) -> str:
    by_plan: dict[str, list[str]] = {}
    for one in like[-_MOST_NAMED:]:
        by_plan.setdefault(one.plan, []).append(tr("draws.seat", name=one.number, role=words.state(one.state)))
    told = (f"{plan} {tr('widgets.and').join(numbers)}" for plan, numbers in by_plan.items())
    return tr("widgets.semicolon").join(told)
