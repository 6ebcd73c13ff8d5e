"""The left pane: sections with their progress, what to look at only, and the search."""

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QButtonGroup,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from app.gui.models.tuples import Index
from app.gui.screens.inspection.models import LINE, SectionsModel
from app.gui.screens.inspection.picture import Counts, Only, SectionLine
from app.gui.texts import tr
from app.gui.theme import Space, Type, current
from app.gui.widgets.buttons import Button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox
from app.gui.widgets.search import SearchBox


class _SectionDelegate(QAbstractItemDelegate):
    """Title, bar and figures of a section."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Taller where a sheet begins."""
        line: SectionLine = index.data(LINE)
        return QSize(option.rect.width(), current().px(64 + (28 if line.sheet_title else 0)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one section."""
        line: SectionLine = index.data(LINE)
        theme = current()
        rect = QRect(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if line.sheet_title:
            head = QRect(rect.left() + theme.px(10), rect.top(), rect.width() - theme.px(20), theme.px(28))
            painter.setFont(theme.font(Type.SECONDARY, bold=True))
            painter.setPen(theme.color("text2"))
            title = painter.fontMetrics().elidedText(
                line.sheet_title, Qt.TextElideMode.ElideRight, head.width()
            )
            painter.drawText(head, int(Qt.AlignmentFlag.AlignVCenter), title)
            rect.setTop(head.bottom())
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setPen(
                QPen(theme.color("accent" if state & QStyle.StateFlag.State_HasFocus else "line"), 1)
            )
            painter.setBrush(theme.color("surface1"))
            painter.drawRoundedRect(
                QRectF(rect).adjusted(0.5, 1.5, -0.5, -1.5), theme.px(Space.RADIUS), theme.px(Space.RADIUS)
            )
        inner = rect.adjusted(theme.px(10), theme.px(8), -theme.px(10), -theme.px(6))
        painter.setFont(theme.font(bold=chosen))
        painter.setPen(theme.color("text1"))
        text = painter.fontMetrics().elidedText(line.title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(
            QRect(inner.left(), inner.top(), inner.width(), theme.px(22)),
            int(Qt.AlignmentFlag.AlignVCenter),
            text,
        )
        _paint_bar(
            painter, QRectF(inner.left(), inner.top() + theme.px(25), inner.width(), theme.px(4)), line
        )
        painter.setFont(theme.font(Type.SECONDARY))
        foot = QRect(inner.left(), inner.top() + theme.px(31), inner.width(), theme.px(18))
        painter.setPen(theme.color("text2"))
        words = f"{line.assessed} / {line.total}"
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignVCenter), words)
        if line.failed:
            painter.setPen(theme.color("bad"))
            failed = tr("inspection.section_failed", count=line.failed)
            painter.drawText(foot, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), failed)
        painter.restore()


def _paint_bar(painter: QPainter, bar: QRectF, line: SectionLine) -> None:
    theme = current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("line"))
    painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
    left = bar.left()
    for count, token in ((line.passed, "ok"), (line.not_applicable, "none"), (line.failed, "bad")):
        width = bar.width() * count / max(1, line.total)
        painter.setBrush(theme.color(token))
        painter.drawRect(QRectF(left, bar.top(), width, bar.height()))
        left += width


class SectionsPane(QWidget):
    """Emits which section to go to, what to show only, and what to search for."""

    section_wanted = Signal(str, str)
    only_changed = Signal(object)
    search_changed = Signal(str)

    def __init__(self, model: SectionsModel) -> None:
        super().__init__()
        self._model = model
        column = vbox(self, margin=(10, 14, 10, 12), gap=Space.INSIDE)
        self._summary = label("", "secondary")
        self.search = SearchBox(tr("inspection.search"))
        self.search.wanted.connect(self.search_changed)
        self.list = QListView()
        self.list.setModel(model)
        self.list.setItemDelegate(_SectionDelegate(self))
        self.list.setProperty("kind", "bare")
        self.list.setAccessibleName(tr("inspection.sections"))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.clicked.connect(self._clicked)
        self.list.activated.connect(self._clicked)
        column.addWidget(self._summary)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(label(tr("inspection.only"), "secondary"))
        self._chips: dict[Only, Button] = {}
        group = QButtonGroup(self)
        group.setExclusive(False)
        for row in ((Only.OPEN, Only.FAILED), (Only.UNPROVEN,)):
            line = hbox(gap=6)
            for only in row:
                chip = Button("", "pill")
                chip.setCheckable(True)
                chip.clicked.connect(self._chosen)
                self._chips[only] = chip
                line.addWidget(chip)
            line.addStretch(1)
            column.addLayout(line)
        current().changed.connect(self.list.doItemsLayout)

    @property
    def only(self) -> Only:
        """What is shown only."""
        return next((only for only, chip in self._chips.items() if chip.isChecked()), Only.ALL)

    def show_counts(self, counts: Counts) -> None:
        """Show the figures of the whole inspection."""
        self._summary.setText(tr("inspection.summary", done=counts.total - counts.open, total=counts.total))
        for only, count in (
            (Only.OPEN, counts.open),
            (Only.FAILED, counts.failed),
            (Only.UNPROVEN, counts.unproven),
        ):
            text = tr(f"inspection.only_{only}", count=count)
            self._chips[only].setText(text)
            self._chips[only].setAccessibleName(f"{tr('inspection.only')} {text}")

    def show_section(self, template: str, section: str) -> None:
        """Mark the section the current item belongs to."""
        row = self._model.row_of(template, section)
        if row is not None and row != self.list.currentIndex().row():
            self.list.setCurrentIndex(self._model.index(row, 0))

    def clear(self) -> bool:
        """Take search and filter back; False where there was none."""
        had = bool(self.search.text()) or self.only is not Only.ALL
        self.search.clear()
        for chip in self._chips.values():
            chip.setChecked(False)
        if had:
            self.search_changed.emit("")
            self.only_changed.emit(Only.ALL)
        return had

    def _clicked(self, index: QModelIndex) -> None:
        line: SectionLine = index.data(LINE)
        self.section_wanted.emit(line.template, line.section)

    def _chosen(self) -> None:
        sender = self.sender()
        for chip in self._chips.values():
            if chip is not sender:
                chip.setChecked(False)
        self.only_changed.emit(self.only)
