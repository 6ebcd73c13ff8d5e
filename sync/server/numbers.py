"""Lend document numbers: each range to one device, none twice, also after a restored backup."""

import hashlib
from typing import Final

from sqlalchemy import Connection, and_, func, insert, select, update

from sync.protocol.numbers import (
    LAST,
    RANGE,
    NumberRange,
    RangeAnswer,
    RangeRequest,
    RangesAnswer,
    RangesRequest,
)
from sync.protocol.policy import Action, may
from sync.server import epochs, errors
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_new
from sync.server.devices import Device
from sync.server.world import World

# What was lent after the backup that a server was set back to is not known to it: it goes on beyond that.
SKIPPED: Final = 100
_SERIES: Final = schema.number_series.c
_LENT: Final = schema.number_range.c


def lend(database: Database, world: World, device: Device, asked: RangesRequest) -> RangesAnswer:
    """Lend the next range of each series; the same request again is answered by the same range.

    Raises:
        BadRange: If the request cannot be answered.
        Forbidden: If the device may not write into the office's feed.
        NumbersExhausted: If the year's numbers of a series are used up.
        RangeOfOther: If another device asked under one of the ids.
    """
    asked.check()
    if not all(may(device.access, Action.SET, one.scope) for one in asked.wanted):
        raise errors.Forbidden()
    with database.write() as unit:  # alone: nobody else counts meanwhile
        return RangesAnswer(tuple(_lent(unit, world, device, one) for one in asked.wanted))


def _lent(unit: Connection, world: World, device: Device, wanted: RangeRequest) -> RangeAnswer:
    clashing = _register(unit, world, device, wanted)
    known = unit.execute(select(schema.number_range).where(_LENT.request == wanted.request)).first()
    if known is None:
        return RangeAnswer(_next(unit, world, device, wanted), clashing)
    is_same = (known.device, known.scope, known.series, known.year) == (
        device.id, wanted.scope, wanted.series, wanted.year,
    )  # fmt: skip
    if not is_same:
        raise errors.RangeOfOther()
    return RangeAnswer(NumberRange(known.request, known.first, known.last), clashing)


def _next(unit: Connection, world: World, device: Device, wanted: RangeRequest) -> NumberRange:
    epoch, key = epochs.current(unit), _key(wanted)
    insert_new(unit, schema.number_series, {
        "series": key, "last": 0, "epoch": epoch, "name": wanted.series, "scope": wanted.scope, "year": wanted.year,
    })  # fmt: skip
    head = unit.execute(select(schema.number_series).where(_SERIES.series == key)).one()
    of_series = and_(_LENT.scope == wanted.scope, _LENT.series == wanted.series, _LENT.year == wanted.year)
    top = unit.execute(select(func.max(_LENT.last)).where(of_series)).scalar() or 0
    last = max(head.last, top, wanted.known) + (SKIPPED if head.epoch != epoch else 0)
    made = NumberRange(wanted.request, last + 1, last + RANGE)
    if made.last > LAST:
        raise errors.NumbersExhausted(series=wanted.series, year=wanted.year)
    unit.execute(update(schema.number_series).where(_SERIES.series == key).values(last=made.last, epoch=epoch))
    unit.execute(insert(schema.number_range).values(_row(world, device, wanted, made)))
    return made


def _register(unit: Connection, world: World, device: Device, wanted: RangeRequest) -> tuple[str, ...]:
    """Take up ranges of which this server knows nothing any more; return those that it has lent to another since."""
    clashing = []
    for held in wanted.held:
        known = unit.execute(select(_LENT.device).where(_LENT.request == held.request)).scalar()
        if known == device.id:
            continue
        here = and_(
            _LENT.scope == wanted.scope, _LENT.series == wanted.series, _LENT.year == wanted.year,
            _LENT.first <= held.last, _LENT.last >= held.first,
        )  # fmt: skip
        if known is not None or unit.execute(select(_LENT.request).where(here)).first() is not None:
            clashing.append(held.request)
            continue
        unit.execute(insert(schema.number_range).values(_row(world, device, wanted, held)))
    return tuple(clashing)


def _row(world: World, device: Device, wanted: RangeRequest, made: NumberRange) -> dict[str, object]:
    return {
        "request": made.request, "scope": wanted.scope, "series": wanted.series, "year": wanted.year,
        "first": made.first, "last": made.last, "device": device.id, "lent_ms": world.now_ms(),
    }  # fmt: skip


def _key(wanted: RangeRequest) -> str:
    named = "\0".join((wanted.scope, wanted.series, str(wanted.year)))
    return hashlib.sha256(named.encode()).hexdigest()
