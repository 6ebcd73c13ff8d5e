"""What the simulation found, each as the few steps that it takes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sim.beginnings import SCOPES, Plan
from tests.sim.fate import Fate
from tests.sim.folder import fast_folder
from tests.sim.schedule import Schedule, Simulator


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder, Simulator.opened(Path(folder)) as opened:
        yield opened


def two_colleagues(simulator: Simulator) -> Schedule:
    """Return an office of two laptops in which nothing goes wrong by chance."""
    schedule = simulator.begun(Plan((SCOPES[0],) * 2, (("s:*",),) * 2, has_offices=False), Fate(1))
    schedule.fate.is_kind = True
    return schedule


def test_who_carries_a_colleagues_lines_may_have_a_wrong_clock(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, carrier = schedule.laptops
    while not author.written:
        author.work()
    wrote = set(author.written)
    schedule.road.meet(author, carrier)
    carrier.jump(10 * 24 * 3_600_000)
    for _ in range(2):  # the first run learns what time it is
        carrier.sync()
    assert {op for (op,) in schedule.server.rows("SELECT op FROM op")} >= wrote
