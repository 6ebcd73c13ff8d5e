import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.gui.garbage import GuiGarbage


@pytest.fixture
def garbage(qapp: QApplication) -> Iterator[GuiGarbage]:
    held = GuiGarbage(qapp)
    yield held
    held.stop()
    held.deleteLater()


class Knot(QWidget):
    """A widget that only a collection frees."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def test_a_busy_thread_frees_no_widget_and_the_window_thread_does(garbage: GuiGarbage) -> None:
    gc.collect()
    knot = weakref.ref(Knot())

    def allocate() -> None:
        for _ in range(50):
            _ = [[] for _ in range(2_000)]

    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()
    assert knot() is not None
    keep = [[] for _ in range(2_000)]
    garbage.check()
    assert knot() is None
    assert len(keep) == 2_000


def test_what_was_there_at_the_first_unlocking_is_left_out_of_every_collection(garbage: GuiGarbage) -> None:
    gc.collect()
    before, after = gc.get_freeze_count(), [[] for _ in range(100)]
    garbage.keep()
    kept = gc.get_freeze_count()
    assert kept > before + len(after)
    garbage.keep()
    assert gc.get_freeze_count() <= kept
    garbage.stop()
    assert gc.get_freeze_count() == 0
