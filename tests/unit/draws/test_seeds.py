"""How long a seed must be."""

import datetime as dt

import pytest

from app.core.draws import Source, SourceKind, digits_needed
from app.core.errors import Refused
from app.draws.seeds import joined

FROZEN_AT = dt.datetime(2026, 6, 14, 8, tzinfo=dt.UTC)
NOW = FROZEN_AT + dt.timedelta(hours=1)
DICE, DICE10, LOTTERY = SourceKind.DICE, SourceKind.DICE10, SourceKind.LOTTERY


def sources(*given: tuple[SourceKind, int]) -> list[Source]:
    return [Source(kind, str(kind), "3" * count, NOW) for kind, count in given]


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ([(DICE10, 0)], 20), ([(DICE10, 19)], 20), ([(DICE10, 20)], 20), ([(LOTTERY, 31)], 31),
        ([(DICE, 0)], 26), ([(DICE, 20)], 26), ([(DICE, 26)], 26),
        ([(LOTTERY, 7), (DICE, 0)], 24), ([(LOTTERY, 7), (DICE, 13)], 24), ([(LOTTERY, 7), (DICE, 17)], 24),
    ],
)  # fmt: skip
def test_six_sided_dice_are_thrown_until_nobody_can_try_all_seeds(given: list[tuple[SourceKind, int]], needed: int) -> None:
    made = sources(*given)
    count = sum(len(one.digits) for one in made)
    assert digits_needed(made) == needed
    announced = [(str(one.kind), one.label) for one in made]
    if 0 < count < needed and all(one.digits for one in made):
        with pytest.raises(Refused, match=r"draw\.seed_short"):
            joined(made, announced, FROZEN_AT, NOW)
    elif count >= needed:
        assert joined(made, announced, FROZEN_AT, NOW) == "3" * count
