"""The rail at the left: where one can go, with counts; collapses to icons."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QWidget

from app.gui import icons
from app.gui.mark import paint_mark
from app.gui.texts import tr
from app.gui.theme import Space, Type, current
from app.gui.widgets.buttons import icon_button
from app.gui.widgets.labels import ElidedLabel
from app.gui.widgets.layout import hbox, sized, vbox


class RailButton(QAbstractButton):
    """One place to go: icon, word, count."""

    def __init__(self, name: str, title: str, icon: str, keys: str) -> None:
        super().__init__()
        self.name, self._title, self._icon = name, title, icon
        self._count = 0
        self.narrow = False
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setToolTip(f"{title}  {keys}".strip())
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Show a count, or none for 0."""
        self._count = count
        self.setAccessibleName(tr("shell.badge", title=self._title, count=count) if count else self._title)
        self.update()

    def sizeHint(self) -> QSize:
        """Tall enough for a finger."""
        return QSize(current().px(120), current().px(38))

    def minimumSizeHint(self) -> QSize:
        """Lower where the window is, for all places have to be seen."""
        return QSize(0, current().px(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the place, tinted when it is the current one."""
        theme = current()
        colors = theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, radius = QRectF(self.rect()).adjusted(0, 1, 0, -1), theme.px(Space.RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(QColor(colors.accent_soft if self.isChecked() else colors.surface2))
            painter.drawRoundedRect(area, radius, radius)
        edge = theme.px(18)
        left = (area.width() - edge) / 2 if self.narrow else theme.px(10)
        tone = "accent" if self.isChecked() else "text2"
        spot = QRectF(left, area.center().y() - edge / 2, edge, edge).toRect()
        icons.icon(self._icon, tone).paint(painter, spot)
        if not self.narrow:
            font = theme.font(Type.BODY, bold=self.isChecked())
            painter.setFont(font)
            painter.setPen(QColor(colors.tone(tone)))
            words = area.adjusted(theme.px(38), 0, -theme.px(8), 0)
            title = QFontMetrics(font).elidedText(
                self._title, Qt.TextElideMode.ElideRight, int(words.width())
            )
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), title)
        if self._count:
            self._paint_count(painter, area)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), radius, radius)

    def _paint_count(self, painter: QPainter, area: QRectF) -> None:
        theme = current()
        font = theme.font(Type.SECONDARY, bold=True)
        text = str(self._count) if self._count < 1000 else "999+"
        height = theme.px(18)
        width = max(float(height), QFontMetrics(font).horizontalAdvance(text) + theme.px(12))
        top = area.y() + theme.px(2) if self.narrow else area.center().y() - height / 2
        pill = QRectF(area.right() - width - theme.px(2 if self.narrow else 8), top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colors.open_soft))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(QColor(theme.colors.open))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)


class Brand(QWidget):
    """The program's mark and name."""

    def __init__(self, size: int = 22) -> None:
        super().__init__()
        self._size = size
        self.narrow = False
        self.setAccessibleName(tr("shell.app"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The mark with its name."""
        theme = current()
        font = theme.font(Type.SECTION, bold=True)
        width = QFontMetrics(font).horizontalAdvance(tr("shell.app"))
        return QSize(theme.px(self._size + 10) + width, theme.px(self._size + 4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a small tile with 验, and the name beside it."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme.px(self._size)
        paint_mark(painter, QRectF(0, (self.height() - edge) / 2, edge, edge))
        if not self.narrow:
            painter.setFont(theme.font(Type.SECTION, bold=True))
            painter.setPen(theme.color("text1"))
            words = QRectF(edge + theme.px(8), 0, self.width(), self.height())
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), tr("shell.app"))


class Rail(QFrame):
    """The rail. `chosen` carries the name of a place; `toggled` whether a person collapsed it."""

    chosen = Signal(str)
    toggled = Signal(bool)

    def __init__(self, places: Sequence[tuple[str, str, str, str]]) -> None:
        super().__init__()
        self.setProperty("kind", "rail")
        self.setAccessibleName(tr("shell.rail"))
        column = vbox(self, margin=(Space.INSIDE, 0), gap=1)
        self._brand = Brand()
        top = hbox(margin=(10, 12, 0, 16), gap=0)
        top.addWidget(self._brand)
        top.addStretch(1)
        column.addLayout(top)
        self._buttons: dict[str, RailButton] = {}
        for name, title, icon, keys in places:
            made = RailButton(name, title, icon, keys)
            made.clicked.connect(self._clicked)
            self._buttons[name] = made
            column.addWidget(made)
        column.addStretch(1)
        self._who, self._licence, self._where = (ElidedLabel("", kind) for kind in ("secondary", "hint", "hint"))
        people = vbox(margin=(10, 0, 0, 4), gap=0)
        for one in (self._who, self._licence, self._where):
            people.addWidget(one)
        column.addLayout(people)
        self._fold = icon_button("previous", tr("shell.rail_collapse"), self._toggle)
        column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignRight)
        self.is_narrow = False
        self.set_narrow(False)

    def show_place(self, name: str) -> None:
        """Mark the current place."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)

    def show_count(self, name: str, count: int) -> None:
        """Show a count beside a place."""
        if name in self._buttons:
            self._buttons[name].set_count(count)

    def show_person(self, person: str, licence: str, office: str) -> None:
        """Say below who works here, by which licence and for whom."""
        for one, words in ((self._who, person), (self._licence, licence), (self._where, office)):
            one.setText(words)
            one.setVisible(bool(words) and not self.is_narrow)

    def set_narrow(self, on: bool) -> None:
        """Collapse to icons or open again."""
        self.is_narrow = on
        self._brand.narrow = on
        for made in self._buttons.values():
            made.narrow = on
            made.update()
        for one in (self._who, self._licence, self._where):
            one.setVisible(bool(one.text()) and not on)
        words = tr("shell.rail_expand" if on else "shell.rail_collapse")
        self._fold.set_icon("next" if on else "previous")
        self._fold.setAccessibleName(words)
        self._fold.setToolTip(words)
        sized(self, width=Space.RAIL_NARROW if on else Space.RAIL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def _toggle(self) -> None:
        self.set_narrow(not self.is_narrow)
        self.toggled.emit(self.is_narrow)

    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, RailButton):
            self.chosen.emit(sender.name)
