"""Two ways to meet side by side: open a relay here, or go to a team-mate's; an open relay takes the whole width."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.core.clock import local
from app.core.relay import RelayStatus, Visitor
from app.gui import icons
from app.gui.screens.documents.qr import QrCode
from app.gui.screens.sync.team_words import code_words, is_alone, visitor_mark, visitor_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import inset
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import ElidedLabel, label, selectable
from app.gui.widgets.layout import emptied, grid, hbox, sized, vbox

_QR = 168


class OpenRelay(QWidget):
    """What team-mates need to come here, and who came. `close_wanted` asks for its end."""

    close_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._invitation = ""
        column = vbox(self, gap=Space.BETWEEN)
        panel = inset()
        across = hbox(panel, margin=Space.CARD, gap=Space.CARD)
        self.code_picture = QrCode(_QR)
        across.addWidget(self.code_picture, 0, Qt.AlignmentFlag.AlignTop)
        facts = vbox(gap=Space.HAIR)
        self.address, self.code = selectable("", "number"), selectable("", "number")
        for name, shown in (("address", self.address), ("code", self.code)):
            shown.setWordWrap(False)
            words = label(tr(f"sync_team.open.{name}"), "secondary")
            words.setBuddy(shown)
            facts.addWidget(words)
            facts.addWidget(shown)
        self.others, self.until = label("", "secondary", wrap=True), label("", "secondary", wrap=True)
        self.alone = label(tr("sync_team.open.alone"), tone="open", wrap=True)
        for one in (self.alone, self.others, self.until):
            facts.addWidget(one)
        facts.addStretch(1)
        bar = hbox(margin=(0, Space.INSIDE, 0, 0), gap=Space.INSIDE)
        self.copy = button(tr("sync_team.open.copy"), self._copy, icon="copy")
        self.close_button = button(tr("sync_team.open.close"), self.close_wanted.emit)
        bar.addWidget(self.copy)
        bar.addWidget(self.close_button)
        bar.addStretch(1)
        facts.addLayout(bar)
        across.addLayout(facts, 1)
        column.addWidget(panel)
        self.visitors = VisitorList()
        column.addWidget(self.visitors)

    def put(self, relay: RelayStatus) -> None:
        """Show how the relay stands."""
        alone = is_alone(relay)
        if relay.invitation != self._invitation:
            self._invitation = relay.invitation
            self.code_picture.show_text(relay.invitation, relay.addresses[0])
        self.code_picture.setVisible(not alone)
        self.alone.setVisible(alone)
        self.copy.setVisible(not alone)
        self.address.setText("—" if alone else relay.addresses[0])
        self.code.setText(code_words(relay.code))
        self.others.setText(tr("sync_team.open.others", addresses="、".join(relay.addresses[1:])))
        self.others.setVisible(len(relay.addresses) > 1)
        self.until.setText(tr("sync_team.open.until", time=f"{local(relay.until):%H:%M}"))
        self.visitors.put(relay.visitors, tr("sync_team.visitors.none"))

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._invitation)


class VisitorList(QWidget):
    """Who came to the relay, and what he brought and fetched."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Visitor, ...] | None = None
        column = vbox(self, gap=Space.INSIDE)
        column.addWidget(label(tr("sync_team.visitors"), "strong"))
        self._rows: QGridLayout = grid(gap=Space.INSIDE)
        self._rows.setColumnStretch(2, 1)
        column.addLayout(self._rows)

    def put(self, visitors: Sequence[Visitor], none: str) -> None:
        """Show these; `none` is said where there are none."""
        if self._shown == tuple(visitors):
            return
        self._shown = tuple(visitors)
        emptied(self._rows)
        for row, one in enumerate(visitors):
            shape = QLabel()
            shape.setPixmap(icons.pixmap(*visitor_mark(one), 18))
            name = sized(ElidedLabel(one.name, "strong", in_middle=True), max_width=260)
            self._rows.addWidget(shape, row, 0, Qt.AlignmentFlag.AlignTop)
            self._rows.addWidget(name, row, 1, Qt.AlignmentFlag.AlignTop)
            self._rows.addWidget(label(visitor_words(one), wrap=True), row, 2)
        if not visitors:
            self._rows.addWidget(label(none, "secondary", wrap=True), 0, 0, 1, 3)


