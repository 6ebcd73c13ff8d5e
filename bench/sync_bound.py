"""The least that a row-wise sync over HTTP can do in Python: one compressed JSON body, SQLite with FULL durability at both ends.

No signatures, no journal, no conflicts, no encryption, no receipts. As a program: `python -m bench.sync_bound PORT FOLDER`.
"""

import gzip
import http.client
import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson

_READ = 1 << 20


class Server(ThreadingHTTPServer):
    """Keep rows with one number each, and files; a thread a laptop, for each keeps its connection."""

    daemon_threads = True

    def __init__(self, port: int, folder: Path) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folder = folder
        self.db = _opened(folder / "bound.db")
        self.db.execute("CREATE TABLE record(id TEXT PRIMARY KEY, seq INTEGER, body TEXT) WITHOUT ROWID")
        self.db.execute("CREATE INDEX record_seq ON record(seq)")
        self.seq = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        rows = orjson.loads(gzip.decompress(body))
        own = self.server
        own.db.execute("BEGIN IMMEDIATE")
        own.db.executemany(
            "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT(id) DO UPDATE SET seq = excluded.seq, body = excluded.body",
            ((row["_id"], own.seq + n, orjson.dumps(row).decode()) for n, row in enumerate(rows, start=1)),
        )
        own.db.execute("COMMIT")
        own.seq += len(rows)
        self._answer(orjson.dumps({"seq": own.seq}))

    def do_GET(self) -> None:
        since = int(self.path.rpartition("=")[2])
        found = self.server.db.execute("SELECT body FROM record WHERE seq > ? ORDER BY seq", (since,))
        body = f'{{"seq":{self.server.seq},"rows":[{",".join(row[0] for row in found)}]}}'.encode()
        self._answer(gzip.compress(body, 1))

    def do_PUT(self) -> None:
        wanted, left = self.path.rpartition("/")[2], int(self.headers["Content-Length"])
        digest, part = sha256(), self.server.folder / f"{wanted}.part"
        with part.open("wb") as target:
            while left:
                data = self.rfile.read(min(left, _READ))
                target.write(data)
                digest.update(data)
                left -= len(data)
            target.flush()
            os.fsync(target.fileno())
        assert digest.hexdigest() == wanted
        part.replace(self.server.folder / wanted)
        self._answer(b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Client:
    """One laptop: rows with a mark where they have to be sent."""

    def __init__(self, port: int, folder: Path) -> None:
        self.db = _opened(folder / "laptop.db")
        self.db.execute("CREATE TABLE record(id TEXT PRIMARY KEY, waits INTEGER, body TEXT) WITHOUT ROWID")
        self.db.execute("CREATE INDEX record_waits ON record(waits) WHERE waits = 1")
        self.seq = 0
        self._http = http.client.HTTPConnection("127.0.0.1", port)

    def load(self, records: Sequence[dict[str, Any]]) -> None:
        """Write records to be sent."""
        self._keep(records, waits=1)

    def sync(self) -> None:
        """Send what waits, or take in what is new."""
        rows = self.db.execute("SELECT id, body FROM record WHERE waits = 1").fetchall()
        if not rows:
            said = orjson.loads(gzip.decompress(self._ask("GET", f"/pull?since={self.seq}")))
            if said["rows"]:
                self._keep(said["rows"], waits=0)
            self.seq = said["seq"]
            return
        body = f"[{','.join(row[1] for row in rows)}]".encode()
        self.seq = orjson.loads(self._ask("POST", "/push", gzip.compress(body, 1)))["seq"]
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany("UPDATE record SET waits = 0 WHERE id = ?", ((row[0],) for row in rows))
        self.db.execute("COMMIT")

    def send_file(self, path: Path) -> None:
        """Send one file under its digest."""
        data = path.read_bytes()
        self._ask("PUT", f"/file/{sha256(data).hexdigest()}", data)

    def digest(self) -> str:
        """Return a digest of ids, values and notes."""
        rows = sorted(
            f"{one['_id']}{one['value']}{one['note']}"
            for one in (json.loads(body) for (body,) in self.db.execute("SELECT body FROM record"))
        )
        return sha256("\n".join(rows).encode()).hexdigest()[:16]

    def close(self) -> None:
        """Close connection and store."""
        self._http.close()
        self.db.close()

    def _keep(self, records: Sequence[dict[str, Any]], *, waits: int) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(
            "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT(id) DO UPDATE SET waits = excluded.waits, body = excluded.body",
            ((one["_id"], waits, orjson.dumps(one).decode()) for one in records),
        )
        self.db.execute("COMMIT")

    def _ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        self._http.request(method, path, body)
        return self._http.getresponse().read()


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    return db


if __name__ == "__main__":
    Server(int(sys.argv[1]), Path(sys.argv[2])).serve_forever()
