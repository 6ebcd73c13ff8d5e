"""The line above the wall: which inspection, which pieces, and how new ones come in."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.evidence import Evidence, Link
from app.core.ids import InspectionId
from app.gui.screens.evidence import words
from app.gui.screens.evidence.model import Filter, Only, linked_items
from app.gui.screens.evidence.ops import Visit
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.camera import CameraButton
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox


class FilterBar(QWidget):
    """Two lines: the visit with the intake buttons, the filters with the count."""

    visit_chosen = Signal(str)
    changed = Signal()
    files_wanted = Signal()
    folder_wanted = Signal()
    paste_wanted = Signal()
    camera_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self, gap=Space.INSIDE)
        first = hbox(gap=Space.INSIDE)
        self.visits = _combo(tr("evidence.visits"), 18)
        self.visits.activated.connect(self._visit)
        first.addWidget(self.visits, 1)
        self.files = button(tr("evidence.add_files"), self.files_wanted.emit, kind="primary", icon="add")
        self.folder = button(tr("evidence.add_folder"), self.folder_wanted.emit, icon="folder")
        self.paste = button(tr("evidence.paste"), self.paste_wanted.emit, icon="copy")
        self.camera = CameraButton(self.camera_wanted.emit)
        for one in (self.files, self.folder, self.paste, self.camera):
            first.addWidget(one)
        column.addLayout(first)
        second = hbox(gap=Space.INSIDE)
        self.pills: dict[Only, Button] = {}
        for only in Only:
            pill = button("", self._pill, kind="pill")
            pill.setCheckable(True)
            pill.setProperty("only", str(only))
            self.pills[only] = pill
            second.addWidget(pill)
        self.pills[Only.ALL].setChecked(True)
        self.kinds = _combo(tr("evidence.kinds"), 6)
        self.kinds.addItem(tr("evidence.kinds_all"), "")
        for kind in words.KINDS:
            self.kinds.addItem(words.kind(kind), kind)
        self.kinds.activated.connect(self._tell)
        self.items = _combo(tr("evidence.items"), 10)
        self.items.activated.connect(self._tell)
        second.addWidget(self.kinds)
        second.addWidget(sized(self.items, max_width=360), 1)
        self.count = label("", "secondary")
        second.addWidget(self.count)
        column.addLayout(second)
        self._only = Only.ALL
        self._target: Link | None = None

    @property
    def intake(self) -> tuple[Button, ...]:
        """The ways in; the camera only while there is one."""
        ways = (self.files, self.folder, self.paste)
        return ways if self.camera.isHidden() else (*ways, self.camera)

    @property
    def filter(self) -> Filter:
        """What is chosen."""
        item = self.items.currentData()
        return Filter(self._only, str(self.kinds.currentData() or ""), item if isinstance(item, Link) else None)

    def aim(self, target: Link | None) -> None:
        """Narrow to an item; what is taken in is linked to it."""
        self._target = target

    def reset(self) -> None:
        """Show everything."""
        self._target = None
        self.items.setCurrentIndex(0)
        self.kinds.setCurrentIndex(0)
        self.choose(Only.ALL)

    def choose(self, only: Only) -> None:
        """Narrow by state."""
        self._only = only
        for name, pill in self.pills.items():
            pill.setChecked(name is only)
        self.changed.emit()

    def show_visits(self, visits: tuple[Visit, ...], chosen: InspectionId | None) -> None:
        """Offer the inspections."""
        with QSignalBlocker(self.visits):
            self.visits.clear()
            for one in visits:
                self.visits.addItem(tr("evidence.visit", institution=one.institution, task=one.task), one.inspection)
            self.visits.setCurrentIndex(self.visits.findData(chosen))

    def show_pieces(self, pieces: tuple[Evidence, ...], titles: dict[Link, str], *, locked: bool) -> None:
        """Count the pieces for the filters."""
        for only, pill in self.pills.items():
            count = sum(Filter(only).matches(piece) for piece in pieces)
            pill.setText(tr(f"evidence.only_{only}", count=count))
            pill.setVisible(count > 0 or only is Only.ALL or only is self._only)
        counts = linked_items(pieces)
        if self._target is not None:
            counts.setdefault(self._target, 0)
        wanted = self._target or self.items.currentData()
        with QSignalBlocker(self.items):
            self.items.clear()
            self.items.addItem(tr("evidence.items_all"), None)
            for link, count in counts.items():
                code = link.target.rpartition("/")[2]
                self.items.addItem(tr("evidence.item", code=code, count=count, title=titles.get(link, "")), link)
            found = next((i for i in range(self.items.count()) if self.items.itemData(i) == wanted), 0)
            self.items.setCurrentIndex(found)
        self._target = None
        for one in (self.files, self.folder, self.paste, self.camera):
            one.setEnabled(not locked)

    def _visit(self, row: int) -> None:
        self.visit_chosen.emit(str(self.visits.itemData(row)))

    def _pill(self) -> None:
        self.choose(Only(self.sender().property("only")))

    def _tell(self, _row: int) -> None:
        self.changed.emit()


def _combo(name: str, letters: int) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(letters)
    return box
