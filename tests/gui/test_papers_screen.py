"""The wall of papers and the form of a draft over a real office: drafted, filled, issued, signed, served, voided."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog
from pytestqt.qtbot import QtBot

from app.bootstrap import Services
from app.core.papers import Origin, Paper, PaperId, PaperState, ServiceMethod
from app.core.progress import CancelToken
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import Context
from app.gui.screens.documents.view import DocumentsScreen
from app.gui.screens.papers.batch import pieces
from app.gui.screens.papers.delegate import button_area
from app.gui.screens.papers.dialogs import CertifyDialog, ServeDialog
from app.gui.screens.papers.kinds import KindDialog
from app.gui.screens.papers.lines import Line, Stage, Step
from app.gui.screens.papers.office import ROWS, OfficeDialog
from app.gui.screens.papers.view import PapersScreen
from app.gui.screens.papers.wall import more_of
from app.gui.theme import Theme
from app.gui.widgets.confirm import ConfirmDialog
from app.services.demo.play import handwriting
from app.services.papers import kinds
from sync.server.ca.authority import Authority
from sync.server.ca.forming import Purpose
from sync.server.ca.place import Place
from sync.server.world import real_world
from tests.gui.rehearsal import Rehearsal
from tests.gui.stand_in import StandIn
from tests.unit.services.filled_papers import complete, drafted, issued, sign_everybody, take

NOTICE, ORDER, APPROVAL, REQUEST = "inspection_notice", "rectification_order", "inspection_approval", "evidence_request"


class Desk(StandIn):
    """Stands where the frame stands: moves between the two screens, and keeps what they say."""

    def __init__(self, services: Services, runner: Runner, bus: Bus, prefs: Prefs, qtbot: QtBot, task: Any) -> None:
        super().__init__()
        self.services, self.runner, self.qtbot, self.task = services, runner, qtbot, task
        context = Context(services, runner, bus, self.go, self.back, self, prefs)
        self.screen, self.documents = PapersScreen(context), DocumentsScreen(context)
        for one in (self.documents, self.screen):
            qtbot.addWidget(one)
            bus.changed.connect(one.refresh)
            one.resize(1190, 695)
        runner.failed.connect(self.failed)
        self.screen.show()

    def go(self, name: str, **params: Any) -> None:
        super().go(name, **params)
        if name == "papers":
            self.screen.open(**params)
        elif name == "documents":
            self.documents.open(**params)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.runner.is_idle, timeout=20_000)

    def wall(self) -> dict[str, Line]:
        """Open the wall and return its lines by kind, the first of each."""
        self.screen.open(task=self.task)
        self.settle()
        found: dict[str, Line] = {}
        for one in self.screen.wall.lines:
            found.setdefault(one.need.kind, one)
        return found

    def edit(self, paper: PaperId) -> PapersScreen:
        """Open a draft."""
        self.screen.open(paper=paper)
        self.settle()
        self.qtbot.waitUntil(lambda: self.screen.draft.form is not None and self.screen.draft.form.is_whole)
        return self.screen

    def editor(self, field: str) -> Any:
        assert self.screen.draft.form is not None
        return self.screen.draft.form.rows[field].editor

    def field(self, paper: PaperId, name: str) -> Any:
        return next(one for one in self.services.papers.view(paper).fields if one.id == name)

    def dialog(self, kind: type[Any]) -> Any:
        found = [one for one in self.screen.findChildren(kind) if one.isVisible()]
        assert found, kind
        return found[-1]

    def draw(self) -> None:
        """Write something on the pad."""
        pad = self.documents.signing.pad.pad
        start = QPoint(pad.width() // 4, pad.height() // 3)
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(pad, start + QPoint(30, 30))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 30))

    def act(self, action: str, line: Line) -> None:
        self.screen.wall.acted.emit(action, line)
        self.settle()


@pytest.fixture
def desk(
    rehearsal: Rehearsal, tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, qtbot: QtBot, theme: Theme
) -> Iterator[Desk]:
    services = rehearsal.copied(tmp_path / "home")
    made = Desk(services, runner, bus, prefs, qtbot, rehearsal.furnished.tasks[0])
    yield made
    made.settle()
    services.close()


def press(widget: Any, *keys: Any) -> None:
    for one in keys:
        QTest.keyClick(widget, one)


def test_the_wall_says_what_is_missing_and_counts_it(desk: Desk) -> None:
    lines = desk.wall()
    assert (lines[NOTICE].stage, lines[NOTICE].step, lines[NOTICE].group) == (Stage.MISSING, Step.DRAFT, "missing")
    assert lines["onsite_record"].step is Step.COMPOSE
    needed = desk.services.papers.needed(desk.task)
    warned = sum(one.is_warned for one in needed)
    assert desk.screen.wall.pills.value == "all"
    desk.screen.wall.pills.choose("missing")
    assert len(desk.screen.wall.lines) == warned > 0
    desk.screen.wall.pills.choose("done")
    assert desk.screen.wall.lines == ()


def test_each_paper_moves_through_the_counts(desk: Desk, tmp_path: Path) -> None:
    services, task = desk.services, desk.task
    made = drafted(services, NOTICE, task)
    assert desk.wall()[NOTICE].group == "draft"
    take(services, NOTICE)
    paper = services.papers.issue(made).value
    line = desk.wall()[NOTICE]
    assert (line.stage, line.step, line.number) == (Stage.ISSUED, Step.SIGN, paper.number)
    assert "签收人" in "".join(one.label for one in line.signers)
    sign_everybody(services, paper, tmp_path)
    assert (desk.wall()[NOTICE].stage, desk.wall()[NOTICE].group) == (Stage.SIGNED, "serve")
    services.papers.serve(
        paper.id, ServiceMethod.MAIL, served_at=services.clock(), receiver="周其真", tracking="EMS 1"
    )
    assert (desk.wall()[NOTICE].stage, desk.wall()[NOTICE].group) == (Stage.SERVED, "done")
    services.papers.void(paper.id, "对象写错")
    desk.wall()
    papers = [one for one in desk.screen.wall.lines if one.need.kind == NOTICE]
    assert [one.stage for one in papers] == [Stage.MISSING, Stage.VOID]


def test_one_record_stands_for_several_kinds_and_is_exported_once(
    desk: Desk, rehearsal: Rehearsal, tmp_path: Path
) -> None:
    record = desk.services.documents.freeze_record(rehearsal.inspection).value
    lines = [one for one in desk.wall().values() if one.document == record.id]
    assert len(lines) > 1
    assert {(one.stage, one.step) for one in lines} == {(Stage.ISSUED, Step.SIGN)}
    while (view := desk.services.documents.view(record.id)).next_role is not None:
        line = next(one for one in view.signers if one.role is view.next_role)
        left = tuple(page for page in line.pages if page not in line.signed)
        desk.services.documents.sign(record.id, line.role, left, handwriting(line.name), aspect=0.4)
    found = pieces(desk.services, (desk.task,), tmp_path, cases=False, token=CancelToken())
    assert [one.document for one in found] == [record.id]


def test_with_the_keyboard_alone_a_kind_is_found_and_drafted(desk: Desk) -> None:
    desk.wall()
    press(desk.screen.wall.list, Qt.Key.Key_N)
    dialog = desk.dialog(KindDialog)
    dialog.search.insert("责令改正")
    press(dialog.search, Qt.Key.Key_Return)
    desk.settle()
    assert [one.kind for one in desk.services.papers.of_task(desk.task)] == [ORDER]
    assert desk.screen.stack.currentWidget() is desk.screen.draft
    assert desk.screen.escape()
    desk.settle()
    line = desk.screen.wall.line
    assert line is not None
    assert line.paper is not None
    assert line.paper.kind == ORDER
    press(desk.screen.wall.list, Qt.Key.Key_Return)
    desk.settle()
    assert desk.screen.stack.currentWidget() is desk.screen.draft


def test_arrows_move_and_enter_does_the_next_step(desk: Desk) -> None:
    desk.wall()
    view = desk.screen.wall.list
    first = desk.screen.wall.line
    press(view, Qt.Key.Key_Down)
    second = desk.screen.wall.line
    assert first is not None
    assert second is not None
    assert first.key != second.key
    press(view, Qt.Key.Key_Return)
    desk.settle()
    assert [one.kind for one in desk.services.papers.of_task(desk.task)] == [second.need.kind]


def test_the_button_of_a_row_is_pressed_with_the_mouse(desk: Desk) -> None:
    desk.wall()
    view = desk.screen.wall.list
    index = view.model().index(0, 0)
    spot = button_area(QRectF(view.visualRect(index))).center().toPoint()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, spot.y()))
    desk.settle()
    assert desk.services.papers.of_task(desk.task) == ()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    desk.settle()
    assert len(desk.services.papers.of_task(desk.task)) == 1


def test_a_field_is_kept_when_it_is_left_and_says_where_it_comes_from(desk: Desk) -> None:
    paper = desk.services.papers.draft(ORDER, desk.task).value.id
    desk.edit(paper)
    name = desk.editor("institution")
    assert name.edit.text() == desk.field(paper, "institution").value
    name.edit.setFocus()
    name.edit.selectAll()
    name.edit.insert("百草堂")
    assert desk.field(paper, "institution").value != "百草堂"
    press(name.edit, Qt.Key.Key_Tab)
    desk.settle()
    shown = desk.field(paper, "institution")
    assert (shown.value, shown.origin) == ("百草堂", Origin.PERSON)
    row = desk.screen.draft.form.rows["institution"]
    assert row.origin.text() == "人工填写"
    assert not row.back.isHidden()
    row.back.click()
    desk.settle()
    assert desk.field(paper, "institution").origin is Origin.DATA
    assert name.edit.text() == desk.field(paper, "institution").value
    assert row.back.isHidden()


@pytest.mark.parametrize("kind", [ORDER, APPROVAL, "sampling_record", "penalty_decision", "evidence_copy"])
def test_leaving_a_field_as_it_is_writes_nothing(desk: Desk, kind: str) -> None:
    paper = desk.services.papers.draft(kind, desk.task).value.id
    desk.edit(paper)
    assert any(one.origin is Origin.DATA for one in desk.services.papers.view(paper).fields)
    for field, row in desk.screen.draft.form.rows.items():
        target = row.editor.focusProxy() or row.editor
        target.setFocus()
        press(target, Qt.Key.Key_Tab)
        assert field in desk.screen.draft.form.rows
    desk.screen.draft.flush()
    desk.settle()
    assert all(one.origin is not Origin.PERSON for one in desk.services.papers.view(paper).fields)


def test_what_is_typed_while_a_save_is_on_its_way_is_not_lost(desk: Desk) -> None:
    paper = desk.services.papers.draft(ORDER, desk.task).value.id
    desk.edit(paper)
    facts = desk.editor("facts")
    facts.edit.setFocus()
    facts.edit.insertPlainText("第一句。")
    desk.screen.draft.flush()
    facts.edit.insertPlainText("第二句。")
    desk.settle()
    assert facts.edit.toPlainText() == "第一句。第二句。"
    desk.screen.draft.flush()
    desk.settle()
    assert desk.field(paper, "facts").value == "第一句。第二句。"


def test_a_field_left_by_going_to_another_paper_is_kept_in_its_own(desk: Desk) -> None:
    first = desk.services.papers.draft(ORDER, desk.task).value.id
    second = desk.services.papers.draft(NOTICE, desk.task).value.id
    before = desk.field(second, "institution").value
    desk.edit(first)
    name = desk.editor("institution")
    name.edit.setFocus()
    name.edit.selectAll()
    name.edit.insert("百草堂")
    desk.edit(second)
    assert desk.field(first, "institution").value == "百草堂"
    assert desk.field(second, "institution").value == before
    assert desk.editor("institution").edit.text() == before


def test_a_value_that_makes_no_sense_is_told_and_not_kept(desk: Desk) -> None:
    paper = desk.services.papers.draft(ORDER, desk.task).value.id
    desk.edit(paper)
    due = desk.editor("due_on").edit
    due.setFocus()
    due.insert("过几天")
    press(due, Qt.Key.Key_Return)
    desk.settle()
    row = desk.screen.draft.form.rows["due_on"]
    assert not row._error.isHidden()
    assert desk.field(paper, "due_on").value is None
    due.clear()
    due.insert("2026-12-01")
    press(due, Qt.Key.Key_Return)
    desk.settle()
    assert row._error.isHidden()
    assert desk.field(paper, "due_on").value == "2026-12-01"


def test_data_that_changed_under_a_written_field_is_told_and_given_back(desk: Desk) -> None:
    services = desk.services
    paper = services.papers.draft(ORDER, desk.task).value.id
    name = desk.field(paper, "institution").value
    services.papers.fill(paper, {"institution": "百草堂"})
    place = services.institutions.find(name)[0]
    services.institutions.save(dataclasses.replace(place, name="新店名（演练）"))
    desk.edit(paper)
    row = desk.screen.draft.form.rows["institution"]
    assert "新店名（演练）" in row._data.text()
    assert not row._data.isHidden()
    desk.screen.draft.outdated.click()
    desk.settle()
    assert desk.editor("institution").edit.text() == "新店名（演练）"
    assert desk.screen.draft.outdated.isHidden()


def test_every_kind_of_field_is_written_and_read_back(desk: Desk) -> None:
    services = desk.services
    paper = services.papers.draft("sampling_record", desk.task).value.id
    desk.edit(paper)
    ended = desk.editor("ended_at")
    ended.day.setFocus()
    QTest.keyClicks(ended.day, "2026-11-30")
    press(ended.day, Qt.Key.Key_Tab)
    assert desk.field(paper, "ended_at").value is None
    ended.time.insert("14：05")
    press(ended.time, Qt.Key.Key_Return)
    desk.settle()
    assert dt.datetime.fromisoformat(desk.field(paper, "ended_at").value) == dt.datetime(2026, 11, 30, 6, 5, tzinfo=dt.UTC)
    table = desk.editor("samples").table
    table.add.click()
    for column in range(len(table._columns)):
        table.grid.item(0, column).setText(str(column + 1))
    desk.settle()
    assert desk.field(paper, "samples").value == (tuple(str(n + 1) for n in range(len(table._columns))),)
    table.grid.setCurrentCell(0, 0)
    press(table.grid, Qt.Key.Key_Delete)
    QTest.keyClick(table.grid, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert desk.field(paper, "samples").origin is Origin.EMPTY


def test_a_choice_and_an_amount_are_kept_as_the_paper_keeps_them(desk: Desk) -> None:
    services = desk.services
    approval = services.papers.draft(APPROVAL, desk.task).value.id
    desk.edit(approval)
    choice = next(one for one in services.papers.view(approval).fields if one.kind == "choice")
    box: QComboBox = desk.editor(choice.id).box
    box.setCurrentIndex(2)
    box.activated.emit(2)
    desk.settle()
    assert desk.field(approval, choice.id).value == choice.options[1]
    made = services.papers.draft("penalty_decision", desk.task).value.id
    desk.edit(made)
    money = next(one for one in services.papers.view(made).fields if one.kind == "money")
    edit = desk.editor(money.id).edit
    edit.setFocus()
    edit.insert("1.2万")
    press(edit, Qt.Key.Key_Return)
    desk.settle()
    assert (desk.field(made, money.id).value, edit.text()) == (1_200_000, "￥12,000.00")


def test_a_known_name_brings_its_licence_number(desk: Desk) -> None:
    paper = desk.services.papers.draft("sampling_record", desk.task).value.id
    desk.edit(paper)
    person = next(one for one in desk.services.people.find() if one.licence_no)
    field = next(one for one in desk.services.papers.view(paper).fields if one.kind == "people")
    table = desk.editor(field.id).table
    table.add.click()
    table.grid.item(table.grid.rowCount() - 1, 0).setText(person.name)
    desk.settle()
    assert desk.field(paper, field.id).value[-1] == (person.name, person.licence_no)


def test_the_preview_follows_what_is_written_and_keeps_its_place(desk: Desk) -> None:
    paper = desk.services.papers.draft(ORDER, desk.task).value.id
    desk.edit(paper)
    preview = desk.screen.draft.preview
    desk.qtbot.waitUntil(lambda: bool(preview.sheets) and not preview.is_waiting and desk.runner.is_idle, timeout=20_000)
    before = preview.sheets[0].image
    bar = preview.verticalScrollBar()
    desk.qtbot.waitUntil(lambda: bar.maximum() > 40)
    bar.setValue(40)
    desk.services.papers.fill(paper, {"facts": "未查验购药人身份"})
    desk.screen.refresh(())
    desk.settle()
    desk.qtbot.waitUntil(lambda: not preview.is_waiting and desk.runner.is_idle, timeout=20_000)
    assert preview.sheets[0].image != before
    assert bar.value() == 40


def test_an_unfinished_draft_is_not_issued_and_says_why(desk: Desk) -> None:
    paper = desk.services.papers.draft(NOTICE, desk.task).value.id
    desk.edit(paper)
    assert desk.screen.draft.issues.count > 0
    desk.screen.draft.issue.click()
    desk.settle()
    assert not [one for one in desk.screen.findChildren(ConfirmDialog) if one.isVisible()]
    assert any("还不能制发" in one for one in (*desk.toasts, *desk.banners))
    assert desk.services.papers.get(paper).state is PaperState.DRAFT


def test_issuing_names_the_number_and_goes_to_the_signing_page(desk: Desk) -> None:
    take(desk.services, NOTICE, 7, 9)
    paper = drafted(desk.services, NOTICE, desk.task)
    desk.edit(paper)
    QTest.keyClick(desk.screen.draft, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    dialog = desk.dialog(ConfirmDialog)
    assert "〔" in dialog.accessibleName()
    assert "7号" in dialog.accessibleName()
    dialog._box.setChecked(True)
    dialog.yes.click()
    desk.settle()
    made = desk.services.papers.get(paper)
    assert (made.state, made.number[-2:]) == (PaperState.ISSUED, "7号")
    assert desk.went[-1] == ("documents", {"document": made.document, "inspection": made.inspection, "task": desk.task})
    assert desk.documents.signing.view is not None
    assert desk.documents.signing.view.document.id == made.document


def test_a_place_that_may_be_signed_is_asked_for_when_issuing(desk: Desk, tmp_path: Path) -> None:
    paper = signed(desk, tmp_path)
    done = desk.services.papers.serve(
        paper.id, "mail", served_at=desk.services.clock(), receiver="周其真", tracking="EMS 1"
    ).value
    receipt = desk.services.papers.make_receipt(done.id).value.id
    complete(desk.services, receipt)
    desk.edit(receipt)
    desk.screen.draft.issue.click()
    desk.settle()
    choices = desk.screen.asking.choices
    assert ["受送达人" in box.text() for box in choices.values()] == [True]
    next(iter(choices.values())).setChecked(True)
    dialog = desk.dialog(ConfirmDialog)
    dialog._box.setChecked(True)
    dialog.yes.click()
    desk.settle()
    document = desk.services.papers.get(receipt).document
    assert document is not None
    assert any("受送达人" in one.label for one in desk.services.documents.view(document).signers)


def test_without_a_number_at_hand_the_question_says_that_it_is_provisional(desk: Desk) -> None:
    paper = drafted(desk.services, NOTICE, desk.task)
    desk.edit(paper)
    desk.screen.draft.issue.click()
    desk.settle()
    dialog = desk.dialog(ConfirmDialog)
    assert "临时编号 临-" in dialog.accessibleName()
    dialog._box.setChecked(True)
    dialog.yes.click()
    desk.settle()
    line = desk.wall()[NOTICE]
    assert line.is_interim
    assert "number" in more_of(line)
    take(desk.services, NOTICE)
    desk.act("number", line)
    assert not desk.wall()[NOTICE].is_interim
    assert desk.wall()[NOTICE].number.endswith("1号")


def test_a_paper_is_signed_page_by_page_where_records_are_signed(desk: Desk) -> None:
    paper = issued(desk.services, NOTICE, desk.task)
    desk.act(str(Step.SIGN), desk.wall()[NOTICE])
    signing = desk.documents.signing
    assert signing.view is not None
    assert signing.view.document.id == paper.document
    desk.documents.show()
    assert signing.state.action.isHidden()
    assert "印章" in signing.pad.turn.text()
    assert not signing.pad.pad.isEnabled()
    receiver = signing.view.signers[-1]
    signing.pad.signer_wanted.emit(receiver.role)
    pad = signing.pad
    desk.draw()
    assert not pad.sign.isEnabled()
    assert not pad.name.isHidden()
    pad.name.setText("周其真")
    for _ in receiver.pages:
        desk.draw()
        pad.sign.click()
        desk.settle()
    assert paper.document is not None
    done = desk.services.documents.view(paper.document)
    assert {one.name for one in done.document.signatures} == {"周其真"}
    assert next(one for one in done.signers if one.role is receiver.role).signed == receiver.pages
    signing.case_wanted.emit()
    desk.settle()
    assert desk.went[-1] == ("papers", {"task": desk.task})


def test_a_service_is_noted_with_what_its_method_needs(desk: Desk, tmp_path: Path) -> None:
    paper = issued(desk.services, NOTICE, desk.task)
    sign_everybody(desk.services, paper, tmp_path)
    desk.act(str(Step.SERVE), desk.wall()[NOTICE])
    dialog = desk.dialog(ServeDialog)
    assert dialog.rows["witness"].isHidden()
    assert dialog.rows["tracking"].isHidden()
    dialog.method.choose(str(ServiceMethod.LEFT))
    assert not dialog.rows["witness"].isHidden()
    dialog.yes.click()
    desk.settle()
    assert dialog.isVisible()
    assert "理由" in dialog._error.text()
    dialog.fields["refused_reason"].setText("拒绝签收")
    dialog.fields["witness"].setText("社区工作人员 钱一")
    dialog.receipt.setChecked(True)
    dialog.yes.click()
    desk.settle()
    service = desk.services.papers.services(paper.id)[0]
    assert (service.method, service.refused_reason, service.witness) == (ServiceMethod.LEFT, "拒绝签收", "社区工作人员 钱一")
    assert len(service.servers) == 2
    assert desk.services.papers.get(PaperId(str(service.receipt))).kind == "service_receipt"
    assert desk.screen.stack.currentWidget() is desk.screen.draft


def test_a_wrong_service_is_voided_with_a_reason_and_stays(desk: Desk, tmp_path: Path) -> None:
    paper = issued(desk.services, NOTICE, desk.task)
    sign_everybody(desk.services, paper, tmp_path)
    desk.services.papers.serve(paper.id, "mail", served_at=desk.services.clock(), receiver="周其真", tracking="EMS 1")
    desk.act("unserve", desk.wall()[NOTICE])
    dialog = desk.dialog(ConfirmDialog)
    dialog._reason.setPlainText("日期写错")
    dialog.yes.click()
    desk.settle()
    assert [one.void_reason for one in desk.services.papers.services(paper.id)] == ["日期写错"]
    assert desk.wall()[NOTICE].step is Step.SERVE


def test_voiding_needs_a_reason_and_leaves_the_number(desk: Desk) -> None:
    take(desk.services, NOTICE)
    paper = issued(desk.services, NOTICE, desk.task)
    desk.act("void", desk.wall()[NOTICE])
    dialog = desk.dialog(ConfirmDialog)
    assert not dialog.yes.isEnabled()
    dialog._reason.setPlainText("对象写错")
    dialog.yes.click()
    desk.settle()
    made = desk.services.papers.get(paper.id)
    assert (made.state, made.void_reason, made.number) == (PaperState.VOID, "对象写错", paper.number)


def test_a_draft_is_thrown_away_after_a_question(desk: Desk) -> None:
    paper = desk.services.papers.draft(ORDER, desk.task).value.id
    desk.edit(paper)
    desk.screen.draft.discard.click()
    dialog = desk.dialog(ConfirmDialog)
    dialog.yes.click()
    desk.settle()
    assert desk.services.papers.of_task(desk.task) == ()
    assert desk.screen.stack.currentWidget() is desk.screen.wall


def test_companions_are_filled_beside_the_paper_they_belong_to(desk: Desk) -> None:
    paper = desk.services.papers.draft("preservation_decision", desk.task).value.id
    desk.edit(paper)
    family = list(desk.services.papers.of_task(desk.task))
    companion = next(one for one in family if one.parent == paper)
    box = desk.screen.draft.family
    assert [box.itemText(at) for at in range(box.count())] == [one.title for one in family]
    box.activated.emit(box.findData(companion.id))
    desk.settle()
    assert desk.screen.draft.view is not None
    assert desk.screen.draft.view.paper.id == companion.id
    assert desk.screen.draft.issue.isHidden()
    assert desk.screen.draft.discard.isHidden()


def test_on_a_small_screen_the_preview_is_behind_a_tab(desk: Desk, theme: Theme) -> None:
    paper = desk.services.papers.draft(ORDER, desk.task).value.id
    desk.screen.resize(860, 420)
    desk.edit(paper)
    draft = desk.screen.draft
    assert not draft.tabs.isHidden()
    assert not draft.preview.isVisible()
    draft.tabs.choose("preview")
    desk.qtbot.waitUntil(lambda: bool(draft.preview.sheets) and desk.runner.is_idle, timeout=20_000)
    assert draft.preview.isVisible()
    assert not draft._area.isVisible()


def signed(desk: Desk, folder: Path) -> Paper:
    paper = issued(desk.services, NOTICE, desk.task)
    sign_everybody(desk.services, paper, folder)
    return paper


def test_signed_papers_of_chosen_tasks_are_written_into_a_folder(desk: Desk, tmp_path: Path) -> None:
    signed(desk, tmp_path)
    desk.screen.open()
    desk.settle()
    tasks = desk.screen.tasks
    tasks.list.table.selectAll()
    assert len(tasks.chosen) > 1
    desk.screen.acting._tasks = tasks.chosen
    out = tmp_path / "out"
    desk.screen.acting._export_papers(out)
    desk.qtbot.waitUntil(lambda: desk.runner.is_idle and not desk.screen.acting.batch.is_running, timeout=30_000)
    files = sorted(out.rglob("*.pdf"))
    assert len(files) == 1
    assert files[0].read_bytes().startswith(b"%PDF")
    assert any("1 个文件" in one for one in (*desk.toasts, *desk.banners))
    assert not tasks.under_way.is_busy


def test_an_export_that_is_stopped_keeps_what_is_written(desk: Desk, tmp_path: Path) -> None:
    signed(desk, tmp_path)
    desk.screen.open()
    desk.settle()
    batch, written = desk.screen.acting.batch, []
    batch.finished.connect(written.append)
    desk.screen.acting._tasks = (desk.task, desk.task)
    desk.screen.acting._export_papers(tmp_path / "out")
    desk.qtbot.waitUntil(lambda: batch.is_running, timeout=20_000)
    batch.cancel()
    desk.qtbot.waitUntil(lambda: bool(written), timeout=20_000)
    assert written[0].files == 1
    assert not batch.is_running


def test_an_export_is_stopped_before_anything_is_written(desk: Desk, tmp_path: Path) -> None:
    signed(desk, tmp_path)
    desk.screen.open()
    desk.settle()
    desk.screen.acting._tasks = (desk.task,) * 50
    desk.screen.acting._export_papers(tmp_path / "out")
    line = desk.screen.tasks.under_way.line
    assert line is not None
    line.stop.click()
    desk.settle()
    assert not desk.screen.tasks.under_way.is_busy
    assert not (tmp_path / "out").exists()


def test_a_case_is_exported_from_the_wall(desk: Desk, tmp_path: Path) -> None:
    signed(desk, tmp_path)
    desk.wall()
    desk.screen.acting.ask_case(desk.screen._wall)
    to = tmp_path / "case.yfcase.zip"
    desk.screen.asking.file_chosen.emit(to)
    desk.settle()
    assert to.read_bytes().startswith(b"PK")
    assert not desk.screen.wall.under_way.is_busy
    assert any("已导出 case.yfcase.zip" in one for one in (*desk.toasts, *desk.banners))


def test_a_signed_paper_is_signed_by_certificate_and_exported_with_it(desk: Desk, tmp_path: Path) -> None:
    paper = signed(desk, tmp_path)
    line = desk.wall()[NOTICE]
    assert "certify" in more_of(line)
    desk.act("certify", line)
    assert any("还没有登记证书" in one for one in (*desk.toasts, *desk.banners))
    folder = tmp_path / "ca"
    authority = Authority(Place(folder), real_world())
    authority.begin("演练单位", "根密钥口令根密钥口令根密钥")
    file = tmp_path / "zhang.p12"
    file.write_bytes(authority.issue("根密钥口令根密钥口令根密钥", "张三", Purpose.INSPECTOR, "zhang-2026")[1])
    desk.services.certificates.add_file(file, "zhang-2026")
    desk.act("certify", line)
    dialog = desk.dialog(CertifyDialog)
    dialog.secret.setText("zhang-2026")
    dialog._tell()
    desk.settle()
    assert paper.document is not None
    made = desk.services.certificate_signing.certified(paper.document)
    assert made is not None
    assert b"/ByteRange" in made
    desk.screen.acting.act("export", line, desk.screen._wall)
    desk.screen.asking.file_chosen.emit(tmp_path / "out.pdf")
    desk.settle()
    assert (tmp_path / "out.pdf").read_bytes() == made


def test_a_signed_paper_is_amended_from_the_wall(desk: Desk, tmp_path: Path) -> None:
    signed(desk, tmp_path)
    line = desk.wall()[NOTICE]
    assert "amend" in more_of(line)
    desk.act("amend", line)
    assert desk.documents.stack.currentWidget() is desk.documents.amending


def test_the_wall_asks_for_a_printer_and_every_page_reaches_it(desk: Desk, tmp_path: Path) -> None:
    paper = signed(desk, tmp_path)
    line = desk.wall()[NOTICE]
    desk.act("print", line)
    dialog = desk.dialog(QPrintDialog)
    assert dialog.isVisible()
    printer = dialog.printer()
    assert printer.docName().endswith(paper.number)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setResolution(72)
    with desk.qtbot.waitSignal(desk.screen.acting.printing.finished, timeout=20_000) as printed:
        dialog.done(QDialog.DialogCode.Accepted)
    assert printed.args is not None
    assert printed.args[0] == len(PdfReader(tmp_path / "printed.pdf").pages)
    assert desk.errors == []


def test_what_papers_print_of_the_office_is_written_once(desk: Desk) -> None:
    assert {name for pair in ROWS for name in pair} == set(kinds.office_facts())
    paper = desk.services.papers.draft(ORDER, desk.task).value.id
    desk.screen.open()
    desk.settle()
    desk.screen.tasks.office.click()
    desk.settle()
    dialog = desk.dialog(OfficeDialog)
    dialog.fields["court"].setText("青禾区人民法院")
    dialog.yes.click()
    desk.settle()
    assert dict(desk.services.papers.office_facts()) == {"court": "青禾区人民法院"}
    assert (desk.field(paper, "court").value, desk.field(paper, "court").origin) == ("青禾区人民法院", Origin.DATA)


def test_a_paper_issued_before_the_visit_is_shown_and_leads_back_to_its_wall(desk: Desk, rehearsal: Rehearsal) -> None:
    other = rehearsal.furnished.tasks[1]
    paper = issued(desk.services, APPROVAL, other)
    assert paper.inspection is None
    desk.go("documents", document=paper.document, inspection=None, task=other)
    desk.settle()
    assert desk.documents.signing.view is not None
    assert not desk.errors
    desk.documents.signing.case_wanted.emit()
    assert desk.went[-1] == ("papers", {"task": other})


def test_the_documents_screen_leads_to_the_wall_of_a_visit(desk: Desk, rehearsal: Rehearsal) -> None:
    desk.go("documents", inspection=rehearsal.inspection)
    desk.settle()
    desk.documents.case.papers.click()
    desk.settle()
    assert desk.went[-1] == ("papers", {"inspection": rehearsal.inspection})
    assert desk.screen.stack.currentWidget() is desk.screen.wall


def test_what_is_done_elsewhere_appears_by_itself(desk: Desk) -> None:
    desk.wall()
    desk.runner.run_write(lambda: desk.services.papers.draft(ORDER, desk.task))
    desk.qtbot.waitUntil(
        lambda: any(one.stage is Stage.DRAFT for one in desk.screen.wall.lines) and desk.runner.is_idle, timeout=20_000
    )
