"""Instants as they are stored."""

import datetime as dt
import random

from app.core.clock import from_ms, to_ms


def test_an_instant_is_read_to_the_millisecond_whenever_it_was() -> None:
    chance = random.Random(20261122)
    edges = (-1, 0, 1, 2**32 * 1000 - 1, 2**32 * 1000, 2**32 * 1000 + 1)
    for ms in (*edges, *(chance.randrange(-(10**12), 10**13) for _ in range(5000))):
        read = from_ms(ms)
        assert read == dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=ms)
        assert read.utcoffset() == dt.timedelta(0)
    assert to_ms(from_ms(1_795_392_000_123)) == 1_795_392_000_123
