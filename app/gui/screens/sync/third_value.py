"""A third value for a conflict: written where both are seen."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.core.syncing import ConflictLine
from app.gui.screens.registers.listing import Pills
from app.gui.screens.sync.conflict_words import is_long, typed_words, where_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.layout import hbox, sized, vbox

STATES = ("open", "pass", "fail", "na")


class ThirdValue(QWidget):
    """A quiet link that opens an editor; `wanted` carries what was written."""

    wanted = Signal(str)

    def __init__(self, line: ConflictLine) -> None:
        super().__init__()
        self._line = line
        column = vbox(self, gap=Space.INSIDE)
        row = hbox()
        self.open_button = button(tr("sync.conflict.write"), self.open_editor, kind="link")
        self.open_button.setAccessibleName(f"{tr('sync.conflict.write')} {where_words(line)}")
        row.addWidget(self.open_button)
        row.addStretch(1)
        column.addLayout(row)
        self._place = column
        self.editor: QLineEdit | QPlainTextEdit | Pills | None = None

    def open_editor(self) -> None:
        """Show the editor with what stands now."""
        if self.editor is not None:
            return
        self.open_button.hide()
        name, text = where_words(self._line), typed_words(self._line)
        self.editor = self._made(name, text)
        row = hbox(gap=Space.BETWEEN)
        row.addWidget(self.editor, 0 if isinstance(self.editor, Pills) else 1)
        take = button(tr("sync.conflict.take"), self._take, kind="primary")
        take.setAccessibleName(f"{tr('sync.conflict.take')} {name}")
        row.addWidget(take)
        if isinstance(self.editor, Pills):
            row.addStretch(1)
        self._place.addLayout(row)
        self.editor.setFocus()

    def text(self) -> str:
        """Return what is written."""
        match self.editor:
            case Pills():
                return self.editor.value
            case QPlainTextEdit():
                return self.editor.toPlainText().strip()
            case QLineEdit():
                return self.editor.text().strip()
            case _:
                return ""

    def _made(self, name: str, text: str) -> QLineEdit | QPlainTextEdit | Pills:
        if self._line.field == "state":
            pills = Pills(name, [(one, tr(f"sync_fields.value.{one}")) for one in STATES])
            pills.choose(text if text in STATES else STATES[0])
            return pills
        if is_long(self._line) or "\n" in text:
            area = sized(QPlainTextEdit(text), min_height=96, max_height=160)
            area.setAccessibleName(name)
            area.setTabChangesFocus(True)
            return area
        line = line_edit(name, text=text)
        line.returnPressed.connect(self._take)
        return line

    def _take(self) -> None:
        self.wanted.emit(self.text())
