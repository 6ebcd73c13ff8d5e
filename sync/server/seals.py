"""Secrets that the database keeps and must not tell: sealed with a key that lies in a file of its own, never in a backup.

What is sealed: the secrets of the six digits, and the seed of the server's keys for packets. The database knows a digest
of the key, so that another key, or none, is noticed before anything is sealed or opened with it.
"""

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select, update

from sync.protocol.errors import SyncError
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.world import World

KEY_NAME: Final = "server.key"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_VERSION: Final = "v1."


class KeyMissing(SyncError):
    """Say that the file with the key is not there, or cannot be read: `path`."""

    code = "server.key_missing"


class KeyDiffers(SyncError):
    """Say that the file holds no key, or another one than that which sealed this database's secrets: `path`."""

    code = "server.key_differs"


class Seal:
    """Seal and open short texts of one database.

    Attributes:
        path: Where the key lies; None where nobody named a place.
    """

    def __init__(self, path: Path | None, database: Database, world: World) -> None:
        self.path: Final = path
        self._database = database
        self._world = world
        self._held: tuple[int, bytes] | None = None  # since when the file is as it is, and what is in it

    def settle(self) -> None:
        """Give a server that has no key yet the one in the file, made now if there is none.

        Where that cannot be done nothing happens: whatever needs the key says so.
        """
        if self._known() is not None:
            return
        with self._database.write() as unit:
            if unit.execute(select(schema.server_self.c.key_id)).scalar() is not None:
                return
            try:
                if self.path is not None and not self.path.exists():
                    write_key(self.path, self._world.random_bytes(_KEY_BYTES))
                known = key_id(self._key())
            except (KeyMissing, KeyDiffers, OSError):
                return
            unit.execute(update(schema.server_self).values(key_id=known))

    def check(self) -> bytes:
        """Return the key, which is this database's.

        Raises:
            KeyMissing, KeyDiffers: If it is not there, or is another one.
        """
        key = self._key()
        if key_id(key) != self._known():
            raise KeyDiffers(path=str(self.path))
        return key

    def close(self, text: str, at: str) -> str:
        """Seal a text; it opens only for the same place `at`.

        Raises:
            KeyMissing, KeyDiffers: If there is no key to do it with.
        """
        key, nonce = self.check(), self._world.random_bytes(_NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, text.encode(), at.encode())
        return _VERSION + base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, at: str) -> str:
        """Return what was sealed.

        Raises:
            KeyMissing, KeyDiffers: If the key is not there, or is not the one.
        """
        key = self._key()
        try:
            data = base64.b64decode(sealed.removeprefix(_VERSION), validate=True)
            return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], at.encode()).decode()
        except (InvalidTag, ValueError) as problem:
            raise KeyDiffers(path=str(self.path)) from problem

    def _key(self) -> bytes:
        """Return what is in the file; one that is put there anew counts at once, one that goes is held until the end."""
        if self.path is None:
            raise KeyMissing(path=KEY_NAME)
        try:
            since = self.path.stat().st_mtime_ns
        except OSError as problem:
            if self._held is None:
                raise KeyMissing(path=str(self.path)) from problem
            return self._held[1]
        if self._held is None or self._held[0] != since:
            self._held = since, read_key(self.path)
        return self._held[1]

    def _known(self) -> str | None:
        with self._database.read() as unit:
            return unit.execute(select(schema.server_self.c.key_id)).scalar()


def key_id(key: bytes) -> str:
    """Return the digest by which a database knows its key."""
    return hashlib.sha256(b"yanfang.server-key.v1\0" + key).hexdigest()[:32]


def read_key(path: Path) -> bytes:
    """Read a key from its file, 64 hexadecimal digits.

    Raises:
        KeyMissing: If there is none that can be read.
        KeyDiffers: If it is none.
    """
    try:
        key = binascii.unhexlify(path.read_bytes().strip())
    except OSError as problem:
        raise KeyMissing(path=str(path)) from problem
    except ValueError as problem:
        raise KeyDiffers(path=str(path)) from problem
    if len(key) != _KEY_BYTES:
        raise KeyDiffers(path=str(path))
    return key


def write_key(path: Path, key: bytes) -> None:
    """Write a key that only its owner may read.

    Raises:
        OSError: If something is there already, or it cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(key.hex().encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
