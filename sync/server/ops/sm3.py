"""Compare, beside the work of the server, the SM3 that a record says of a file with the file's bytes.

A receipt waits for SHA-256 alone (docs/decisions/sync-chunks-are-files.md): bytes under their right name are never sent back.
"""

import logging
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives import hashes
from sqlalchemy import select, update

from sync.protocol.errors import SyncError
from sync.server.blob_rows import EQUAL, OTHER
from sync.server.db import schema
from sync.server.errors import BlobDigest
from sync.server.incoming import verified
from sync.server.rounds import Rounds
from sync.server.routes import Office

_EVERY_S: Final = 60.0
_SOME: Final = 200


def compare(office: Office, pause: Callable[[float], bool] = lambda seconds: False) -> tuple[str, ...]:
    """Compare all files where that was not done yet, and return the digests of those whose record says another SM3.

    Args:
        pause: Called after each file with the seconds it took; if true, the rest is left for another time.
    """
    of, after = schema.blob.c, ""
    found: list[str] = []
    while True:
        due = (of.sm3 != "") & (of.sm3_is == "") & of.damaged_ms.is_(None) & (of.sha256 > after)
        with office.database.read() as unit:
            some = unit.execute(select(of.sha256, of.sm3).where(due).order_by(of.sha256).limit(_SOME)).all()
        if not some:
            return tuple(found)
        for sha256, sm3 in some:
            after, began_ms = sha256, office.world.now_ms()
            try:
                result = EQUAL if _sm3(office, sha256) == sm3 else OTHER
            except (FileNotFoundError, BlobDigest):  # the bytes are at fault: `doctor` and `scrub` say so
                continue
            with office.database.write() as unit:
                unit.execute(update(schema.blob).where(of.sha256 == sha256, of.sm3 == sm3).values(sm3_is=result))
            if result == OTHER:
                found.append(sha256)
                logging.getLogger(__name__).error("file.sm3")
            if pause(max(0, office.world.now_ms() - began_ms) / 1000):
                return tuple(found)


def _sm3(office: Office, sha256: str) -> str:
    digest = hashes.Hash(hashes.SM3())  # not every Python's hashlib has it
    for data in verified(office.blobs.store.read(sha256), sha256):
        digest.update(data)
    return digest.finalize().hex()


def comparing(office: Office) -> Rounds:
    """Return the rounds that compare what came, a minute later and at half speed, while the server runs."""

    def work() -> None:
        try:
            compare(office, rounds.rest)
        except (SyncError, OSError):  # the requests that meet the same trouble are answered with it
            logging.getLogger(__name__).exception("sm3.not_compared")

    rounds = Rounds("sm3", _EVERY_S, work)
    return rounds
