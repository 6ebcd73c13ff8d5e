"""Packets in the window: a laptop without any network delivers, and exchanges with a team-mate, by its buttons alone."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.core.packets import Exported, Imported, OutPacket, PacketStatus
from app.core.syncing import Wait
from app.gui.contracts import frame_facts
from app.gui.screens.inspection.models import meta_text
from app.gui.screens.inspection.view import InspectionScreen
from app.gui.screens.sync.packets_places import PlaceChoice, Stick, is_removable
from app.gui.screens.sync.packets_words import exported_words, imported_words, waiting_words
from app.gui.screens.sync.view import SyncScreen
from app.gui.widgets.header import sync_words
from tests.e2e.packet_road import Road
from tests.gui.registers_office import LONG, Desk, judge_models, nameless
from tests.gui.test_sync_screen import begun
from tests.unit.services.desks import new_office

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)


def said(pane: Any) -> str:
    """Return the sentences below the buttons."""
    return "\n".join(pane.errand.said)


def test_a_laptop_that_was_never_online_is_admitted_delivers_and_reads_its_receipts(desk: Desk, road: Road) -> None:
    begun(desk)
    screen = desk.open(SyncScreen, tab="packets")
    pane = screen.packets
    assert not screen.enrol.isVisible()
    stick = road.stick()
    stick.mkdir()
    pane.place.choose(str(stick))

    pane.export_button.click()
    desk.settle()
    assert "邀请" in said(pane)
    assert list(stick.iterdir()) == []
    assert QApplication.focusWidget() is pane.join.paste or pane.join.paste.isVisible()

    pane.join.paste.setPlainText(f"  {road.invitation('s:office')}\n")
    pane.join.look.click()
    desk.settle()
    with road.counter() as counter:
        assert pane.join.fingerprint.text() == counter.cards.own.fingerprint
    assert desk.services.packets.server() is None  # until somebody has compared
    pane.join.same.click()
    desk.settle()
    assert desk.services.packets.server() is not None
    assert not pane.join.isVisible()
    assert screen.state.isVisible()
    assert not screen.state.run.isVisible()
    assert desk.services.sync.receipts()[0].waits == (Wait.PACKET,)
    pending = desk.services.sync.status().pending
    assert sync_words(frame_facts(desk.services)) == (f"用同步包传送 · {pending} 项待送", "")

    pane.export_button.click()
    desk.settle()
    assert "第 1 包已写到" in said(pane)
    assert "等待第 1 包回执" in pane.state.text()
    [taken] = road.deliver(*stick.glob("*.yfpkt"))
    assert taken.lines > 0
    pane.place.choose(str(road.reply(taken.device).parent))
    pane.import_button.click()
    desk.settle()
    assert "第 1 包的回执：确认收到" in said(pane)
    assert "都有了回执" in pane.state.text()
    assert desk.services.sync.status().pending == 0
    assert sync_words(frame_facts(desk.services)) == ("已全部送达", "ok")
    [record] = desk.services.sync.receipts()
    assert (record.packets, record.is_safe) == ((1,), True)
    pane.status_button.click()
    assert [pane.out.list.model.at(0).packet.n, pane.out.list.model.rowCount()] == [1, 1]
    assert screen.escape()
    assert desk.errors == []


def test_the_wrong_text_and_a_changed_one_are_said_and_nothing_is_taken_up(desk: Desk, road: Road) -> None:
    screen = desk.open(SyncScreen, tab="packets")
    pane = screen.packets
    pane.join.paste.setPlainText(desk.services.packets.card_text())
    pane.join.look.click()
    desk.settle()
    assert "不是服务器的邀请" in said(pane)
    pane.join.paste.setPlainText(road.invitation("s:office")[:-3])
    pane.join.look.click()
    desk.settle()
    assert [getattr(one, "code", "") for one in desk.errors] == ["packet.card"]
    desk.errors.clear()
    screen = desk.open(SyncScreen, tab="team")
    pane = screen.team
    pane.mates.add.click()
    pane.mates.intro.paste.setPlainText(road.invitation("s:office"))
    pane.mates.intro.look.click()
    desk.settle()
    assert "不是队友的名片" in pane.asking.said[0]
    pane.mates.intro.paste.setPlainText(desk.services.packets.card_text())
    pane.mates.intro.look.click()
    desk.settle()
    pane.mates.intro.same.click()
    desk.settle()
    assert [getattr(one, "code", "") for one in desk.errors] == ["packet.own_card"]
    desk.errors.clear()
    assert (desk.services.packets.server(), desk.services.packets.mates()) == (None, ())


def test_two_laptops_add_one_another_and_exchange_through_a_folder(desk: Desk, tmp_path: Path) -> None:
    inspection = begun(desk)
    mate = new_office(tmp_path / "mate", player=1, code="office")
    share = tmp_path / "share"
    share.mkdir()
    try:
        screen = desk.open(SyncScreen, tab="team")
        pane = screen.team
        assert not pane.exchange_button.isEnabled()
        pane.mates.add.click()
        pane.mates.intro.paste.setPlainText(mate.packets.card_text())
        pane.mates.intro.look.click()
        desk.settle()
        assert pane.mates.intro.fingerprint.text() == mate.packets.card().fingerprint
        pane.mates.intro.same.click()
        desk.settle()
        mate.packets.add_mate(desk.services.packets.card_text())
        pane.place.choose(str(share))
        pane.exchange_button.click()
        desk.settle()
        assert len(list(share.glob("*.yfpkt"))) == 1

        mate.packets.exchange(share)
        mate.inspections.answer(inspection, "SGF", "SGF-1.01", state="fail", detail="队友所见")
        mate.packets.exchange(share)
        pane.exchange_button.click()
        desk.settle()
        assert "的第" in pane.trade.said[0]
        assert desk.services.inspections.view(inspection).sheets[0].answers["SGF-1.01"].detail == "队友所见"
        assert pane.mates.unconfirmed.isVisibleTo(pane)
        assert desk.services.packets.unconfirmed_items(inspection) == {("SGF", "SGF-1.01")}
        [record] = desk.services.sync.receipts()
        assert Wait.MATE in record.waits
        assert [one.wait for one in desk.services.sync.lines(inspection)].count(Wait.MATE) >= 1
        checking = desk.open(InspectionScreen, inspection_id=inspection)
        marked = {line.key for line in checking.session.picture.lines if "尚未入库" in meta_text(line)}
        assert marked == {("SGF", "SGF-1.01")}

        assert [one.name for one in desk.services.packets.mates()] == [mate.packets.card().name]
        row = pane.mates._rows.itemAt(0).widget()
        row._remove()
        desk.settle()
        assert desk.services.packets.mates() == ()
        assert desk.services.inspections.view(inspection).sheets[0].answers["SGF-1.01"].detail == "队友所见"
        assert desk.errors == []
    finally:
        mate.close()


def test_a_stick_that_refuses_is_said_and_the_buttons_work_again(desk: Desk, road: Road, tmp_path: Path) -> None:
    desk.services.packets.join(road.invitation("s:office"))
    screen = desk.open(SyncScreen, tab="packets")
    pane = screen.packets
    (tmp_path / "no folder").write_text("a file stands here")
    pane.place.choose(str(tmp_path / "no folder"))
    pane.export_button.click()
    desk.settle()
    assert [getattr(one, "code", "") for one in desk.errors] == ["packet.folder"]
    desk.errors.clear()
    assert pane.export_button.isEnabled()
    assert not pane.is_working


def test_what_is_stopped_leaves_nothing_half_and_can_begin_again(desk: Desk, road: Road) -> None:
    desk.services.packets.join(road.invitation("s:office"))
    begun(desk)
    screen = desk.open(SyncScreen, tab="packets")
    pane = screen.packets
    stick = road.stick()
    stick.mkdir()
    pane.place.choose(str(stick))
    pane.export_button.click()
    assert not pane.export_button.isEnabled()
    pane.stop()
    desk.settle()
    assert list(stick.glob("*.part")) == []
    assert "已停止" in said(pane)
    assert pane.export_button.isEnabled()
    pane.export_button.click()
    desk.settle()
    assert "包已写到" in said(pane)


def test_an_empty_folder_says_so(desk: Desk, tmp_path: Path) -> None:
    screen = desk.open(SyncScreen, tab="packets")
    pane = screen.packets
    (tmp_path / "empty").mkdir()
    pane.place.choose(str(tmp_path / "empty"))
    pane.import_button.click()
    desk.settle()
    assert "没有给本机的同步包" in said(pane)


def test_every_control_of_the_page_has_a_name_and_the_card_can_be_copied(desk: Desk) -> None:
    screen = desk.open(SyncScreen, tab="packets")
    judge_models(screen)
    screen.tabs.choose("team")
    desk.settle()
    for one in (screen.team.mates.add, screen.team.mates.own):
        one.click()
    assert nameless(screen) == []
    screen.team.mates._copy()
    assert QApplication.clipboard().text() == desk.services.packets.card_text()


def test_a_stick_that_is_put_in_is_chosen_unless_somebody_chose_otherwise(desk: Desk, qtbot: QtBot) -> None:
    choice = PlaceChoice(desk.context)
    qtbot.addWidget(choice)
    assert [choice.place] == [None]
    choice.put([Stick("/media/a", "KINGSTON", 12_300_000_000)])
    assert choice.place == Path("/media/a")
    assert choice.currentText() == "/media/a KINGSTON 剩余 12.3 GB"
    choice.put([])
    choice.choose("/srv/share")
    choice.put([Stick("/media/b", "", 1)])
    assert choice.place == Path("/srv/share")
    assert [choice.itemData(row) for row in range(choice.count())] == ["/media/b", "/srv/share", ""]
    again = PlaceChoice(desk.context)
    qtbot.addWidget(again)
    assert again.place == Path("/srv/share")


@pytest.mark.skipif("sys.platform == 'win32'")
def test_what_can_be_taken_away_is_told_by_its_place() -> None:
    assert [is_removable(root) for root in ("/media/user/STICK", "/run/media/u/S", "/", "/home", "/srv")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def out(n: int, days: int, answered: bool = False) -> OutPacket:
    made = NOW - dt.timedelta(days=days)
    return OutPacket(n, "srv", "服务器", made, 1, 5, 2, NOW if answered else None, "")


@pytest.mark.parametrize(
    ("status", "has_server", "words"),
    [
        (PacketStatus((), (), None, None, 0, ()), False, "还不知道送交哪台中心服务器"),
        (PacketStatus((), (), None, None, 0, ()), True, "还没有写过同步包"),
        (PacketStatus((), (out(3, 3),), 3, NOW - dt.timedelta(days=3), 0, ()), True, "等待第 3 包回执 3 天"),
        (PacketStatus((), (out(3, 0),), 3, NOW, 0, ()), True, "等待第 3 包回执，今天写出"),
        (PacketStatus((), (out(3, 0, True),), None, None, 0, ()), True, "写出的同步包都有了回执"),
    ],
)
def test_it_is_said_which_reply_is_waited_for_since_when(status: PacketStatus, has_server: bool, words: str) -> None:
    assert waiting_words(status, NOW, has_server)[1] == words


def test_what_did_not_come_along_is_said(tmp_path: Path) -> None:
    paths = (tmp_path / LONG / "a.yfpkt", tmp_path / LONG / "b.yfpkt")
    words = "\n".join(exported_words(Exported("srv", 7, paths, 1234, 56, 3_900_000_000, 2, 1)))
    for part in (
        "第 7 包", LONG, "1,234 条记录、56 份文件，共 3.9 GB", "分成 2 个文件", "2 份文件一个同步包装不下", "1 份文件在本机已丢失",
    ):  # fmt: skip
        assert part in words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Imported(Path("x.yfpkt"), "中心", 3, 20, 412, 2), "中心 第 3 包的回执：确认收到 412 条、新记录 20 条、文件 2 份"),
        (Imported(Path("x.yfpkt"), "李卓", 3, 20), "李卓 的第 3 包：新记录 20 条"),
        (Imported(Path("x.yfpkt"), "中心", 3, is_stale=True), "中心 第 3 包的回执：内容本机已经有了，没有重复"),
        (Imported(Path("x.yfpkt"), code="packet.cut"), "x.yfpkt：同步包文件不完整，请重新拷贝。"),
        (
            Imported(Path("x.yfpkt"), "李卓", 3, 20, code="packet.bad_files", params={"count": 2}),
            "李卓 的第 3 包：新记录 20 条。同步包里有 2 个文件内容与校验值不符，没有采用；其余内容已导入。请对方重新导出。",
        ),
    ],
)
def test_each_file_says_what_became_of_it(one: Imported, words: str) -> None:
    assert imported_words(one, "中心") == words


def test_no_sentence_below_the_buttons_is_cut(desk: Desk, tmp_path: Path) -> None:
    screen = desk.open(SyncScreen, tab="packets")
    pane = screen.packets
    pane.errand.say([LONG * 8])
    desk.settle()
    [label] = [one for one in pane.findChildren(QLabel) if one.text() == LONG * 8]
    assert label.wordWrap()
