"""One editor per answer kind: what an item asks for besides its state, in the words of its template."""

from typing import assert_never

from PySide6.QtCore import Qt

from app.core.inspections import Answer
from app.gui.checklist.amount_editor import AmountEditor
from app.gui.checklist.editor import Editor
from app.gui.checklist.rows_editor import RowsEditor
from app.gui.checklist.rows_model import RowsModel
from app.gui.checklist.value_editors import ChoiceEditor, DayEditor, NumberEditor, TextEditor
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.layout import vbox
from checklists.schema import AnswerKind, Item


class TableEditor(Editor):
    """Detail rows."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.model = RowsModel(item)
        self.model.setParent(self)
        self.table = RowsEditor(self.model, tr("inspection.rows_of", code=item.code))
        column = vbox(self, gap=Space.HAIR)
        column.addWidget(self.table)
        self.model.save_wanted.connect(self.row_kept)
        self.model.remove_wanted.connect(self.row_removed)
        self.table.height_changed.connect(self.height_changed)
        self.table.left.connect(self.left)

    def show_answer(self, answer: Answer) -> None:
        self.model.adopt(answer.rows)

    def flush(self) -> None:
        self.table.commit()

    def set_read_only(self, on: bool) -> None:
        self.model.set_read_only(on)

    def take_focus(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)


class Stacked(Editor):
    """Two editors of one item, one above the other: a figure and the worksheet it comes from."""

    def __init__(self, *parts: Editor) -> None:
        super().__init__()
        self.parts = parts
        column = vbox(self, gap=Space.INSIDE)
        for part in parts:
            column.addWidget(part)
            part.edited.connect(self.edited)
            part.row_kept.connect(self.row_kept)
            part.row_removed.connect(self.row_removed)
            part.height_changed.connect(self.height_changed)
            part.left.connect(self.left)

    def show_answer(self, answer: Answer) -> None:
        for part in self.parts:
            part.show_answer(answer)

    def flush(self) -> None:
        for part in self.parts:
            part.flush()

    def set_read_only(self, on: bool) -> None:
        for part in self.parts:
            part.set_read_only(on)

    def take_focus(self) -> None:
        self.parts[0].take_focus()


def editor_for(item: Item) -> Editor | None:
    """Return the editor of an item, or None where the state says everything."""
    main = _main_editor(item)
    if item.columns and item.kind is not AnswerKind.ROWS:
        table = TableEditor(item)
        return table if main is None else Stacked(main, table)
    return main


def _main_editor(item: Item) -> Editor | None:
    match item.kind:
        case AnswerKind.STATE:
            return None
        case AnswerKind.STATE_AMOUNT:
            return AmountEditor(item)
        case AnswerKind.ROWS:
            return TableEditor(item)
        case AnswerKind.NUMBER | AnswerKind.PERCENT:
            return NumberEditor(item)
        case AnswerKind.DATE:
            return DayEditor(item)
        case AnswerKind.CHOICE:
            return ChoiceEditor(item)
        case AnswerKind.TEXT:
            return TextEditor(item)
        case _:
            assert_never(item.kind)
