"""The same schedules with a real PostgreSQL behind the same server: nothing is lost there either, and it behaves as SQLite does.

YANFANG_SCHEDULES_POSTGRES says how many (50 where it is not set); `python -m tests.sim --postgres --seeds A B` runs any others.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from sync.server.db.unit import Database
from tests.postgres import Postgres
from tests.sim.folder import fast_folder
from tests.sim.postgres_disk import PostgresDisk
from tests.sim.schedule import Outcome, Simulator

SCHEDULES = int(os.environ.get("YANFANG_SCHEDULES_POSTGRES", "50"))
PARTS = 5
FAULTS = {"server crash", "fail-over", "server restore silent", "server restore announced", "clone", "late request"}


@pytest.fixture(scope="module")
def simulator(postgres: Postgres) -> Iterator[Simulator]:
    with (
        tempfile.TemporaryDirectory(dir=fast_folder()) as folder,
        Simulator.opened(Path(folder), lambda place, world: PostgresDisk(place, world, postgres)) as opened,
    ):
        yield opened


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_acknowledged_is_lost_on_postgresql(simulator: Simulator, part: int) -> None:
    found: dict[int, tuple[str, ...]] = {}
    seen: Counter[str] = Counter()
    for seed in range(part, SCHEDULES, PARTS):
        outcome = simulator.run(seed)
        seen.update(outcome.seen)
        if outcome.violations:
            found[seed] = outcome.violations
    assert found == {}
    assert SCHEDULES < 50 or {"request lost", "answer lost", "fail-over"} <= seen.keys()


@pytest.mark.timeout(600)
def test_the_same_seed_goes_the_same_way_on_both_databases(postgres: Postgres) -> None:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder, Simulator.opened(Path(folder)) as simulator:
        on_sqlite = list(_until_every_fault(simulator))
    with (
        tempfile.TemporaryDirectory(dir=fast_folder()) as folder,
        # Where several processes serve, they remember nonces in the database, which is one more commit.
        mock.patch.object(Database, "is_shared", False),
        Simulator.opened(
            Path(folder), lambda place, world: PostgresDisk(place, world, postgres, may_break=False)
        ) as simulator,
    ):
        assert [simulator.run(one.seed) for one in on_sqlite] == on_sqlite


def _until_every_fault(simulator: Simulator) -> Iterator[Outcome]:
    """Give schedules in each of which a fault happens that happened in none before."""
    missing = set(FAULTS)
    for seed in range(200):
        outcome = simulator.run(seed)
        if missing & outcome.seen.keys():
            missing -= outcome.seen.keys()
            yield outcome
        if not missing:
            return
    raise AssertionError(f"{missing} did not happen")
