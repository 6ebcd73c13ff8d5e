"""The key that seals secrets, in an administrator's hands: brought along to a restored server, or made anew when it is lost."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, func, select, update

from sync.protocol.errors import SyncError
from sync.server import seals
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.seals import KeyDiffers, KeyMissing, Seal
from sync.server.world import World


class KeyNeeded(SyncError):
    """Say that a backup was made with a key that nobody gave."""

    code = "server.key_needed"


class KeyWorks(SyncError):
    """Say that the key is as it should be, and is not replaced: `path`."""

    code = "server.key_works"


class KeyTaken(SyncError):
    """Say that there is another key where one should be put: `path`."""

    code = "server.key_taken"


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a new key cost: people whose six digits are void, and whether the keys for packets went."""

    key: str
    people: int
    packets: bool


def find(wanted: str, target: Path | None, given: Path | None) -> bytes | None:
    """Return the key to put at the target; None where it lies there already or no key is needed.

    Args:
        wanted: Digest by which the backup knows its key.

    Raises:
        KeyNeeded: If none was given and none is there.
        KeyDiffers, KeyMissing: If what was given is not the one.
        KeyTaken: If another one is at the target.
    """
    if not wanted:
        return None
    if target is not None and target.exists():
        if seals.key_id(seals.read_key(target)) != wanted:
            raise KeyTaken(path=str(target))
        return None
    if given is None or target is None:
        raise KeyNeeded()
    key = seals.read_key(given)
    if seals.key_id(key) != wanted:
        raise KeyDiffers(path=str(given))
    return key


def renew(database: Database, seal: Seal, world: World) -> Renewed:
    """Make a new key in the place of one that is lost; what only the lost one opened is dropped, and nothing else.

    Raises:
        KeyWorks: If it is not lost.
        KeyMissing: If nobody named a place for it.
        OSError: If it cannot be written; then nothing has changed.
    """
    if seal.path is None:
        raise KeyMissing(path=seals.KEY_NAME)
    try:
        seal.check()
        raise KeyWorks(path=str(seal.path))
    except (KeyMissing, KeyDiffers):
        pass
    if seal.path.exists():  # a wrong one may be the right one of another server
        os.replace(seal.path, seal.path.with_name(f"{seal.path.name}.{world.now_ms()}.old"))
    key = world.random_bytes(32)
    seals.write_key(seal.path, key)
    person = schema.person.c
    with database.write() as unit:
        people = unit.execute(select(func.count()).where(person.totp.is_not(None))).scalar_one()
        unit.execute(update(schema.person).where(person.totp.is_not(None)).values(totp=None))
        packets = unit.execute(delete(schema.packet_key)).rowcount > 0
        unit.execute(update(schema.server_self).values(key_id=seals.key_id(key)))
    return Renewed(seals.key_id(key), people, packets)
