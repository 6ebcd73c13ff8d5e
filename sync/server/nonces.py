"""Let each signed request pass only once.

A server of one process remembers in memory, and after a start takes no request that was made before it: nothing has to
be written for a request that only asks. Several workers remember in their database, without waiting for its disk: what
a power cut takes from it was older than the cut, and every request may be repeated anyway.
"""

import hashlib
import threading

from sqlalchemy import Connection, delete, text

from sync.protocol import signing
from sync.protocol.signing import RequestProof
from sync.server import errors
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_new
from sync.server.world import World


class Nonces:
    """Remember the nonces of the last minutes."""

    def __init__(self, database: Database, world: World) -> None:
        self._database = database
        self._world = world
        self._born_s = world.ticks_s()
        self._lock = threading.Lock()
        # Digests of device and nonce, in the order in which they came: three hundred devices leave many in ten minutes.
        self._burned: dict[bytes, int] = {}
        self._is_shared = database.is_shared

    def burn(self, proof: RequestProof, now_ms: int) -> None:
        """Let a request pass that did not pass before.

        Raises:
            StaleRequest: If it was made before this process was there to remember.
            ReplayedRequest: If it passed before.
        """
        if self._is_shared:
            self._database.transact(lambda unit: _write(unit, proof, now_ms))
            return
        # By a clock that nobody sets: one that is put right while the server runs must not shut everybody out.
        if now_ms - proof.time_ms > (self._world.ticks_s() - self._born_s) * 1000:
            raise errors.StaleRequest(server_ms=now_ms)
        key = _key(proof)
        with self._lock:
            if key in self._burned:
                raise errors.ReplayedRequest()
            self._burned[key] = now_ms + 2 * signing.WINDOW_MS  # a request may be made half a window ahead
            while (oldest := next(iter(self._burned))) and self._burned[oldest] < now_ms:
                del self._burned[oldest]


def _key(proof: RequestProof) -> bytes:
    return hashlib.blake2b(f"{proof.device}\0{proof.nonce}".encode(), digest_size=16).digest()


def _write(unit: Connection, proof: RequestProof, now_ms: int) -> None:
    unit.execute(text("SET LOCAL synchronous_commit = off"))
    of = schema.nonce.c
    # Its own old ones only: no two devices' requests ever wait for each other.
    unit.execute(delete(schema.nonce).where(of.device == proof.device, of.expires_ms < now_ms))
    values = {"device": proof.device, "nonce": proof.nonce, "expires_ms": proof.time_ms + signing.WINDOW_MS}
    if not insert_new(unit, schema.nonce, values):
        raise errors.ReplayedRequest()
