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
class Office:
    """Services over a real encrypted store, with one task for each institution made."""

    services: Services
    inspectors: tuple[PersonId, PersonId]

    def task(self, name: str, kind: InstitutionKind, templates: tuple[str, ...]) -> Any:
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
            title="定点零售药店检查",
            nature="administrative",
            kind="routine",
            institution=place.id,
            templates=templates,
            members=self.inspectors,
        ).value

    def inspection(
        self,
        name: str = "江源区仁和大药房",
        kind: InstitutionKind = InstitutionKind.PHARMACY,
        templates: tuple[str, ...] = ("SGF",),
    ) -> InspectionId:
        task = self.task(name, kind, templates)
        return self.services.inspections.start(
            task.id,
            inspectors=self.inspectors,
            recorder=self.inspectors[1],
            place="江源区人民路 1 号",
            party=Party(name="赵春生"),
            licence_shown=True,
        ).value


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    services = open_services(
        tmp_path / "home", environ={"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, costs=CHEAP
    )
    services.vault.setup("江源区医疗保障局", "王敏", "22060012", "correct horse battery", True)
    me = services.office.get().me
    second = services.people.save(Person(PersonId(""), "李强", Role.INSPECTOR, "22060013")).value
    services.people.save(Person(PersonId(""), "陈静", Role.EXPERT))
    yield Office(services, (me, second.id))
    services.close()


@pytest.fixture
def heard() -> StandIn:
    return StandIn()


@pytest.fixture
def context(office: Office, runner: Runner, bus: Bus, prefs: Prefs, heard: StandIn) -> Context:
    return Context(office.services, runner, bus, heard.go, heard.back, heard, prefs)


@pytest.fixture
def screen(context: Context, theme: Theme, qtbot: QtBot) -> InspectionScreen:
    made = InspectionScreen(context)
    qtbot.addWidget(made)
    context.bus.changed.connect(made.refresh)
    made.resize(1190, 696)
    made.show()
    return made


def settle(screen: InspectionScreen, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: screen.context.runner.is_idle, timeout=10000)
    qtbot.wait(5)
    qtbot.waitUntil(lambda: screen.context.runner.is_idle, timeout=10000)


def opened(screen: InspectionScreen, qtbot: QtBot, inspection: InspectionId) -> None:
    screen.open(inspection=inspection)
    settle(screen, qtbot)
    QGuiApplication.processEvents()


def answer_of(office: Office, inspection: InspectionId, code: str, sheet: int = 0) -> Any:
    return office.services.inspections.view(inspection).sheets[sheet].answers.get(code)


def key(screen: InspectionScreen, qtbot: QtBot, pressed: Qt.Key | str) -> None:
    if isinstance(pressed, str):
        qtbot.keyClicks(screen.check.list, pressed)
    else:
        qtbot.keyClick(screen.check.list, pressed)
    settle(screen, qtbot)


def test_a_key_answers_the_current_item_and_the_store_has_it(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    key(screen, qtbot, "2")
    assert answer_of(office, visit, "SGF-1.01").state == "fail"
    assert screen.check.list.line is not None
    assert screen.check.list.line.answer.state == "fail"


def test_the_paint_is_there_before_the_store_answers(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    opened(screen, qtbot, office.inspection())
    qtbot.keyClicks(screen.check.list, "1")
    assert screen.check.list.line is not None
    assert screen.check.list.line.answer.state == "pass"
    assert screen.check.list.line.is_saving
    settle(screen, qtbot)
    assert not screen.check.list.line.is_saving


def test_j_and_k_move_and_enter_finds_the_next_open_item(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    opened(screen, qtbot, office.inspection())
    key(screen, qtbot, "1")
    key(screen, qtbot, "j")
    key(screen, qtbot, "1")
    key(screen, qtbot, "k")
    assert screen.check.list.currentIndex().row() == 0
    key(screen, qtbot, Qt.Key.Key_Return)
    assert screen.check.list.currentIndex().row() == 2


def test_a_click_on_a_segment_answers(screen: InspectionScreen, office: Office, qtbot: QtBot) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    listed = screen.check.list
    index = listed.currentIndex()
    rect = listed.visualRect(index)
    answers = listed.itemDelegate().card(index.data(256), rect.width()).answers
    third = QPoint(rect.left() + answers.left() + answers.width() * 5 // 8, rect.top() + answers.center().y())
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=third)
    settle(screen, qtbot)
    assert answer_of(office, visit, "SGF-1.01").state == "na"


def test_z_takes_the_last_answer_back_and_says_so(
    screen: InspectionScreen, office: Office, qtbot: QtBot, heard: StandIn
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    key(screen, qtbot, "1")
    key(screen, qtbot, "2")
    key(screen, qtbot, "z")
    assert answer_of(office, visit, "SGF-1.01").state == "pass"
    assert heard.toasts == ["已撤回 SGF-1.01 的上一次修改"]


def test_a_save_that_fails_takes_the_paint_back_and_says_so(
    screen: InspectionScreen, office: Office, qtbot: QtBot, heard: StandIn
) -> None:
    opened(screen, qtbot, office.inspection())
    office.services.vault.lock()
    key(screen, qtbot, "2")
    assert screen.check.list.line is not None
    assert screen.check.list.line.answer.state == "open"
    assert [getattr(error, "code", "") for error in heard.errors] == ["vault.locked"]


def test_a_note_is_saved_after_a_pause(screen: InspectionScreen, office: Office, qtbot: QtBot) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    key(screen, qtbot, "n")
    qtbot.keyClicks(screen.check.detail._field, "seen on site")
    qtbot.waitUntil(
        lambda: getattr(answer_of(office, visit, "SGF-1.01"), "note", "") == "seen on site", timeout=5000
    )


def test_a_note_is_saved_at_once_when_the_screen_goes(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    key(screen, qtbot, "n")
    qtbot.keyClicks(screen.check.detail._field, "half a sent")
    screen.hide()
    settle(screen, qtbot)
    assert answer_of(office, visit, "SGF-1.01").note == "half a sent"


def test_moving_on_saves_the_note_of_the_item_it_was_typed_for(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    key(screen, qtbot, "n")
    qtbot.keyClicks(screen.check.detail._field, "first")
    screen.check.list.go_to_row(1)
    settle(screen, qtbot)
    assert answer_of(office, visit, "SGF-1.01").note == "first"
    assert screen.check.detail._field.toPlainText() == ""


def test_rows_typed_in_the_card_are_saved_with_their_computed_cells(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    screen.check.go_to(("SGF", "SGF-1.02"))
    key(screen, qtbot, "2")
    table = screen.check.list.editor.model  # type: ignore[union-attr]
    block = "品名\t规格\t进销存数量\t医保结算数量\t进销存单价\t医保结算单价\n阿莫西林\t0.25g\t2\t5\t10.00\t12.00\n甘草片\t100片\t1\t1\t3\t3"
    QGuiApplication.clipboard().setText(block)
    screen.check.list.editor.table.paste()  # type: ignore[union-attr]
    settle(screen, qtbot)
    rows = answer_of(office, visit, "SGF-1.02").rows
    assert [row.cells["product"] for row in rows] == ["阿莫西林", "甘草片"]
    assert screen.check.list.line is not None
    assert screen.check.list.line.amount_cny == Decimal("40.00")
    assert table.rowCount() == 4
    assert [table.index(place, 8).data() for place in range(2)] == ["40.00", "0.00"]
    assert table.index(3, 8).data() == "40.00"


def test_a_row_typed_on_while_its_first_cell_is_being_saved_stays_one_row(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    screen.check.go_to(("SGF", "SGF-1.02"))
    key(screen, qtbot, "2")
    table = screen.check.list.editor.model  # type: ignore[union-attr]
    table.setData(table.index(0, 0), "阿莫西林")
    table.setData(table.index(0, 1), "0.25g")
    settle(screen, qtbot)
    rows = answer_of(office, visit, "SGF-1.02").rows
    assert [(row.cells["product"], row.cells["spec"]) for row in rows] == [("阿莫西林", "0.25g")]


def test_typing_and_tab_fill_one_row_and_go_on_below_it(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    screen.activateWindow()
    screen.check.go_to(("SGF", "SGF-1.04"))
    key(screen, qtbot, "2")
    key(screen, qtbot, Qt.Key.Key_Space)
    for text in ("amox", "0.25", "b1", "100", "90", "12.5", "next"):
        for letter in text:
            qtbot.keyClicks(QApplication.focusWidget(), letter)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    settle(screen, qtbot)
    rows = [dict(row.cells) for row in answer_of(office, visit, "SGF-1.04").rows]
    assert rows == [
        {"product": "amox", "spec": "0.25", "batch": "b1", "book": "100", "counted": "90", "price": "12.5"},
        {"product": "next"},
    ]


def test_photos_come_in_and_clear_the_missing_evidence(
    screen: InspectionScreen, office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    key(screen, qtbot, "2")
    assert screen.session.picture is not None
    assert screen.session.picture.counts.unproven == 1
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    image.save(str(tmp_path / "shelf.jpg"))
    screen.check.detail.strip.take((tmp_path / "shelf.jpg",))
    settle(screen, qtbot)
    assert screen.check.detail.strip.count == 1
    assert screen.session.picture.counts.unproven == 0
    assert answer_of(office, visit, "SGF-1.01").evidence == 1


def test_f_drafts_a_finding_from_the_item_and_keeping_it_shows_it_beside_the_item(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    screen.check.go_to(("SGF", "SGF-2.04"))
    key(screen, qtbot, "2")
    key(screen, qtbot, "f")
    screen.check.findings.editor._facts.setPlainText("以药品名义结算蛋白粉3例")
    screen.check.findings.editor._amount.setText("1284")
    qtbot.mouseClick(screen.check.findings._keep, Qt.MouseButton.LeftButton)
    settle(screen, qtbot)
    kept = office.services.findings.of(visit)
    assert [(one.facts, one.amount_cny, one.items) for one in kept] == [
        ("以药品名义结算蛋白粉3例", Decimal("1284.00"), ("SGF/SGF-2.04",))
    ]
    assert "1 条 · 合计 ￥1,284.00" in screen.check.findings._total.text()


def test_only_failed_keeps_the_item_that_is_just_being_answered(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    opened(screen, qtbot, office.inspection())
    key(screen, qtbot, "2")
    screen.check.sections._chips[list(screen.check.sections._chips)[1]].click()
    assert screen.check._items.rowCount() == 1
    screen.check.list.setFocus()
    key(screen, qtbot, "1")
    assert screen.check._items.rowCount() == 1


def test_the_preparation_starts_a_visit_with_two_licensed_inspectors(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    task = office.task("江源区仁和大药房", InstitutionKind.PHARMACY, ("SGF",))
    screen.open(task=task.id)
    settle(screen, qtbot)
    prepare = screen.prepare
    assert prepare._name.text() == "赵春生"
    prepare._shown.setChecked(True)
    prepare._witness.setText("孙丽")
    qtbot.mouseClick(prepare._start, Qt.MouseButton.LeftButton)
    settle(screen, qtbot)
    visit = office.services.inspections.view(office.services.inspections.of_task(task.id)[0]).inspection
    assert (visit.inspectors, visit.party.name, visit.witness) == (office.inspectors, "赵春生", "孙丽")
    assert screen._step == "check"


def test_one_inspector_alone_cannot_start_and_is_told_why(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    task = office.task("江源区仁和大药房", InstitutionKind.PHARMACY, ("SGF",))
    screen.open(task=task.id)
    settle(screen, qtbot)
    screen.prepare._second.choose(office.inspectors[0])
    screen.prepare._check()
    assert not screen.prepare._start.isEnabled()
    assert screen.prepare._people_problem.text()


def test_the_review_jumps_to_the_item_that_blocks(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    opened(screen, qtbot, office.inspection())
    key(screen, qtbot, "2")
    screen.show_step("review")
    settle(screen, qtbot)
    row = next(place for place, (_, one) in enumerate(screen.review._model.rows) if one.item == "SGF-1.01")
    screen.review._opened(screen.review._model.rows[row])
    assert screen._step == "check"
    assert screen.check.list.line is not None
    assert screen.check.list.line.item.code == "SGF-1.01"


def test_the_party_opinion_is_saved_and_the_way_leads_to_the_documents(
    screen: InspectionScreen, office: Office, qtbot: QtBot, heard: StandIn
) -> None:
    visit = office.inspection()
    opened(screen, qtbot, visit)
    screen.show_step("review")
    settle(screen, qtbot)
    screen.review._opinion.setPlainText("以上情况属实")
    qtbot.mouseClick(screen.review._documents, Qt.MouseButton.LeftButton)
    settle(screen, qtbot)
    assert office.services.inspections.view(visit).inspection.party_opinion == "以上情况属实"
    assert heard.went == [("documents", {"inspection": visit})]


def test_all_templates_at_once_paint_and_answer_quickly(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    every = tuple(template.id for template in office.services.checklists.all())
    name = "江源区" + "很长的机构名称" * 8
    opened(screen, qtbot, office.inspection(name[:60], InstitutionKind.HOSPITAL, every))
    assert screen.check._items.rowCount() > 250
    started = time.thread_time()
    for _ in range(5):
        qtbot.keyClicks(screen.check.list, "2")
    assert (time.thread_time() - started) / 5 < 0.25
    settle(screen, qtbot)


def test_every_control_of_the_screen_has_a_name_to_be_read_out(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    opened(screen, qtbot, office.inspection())
    nameless = [
        type(one).__name__
        for kind in (QPushButton, QLineEdit, QPlainTextEdit, QAbstractItemView)
        for one in screen.findChildren(kind)
        if not (one.accessibleName() or getattr(one, "text", str)() or one.toolTip())
        and not one.parent().metaObject().className().startswith("QComboBox")
    ]
    assert nameless == []


def test_after_the_pages_are_frozen_nothing_is_answered_any_more(
    screen: InspectionScreen, office: Office, qtbot: QtBot
) -> None:
    visit = office.inspection()
    office.services.inspections.set_details(visit, party_opinion="属实", recusal_answer="不申请回避")
    for item in office.services.checklists.template("SGF").items:
        office.services.inspections.answer(visit, "SGF", item.code, state="na", note="不适用")
    office.services.documents.freeze_record(visit)
    opened(screen, qtbot, visit)
    assert screen.session.is_locked
    key(screen, qtbot, "2")
    assert answer_of(office, visit, "SGF-1.01").state == "na"


def test_the_screen_is_in_the_catalogue() -> None:
    assert "inspection" in [spec.name for spec in find_screens()]
