"""Self-checks in the window: the office asks, the institution fills in, the office takes back and compares."""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import SelfCheckServices, Services, open_services, self_check_services
from app.core.clock import now, today
from app.core.ids import InstitutionId
from app.core.places import Institution, InstitutionKind
from app.core.self_checks import Anomaly, ComparedLine, Comparison, Hint, SelfCheckState, Verdict
from app.gui.bus import Bus
from app.gui.institution import first_page, screens
from app.gui.institution.fill import FillScreen
from app.gui.institution.first import InstitutionFirstPage
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screens.first_run import FirstRunPage, self_check_command
from app.gui.screens.selfcheck.view import SelfCheckScreen
from app.gui.shell import MainWindow
from app.gui.theme import Theme
from app.gui.widgets.confirm import ConfirmDialog
from tests.gui.registers_office import SECRET, Desk, judge_models, nameless, sit
from tests.gui.small_window import open_small
from tests.unit.services import selfchecks as world
from tests.unit.services.desks import CHEAP, photo

PHARMACY = "青禾区仁济大药房（演练）"


@dataclass(frozen=True, slots=True)
class Homes:
    """Folders to be copied: an office that asked a pharmacy, and the pharmacy with nothing filled in."""

    office: Path
    shop: Path
    package: Path


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    folder = tmp_path_factory.mktemp("selfcheck")
    made = Homes(folder / "office", folder / "shop", folder / "自查包.zip")
    office = _opened(made.office)
    office.vault.setup("江源区医疗保障局", "王敏", "22060012", SECRET, True)
    place = office.institutions.save(Institution(InstitutionId(""), PHARMACY, InstitutionKind.PHARMACY)).value
    anomalies = (Anomaly("", "同一天大量购买日用品", "ZCY-02", "一季度", Decimal("320.50"), "数据筛查"),)
    world.ask(office, folder, institution=place.id, anomalies=anomalies)
    office.close()
    shop = _opened(made.shop)
    shop.filling.setup(made.package, "闻一舟", SECRET)
    shop.close()
    return made


def _opened(home: Path) -> Services:
    return open_services(home, environ={"YANFANG_NO_KEYRING": "1"}, costs=CHEAP)


