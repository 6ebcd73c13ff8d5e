"""Choices among values whose words stand in the catalogue."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox

from app.gui.texts import tr


def choice(area: str, values: Sequence[str], name: str) -> QComboBox:
    """Return a choice among values whose words are in an area."""
    made = QComboBox()
    made.setAccessibleName(name)
    made.setMinimumContentsLength(2)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for value in values:
        made.addItem(tr(f"{area}.{value}"), str(value))
    return made


def choose(box: QComboBox, value: str) -> None:
    """Choose a value; one that is not among them is added as it is, so that nothing is changed unseen."""
    place = box.findData(value)
    if place < 0:
        box.addItem(value, value)
        place = box.count() - 1
    box.setCurrentIndex(place)


def offer(box: QComboBox, entries: Sequence[tuple[str, str]]) -> None:
    """Offer other (value, words), keeping what is chosen where it is still among them; nothing is told."""
    if [(box.itemData(at), box.itemText(at)) for at in range(box.count())] == list(entries):
        return
    before = box.currentData()
    box.blockSignals(True)
    box.clear()
    for value, words in entries:
        box.addItem(words, value)
    box.setCurrentIndex(max(box.findData(before), 0))
    box.blockSignals(False)
