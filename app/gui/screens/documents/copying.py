"""Making a copy of a signed document for somebody else: which kind, whose names are masked besides, where it goes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from app.core.documents import DocumentView
from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.screens.documents.words import file_name
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.asked import Asked, save_as
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import emptied, grid, vbox

if TYPE_CHECKING:
    from app.services.bundles.copies import Copied
    from app.services.bundles.redaction import Profile

FOLDER = "documents/copies"
_SEPARATORS = str.maketrans("，,；;　", "、、、、、")


class CopyDialog(Asked):
    """`chosen` carries the kind in front, `told` the kind and the names to be masked besides."""

    chosen = Signal(str)
    told = Signal(str, object)

    def __init__(self, parent: QWidget, kinds: "Sequence[Profile]") -> None:
        super().__init__(parent, tr("documents.copy_title"), 560)
        self.column.addWidget(label(tr("documents.copy_about"), "muted", wrap=True))
        self.kinds = QButtonGroup(self)
        choices = grid()
        choices.setColumnStretch(1, 1)
        for place, one in enumerate(kinds):
            choice, about = QRadioButton(one.title), tr(f"documents.copy_{one.id}")
            choice.setProperty("kind_id", one.id)
            choice.setProperty("source", one.source)
            choice.setAccessibleDescription(about)
            self.kinds.addButton(choice, place)
            choices.addWidget(choice, place, 0)
            choices.addWidget(ElidedLabel(about, "secondary"), place, 1)
        self.column.addLayout(choices)
        self.source = label("", "secondary", wrap=True)
        self.column.addWidget(self.source)
        self.column.addWidget(label(tr("documents.copy_names"), "strong"))
        self.column.addWidget(label(tr("documents.copy_names_about"), "secondary", wrap=True))
        self.found: list[QCheckBox] = []
        self._boxes = vbox(gap=Space.HAIR)
        self.column.addLayout(self._boxes)
        self.more = line_edit(tr("documents.copy_more"), hint=tr("documents.copy_more_hint"))
        self.column.addWidget(FormRow(tr("documents.copy_more"), self.more))
        self.yes = button(tr("documents.copy_do"), self._tell, kind="primary")
        self.answer(button(tr("widgets.cancel"), self.reject), self.yes)
        self.kinds.idToggled.connect(self._turn)

    @property
    def kind(self) -> str:
        """The kind in front."""
        return self._told("kind_id")

    def begin(self) -> None:
        """Choose the first kind."""
        first = self.kinds.button(0)
        first.setChecked(True)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_names(self, names: Sequence[str]) -> None:
        """Offer names that the text still mentions; ticked, for it is safer to mask one too many."""
        emptied(self._boxes)
        self.found = []
        for name in names:
            box = QCheckBox(name)
            box.setChecked(True)
            self.found.append(box)
            self._boxes.addWidget(box)
        if not names:
            self._boxes.addWidget(label(tr("documents.copy_none_found"), "secondary"))

    def _turn(self, _place: int, is_chosen: bool) -> None:
        if is_chosen:
            self.source.setText(tr("documents.copy_source", source=self._told("source")))
            self.chosen.emit(self.kind)

    def _told(self, what: str) -> str:
        choice = self.kinds.checkedButton()
        return str(choice.property(what)) if choice is not None else ""

    def _tell(self) -> None:
        typed = [one.strip() for one in self.more.text().translate(_SEPARATORS).split("、")]
        names = [box.text() for box in self.found if box.isChecked()] + [one for one in typed if one]
        self.accept()
        self.told.emit(self.kind, tuple(dict.fromkeys(names)))


class Copying(QObject):
    """Asks, writes, and says where the copy lies."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self._view: DocumentView | None = None
        self.dialog: CopyDialog | None = None
        self._kind = ""
        self._names: tuple[str, ...] = ()

    def ask(self, view: DocumentView) -> None:
        """Ask what kind of copy is wanted."""
        self._view = view
        self.dialog = CopyDialog(self._window, self._context.services.copies.profiles())
        self.dialog.chosen.connect(self._look)
        self.dialog.told.connect(self._choose_file)
        self.dialog.begin()
        self.dialog.open()

    def copy_to(self, file: Path) -> None:
        """Write the copy."""
        if self._view is None:
            return
        self._context.prefs.set(FOLDER, str(file.parent))
        make, document = self._context.services.copies.make, self._view.document.id
        kind, names = self._kind, self._names
        self._context.runner.run_write(lambda: make(document, kind, file, names), self._made, owner=self)

    def choose(self, kind: str, names: tuple[str, ...]) -> None:
        """Take what was chosen."""
        self._kind, self._names = kind, names

    def _look(self, kind: str) -> None:
        if self._view is not None:
            document = self._view.document.id
            self._context.runner.run_read(
                lambda: self._context.services.copies.suspected(document, kind), self._show, owner=self, key="names"
            )

    def _show(self, names: Sequence[str]) -> None:
        if self.dialog is not None:
            self.dialog.show_names(names)

    def _choose_file(self, kind: str, names: tuple[str, ...]) -> None:
        self.dialog = None
        if self._view is None:
            return
        self.choose(kind, names)
        title = {one.id: one.title for one in self._context.services.copies.profiles()}[kind]
        save_as(
            self._window, tr("documents.copy_do"), self._context.prefs.text(FOLDER),
            f"{title}_{file_name(self._view)}", self._named,
        )  # fmt: skip

    def _named(self, name: str) -> None:
        self.copy_to(Path(name))

    def _made(self, outcome: "Outcome[Copied]") -> None:
        self._context.notices.toast(tr("documents.copied", file=outcome.value.file.name))
