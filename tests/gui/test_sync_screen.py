"""The page of synchronisation over a real office and a real server."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea
from pytestqt.qtbot import QtBot

from app.core.ids import InspectionId
from app.core.inspections import Party
from app.core.syncing import ConflictLine, Hand, Receipt, RecordReceipt, SyncPolicy, SyncStatus, Wait
from app.db.tables import SYNCED, fields_of
from app.gui.screens.sync.conflict_words import diff_html, pieces, row_words, value_words
from app.gui.screens.sync.conflicts import ConflictCard, ConflictList, ConflictsPane
from app.gui.screens.sync.receipts import narrowed
from app.gui.screens.sync.state import StateCard
from app.gui.screens.sync.view import TABS, SyncScreen
from app.gui.screens.sync.words import (
    is_clock_doubtful,
    offset_words,
    one_mark,
    one_words,
    receipt_mark,
    receipt_words,
    size_words,
)
from app.gui.texts.zh_cn.sync_fields import TEXTS as FIELDS
from app.gui.theme import Theme
from tests.gui.registers_office import Desk, judge_models, nameless
from tests.unit.sync.kit import ServerProcess


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path / "server")
    yield made
    made.kill()


def begun(desk: Desk) -> InspectionId:
    second = desk.person("李卓", "22060013")
    task = desk.task("仁和大药房")
    return desk.services.inspections.start(
        task.id, inspectors=(task.members[0], second.id), recorder=second.id, place="前台",
        party=Party("赵春生"), licence_shown=True,
    ).value  # fmt: skip


def test_a_laptop_is_enrolled_sends_everything_and_shows_the_receipts(
    desk: Desk, server: ServerProcess
) -> None:
    inspection = begun(desk)
    screen = desk.open(SyncScreen)
    assert screen.enrol.isVisible()
    assert not screen.state.isVisible()
    screen.enrol.server.setText(server.url + "/")
    screen.enrol.code.setText(server.code("s:office"))
    screen.enrol.do.click()
    desk.settle()
    assert desk.errors == []
    assert screen.state.isVisible()
    assert desk.services.sync.status().pending > 0
    with desk.one_run():
        screen.state.run.click()
        assert not screen.state.run.isEnabled()
    assert desk.errors == []
    status = desk.services.sync.status()
    assert (status.pending, status.refused, status.conflicts) == (0, 0, 0)
    assert screen.state.run.isEnabled()
    assert "同步完成" in screen.state.outcome.text()
    model = screen.receipts.records.model
    [row] = [[str(model.index(0, column).data()) for column in range(7)]]
    assert row[0].startswith("仁和大药房")
    assert row[6] == "齐全"
    assert screen.receipts.records.table.current().inspection == inspection


def test_a_server_that_is_not_there_is_said_and_nothing_is_lost(desk: Desk, server: ServerProcess) -> None:
    begun(desk)
    screen = desk.open(SyncScreen)
    screen.enrol.wanted.emit(server.url, server.code("s:office"))
    desk.settle()
    pending = desk.services.sync.status().pending
    server.kill()
    with desk.one_run():
        screen.run()
    assert len(desk.errors) == 1
    assert screen.state.run.isEnabled()
    status = desk.services.sync.status()
    assert status.pending == pending
    assert status.offline_since is not None
    [record] = desk.services.sync.receipts()
    assert record.waits == (Wait.OFFLINE,)


def test_a_wrong_code_leaves_the_form_as_it_was(desk: Desk, server: ServerProcess) -> None:
    screen = desk.open(SyncScreen)
    screen.enrol.server.setText(server.url)
    screen.enrol.code.setText("WRONG-CODE")
    screen.enrol.do.click()
    desk.settle()
    assert len(desk.errors) == 1
    assert screen.enrol.do.isEnabled()
    assert screen.enrol.server.text() == server.url


@pytest.mark.parametrize("address", ["", "sync.example", "ftp://x", "https://"])
def test_an_address_that_is_none_is_said_before_anything_is_asked(desk: Desk, address: str) -> None:
    screen = desk.open(SyncScreen)
    screen.enrol.server.setText(address)
    screen.enrol.code.setText("ABC")
    with desk.qtbot.assertNotEmitted(screen.enrol.wanted):
        screen.enrol.ask()


def test_either_value_of_a_conflict_is_kept_by_one_click(theme: Theme, qtbot: QtBot) -> None:
    shown = ConflictList()
    qtbot.addWidget(shown)
    shown.show()
    lines = [
        ConflictLine("c1", "answer", "SGF-1.04", "state", "fail", "pass", "李卓", "concurrent"),
        ConflictLine("c2", "finding", "x", "facts", "账面 120", "", "", "concurrent"),
    ]
    shown.put(lines)
    first, second = shown.findChildren(ConflictCard)
    assert first.buttons[1].accessibleName() == "改用这一个：检查项 · 结论，符合"
    assert second.buttons[1].accessibleName() == "改用这一个：违规事实 · 事实，（空白）"
    with qtbot.waitSignal(shown.kept) as heard:
        first.buttons[1].click()
    assert heard.args == ["c1", "other", ""]
    assert not any(one.isEnabled() for one in first.buttons)
    with qtbot.waitSignal(shown.kept) as heard:
        second.buttons[0].click()
    assert heard.args == ["c2", "current", ""]


@pytest.mark.parametrize(
    ("receipt", "words", "mark"),
    [
        (RecordReceipt("1", "甲", 10, 10, 0, 3, 3), "齐全", "check"),
        (RecordReceipt("1", "甲", 10, 8, 0, 3, 1), "还差 2 条、2 份原件", "upload"),
        (RecordReceipt("1", "甲", 10, 10, 0, 3, 1), "还差 2 份原件", "upload"),
        (RecordReceipt("1", "甲", 10, 0, 0, 0, 0, waits=(Wait.OFFLINE,)), "还差 10 条 · 等网络", "upload"),
        (RecordReceipt("1", "甲", 9, 9, 0, 1, 0, waits=(Wait.MISSING,)), "还差 1 份原件 · 本机文件丢失", "warning"),
        (RecordReceipt("1", "甲", 10, 9, 1, 0, 0), "拒收 1 条", "warning"),
    ],
)
def test_a_receipt_says_what_the_server_has_and_what_not(
    receipt: RecordReceipt, words: str, mark: str
) -> None:
    assert receipt_words(receipt) == words
    assert receipt_mark(receipt)[0] == mark


def file(**more: Any) -> Receipt:
    facts = {
        "id": "e" * 64, "inspection": "i", "record": "仁和大药房　1号", "what": "original", "title": "货架", "number": 3,
        "verb": "", "size_bytes": 9, "digest": "e" * 64, "has_here": True, "packets": (), "receipt": None,
        "receipted_at": None, "feed_seq": None, "backup_at": None, "reason": None, "wait": None,
    }  # fmt: skip
    return Receipt(**{**facts, **more})


@pytest.mark.parametrize(
    ("wait", "words", "mark"),
    [
        (None, "已在服务器", "check"),
        (Wait.QUEUE, "排队待发", "upload"),
        (Wait.WIFI, "等不计流量的网络", "upload"),
        (Wait.ABSENT, "本机还没有，待接收", "download"),
        (Wait.DAMAGED, "本机文件损坏", "warning"),
    ],
)
def test_a_file_says_where_it_is_and_none_is_a_dead_link(wait: Wait | None, words: str, mark: str) -> None:
    assert one_words(file(wait=wait)) == words
    assert one_mark(file(wait=wait))[0] == mark


def test_the_wall_is_narrowed_to_what_is_not_safe_and_to_what_needs_a_person() -> None:
    safe, waiting, lost = file(id="1"), file(id="2", wait=Wait.QUEUE), file(id="3", wait=Wait.MISSING, title="库房")
    refused = RecordReceipt("4", "甲", 10, 9, 1, 0, 0)
    rows = (safe, waiting, lost, refused)
    assert narrowed(rows, "", "unsafe") == (waiting, lost, refused)
    assert narrowed(rows, "", "trouble") == (lost, refused)
    assert narrowed(rows, "仁和 库房", "all") == (lost,)
    assert narrowed(rows, "eeee", "all") == (safe, waiting, lost)


def test_a_difference_is_shown_by_lines_and_not_by_colour_alone() -> None:
    before, after = "账面1,302盒，<实盘>一致", "账面1,284盒，<实盘>不一致"
    assert pieces(before, after) == [
        ("same", "账面"), ("gone", "1,302"), ("new", "1,284"), ("same", "盒，<实盘>"), ("new", "不"), ("same", "一致"),
    ]  # fmt: skip
    shown = diff_html(before, after, gone="#a00", new="#0a0")
    assert '<s style="color:#a00">1,302</s><u style="color:#0a0">1,284</u>' in shown
    assert "&lt;实盘&gt;" in shown


def test_a_page_of_text_is_compared_by_clauses() -> None:
    before = "第一句话没有变。" * 300
    assert pieces(before, before + "多一句。") == [("same", before), ("new", "多一句。")]


def test_what_came_after_a_signature_can_only_be_noted(theme: Theme, qtbot: QtBot) -> None:
    for reason in ("excluded_by_signature", "late_after_signature", "double_sign"):
        card = ConflictCard(
            ConflictLine("c", "answer", "x", "note", "甲", "乙", "李卓", reason, takes_other=False, takes_new=True)
        )
        qtbot.addWidget(card)
        assert [one.text() for one in card.buttons] == ["知道了，保持签字内容"]
        assert card.third is None


def test_a_third_value_is_written_where_both_are_seen(theme: Theme, qtbot: QtBot) -> None:
    card = ConflictCard(
        ConflictLine("c", "answer", "x", "amount_fen", "128400", "99", "李卓", "concurrent", takes_new=True)
    )
    qtbot.addWidget(card)
    card.show()
    assert card.third is not None
    card.third.open_button.click()
    editor = card.third.editor
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "1284.00"
    editor.setText("1,300.50")
    with qtbot.waitSignal(card.kept) as heard:
        editor.returnPressed.emit()
    assert heard.args == ["c", "new", "1,300.50"]


def test_who_when_and_on_which_laptop_stands_with_each_value(theme: Theme, qtbot: QtBot) -> None:
    at = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)
    card = ConflictCard(
        ConflictLine(
            "c", "answer", "x", "state", "fail", "pass", "李卓", "concurrent", question="账实是否相符？",
            by=Hand("王敏", "", at, is_here=True), other_by=Hand("李卓", "4603C0C2", at),
            decided_by=Hand("王敏", "", at, is_here=True),
        )
    )  # fmt: skip
    qtbot.addWidget(card)
    words = {one.text() for one in card.findChildren(QLabel)}
    assert {"王敏 · 本机 · 2026-11-22 09:30", "李卓 · 电脑 4603C0C2 · 2026-11-22 09:30", "账实是否相符？"} <= words
    assert "由 王敏 · 本机 · 2026-11-22 09:30 选定" in words
    assert card.buttons == []


@pytest.mark.parametrize(
    ("current", "stood", "words"),
    [
        ("账面少 12 盒", "账面少 12 盒", "由 王敏 · 本机 · 2026-11-22 09:30 选定：保留当时采用的"),
        ("账面少 14 盒", "账面少 12 盒", "由 王敏 · 本机 · 2026-11-22 09:30 选定：改用右边的"),
        (
            "少 13 盒", "账面少 12 盒",
            "由 王敏 · 本机 · 2026-11-22 09:30 选定：两个都没有用，现在是“少 13 盒”（王敏 · 本机 · 2026-11-22 09:30）",
        ),
        ("账面少 14 盒", None, "由 王敏 · 本机 · 2026-11-22 09:30 选定：改用右边的；原来采用的值没有传到本机，服务器上有"),
    ],
)
def test_a_settled_conflict_shows_what_stood_what_was_put_aside_and_what_was_chosen(
    current: str, stood: str | None, words: str, theme: Theme, qtbot: QtBot
) -> None:
    at = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)
    here = Hand("王敏", "", at, is_here=True)
    card = ConflictCard(
        ConflictLine(
            "c", "answer", "x", "note", current, "账面少 14 盒", "李卓", "concurrent", by=here,
            other_by=Hand("李卓", "4603C0C2", at), decided_by=here, stood=stood, stood_by=Hand("赵一", "AAAA0001", at),
        )
    )  # fmt: skip
    qtbot.addWidget(card)
    said = {one.text() for one in card.findChildren(QLabel)}
    assert words in said
    assert {stood or current, "账面少 14 盒"} <= said
    assert ("赵一 · 电脑 AAAA0001 · 2026-11-22 09:30" in said) is (stood is not None)


def test_every_field_that_travels_has_a_word() -> None:
    wordless = [
        f"{name}.{field}"
        for name, table in SYNCED.items()
        for field in fields_of(table)
        if f"field.{field}" not in FIELDS or f"table.{name}" not in FIELDS
    ]
    assert wordless == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("_deleted", "True", "删除"), ("_deleted", "", "保留这一项"), ("amount_fen", "128400", "￥1,284.00"),
        ("licence_shown", "1", "是"), ("state", "na", "不适用"), ("note", " ", "（空白）"),
    ],
)  # fmt: skip
def test_a_value_is_read_as_people_write_it(field: str, value: str, words: str) -> None:
    line = ConflictLine("c", "answer", "x", field, value, "", "", "concurrent")
    assert value_words(line, value) == words


@pytest.mark.parametrize(
    ("offset_ms", "words", "doubtful"),
    [
        (None, "连接后才知道", False),
        (0, "0 秒", False),
        (2100, "本机慢 2 秒", False),
        (-2100, "本机快 2 秒", False),
        (119_000, "本机慢 119 秒", False),
        (180_000, "本机慢 3 分钟", True),
        (-7_200_000, "本机快 2 小时", True),
        (-272_280_000, "本机快 3 天", True),
    ],
)
def test_the_clock_offset_says_which_way_it_is_wrong(
    offset_ms: int | None, words: str, doubtful: bool
) -> None:
    assert offset_words(offset_ms) == words
    assert is_clock_doubtful(offset_ms) is doubtful


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (999, "999 B"), (2_340_000, "2.3 MB"), (234_000_000, "234 MB")]
)
def test_sizes_are_read_easily(size: int, words: str) -> None:
    assert size_words(size) == words


def test_a_raw_id_is_never_shown() -> None:
    line = ConflictLine(
        "c", "answer", "0d69cdfa-a53a-8b9a-9e8b-e52a117caa4a", "state", "fail", "pass", "李卓", "concurrent"
    )
    assert row_words(line) == ""


def test_every_control_has_a_name_and_models_hold(desk: Desk) -> None:
    begun(desk)
    screen = desk.open(SyncScreen)
    judge_models(screen)
    for tab in TABS:
        screen.tabs.choose(tab)
    screen.receipts.only.choose("trouble")
    screen.receipts.only.choose("all")
    screen.receipts.view.choose("files")
    desk.settle()
    assert nameless(screen) == []


def test_the_keyboard_alone_opens_a_record_and_comes_back(desk: Desk) -> None:
    begun(desk)
    screen = desk.open(SyncScreen)
    screen.receipts.records.table.setFocus()
    QTest.keyClick(screen.receipts.records.table, Qt.Key.Key_Return)
    desk.settle()
    assert screen.receipts.detail.isVisible()
    written = desk.services.sync.receipts()[0].lines
    assert screen.receipts.detail.model.rowCount() == written
    assert screen.escape()
    desk.settle()
    assert screen.receipts.records.isVisible()
    assert not screen.escape()


def test_wishes_hold_at_once_and_outlive_the_page(desk: Desk) -> None:
    screen = desk.open(SyncScreen, tab="policy")
    screen.policy.every.setCurrentIndex(screen.policy.every.findData(15))
    screen.policy.every.activated.emit(2)
    screen.policy.wifi.click()
    desk.settle()
    assert desk.services.sync.policy() == SyncPolicy(every_min=15, originals_wifi=True)
    again = desk.open(SyncScreen, tab="policy")
    assert again.policy.every.currentData() == 15
    assert again.policy.wifi.isChecked()


def test_the_receipts_are_exported_with_hashes(desk: Desk, tmp_path: Path) -> None:
    begun(desk)
    screen = desk.open(SyncScreen)
    screen.receipts.export_to(tmp_path / "回执.json")
    desk.settle()
    rows = json.loads((tmp_path / "回执.json").read_text("utf-8"))
    assert len({row["sha256"] for row in rows}) == len(rows) >= desk.services.sync.receipts()[0].lines
    assert any("已导出" in words for words in desk.toasts)


def test_beside_other_pages_the_state_is_one_line_and_what_needs_a_person_stands_in_the_tabs(
    theme: Theme, qtbot: QtBot
) -> None:
    card = StateCard()
    qtbot.addWidget(card)
    status = SyncStatus(None, 7, 2, 3, 1, 5_000_000, None, "http.unreachable", None, files_held=1, files_lost=1)
    card.put(status, "连不上服务器")
    assert len(said(card)) > 4
    card.set_brief(True)
    assert said(card) == ["7 条记录、1 份文件（5.0 MB）还没有送达"]
    card.put(replace(status, pending=0, files_pending=0, files_held=0, refused=0, files_lost=0, last_error=None), "")
    assert said(card) == ["3 处两人改得不同，需要选定"]
    card.set_brief(False)
    card.put(status, "连不上服务器")
    assert "2 条被服务器拒收，需要处理" in said(card)


def said(card: StateCard) -> list[str]:
    """Return the lines of a state card."""
    rows = [card._lines.itemAt(place).layout() for place in range(card._lines.count())]
    return [row.itemAt(1).widget().text() for row in rows if row is not None]


def test_no_page_makes_another_one_scroll(desk: Desk) -> None:
    begun(desk)
    screen = desk.open(SyncScreen)
    for tab in TABS[1:]:
        screen.tabs.choose(tab)
        desk.settle()
        assert screen.findChild(QScrollArea).verticalScrollBar().maximum() == 0, tab


def test_what_was_settled_stands_beside_what_is_to_be_settled(theme: Theme, qtbot: QtBot) -> None:
    line = ConflictLine("c", "answer", "x", "note", "甲", "乙", "李卓", "concurrent")
    pane = ConflictsPane()
    qtbot.addWidget(pane)
    pane.show()
    pane.put([line], [])
    assert not pane.which.isVisible()  # nothing to choose between
    pane.put([line], [replace(line, id="d", decided_by=Hand("王敏"))])
    pane.which.choose("decided")
    assert (pane.open.isVisible(), pane.decided.isVisible()) == (False, True)
    pane.put([], [replace(line, id="d", decided_by=Hand("王敏"))])
    assert pane.decided.isVisible()
    pane.which.choose("open")
    with qtbot.waitSignal(pane.kept) as heard:
        pane.put([line], [])
        pane.open.findChildren(ConflictCard)[0].buttons[0].click()
    assert heard.args == ["c", "current", ""]
