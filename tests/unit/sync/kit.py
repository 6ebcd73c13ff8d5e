"""Laptops in memory and a real server process, for the tests of sync."""

import contextlib
import hashlib
import http.client
import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes

from sync.client.engine import Engine
from sync.client.enrol import Applicant, enrol
from sync.client.http import Credentials, ServerDoor
from sync.client.runs import SyncResult
from sync.client.store import (
    DamagedBlob,
    FeedState,
    FileStatus,
    FileToSend,
    FileWanted,
    Find,
    LocalHead,
    OutLine,
    PulledLine,
    PulledPage,
    PulledReceipts,
    SnapshotPlace,
    SnapshotReason,
    Taken,
)
from sync.protocol import cells, chain, digests, feeds, hlc, lines
from sync.protocol.chain import ChainHead, DeviceKey, SignedLine
from sync.protocol.feeds import PageDoesNotJoin
from sync.protocol.fold import Cell, Conflict, Reason, RowState, fold
from sync.protocol.gathered import Kept
from sync.protocol.lines import ROWS, FieldEdit, Kind, Line, Scalar
from sync.protocol.messages import (
    Cursor,
    Me,
    Receipt,
    ReceiptKind,
    RowKey,
    SnapshotPage,
    SnapshotRow,
    SuppliedLine,
)
from sync.protocol.schemas import Schema
from sync.protocol.signing import RequestProof
from sync.server.app import DATABASE_NAME, office_at
from sync.server.db.unit import Database
from sync.server.routes import Office
from sync.server.seals import KEY_NAME
from sync.server.status import Status, status
from sync.server.terminal import KEY_VARIABLE
from sync.server.world import real_world

ROOT = Path(__file__).resolve().parents[3]


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def new_id() -> str:
    return str(uuid.uuid4())


