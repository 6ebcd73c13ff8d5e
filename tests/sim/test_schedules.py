"""Schedules of accidents, each decided by its seed: nothing acknowledged is lost or doubled, everybody agrees in the end.

YANFANG_SCHEDULES says how many (1000 where it is not set); `python -m tests.sim --seeds A B` runs any others and tells figures.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sim.folder import fast_folder
from tests.sim.schedule import Simulator
from tests.unit.sync.kit import ROOT

SCHEDULES = int(os.environ.get("YANFANG_SCHEDULES", "1000"))
PARTS = 10


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder, Simulator.opened(Path(folder)) as opened:
        yield opened


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_acknowledged_is_lost_and_everybody_agrees_in_the_end(simulator: Simulator, part: int) -> None:
    found: dict[int, tuple[str, ...]] = {}
    seen: Counter[str] = Counter()
    for seed in range(part, SCHEDULES, PARTS):
        outcome = simulator.run(seed)
        seen.update(outcome.seen)
        if outcome.violations:
            found[seed] = outcome.violations
    assert found == {}
    wanted = {
        "request lost", "answer lost", "request doubled", "late request", "laptop crash in sync", "clock jump", "clone",
        "laptop restore", "packet at the server", "reply written", "relay visit", "packet exchange", "role ended", "role given",
        "file put together beside the requests",
    }  # fmt: skip
    assert SCHEDULES < 1000 or wanted <= seen.keys()


def test_the_same_seed_goes_the_same_way(simulator: Simulator) -> None:
    first = [simulator.run(seed) for seed in range(12)]
    assert [simulator.run(seed) for seed in range(12)] == first
    assert len({one.trace for one in first}) == 12
    # In another process, where sets have another order.
    told = subprocess.run(
        [sys.executable, "-m", "tests.sim", "--seeds", "0", "12", "--traces"],
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "77"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [line.split()[-1] for line in told.stdout.splitlines() if line.startswith("trace")] == [one.trace for one in first]
