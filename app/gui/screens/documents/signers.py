"""Who signs and how far each is; a row is a button that gives that person the pad."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.core.documents import DocumentView, SignerLine, SignerRole
from app.gui import icons
from app.gui.screens.documents.words import left, role_words, signer_progress, who
from app.gui.texts import tr
from app.gui.theme import Space, Type, current
from app.gui.widgets.delegates import draw_text
from app.gui.widgets.layout import emptied, vbox

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class SignerRow(QAbstractButton):
    """One signer: shape, role, name, pages."""

    def __init__(self, line: SignerLine, *, is_next: bool) -> None:
        super().__init__()
        self.line = line
        self._is_next = is_next
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words = [who(line), signer_progress(line), line.refused_reason]
        if is_next:
            words.insert(1, tr("documents.signer.next"))
        self.setAccessibleName("，".join(word for word in words if word))
        self.setToolTip(line.refused_reason)

    def sizeHint(self) -> QSize:
        """As high as a finger needs."""
        return QSize(current().px(240), current().px(Space.ANSWER))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row; the one whose pad it is wears the accent."""
        theme, colors = current(), current().colors
        painter = QPainter(self)
        area = QRectF(self.rect())
        if self.isChecked():
            painter.fillRect(area, theme.color("accent_soft"))
        elif self.underMouse():
            painter.fillRect(area, theme.color("surface2"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        icon, tone = self._shape()
        inner = area.adjusted(theme.px(Space.INSIDE), 0, -theme.px(Space.INSIDE), 0)
        edge = theme.px(18)
        painter.drawPixmap(
            int(inner.x()), int(inner.center().y() - edge / 2), icons.icon(icon, tone).pixmap(edge, edge)
        )
        told = signer_progress(self.line)
        taken = draw_text(
            painter, inner, told, colors.tone(tone if tone != "none" else "text2"), Type.BODY, flags=_RIGHT
        )
        rest = inner.adjusted(edge + theme.px(Space.INSIDE), 0, -taken - theme.px(Space.INSIDE), 0)
        first = draw_text(painter, rest, self.line.label or role_words(self.line.role), colors.text2, Type.BODY)
        name = rest.adjusted(first + theme.px(Space.INSIDE), 0, 0, 0)
        draw_text(painter, name, self.line.name, colors.text1, Type.BODY, bold=True)

    def _shape(self) -> tuple[str, str]:
        if self.line.refused_reason:
            return "refuse", "bad"
        if not self.line.pages:
            return "dash", "none"
        if not left(self.line):
            return "check", "ok"
        return ("sign", "accent") if self._is_next else ("ring", "none")


class Signers(QWidget):
    """All signers of a document. `chosen` carries the role that takes the pad."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("documents.signers"))
        self.rows: list[SignerRow] = []
        self._column = vbox(self, gap=0)

    def show_view(self, view: DocumentView, role: SignerRole | None) -> None:
        """Show who has signed what, and who has the pad now."""
        emptied(self._column)
        self.rows.clear()
        for line in view.signers:
            row = SignerRow(line, is_next=line.role is view.next_role)
            row.setChecked(line.role is role)
            row.clicked.connect(self._clicked)
            self._column.addWidget(row)
            self.rows.append(row)
        self._column.addStretch(1)

    def _clicked(self) -> None:
        row = self.sender()
        if isinstance(row, SignerRow):
            row.setChecked(True)
            self.chosen.emit(row.line.role)