class TwoWays(QWidget):
    """`open_wanted` asks for a relay here; `visit_wanted` carries address, code and whether to stay afterwards."""

    open_wanted = Signal()
    visit_wanted = Signal(str, str, bool)

    def __init__(self) -> None:
        super().__init__()
        across = hbox(self, gap=Space.BETWEEN)
        across.addWidget(self._host(), 2)
        across.addWidget(self._guest(), 3)

    def go(self) -> None:
        """Visit the relay that is named, or say what is missing."""
        self._split()
        address, code = self.address.text().strip(), self.code.text().strip()
        self.code_row.set_error("" if code else tr("sync_team.guest.need.code"))
        self.address_row.set_error("" if address else tr("sync_team.guest.need.address"))
        wrong = next((one for one in (self.address_row, self.code_row) if one.error), None)
        if wrong is not None:
            wrong.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.visit_wanted.emit(address, code, self.stay.isChecked())

    def refused(self, row: FormRow, sentence: str) -> None:
        """Say below a field why the relay could not be visited."""
        row.set_error(sentence)
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _host(self) -> QWidget:
        made = inset()
        column = vbox(made, margin=Space.CARD, gap=Space.INSIDE)
        column.addWidget(label(tr("sync_team.host.title"), "strong"))
        column.addWidget(label(tr("sync_team.host.text"), "muted", wrap=True))
        column.addStretch(1)
        self.open = button(tr("sync_team.host.open"), self.open_wanted.emit, icon="people")
        _alone_in_row(column, self.open)
        return made

    def _guest(self) -> QWidget:
        made = inset()
        column = vbox(made, margin=Space.CARD, gap=Space.INSIDE)
        column.addWidget(label(tr("sync_team.guest.title"), "strong"))
        self.address = line_edit(tr("sync_team.guest.address"), hint=tr("sync_team.guest.address.hint"))
        self.code = line_edit(tr("sync_team.guest.code"), hint=tr("sync_team.guest.code.hint"))
        self.address_row = FormRow(tr("sync_team.guest.address"), self.address)
        self.code_row = FormRow(tr("sync_team.guest.code"), self.code)
        fields = hbox(gap=Space.BETWEEN)
        fields.addWidget(self.address_row, 3, Qt.AlignmentFlag.AlignTop)
        fields.addWidget(self.code_row, 2, Qt.AlignmentFlag.AlignTop)
        column.addLayout(fields)
        self.stay = QCheckBox(tr("sync_team.guest.stay"))
        self.stay.setChecked(True)
        column.addWidget(self.stay)
        bar = hbox(gap=Space.INSIDE)
        self.visit = button(tr("sync_team.guest.do"), self.go, icon="sync")
        self.paste = button(tr("sync_team.guest.paste"), self._paste, icon="copy")
        for one in (self.visit, self.paste):
            bar.addWidget(one)
        bar.addStretch(1)
        column.addLayout(bar)
        self.address.editingFinished.connect(self._split)
        self.address.returnPressed.connect(self.code.setFocus)
        self.code.returnPressed.connect(self.go)
        return made

    def _split(self) -> None:
        """Take address and code apart where both were put into the first field."""
        address, sign, code = self.address.text().strip().partition("#")
        if sign:
            self.address.setText(address)
            self.code.setText(code_words(code.strip()))
            self.code_row.set_error("")
        self.address_row.set_error("")

    def _paste(self) -> None:
        text = QApplication.clipboard().text().strip()
        if "#" not in text or len(text) > 200 or "\n" in text:
            self.refused(self.address_row, tr("sync_team.guest.paste.none"))
            return
        self.address.setText(text)
        self._split()
        self.visit.setFocus(Qt.FocusReason.OtherFocusReason)


def _alone_in_row(column: QVBoxLayout, one: QWidget) -> None:
    row = hbox()
    row.addWidget(one)
    row.addStretch(1)
    column.addLayout(row)


