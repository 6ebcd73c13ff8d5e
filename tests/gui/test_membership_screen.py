"""Being let in, logging in, terms and rights in the window, over a real office and a real server."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.membership import Asking, Deed, LeftFeed, Limit, Membership
from app.gui.contracts import FrameFacts, frame_facts
from app.gui.screens.settings.account import AccountPart
from app.gui.screens.sync.enrol_login import LoginCard
from app.gui.screens.sync.enrol_notes import notes_of
from app.gui.screens.sync.enrol_waiting import WaitingCard
from app.gui.screens.sync.view import SyncScreen
from app.gui.screens.tasks.view import TasksScreen
from app.gui.theme import Theme
from app.gui.widgets.header import sync_words
from app.gui.widgets.terms import TermsStrip, grey
from sync.client.errors import Refused
from sync.protocol.policy import Role
from tests.gui.registers_office import Desk, nameless
from tests.unit.services.bureau import PASSWORD, Bureau
from tests.unit.sync.kit import ServerProcess

NOW = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
DIGITS = "8672 9915 1378 0488 6921 9574"


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    server = ServerProcess(tmp_path / "server")
    made = Bureau(server, "office")
    yield made
    made.close()
    server.kill()


def words(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if not one.isHidden())


def test_from_asking_to_sending_in_the_window(desk: Desk, bureau: Bureau) -> None:
    li = bureau.person(Role.INSPECTOR)
    screen = desk.open(SyncScreen)
    screen.enrol.server.setText("no address")
    screen.enrol.without.click()
    assert not screen.member.isVisible()
    screen.enrol.server.setText(bureau.url)
    screen.enrol.without.click()
    desk.settle()
    assert screen.member.waiting.isVisible()
    assert not screen.enrol.isVisible()
    digits = bureau.approve(desk.services, li)
    shown = [one.text() for one in screen.member.waiting.findChildren(QLabel)]
    assert all(group in shown for group in digits.split())
    with desk.one_run():
        screen.member.waiting.look.click()
    login = screen.member.login
    assert login.isVisible()
    assert login.user.text() == li
    assert "需要登录" in words(screen.state)
    assert sync_words(frame_facts(desk.services))[0].startswith("需要登录")
    login.do.click()
    assert not desk.services.memberships.get().login_until
    login.password.setText("wrong")
    login.do.click()
    desk.settle()
    assert "不正确" in login.problem.text()
    assert login.password.text() == ""
    login.password.setText(PASSWORD)
    with desk.one_run():
        login.do.click()
        desk.settle()
    assert not login.isVisible()
    assert not screen.member.isVisible()
    assert desk.services.sync.status().pending == 0
    assert desk.errors == []
    assert nameless(screen) == []


def test_a_role_that_may_not_fill_in_is_said_and_its_buttons_are_grey(desk: Desk, bureau: Bureau) -> None:
    li = bureau.person(Role.STATISTICS)
    bureau.join(desk.services, li)
    screen = desk.open(SyncScreen)
    assert "统计人员" in words(screen.member.notes)
    facts = frame_facts(desk.services)
    assert not facts.may_fill
    tasks = desk.open(TasksScreen)
    tip = tasks.new_button.toolTip()
    grey(tasks, facts)
    assert not tasks.new_button.isEnabled()
    assert "岗位" in tasks.new_button.toolTip()
    grey(tasks, FrameFacts())
    assert tasks.new_button.isEnabled()
    assert tasks.new_button.toolTip() == tip


def test_the_account_page_says_who_one_is_and_logs_out(desk: Desk, bureau: Bureau) -> None:
    li = bureau.person(Role.INSPECTOR)
    bureau.join(desk.services, li)
    part = AccountPart(desk.context)
    desk.qtbot.addWidget(part)
    part.show()
    part.read()
    desk.settle()
    assert part.facts["user"].text() == li
    assert part.facts["roles"].text() == "检查人员"
    assert "填写" in part.facts["may"].text()
    part.log_out_button.click()
    desk.settle()
    assert desk.services.memberships.get().needs_login
    part.log_in_button.click()
    assert desk.went[-1] == ("sync", {"login": True})


def test_a_locked_account_counts_down_and_then_lets_one_try_again(qtbot: QtBot, theme: Theme) -> None:
    card = LoginCard()
    qtbot.addWidget(card)
    card.put(Membership(user="li", is_person=True, needs_login=True))
    asked: list[tuple[str, str, str]] = []
    card.wanted.connect(lambda *given: asked.append(given))
    card.fail(Refused("login.locked", 429, {"wait_s": 61}))
    assert "1 分 1 秒" in card.problem.text()
    card.password.setText("x")
    card.ask()
    assert asked == []
    for _ in range(61):
        card._tick()
    assert "可以再试" in card.problem.text()
    card.ask()
    assert asked == [("li", "x", "")]


def test_digits_are_asked_for_when_the_server_wants_them(qtbot: QtBot, theme: Theme) -> None:
    card = LoginCard()
    qtbot.addWidget(card)
    card.put(Membership(user="li", is_person=True, needs_login=True))
    assert card.digits_row.isHidden()
    card.password.setText("secret")
    card.fail(Refused("login.totp_needed", 401, {}))
    assert not card.digits_row.isHidden()
    assert card.password.text() == "secret"
    asked: list[tuple[str, str, str]] = []
    card.wanted.connect(lambda *given: asked.append(given))
    card.digits.setText("12345")
    card.ask()
    assert card.digits_row.error
    card.digits.setText("123 456")
    card.ask()
    assert asked == [("li", "secret", "123456")]


def test_a_refused_laptop_shows_no_digits(qtbot: QtBot, theme: Theme) -> None:
    card = WaitingCard()
    qtbot.addWidget(card)
    card.show()
    card.put(Asking("https://a", DIGITS, NOW))
    assert card.digits.isVisible()
    card.put(Asking("https://a", DIGITS, NOW, is_refused=True))
    assert not card.digits.isVisible()
    assert "没有批准" in card.state.text()
    assert card.withdraw.isVisible()


def test_what_is_to_be_said_of_a_membership(theme: Theme) -> None:
    day = dt.timedelta(days=1)
    assert notes_of(Membership(), NOW) == ()
    fine = Membership(
        user="li", is_person=True, login_until=NOW + 20 * day, confirm_until=NOW + 60 * day, contact_at=NOW,
        limit_at=NOW + 30 * day,
    )  # fmt: skip
    assert notes_of(fine, NOW) == ()
    late = notes_of(replace(fine, login_until=NOW + 56 * day), NOW + 26 * day)
    assert [one.tone for one in late] == ["open"]
    assert "2026-12-22" in late[0].words
    ending = notes_of(fine, NOW + 16 * day)
    assert [one.action for one in ending] == ["login"]
    limited = Membership(limit=Limit.READ_ONLY, contact_at=NOW, denied=frozenset({Deed.SIGN}), roles=(("auditor", "1"),))
    assert ["30 天" in one.words for one in notes_of(limited, NOW)] == [True, False]
    elsewhere = Membership(roles=(("inspector", "610102"),), office="office", denied=frozenset(Deed))
    assert "机关代码是“office”" in notes_of(elsewhere, NOW)[0].words
    assert "机关代码" not in notes_of(replace(elsewhere, office="610102"), NOW)[0].words
    gone = notes_of(Membership(left=(LeftFeed("x:t1", NOW, 3, 1),)), NOW)
    assert ("专项任务 t1" in gone[0].words, gone[0].action) == (True, "read")


@pytest.mark.parametrize("limit", ["read_only", "locked"])
def test_a_limit_is_said_over_every_page_and_in_the_pill(limit: str, qtbot: QtBot, theme: Theme) -> None:
    strip = TermsStrip()
    qtbot.addWidget(strip)
    strip.show_facts(FrameFacts(enrolled=True, limit=limit))
    assert not strip.isHidden()
    assert "没有连到服务器" in strip.words.text()
    assert sync_words(FrameFacts(enrolled=True, limit=limit))[1] == "bad"
    strip.show_facts(FrameFacts(enrolled=True))
    assert strip.isHidden()


def test_voiding_is_grey_for_a_reviewer_and_signing_never(qtbot: QtBot, theme: Theme) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    void, sign = QPushButton("作废", page), QPushButton("去签字", page)
    grey(page, FrameFacts(denied=frozenset({"void", "sign"})))
    assert (void.isEnabled(), sign.isEnabled()) == (False, True)
    assert "作废证据" in void.toolTip()
    grey(page, FrameFacts())
    assert (void.isEnabled(), void.toolTip()) == (True, "")
