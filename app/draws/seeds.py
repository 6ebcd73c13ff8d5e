"""The seed: digits from dice, a lottery result or several people, known only after the registers were frozen."""

import datetime as dt
from collections.abc import Sequence

from app.core.draws import Source, SourceKind, digits_needed
from app.core.errors import Refused


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
    needed = digits_needed(sources)
    if len(seed) < needed:
        raise Refused("draw.seed_short", digits=len(seed), needed=needed)
    return seed

