"""Step ④: everything that stops or warns before signing, each a way to its place; then the party's opinion."""

from decimal import Decimal

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QPlainTextEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.core.inspections import Blocker, Inspection
from app.core.money import format_cny
from app.gui.checklist.pause import Pause
from app.gui.models.tuples import ROW, Index
from app.gui.screens.inspection.models import BlockersModel, blocker_text
from app.gui.screens.inspection.picture import Counts
from app.gui.texts import tr
from app.gui.theme import Space, Type, current
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card, Fact
from app.gui.widgets.delegates import paint_background
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.gui.widgets.views import RowsView

LIST_UNITS = 132
TONES = {"block": "bad", "warn": "open", "note": "none"}
_WORDS = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignVCenter)


class _BlockerDelegate(QStyledItemDelegate):
    """Severity in a word, the sentence, the item; a long sentence wraps."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As tall as the sentence."""
        theme = current()
        width = option.rect.width()
        _, words, _ = self._areas(QRect(0, 0, width, 10000))
        metrics = QFontMetrics(theme.font())
        height = metrics.boundingRect(
            QRect(0, 0, words.width(), 10000), _WORDS, blocker_text(index.data(ROW)[1])
        ).height()
        return QSize(width, max(theme.px(44), height + theme.px(20)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        theme, blocker = current(), index.data(ROW)[1]
        rect = option.rect
        painter.save()
        paint_background(painter, option, QRectF(rect))
        mark, words, code = self._areas(rect)
        painter.setFont(theme.font(Type.SECONDARY, bold=True))
        painter.setPen(theme.color(TONES[blocker.severity]))
        painter.drawText(
            mark, int(Qt.AlignmentFlag.AlignVCenter), tr(f"inspection.severity_{blocker.severity}")
        )
        painter.setFont(theme.font())
        painter.setPen(theme.color("text1"))
        painter.drawText(words, _WORDS, blocker_text(blocker))
        painter.setFont(theme.font(Type.SECONDARY))
        painter.setPen(theme.color("accent"))
        target = blocker.item or tr(f"inspection.place_{jump_of(blocker)}")
        painter.drawText(
            code, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), f"{target} ›"
        )
        painter.restore()

    def _areas(self, rect: QRect) -> tuple[QRect, QRect, QRect]:
        theme = current()
        inner = rect.adjusted(theme.px(Space.CARD), 0, -theme.px(Space.CARD), 0)
        mark, code = theme.px(64), theme.px(120)
        return (
            QRect(inner.left(), inner.top(), mark, inner.height()),
            QRect(
                inner.left() + mark, inner.top(), inner.width() - mark - code - theme.px(8), inner.height()
            ),
            QRect(inner.right() - code, inner.top(), code, inner.height()),
        )


def jump_of(blocker: Blocker) -> str:
    """Return where a blocker is mended: `item`, `prepare`, `opinion`, `interview`, `finding` or `task`."""
    if blocker.item:
        return "item"
    if blocker.code.startswith("interview"):
        return "interview"
    if blocker.code.startswith("finding"):
        return "finding"
    return {"party_opinion_missing": "opinion", "approval_missing": "task"}.get(blocker.code, "prepare")


class ReviewPane(QWidget):
    """List of blockers, the figures of the visit, the party's opinion, and the way to the documents."""

    jump_wanted = Signal(object)
    edited = Signal(object)
    documents_wanted = Signal()
    papers_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._visit: Inspection | None = None
        self._model = BlockersModel()
        self._model.setParent(self)
        self._pause = Pause(self, self._save)
        self.list = RowsView(tr("inspection.blockers"), _BlockerDelegate(), bare=True)
        self.list.setModel(self._model)
        self.list.opened.connect(self._opened)
        self.list.clicked.connect(self._clicked)
        self.list.setResizeMode(RowsView.ResizeMode.Adjust)
        self._facts = {
            name: Fact("0", tr(f"inspection.fact_{name}"))
            for name in ("done", "failed", "findings", "amount", "evidence")
        }
        self._verdict = label("", "section", wrap=True)
        self._opinion = sized(QPlainTextEdit(), height=64)
        self._opinion.setAccessibleName(tr("inspection.party_opinion"))
        self._opinion.setPlaceholderText(tr("inspection.party_opinion_hint"))
        self._opinion.setTabChangesFocus(True)
        self._opinion.textChanged.connect(self._typed)
        self._pause.watch(self._opinion)
        self._documents = button(
            tr("inspection.to_documents"), self._to_documents, kind="primary", icon="document"
        )
        self._build()

    def show_visit(
        self, visit: Inspection, counts: Counts, figures: tuple[int, Decimal, int], *, locked: bool
    ) -> None:
        """Show the figures and the opinion; `figures` are findings, their amount, pieces of evidence."""
        fresh = self._visit is None or self._visit.id != visit.id
        self._visit = visit
        self._facts["done"].show_value(
            f"{counts.total - counts.open} / {counts.total}", "open" if counts.open else ""
        )
        self._facts["failed"].show_value(str(counts.failed), "bad" if counts.failed else "")
        self._facts["findings"].show_value(str(figures[0]))
        self._facts["amount"].show_value(format_cny(figures[1]))
        self._facts["evidence"].show_value(str(figures[2]))
        if (fresh or not self._pause.is_due) and self._opinion.toPlainText().strip() != visit.party_opinion:
            self._opinion.setPlainText(visit.party_opinion)
            self._pause.drop()
        self._opinion.setReadOnly(locked)

    def show_blockers(self, blockers: tuple[Blocker, ...]) -> None:
        """Show what stops or warns."""
        self._model.set_rows(tuple(enumerate(blockers)))
        blocks = sum(blocker.severity == "block" for blocker in blockers)
        key = "review_blocked" if blocks else "review_warned" if blockers else "review_clear"
        self._verdict.setText(tr(f"inspection.{key}", count=blocks or len(blockers)))
        self.list.setVisible(bool(blockers))
        self._documents.setEnabled(True)

    def take_opinion(self) -> None:
        """Put the cursor into the party's opinion."""
        self._opinion.setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """Hand over at once what was typed."""
        self._pause.flush()

    def _build(self) -> None:
        outer = vbox(self, gap=0)
        inner = QWidget()
        outer.addWidget(scrolled(inner), 1)
        column = vbox(inner, margin=(Space.PAGE, Space.BETWEEN, Space.PAGE, Space.INSIDE), gap=Space.BETWEEN)
        figures = Card(margin=Space.BETWEEN)
        line = hbox(gap=Space.PAGE)
        for fact in self._facts.values():
            line.addWidget(fact)
        line.addStretch(1)
        figures.body.addLayout(line)
        column.addWidget(figures)
        held = Card(margin=0, gap=0)
        head = hbox(margin=(Space.CARD, Space.BETWEEN))
        head.addWidget(self._verdict, 1)
        held.body.addLayout(head)
        held.body.addWidget(sized(self.list, min_height=LIST_UNITS), 1)
        column.addWidget(held, 1)
        column.addWidget(label(tr("inspection.party_opinion"), "secondary"))
        column.addWidget(self._opinion)
        foot = hbox(margin=(Space.PAGE, 0, Space.PAGE, 14))
        foot.addStretch(1)
        foot.addWidget(button(tr("papers.title"), self.papers_wanted.emit, icon="task"))
        foot.addWidget(self._documents)
        outer.addLayout(foot)

    def _opened(self, row: tuple[int, Blocker]) -> None:
        self.jump_wanted.emit(row[1])

    def _clicked(self, index: QModelIndex) -> None:
        self.jump_wanted.emit(index.data(ROW)[1])

    def _to_documents(self) -> None:
        self._pause.flush()
        self.documents_wanted.emit()

    def _typed(self) -> None:
        if self._visit is not None and self._opinion.toPlainText().strip() != self._visit.party_opinion:
            self._pause.touch()

    def _save(self) -> None:
        text = self._opinion.toPlainText().strip()
        if self._visit is not None and text != self._visit.party_opinion:
            self.edited.emit({"party_opinion": text})
