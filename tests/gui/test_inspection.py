"""A real office with a real store for the tests of the inspection screen, and the tests of its whole way."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.bootstrap import Services, open_services
from app.core.ids import InspectionId, InstitutionId, PersonId
from app.core.inspections import Party
from app.core.places import Institution, InstitutionKind, Person, Role
from app.gui.bus import Bus
from app.gui.catalogue import find_screens
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import Context
from app.gui.screens.inspection.view import InspectionScreen
from app.gui.theme import Theme
from tests.gui.stand_in import StandIn
from tests.unit.services.desks import CHEAP


@dataclass
class Room:
    """A real office with a real encrypted store, and the screen over it."""

    services: Services
    inspectors: tuple[PersonId, PersonId]
    screen: InspectionScreen
    heard: StandIn
    qtbot: QtBot

    def task(
        self,
        name: str = "江源区仁和大药房",
        kind: InstitutionKind = InstitutionKind.PHARMACY,
        templates: tuple[str, ...] = ("SGF",),
    ) -> Any:
        place = self.services.institutions.save(
            Institution(
                InstitutionId(""),
                name,
                kind,
                level="三级",
                ownership="public",
                address="江源区人民路 1 号",
                head="赵春生",
            )
        ).value
        return self.services.tasks.create(
            title="定点零售药店检查", nature="administrative", kind="routine", institution=place.id, templates=templates,
            members=self.inspectors,
        ).value  # fmt: skip

    def inspection(self, *what: Any) -> InspectionId:
        """Begin the visit of a new task."""
        return self.services.inspections.start(
            self.task(*what).id, inspectors=self.inspectors, recorder=self.inspectors[1], place="江源区人民路 1 号",
            party=Party(name="赵春生"), licence_shown=True,
        ).value  # fmt: skip

    def open(self, visit: InspectionId | None = None) -> InspectionId:
        """Show a visit, or a new one."""
        visit = visit or self.inspection()
        self.screen.open(inspection=visit)
        self.settle()
        QGuiApplication.processEvents()
        return visit

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.screen.context.runner.is_idle, timeout=10000)
        self.qtbot.wait(5)
        self.qtbot.waitUntil(lambda: self.screen.context.runner.is_idle, timeout=10000)

    def key(self, pressed: Qt.Key | str) -> None:
        if isinstance(pressed, str):
            self.qtbot.keyClicks(self.screen.check.list, pressed)
        else:
            self.qtbot.keyClick(self.screen.check.list, pressed)
        self.settle()

    def answer_of(self, visit: InspectionId, code: str) -> Any:
        return self.services.inspections.view(visit).sheets[0].answers.get(code)


@pytest.fixture
def room(
    tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot
) -> Iterator[Room]:
    services = open_services(
        tmp_path / "home", environ={"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, costs=CHEAP
    )
    services.vault.setup("江源区医疗保障局", "王敏", "22060012", "correct horse battery", True)
    second = services.people.save(Person(PersonId(""), "李强", Role.INSPECTOR, "22060013")).value
    services.people.save(Person(PersonId(""), "陈静", Role.EXPERT))
    heard = StandIn()
    screen = InspectionScreen(Context(services, runner, bus, heard.go, heard.back, heard, prefs))
    qtbot.addWidget(screen)
    bus.changed.connect(screen.refresh)
    screen.resize(1190, 696)
    screen.show()
    yield Room(services, (services.office.get().me, second.id), screen, heard, qtbot)
    services.close()


def test_a_key_answers_the_current_item_and_the_store_has_it(room: Room) -> None:
    visit = room.open()
    room.key("2")
    assert room.answer_of(visit, "SGF-1.01").state == "fail"
    assert room.screen.check.list.line is not None
    assert room.screen.check.list.line.answer.state == "fail"


def test_the_paint_is_there_before_the_store_answers(room: Room) -> None:
    room.open()
    room.qtbot.keyClicks(room.screen.check.list, "1")
    assert room.screen.check.list.line is not None
    assert room.screen.check.list.line.answer.state == "pass"
    assert room.screen.check.list.line.is_saving
    room.settle()
    assert not room.screen.check.list.line.is_saving


def test_j_and_k_move_and_enter_finds_the_next_open_item(room: Room) -> None:
    room.open()
    room.key("1")
    room.key("j")
    room.key("1")
    room.key("k")
    assert room.screen.check.list.currentIndex().row() == 0
    room.key(Qt.Key.Key_Return)
    assert room.screen.check.list.currentIndex().row() == 2


def test_a_click_on_a_segment_answers(room: Room) -> None:
    visit = room.open()
    listed = room.screen.check.list
    index = listed.currentIndex()
    rect = listed.visualRect(index)
    answers = listed.itemDelegate().card(index.data(256), rect.width()).answers
    third = QPoint(rect.left() + answers.left() + answers.width() * 5 // 8, rect.top() + answers.center().y())
    room.qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=third)
    room.settle()
    assert room.answer_of(visit, "SGF-1.01").state == "na"


def test_z_takes_the_last_answer_back_and_says_so(room: Room) -> None:
    visit = room.open()
    room.key("1")
    room.key("2")
    room.key("z")
    assert room.answer_of(visit, "SGF-1.01").state == "pass"
    assert room.heard.toasts == ["已撤回 SGF-1.01 的上一次修改"]


def test_a_save_that_fails_takes_the_paint_back_and_says_so(room: Room) -> None:
    room.open()
    room.services.vault.lock()
    room.key("2")
    assert room.screen.check.list.line is not None
    assert room.screen.check.list.line.answer.state == "open"
    assert [getattr(error, "code", "") for error in room.heard.errors] == ["vault.locked"]


def test_a_note_is_saved_after_a_pause(room: Room) -> None:
    visit = room.open()
    room.key("n")
    room.qtbot.keyClicks(room.screen.check.detail._field, "seen on site")
    room.qtbot.waitUntil(
        lambda: getattr(room.answer_of(visit, "SGF-1.01"), "note", "") == "seen on site", timeout=5000
    )


def test_a_note_is_saved_at_once_when_the_screen_goes(room: Room) -> None:
    visit = room.open()
    room.key("n")
    room.qtbot.keyClicks(room.screen.check.detail._field, "half a sent")
    room.screen.hide()
    room.settle()
    assert room.answer_of(visit, "SGF-1.01").note == "half a sent"


def test_moving_on_saves_the_note_of_the_item_it_was_typed_for(room: Room) -> None:
    visit = room.open()
    room.key("n")
    room.qtbot.keyClicks(room.screen.check.detail._field, "first")
    room.screen.check.list.go_to_row(1)
    room.settle()
    assert room.answer_of(visit, "SGF-1.01").note == "first"
    assert room.screen.check.detail._field.toPlainText() == ""


def test_rows_typed_in_the_card_are_saved_with_their_computed_cells(room: Room) -> None:
    visit = room.open()
    room.screen.check.go_to(("SGF", "SGF-1.02"))
    room.key("2")
    table = room.screen.check.list.editor.model
    block = "品名\t规格\t进销存数量\t医保结算数量\t进销存单价\t医保结算单价\n阿莫西林\t0.25g\t2\t5\t10.00\t12.00\n甘草片\t100片\t1\t1\t3\t3"
    QGuiApplication.clipboard().setText(block)
    room.screen.check.list.editor.table.paste()
    room.settle()
    rows = room.answer_of(visit, "SGF-1.02").rows
    assert [row.cells["product"] for row in rows] == ["阿莫西林", "甘草片"]
    assert room.screen.check.list.line is not None
    assert room.screen.check.list.line.amount_cny == Decimal("40.00")
    assert table.rowCount() == 4
    assert [table.index(place, 8).data() for place in range(2)] == ["40.00", "0.00"]
    assert table.index(3, 8).data() == "40.00"


def test_a_row_typed_on_while_its_first_cell_is_being_saved_stays_one_row(room: Room) -> None:
    visit = room.open()
    room.screen.check.go_to(("SGF", "SGF-1.02"))
    room.key("2")
    table = room.screen.check.list.editor.model
    table.setData(table.index(0, 0), "阿莫西林")
    table.setData(table.index(0, 1), "0.25g")
    room.settle()
    rows = room.answer_of(visit, "SGF-1.02").rows
    assert [(row.cells["product"], row.cells["spec"]) for row in rows] == [("阿莫西林", "0.25g")]


def test_typing_and_tab_fill_one_row_and_go_on_below_it(room: Room) -> None:
    visit = room.open()
    room.screen.activateWindow()
    room.screen.check.go_to(("SGF", "SGF-1.04"))
    room.key("2")
    room.key(Qt.Key.Key_Space)
    for text in ("amox", "0.25", "b1", "100", "90", "12.5", "next"):
        for letter in text:
            room.qtbot.keyClicks(QApplication.focusWidget(), letter)
        room.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    room.settle()
    rows = [dict(row.cells) for row in room.answer_of(visit, "SGF-1.04").rows]
    assert rows == [
        {"product": "amox", "spec": "0.25", "batch": "b1", "book": "100", "counted": "90", "price": "12.5"},
        {"product": "next"},
    ]


def test_photos_come_in_and_clear_the_missing_evidence(room: Room, tmp_path: Path) -> None:
    visit = room.open()
    room.key("2")
    assert room.screen.session.picture is not None
    assert room.screen.session.picture.counts.unproven == 1
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    image.save(str(tmp_path / "shelf.jpg"))
    room.screen.check.detail.strip.take((tmp_path / "shelf.jpg",))
    room.settle()
    assert room.screen.check.detail.strip.count == 1
    assert room.screen.session.picture.counts.unproven == 0
    assert room.answer_of(visit, "SGF-1.01").evidence == 1


def test_f_drafts_a_finding_from_the_item_and_keeping_it_shows_it_beside_the_item(room: Room) -> None:
    visit = room.open()
    room.screen.check.go_to(("SGF", "SGF-2.04"))
    room.key("2")
    room.key("f")
    room.screen.check.findings.editor._facts.setPlainText("以药品名义结算蛋白粉3例")
    room.screen.check.findings.editor._amount.setText("1284")
    room.qtbot.mouseClick(room.screen.check.findings._keep, Qt.MouseButton.LeftButton)
    room.settle()
    kept = room.services.findings.of(visit)
    assert [(one.facts, one.amount_cny, one.items) for one in kept] == [
        ("以药品名义结算蛋白粉3例", Decimal("1284.00"), ("SGF/SGF-2.04",))
    ]
    assert "1 条 · 合计 ￥1,284.00" in room.screen.check.findings._total.text()


def test_only_failed_keeps_the_item_that_is_just_being_answered(room: Room) -> None:
    room.open()
    room.key("2")
    room.screen.check.sections._chips[list(room.screen.check.sections._chips)[1]].click()
    assert room.screen.check._items.rowCount() == 1
    room.screen.check.list.setFocus()
    room.key("1")
    assert room.screen.check._items.rowCount() == 1


def test_the_preparation_starts_a_visit_with_two_licensed_inspectors(room: Room) -> None:
    task = room.task()
    room.screen.open(task=task.id)
    room.settle()
    prepare = room.screen.prepare
    assert prepare._name.text() == "赵春生"
    prepare._shown.setChecked(True)
    prepare._witness.setText("孙丽")
    room.qtbot.mouseClick(prepare._start, Qt.MouseButton.LeftButton)
    room.settle()
    visit = room.services.inspections.view(room.services.inspections.of_task(task.id)[0]).inspection
    assert (visit.inspectors, visit.party.name, visit.witness) == (room.inspectors, "赵春生", "孙丽")
    assert room.screen._step == "check"


def test_one_inspector_alone_cannot_start_and_is_told_why(room: Room) -> None:
    task = room.task()
    room.screen.open(task=task.id)
    room.settle()
    room.screen.prepare._second.choose(room.inspectors[0])
    room.screen.prepare._check()
    assert not room.screen.prepare._start.isEnabled()
    assert room.screen.prepare._people_problem.text()


def test_the_review_jumps_to_the_item_that_blocks(room: Room) -> None:
    room.open()
    room.key("2")
    room.screen.show_step("review")
    room.settle()
    row = next(
        place for place, (_, one) in enumerate(room.screen.review._model.rows) if one.item == "SGF-1.01"
    )
    room.screen.review._opened(room.screen.review._model.rows[row])
    assert room.screen._step == "check"
    assert room.screen.check.list.line is not None
    assert room.screen.check.list.line.item.code == "SGF-1.01"


def test_the_party_opinion_is_saved_and_the_way_leads_to_the_documents(room: Room) -> None:
    visit = room.open()
    room.screen.show_step("review")
    room.settle()
    room.screen.review._opinion.setPlainText("以上情况属实")
    room.qtbot.mouseClick(room.screen.review._documents, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.services.inspections.view(visit).inspection.party_opinion == "以上情况属实"
    assert room.heard.went == [("documents", {"inspection": visit})]


def test_all_templates_at_once_paint_and_answer_quickly(room: Room) -> None:
    every = tuple(template.id for template in room.services.checklists.all())
    name = "江源区" + "很长的机构名称" * 8
    room.open(room.inspection(name[:60], InstitutionKind.HOSPITAL, every))
    assert room.screen.check._items.rowCount() > 250
    started = time.thread_time()
    for _ in range(5):
        room.qtbot.keyClicks(room.screen.check.list, "2")
    assert (time.thread_time() - started) / 5 < 0.25
    room.settle()


def test_where_there_is_little_room_the_items_take_the_whole_width_and_what_is_called_for_comes_back(room: Room) -> None:
    room.open()
    screen, check = room.screen, room.screen.check
    assert not screen._detail_button.isVisible()
    screen.resize(820, 696)
    room.settle()
    before = check.list.width()
    screen._detail_button.click()
    assert not check.detail.isVisible()
    QGuiApplication.processEvents()
    assert check.list.width() > before + 200
    room.key("n")
    assert check.detail.isVisible()
    screen._sections_button.click()
    screen._detail_button.click()
    assert not check.detail.isVisible()
    assert not check.sections.isVisible()
    room.key("f")
    assert check.findings.isVisible()
    screen._detail_button.click()
    screen.resize(1190, 696)
    room.settle()
    assert check.findings.isVisible()
    assert check.sections.isVisible()


def test_the_buttons_for_evidence_go_below_one_another_where_they_must(room: Room) -> None:
    room.open()
    strip = room.screen.check.detail.strip
    assert strip._photos.y() == strip._files.y()
    assert strip.minimumSizeHint().width() < strip._photos.width() + strip._files.width()


def test_every_control_of_the_screen_has_a_name_to_be_read_out(room: Room) -> None:
    room.open()
    nameless = [
        type(one).__name__
        for kind in (QPushButton, QLineEdit, QPlainTextEdit, QAbstractItemView)
        for one in room.screen.findChildren(kind)
        if not (one.accessibleName() or getattr(one, "text", str)() or one.toolTip())
        and not one.parent().metaObject().className().startswith("QComboBox")
    ]
    assert nameless == []


def test_after_the_pages_are_frozen_nothing_is_answered_any_more(room: Room) -> None:
    visit = room.inspection()
    room.services.inspections.set_details(visit, party_opinion="属实", recusal_answer="不申请回避")
    for item in room.services.checklists.template("SGF").items:
        room.services.inspections.answer(visit, "SGF", item.code, state="na", note="不适用")
    room.services.documents.freeze_record(visit)
    room.open(visit)
    assert room.screen.session.is_locked
    room.key("2")
    assert room.answer_of(visit, "SGF-1.01").state == "na"


def test_the_screen_is_in_the_catalogue() -> None:
    assert "inspection" in [spec.name for spec in find_screens()]
