"""When the next run begins."""

import pytest

from app.services.sync_schedule import (
    LEAST_ASK_S,
    LEAST_RETRY_S,
    MOST_RETRY_S,
    SETTLE_AT_MOST_S,
    SETTLE_S,
    Schedule,
)


def running(chance: float = 1.0) -> Schedule:
    schedule = Schedule(lambda: chance, every_s=300.0)
    schedule.begun(0.0)
    schedule.started()
    schedule.succeeded(100.0)
    return schedule


def test_without_changes_a_run_follows_at_its_time() -> None:
    assert running().due == 400.0


def test_after_a_change_it_waits_until_it_is_quiet_but_not_for_ever() -> None:
    schedule = running()
    schedule.changed(110.0)
    assert schedule.due == 110.0 + SETTLE_S
    for second in range(111, 140):
        schedule.changed(float(second))
    assert schedule.due == 110.0 + SETTLE_AT_MOST_S


def test_a_change_never_puts_a_run_off() -> None:
    schedule = running()
    schedule.changed(399.5)
    assert schedule.due == 400.0


def test_what_changes_while_a_run_is_under_way_asks_for_another_one() -> None:
    schedule = running()
    schedule.started()
    schedule.changed(401.0)
    schedule.succeeded(405.0)
    assert schedule.due == 405.0 + SETTLE_S


def test_failing_runs_come_later_and_later_up_to_five_minutes() -> None:
    schedule, waits, now = running(), [], 100.0
    for _ in range(12):
        schedule.started()
        schedule.failed(now, again=True)
        assert schedule.due is not None
        waits.append(schedule.due - now)
        now = schedule.due
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == MOST_RETRY_S


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_the_whole_wait_is_left_to_chance(chance: float) -> None:
    schedule = running(chance)
    for _ in range(9):
        schedule.started()
        schedule.failed(0.0, again=True)
    assert schedule.due == pytest.approx(LEAST_RETRY_S + chance * (MOST_RETRY_S - LEAST_RETRY_S))


def test_while_it_fails_a_change_does_not_hurry_it_but_a_network_does() -> None:
    schedule = running()
    for _ in range(9):
        schedule.started()
        schedule.failed(1000.0, again=True)
    schedule.changed(1001.0)
    assert schedule.due == 1000.0 + MOST_RETRY_S
    schedule.reachable(1002.0)
    assert schedule.due == 1002.0 + LEAST_RETRY_S


def test_what_trying_again_does_not_mend_is_left_until_its_time() -> None:
    schedule = running()
    schedule.started()
    schedule.failed(100.0, again=False)
    assert schedule.due == 400.0


def test_a_pause_holds_everything_but_the_button() -> None:
    schedule = running()
    schedule.set(110.0, every_s=300.0, is_paused=True)
    schedule.changed(111.0)
    assert schedule.due is None
    schedule.asked(112.0)
    assert schedule.due == 112.0
    schedule.started()
    schedule.succeeded(113.0)
    assert schedule.due is None
    schedule.set(120.0, every_s=300.0, is_paused=False)
    assert schedule.due == 120.0


def test_the_button_begins_at_once_after_failures_too() -> None:
    schedule = running()
    schedule.started()
    schedule.failed(100.0, again=True)
    schedule.asked(100.5)
    assert schedule.due == 100.5


def test_while_the_server_puts_a_file_together_it_is_asked_less_and_less_often_and_never_later_than_usual() -> None:
    schedule = running()
    waits = []
    for _ in range(9):
        schedule.started()
        schedule.at_work(1000.0)
        assert schedule.due is not None
        waits.append(schedule.due - 1000.0)
    assert waits == [LEAST_ASK_S * times for times in (1, 2, 4, 8, 16, 32)] + [300.0] * 3
    schedule.changed(1001.0)
    assert schedule.due == 1001.0 + SETTLE_S, "what is written meanwhile waits for nothing"
    schedule.started()
    schedule.succeeded(1010.0)
    assert schedule.due == 1310.0
    schedule.started()
    schedule.at_work(2000.0)
    assert schedule.due == 2000.0 + LEAST_ASK_S


def test_a_pause_and_other_wishes_hold_for_what_the_server_is_at_as_well() -> None:
    schedule = running()
    schedule.started()
    schedule.at_work(100.0)
    schedule.set(101.0, every_s=300.0, is_paused=True)
    assert schedule.due is None
