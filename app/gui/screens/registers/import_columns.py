"""The second step of an import: what the columns mean, guessed and to be changed, above the first rows of the file."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QWidget

from app.core.registers import Column as Listed
from app.core.registers import Columns, ImportKind, Preview
from app.gui.screens.registers.choices import offer
from app.gui.screens.registers.fields import column_name
from app.gui.screens.registers.listing import LEAST_LIST, Decorations
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import beside_or_below, emptied, grid, hbox, scrolled, sized, vbox

HEADERS = 15
SIDE_BY_SIDE = 860
SHOWN = 12
Sample = tuple[int, tuple[str, ...]]


class ColumnsPage(QWidget):
    """Shows a preview and asks what the columns are. `look_again` carries (sheet, header), `go_on` the columns."""

    look_again = Signal(str, int)
    go_on = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._preview: Preview | None = None
        self._kind = ImportKind.INSTITUTIONS
        self.boxes: dict[int, QComboBox] = {}
        column = vbox(self, gap=Space.BETWEEN)
        head = hbox(gap=Space.BETWEEN)
        self._file = ElidedLabel("", "strong", in_middle=True)
        head.addWidget(self._file, 1)
        self.sheet = _box(tr("registers.import.sheet"))
        self.header = _box(tr("registers.import.header"))
        self._sheet_words = label(tr("registers.import.sheet"), "secondary")
        head.addWidget(self._sheet_words)
        head.addWidget(sized(self.sheet, min_width=120, max_width=220))
        head.addWidget(label(tr("registers.import.header"), "secondary"))
        head.addWidget(sized(self.header, min_width=120))
        column.addLayout(head)
        self.say = label("", "secondary", wrap=True)
        column.addWidget(self.say)
        self._middle: QBoxLayout = hbox(gap=Space.CARD)
        mapping = Card(tr("registers.import.columns"), gap=Space.INSIDE)
        inner = QWidget()
        self._grid = grid(inner, margin=(2, 0, 10, 0), gap=Space.INSIDE)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 4)
        mapping.body.addWidget(sized(scrolled(inner), min_height=LEAST_LIST), 1)
        self._middle.addWidget(mapping, 3)
        sample = Card(tr("registers.import.first_rows"), gap=Space.INSIDE)
        self._sample = vbox(gap=0)
        sample.body.addLayout(self._sample, 1)
        self._middle.addWidget(sample, 4)
        column.addLayout(self._middle, 1)
        foot = hbox(gap=Space.INSIDE)
        self.wrong = label("", "error", wrap=True)
        foot.addWidget(self.wrong, 1)
        self.next_button = button(tr("registers.import.try"), self._next, kind="primary")
        foot.addWidget(self.next_button)
        column.addLayout(foot)
        self.sheet.currentIndexChanged.connect(self._changed)
        self.header.currentIndexChanged.connect(self._changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what the columns mean above the first rows where the window is narrow."""
        super().resizeEvent(event)
        beside_or_below(self._middle, event.size().width(), SIDE_BY_SIDE)

    def put(self, preview: Preview, kind: ImportKind, fields: Sequence[str]) -> None:
        """Show what a file looks like, and what its columns are taken for."""
        self._preview, self._kind = preview, kind
        encoding = f" · {preview.encoding}" if preview.encoding else ""
        self._file.setText(
            tr(
                "registers.import.facts",
                name=preview.name,
                form=preview.form.upper(),
                encoding=encoding,
                rows=f"{preview.rows:,}",
            )
        )
        offer(self.sheet, [(one, one) for one in preview.sheets])
        _set(self.sheet, preview.columns.sheet)
        for widget in (self.sheet, self._sheet_words):
            widget.setVisible(len(preview.sheets) > 1)
        offer(
            self.header,
            [("0", tr("registers.import.no_header"))]
            + [(str(row), tr("registers.import.header_row", row=row)) for row in range(1, HEADERS + 1)],
        )
        _set(self.header, str(preview.columns.header))
        self.say.setText(
            tr("registers.import.remembered" if preview.is_remembered else "registers.import.guessed")
        )
        self._map(preview, fields)
        self._show_sample(preview)
        self.wrong.setText("")

    @property
    def columns(self) -> Columns:
        """What was decided."""
        assert self._preview is not None
        chosen = {place: str(box.currentData()) for place, box in self.boxes.items() if box.currentData()}
        return Columns(
            self._preview.columns.sheet, self._preview.columns.header, chosen, self._preview.columns.constants
        )

    def _map(self, preview: Preview, fields: Sequence[str]) -> None:
        emptied(self._grid)
        self.boxes = {}
        entries = [
            ("", tr("registers.import.skip")),
            *((one, column_name(one, self._kind)) for one in fields),
        ]
        for row, listed in enumerate(preview.listed):
            title = listed.label or tr("registers.import.column", number=listed.position + 1)
            self._grid.addWidget(ElidedLabel(title, "strong"), row, 0)
            self._grid.addWidget(ElidedLabel("、".join(listed.samples), "secondary"), row, 1)
            box = _box(tr("registers.import.means", column=title))
            for value, words in entries:
                box.addItem(words, value)
            _set(box, listed.field)
            box.currentIndexChanged.connect(self._judge)
            self.boxes[listed.position] = box
            self._grid.addWidget(box, row, 2)
        self._grid.setRowStretch(len(preview.listed), 1)
        self._judge()

    def _show_sample(self, preview: Preview) -> None:
        emptied(self._sample)
        number: Column[Sample] = Column(tr("registers.import.row"), lambda one: str(one[0]), is_number=True)
        columns = (number, *map(_sample_column, preview.listed[:SHOWN]))
        model = RowsModel(columns, lambda one: str(one[0]), Decorations(), self)
        model.put(preview.sample)
        self.sample = sized(TableView(model, tr("registers.import.first_rows"), is_tall=True), min_height=LEAST_LIST)
        self.sample.setSortingEnabled(False)
        self._sample.addWidget(self.sample)

    def _judge(self, _at: int = 0) -> None:
        chosen = [str(box.currentData()) for box in self.boxes.values() if box.currentData()]
        twice = next((one for one in chosen if chosen.count(one) > 1), "")
        if "name" not in chosen:
            self.wrong.setText(tr("registers.import.need_name"))
        else:
            self.wrong.setText(
                tr("registers.import.twice", field=column_name(twice, self._kind)) if twice else ""
            )
        self.next_button.setEnabled(not self.wrong.text())

    def _changed(self, _at: int) -> None:
        if self._preview is None:
            return
        sheet, header = str(self.sheet.currentData() or ""), int(self.header.currentData() or 0)
        if sheet != self._preview.columns.sheet:
            self.look_again.emit(sheet, -1)
        elif header != self._preview.columns.header:
            self.look_again.emit(sheet, header)

    def _next(self) -> None:
        self.go_on.emit(self.columns)


def _sample_column(listed: Listed) -> Column[Sample]:
    def text(row: Sample) -> str:
        return row[1][listed.position] if listed.position < len(row[1]) else ""

    return Column(listed.label or str(listed.position + 1), text, share=1, is_strong=listed.field == "name")


def _box(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setMinimumContentsLength(4)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made


def _set(box: QComboBox, value: str) -> None:
    box.blockSignals(True)
    box.setCurrentIndex(max(box.findData(value), 0))
    box.blockSignals(False)
