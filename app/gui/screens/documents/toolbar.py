"""The line above a page: back, page n / N with its short hash, turning, zoom; and what its state means."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from app.core.documents import Document
from app.gui import icons
from app.gui.screens.documents.touch import touch, touch_icon
from app.gui.screens.documents.words import short_hash
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, restyle, sized

NARROW = 620
SLIM = 400


class PageBar(QFrame):
    """Turns and zooms."""

    back = Signal()
    turned = Signal(int)
    zoomed = Signal(int)

    def __init__(self, back_words: str) -> None:
        super().__init__()
        self.setProperty("kind", "surface")
        line = hbox(self, margin=(Space.BETWEEN, Space.HAIR), gap=Space.HAIR)
        self._words = back_words
        self._place_words = ("", "")
        self.back_button = touch(back_words, self.back.emit, kind="quiet", icon="back")
        self.back_button.setAccessibleName(back_words)
        self.back_button.setToolTip(back_words)
        line.addWidget(self.back_button)
        line.addStretch(1)
        self.previous = touch_icon("previous", tr("documents.previous"), self._previous)
        self.following = touch_icon("next", tr("documents.following"), self._following)
        self.place = label("", "strong")
        self.hash = label("", "secondary")
        line.addWidget(self.previous)
        line.addWidget(self.place)
        line.addWidget(self.following)
        line.addWidget(self.hash)
        line.addStretch(1)
        self.smaller = icon_button("dash", tr("documents.smaller"), self._smaller, shortcut="Ctrl+-")
        self.larger = icon_button("add", tr("documents.larger"), self._larger, shortcut="Ctrl+=")
        self.zoom = button("100%", self._fit, kind="quiet")
        self.zoom.setAccessibleName(tr("documents.fit"))
        self.zoom.setToolTip(tr("documents.fit"))
        for one in (self.smaller, self.zoom, self.larger):
            line.addWidget(one)

    def show_page(self, document: Document, page: int, zoom: float) -> None:
        """Say where one is."""
        shown = document.pages[page - 1]
        self._place_words = (tr("documents.page_of", page=page, all=len(document.pages)), f"{page} / {len(document.pages)}")
        self._say_place()
        self.hash.setText(tr("documents.page_hash", hash=short_hash(shown.content_hash)))
        self.hash.setToolTip(shown.content_hash)
        self.previous.setEnabled(page > 1)
        self.following.setEnabled(page < len(document.pages))
        self.zoom.setText(f"{zoom:.0%}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the page whole where there is little room; the pad says the hash as well."""
        super().resizeEvent(event)
        self._say_place()

    def _say_place(self) -> None:
        is_narrow = self.width() < current().px(NARROW)
        self.back_button.setText("" if is_narrow else self._words)
        self.zoom.setVisible(not is_narrow)
        is_slim = self.width() < current().px(SLIM)
        self.hash.setVisible(not is_slim)
        self.place.setText(self._place_words[is_slim])

    def _previous(self) -> None:
        self.turned.emit(-1)

    def _following(self) -> None:
        self.turned.emit(1)

    def _smaller(self) -> None:
        self.zoomed.emit(-1)

    def _larger(self) -> None:
        self.zoomed.emit(1)

    def _fit(self) -> None:
        self.zoomed.emit(0)


class StateStrip(QFrame):
    """What the state of the document means for whoever wants to change it, with at most one button."""

    acted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self._icon, self._tone = "lock", "accent"
        line = hbox(self, margin=(Space.BETWEEN, 2), gap=Space.INSIDE)
        self._picture = label()
        self.words = label("", wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.action = button("", self.acted.emit)
        line.addWidget(self._picture)
        line.addWidget(self.words, 1)
        line.addWidget(self.action)
        sized(self, min_height=Space.HIT + 6)
        current().changed.connect(self._dress)

    def say(self, words: str, tone: str, icon: str, action: str = "") -> None:
        """Show a sentence."""
        self._icon, self._tone = icon, tone
        self.words.setText(words)
        self.setAccessibleName(words)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        restyle(self, tone=tone)
        self._dress()

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap(self._icon, self._tone, 18))
