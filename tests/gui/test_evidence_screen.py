"""The evidence wall on the rehearsal office: real services, real files, keys as an officer presses them."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import Services, open_services
from app.core.clock import now
from app.core.evidence import Evidence, Link, TargetKind
from app.core.ids import EvidenceId, InspectionId
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import Context
from app.gui.screens.evidence import words
from app.gui.screens.evidence.link_dialog import LinkDialog
from app.gui.screens.evidence.model import Only, WallModel
from app.gui.screens.evidence.sources import from_clipboard
from app.gui.screens.evidence.thumbs import KEPT
from app.gui.screens.evidence.view import EvidenceScreen
from app.gui.screens.evidence.wall import WallDelegate, WallView
from app.gui.theme import Theme
from app.services.demo import cast
from tests.gui.rehearsal import Rehearsal
from tests.gui.stand_in import StandIn
from tests.unit.services.desks import CHEAP


@dataclass
class Room:
    """The rehearsal office, one visit with four photos, and the screen over it."""

    services: Services
    inspection: InspectionId
    screen: EvidenceScreen
    runner: Runner
    heard: StandIn
    qtbot: QtBot

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.runner.is_idle, timeout=20000)
            self.qtbot.wait(10)

    def open(self, **params: Any) -> None:
        self.screen.open(**params)
        self.settle()

    @property
    def pieces(self) -> tuple[Evidence, ...]:
        return self.services.evidence.of(self.inspection)

    def add_text(self, name: str = "进货单.txt", content: bytes = b"stock") -> EvidenceId:
        (result,) = self.services.evidence.take(self.inspection, [(name, content)]).value
        assert result.evidence is not None
        return result.evidence


@pytest.fixture
def room(tmp_path: Path, rehearsal: Rehearsal, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot) -> Iterator[Room]:
    services, inspection = rehearsal.copied(tmp_path / "home"), rehearsal.inspection
    heard = StandIn()
    screen = EvidenceScreen(Context(services, runner, bus, heard.go, heard.back, heard, prefs))
    qtbot.addWidget(screen)
    bus.changed.connect(screen.refresh)
    screen.resize(1190, 696)
    screen.show()
    qtbot.waitExposed(screen)
    screen.activateWindow()
    made = Room(services, inspection, screen, runner, heard, qtbot)
    yield made
    made.settle()
    services.close()


def piece(number: int = 1, **fields: Any) -> Evidence:
    """One piece as the store would give it."""
    given: dict[str, Any] = {
        "id": EvidenceId(f"e{number}"), "inspection": InspectionId("i"), "number": number, "kind": "photo",
        "status": "ok", "file_name": f"IMG_{number:04d}.jpg", "mime": "image/jpeg", "size_bytes": 2_500_000,
        "sha256": f"{number:064x}", "sm3": "0" * 64, "added_at": now(), "added_by": "p",
    }  # fmt: skip
    return Evidence(**{**given, **fields})


def test_the_rail_opens_the_newest_inspection_with_its_pictures(room: Room) -> None:
    room.open()
    assert room.screen.heading[0] == "青禾区百草堂大药房（演练）"
    assert room.screen.bar.visits.currentData() == room.inspection
    assert [one.caption for one in room.screen.gallery.model.rows] == ["现场盘点表", "库房货架", "生活用品货架", "无价签品种"]
    room.qtbot.waitUntil(lambda: room.screen.gallery.thumbs.kept == 4, timeout=5000)
    assert room.screen.detail.sha256.text() == room.pieces[0].sha256


def test_until_the_original_came_the_wall_shows_its_preview_and_says_so(room: Room) -> None:
    with room.services.sync._store.db.write() as unit:  # as after a sync that brought previews alone
        unit.local("UPDATE sync_blob SET state = 'want', stored = NULL, thumbnail = NULL, rendition = NULL WHERE priority = 3")
    room.open(inspection=room.inspection)
    room.qtbot.waitUntil(lambda: room.screen.gallery.thumbs.kept == 4, timeout=5000)
    first = room.screen.gallery.model.rows[0]
    picture = room.screen.gallery.thumbs.picture(first)
    assert picture is not None
    assert not picture.isNull()
    assert not first.is_stored
    assert "原件未到" in words.spoken(first)
    assert not room.screen.detail.export_button.isEnabled()


def test_an_item_narrows_the_wall_and_new_files_are_linked_to_it(room: Room, tmp_path: Path) -> None:
    room.open(inspection=room.inspection, item=("SGF", "SGF-2.03"))
    assert [one.caption for one in room.screen.gallery.model.rows] == ["生活用品货架"]
    (tmp_path / "清单.txt").write_bytes(b"a list")
    room.screen.take([tmp_path / "清单.txt"])
    room.settle()
    assert Link(TargetKind.ITEM, "SGF/SGF-2.03") in room.pieces[-1].links
    assert room.screen.gallery.model.rowCount() == 2


def test_intake_names_each_file_that_was_not_decoded_and_why(room: Room, tmp_path: Path) -> None:
    room.open(inspection=room.inspection)
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "空.png").write_bytes(b"")
    (folder / "坏.jpg").write_bytes(b"".join(room.services.evidence.original(room.pieces[0].id))[:3000])
    (folder / "重复.jpg").write_bytes(b"".join(room.services.evidence.original(room.pieces[1].id)))
    (folder / "好.txt").write_bytes(b"fine")
    room.screen.take([folder, tmp_path / "没有.jpg"])
    room.settle()
    told = {name.split()[0]: name for name in (str(row) for row in _spoken(room))}
    assert set(told) == {"没有.jpg", "空.png", "坏.jpg", "重复.jpg"}
    assert "没有存入" in told["没有.jpg"]
    assert "文件是空的" in told["空.png"]
    assert "没有重复存入" in told["重复.jpg"]
    assert room.screen.intake.results.isVisible()
    assert len(room.pieces) == 7


def _spoken(room: Room) -> list[str]:
    model = room.screen.intake.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_stopped_intake_keeps_what_was_taken(room: Room, tmp_path: Path) -> None:
    room.open(inspection=room.inspection)
    files = []
    for number in range(40):
        files.append(tmp_path / f"{number:02d}.txt")
        files[-1].write_bytes(str(number).encode())
    room.screen.take(list(files))
    room.qtbot.waitUntil(lambda: len(room.pieces) > 5, timeout=10000)
    room.screen.intake.stop()
    room.settle()
    assert 5 < len(room.pieces) < 44
    assert f"停止前存入 {len(room.pieces) - 4} 件" in room.screen.intake.summary.text()


def test_a_picture_on_the_clipboard_becomes_png_evidence(room: Room) -> None:
    room.open(inspection=room.inspection)
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    QGuiApplication.clipboard().setImage(image)
    room.screen.sources.paste()
    room.settle()
    added = room.pieces[-1]
    assert (added.mime, added.width, added.height) == ("image/png", 40, 30)
    assert added.file_name.startswith("剪贴板图片-")


def test_files_on_the_clipboard_are_taken_as_files(tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.jpg"))])
    assert from_clipboard(data) == [tmp_path / "a.jpg"]
    assert from_clipboard(QMimeData()) == []


def test_a_caption_is_saved_when_it_is_left(room: Room) -> None:
    room.open(inspection=room.inspection)
    QTest.keyClick(room.screen.gallery.wall, Qt.Key.Key_F2)
    caption = room.screen.detail.caption
    assert caption.hasFocus()
    caption.clear()
    QTest.keyClicks(caption, "shelf two")
    QTest.keyClick(caption, Qt.Key.Key_Return)
    room.settle()
    assert room.pieces[0].caption == "shelf two"


def test_evidence_is_linked_and_unlinked_by_keyboard(room: Room) -> None:
    added = room.add_text()
    room.open(inspection=room.inspection, evidence=added)
    room.screen.escape()
    room.screen.acting.ask_link()
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, LinkDialog) and one.isVisible())
    dialog.search.setText("SGF-1.04")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    room.settle()
    link = Link(TargetKind.ITEM, "SGF/SGF-1.04")
    assert room.pieces[-1].links == (link,)
    room.screen.acting.unlink(link)
    room.settle()
    assert room.pieces[-1].links == ()


def test_voiding_asks_for_a_reason_and_keeps_the_piece(room: Room) -> None:
    room.open(inspection=room.inspection)
    room.screen.acting.ask_void()
    dialog = room.screen.acting.asking
    assert not dialog.yes.isEnabled()
    dialog._reason.setPlainText("拍错了")
    dialog.yes.click()
    room.settle()
    assert room.pieces[0].voided_reason == "拍错了"
    assert room.screen.detail.void_note.text() == "已作废：拍错了"
    assert not room.screen.detail.void_button.isEnabled()
    room.screen.bar.choose(Only.VOIDED)
    assert room.screen.gallery.model.rowCount() == 1


def test_the_order_changes_by_keys_and_by_dropping(room: Room) -> None:
    room.open(inspection=room.inspection)
    first, second, third, fourth = (one.id for one in room.pieces)
    QTest.keyClick(room.screen.gallery.wall, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    room.settle()
    assert [one.id for one in room.pieces] == [second, first, third, fourth]
    place = room.screen.gallery.wall.visualRect(room.screen.gallery.model.index(0, 0)).center()
    room.screen.gallery.wall.drop_piece(fourth, place)
    room.settle()
    assert [one.id for one in room.pieces] == [fourth, second, first, third]
    assert [one.id for one in room.screen.gallery.model.rows] == [fourth, second, first, third]


def test_enter_opens_the_big_picture_and_the_arrows_turn_pages(room: Room) -> None:
    room.open(inspection=room.inspection)
    QTest.keyClick(room.screen.gallery.wall, Qt.Key.Key_Return)
    room.settle()
    picture = room.screen.gallery.preview.picture
    assert picture.isVisible()
    fitted = picture.scale_now
    QTest.keyClick(picture, Qt.Key.Key_Plus)
    assert picture.scale_now > fitted
    QTest.keyClick(picture, Qt.Key.Key_0)
    assert picture.scale_now == pytest.approx(fitted)
    QTest.keyClick(picture, Qt.Key.Key_Right)
    room.settle()
    assert "证 2" in room.screen.gallery.preview.name.text()
    assert room.screen.escape()
    assert room.screen.gallery.wall.isVisible()


def test_a_file_without_a_picture_says_so_in_the_preview(room: Room) -> None:
    added = room.add_text()
    room.open(inspection=room.inspection, evidence=added)
    assert room.screen.gallery.preview.none.isVisible()
    assert "附件" in room.screen.gallery.preview.none.text()


def test_the_original_leaves_byte_for_byte_and_the_stamped_copy_is_another_file(room: Room, tmp_path: Path) -> None:
    room.open(inspection=room.inspection)
    room.screen.acting.export_to(tmp_path / "out.jpg")
    room.screen.acting.stamp_to(tmp_path / "stamped.jpg")
    room.settle()
    assert hashlib.sha256((tmp_path / "out.jpg").read_bytes()).hexdigest() == room.pieces[0].sha256
    assert not QImage(str(tmp_path / "stamped.jpg")).isNull()
    assert any("out.jpg" in text for text in room.heard.toasts)


def test_the_digests_can_be_copied(room: Room) -> None:
    room.open(inspection=room.inspection)
    room.screen.detail.copy_sha256()
    assert QGuiApplication.clipboard().text() == room.pieces[0].sha256
    room.screen.detail.copy_sm3()
    assert QGuiApplication.clipboard().text() == room.pieces[0].sm3


def test_after_the_record_is_composed_nothing_can_be_added_or_changed(room: Room, tmp_path: Path) -> None:
    room.services.documents.freeze_record(room.inspection)
    room.open(inspection=room.inspection)
    assert not room.screen.bar.files.isEnabled()
    assert not room.screen.detail.void_button.isEnabled()
    assert room.screen._note.isVisible()
    (tmp_path / "late.txt").write_bytes(b"late")
    room.screen.take([tmp_path / "late.txt"])
    room.settle()
    assert len(room.pieces) == 4


def test_an_office_without_a_visit_says_how_to_begin(
    tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot
) -> None:
    services = open_services(tmp_path / "home", environ={"YANFANG_NO_KEYRING": "1"}, costs=CHEAP)
    services.vault.setup(cast.OFFICE, "程砚秋", "演练执法990199001", cast.SECRET, True)
    heard = StandIn()
    screen = EvidenceScreen(Context(services, runner, bus, heard.go, heard.back, heard, prefs))
    qtbot.addWidget(screen)
    screen.show()
    screen.open()
    qtbot.waitUntil(lambda: runner.is_idle, timeout=5000)
    qtbot.wait(10)
    assert screen.gallery.currentWidget() is screen.gallery.nothing
    services.close()


def test_two_thousand_pieces_scroll_without_a_pause(theme: Theme, qtbot: QtBot) -> None:
    asked: list[str] = []
    image = QImage(256, 192, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)

    def picture(one: Evidence) -> QImage:
        asked.append(one.id)
        return image

    model = WallModel()
    view = WallView(WallDelegate(picture))
    qtbot.addWidget(view)
    view.setModel(model)
    view.resize(900, 600)
    view.show()
    qtbot.waitExposed(view)
    pieces = tuple(piece(number) for number in range(1, 2001))
    model.show_pieces(pieces)
    qtbot.wait(50)
    asked.clear()
    view.grab()
    assert len(asked) < 60
    bar = view.verticalScrollBar()
    slowest = 0.0
    for step in range(1, 21):
        bar.setValue(bar.maximum() * step // 20)
        begun = time.thread_time()
        view.viewport().repaint()
        slowest = max(slowest, time.thread_time() - begun)
    assert slowest < 0.2
    begun = time.thread_time()
    model.show_pieces((*pieces[1:], pieces[0]))
    model.show_pieces(tuple(piece(number, caption="x") for number in range(1, 2001)))
    assert time.thread_time() - begun < 0.5
    assert KEPT < 2000


def test_an_update_keeps_the_current_piece(theme: Theme, qtbot: QtBot) -> None:
    model = WallModel()
    view = WallView(WallDelegate(lambda _: QImage()))
    qtbot.addWidget(view)
    view.setModel(model)
    model.show_pieces([piece(1), piece(2), piece(3)])
    view.setCurrentIndex(model.index(1, 0))
    model.show_pieces([piece(3), piece(1), piece(2), piece(4)][:3])
    assert view.currentIndex().row() == 2
    view.drop_piece(EvidenceId("e3"), QPoint(5000, 5000))


def test_facts_and_oddities_are_words() -> None:
    one = piece(
        latitude=31.2304, longitude=-121.4737, width=4000, height=3000, flags=("date_future", "gps_zero", "damaged", "new")
    )
    facts = dict(words.facts(one, {"p": "程砚秋"}))
    assert facts["拍摄位置"] == "北纬 31.23040°，西经 121.47370°"
    assert facts["尺寸"] == "4000 × 3000 像素"
    assert facts["拍摄时间"] == "照片中没有记录"
    assert facts["原件"] == "在本机；尚未送达服务器"
    assert words.size(2_500_000) == "2.4 MB"
    assert all(text.endswith("。") for text in words.oddities(one))


def test_every_flag_and_reason_of_the_intake_has_a_sentence() -> None:
    from app.media import exif, intake, look

    codes = {
        value for module in (exif, intake, look) for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and value.replace("_", "").islower()
    }  # fmt: skip
    assert codes
    unknown = {code for code in codes if code not in (*words.FLAGS, *words.REASONS)}
    assert unknown <= {"ok"}

