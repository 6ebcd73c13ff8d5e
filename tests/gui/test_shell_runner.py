"""Operations run off the GUI thread and their results come back to it."""

import threading

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.errors import Refused, Unavailable
from app.core.outcome import Change, Outcome
from app.core.progress import Progress
from app.gui.bus import Bus
from app.gui.runner import Failure, Runner, Work


def idle(qtbot: QtBot, runner: Runner) -> None:
    qtbot.waitUntil(lambda: runner.is_idle, timeout=5000)


def test_a_result_arrives_on_the_gui_thread(qtbot: QtBot, runner: Runner) -> None:
    seen: list[tuple[int, bool]] = []
    main = threading.get_ident()
    runner.run_read(threading.get_ident, lambda ident: seen.append((ident, threading.get_ident() == main)))
    idle(qtbot, runner)
    assert seen[0][0] != main
    assert seen[0][1]


def test_writes_run_one_after_another_in_the_order_asked(qtbot: QtBot, runner: Runner) -> None:
    order: list[int] = []
    for number in range(20):
        runner.run_write(lambda number=number: order.append(number))
    idle(qtbot, runner)
    assert order == list(range(20))


def test_a_write_publishes_what_it_changed(qtbot: QtBot, runner: Runner, bus: Bus) -> None:
    heard: list[tuple[Change, ...]] = []
    bus.changed.connect(heard.append)
    runner.run_write(lambda: Outcome(1, frozenset({Change("finding", "f1")})))
    idle(qtbot, runner)
    assert heard == [(Change("finding", "f1"),)]


def test_a_write_is_published_even_when_its_asker_is_gone(qtbot: QtBot, runner: Runner, bus: Bus) -> None:
    heard: list[object] = []
    told: list[object] = []
    bus.changed.connect(heard.append)
    gate = threading.Event()
    owner = QObject()

    def write() -> Outcome[int]:
        gate.wait(5)
        return Outcome(1, frozenset({Change("finding", "f1")}))

    runner.run_write(write, told.append, owner=owner)
    del owner
    gate.set()
    idle(qtbot, runner)
    assert heard
    assert not told


def test_waiting_for_a_result_does_not_keep_a_screen_alive(qtbot: QtBot, runner: Runner) -> None:
    class Asker(QObject):
        told = 0

        def done(self, _value: object) -> None:
            Asker.told += 1

    gate = threading.Event()
    asker = Asker()
    runner.run_read(lambda: gate.wait(5), asker.done, owner=asker)
    del asker
    gate.set()
    idle(qtbot, runner)
    assert Asker.told == 0


def test_an_unhandled_refusal_goes_to_the_one_place(qtbot: QtBot, runner: Runner) -> None:
    failures: list[Failure] = []
    runner.failed.connect(failures.append)

    def refuse() -> None:
        raise Refused("record.locked")

    runner.run_write(refuse)
    idle(qtbot, runner)
    assert isinstance(failures[0].error, Refused)
    assert failures[0].retry is None


def test_a_retry_runs_the_same_operation_again(qtbot: QtBot, runner: Runner) -> None:
    failures: list[Failure] = []
    tries: list[int] = []
    done: list[str] = []
    runner.failed.connect(failures.append)

    def busy_at_first() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise Unavailable("db.busy", file="office.db")
        return "saved"

    runner.run_write(busy_at_first, done.append)
    idle(qtbot, runner)
    retry = failures[0].retry
    assert retry is not None
    retry()
    idle(qtbot, runner)
    assert done == ["saved"]


def test_cancelled_work_is_told_to_nobody(qtbot: QtBot, runner: Runner) -> None:
    heard: list[object] = []
    runner.failed.connect(heard.append)
    started = threading.Event()

    def work(work: Work) -> None:
        started.set()
        while True:
            work.token.check()

    job = runner.run_long(work, heard.append, heard.append)
    assert started.wait(5)
    job.cancel()
    idle(qtbot, runner)
    assert heard == []


def test_progress_arrives_in_order(qtbot: QtBot, runner: Runner) -> None:
    seen: list[int] = []

    def work(work: Work) -> None:
        for done in range(5):
            work.report(Progress("intake", done, 5))

    runner.run_long(work, on_progress=lambda progress: seen.append(progress.done))
    idle(qtbot, runner)
    assert seen == [0, 1, 2, 3, 4]


def test_a_newer_read_of_the_same_key_makes_the_older_one_stale(qtbot: QtBot, runner: Runner) -> None:
    seen: list[str] = []
    gate = threading.Event()
    owner = QObject()

    def slow() -> str:
        gate.wait(5)
        return "old"

    runner.run_read(slow, seen.append, owner=owner, key="list")
    runner.run_read(lambda: "new", seen.append, owner=owner, key="list")
    qtbot.waitUntil(lambda: seen == ["new"])
    gate.set()
    idle(qtbot, runner)
    assert seen == ["new"]


def test_closing_finishes_the_writes_that_were_asked_for(qapp: QApplication, bus: Bus) -> None:
    runner = Runner(bus)
    written: list[int] = []
    for number in range(10):
        runner.run_write(lambda number=number: written.append(number))
    runner.close()
    assert written == list(range(10))


def test_the_gui_thread_is_never_blocked_by_slow_work(qtbot: QtBot, runner: Runner) -> None:
    runner.run_read(lambda: QThread.msleep(300))
    with qtbot.waitSignal(runner.busy, timeout=5000) as blocker:
        pass
    assert blocker.args == [False]


def test_a_bug_is_logged_and_shown(qtbot: QtBot, runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    failures: list[Failure] = []
    runner.failed.connect(failures.append)
    runner.run_read(lambda: 1 // 0)
    idle(qtbot, runner)
    assert isinstance(failures[0].error, ZeroDivisionError)
    assert "runner.bug" in caplog.text
