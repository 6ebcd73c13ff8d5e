"""The overlay with the keys of this page and of every page."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.labels import key_hint, label
from app.gui.widgets.layout import grid, hbox, scrolled, vbox

Keys = Sequence[tuple[str, str]]


class HelpOverlay(QWidget):
    """Dims the window and shows the keys; any of Esc, ?, F1 or a click closes it; arrows scroll."""

    def __init__(self, over: QWidget, here: Keys, everywhere: Keys) -> None:
        super().__init__(over)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("shell.help_title"))
        self._before = over.window().focusWidget()
        outer = vbox(self)
        outer.addStretch(1)
        line = hbox()
        panel = QFrame()
        panel.setProperty("kind", "popup")
        line.addStretch(1)
        line.addWidget(panel)
        line.addStretch(1)
        outer.addLayout(line)
        outer.addStretch(1)
        inner = QWidget()
        column = vbox(inner, margin=Space.PAGE, gap=Space.CARD)
        column.addWidget(label(tr("shell.help_title"), "title"))
        columns = hbox(gap=40)
        for title, keys in ((tr("shell.help_here"), here), (tr("shell.help_everywhere"), everywhere)):
            if keys:
                part = vbox(gap=Space.INSIDE)
                part.addWidget(label(title, "strong"))
                part.addLayout(_table(keys))
                part.addStretch(1)
                columns.addLayout(part)
        column.addLayout(columns)
        self._area = scrolled(inner)
        vbox(panel).addWidget(self._area)
        wanted, bar = inner.sizeHint(), self._area.verticalScrollBar().sizeHint().width()
        room = over.size() - QSize(2, 2) * current().px(Space.CARD)
        self._area.setMinimumSize((wanted + QSize(bar, 0)).expandedTo(QSize(current().px(560), 0)).boundedTo(room))
        self.setGeometry(QRect(0, 0, over.width(), over.height()))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close; other keys do nothing while this is open."""
        if event.key() in (
            Qt.Key.Key_Escape,
            Qt.Key.Key_Question,
            Qt.Key.Key_F1,
            Qt.Key.Key_Return,
            Qt.Key.Key_Space,
        ):
            self.dismiss()
        else:
            QCoreApplication.sendEvent(self._area.verticalScrollBar(), event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Close."""
        self.dismiss()

    def dismiss(self) -> None:
        """Close and give the focus back."""
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.close()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim what lies below."""
        shade = QColor(current().colors.scrim)
        shade.setAlpha(110)
        QPainter(self).fillRect(self.rect(), shade)


def _table(keys: Keys) -> QGridLayout:
    table = grid(gap=Space.INSIDE)
    table.setColumnStretch(1, 1)
    for row, (which, what) in enumerate(keys):
        caps = hbox(gap=Space.HAIR)
        for cap in which.split():
            caps.addWidget(key_hint(cap))
        caps.addSpacing(current().px(Space.CARD))
        table.addLayout(caps, row, 0, Qt.AlignmentFlag.AlignLeft)
        table.addWidget(label(what), row, 1)
    return table