def sm3_of(data: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


class MemoryFold:
    """The confirmed layer as three dictionaries."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], RowState] = {}
        self.cell_map: dict[tuple[str, str], dict[str, Cell]] = {}
        self.conflicts: dict[str, Conflict] = {}
        self.resolved: dict[str, str] = {}

    def row(self, table: str, row: str) -> RowState | None:
        return self.rows.get((table, row))

    def put_new(self, state: RowState, op: str, hlc: int, values: Mapping[str, Scalar]) -> None:
        self.put_row(state)
        for name, value in values.items():
            self.put_cell(state.table, state.row, name, Cell(value, hlc, op))

    def put_row(self, state: RowState) -> None:
        self.rows[state.table, state.row] = state

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        return self.cell_map.get((table, row), {})

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        self.cell_map.setdefault((table, row), {})[field] = cell

    def delete_cell(self, table: str, row: str, field: str) -> None:
        self.cell_map.get((table, row), {}).pop(field, None)

    def add_conflict(self, conflict: Conflict) -> None:
        self.conflicts.setdefault(conflict.id, conflict)

    def resolve_conflict(self, table: str, row: str, conflict_id: str, by_op: str) -> None:
        known = self.conflicts.get(conflict_id)
        if known is not None and (known.table, known.row) == (table, row):
            self.resolved.setdefault(conflict_id, by_op)

    def digest(self, scope: str) -> int:
        digest = digests.EMPTY
        for key, state in self.rows.items():
            if state.scope == scope:
                digest ^= digests.of_row(Kept(state, cells.to_text(self.cells(*key))))
        for one in self.conflicts.values():
            if one.scope == scope and one.id not in self.resolved:
                digest ^= digests.conflict_part(one.id)
        return digest

    def dump(self) -> tuple[object, ...]:
        held = {key: dict(value) for key, value in self.cell_map.items() if value}
        return dict(self.rows), held, dict(self.conflicts), dict(self.resolved)

    def value(self, table: str, row: str, field: str) -> Scalar:
        return self.cells(table, row)[field].value


@dataclass
class Own:
    signed: SignedLine
    state: str = "pending"
    receipt: Receipt | None = None


class MemoryStore:
    """`LocalStore` of one laptop; every method is all or nothing because nothing in it can fail half-way."""

    def __init__(self, key: DeviceKey, scope: str, author: str = "u") -> None:
        self.key, self.scope, self.author = key, scope, author
        self.replicas = [new_id()]
        self.at = ChainHead()
        self.epoch: str | None = None
        self.clock = 0
        self.own: dict[str, Own] = {}
        self.confirmed = MemoryFold()
        self.seen: dict[tuple[str, str, str], str] = {}
        self.places: dict[str, Cursor] = {}
        self.peer: list[PulledLine] = []
        self.lost: dict[str, SuppliedLine] = {}
        self.given: set[str] = set()
        self.batches: dict[str, set[str]] = {}  # given, and without a receipt
        self.schema = Schema(1)
        self.unknown: dict[str, int] = {}
        self.places_of_snapshots: dict[str, SnapshotPlace] = {}
        self.shadow: dict[str, list[SnapshotRow]] = {}
        self.incidents: list[tuple[str, str, str]] = []
        self.why: dict[str, tuple[SnapshotReason, str]] = {}
        self.digests_at: int | None = None
        self.file_receipts: set[str] = set()
        self.files: dict[str, FileToSend] = {}
        self.file_states: dict[str, FileStatus] = {}
        self.wanted: dict[str, FileWanted] = {}
        self.offset: int | None = None

    # writing, as the application would; row ids are unique in the whole world, so the scope is put before them
    def line(self, table: str, name: str, kind: Kind = Kind.SET, **values: Scalar) -> Line:
        row = f"{self.scope[2:]}.{name}"
        edits = tuple(
            FieldEdit(name, value, self.seen.get((table, row, name))) for name, value in values.items()
        )
        self.clock = hlc.tick(self.clock, wall_ms())
        return Line(
            new_id(), kind, table, row, self.scope, edits, self.author, new_id(), self.replicas[-1], self.at.n + 1,
            self.at.hash, self.clock, wall_ms(), self.offset, 1,
        )  # fmt: skip

    def add(self, line: Line) -> SignedLine:
        signed = chain.seal(line, self.key)
        self.own[line.op] = Own(signed)
        self.at = signed.head
        for one in lines.singly(line):
            for edit in one.fields:
                self.seen[one.table, one.row, edit.name] = line.op
        return signed

    def make(self, table: str, **rows: Mapping[str, Scalar]) -> SignedLine:
        """Make rows at once."""
        made = tuple(sorted((f"{self.scope[2:]}.{name}", values) for name, values in rows.items()))
        return self.add(replace(self.line(table, "", Kind.CREATE), row=ROWS, rows=made))

    def write(self, table: str, row: str, kind: Kind = Kind.SET, **values: Scalar) -> SignedLine:
        return self.add(self.line(table, row, kind, **values))

    # the protocol
    def head(self) -> LocalHead:
        return LocalHead(self.replicas[-1], self.at, self.epoch, self.offset or 0)

    def set_epoch(self, epoch: str) -> None:
        assert self.epoch is None
        self.epoch = epoch

    def start_new_epoch(self, epoch: str) -> None:
        for one in self.peer:
            supplied = SuppliedLine(one.device, one.signed.data.decode(), one.signed.sig)
            self.lost.setdefault(one.signed.line.op, supplied)
        self.epoch, self.confirmed, self.places, self.peer, self.given = epoch, MemoryFold(), {}, [], set()
        self.batches.clear()
        self.places_of_snapshots, self.shadow, self.digests_at, self.unknown = {}, {}, None, {}
        for own in self.own.values():
            own.state = "pending"
        self.file_receipts.clear()

    def to_resupply(self, limit: int) -> Sequence[SuppliedLine]:
        return [one for op, one in self.lost.items() if op not in self.given][:limit]

    def mark_resupplied(self, lines: Sequence[SuppliedLine]) -> None:
        given = {op for op, one in self.lost.items() if one in lines}
        self.given |= given
        self.batches[feeds.batch_name(lines)] = given

    def digest(self, feed: str) -> FeedState | None:
        if self.unknown.get(feed):
            return None
        counted = digests.to_text(self.confirmed.digest(feed))
        return FeedState(self.places.get(feed, Cursor(feed)).seq, counted, self.schema.current)

    def digest_checked_at(self) -> int | None:
        return self.digests_at

    def note_digests(self, at_ms: int) -> None:
        self.digests_at = at_ms

    def want_snapshot(self, feed: str, why: SnapshotReason, theirs: str = "") -> None:
        if feed not in self.places_of_snapshots:
            self.places_of_snapshots[feed] = SnapshotPlace(feed, None, None)
            self.why[feed] = why, theirs

    def snapshots(self) -> Sequence[SnapshotPlace]:
        for feed, version in self.unknown.items():
            if version <= self.schema.current:
                self.want_snapshot(feed, SnapshotReason.UPGRADE)
        return list(self.places_of_snapshots.values())

    def apply_snapshot(self, place: SnapshotPlace, page: SnapshotPage, lines: Sequence[PulledLine]) -> None:
        assert self.places_of_snapshots[place.feed] == place
        rows = self.shadow.setdefault(place.feed, [])
        rows.extend(page.rows)
        start = place.start or page.start
        self.peer.extend(lines)
        if page.more:
            after = RowKey(page.rows[-1].table, page.rows[-1].row)
            self.places_of_snapshots[place.feed] = SnapshotPlace(place.feed, start, after)
            return
        why, theirs = self.why[place.feed]
        if why is SnapshotReason.DIGEST:
            self.incidents.append((place.feed, digests.to_text(self.confirmed.digest(place.feed)), theirs))
        fresh = MemoryFold()
        for row in rows:
            key = (row.table, row.row)
            fresh.rows[key] = RowState(
                *key, place.feed, row.feed_seq, row.locked_by, row.voided_by, row.void_reason, row.appended_by
            )
            fresh.cell_map[key] = cells.from_text(row.cells)
            self._want_file({name: cell.value for name, cell in fresh.cell_map[key].items()})
            for one in row.conflicts:
                fresh.add_conflict(
                    Conflict(
                        one.id, *key, one.field, place.feed, one.winner_op, one.loser_op, one.loser_val,
                        one.loser_author, one.loser_hlc, Reason(one.reason),
                    )
                )  # fmt: skip
        self.confirmed = fresh
        self.unknown.pop(place.feed, None)
        self.places[place.feed] = start
        del self.places_of_snapshots[place.feed], self.shadow[place.feed]

    def pending(self, limit: int, behind: OutLine | None = None) -> Sequence[OutLine]:
        for replica in self.replicas if behind is None else [behind.replica]:
            found = sorted(
                (
                    one.signed
                    for one in self.own.values()
                    if one.state == "pending" and one.signed.line.replica == replica
                    if behind is None or one.signed.line.n > behind.n
                ),
                key=lambda one: one.line.n,
            )
            if found:
                return [
                    OutLine(one.line.op, replica, one.line.n, one.data, one.op_hash, one.sig)
                    for one in found[:limit]
                ]
        return []

    def set_aside(self, op: str, reason: str) -> None:
        self.own[op].state = "quarantined"

    def own_run(self, op: str, count: int) -> Sequence[SignedLine]:
        if op not in self.own:
            return ()
        places = {(one.line.replica, one.line.n): one for one in (own.signed for own in self.own.values())}
        first = self.own[op].signed.line
        found = (places.get((first.replica, first.n + at)) for at in range(count))
        return [one for one in itertools.takewhile(lambda one: one is not None, found) if one is not None]

    def requeue_acked(self) -> int:
        found = [one for one in self.own.values() if one.state == "acked"]
        for own in found:
            own.state = "pending"
        doubted = set[str]().union(*self.batches.values())
        self.given -= doubted
        self.batches.clear()
        return len(found) + len(doubted)

    def start_new_replica(self, replica: str, key: DeviceKey) -> int:
        found = [one.signed.line for one in self.own.values() if one.state == "pending"]
        found.sort(key=lambda one: (self.replicas.index(one.replica), one.n))
        self.replicas.append(replica)
        self.at = ChainHead()
        for signed in chain.rechain(found, replica, key):
            self.own[signed.line.op] = Own(signed)
            self.at = signed.head
        return len(found)

    def cursors(self) -> Sequence[Cursor]:
        return list(self.places.values())

    def take(self, taken: Taken) -> None:
        places = dict(self.places)
        for came in (*taken.pages, *([taken.receipts] if taken.receipts else [])):
            if places.get(came.before.feed, Cursor(came.before.feed)) != came.before:
                raise PageDoesNotJoin(feed=came.before.feed, seq=came.before.seq)
            places[came.before.feed] = came.after
        for op in taken.acked:
            if self.own[op].state == "pending":
                self.own[op].state = "acked"
        for page in taken.pages:
            self._apply_page(page)
        if taken.receipts is not None:
            self._apply_receipts(taken.receipts)

    def _apply_page(self, page: PulledPage) -> None:
        mine_open = {
            (own.signed.line.table, own.signed.line.row, edit.name)
            for own in self.own.values()
            if own.state == "pending"
            for edit in own.signed.line.fields
        }
        for pulled in page.lines:
            line = pulled.signed.line
            self.peer.append(pulled)
            self.lost.pop(line.op, None)
            if not self.schema.understands(line):
                self.unknown[line.scope] = max(line.schema, self.unknown.get(line.scope, 0))
            elif pulled.is_folded:
                verdict = fold(self.confirmed, pulled.entry)
                assert verdict.status == pulled.status or verdict.reason == "seen"
            self.clock = hlc.observe(self.clock, pulled.entry.eff)
            for name, cell in self.confirmed.cells(line.table, line.row).items():
                if (line.table, line.row, name) not in mine_open:
                    self.seen[line.table, line.row, name] = cell.op
            self._want_file({edit.name: edit.value for edit in line.fields})
        self.places[page.after.feed] = page.after

    def _want_file(self, values: Mapping[str, Scalar]) -> None:
        name = str(values.get("sha256"))
        if "sha256" in values and name not in self.files:
            self.wanted[name] = FileWanted(name, int(str(values["size"])))

    def _apply_receipts(self, receipts: PulledReceipts) -> None:
        for one in receipts.entries:
            if one.kind is ReceiptKind.FILE:
                is_held = one.status == "applied"
                (self.file_receipts.add if is_held else self.file_receipts.discard)(one.subject)
                self.file_states[one.subject] = FileStatus.REMOTE if is_held else FileStatus.LOCAL
            elif one.kind is ReceiptKind.BROUGHT:
                self.batches.pop(one.subject, None)
            elif one.subject in self.own:
                state = {"rejected": "rejected", "quarantined": "quarantined"}.get(str(one.status), "done")
                self.own[one.subject].state = state
                self.own[one.subject].receipt = one
        self.places[receipts.after.feed] = receipts.after

    def pending_files(self, limit: int) -> Sequence[FileToSend]:
        gone = (FileStatus.DAMAGED, FileStatus.MISSING)
        return [
            one
            for name, one in self.files.items()
            if name not in self.file_receipts and self.file_states.get(name) not in gone
        ][:limit]

    def wanted_files(self, limit: int, found: Find | None = None) -> Sequence[FileWanted]:
        files = list(self.wanted.values())[:limit]
        there = self.wanted.keys() if found is None else found(files)
        return [one for one in files if one.sha256 in there]

    def mark_file(self, sha256: str, status: FileStatus) -> None:
        self.file_states[sha256] = status

    def files_there(self, names: Sequence[str]) -> None:
        self.file_states |= dict.fromkeys(names, FileStatus.REMOTE)

    def note_clock(self, offset_ms: int, at_ms: int) -> None:
        self.offset = offset_ms

    def value(self, table: str, name: str, field: str) -> Scalar:
        return self.confirmed.value(table, f"{self.scope[2:]}.{name}", field)

    def receipts(self) -> dict[str, Receipt | None]:
        return {op: own.receipt for op, own in self.own.items()}

    def states(self) -> set[str]:
        return {one.state for one in self.own.values()}


@dataclass
class Bytes:
    """One file in memory, as `BlobReader`."""

    data: bytes

    def read_at(self, offset: int, size: int) -> bytes:
        return self.data[offset : offset + size]


@dataclass
class Vault:
    """`BlobSource` and `BlobSink` in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, bytearray] = field(default_factory=dict)

    def put(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        self.kept[name] = data
        return name

    @contextmanager
    def open(self, sha256: str) -> Iterator[Bytes]:
        if sha256 not in self.kept:
            raise FileNotFoundError(sha256)
        yield Bytes(self.kept[sha256])

    def received(self, sha256: str) -> int:
        return len(self.parts.get(sha256, b""))

    def store(self, wanted: FileWanted, offset: int, chunks: Iterator[bytes]) -> None:
        part = self.parts.setdefault(wanted.sha256, bytearray())
        assert offset == len(part)
        for piece in chunks:
            part += piece
        if len(part) == wanted.size:
            data = bytes(self.parts.pop(wanted.sha256))
            if hashlib.sha256(data).hexdigest() != wanted.sha256:
                raise DamagedBlob(sha256=wanted.sha256)
            self.kept[wanted.sha256] = data


@dataclass
class Laptop:
    """One installation with everything it needs to sync."""

    key: DeviceKey
    device: str
    door: ServerDoor
    store: MemoryStore
    vault: Vault
    me: Me

    def sync(self, **more: Any) -> SyncResult:
        return self.engine(**more).run()

    def engine(self, **more: Any) -> Engine:
        return Engine(self.door, self.store, new_id, self.vault, self.vault, **more)

    def photo(self, data: bytes, row: str | None = None) -> str:
        name = self.vault.put(data)
        self.store.files[name] = FileToSend(name, sm3_of(data), len(data), "image/jpeg", self.store.scope)
        self.store.write("photo", row or new_id(), Kind.APPEND, sha256=name, size=len(data))
        return name


class ServerProcess:
    """A real ``yanfang-server serve`` on an ephemeral port."""

    program = "sync.server.cli"

    def __init__(self, folder: Path, database: str | None = None, blobs: str | None = None) -> None:
        self.folder = folder
        self.database = database or folder / DATABASE_NAME
        self.blobs = blobs or folder
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            self.program,
            "serve",
            *self.place(),
            "--port",
            "0",
            "--json",
        ]
        # Where files lie in a bucket, no folder of theirs can hold the key.
        named = {KEY_VARIABLE: str(self.folder / KEY_NAME)} if "://" in str(self.blobs) else {}
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, **named}
        )
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]

    def place(self) -> list[str]:
        """Return the options that tell any command where this server is."""
        if isinstance(self.database, Path):
            return ["--data", str(self.folder)]
        return ["--database", self.database, "--blobs", str(self.blobs)]

    def office(self) -> Office:
        """Open the same data as the process has, beside it."""
        return office_at(self.database, self.blobs, real_world())

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def kill(self) -> None:
        """End the process as a power cut would, as far as a process can tell."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None

    def drop_database(self) -> None:
        """Make room for an older copy, as where the whole machine is set back: the mark kept every ten seconds goes too."""
        for path in [*self.folder.glob("server.db*"), *self.folder.rglob("ANCHOR")]:
            path.unlink()

    def code(self, *scopes: str, user: str = "u", valid_ms: int = 60_000) -> str:
        office = self.office()
        try:
            return office.devices.issue_code(user, scopes or ("s:*",), valid_ms).code
        finally:
            office.database.close()

    def laptop(self, scope: str, *grants: str) -> Laptop:
        key = DeviceKey.from_seed(random.randbytes(32))
        door = ServerDoor(self.url, wall_ms, new_id)
        device = new_id()
        me = enrol(door, self.code(*(grants or (scope,))), Applicant(device, key, "测试本"))
        door.credentials = Credentials(device, key, me.server)
        return Laptop(key, device, door, MemoryStore(key, scope), Vault(), me)

    def status(self) -> Status:
        database = Database(self.database)
        try:
            return status(database)
        finally:
            database.close()


def until(claim: Callable[[], bool]) -> None:
    """Wait for something that another process does in a moment."""
    for _ in range(400):
        if claim():
            return
        time.sleep(0.025)
    raise AssertionError("it did not come true")


def cut_after(server: ServerProcess, seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, server.kill)
    timer.start()
    return timer


def raw(
    laptop: Laptop, method: str, target: str, body: bytes, /, headers: Mapping[str, str] | None = None,
    **changes: Any,
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    """Send a hand-made signed request and return status and the answer's JSON."""
    digest = hashlib.sha256(body).hexdigest()
    proof = RequestProof(laptop.me.server, laptop.device, method, target, wall_ms(), new_id(), digest)
    proof = replace(proof, **changes)
    sent = {
        "Yanfang-Device": proof.device,
        "Yanfang-Time": str(proof.time_ms),
        "Yanfang-Nonce": proof.nonce,
        "Yanfang-Sha256": proof.body_sha256,
        "Yanfang-Signature": laptop.key.sign(proof.bytes()),
        **(headers or {}),
    }
    link = http.client.HTTPConnection(urlsplit(laptop.door.url).netloc, timeout=20)
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            link.request(method, target, body, sent)  # may be refused before the body was read
        answer = link.getresponse()
        data = answer.read()
        is_json = answer.headers.get("content-type") == "application/json"
        return answer.status, json.loads(data) if is_json else {}
    finally:
        link.close()