@pytest.fixture
def empty(tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    """An office that has asked nobody."""
    yield from sit(tmp_path, runner, bus, prefs, qtbot)


@pytest.fixture
def package(homes: Homes) -> Path:
    """A pharmacy was asked: four items, one anomaly."""
    return homes.package


@pytest.fixture
def desk(
    homes: Homes, tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot
) -> Iterator[Desk]:
    """The office that asked."""
    shutil.copytree(homes.office, tmp_path / "office")
    services = _opened(tmp_path / "office")
    services.vault.unlock(SECRET)
    made = Desk(services, runner, bus, prefs, qtbot)
    runner.failed.connect(made.failed)
    yield made
    made.settle()
    services.close()


@pytest.fixture
def shop(homes: Homes, tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    """The pharmacy's own store over the package, with nothing filled in."""
    shutil.copytree(homes.shop, tmp_path / "shop")
    every = _opened(tmp_path / "shop")
    every.vault.unlock(SECRET)
    made = Desk(self_check_services(every), runner, bus, prefs, qtbot)
    yield made
    made.settle()
    every.close()


def put_file(monkeypatch: pytest.MonkeyPatch, to: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(to), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(to), ""))


def dialog_of(screen: QWidget) -> QDialog:
    return next(one for one in screen.window().findChildren(QDialog) if one.isVisible())


def test_an_institution_is_asked_from_the_form_and_its_package_written(
    empty: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = empty
    place = desk.institution(PHARMACY, InstitutionKind.PHARMACY)
    screen = desk.open(SelfCheckScreen)
    assert screen.list.empty.isVisible()
    judge_models(screen)
    screen.new()
    form = screen.form
    form.save()
    assert form._institution_row.error
    form.institution.take(place)
    desk.settle()
    assert form.templates.value == ("ZCY",)
    form.style_choice.setCurrentIndex(form.style_choice.findData("last_month_20th"))
    form._style_chosen()
    due = form.due_on.value()
    assert (due.day, due.month % 3) == (20, 0)
    model = form.anomalies.model
    for column, text in enumerate(("ZCY-02", "一季度", "1,320.5", "同一天大量购买日用品")):
        model.setData(model.index(0, column), text)
    table = tmp_path / "异常.csv"
    table.write_text("异常情况,金额\n夜间集中结算,55\n", "utf-8")
    form.read_list(table)
    desk.settle()
    assert [one.amount_cny for one in form.anomalies.value] == [Decimal("1320.50"), Decimal("55.00")]
    put_file(monkeypatch, tmp_path / "包.zip")
    form.save()
    desk.settle()
    [line] = desk.services.self_checks.lines()
    assert (line.institution_name, line.anomalies, line.check.due_on) == (PHARMACY, 2, due)
    assert screen.stack.currentWidget() is screen.detail
    screen.detail.export_package()
    desk.settle()
    assert (tmp_path / "包.zip").exists()
    assert desk.services.self_checks.fingerprint() in desk.banners[-1]
    assert nameless(screen) == []
    assert screen.escape()
    assert not screen.escape()
    assert desk.errors == []


def test_a_pharmacy_fills_everything_in_by_keyboard_and_exports(
    shop: Desk, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = shop.open(lambda context: FillScreen(context, package))
    judge_models(screen)
    assert screen.heading[0] == "2026年医保基金使用问题自查自纠"
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_1, Qt.Key.Key_1):
        QTest.keyClick(screen.check.list, key)
        QTest.keyClick(screen.check.list, Qt.Key.Key_Return)
        shop.settle()
    screen.check.go_to(("ZCY", "ZCY-02"))
    shop.settle()
    rows = screen.check.list.editor.model
    for column, text in enumerate(("一季度", "串换日用品", "4", "320.5", "退回")):
        rows.setData(rows.index(0, column), text)
        shop.settle()
    QTest.keyClick(screen.check.list, Qt.Key.Key_F)  # findings are for inspectors
    assert screen.check._right.currentWidget() is screen.check.detail
    screen.pills.choose("anomalies")
    pane = screen.anomalies
    pane.reply.choose("confirmed")
    shop.settle()
    pane.nature.setText("串换药品")
    pane.amount.setText("320.5")
    pane.amount.textEdited.emit("320.5")
    screen.pills.choose("promises")
    shop.settle()
    promises = screen.promises.model
    due = (today(now()) + dt.timedelta(20)).isoformat()
    promises.setData(promises.index(0, 1), "320.5")
    shop.settle()
    assert shop.services.filling.view(screen.id).promises == ()  # not whole: kept here, marked
    promises.setData(promises.index(0, 0), due)
    shop.settle()
    promises.setData(promises.index(0, 2), "退至基金专户")
    shop.settle()
    screen.pills.choose("report")
    report = screen.report
    assert report.lines["responsible"].text() == "闻一舟"
    report.texts["course"].setPlainText("逐项对照清单自查。")
    put_file(monkeypatch, tmp_path / "报告.pdf")
    report.save_report()
    shop.settle()
    assert (tmp_path / "报告.pdf").read_bytes()[:5] == b"%PDF-"
    shop.services.evidence.take(screen.session.id, [("盖章页.jpg", photo("盖章页"))], links=[world.link("seal", "盖章页")])
    screen.refresh(())
    shop.settle()
    assert shop.services.filling.missing(screen.id) == ()
    put_file(monkeypatch, tmp_path / "结果.zip")
    report.export()
    shop.settle()
    assert (tmp_path / "结果.zip").exists()
    [promise] = shop.services.filling.view(screen.id).promises
    assert (promise.amount_cny, promise.by_on.isoformat(), promise.note) == (Decimal("320.50"), due, "退至基金专户")
    assert nameless(screen) == []
    assert shop.errors == []


def test_what_is_missing_is_asked_about_before_the_export(
    shop: Desk, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = shop.open(lambda context: FillScreen(context, package))
    screen.pills.choose("report")
    put_file(monkeypatch, tmp_path / "结果.zip")
    screen.report.export()
    dialog = dialog_of(screen)
    assert isinstance(dialog, ConfirmDialog)
    assert not (tmp_path / "结果.zip").exists()
    dialog.accept()
    shop.settle()
    assert (tmp_path / "结果.zip").exists()


def test_a_comparison_shows_its_first_rows_in_the_smallest_window(desk: Desk) -> None:
    [line] = desk.services.self_checks.lines()
    screen = open_small(desk, SelfCheckScreen, self_check=line.check.id)
    compared = screen.detail.compared
    screen.detail.pills.choose("compare")
    rows = tuple(
        ComparedLine(f"ZCY-0{n}", "有无串换药品？", "fail", Decimal(100), "pass", None, (), Verdict.DECLARED_ONLY) for n in (1, 2)
    )
    hints = (Hint("lighter", "主动消除或者减轻违法行为危害后果的，应当从轻或者减轻行政处罚。" * 4, "第三十二条", "law"),)
    compared.show_comparison(Comparison(line.check.id, "", PHARMACY, rows, Decimal(200), Decimal(0), hints))
    desk.settle()
    table = compared.list.table
    assert table.visibleRegion().boundingRect() == table.rect()
    for row in range(2):
        assert table.viewport().rect().contains(table.visualRect(table.model().index(row, 0)))
    assert compared.hints.height() >= compared.hints.heightForWidth(compared.hints.width())


def test_a_return_is_taken_back_paid_and_compared(
    desk: Desk, shop: Desk, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [check] = shop.services.filling.all()
    visit = shop.services.filling.view(check.id).visit
    for item in ("ZCY-01", "ZCY-02", "ZCY-03", "ZCY-04"):
        shop.services.inspections.answer(visit, "ZCY", item, state="pass")
    shop.services.filling.promise(check.id, Decimal("100"), today(now()))
    shop.services.filling.export(check.id, tmp_path / "结果.zip")
    screen = desk.open(SelfCheckScreen)
    put_file(monkeypatch, tmp_path / "结果.zip")
    screen.choose_return()
    desk.settle()
    assert screen.stack.currentWidget() is screen.detail
    assert any("1 条异常数据未答复" in one for one in desk.banners)
    assert [row.state for row in map(screen.detail.answers.model.at, range(4))] == ["pass"] * 4
    screen.detail.pills.choose("promises")
    screen.detail._pay_current()
    dialog = dialog_of(screen)
    dialog.finish()
    desk.settle()
    assert [one.paid_cny for one in desk.services.self_checks.view(check.id).filled.promises] == [Decimal("100.00")]
    screen.detail.pills.choose("compare")
    desk.settle()
    assert "现场检查" in screen.detail.compared.list.none.text()
    screen.choose_return()
    desk.settle()
    assert desk.toasts[-1] == "这份结果已经导入过，没有改动。"
    shop.services.inspections.answer(visit, "ZCY", "ZCY-01", state="fail")
    shop.services.filling.export(check.id, tmp_path / "结果.zip")
    screen.choose_return()
    desk.settle()
    dialog = dialog_of(screen)
    dialog.accept()
    desk.settle()
    assert desk.services.self_checks.view(check.id).filled.answers[0].state == "fail"
    assert desk.errors == []


def test_a_changed_file_is_refused_with_a_sentence_and_nothing_is_stored(
    desk: Desk, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "坏.zip"
    content = package.read_bytes()
    broken.write_bytes(content[:200] + b"x" + content[201:])
    screen = desk.open(SelfCheckScreen)
    put_file(monkeypatch, broken)
    screen.choose_return()
    desk.settle()
    [error] = desk.errors
    assert error.code == "selfcheck.tampered"
    desk.errors.clear()
    [line] = desk.services.self_checks.lines()
    assert line.check.state is SelfCheckState.ISSUED


def test_an_institution_is_reminded_and_a_request_withdrawn(desk: Desk, package: Path) -> None:
    screen = desk.open(SelfCheckScreen)
    [line] = desk.services.self_checks.lines()
    screen.show_one(line.check.id)
    desk.settle()
    screen.detail._ask_remind()
    dialog_of(screen).finish()
    desk.settle()
    assert [one.method for one in desk.services.self_checks.view(line.check.id).reminders] == ["电话"]
    screen.detail._ask_cancel()
    dialog = dialog_of(screen)
    assert isinstance(dialog, ConfirmDialog)
    dialog._reason.setPlainText("机构已停业")
    dialog.accept()
    desk.settle()
    screen.pills.choose("cancelled")
    assert screen.list.model.rowCount() == 1
    assert desk.errors == []


def test_the_first_start_shows_who_asks_and_makes_a_store_of_its_own(
    package: Path, tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot
) -> None:
    services = self_check_services(_opened(tmp_path / "new"))
    window = MainWindow(
        runner, bus, prefs, find_screens=lambda: screens(package),
        first_page=lambda every, work, needs: first_page(package, every, work, needs),
    )  # fmt: skip
    qtbot.addWidget(window)
    window.show()
    window.open_with(lambda: services)
    page = _page(window, runner, qtbot, InstitutionFirstPage)
    qtbot.waitUntil(page.next.isEnabled)
    assert PHARMACY in page.asked.text()
    assert page.mark.text().count(" ") >= 5
    page.advance()
    assert page.person_row.error
    page.person.setText("闻一舟")
    page.secret.edit.setText(SECRET)
    page.again.edit.setText(SECRET)
    page.advance()
    qtbot.waitUntil(lambda: page._pages.currentIndex() == 1)
    page.typed.setText(page._key.split("-")[-1])
    page.advance()
    qtbot.waitUntil(lambda: window.frame is not None and runner.is_idle, timeout=10_000)
    assert window.frame.place_names == ("fill", "evidence", "settings")
    assert not window.frame.header.sync.isVisible()
    assert window.frame.screen_now.id is not None
    window.frame.go("settings")
    qtbot.waitUntil(lambda: runner.is_idle)
    assert not hasattr(SelfCheckServices, "sync")
    window.close()
    services.close()


def test_a_package_that_is_none_is_said_before_anything_is_made(
    tmp_path: Path, runner: Runner, theme: Theme, qtbot: QtBot
) -> None:
    (tmp_path / "x.zip").write_text("nothing")
    services = _opened(tmp_path / "new")
    page = first_page(tmp_path / "x.zip", services, runner, "passphrase")
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.failed) as told:
        pass
    assert told.args[0].code == "selfcheck.not_a_package"
    assert not (tmp_path / "new").exists()


def test_the_first_run_offers_the_way_for_institutions(runner: Runner, theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    services = _opened(tmp_path / "new")
    page = FirstRunPage(services.vault, runner, needs="passphrase")
    qtbot.addWidget(page)
    assert "自查包" in page.institution.text()
    program, words = self_check_command("包.zip")
    assert (Path(program).exists(), words[-2:]) == (True, ["--self-check", "包.zip"])


def _page(window: MainWindow, runner: Runner, qtbot: QtBot, kind: type[InstitutionFirstPage]) -> InstitutionFirstPage:
    qtbot.waitUntil(lambda: isinstance(window.page, kind), timeout=5000)
    found = window.page
    assert isinstance(found, kind)
    return found
