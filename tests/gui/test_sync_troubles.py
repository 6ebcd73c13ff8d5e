"""What the server did not take over, in the window: in words, with its reason, and what can be done."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.syncing import Incident, Network, SyncPolicy, Trouble
from app.gui.screens.sync.troubles import TroubleCard, incident_words, said_words, what_words, why_words
from app.gui.screens.sync.view import SyncScreen
from app.gui.theme import Theme
from app.services.sync_local import LocalSide
from tests.gui.registers_office import Desk, nameless
from tests.gui.test_sync_screen import begun
from tests.unit.sync.kit import ServerProcess

AT = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)
ONE = Trouble(
    "op", "visit", "仁和大药房　1号", "answer", "set", "SGF-1.01", (("state", "fail"), ("amount_fen", "128400")),
    "stale_transition", True, AT, True,
)  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path / "server")
    yield made
    made.kill()


def put_aside(desk: Desk, reason: str = "line.invalid") -> int:
    """Put every pending line of answers aside, as if no server could take them."""
    desk.services.inspections.answer(begun(desk), "SGF", "SGF-1.01", state="fail", detail="账实不符")
    store = LocalSide(desk.services.sync._store.db, SyncPolicy(), Network.FREE)
    ops = [one.op for one in store.pending(500) if b'"t":"answer"' in one.data]
    for op in ops:
        store.set_aside(op, reason)
    return len(ops)


def cards(screen: SyncScreen) -> list[TroubleCard]:
    return screen.troubles.findChildren(TroubleCard)


def test_who_comes_because_something_needs_him_sees_it_at_once(desk: Desk) -> None:
    count = put_aside(desk)
    screen = desk.open(SyncScreen)
    assert (screen.tabs.value, len(cards(screen))) == ("troubles", count)
    assert cards(screen)[0].what == "检查项 SGF-1.01 · 填写"
    assert nameless(screen) == []
    again = desk.open(SyncScreen, tab="receipts")  # who asks for another part gets that
    assert again.tabs.value == "receipts"


def test_sent_again_it_reaches_the_server_and_is_asked_about_no_more(desk: Desk, server: ServerProcess) -> None:
    desk.services.sync.enrol(server.url, server.code("s:office"))
    put_aside(desk)
    screen = desk.open(SyncScreen)
    with desk.one_run():
        cards(screen)[0].again.click()
    assert desk.services.sync.status().refused == 0
    assert cards(screen) == []
    assert desk.services.sync.receipts()[0].is_safe
    assert desk.errors == []


def test_noted_it_is_asked_about_no_more_and_stays_in_the_export(desk: Desk, tmp_path: Path) -> None:
    count = put_aside(desk)
    screen = desk.open(SyncScreen)
    for _ in range(count):
        cards(screen)[0].known.click()
        desk.settle()
        desk.qtbot.wait(500)
        desk.settle()
    assert (desk.services.sync.status().refused, cards(screen)) == (0, [])
    screen.troubles.export_to(tmp_path / "refused")
    desk.settle()
    assert len(json.loads((tmp_path / "refused.json").read_text("utf-8"))["lines"]) == count


def test_each_trouble_leads_from_the_state_to_where_it_is_settled(desk: Desk, server: ServerProcess) -> None:
    desk.services.sync.enrol(server.url, server.code("s:office"))
    put_aside(desk)
    screen = desk.open(SyncScreen, tab="log")
    screen.state.led.emit("troubles")
    assert screen.tabs.value == "troubles"
    screen.state.led.emit("lost")
    assert (screen.tabs.value, screen.receipts.only.value) == ("receipts", "trouble")


def test_a_refused_line_reads_as_people_speak() -> None:
    assert what_words(ONE) == "检查项 SGF-1.01 · 填写"
    assert said_words(ONE) == "结论：不符合；金额：￥1,284.00"
    assert why_words(ONE) == "服务器没有采用：任务状态已被别人改变，不能这样改　自 2026-11-22 14:30"
    aside = replace(ONE, reason="line.invalid", is_rejected=False, since=None)
    assert why_words(aside).startswith("暂存，尚未采用：")
    assert "line.invalid" not in why_words(aside)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Incident(1, AT, "sync.digest_differs", 2, 0), "不同的 2 行按原样另存，没有删除"),
        (Incident(1, AT, "sync.digest_differs", 0, 0), "内容一致"),
        (Incident(1, AT, "sync.epoch_changed", 1200, 30), "1,200 条记录，服务器缺少的一并补交。还有 30 条等待补交。"),
        (Incident(1, AT, "sync.history_begun", 12, 0), "没有送达的 12 条内容不变"),
    ],
)
def test_an_incident_says_what_was_done_about_it(one: Incident, words: str) -> None:
    assert words in incident_words(one)[1]


def test_what_can_change_nothing_is_not_offered(theme: Theme, qtbot: QtBot) -> None:
    card = TroubleCard(replace(ONE, can_resend=False))
    qtbot.addWidget(card)
    card.show()
    assert not card.again.isVisible()
    assert card.known.isVisible()
