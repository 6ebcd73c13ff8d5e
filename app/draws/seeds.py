"""The seed: digits from dice, a lottery result or several people, known only after the registers were frozen."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from app.core.draws import MIN_DIGITS, Source, SourceKind
from app.core.errors import Refused

_SPACE: Final = 10**MIN_DIGITS  # as many seeds as twenty ten-sided dice give: nobody can try them all


def joined(
    sources: Sequence[Source], announced: Sequence[tuple[str, str]], frozen_at: dt.datetime, drawn_at: dt.datetime
) -> str:
    """Return the seed: the digits of all sources behind one another, in the order announced with the frozen registers.

    Raises:
        Refused: `draw.sources_changed`, `draw.seed_digits`, `draw.seed_early`, `draw.seed_late`,
            `draw.seed_short`.
    """
    if [(str(one.kind), one.label) for one in sources] != list(announced):
        raise Refused("draw.sources_changed")
    for one in sources:
        sides = "123456" if one.kind is SourceKind.DICE else "0123456789"
        if not one.digits or not set(one.digits) <= set(sides):
            raise Refused("draw.seed_digits", source=one.label)
        if one.at is None or one.at <= frozen_at:
            raise Refused("draw.seed_early", source=one.label)
        if one.at > drawn_at:
            raise Refused("draw.seed_late", source=one.label)
    seed = "".join(one.digits for one in sources)
    if not is_long_enough(sources):
        raise Refused("draw.seed_short", digits=len(seed), needed=MIN_DIGITS)
    return seed


def is_long_enough(sources: Sequence[Source]) -> bool:
    """Return whether the digits are at least twenty, and make as many seeds possible as twenty decimal digits do."""
    sixes = sum(len(one.digits) for one in sources if one.kind is SourceKind.DICE)
    tens = sum(len(one.digits) for one in sources) - sixes
    return sixes + tens >= MIN_DIGITS and 6**sixes * 10**tens >= _SPACE
