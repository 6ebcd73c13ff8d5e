"""The page of synchronisation over a real office and a real server."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.evidence import Evidence
from app.core.ids import EvidenceId, InspectionId
from app.core.inspections import Party
from app.core.syncing import ConflictLine, RecordReceipt
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screens.sync.conflicts import ConflictCard, ConflictList
from app.gui.screens.sync.view import SyncScreen
from app.gui.screens.sync.words import (
    file_words,
    is_clock_doubtful,
    offset_words,
    receipt_mark,
    receipt_words,
    row_words,
    size_words,
)
from app.gui.theme import Theme
from tests.gui.registers_office import Desk, judge_models, nameless, sit
from tests.unit.sync.kit import ServerProcess


@pytest.fixture
def desk(
    tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot
) -> Iterator[Desk]:
    yield from sit(tmp_path, runner, bus, prefs, qtbot)


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
    screen.state.run.click()
    assert not screen.state.run.isEnabled()
    desk.settle()
    assert desk.errors == []
    status = desk.services.sync.status()
    assert (status.pending, status.refused, status.conflicts) == (0, 0, 0)
    assert screen.state.run.isEnabled()
    assert "同步完成" in screen.state.outcome.text()
    model = screen.receipts.records.model
    [row] = [[str(model.index(0, column).data()) for column in range(4)]]
    assert row[0].startswith("仁和大药房")
    assert row[3] == "齐全"
    assert screen.receipts.records.table.current().inspection == inspection


def test_a_server_that_is_not_there_is_said_and_nothing_is_lost(desk: Desk, server: ServerProcess) -> None:
    begun(desk)
    screen = desk.open(SyncScreen)
    screen.enrol.wanted.emit(server.url, server.code("s:office"))
    desk.settle()
    pending = desk.services.sync.status().pending
    server.kill()
    screen.run()
    desk.settle()
    assert len(desk.errors) == 1
    assert screen.state.run.isEnabled()
    assert desk.services.sync.status().pending == pending


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
    assert first.keep_other.accessibleName() == "改用这一个：检查项 · 结论，符合"
    assert second.keep_other.accessibleName() == "改用这一个：违规事实 · 事实，（空白）"
    with qtbot.waitSignal(shown.kept) as heard:
        first.keep_other.click()
    assert heard.args == ["c1", "other"]
    assert not first.keep_current.isEnabled()
    with qtbot.waitSignal(shown.kept) as heard:
        second.keep_current.click()
    assert heard.args == ["c2", "current"]


@pytest.mark.parametrize(
    ("receipt", "words", "mark"),
    [
        (RecordReceipt("1", "甲", 10, 10, 0, 3, 3), "齐全", "check"),
        (RecordReceipt("1", "甲", 10, 8, 0, 3, 1), "还差 2 条、2 份原件", "upload"),
        (RecordReceipt("1", "甲", 10, 10, 0, 3, 1), "还差 2 份原件", "upload"),
        (RecordReceipt("1", "甲", 10, 0, 0, 3, 0), "还没有", "upload"),
        (RecordReceipt("1", "甲", 10, 9, 1, 0, 0), "拒收 1 条", "warning"),
    ],
)
def test_a_receipt_says_what_the_server_has_and_what_not(
    receipt: RecordReceipt, words: str, mark: str
) -> None:
    assert receipt_words(receipt) == words
    assert receipt_mark(receipt)[0] == mark


@pytest.mark.parametrize(
    ("is_stored", "is_on_server", "words"),
    [(True, True, "已核对收到"), (True, False, "待发送"), (False, False, "本机也没有，待接收")],
)
def test_an_original_has_three_states_and_none_is_a_dead_link(
    is_stored: bool, is_on_server: bool, words: str
) -> None:
    at = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    piece = Evidence(
        EvidenceId("e"), InspectionId("i"), 1, "photo", "ok", "a.jpg", "image/jpeg", 9, "", "", at, "王敏",
        is_stored=is_stored, is_on_server=is_on_server,
    )  # fmt: skip
    assert file_words(piece) == words


@pytest.mark.parametrize(
    ("offset_ms", "words", "doubtful"),
    [
        (None, "连接后才知道", False),
        (0, "0 秒", False),
        (2100, "本机慢 2 秒", False),
        (-2100, "本机快 2 秒", False),
        (180_000, "本机慢 180 秒", True),
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
    screen.receipts.only.choose("refused")
    screen.receipts.only.choose("all")
    desk.settle()
    assert nameless(screen) == []
