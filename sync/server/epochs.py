"""The server's histories: an epoch ends when something that was given out is gone, and every device reads anew."""

import logging
from typing import Final

from sqlalchemy import Connection, insert, select, update

from sync.server import errors
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.world import World

_CURRENT: Final = select(schema.server_self.c.epoch)  # built once: every request asks


def current(unit: Connection) -> str:
    """Return the epoch that cursors and acknowledgements belong to."""
    return str(unit.execute(_CURRENT).scalar_one())


def require(unit: Connection, epoch: str) -> None:
    """Require that a request belongs to the history that the server has.

    Raises:
        EpochChanged: If it does not.
    """
    now = current(unit)
    if now != epoch:
        raise errors.EpochChanged(epoch=now)


def recover(database: Database, world: World, reason: str) -> str:
    """Begin a new epoch after a restore and return it: devices give back what they hold and the server lost."""
    with database.write() as unit:
        return begin(unit, world, reason)


def begin(unit: Connection, world: World, reason: str, device: str | None = None) -> str:
    """Begin a new epoch; the old one and the reason are kept, and the log says so as an alarm.

    Args:
        device: Whose cursor showed that history is missing.
    """
    old, new = current(unit), world.new_id()
    unit.execute(
        insert(schema.epoch_past).values(epoch=old, ended_ms=world.now_ms(), reason=reason[:200], device=device)
    )
    unit.execute(update(schema.server_self).values(epoch=new))
    # A history that was lost numbered other rights, as high as those that follow would be: everybody is to ask anew.
    unit.execute(update(schema.person).values(scopes_ver=world.now_ms()))
    logging.getLogger(__name__).error("epoch.begun reason=%s", reason)
    return new


def began_by(unit: Connection) -> str | None:
    """Return the device whose cursor ended the epoch before this one, if one did."""
    past = schema.epoch_past.c
    last = select(past.device).order_by(past.ended_ms.desc(), past.epoch).limit(1)
    return unit.execute(last).scalar()
