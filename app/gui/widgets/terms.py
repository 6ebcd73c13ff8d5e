"""A strip over every page while new work is limited, and the buttons that would only be refused, greyed with the reason."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from app.gui import icons
from app.gui.contracts import FrameFacts
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, restyle, vbox

# Buttons that begin new work, and those of one deed each, by the key of their words. Signing is never greyed: whoever
# stands before us signs, and what a visit needs to its end is never held up.
BEGINS = ("tasks.new", "tasks.form.create", "home.new_task", "home.action.start", "inspection.start")
DEEDS = {
    "resolve": ("sync.conflict.keep.current", "sync.conflict.keep.other", "sync.conflict.write"),
    "void": ("evidence.void",),
}
_WHY = "greyed_because"


class TermsStrip(QWidget):
    """Says what is limited and why; `opened` asks for the page that helps."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._frame = QFrame()
        self._frame.setProperty("kind", "banner")
        vbox(self, margin=(Space.PAGE, Space.INSIDE, Space.PAGE, 0)).addWidget(self._frame)
        line = hbox(self._frame, margin=(Space.BETWEEN, Space.HAIR), gap=Space.INSIDE)
        self._picture = label()
        self.words = label("", wrap=True)
        line.addWidget(self._picture)
        line.addWidget(self.words, 1)
        line.addWidget(button(tr("shell.terms_open"), self.opened.emit))
        self._tone = "none"
        current().changed.connect(self._dress)
        self.hide()

    def show_facts(self, facts: FrameFacts, *, is_said: bool = False) -> None:
        """Show what is limited, or nothing; nothing either on a page that says it itself."""
        words = terms_words(facts)
        self._tone = "bad" if facts.limit else "open"
        self.words.setText(words)
        self.setAccessibleName(words)
        restyle(self._frame, tone=self._tone)
        self._dress()
        self.setVisible(bool(words) and not is_said)

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap("warning", self._tone, 20))


def terms_words(facts: FrameFacts) -> str:
    """Return why new work is limited, or nothing."""
    if facts.limit:
        return tr(f"shell.terms_{facts.limit}")
    return "" if facts.may_fill else tr("shell.terms_may_not")


def grey(screen: QWidget, facts: FrameFacts) -> None:
    """Grey the buttons of a screen that would only be refused, with the reason as tooltip; give them back after that."""
    reasons = {tr(key): terms_words(facts) for key in BEGINS} if terms_words(facts) else {}
    for deed in DEEDS.keys() & facts.denied:
        reasons |= {tr(key): tr(f"shell.terms_no_{deed}") for key in DEEDS[deed]}
    for one in screen.findChildren(QAbstractButton):
        reason, before = reasons.get(one.text()), one.property(_WHY)
        if reason is not None and one.isEnabled():
            if before is None:
                one.setProperty(_WHY, one.toolTip())
            one.setEnabled(False)
            one.setToolTip(reason)
        elif reason is None and before is not None:
            one.setEnabled(True)
            one.setToolTip(str(before))
            one.setProperty(_WHY, None)
