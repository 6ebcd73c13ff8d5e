"""The right side while people sign: whose turn, the pad, who has signed what, and the ways besides the pad."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from app.core.documents import DocumentView, SignerLine, SignerRole
from app.gui.screens.documents.signers import Signers
from app.gui.screens.documents.touch import touch, touch_icon
from app.gui.screens.documents.words import (
    OFFICERS,
    OUTSIDERS,
    heard_words,
    is_seal,
    left,
    may_refuse,
    role_words,
    short_hash,
)
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.gui.widgets.signature import SignaturePad, Stroke

LOW = 430
VERY_LOW = 340


class PadPane(QFrame):
    """The pad of one signer for one page. The pad lies outside everything that scrolls."""

    sign_wanted = Signal(object)
    page_wanted = Signal(int)
    rest_wanted = Signal(object)
    signer_wanted = Signal(object)
    aloud_wanted = Signal()
    refuse_wanted = Signal()
    paper_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lowness: tuple[bool, bool] | None = None
        self.setProperty("kind", "surface")
        self._line: SignerLine | None = None
        self._page = 1
        self._is_busy = False
        self.pad = SignaturePad()
        sized(self.pad, min_height=124, max_height=220)
        self.pad.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.pad.changed.connect(self._judge)
        self.turn = ElidedLabel("", "section")
        self.hint = label("", "secondary", wrap=True)
        self.name = line_edit(tr("documents.signer_name"), hint=tr("documents.signer_name_hint"))
        self.name.textChanged.connect(self._judge)
        self.name.hide()
        self.undo = touch_icon("undo", tr("widgets.sign_undo"), self.pad.undo)
        self.clear = touch_icon("delete", tr("widgets.sign_clear"), self.pad.clear)
        self.sign = touch("", self._sign, kind="primary", icon="sign", is_wide=True)
        self.rest = button("", self._rest, kind="link")
        self.signers = Signers()
        self.signers.chosen.connect(self.signer_wanted)
        self.aloud = touch(tr("documents.aloud"), self.aloud_wanted.emit, is_wide=True)
        self.refuse = touch(tr("documents.refuse"), self.refuse_wanted.emit, is_wide=True)
        self.paper = touch(tr("documents.paper"), self.paper_wanted.emit, is_wide=True)
        self._build()

    @property
    def line(self) -> SignerLine | None:
        """Whose pad it is."""
        return self._line

    @property
    def signer_name(self) -> str:
        """The name written for a place whose signer was not known before."""
        return self.name.text().strip() if not self.name.isHidden() else ""

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """What was written."""
        return self.pad.strokes

    def show_turn(self, view: DocumentView, role: SignerRole, page: int, *, said: str = "") -> None:
        """Give the pad to a signer for a page; a new signer or page finds it empty. `said` tells what was just done."""
        line = next(one for one in view.signers if one.role is role)
        if self._line is None or (self._line.role, self._page) != (role, page):
            self.pad.clear()
        if self._line is None or self._line.role != role:
            self.name.clear()
        self._line, self._page = line, page
        self._is_busy = False
        if is_seal(line):
            self.turn.setText(tr("documents.turn_seal", role=line.label))
        else:
            self.turn.setText(tr("documents.turn", role=line.label or role_words(role), name=line.name))
        self.name.setVisible(not line.name and not is_seal(line))
        shown = view.document.pages[page - 1]
        parts = [
            *([said] if said else []),
            *([tr("documents.seal_about")] if is_seal(line) else []),
            tr("documents.turn_pages", all=len(line.pages), left=len(left(line))),
            tr("documents.page_hash", hash=short_hash(shown.content_hash)),
        ]
        if told := heard_words(view, role):
            parts.append(told)
        if shown.corrections and role in OUTSIDERS and page in left(line):
            parts.append(tr("documents.sign_corrections", count=shown.corrections))
        self.hint.setText(" · ".join(parts))
        self.signers.show_view(view, role)
        self.refuse.setEnabled(may_refuse(role) and bool(left(line)))
        self.paper.setEnabled(bool(left(line)))
        self._judge()

    def set_busy(self) -> None:
        """Take no second signature while the first is being saved."""
        self._is_busy = True
        self._judge()

    def released(self) -> None:
        """Take signatures again, with what was written still there."""
        self._is_busy = False
        self._judge()

    def _build(self) -> None:
        column = vbox(self, margin=Space.CARD, gap=Space.INSIDE)
        column.addWidget(self.turn)
        column.addWidget(self.hint)
        column.addWidget(self.name)
        column.addWidget(self.pad, 2)
        act = hbox(gap=Space.HAIR)
        act.addWidget(self.undo)
        act.addWidget(self.clear)
        act.addWidget(self.sign, 1)
        column.addLayout(act)
        column.addWidget(self.rest, 0, Qt.AlignmentFlag.AlignRight)
        self._held = sized(scrolled(self.signers), min_height=88)
        column.addWidget(self._held, 3)
        ways = hbox(gap=Space.INSIDE)
        for one in (self.aloud, self.refuse, self.paper):
            ways.addWidget(one, 1)
        column.addLayout(ways)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep pad and buttons whole where the window is low; the list of signers scrolls in what is left."""
        super().resizeEvent(event)
        lowness = (self.height() < current().px(LOW), self.height() < current().px(VERY_LOW))
        if lowness == self._lowness:
            return  # giving sizes again would resize again
        self._lowness = lowness
        low, very_low = lowness
        sized(self.pad, min_height=84 if low else 124)
        sized(self._held, min_height=1 if low else 88)
        self._held.setVisible(not very_low)

    def _judge(self) -> None:
        line = self._line
        if line is None:
            return
        due = left(line)
        drawn = any(len(stroke) > 1 for stroke in self.pad.strokes)
        here = self._page in due
        if not due:
            words = tr("documents.sign_none")
        elif not here:
            words = tr("documents.sign_goto", page=_next_of(due, self._page))
        else:
            words = tr("documents.sign_next" if len(due) > 1 else "documents.sign_last")
        self.sign.setText(words)
        self.sign.setEnabled(bool(due) and not self._is_busy and (not here or (drawn and self._is_named)))
        for one in (self.undo, self.clear):
            one.setEnabled(not self.pad.is_empty and not self._is_busy)
        self.pad.setEnabled(here and not self._is_busy and not is_seal(line))
        # Only officers may put one signature on many pages: they wrote them; the others must see each page.
        self.rest.setVisible(here and drawn and len(due) > 1 and line.role in OFFICERS)
        self.rest.setText(tr("documents.sign_rest", count=len(due)))
        self.rest.setEnabled(not self._is_busy)

    @property
    def _is_named(self) -> bool:
        return self.name.isHidden() or bool(self.signer_name)

    def _sign(self) -> None:
        if self._line is None or self._is_busy:
            return
        due = left(self._line)
        if self._page in due:
            self.sign_wanted.emit((self._page,))
        elif due:
            self.page_wanted.emit(_next_of(due, self._page))

    def _rest(self) -> None:
        if self._line is not None and not self._is_busy:
            self.rest_wanted.emit(left(self._line))


def _next_of(pages: tuple[int, ...], here: int) -> int:
    return next((page for page in pages if page > here), pages[0])
