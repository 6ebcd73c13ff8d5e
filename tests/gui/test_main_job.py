"""The whole main job through the real window: a pharmacy checked, asked, signed page by page, exported and delivered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Services, open_services
from app.cli.rehearsal import _server
from app.core.clock import now
from app.core.documents import DocumentState
from app.core.inspections import InspectionState
from app.gui.prefs import Prefs
from app.gui.run import application, build
from app.gui.runner import Runner
from app.gui.screens.lock import LockPage
from app.gui.shell import MainWindow
from app.gui.theme import Theme
from app.gui.widgets.confirm import ConfirmDialog
from app.media.sample import make_sample_photo
from app.services.demo import cast
from app.services.demo.furnish import Furnished, furnish
from tests.unit.services.desks import CHEAP

STOCK = (("阿莫西林胶囊", "0.25g", "A01", "120", "96", "15.50"), ("二甲双胍片", "0.5g", "B07", "80", "62", "23.00"))
STOCK_TOTAL = "￥786.00"


class Inspector:
    """Somebody at the window, with keys, a pointer and an input method."""

    def __init__(self, window: MainWindow, runner: Runner, qtbot: QtBot) -> None:
        self.window, self.runner, self.qtbot = window, runner, qtbot

    @property
    def screen(self) -> Any:
        """The screen in front."""
        return self.window.frame.screen_now

    def settle(self) -> None:
        """Wait until what was asked for is done and shown; a banner means that something went wrong."""
        for _ in range(2):
            self.qtbot.waitUntil(lambda: self.runner.is_idle, timeout=30_000)
            QApplication.processEvents()
        frame = self.window.frame
        if frame is not None:
            assert [one.text for one in frame.banners.banners()] == []
        dialogs = [one for one in self.window.findChildren(QDialog) if one.isVisible()]
        assert self.window.isActiveWindow() or dialogs, "something else came to the front"

    def key(self, *keys: Qt.Key | str) -> None:
        """Press keys where the focus is."""
        for one in keys:
            focused = QApplication.focusWidget() or self.window
            QTest.keyClicks(focused, one) if isinstance(one, str) else QTest.keyClick(focused, one)
        self.settle()

    def write(self, text: str) -> None:
        """Put words into the field that has the focus, as an input method does."""
        chosen = QInputMethodEvent()
        chosen.setCommitString(text)
        for event in (QInputMethodEvent("pin yin", []), chosen):
            focused = QApplication.focusWidget()
            assert focused is not None
            QApplication.sendEvent(focused, event)

    def click(self, target: QWidget) -> None:
        """Click into the middle of something that is really to be seen."""
        assert target.isVisible(), target.accessibleName()
        assert target.isEnabled(), target.accessibleName()
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)
        self.settle()

    def confirm(self) -> None:
        """Say yes to the question that is open."""
        (dialog,) = [one for one in self.window.findChildren(ConfirmDialog) if one.isVisible()]
        QTest.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)
        self.come_back()

    def come_back(self) -> None:
        """Have the window in front again after a dialog, as a window manager does by itself."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        self.settle()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = open_services(tmp_path / "home", environ={"YANFANG_NO_KEYRING": "1"}, costs=CHEAP)
    first = cast.PEOPLE[0]
    made.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    yield made
    made.close()


@pytest.fixture
def furnished(services: Services) -> Furnished:
    return furnish(services, now())


@pytest.fixture
def inspector(
    services: Services, furnished: Furnished, tmp_path: Path, theme: Theme, qtbot: QtBot
) -> Iterator[Inspector]:
    services.vault.lock()
    prefs = Prefs(tmp_path / "window.ini")
    window, runner = build(application([]), prefs)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made = Inspector(window, runner, qtbot)
    window.open_with(lambda: services)
    made.settle()
    yield made
    window.close()
    runner.close()
    window.deleteLater()


def test_a_pharmacy_is_checked_signed_and_delivered_through_the_window(
    inspector: Inspector, services: Services, furnished: Furnished, tmp_path: Path
) -> None:
    unlock(inspector)
    inspection = open_task(inspector, services, furnished)
    check_items(inspector, services, tmp_path)
    keep_finding(inspector, services, inspection)
    take_interview(inspector, services, inspection)
    sign_document(inspector)
    make_record(inspector, services, inspection)
    sign_document(inspector)
    pdf = export(inspector, tmp_path)
    close_case(inspector, services, inspection)
    deliver(inspector, services, tmp_path)
    words = text_of(pdf)
    for expected in (
        "青禾区百草堂大药房", STOCK_TOTAL[1:], cast.PEOPLE[0].licence_no, cast.PEOPLE[1].licence_no, "SGF-1.04",
    ):  # fmt: skip
        assert expected in words, expected


def unlock(inspector: Inspector) -> None:
    page = inspector.window.page
    assert isinstance(page, LockPage)
    page.secret.setFocus()
    inspector.key(cast.SECRET, Qt.Key.Key_Return)
    assert inspector.window.page is inspector.window.frame


