"""The checks see the bugs that others had: each one, put back on purpose, is found within some schedules."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sim import mutations
from tests.sim.folder import fast_folder
from tests.sim.schedule import EVEN, Simulator, Slant

WITHIN = 600
# An answer brings the receipts of what it acknowledges: seldom does a server fall back just between the two.
FIRST, LONGER = {"acknowledgement_as_receipt": 1600}, {"acknowledgement_as_receipt": 2000}
# What is seldom met by chance: lines that only a colleague still has, and a colleague who may not read them any more.
SLANTS = {
    "nothing_is_given_back": Slant(set_back=0.2),
    "what_its_carrier_may_not_read_is_dropped": Slant(has_offices=True, set_back=0.1, rights=0.5),
    "an_office_that_was_left_stays": Slant(has_offices=True),
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder, Simulator.opened(Path(folder)) as opened:
        yield opened


@pytest.mark.timeout(900)
@pytest.mark.parametrize("bug", sorted(mutations.ALL))
def test_a_bug_put_back_is_found(simulator: Simulator, bug: str) -> None:
    slant, first = SLANTS.get(bug, EVEN), FIRST.get(bug, 0)
    seeds = range(first, first + LONGER.get(bug, WITHIN))
    with mutations.ALL[bug]():
        found = next((seed for seed in seeds if simulator.run(seed, slant).violations), None)
    assert found is not None, f"{bug} was not seen in {len(seeds)} schedules"
    assert simulator.run(found, slant).violations == ()  # it was the bug, and nothing else
