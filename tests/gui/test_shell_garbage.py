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