def open_task(inspector: Inspector, services: Services, furnished: Furnished) -> Any:
    inspector.key(Qt.Key.Key_Escape)
    QTest.keyClick(inspector.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    inspector.settle()
    tasks = inspector.screen
    inspector.window.frame.go("tasks", task=furnished.tasks[0])
    inspector.settle()
    inspector.click(tasks.open_button)
    prepare = inspector.screen.prepare
    assert prepare.isVisible()
    prepare._name.setFocus()
    prepare._name.clear()
    inspector.write("周其真")
    prepare._shown.setChecked(True)
    inspector.click(prepare._start)
    (inspection,) = services.inspections.of_task(furnished.tasks[0])
    assert inspector.screen.check.isVisible()
    return inspection


def check_items(inspector: Inspector, services: Services, tmp_path: Path) -> None:
    check = inspector.screen.check
    photo = tmp_path / "shelf.jpg"
    for _ in range(60):
        line = check.list.line
        assert line is not None
        if line.answer.state != "open":
            break
        failed = line.item.code in ("SGF-1.04", "SGF-2.03")
        inspector.key("2" if failed else "1")
        if line.item.code == "SGF-1.04":
            inspector.key(Qt.Key.Key_Space)
            for row in STOCK:
                for cell in row:
                    inspector.write(cell)
                    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
            inspector.settle()
            check.list.setFocus()
        if failed:
            photo.write_bytes(make_sample_photo(line.item.code, ("货架",), now()))
            check.detail.strip.take((photo,))
            inspector.settle()
            check.list.setFocus()
        inspector.key(Qt.Key.Key_Return)
    picture = inspector.screen.session.picture
    assert (picture.counts.open, picture.counts.failed) == (0, 2)
    assert picture.counts.unproven == 0


def keep_finding(inspector: Inspector, services: Services, inspection: Any) -> None:
    screen = inspector.screen
    screen.check.go_to(("SGF", "SGF-1.04"))
    screen.check.list.setFocus()
    inspector.key("f")
    screen.check.findings.editor._facts.setFocus()
    inspector.write("现场抽盘两个品种，实物均少于账面，合计 42 盒。")
    inspector.click(screen.check.findings._keep)
    (kept,) = services.findings.of(inspection)
    assert str(kept.amount_cny) == "786.00"
    assert kept.items == ("SGF/SGF-1.04",)
    inspector.key(Qt.Key.Key_Escape)


def take_interview(inspector: Inspector, services: Services, inspection: Any) -> None:
    inspector.screen.show_step("interview")
    inspector.settle()
    screen = inspector.screen
    assert screen.start.form.subject.name == "周其真"
    inspector.click(screen.start.start)
    for words in ("看清楚了。", "听明白了。", "不申请回避。", "多久盘点一次？", "一季度一次。", "", "没有补充。", "一致。"):
        if words:
            inspector.write(words)
        inspector.key(Qt.Key.Key_Return)
    inspector.confirm()
    (held,) = services.interviews.of(inspection)
    assert held.ended_at is not None
    assert [turn.answer for turn in held.turns][3] == "一季度一次。"


def sign_document(inspector: Inspector) -> None:
    """Let everybody sign every page that waits for them, with the pointer on the pad."""
    signing = inspector.screen.signing
    for _ in range(200):
        if signing.view.next_role is None:
            break
        before = sum(len(one.signed) for one in signing.view.signers)
        pad = signing.pad.pad
        for along in (0.2, 0.5):
            start = QPoint(int(pad.width() * along), int(pad.height() * 0.3))
            QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=start)
            QTest.mouseMove(pad, start + QPoint(20, 40))
            QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=start + QPoint(20, 40))
        inspector.click(signing.pad.sign)
        assert sum(len(one.signed) for one in signing.view.signers) > before
    assert signing.view.document.state is DocumentState.SIGNED
    assert all(set(one.signed) == set(one.pages) for one in signing.view.signers)


def make_record(inspector: Inspector, services: Services, inspection: Any) -> None:
    inspector.window.frame.go("inspection", inspection=inspection, step="review")
    inspector.settle()
    review = inspector.screen.review
    review._opinion.setFocus()
    inspector.write("情况属实，愿意整改。")
    review.flush()
    inspector.settle()
    found = services.inspections.blockers(inspection)
    assert [(one.code, one.item, one.params) for one in found if str(one.severity) == "block"] == []
    inspector.click(review._documents)
    (row,) = [one for one in inspector.screen.case.rows if one.entry.action == "compose"]
    inspector.click(row.action)
    assert inspector.screen.signing.isVisible()


def export(inspector: Inspector, folder: Path) -> Path:
    inspector.click(inspector.screen.signing.deliver.export)
    (dialog,) = [one for one in inspector.window.findChildren(QFileDialog) if one.isVisible()]
    dialog.setDirectory(str(folder))
    target = folder / "record.pdf"
    dialog.selectFile(str(target))
    QDialog.accept(dialog)
    dialog.fileSelected.emit(str(target))
    inspector.come_back()
    inspector.qtbot.waitUntil(target.exists)
    return target


def close_case(inspector: Inspector, services: Services, inspection: Any) -> None:
    inspector.click(inspector.screen.signing.deliver.close_case)
    inspector.confirm()
    assert services.inspections.view(inspection).state is InspectionState.CLOSED


def deliver(inspector: Inspector, services: Services, folder: Path) -> None:
    with _server(folder / "server") as (url, code):
        inspector.window.frame.go("sync")
        inspector.settle()
        sync = inspector.screen
        sync.enrol.server.setFocus()
        inspector.write(url)
        sync.enrol.code.setFocus()
        inspector.write(code())
        inspector.key(Qt.Key.Key_Return)
        assert sync.state.isVisible()
        inspector.key(Qt.Key.Key_F5)
        inspector.qtbot.waitUntil(lambda: not sync.state.run.isEnabled() or bool(sync.state.outcome.text()), timeout=5_000)
        inspector.qtbot.waitUntil(sync.state.run.isEnabled, timeout=60_000)
        status = services.sync.status()
        assert (status.pending, status.files_pending, status.refused) == (0, 0, 0)
        (line,) = [one for one in services.sync.receipts() if "百草堂" in one.title]
        assert (line.receipted, line.files_receipted) == (line.lines, line.files)
        assert line.files >= 4  # two photos, two records
        inspector.window.frame.refresh_facts()
        inspector.settle()
        assert inspector.window.frame.header.sync.text() == "已全部送达"


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)
