"""The interview screen on the rehearsal office: real services, real store, keys as an officer presses them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import Services
from app.core.ids import InspectionId
from app.core.interviews import Interview, Subject
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import Context
from app.gui.screens.interview import words
from app.gui.screens.interview.view import InterviewScreen
from app.gui.theme import Theme
from app.services.demo.furnish import Furnished
from tests.gui.rehearsal import Rehearsal
from tests.gui.stand_in import StandIn


@dataclass
class Room:
    """The rehearsal office, one pharmacy visit under way, and the screen over it."""

    services: Services
    furnished: Furnished
    inspection: InspectionId
    screen: InterviewScreen
    runner: Runner
    heard: StandIn
    qtbot: QtBot

    def settle(self) -> None:
        for _ in range(2):
            self.qtbot.waitUntil(lambda: self.runner.is_idle, timeout=10000)
            self.qtbot.wait(10)

    def begin(self, name: str = "周其真") -> Interview:
        first, second = self.furnished.inspectors[:2]
        return self.services.interviews.start(
            self.inspection, subject=Subject(name, post="店长"), place="店内办公室", asker=first, recorder=second
        ).value

    def open(self, **params: Any) -> None:
        self.screen.open(**params)
        self.settle()

    def turns(self) -> tuple[Any, ...]:
        return self.services.interviews.of(self.inspection)[-1].turns

    def write(self, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        for letter in text:
            QTest.keyClicks(focused, letter) if letter.isascii() else focused.insertPlainText(letter)
        QTest.keyClick(focused, key)
        self.settle()


@pytest.fixture
def room(tmp_path: Path, rehearsal: Rehearsal, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot) -> Iterator[Room]:
    services = rehearsal.copied(tmp_path / "home")
    furnished, inspection = rehearsal.furnished, rehearsal.inspection
    heard = StandIn()
    screen = InterviewScreen(Context(services, runner, bus, heard.go, heard.back, heard, prefs))
    qtbot.addWidget(screen)
    bus.changed.connect(screen.refresh)
    screen.resize(1190, 696)
    screen.show()
    qtbot.waitExposed(screen)
    screen.activateWindow()
    made = Room(services, furnished, inspection, screen, runner, heard, qtbot)
    yield made
    made.settle()
    services.close()


def test_an_interview_begins_with_two_licensed_officers_and_the_person_of_the_visit(room: Room) -> None:
    room.open(inspection=room.inspection)
    page = room.screen.start
    assert page.form.subject.name == "周其真"
    assert (page.asker.currentData(), page.recorder.currentData()) == room.furnished.inspectors[:2]
    unlicensed = [page.asker.itemText(i) for i in range(page.asker.count()) if page.asker.itemData(i) is None]
    assert any("沈既白" in name for name in unlicensed)
    page.start.click()
    room.settle()
    begun = room.services.interviews.of(room.inspection)[0]
    assert begun.subject.post == "店长"
    assert room.screen.record.transcript.unanswered == len(begun.turns)
    assert "询问" in room.screen.record.bar.officers.text()
    assert "演练执法990199001" in room.screen.record.bar.officers.text()


def test_enter_records_the_answer_and_goes_on_until_the_interview_can_end(room: Room) -> None:
    room.begin()
    room.open(inspection=room.inspection)
    for answer in ("看清楚了。", "听明白了。", "知道了，不申请回避。"):
        room.write(answer)
    assert room.screen.record.transcript.composer.edit.hasFocus()
    room.write("多久盘点一次？")
    assert not room.screen.record.transcript.composer.edit.hasFocus()
    room.write("一季度一次。")
    assert room.screen.record.transcript.composer.edit.hasFocus()
    room.write("")
    room.write("没有。")
    room.write("一致。")
    assert [turn.answer for turn in room.turns()] == [
        "看清楚了。", "听明白了。", "知道了，不申请回避。", "一季度一次。", "没有。", "一致。",
    ]  # fmt: skip
    asking = room.screen.record.asking
    assert asking.isVisible()
    asking.accept()
    room.settle()
    (ended,) = room.services.interviews.of(room.inspection)
    assert ended.ended_at is not None
    name, params = room.heard.went[-1]
    assert name == "documents"
    assert room.services.documents.view(params["document"]).document.interview == ended.id


def test_shift_enter_makes_a_line_and_commits_nothing(room: Room) -> None:
    room.begin()
    room.open(inspection=room.inspection)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, "a")
    QTest.keyClick(focused, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(focused, "b")
    assert focused is QApplication.focusWidget()
    room.screen.leave()
    room.settle()
    assert room.turns()[0].answer == "a\nb"


def test_what_was_typed_is_saved_after_a_pause(room: Room) -> None:
    room.begin()
    room.open(inspection=room.inspection)
    QTest.keyClicks(QApplication.focusWidget(), "half a sentence")
    room.qtbot.waitUntil(lambda: room.turns()[0].answer == "half a sentence", timeout=4000)


def test_a_question_typed_and_not_asked_is_kept_when_the_screen_is_left(room: Room) -> None:
    room.begin()
    room.open(inspection=room.inspection)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert room.screen.record.transcript.composer.edit.hasFocus()
    QTest.keyClicks(QApplication.focusWidget(), "half a question")
    assert room.screen.leave()
    room.settle()
    kept = next(turn for turn in room.turns() if turn.question == "half a question")
    assert kept.answer == ""
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert room.screen.record.transcript.row(room.screen.record.transcript.order[0]).answer.hasFocus()


def test_relevant_questions_come_first_and_a_click_asks_one(room: Room) -> None:
    room.begin()
    room.open(inspection=room.inspection)
    bank = room.screen.record.side.bank
    relevant = [one.is_relevant for one in bank.shown]
    assert relevant[0]
    assert relevant == sorted(relevant, reverse=True)
    wanted = bank.shown[0].text
    box = bank.list.visualRect(bank.list.model().index(0, 0))
    QTest.mouseClick(bank.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    room.settle()
    assert wanted in [turn.question for turn in room.turns()]
    assert bank.shown[0].is_asked
    room.screen.record.ask_from_bank(wanted)
    room.settle()
    assert [turn.question for turn in room.turns()].count(wanted) == 1


def test_the_rights_are_acknowledged_in_the_record_itself(room: Room) -> None:
    room.begin()
    room.open(inspection=room.inspection)
    assert room.screen.record.side.rights_mark.text() == "待告知"
    room.screen.record.side.knows.click()
    room.settle()
    assert room.services.interviews.of(room.inspection)[0].rights_acknowledged
    assert room.screen.record.side.rights_mark.text() == "已告知，已答复"


def test_a_request_for_recusal_is_pointed_out() -> None:
    assert words.asks_for_recusal("我要申请回避。")
    assert words.asks_for_recusal("我申请这位同志回避")
    assert not words.asks_for_recusal("知道了，不申请回避。")


def test_an_unanswered_question_stops_the_end_and_is_shown(room: Room) -> None:
    room.begin()
    room.open(inspection=room.inspection)
    room.screen.record.finish()
    room.settle()
    assert room.services.interviews.of(room.inspection)[0].ended_at is None
    assert room.screen.record.bar.left.text() == "5 问未答"
    first = room.screen.record.transcript.order[0]
    assert not room.screen.record.transcript.row(first).mark.isHidden()


def test_a_question_taken_out_can_be_brought_back(room: Room) -> None:
    begun = room.begin()
    asked = room.services.interviews.ask(begun.id, "谁负责盘点？").value
    room.services.interviews.answer(asked.id, "我。")
    room.open(inspection=room.inspection)
    room.screen.record.transcript.row(asked.id).remove.click()
    room.settle()
    assert "谁负责盘点？" not in [turn.question for turn in room.turns()]
    undo = room.heard.actions[-1]
    assert undo is not None
    undo()
    room.settle()
    assert ("谁负责盘点？", "我。") in [(turn.question, turn.answer) for turn in room.turns()]


def test_the_key_takes_out_the_question_at_the_cursor_and_none_that_is_laid_down(room: Room) -> None:
    begun = room.begin()
    asked = room.services.interviews.ask(begun.id, "谁负责盘点？").value
    room.open(inspection=room.inspection)
    for turn in (room.screen.record.transcript.order[0], asked.id):
        answer = room.screen.record.transcript.row(turn).answer
        answer.setFocus()
        QTest.keyClick(
            answer, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        room.settle()
    assert [turn.question for turn in room.turns() if not turn.fixed] == []
    assert len(room.turns()) == 5


def test_the_person_can_be_corrected_while_the_interview_lasts(room: Room) -> None:
    room.begin()
    room.open(inspection=room.inspection)
    side = room.screen.record.side
    side.edit_button.click()
    side.form.fields["phone"].setText("000-0000-9999")
    side.form.fields["phone"].textEdited.emit("")
    side.done_button.click()
    room.settle()
    subject = room.services.interviews.of(room.inspection)[0].subject
    assert (subject.name, subject.phone) == ("周其真", "000-0000-9999")


def test_a_finished_interview_is_read_only_and_says_so(room: Room) -> None:
    begun = room.begin()
    for turn in begun.turns:
        room.services.interviews.answer(turn.id, "是。")
    room.services.interviews.finish(begun.id)
    room.open(interview=begun.id)
    record = room.screen.record
    assert not record.transcript.composer.isVisible()
    assert all(record.transcript.row(key).answer.isReadOnly() for key in record.transcript.order)
    assert "只读" in record.note.accessibleName()
    assert record.bar.documents.isVisible()
    assert not record.bar.finish.isVisible()
    record.bar.documents.click()
    room.settle()
    assert room.heard.went[-1][0] == "documents"


def test_an_officer_busy_elsewhere_is_named_and_cannot_be_chosen(room: Room) -> None:
    first, second, third = room.furnished.inspectors[:3]
    other = room.services.inspections.start(
        room.furnished.tasks[2], inspectors=(second, third), recorder=third, place=""
    ).value
    room.services.interviews.start(other, subject=Subject("王某"), place="", asker=third, recorder=second)
    room.open(inspection=room.inspection)
    page = room.screen.start
    assert page.recorder.currentIndex() == -1
    row = next(i for i in range(page.asker.count()) if page.asker.itemData(i) == third)
    assert "正在询问王某" in page.asker.itemText(row)
    page.start.click()
    room.settle()
    assert room.services.interviews.of(room.inspection) == ()
    assert first not in {room.services.interviews.of(other)[0].asker}


def test_several_interviews_are_listed_and_opened(room: Room) -> None:
    one = room.begin()
    for turn in one.turns:
        room.services.interviews.answer(turn.id, "是。")
    room.services.interviews.finish(one.id)
    two = room.begin("李某")
    room.open(inspection=room.inspection)
    assert room.screen.record.bar.list_button.text() == "全部询问（2）"
    assert room.screen.escape()
    room.settle()
    listed = room.screen.start.list.model()
    assert listed.rowCount() == 2
    room.screen.start.list.setCurrentIndex(listed.index(1, 0))
    QTest.keyClick(room.screen.start.list, Qt.Key.Key_Return)
    room.settle()
    assert two.subject.name in room.screen.heading[1]


def test_what_is_being_written_survives_a_change_from_elsewhere(room: Room) -> None:
    begun = room.begin()
    room.open(inspection=room.inspection)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, "my words")
    room.services.interviews.answer(begun.turns[1].id, "听明白了。")
    room.screen.refresh(())
    room.settle()
    assert focused.toPlainText() == "my words"
    assert room.screen.record.transcript.row(begun.turns[1].id).answer.text == "听明白了。"


def test_elapsed_time_is_told_in_whole_minutes() -> None:
    start = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)
    assert words.elapsed(start, start + dt.timedelta(seconds=119)) == "1 分钟"
    assert words.elapsed(start, start + dt.timedelta(minutes=61)) == "1 小时 1 分钟"
    assert words.minute(start) == "2026年11月22日09时00分"


def test_before_it_is_read_out_words_are_typed_over_and_afterwards_they_stay_struck(room: Room) -> None:
    begun = room.begin()
    room.open(inspection=room.inspection)
    turn = begun.turns[0].id
    row, side = room.screen.record.transcript.row(turn), room.screen.record.side
    row.answer.write("看情楚了。")
    room.settle()
    row.answer.write("看清楚了。")
    room.settle()
    assert row.trace.isHidden()
    assert "直接改字" in side.read_note.text()
    side.aloud.click()
    room.settle()
    assert "错字更正（留痕）" in side.read_note.text()
    row.answer.write("看清楚了，没有疑问。")
    room.settle()
    assert not row.trace.isHidden()
    assert "<u>，没有疑问</u>" in row.trace.text()
    row.answer.write("没看。")
    room.settle()
    assert "<s>" in row.trace.text()
    assert room.turns()[0].answer_changes


def test_what_was_still_being_typed_counts_as_read_out(room: Room) -> None:
    begun = room.begin()
    room.open(inspection=room.inspection)
    QTest.keyClicks(QApplication.focusWidget(), "half")
    room.screen.record.side.own.click()
    room.settle()
    (noted,) = room.services.interviews.view(begun.id).readings
    assert "half" in noted.words.values()
    assert noted.heard == "self"


def test_a_question_taken_out_after_it_was_read_stays_in_its_place_struck(room: Room) -> None:
    begun = room.begin()
    asked = room.services.interviews.ask(begun.id, "谁负责盘点？").value
    room.services.interviews.answer(asked.id, "我<b>。")
    room.open(inspection=room.inspection)
    room.screen.record.side.aloud.click()
    room.settle()
    room.screen.record.transcript.row(asked.id).remove.click()
    room.settle()
    row = room.screen.record.transcript.row(asked.id)
    assert "<s>谁负责盘点？</s>" in row.trace.text()
    assert "<s>我&lt;b&gt;。</s>" in row.trace.text()
    assert row.answer.isHidden()
    assert row.remove.isHidden()
    room.screen.record.show_opened(room.screen.record._opened)  # shown once more it is still no place to write
    assert row.answer.isHidden()
    assert room.screen.record.transcript.unanswered == 5
