"""Banners for what needs a person, toasts for what went well. No modal chains."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.gui import icons
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import emptied, hbox, sized, vbox

TOAST_MS = 6000
TOAST_LINE = 26
_ICONS = {
    "bad": "warning",
    "open": "warning",
    "ok": "check",
    "accent": "notice",
    "none": "notice",
    "rehearsal": "flag",
}


class Banner(QFrame):
    """What happened, what it means, one button; stays until dealt with or closed."""

    def __init__(
        self, text: str, *, tone: str = "bad", action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self.setProperty("tone", tone)
        self.text = text
        self._tone, self._on_action = tone, on_action
        self.setAccessibleName(text)
        line = hbox(self, margin=(Space.BETWEEN, Space.HAIR), gap=Space.INSIDE)
        self._picture = label()
        line.addWidget(self._picture)
        words = selectable(text)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line.addWidget(words, 1)
        self.action = button(action, self._act)
        line.addWidget(self.action)
        self.action.setVisible(bool(action))
        line.addWidget(icon_button("close", tr("widgets.dismiss"), self.dismiss))
        current().changed.connect(self._dress)
        self._dress()

    def dismiss(self) -> None:
        """Take the banner away."""
        self.hide()
        self.deleteLater()

    def _act(self) -> None:
        self.dismiss()
        if self._on_action is not None:
            self._on_action()

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap(_ICONS[self._tone], self._tone, 20))


class BannerStack(QWidget):
    """The place of banners at the top of a page; the same sentence is shown once."""

    def __init__(self) -> None:
        super().__init__()
        self._column = vbox(self, margin=(24, 16, 24, 0), gap=Space.INSIDE)
        self.hide()

    def add(
        self, text: str, *, tone: str = "bad", action: str = "", on_action: Callable[[], object] | None = None
    ) -> Banner:
        """Show a banner above the others."""
        self.take_away(text)
        made = Banner(text, tone=tone, action=action, on_action=on_action)
        made.destroyed.connect(self._settle)
        self._column.insertWidget(0, made)
        made.show()
        self.show()
        return made

    def take_away(self, text: str) -> None:
        """Take the banner away that says this."""
        for old in self.banners():
            if old.text == text:
                old.dismiss()

    def banners(self) -> list[Banner]:
        """Return the banners that stand."""
        return [one for one in self.findChildren(Banner) if not one.isHidden()]

    def clear(self) -> None:
        """Take all banners away."""
        emptied(self._column)
        self.hide()

    def _settle(self) -> None:
        if not self.banners():
            self.hide()


class Toast(QFrame):
    """One short sentence over the bottom of a widget, with perhaps 撤销; read out, never the only trace of a fact."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("kind", "toast")
        line = hbox(self, margin=(Space.CARD, Space.HAIR, Space.CARD, Space.HAIR), gap=Space.CARD)
        self._words = label()
        sized(self._words, min_height=TOAST_LINE)
        line.addWidget(self._words)
        self._action = button("", self._act, kind="link")
        line.addWidget(self._action)
        self._on_action: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, or nothing."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, text: str, *, action: str = "", on_action: Callable[[], object] | None = None) -> None:
        """Show a sentence for a few seconds."""
        self._words.setText(text)
        self.setAccessibleName(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._on_action = on_action
        self.show()
        self.raise_()
        self._place()
        self._timer.start(TOAST_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the widget below is resized."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _act(self) -> None:
        self.hide()
        if self._on_action is not None:
            self._on_action()

    def _place(self) -> None:
        self.adjustSize()
        # Over the status line and the margin above it: the buttons at the foot of a page stay free.
        over = self._over
        self.move((over.width() - self.width()) // 2, over.height() - self.height() - current().px(Space.HAIR))


class Note(QFrame):
    """A quiet boxed remark inside a page, in a tone; not closable."""

    def __init__(self, text: str, tone: str = "accent") -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self.setProperty("tone", tone)
        line = hbox(self, margin=(Space.BETWEEN, Space.INSIDE))
        self._words = selectable(text)
        line.addWidget(self._words)
        sized(self, min_height=Space.HIT)
        self.setAccessibleName(text)

    def say(self, text: str) -> None:
        """Show other words."""
        self._words.setText(text)
        self.setAccessibleName(text)
