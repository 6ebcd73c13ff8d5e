"""Whom packets go to: taking up an invitation or a card with its fingerprint compared first, and the team-mates."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget

from app.core.packets import Peer
from app.gui.screens.documents.qr import QrCode
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card, inset
from app.gui.widgets.labels import ElidedLabel, label, selectable
from app.gui.widgets.layout import emptied, hbox, sized, vbox

SERVER, MATE = "server", "mate"


class Introduction(QWidget):
    """A pasted text whose fingerprint is compared before it is taken up.

    `looked` asks whose text it is, `agreed` carries it once the fingerprint was said to be the same.

    Args:
        kind: `server` for an invitation, `mate` for a card.
    """

    looked = Signal(str)
    agreed = Signal(str)

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self._text = kind, ""
        column = vbox(self, gap=Space.INSIDE)
        column.addWidget(label(tr(f"sync_packets.intro.{kind}.text"), "muted", wrap=True))
        self.paste = sized(QPlainTextEdit(), height=72)
        self.paste.setPlaceholderText(tr(f"sync_packets.intro.{kind}.hint"))
        self.paste.setAccessibleName(tr(f"sync_packets.intro.{kind}.hint"))
        self.paste.setTabChangesFocus(True)
        column.addWidget(self.paste)
        row = hbox()
        self.look = button(tr("sync_packets.intro.look"), self._look)
        row.addWidget(self.look)
        row.addStretch(1)
        column.addLayout(row)
        self._found = inset()
        inner = vbox(self._found, margin=Space.BETWEEN, gap=Space.INSIDE)
        self.name = ElidedLabel("", "strong")
        self.fingerprint = selectable("", "section")
        inner.addWidget(self.name)
        inner.addWidget(self.fingerprint)
        inner.addWidget(label(tr(f"sync_packets.intro.{kind}.compare"), wrap=True))
        answers = hbox()
        self.same = button(tr("sync_packets.intro.same"), self._agree, icon="check")
        self.differs = button(tr("sync_packets.intro.differs"), self.clear)
        for one in (self.same, self.differs):
            answers.addWidget(one)
        answers.addStretch(1)
        inner.addLayout(answers)
        column.addWidget(self._found)
        self._found.hide()
        self.paste.textChanged.connect(self._changed)
        self._changed()

    def show_peer(self, text: str, peer: Peer) -> None:
        """Show whose text it is; the wrong kind of text is not taken up."""
        self._text = text
        self.name.setText(peer.name)
        self.fingerprint.setText(peer.fingerprint)
        self._found.show()
        self.same.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Begin afresh."""
        self.paste.clear()

    def _changed(self) -> None:
        self._found.hide()
        self.look.setEnabled(bool(self.paste.toPlainText().strip()))

    def _look(self) -> None:
        self.looked.emit(self.paste.toPlainText().strip())

    def _agree(self) -> None:
        self.agreed.emit(self._text)


class MatesCard(Card):
    """The team-mates of one task, adding and removing, and this laptop's own card."""

    refresh_wanted = Signal()
    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("sync_packets.mates.title"), gap=Space.BETWEEN)
        self._own_text = ""
        self._shown: tuple[Peer, ...] | None = None
        self.body.addWidget(label(tr("sync_packets.mates.text"), "muted", wrap=True))
        self.unconfirmed = label("", "secondary", wrap=True)
        self.body.addWidget(self.unconfirmed)
        self._rows: QVBoxLayout = vbox(gap=Space.INSIDE)
        self.body.addLayout(self._rows)
        bar = hbox(gap=Space.INSIDE)
        self.add = button(tr("sync_packets.mate.add"), self._turn_intro, icon="add")
        self.own = button(tr("sync_packets.card"), self._turn_own, icon="qr")
        self.refresh = button(tr("sync_packets.mate.refresh"), self.refresh_wanted.emit)
        for one in (self.add, self.own, self.refresh):
            bar.addWidget(one)
        bar.addStretch(1)
        self.body.addLayout(bar)
        self.intro = Introduction(MATE)
        self.body.addWidget(self.intro)
        self._mine = inset()
        across = hbox(self._mine, margin=Space.BETWEEN, gap=Space.BETWEEN)
        self._code = QrCode(260)
        across.addWidget(self._code)
        facts = vbox(gap=Space.INSIDE)
        self._own_name, self._own_print = ElidedLabel("", "strong"), selectable("", "section")
        facts.addWidget(self._own_name)
        facts.addWidget(self._own_print)
        facts.addWidget(label(tr("sync_packets.card.text"), "muted", wrap=True))
        copy = hbox()
        copy.addWidget(button(tr("sync_packets.card.copy"), self._copy, icon="copy"))
        copy.addStretch(1)
        facts.addLayout(copy)
        facts.addStretch(1)
        across.addLayout(facts, 1)
        self.body.addWidget(self._mine)
        self.intro.hide()
        self._mine.hide()

    def put(self, mates: Sequence[Peer], own: Peer, own_text: str, unconfirmed: int, can_ask: bool) -> None:
        """Show the team-mates; `can_ask` says that there is a server to ask for them."""
        if self._shown != tuple(mates):
            self._shown = tuple(mates)
            self._list(self._shown)
        self.refresh.setVisible(can_ask)
        self.unconfirmed.setText(tr("sync_packets.unconfirmed", count=f"{unconfirmed:,}"))
        self.unconfirmed.setVisible(unconfirmed > 0)
        if own_text != self._own_text:
            self._own_text = own_text
            self._code.show_text(own_text, own.fingerprint)
            self._own_name.setText(tr("sync_packets.card.own", name=own.name))
            self._own_print.setText(own.fingerprint)

    def _list(self, mates: tuple[Peer, ...]) -> None:
        before = self._before()
        emptied(self._rows)
        for one in mates:
            row = _MateRow(one, self.removed.emit)
            self._rows.addWidget(row)
            self.setTabOrder(before, row.remove)  # rows came last and stand first
            before = row.remove
        if not mates:
            self._rows.addWidget(label(tr("sync_packets.mates.none"), "secondary", wrap=True))

    def _before(self) -> QWidget:
        """Return what the tab key reaches before the rows."""
        found = self.add.previousInFocusChain()
        while found is not None and found is not self.add:
            if found.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(found.parentWidget(), _MateRow):
                return found
            found = found.previousInFocusChain()
        return self.add

    def added(self) -> None:
        """Put the field away: the card was taken up."""
        self.intro.clear()
        self.intro.hide()

    def _turn_intro(self) -> None:
        self.intro.setVisible(self.intro.isHidden())
        if not self.intro.isHidden():
            self.intro.paste.setFocus(Qt.FocusReason.OtherFocusReason)

    def _turn_own(self) -> None:
        self._mine.setVisible(self._mine.isHidden())

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._own_text)


class _MateRow(QWidget):
    def __init__(self, mate: Peer, removed: Callable[[str], object]) -> None:
        super().__init__()
        self._device, self._removed = mate.device, removed
        row = hbox(self, gap=Space.BETWEEN)
        row.addWidget(sized(ElidedLabel(mate.name, "strong"), min_width=80), 1)
        row.addWidget(label(mate.fingerprint, "secondary"))
        self.remove = button(tr("sync_packets.mate.remove"), self._remove, kind="quiet")
        self.remove.setAccessibleName(tr("sync_packets.mate.remove.name", name=mate.name))
        row.addWidget(self.remove)

    def _remove(self) -> None:
        self._removed(self._device)
