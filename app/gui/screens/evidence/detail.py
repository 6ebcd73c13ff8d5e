"""What is known of the chosen piece, and what can be done with it."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.evidence import Evidence, Link
from app.gui.checklist.pause import Pause
from app.gui.screens.evidence import words
from app.gui.screens.evidence.ops import Target
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import ElidedLabel, label, selectable
from app.gui.widgets.layout import emptied, grid, hbox, rule, scrolled, sized, vbox


class Detail(QWidget):
    """Caption, links, facts, digests and actions of one piece.

    `captioned` carries piece id and text, `unlinked` a link; the others name what was pressed.
    """

    captioned = Signal(str, str)
    unlinked = Signal(object)
    link_wanted = Signal()
    void_wanted = Signal()
    export_wanted = Signal()
    stamp_wanted = Signal()
    copied = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._piece: Evidence | None = None
        card = Card(margin=Space.BETWEEN)
        self.title = label("", "strong")
        card.body.addWidget(self.title)
        self.void_note = label("", "error", wrap=True)
        card.body.addWidget(self.void_note)
        self.caption: QLineEdit = line_edit(tr("evidence.caption"), hint=tr("evidence.caption_hint"))
        card.body.addWidget(FormRow(tr("evidence.caption"), self.caption))
        self._pause = Pause(self, self._caption)
        self.caption.textEdited.connect(self._pause.touch)
        self.caption.returnPressed.connect(self._pause.flush)
        self._pause.watch(self.caption)
        head = hbox()
        head.addWidget(label(tr("evidence.links"), "secondary"))
        head.addStretch(1)
        self.link_button = button(tr("evidence.link"), self.link_wanted.emit, kind="link", icon="link")
        head.addWidget(self.link_button)
        card.body.addLayout(head)
        self._links = vbox(gap=0)
        card.body.addLayout(self._links)
        self.odd = label("", "secondary", tone="open", wrap=True)
        card.body.addWidget(self.odd)
        card.body.addWidget(rule())
        self._facts = grid(gap=Space.HAIR)
        self._facts.setColumnStretch(1, 1)
        card.body.addLayout(self._facts)
        card.body.addWidget(rule())
        self.sha256, self.sm3 = ElidedLabel("", "secondary"), ElidedLabel("", "secondary")
        for name, shown, copy in (("SHA-256", self.sha256, self.copy_sha256), ("SM3", self.sm3, self.copy_sm3)):
            line = hbox(gap=Space.INSIDE)
            line.addWidget(label(name, "secondary"))
            line.addWidget(shown, 1)
            line.addWidget(icon_button("copy", tr("evidence.copy", name=name), copy))
            card.body.addLayout(line)
        card.body.addWidget(rule())
        self.export_button = button(tr("evidence.export"), self.export_wanted.emit, icon="export")
        self.stamp_button = button(tr("evidence.stamp"), self.stamp_wanted.emit, icon="download")
        self.void_button = button(tr("evidence.void"), self.void_wanted.emit, kind="danger", icon="void")
        for row in ((self.export_button,), (self.stamp_button, self.void_button)):
            line = hbox(gap=Space.INSIDE)
            line.addWidget(row[0])
            line.addStretch(1)
            for one in row[1:]:
                line.addWidget(one)
            card.body.addLayout(line)
        inner = QWidget()
        column = vbox(inner, margin=(8, 0, 0, 8))
        column.addWidget(card)
        column.addStretch(1)
        vbox(self).addWidget(scrolled(inner))

    def show_piece(
        self, piece: Evidence, people: Mapping[str, str], targets: Mapping[Link, Target], *, chosen: int, locked: bool
    ) -> None:
        """Show one piece; `chosen` pieces are selected with it."""
        if self._piece is not None and self._piece.id != piece.id:
            self._pause.flush()
        same = self._piece is not None and self._piece.id == piece.id
        self._piece = piece
        number = tr("evidence.number", number=piece.number)
        self.title.setText(tr("evidence.chosen", number=number, count=chosen) if chosen > 1 else number)
        voided = piece.voided_reason is not None
        self.void_note.setVisible(voided)
        self.void_note.setText(tr("evidence.voided_why", reason=piece.voided_reason or ""))
        if not (same and self._pause.is_due):
            self.caption.setText(piece.caption)
        fixed = locked or voided
        self.caption.setReadOnly(fixed)
        self.link_button.setEnabled(not fixed)
        self.void_button.setEnabled(not fixed)
        self.stamp_button.setEnabled(piece.status == "ok")
        self.export_button.setEnabled(piece.is_stored)
        self._show_links(piece, targets, fixed=fixed)
        odd = words.oddities(piece)
        self.odd.setText("\n".join(odd))
        self.odd.setVisible(bool(odd))
        self._show_facts(piece, people)
        self.sha256.setText(piece.sha256)
        self.sm3.setText(piece.sm3)

    def flush(self) -> None:
        """Hand over what was typed."""
        self._pause.flush()

    def copy_sha256(self) -> None:
        """Put the SHA-256 on the clipboard."""
        self._copy(self._piece.sha256 if self._piece is not None else "")

    def copy_sm3(self) -> None:
        """Put the SM3 on the clipboard."""
        self._copy(self._piece.sm3 if self._piece is not None else "")

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.copied.emit()

    def _caption(self) -> None:
        piece = self._piece
        if piece is not None and self.caption.text().strip() != piece.caption:
            self.captioned.emit(piece.id, self.caption.text().strip())

    def _show_links(self, piece: Evidence, targets: Mapping[Link, Target], *, fixed: bool) -> None:
        emptied(self._links)
        if not piece.links:
            self._links.addWidget(label(tr("evidence.links_none"), "muted", wrap=True))
        for link in piece.links:
            target = targets.get(link)
            kind = tr(f"evidence.target_{link.target_kind}")
            words_ = f"{target.code}　{target.title}".strip() if target is not None else link.target.rpartition("/")[2]
            line = hbox(gap=Space.HAIR)
            line.addWidget(ElidedLabel(f"{kind}　{words_}"), 1)
            away = icon_button("close", tr("evidence.unlink", name=words_))
            away.setEnabled(not fixed)
            away.setProperty("link", link)
            away.clicked.connect(self._unlink)
            line.addWidget(away)
            self._links.addLayout(line)

    def _show_facts(self, piece: Evidence, people: Mapping[str, str]) -> None:
        emptied(self._facts)
        for row, (name, value) in enumerate(words.facts(piece, people)):
            self._facts.addWidget(sized(label(name, "secondary"), min_width=60), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(selectable(value, "secondary"), row, 1)

    def _unlink(self) -> None:
        self.unlinked.emit(self.sender().property("link"))
