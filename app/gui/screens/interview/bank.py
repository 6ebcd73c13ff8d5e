"""The question bank: prepared questions, those about failed items first; a click or Enter asks one."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.core.interviews import BankQuestion
from app.gui.models.tuples import ROW, Index, TupleListModel
from app.gui.texts import tr
from app.gui.theme import Space, Type, current
from app.gui.widgets.answer import draw_mark
from app.gui.widgets.delegates import draw_text
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox
from app.gui.widgets.search import SearchBox
from app.gui.widgets.views import RowsView

_WRAP = int(Qt.TextFlag.TextWordWrap)


class _BankDelegate(QStyledItemDelegate):
    """A question on as many lines as it takes, and below it what it is about."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As tall as the wrapped question."""
        one, theme = index.data(ROW), current()
        view = option.widget
        width = view.viewport().width() if isinstance(view, RowsView) else theme.px(280)
        inner = max(theme.px(80), width - theme.px(2 * Space.BETWEEN + 24))
        text = one.text if isinstance(one, BankQuestion) else ""
        box = QFontMetrics(theme.font()).boundingRect(0, 0, inner, 100_000, _WRAP, text)
        about = theme.px(20) if isinstance(one, BankQuestion) and (one.items or one.is_asked) else 0
        return QSize(width, max(box.height() + about + theme.px(18), theme.px(Space.HIT)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the question, its items and whether it was asked."""
        one = index.data(ROW)
        if not isinstance(one, BankQuestion):
            return
        theme = current()
        colors = theme.colors
        painter.save()
        area = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_MouseOver or option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colors.accent_soft if not one.is_asked else colors.surface2))
        painter.fillRect(QRectF(area.x(), area.bottom() - 1, area.width(), 1), QColor(colors.line))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colors.accent))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        edge, gap = theme.px(12), theme.px(Space.BETWEEN)
        mark = QRectF(area.x() + gap, area.y() + theme.px(12), edge, edge)
        if one.is_asked:
            draw_mark(painter, "conform", mark, QColor(colors.ok))
        elif one.is_relevant:
            draw_mark(painter, "fail", mark, QColor(colors.bad))
        inner = area.adjusted(gap + theme.px(20), theme.px(8), -gap, -theme.px(8))
        painter.setFont(theme.font())
        painter.setPen(QColor(colors.text2 if one.is_asked else colors.text1))
        about = about_words(one)
        painter.drawText(inner.adjusted(0, 0, 0, -theme.px(18) if about else 0), _WRAP, one.text)
        if about:
            below = QRectF(inner.x(), inner.bottom() - theme.px(16), inner.width(), theme.px(16))
            tone = colors.bad if one.is_relevant and not one.is_asked else colors.text2
            draw_text(painter, below, about, tone, Type.SECONDARY)
        painter.restore()


class _BankView(RowsView):
    """Wraps anew when it gets another width."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure the rows again."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class BankPane(QWidget):
    """The bank with its search. `asked` carries the text of a question."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[BankQuestion, ...] = ()
        self.search = SearchBox(tr("interview.bank_search"))
        self.search.wanted.connect(self._filter)
        self._model: TupleListModel[BankQuestion] = TupleListModel(_spoken, lambda one: (one.template, one.text))
        self._model.setParent(self)
        self.list = _BankView(tr("interview.bank"), _BankDelegate(), bare=True)
        self.list.setModel(self._model)
        self.list.setToolTip(tr("interview.bank_tip"))
        self.list.opened.connect(self._ask)
        self.list.clicked.connect(self._clicked)
        self._none = label(tr("interview.bank_none"), "muted", wrap=True)
        self._count = label("", "secondary")
        column = vbox(self, gap=Space.INSIDE)
        head = hbox()
        head.addWidget(label(tr("interview.bank"), "strong"))
        head.addStretch(1)
        head.addWidget(self._count)
        column.addLayout(head)
        column.addWidget(self.search)
        column.addWidget(self._none)
        column.addWidget(self.list, 1)

    @property
    def shown(self) -> tuple[BankQuestion, ...]:
        """The questions listed."""
        return self._model.rows

    def show_bank(self, bank: tuple[BankQuestion, ...]) -> None:
        """Show the questions, relevant ones first; the same words of two checklists once each."""
        seen: dict[tuple[str, str], BankQuestion] = {}
        for one in bank:
            seen.setdefault((one.template, one.text), one)
        self._all = tuple(seen.values())
        self._filter(self.search.text().strip())
        relevant = sum(one.is_relevant for one in self._all)
        self._count.setText(tr("interview.bank_relevant", count=relevant) if relevant else "")

    def _filter(self, text: str) -> None:
        wanted = text.casefold()
        rows = tuple(one for one in self._all if wanted in f"{one.text} {' '.join(one.items)}".casefold())
        self._model.set_rows(rows)
        self._none.setVisible(not rows)
        self._none.setText(tr("interview.bank_nothing_found" if self._all else "interview.bank_none"))

    def _clicked(self, index: Index) -> None:
        one = index.data(ROW)
        if isinstance(one, BankQuestion):
            self._ask(one)

    def _ask(self, one: BankQuestion) -> None:
        self.asked.emit(one.text)


def about_words(one: BankQuestion) -> str:
    """Return what a question is about."""
    items = "、".join(one.items)
    if one.is_asked:
        return tr("interview.bank_asked")
    if one.is_relevant:
        return tr("interview.bank_failed", items=items)
    return items


def _spoken(one: BankQuestion) -> str:
    return f"{one.text} {about_words(one)}".strip()
