"""Making a widget never puts a window of its own on the screen, not even for a moment: it would take the focus."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.errors import Refused
from app.gui.runner import Runner
from app.gui.theme import Theme
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.forms import FormRow
from app.gui.widgets.gate import WaitingPage
from app.gui.widgets.header import Header, StatusLine
from app.gui.widgets.notices import Banner, BannerStack
from app.gui.widgets.progress import ProgressLine
from app.gui.widgets.rail import Rail
from app.gui.widgets.trouble import TroublePage


class Watch(QObject):
    """Notes every window that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


def trouble(runner: Runner) -> QWidget:
    return TroublePage(
        Refused("db.damaged", file="x.db"), runner, needs="pin", restore=lambda _: None, folder="/somewhere"
    )


def question(_runner: Runner) -> QWidget:
    page = QWidget()
    ConfirmDialog(page, "结束？", "不能再改", "结束", acknowledge="已核对", ask_reason="理由")
    return page


@pytest.mark.parametrize(
    "make",
    [
        lambda _: FormRow("机关名称", QLineEdit(), hint="例如", required=True),
        lambda _: Banner("磁盘已满", action="重试"),
        lambda _: ProgressLine("生成文书", lambda: None),
        question,
        lambda _: EmptyState("task", "没有任务", "从这里开始", action="新建", on_action=lambda: None),
        lambda _: Header(),
        lambda _: StatusLine(),
        lambda _: BannerStack(),
        lambda _: WaitingPage("locking"),
        lambda _: Rail([("home", "今日", "home", "Ctrl+1")]),
        trouble,
    ],
)
def test_a_widget_that_is_made_is_not_a_window_for_a_moment(
    make: Callable[[Runner], QWidget], qtbot: QtBot, theme: Theme, runner: Runner
) -> None:
    watch = Watch()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(watch)
    made = make(runner)
    app.removeEventFilter(watch)
    assert watch.shown == []
    made.deleteLater()
