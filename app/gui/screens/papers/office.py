"""What papers print of the office: written once, for all its laptops."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox

ROWS = (
    ("address", "postcode"), ("contact", "phone"), ("reconsideration", "court"), ("treasury_account", "fund_account"),
)  # fmt: skip


class OfficeDialog(Asked):
    """`told` carries what was changed, by name."""

    told = Signal(object)

    def __init__(self, parent: QWidget, facts: Mapping[str, str]) -> None:
        super().__init__(parent, tr("papers.office_title"), 560)
        self._facts = dict(facts)
        self.column.addWidget(label(tr("papers.office_about"), "muted", wrap=True))
        self.fields: dict[str, QLineEdit] = {}
        for pair in ROWS:
            line = hbox(gap=Space.BETWEEN)
            for name in pair:
                words = tr(f"papers.office_{name}")
                self.fields[name] = line_edit(words, text=self._facts.get(name, ""))
                line.addWidget(FormRow(words, self.fields[name]), 1)
            self.column.addLayout(line)
        self.yes = button(tr("papers.office_do"), self._tell, kind="primary")
        self.answer(button(tr("widgets.cancel"), self.reject), self.yes)
        self.fields["address"].setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self) -> None:
        written = {name: edit.text().strip() for name, edit in self.fields.items()}
        self.accept()
        self.told.emit({name: text for name, text in written.items() if text != self._facts.get(name, "")})
