"""The documents screen over a real office: listed, composed, signed, refused, amended, handed over."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Services, open_services
from app.core.documents import DocumentState, SignerRole
from app.core.errors import Refused
from app.core.ids import InspectionId, InstitutionId, InterviewId, PersonId
from app.core.inspections import InspectionState, Party
from app.core.interviews import Subject
from app.core.places import Institution, InstitutionKind, Person
from app.core.readings import Heard
from app.gui.bus import Bus
from app.gui.messages import sentence
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import Context
from app.gui.screens.documents.dialogs import PaperDialog, RefuseDialog
from app.gui.screens.documents.printing import a4_printer
from app.gui.screens.documents.qr import modules
from app.gui.screens.documents.touch import TouchButton
from app.gui.screens.documents.view import DocumentsScreen
from app.gui.theme import Theme
from app.gui.widgets.confirm import ConfirmDialog
from tests.gui.stand_in import StandIn
from tests.unit.services.desks import CHEAP

STROKES = (((0.1, 0.1, 0, 0.5), (0.3, 0.4, 90, 0.7), (0.5, 0.1, 160, 0.4)),)


def office(home: Path) -> Services:
    """Return the services of a new rehearsal office, open."""
    made = open_services(home, environ={"YANFANG_NO_KEYRING": "1"}, costs=CHEAP)
    made.vault.setup("江源区医疗保障局", "王敏", "22060012", "tie guan yin 7", True)
    return made


def visit(services: Services, name: str = "江源区仁和大药房（演练）") -> InspectionId:
    """Begin an inspection that could be signed at once."""
    place = services.institutions.save(
        Institution(
            InstitutionId(""), name, InstitutionKind.PHARMACY, address="江源区建设路18号", rehearsal=True
        )
    ).value
    me = services.office.get().me
    second = services.people.save(Person(PersonId(""), "李卓", licence_no="22060027")).value
    task = services.tasks.create(
        title="2026年第二批双随机检查", nature="administrative", kind="random", institution=place.id,
        templates=("SGF",), members=(me, second.id), due_on=dt.date(2099, 12, 1), approval_no="审〔2026〕1号",
    ).value  # fmt: skip
    started = services.inspections.start(
        task.id, inspectors=(me, second.id), recorder=second.id, place="", party=Party("赵一", "男", post="店长"),
        licence_shown=True, recusal_answer="不申请",
    ).value  # fmt: skip
    services.inspections.set_details(started, party_opinion="无异议")
    for code in ("SGF-1.01", "SGF-1.03", "SGF-1.04"):
        services.inspections.answer(started, "SGF", code, state="pass")
    return started


def interview(services: Services, inspection: InspectionId, *, finished: bool = True) -> InterviewId:
    """Take an interview of two officers with the party."""
    seen = services.inspections.view(inspection).inspection
    made = services.interviews.start(
        inspection, subject=Subject("赵一", post="店长"), place="店内", asker=seen.inspectors[0],
        recorder=seen.inspectors[1],
    ).value  # fmt: skip
    for turn in services.interviews.view(made.id).interview.turns:
        services.interviews.answer(turn.id, "看清楚了，没有。")
    if finished:
        services.interviews.finish(made.id)
    return made.id


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = office(tmp_path / "home")
    yield made
    made.close()


class Desk(StandIn):
    """Stands where the frame stands: moves the screen, and keeps what it says."""

    def __init__(self, services: Services, runner: Runner, bus: Bus, prefs: Prefs, qtbot: QtBot) -> None:
        super().__init__()
        self.services, self.runner, self.qtbot = services, runner, qtbot
        self.screen = DocumentsScreen(Context(services, runner, bus, self.go, self.back, self, prefs))
        qtbot.addWidget(self.screen)
        bus.changed.connect(self.screen.refresh)
        runner.failed.connect(self.failed)
        self.screen.resize(1190, 695)
        self.screen.show()

    def go(self, name: str, **params: Any) -> None:
        super().go(name, **params)
        if name == "documents":
            self.screen.open(**params)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.runner.is_idle, timeout=20_000)

    def open(self, **params: Any) -> None:
        self.screen.open(**params)
        self.settle()

    def compose(self, inspection: InspectionId, row: int = 0) -> None:
        self.open(inspection=inspection)
        button = self.screen.case.rows[row].action
        assert button is not None
        button.click()
        self.settle()

    def draw(self) -> None:
        pad = self.screen.signing.pad.pad
        for along in (0.2, 0.5):
            start = QPoint(int(pad.width() * along), int(pad.height() * 0.3))
            QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=start)
            QTest.mouseMove(pad, start + QPoint(20, 40))
            QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=start + QPoint(20, 40))

    def sign_page(self) -> None:
        self.draw()
        self.screen.signing.pad.sign.click()
        self.settle()

    def sign_all(self) -> None:
        signing = self.screen.signing
        for _ in range(100):
            if signing.view is None or signing.view.next_role is None:
                return
            self.sign_page()
        raise AssertionError("signing does not end")

    def dialog(self) -> QDialog:
        found = [one for one in self.screen.findChildren(QDialog) if one.isVisible()]
        assert len(found) == 1
        return found[0]


@pytest.fixture
def desk(services: Services, runner: Runner, bus: Bus, prefs: Prefs, qtbot: QtBot, theme: Theme) -> Desk:
    return Desk(services, runner, bus, prefs, qtbot)


def test_an_office_without_documents_says_how_they_come(desk: Desk) -> None:
    desk.open()
    empty = desk.screen.list.list.empty
    assert empty.isVisible()
    assert empty.button is not None
    empty.button.click()
    assert desk.went == [("tasks", {})]


def test_what_waits_for_a_signature_is_listed_first_and_opens(desk: Desk) -> None:
    inspection = visit(desk.services)
    desk.open()
    listing = desk.screen.list
    assert listing.pills.value == "to_sign"
    assert listing.list.model.rowCount() == 1
    desk.services.documents.freeze_record(inspection)
    desk.open()
    line = listing.list.table.current()
    assert line.view.document.state is DocumentState.FROZEN
    listing.open_button.click()
    desk.settle()
    assert desk.screen.stack.currentWidget() is desk.screen.signing


def test_blockers_are_listed_and_lead_back_into_the_inspection(desk: Desk) -> None:
    inspection = visit(desk.services)
    desk.services.inspections.set_details(inspection, party=Party(), licence_shown=False)
    interview(desk.services, inspection, finished=False)
    desk.open(inspection=inspection)
    case = desk.screen.case
    record = next(row for row in case.rows if row.entry.interview is None)
    assert record.entry.state == "blocked"
    assert record.action is None
    words = [case.blockers.model().index(at, 0).data() for at in range(case.blockers.model().rowCount())]
    assert any("尚未填写现场负责人" in one for one in words)
    for row in range(case.blockers.model().rowCount()):
        case.blockers.setCurrentIndex(case.blockers.model().index(row, 0))
        QTest.keyClick(case.blockers, Qt.Key.Key_Return)
    places = {(name, params.get("step"), params.get("item")) for name, params in desk.went}
    assert ("inspection", "prepare", None) in places
    assert ("interview", None, None) in places
    assert ("inspection", "check", ("SGF", "SGF-1.04")) in places


def test_a_record_composed_by_mistake_goes_back_before_the_first_signature(desk: Desk) -> None:
    inspection = visit(desk.services)
    desk.compose(inspection)
    desk.screen.signing.state.action.click()
    dialog = desk.dialog()
    assert isinstance(dialog, ConfirmDialog)
    dialog.yes.click()
    desk.settle()
    assert desk.screen.stack.currentWidget() is desk.screen.case
    assert desk.services.documents.of(inspection) == ()
    desk.services.inspections.answer(inspection, "SGF", "SGF-1.05", state="pass")


def test_composing_can_be_cancelled_and_leaves_nothing(desk: Desk) -> None:
    inspection = visit(desk.services)
    desk.open(inspection=inspection)
    row = desk.screen.case.rows[0]
    assert row.action is not None
    row.action.click()
    assert desk.screen.case.progress is not None
    desk.screen.case.progress.stop.click()
    desk.settle()
    assert desk.screen.case.progress is None
    assert desk.screen.stack.currentWidget() is desk.screen.case


def test_everybody_signs_page_by_page_and_the_pages_carry_it(desk: Desk) -> None:
    inspection = visit(desk.services)
    desk.compose(inspection)
    signing = desk.screen.signing
    assert signing.view is not None
    document = signing.view.document.id
    first = signing.page
    assert signing.role is SignerRole.PARTY
    assert not signing.pad.sign.isEnabled()
    before = {page: picture(desk.services, document, page) for page in (first, first + 1)}
    desk.sign_page()
    assert signing.page == first + 1
    assert signing.pad.pad.is_empty
    assert "锁定" in signing.state.words.text()
    assert signing.state.action.isHidden()
    assert picture(desk.services, document, first) != before[first]
    assert picture(desk.services, document, first + 1) == before[first + 1]
    for _ in range(20):
        if signing.role is not SignerRole.PARTY:
            break
        desk.sign_page()
    assert "被检查人 赵一已签完" in signing.pad.hint.text()
    desk.sign_all()
    assert desk.services.documents.view(document).document.state is DocumentState.SIGNED
    assert desk.services.inspections.view(inspection).state is InspectionState.SIGNED
    with pytest.raises(Refused, match=r"record\.locked"):
        desk.services.inspections.answer(inspection, "SGF", "SGF-1.01", state="fail")


def test_a_record_changed_after_it_was_composed_is_not_signed_and_the_name_stays_on_the_pad(
    desk: Desk,
) -> None:
    inspection = visit(desk.services)
    desk.compose(inspection)
    desk.services.inspections.answer(inspection, "SGF", "SGF-1.01", state="na")
    desk.sign_page()
    assert "重新制作" in sentence(desk.errors[-1])
    signing = desk.screen.signing
    assert signing.view is not None
    assert signing.view.document.state is DocumentState.FROZEN
    assert not signing.pad.pad.is_empty
    assert signing.pad.sign.isEnabled()


def test_a_signer_chosen_out_of_turn_gets_the_pad_and_only_his_pages(desk: Desk) -> None:
    desk.compose(visit(desk.services))
    signing = desk.screen.signing
    row = next(one for one in signing.pad.signers.rows if one.line.role is SignerRole.INSPECTOR_1)
    row.click()
    assert signing.role is SignerRole.INSPECTOR_1
    desk.sign_page()
    assert signing.view is not None
    lines = {line.role: line for line in signing.view.signers}
    assert lines[SignerRole.INSPECTOR_1].signed == (lines[SignerRole.INSPECTOR_1].pages[0],)
    assert lines[SignerRole.PARTY].signed == ()


def test_only_officers_may_put_one_signature_on_all_their_pages(desk: Desk) -> None:
    desk.compose(visit(desk.services))
    pad = desk.screen.signing.pad
    desk.draw()
    assert pad.rest.isHidden()
    next(one for one in pad.signers.rows if one.line.role is SignerRole.INSPECTOR_1).click()
    desk.draw()
    assert not pad.rest.isHidden()
    pad.rest.click()
    dialog = desk.dialog()
    assert isinstance(dialog, ConfirmDialog)
    dialog.yes.click()
    desk.settle()
    view = desk.screen.signing.view
    assert view is not None
    line = next(one for one in view.signers if one.role is SignerRole.INSPECTOR_1)
    assert set(line.signed) == set(line.pages)


def test_a_refusal_is_told_with_reason_and_witness(desk: Desk) -> None:
    desk.compose(visit(desk.services))
    signing = desk.screen.signing
    signing.pad.refuse.click()
    dialog = desk.dialog()
    assert isinstance(dialog, RefuseDialog)
    assert not dialog.yes.isEnabled()
    QTest.keyClicks(dialog.reason, "busy")
    QTest.keyClicks(dialog.witness, "Liu Fang")
    dialog.yes.click()
    desk.settle()
    assert signing.view is not None
    party = next(line for line in signing.view.signers if line.role is SignerRole.PARTY)
    assert party.refused_reason.startswith("busy")
    assert signing.role is not SignerRole.PARTY
    row = next(one for one in signing.pad.signers.rows if one.line.role is SignerRole.PARTY)
    assert "拒绝签字" in row.accessibleName()


def test_an_officer_cannot_refuse(desk: Desk) -> None:
    desk.compose(visit(desk.services))
    pad = desk.screen.signing.pad
    next(one for one in pad.signers.rows if one.line.role is SignerRole.INSPECTOR_2).click()
    assert not pad.refuse.isEnabled()
    assert pad.paper.isEnabled()


def test_signed_paper_photographed_back_in_stands_for_the_pages_left(desk: Desk, tmp_path: Path) -> None:
    desk.compose(visit(desk.services))
    signing = desk.screen.signing
    signing.pad.paper.click()
    assert isinstance(desk.dialog(), PaperDialog)
    desk.dialog().reject()
    assert signing.view is not None
    photo = tmp_path / "signed.png"
    signing.grab().save(str(photo))
    signing.take_paper(photo)
    desk.settle()
    assert desk.errors == []
    party = next(line for line in signing.view.signers if line.role is SignerRole.PARTY)
    assert set(party.signed) == set(party.pages)


def test_reading_aloud_shows_large_pages_and_is_remembered(desk: Desk) -> None:
    desk.compose(visit(desk.services))
    signing, aloud = desk.screen.signing, desk.screen.aloud
    signing.pad.aloud.click()
    desk.settle()
    assert desk.screen.stack.currentWidget() is aloud
    assert aloud.sheet.widget().width() > signing.sheet.widget().width()
    assert not aloud.done.isEnabled()
    assert signing.view is not None
    for _ in signing.view.document.pages[1:]:
        aloud.bar.following.click()
    aloud.done.click()
    desk.settle()
    desk.settle()
    assert desk.errors == []
    assert desk.screen.stack.currentWidget() is signing
    assert "已向其宣读" in signing.pad.hint.text()
    (noted,) = desk.services.documents.view(signing.view.document.id).readings
    assert (noted.heard, noted.role, noted.by_name) == ("aloud", SignerRole.PARTY, "王敏")


def test_who_read_the_pages_alone_is_noted_so_and_the_pad_points_at_corrections(desk: Desk) -> None:
    inspection = visit(desk.services)
    asked = interview(desk.services, inspection, finished=False)
    desk.services.interviews.read_out(asked, Heard.ALOUD)
    turn = desk.services.interviews.view(asked).interview.turns[1]
    desk.services.interviews.answer(turn.id, "看清楚了，别的没有。")
    desk.services.interviews.finish(asked)
    desk.open(document=desk.services.documents.freeze_interview(asked).value.id)
    signing, aloud = desk.screen.signing, desk.screen.aloud
    assert signing.view is not None
    page = next(page for page in signing.view.document.pages if page.corrections)
    signing.go_to(page.number)
    assert "本页有 1 处更正" in signing.pad.hint.text()
    signing.pad.aloud.click()
    for _ in signing.view.document.pages[1:]:
        aloud.bar.following.click()
    aloud.own.click()
    desk.settle()
    desk.settle()
    assert "其已自行阅看" in signing.pad.hint.text()
    assert [one.heard for one in desk.services.documents.view(signing.view.document.id).readings] == [Heard.SELF]


def test_escape_leaves_reading_aloud_and_then_the_page(desk: Desk) -> None:
    desk.compose(visit(desk.services))
    desk.screen.signing.pad.aloud.click()
    assert desk.screen.escape()
    assert desk.screen.stack.currentWidget() is desk.screen.signing
    assert not desk.screen.escape()


def test_a_signed_record_is_exported_with_the_digest_that_is_shown(desk: Desk, tmp_path: Path) -> None:
    inspection = visit(desk.services)
    desk.compose(inspection)
    desk.sign_all()
    signing = desk.screen.signing
    file = tmp_path / "笔录.pdf"
    signing.export_to(file)
    desk.settle()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert file.read_bytes().startswith(b"%PDF")
    assert digest in signing.deliver.digest.text().replace(" ", "")
    assert signing.deliver.number.text() in signing.deliver.code.accessibleName()
    assert desk.screen.context.prefs.text("documents/folder") == str(tmp_path)


def test_an_export_into_a_folder_that_is_not_there_is_said_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    desk.compose(visit(desk.services))
    desk.screen.signing.export_to(tmp_path / "nowhere" / "a.pdf")
    desk.settle()
    assert "没有导出 a.pdf" in sentence(desk.errors[-1])


def test_every_page_and_the_sheet_of_signatures_reach_the_printer(desk: Desk, tmp_path: Path) -> None:
    desk.compose(visit(desk.services))
    desk.sign_page()
    signing = desk.screen.signing
    assert signing.view is not None
    printer = a4_printer()
    printer.setResolution(72)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    with desk.qtbot.waitSignal(signing.printing.finished, timeout=20_000) as printed:
        signing.printing.print_to(signing.view.document, printer)
    assert printed.args is not None
    assert printed.args[0] > len(signing.view.document.pages)


def test_a_correction_is_a_document_of_its_own_and_is_signed(desk: Desk) -> None:
    inspection = visit(desk.services)
    desk.compose(inspection)
    desk.sign_all()
    screen = desk.screen
    assert screen.signing.view is not None
    original = screen.signing.view.document
    screen.signing.deliver.amend.click()
    assert screen.stack.currentWidget() is screen.amending
    card = screen.amending.cards[0]
    assert not screen.amending.make.isEnabled()
    card.place.setText("第 2 页检查情况")
    card.old.setPlainText("96 盒")
    card.new.setPlainText("69 盒")
    card.reason.setText("笔误")
    screen.amending.make.click()
    desk.settle()
    assert screen.signing.view.document.amends == original.id
    desk.sign_all()
    assert desk.services.documents.view(original.id).document.state is DocumentState.AMENDED
    assert desk.services.documents.view(original.id).document.pages == original.pages
    screen.signing.state.action.click()
    desk.settle()
    assert screen.signing.view.document.id == original.id
    assert "更正" in screen.signing.state.words.text()


def test_an_inspection_is_closed_after_the_last_signature(desk: Desk) -> None:
    inspection = visit(desk.services)
    desk.compose(inspection)
    assert desk.screen.signing.deliver.close_case.isHidden()
    desk.sign_all()
    assert not desk.screen.signing.deliver.close_case.isHidden()
    desk.screen.signing.deliver.close_case.click()
    dialog = desk.dialog()
    assert isinstance(dialog, ConfirmDialog)
    dialog.yes.click()
    desk.settle()
    assert desk.services.inspections.view(inspection).state is InspectionState.CLOSED
    desk.open(inspection=inspection)
    assert not desk.screen.case.to_sync.isHidden()


def test_an_interview_is_signed_before_the_record(desk: Desk) -> None:
    inspection = visit(desk.services)
    interview(desk.services, inspection)
    desk.compose(inspection)
    assert desk.screen.signing.role is SignerRole.SUBJECT
    desk.sign_all()
    desk.screen.signing.deliver.next_paper.click()
    desk.settle()
    rows = desk.screen.case.rows
    assert [row.entry.state for row in rows] == ["signed", "ready"]
    assert all(not row.visibleRegion().isEmpty() for row in rows)
    assert rows[1].action is not None
    desk.screen.activateWindow()
    desk.qtbot.waitUntil(lambda: desk.screen.focusWidget() is desk.screen.case.rows[1].action)


def test_pages_turn_and_zoom_by_keys(desk: Desk) -> None:
    desk.compose(visit(desk.services))
    signing = desk.screen.signing
    desk.screen.activateWindow()
    signing.sheet.setFocus()
    desk.qtbot.waitUntil(signing.sheet.hasFocus)
    page = signing.page
    QTest.keyClick(signing.sheet, Qt.Key.Key_PageDown)
    assert signing.page == page + 1
    QTest.keyClick(signing.sheet, Qt.Key.Key_PageUp)
    QTest.keyClick(signing.sheet, Qt.Key.Key_End)
    assert signing.view is not None
    assert signing.page == len(signing.view.document.pages)
    width = signing.sheet.widget().width()
    signing.bar.larger.click()
    assert signing.sheet.widget().width() > width
    desk.settle()
    assert signing.sheet.has_picture


@pytest.mark.parametrize(("scale", "width"), [(1.0, 1190), (1.5, 1102)])
def test_nothing_scrolls_under_the_finger_and_targets_are_large(
    desk: Desk, theme: Theme, scale: float, width: int
) -> None:
    theme.apply("dark", scale)
    desk.screen.resize(width, 655)
    desk.compose(visit(desk.services))
    pad = desk.screen.signing.pad
    pad.refuse.parentWidget().layout().activate()
    assert not pad.pad.visibleRegion().isEmpty()
    assert pad.pad.height() >= theme.px(120)
    for one in pad.findChildren(TouchButton):
        assert one.height() >= theme.px(44)
        assert not one.visibleRegion().isEmpty()
    assert pad.rect().contains(pad.paper.geometry())


def test_everything_that_takes_the_focus_has_a_name(desk: Desk) -> None:
    inspection = visit(desk.services)
    desk.compose(inspection)
    screen = desk.screen
    screen.amending.add()
    for page in (screen.list, screen.case, screen.signing, screen.aloud, screen.amending):
        for widget in page.findChildren(QWidget):
            if widget.focusPolicy() is Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
                continue
            if isinstance(widget, QLabel):
                continue  # A label is its own name, and empty until there is something to say.
            text = widget.text() if isinstance(widget, QPushButton) else ""
            assert widget.accessibleName() or text, widget


def test_the_code_holds_number_and_digest_and_is_square() -> None:
    rows = modules("江源区医保检录〔2026〕1号\nSHA-256:" + "a" * 64)
    assert len({len(row) for row in rows} | {len(rows)}) == 1
    assert all(rows[0][:7])


def picture(services: Services, document: Any, page: int) -> bytes:
    """Return the pixels of the page with this printed number."""
    return services.documents.page_image(document, page, 0.6).rgb
