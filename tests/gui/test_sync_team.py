"""Meeting on site in the window: one laptop opens a relay, the other comes by address and code; every failure is a sentence."""

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStackedWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Services
from app.core.packets import Imported
from app.core.progress import CancelToken, Progress
from app.core.relay import Met, RelayStatus, Visitor
from app.gui.screens.sync import errand
from app.gui.screens.sync.team_relay import OpenRelay
from app.gui.screens.sync.team_words import code_words, is_alone, left_words, met_words, visitor_words
from app.gui.screens.sync.view import SyncScreen
from app.services import relay, relay_visit
from tests.gui.registers_office import LONG, SECRET, Desk, judge_models, nameless
from tests.gui.test_sync_screen import begun
from tests.unit.services.desks import new_office, photo

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
ALONE = RelayStatus(("127.0.0.1:8766",), "ABCD2345", NOW, ())
OPEN = RelayStatus(("192.168.43.5:8766", "10.0.0.7:8766"), "ABCD2345", NOW, ())
CAME = Visitor("d", "李卓", 1234, 5, 6, "", is_busy=False)


@pytest.fixture
def mate(tmp_path: Path) -> Iterator[Services]:
    """A laptop of the same office, without a window."""
    made = new_office(tmp_path / "mate", player=1, code="office")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def in_a_hot_spot(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is in whatever network; the tests reach it by its own loop."""
    monkeypatch.setattr(relay, "addresses", lambda: ("192.168.43.5", "10.0.0.7"))


def introduce(desk: Desk, mate: Services) -> None:
    desk.services.packets.add_mate(mate.packets.card_text())
    mate.packets.add_mate(desk.services.packets.card_text())


def opened(desk: Desk) -> tuple[Any, Any]:
    screen = desk.open(SyncScreen, tab="team")
    return screen, screen.team


def here(status: RelayStatus | None) -> str:
    """Return where a relay is reached from this machine, whatever networks it is in."""
    assert status is not None
    return "127.0.0.1:" + status.addresses[0].rpartition(":")[2]


def type_in(pane: Any, address: str, code: str, *, stay: bool = False) -> None:
    pane.ways.stay.setChecked(stay)
    pane.ways.address.setText(address)
    pane.ways.code.setText(code)


def test_a_relay_is_opened_a_team_mate_comes_and_what_he_brought_is_seen_everywhere(desk: Desk, mate: Services) -> None:
    inspection = begun(desk)
    introduce(desk, mate)
    _screen, pane = opened(desk)
    pane.ways.open.click()
    desk.settle()
    status = desk.services.relay.status()
    assert status is not None
    assert (pane.relay.isVisible(), pane.ways.isVisible()) == (True, False)
    assert pane.relay.code.text() == code_words(status.code)
    assert "还没有人连过来" in pane.relay.visitors.findChildren(type(pane.relay.until))[1].text()

    mate.relay.meet(here(status), status.code)
    mate.inspections.answer(inspection, "SGF", "SGF-1.01", state="fail", detail="队友所见")
    mate.evidence.take(inspection, [("货架.jpg", photo())])
    told: list[Any] = []
    desk.bus.changed.connect(told.append)
    met = mate.relay.meet(here(status), status.code).value
    assert met.files == 1
    desk.qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    desk.settle()
    assert desk.services.inspections.view(inspection).sheets[0].answers["SGF-1.01"].detail == "队友所见"
    pane._look()
    desk.settle()
    [seen] = desk.services.relay.status().visitors
    assert (seen.name, seen.files) == (mate.packets.card().name, 1)

    pane.relay.close_button.click()
    desk.settle()
    assert desk.services.relay.status() is None
    assert (pane.relay.isVisible(), pane.ways.isVisible()) == (False, True)
    assert pane.visit.said[0] == "中转已关闭。"
    assert pane.visit.said[1].startswith(f"{seen.name}：带来新记录")
    assert "新文件 1 份" in pane.visit.said[1]
    assert desk.errors == []


def test_this_laptop_goes_to_a_relay_by_the_keyboard_alone(desk: Desk, mate: Services) -> None:
    inspection = begun(desk)
    introduce(desk, mate)
    _screen, pane = opened(desk)
    status = mate.relay.open(host="127.0.0.1", port=0)
    pane.ways.stay.setChecked(False)
    pane.ways.address.setFocus()
    for text in (status.addresses[0], code_words(status.code).lower()):
        desk.qtbot.keyClicks(QApplication.focusWidget(), text)
        desk.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert pane.visit.is_working
    assert QApplication.focusWidget() is pane.visit.progress.stop
    assert not pane.ways.isVisible()
    desk.settle()
    words = "\n".join(pane.visit.said)
    assert f"已与 {mate.packets.card().name} 交换" in words
    assert "交出：尚未入库的记录" in words
    assert QApplication.focusWidget() is pane.ways.visit
    assert mate.inspections.view(inspection).sheets
    mate.inspections.answer(inspection, "SGF", "SGF-1.02", state="fail", detail="中转所见")
    pane.ways.visit.click()
    desk.settle()
    assert "收到：新记录" in "\n".join(pane.visit.said)
    assert desk.services.inspections.view(inspection).sheets[0].answers["SGF-1.02"].detail == "中转所见"
    assert desk.prefs.text("team.address") == status.addresses[0]
    assert desk.errors == []


def test_who_stays_gets_what_comes_later_at_once_and_ends_it_in_good_order(desk: Desk, mate: Services) -> None:
    inspection = begun(desk)
    introduce(desk, mate)
    _screen, pane = opened(desk)
    status = mate.relay.open(host="127.0.0.1", port=0)
    type_in(pane, status.addresses[0], status.code, stay=True)
    pane.ways.visit.click()
    desk.qtbot.waitUntil(lambda: "还连着" in pane.visit.progress.what.text(), timeout=20_000)
    assert pane.visit.progress.stop.text() == "结束"
    assert (pane.visit.progress.bar.value(), pane.visit.progress.bar.maximum()) == (1, 1)  # nothing moves
    assert mate.inspections.view(inspection).sheets
    pane.visit.progress.stop.click()
    desk.settle()
    assert f"已与 {mate.packets.card().name} 交换。" in pane.visit.said
    assert pane.ways.isVisible()
    assert desk.errors == []


def test_each_failure_is_a_sentence_where_it_belongs_and_the_way_is_open_again(
    desk: Desk, mate: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_visit, "PAUSES_S", (0.05,))
    desk.services.packets.add_mate(mate.packets.card_text())
    _screen, pane = opened(desk)
    status = mate.relay.open(host="127.0.0.1", port=0)
    pane.ways.visit.click()
    assert "地址" in pane.ways.address_row.error
    wrong = "2" * 8 if status.code != "2" * 8 else "3" * 8
    for address, code, row, words in (
        (status.addresses[0], wrong, pane.ways.code_row, "配对码不对"),
        ("中转电脑", wrong, pane.ways.address_row, "不是中转电脑的地址"),
    ):
        type_in(pane, address, code)
        pane.ways.visit.click()
        desk.settle()
        assert words in row.error
        assert desk.errors == []
        assert pane.ways.isVisible()
    type_in(pane, status.addresses[0], status.code)
    pane.ways.visit.click()
    desk.settle()
    assert [getattr(one, "code", "") for one in desk.errors] == ["relay.unknown_guest"]
    mate.relay.close()
    desk.errors.clear()
    pane.ways.visit.click()
    desk.settle()
    assert [getattr(one, "code", "") for one in desk.errors] == ["relay.unreachable"]
    assert pane.ways.visit.isEnabled()


def test_a_relay_that_knows_nobody_is_not_opened_and_not_visited(desk: Desk) -> None:
    _screen, pane = opened(desk)
    assert (pane.first.isVisible(), pane.ways.isVisible(), pane.exchange_button.isEnabled()) == (True, False, False)


def test_whose_window_is_locked_stays_with_nobody(desk: Desk, mate: Services, qtbot: QtBot) -> None:
    begun(desk)
    introduce(desk, mate)
    screen, pane = opened(desk)
    pages = QStackedWidget()
    qtbot.addWidget(pages)
    pages.addWidget(screen)
    pages.show()
    status = mate.relay.open(host="127.0.0.1", port=0)
    type_in(pane, status.addresses[0], status.code, stay=True)
    pane.ways.visit.click()
    desk.qtbot.waitUntil(lambda: pane.visit.rests, timeout=20_000)
    pages.hide()
    desk.settle()
    assert pane.visit.said[0].startswith("已与")
    pages.removeWidget(screen)


def test_a_lock_for_want_of_hands_waits_until_nothing_is_on_the_line(
    desk: Desk, mate: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    introduce(desk, mate)
    _screen, pane = opened(desk)
    pane.ways.open.click()
    desk.settle()
    busy = [True]
    real = desk.services.relay.status
    monkeypatch.setattr(relay, "_QUIET_S", 1)
    monkeypatch.setattr(desk.services.relay, "status", lambda: replace(real(), is_busy=busy[0]))
    pane._look()
    desk.qtbot.waitUntil(lambda: desk.runner.is_reading_long, timeout=10_000)
    busy.clear()
    busy.append(False)
    desk.qtbot.waitUntil(lambda: not desk.runner.is_reading_long, timeout=10_000)
    assert not pane._is_held


def test_work_that_a_lock_dropped_is_not_shown_for_ever(desk: Desk, mate: Services) -> None:
    introduce(desk, mate)
    screen, pane = opened(desk)
    status = mate.relay.open(host="127.0.0.1", port=0)
    type_in(pane, status.addresses[0], status.code, stay=True)
    pane.ways.visit.click()
    screen.hide()
    desk.runner.drop_reads()
    desk.settle()
    screen.show()
    desk.settle()
    assert not pane.visit.is_working
    assert pane.visit.said[0].startswith("已停止")


def test_a_visit_that_is_stopped_says_so_and_can_begin_again(desk: Desk, mate: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(desk)
    introduce(desk, mate)
    _screen, pane = opened(desk)
    status = mate.relay.open(host="127.0.0.1", port=0)
    type_in(pane, status.addresses[0], status.code)
    real = relay_visit.Visit._bring
    reached, go_on = threading.Event(), threading.Event()

    def slow(self: Any, *given: Any) -> Any:
        reached.set()
        go_on.wait(10)
        return real(self, *given)

    monkeypatch.setattr(relay_visit.Visit, "_bring", slow)
    pane.ways.visit.click()
    desk.qtbot.waitUntil(reached.is_set, timeout=10_000)
    pane.visit.progress.stop.click()
    go_on.set()
    desk.settle()
    assert pane.visit.said[0].startswith("已停止")
    monkeypatch.undo()
    pane.ways.visit.click()
    desk.settle()
    assert pane.visit.said[0].startswith("已与")
    assert desk.errors == []


def test_a_lock_closes_the_relay_and_the_page_says_so_afterwards(desk: Desk, mate: Services) -> None:
    introduce(desk, mate)
    screen, pane = opened(desk)
    pane.ways.open.click()
    desk.settle()
    desk.services.vault.lock()
    assert desk.services.relay.status() is None
    desk.services.vault.unlock(SECRET)
    screen.refresh(())
    desk.qtbot.waitUntil(lambda: pane.ways.isVisible(), timeout=10_000)
    desk.settle()
    assert pane.visit.said == ("中转已关闭：时间到了，或本机锁定过。还要互传请再打开，配对码会换。", "没有队友连过来。")


def test_address_and_code_come_from_the_clipboard_of_the_relay(desk: Desk, mate: Services) -> None:
    introduce(desk, mate)
    _screen, pane = opened(desk)
    QApplication.clipboard().setText("随便什么")
    pane.ways.paste.click()
    assert "剪贴板里没有" in pane.ways.address_row.error
    QApplication.clipboard().setText(OPEN.invitation)
    pane.ways.paste.click()
    assert (pane.ways.address.text(), pane.ways.code.text()) == ("http://192.168.43.5:8766", "ABCD 2345")
    assert (pane.ways.address_row.error, pane.ways.code_row.error) == ("", "")


def test_tab_goes_down_the_page(desk: Desk, mate: Services) -> None:
    introduce(desk, mate)
    screen, pane = opened(desk)
    screen.activateWindow()
    pane.ways.open.setFocus()
    reached = []
    for _ in range(9):
        desk.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    row = pane.mates._rows.itemAt(0).widget()
    assert reached == [
        pane.ways.address, pane.ways.code, pane.ways.stay, pane.ways.visit, pane.ways.paste, row.remove, pane.mates.add,
        pane.mates.own, pane.place,
    ]  # fmt: skip


def test_everything_of_the_page_has_a_name(desk: Desk, mate: Services) -> None:
    introduce(desk, mate)
    screen, pane = opened(desk)
    judge_models(screen)
    assert nameless(screen) == []
    pane.ways.open.click()
    desk.settle()
    assert nameless(screen) == []
    pane.relay.close_button.click()
    desk.settle()


def test_a_laptop_in_no_network_says_what_to_do_and_shows_the_address_once_there_is_one(desk: Desk, qtbot: QtBot) -> None:
    shown = OpenRelay()
    qtbot.addWidget(shown)
    shown.show()
    shown.put(ALONE)
    assert is_alone(ALONE)
    assert (shown.alone.isVisible(), shown.code_picture.isVisible(), shown.copy.isVisible()) == (True, False, False)
    shown.put(OPEN)
    assert (shown.alone.isVisible(), shown.code_picture.isVisible(), shown.copy.isVisible()) == (False, True, True)
    assert shown.address.text() == "192.168.43.5:8766"
    assert "10.0.0.7:8766" in shown.others.text()
    shown.copy.click()
    assert QApplication.clipboard().text() == OPEN.invitation


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (CAME, "带来新记录 1,234 条、新文件 5 份，取走文件 6 份"),
        (Visitor("d", "李卓", 0, 0, 6, "", is_busy=False), "取走文件 6 份"),
        (Visitor("d", "李卓", 0, 0, 0, "", is_busy=False), "没有新内容，本机有的他都有了"),
        (Visitor("d", LONG, 0, 0, 0, "", is_busy=True), "正在交换…"),
        (Visitor("d", "", 0, 0, 0, "relay.full", is_busy=False), "中转电脑的磁盘放不下了。请清理它的磁盘，或分几次交换。"),
    ],
)
def test_what_became_of_a_visitor_is_said(one: Visitor, words: str) -> None:
    assert visitor_words(one) == words


def test_a_visitor_who_was_cut_off_is_told_apart_when_the_relay_closes() -> None:
    assert left_words(Visitor("d", "李卓", 1, 0, 0, "", is_busy=True)) == "带来新记录 1 条，最后一次没有做完"
    assert left_words(Visitor("d", "李卓", 0, 0, 0, "", is_busy=True)) == "最后一次没有做完"
    assert left_words(CAME) == visitor_words(CAME)


def test_what_came_and_went_and_what_did_not_is_said() -> None:
    bad = Imported(Path("x"), "李卓", 1, 20, code="packet.bad_files", params={"count": 2})
    words = "\n".join(met_words(Met("李卓", (bad,), 1234, 56, 3_900_000_000, 2, 1), stayed=False))
    for part in (
        "已与 李卓 交换", "记录 1,234 条、文件 56 份，共 3.9 GB", "新记录 20 条", "2 份文件太大", "1 份文件在本机已丢失", "2 个文件内容",
        "再连一次",
    ):  # fmt: skip
        assert part in words
    assert "没有新内容" in met_words(Met("李卓", (), 0, 0, 0, 0, 0), stayed=True)[2]


def test_work_is_stopped_from_above_too() -> None:
    above = CancelToken()
    one = errand.EitherToken(above)
    assert not one.is_cancelled
    above.cancel()
    assert one.is_cancelled
    assert Progress("relay.stay", 0, 0).what == errand.RESTING
