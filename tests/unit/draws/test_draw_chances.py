"""How often everybody is drawn: counted over many seeds, against the exact probabilities."""

import itertools
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import pytest

from app.draws.tickets import Tickets

EVEN = {f"i{n}": 1 for n in range(6)}
WEIGHTED = {"i0": 1, "i1": 1, "i2": 2, "i3": 3, "i4": 1}


def probabilities(weights: Mapping[str, int], take: int) -> dict[frozenset[str], Fraction]:
    """Return the exact probability of every result: one after the other, each by its weight among those left."""
    found: Counter[frozenset[str]] = Counter()
    for order in itertools.permutations(weights, take):
        left, chance = sum(weights.values()), Fraction(1)
        for one in order:
            chance *= Fraction(weights[one], left)
            left -= weights[one]
        found[frozenset(order)] += chance
    return dict(found)


def chi_square(weights: Mapping[str, int], take: int, draws: int) -> tuple[float, int]:
    """Return the statistic over so many draws with the seeds 0, 1, 2 …, and its degrees of freedom."""
    rows = list(weights.items())
    seen = Counter(
        frozenset(row for _, row in Tickets(f"{number:020d}").first(rows, take)) for number in range(draws)
    )
    exact = probabilities(weights, take)
    assert set(seen) <= set(exact)
    return sum(float((seen[one] - draws * p) ** 2 / (draws * p)) for one, p in exact.items()), len(exact) - 1


# The 99.9 % points of the distribution with 19 and 9 degrees of freedom.
@pytest.mark.parametrize(("weights", "take", "limit"), [(EVEN, 3, 43.8), (WEIGHTED, 2, 27.9)])
def test_every_result_comes_as_often_as_it_should(weights: Mapping[str, int], take: int, limit: float) -> None:
    statistic, freedom = chi_square(weights, take, 6000)
    assert freedom == {3: 19, 2: 9}[take]
    assert statistic < limit


def test_the_exact_probabilities_add_up_and_weight_counts() -> None:
    exact = probabilities(WEIGHTED, 2)
    assert sum(exact.values()) == 1
    of = {one: sum(p for result, p in exact.items() if one in result) for one in WEIGHTED}
    assert of["i3"] > of["i2"] > of["i0"] == of["i4"]
