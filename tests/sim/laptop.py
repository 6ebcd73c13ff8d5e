"""A laptop of the simulation: the program's store and sync engine, a person who works, and a folder of files."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from app.core.errors import Refused
from app.core.ids import derived_id
from app.db.journal import Writer
from app.db.sync_store import SyncStore
from app.db.unit import WriteUnit
from app.services.syncing import SyncService
from sync.client.engine import SNAPSHOT_FROM, Engine, digest_due
from sync.client.http import Credentials
from sync.client.runs import SyncResult
from sync.client.store import DamagedBlob, FileWanted, Step
from sync.protocol import feeds, lines
from sync.protocol.chain import DeviceKey
from tests.sim.disk import Disk
from tests.sim.fate import Crash, Fate
from tests.sim.wire import Wire, WiredDoor

ITEMS = ("a", "b", "c")


@dataclass
class Files:
    """The laptop's file folder, by digest."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def sink(self, store: SyncStore) -> "_Sink":
        """Return what sync reads from and writes to."""
        return _Sink(self.kept, store)


@dataclass
class _Sink:
    kept: dict[str, bytes]
    local: SyncStore

    @contextmanager
    def open(self, sha256: str) -> Iterator["_Sink._Reader"]:
        """Open a file of the folder."""
        if sha256 not in self.kept:
            raise FileNotFoundError(sha256)
        yield self._Reader(self.kept[sha256])

    def received(self, sha256: str) -> int:
        """Return 0: files are kept whole or not at all."""
        return 0

    def store(self, wanted: FileWanted, offset: int, chunks: Iterator[bytes]) -> None:
        """Take a file in."""
        data = b"".join(chunks)
        if hashlib.sha256(data).hexdigest() != wanted.sha256:
            raise DamagedBlob(sha256=wanted.sha256)
        self.kept[wanted.sha256] = data
        self.local.file_came(wanted.sha256, wanted.sha256)

    @dataclass
    class _Reader:
        data: bytes

        def read_at(self, offset: int, size: int) -> bytes:
            return self.data[offset : offset + size]


@dataclass
class Laptop:
    """One installation.

    Attributes:
        name: For messages only.
        skew_ms: This machine's clock minus the true time.
        is_dead: Revoked: it is not heard of any more.
        takes_photos: Evidence comes with the bytes of a file.
        has_lost: It was set back to an older copy at least once.
        was_misled: It was given the answer to another request.
        has_snapshot: It read a snapshot, so that it does not have every line.
        stops_after: The machine stops after so many commits; 0 for not at all.
        always_compares: Digests are compared in every run.
    """

    name: str
    fate: Fate
    disk: Disk
    device: str
    key: DeviceKey
    person: str
    scope: str
    door: WiredDoor
    files: Files = field(default_factory=Files)
    skew_ms: int = 0
    grants: tuple[str, ...] = ()
    takes_photos: bool = True
    is_dead: bool = False
    has_lost: bool = False
    was_misled: bool = False
    has_snapshot: bool = False
    always_compares: bool = False
    snapshot_from: int = SNAPSHOT_FROM
    incidents: int = 0
    stops_after: int = 0
    copies: list[tuple[Any, dict[str, bytes]]] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    last: SyncResult = field(default_factory=SyncResult)
    late_clocks: list[str] = field(default_factory=list)

    @classmethod
    def new(
        cls, name: str, fate: Fate, disk: Disk, wire: Wire, person: str, scope: str, device: str, key: DeviceKey
    ) -> "Laptop":
        """Furnish a new laptop; enrolment is the caller's."""
        door = WiredDoor("http://server", lambda: 0, fate.random_id)
        made = cls(name, fate, disk, device, key, person, scope, door)
        door.wall_ms = made.wall_ms
        door.wired(wire, made.jump)
        return made

    def start(self, content: Any = None) -> None:
        """Put the disk in: empty, or a copy of another one."""
        self.disk.begin(Writer(self.key, self.person, 1), self.now, self.fate.new_id, self._strike, content)

    def settle(self, server: str, me: str) -> None:
        """Write into an empty store who this is."""
        with self.disk.db.marked("local") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_self SET device = ?, replica = ?, scope = ?, open_nonce = 'n', server = 'http://server',"
                " server_key = ?, hlc = 0, epoch = NULL",
                (self.device, self.fate.random_id(), self.scope, server),
            )

    def wall_ms(self) -> int:
        """Return what this machine takes the time for."""
        return self.fate.now_ms + self.skew_ms

    def now(self) -> dt.datetime:
        """Return the same as the program wants it."""
        return dt.datetime.fromtimestamp(self.wall_ms() / 1000, dt.UTC)

    def jump(self, by_ms: int) -> None:
        """Set the clock wrong."""
        self.skew_ms = by_ms

    def feeds(self, names: Iterable[str]) -> set[str]:
        """Return those feeds that this laptop reads."""
        own = feeds.receipts_feed(self.device)
        return {one for one in names if one == own or self._may_read(one)}

    def _may_read(self, feed: str) -> bool:
        scopes = (one[:-1] if one.endswith("*") else one for one in self.grants)
        return feed.startswith("s:") and any(feed.startswith(one) for one in scopes)

    def rows(self, text: str, params: tuple[object, ...] = ()) -> list[Any]:
        """Look into the store."""
        return self.disk.look(text, params)

    # --- work

    def work(self) -> str:
        """Do one thing that a person does; say which. The machine may stop before it is saved."""
        chance = self.fate.chance
        before = self.rows("SELECT (SELECT max(seq) FROM sync_op) AS seq, (SELECT max(eff) FROM sync_peer_op) AS eff")[
            0
        ]
        what = chance.choices(
            ("answer", "finding", "append", "caption", "delete", "void", "sign", "resolve", "view"),
            (34, 14, 12, 6, 8, 4, 5, 12, 5),
        )[0]  # fmt: skip
        try:
            self._do(what)
        except Crash:
            self.fate.seen["laptop crash while saving"] += 1
        except Refused as refused:
            if refused.code not in ("record.locked", "record.voided", "conflict.unknown"):
                raise
        for one in self.rows("SELECT op, line FROM sync_op WHERE seq > ?", (before.seq or 0,)):
            line = lines.parse(bytes(one.line))
            self.written[one.op] = lines.content_hash(line)
            if line.hlc <= (before.eff or 0):
                self.late_clocks.append(one.op)
        return what

    def _do(self, what: str) -> None:
        match what:
            case "resolve":
                self._resolve()
            case "answer" | "finding" | "append" | "caption" | "delete" | "void" | "sign" | "view":
                with self.disk.db.write() as unit:
                    getattr(self, f"_{what}")(unit)

    def _shared(self, table: str) -> str:
        return derived_id(self.scope, table, self.fate.chance.choice(ITEMS))

    def _visit(self, unit: WriteUnit) -> str:
        """Return the visit to which everything belongs; who does not see it yet writes it down himself."""
        visit = derived_id(self.scope, "v")
        if not self.rows("SELECT 1 FROM inspection WHERE id = ?", (visit,)):
            unit.put("inspection", visit, {"situation": "0"})
        return visit

    def _answer(self, unit: WriteUnit) -> None:
        chance = self.fate.chance
        row = self._shared("answer")
        values: dict[str, Any] = {"inspection": self._visit(unit), "item": "i", "state": chance.choice(("pass", "fail", "na"))}
        if chance.random() < 0.5:
            values["note"] = f"{self.name}{chance.randint(0, 999)}"
        if chance.random() < 0.1:
            values["note"] = None
        unit.put("answer", row, values, {"answered_at": self.wall_ms(), "answered_by": self.person})
        if chance.random() < 0.2:  # a transaction of several lines
            unit.put("inspection", self._visit(unit), {"situation": f"{chance.randint(0, 99)}"})

    def _finding(self, unit: WriteUnit) -> None:
        chance = self.fate.chance
        unit.put(
            "finding",
            self._shared("finding"),
            {"inspection": self._visit(unit), "amount_fen": chance.randint(0, 9), "title": f"{self.name}{chance.randint(0, 99)}"},
        )

    def _append(self, unit: WriteUnit) -> None:
        chance = self.fate.chance
        if not self.takes_photos:
            unit.append(
                "evidence",
                self.fate.new_id(),
                {"inspection": self._visit(unit), "kind": "point", "latitude": f"{chance.random():.4f}"},
            )
            return
        data = chance.randbytes(chance.randint(1, 40))
        name = hashlib.sha256(data).hexdigest()
        unit.append(
            "evidence",
            self.fate.new_id(),
            {
                "inspection": self._visit(unit),
                "kind": "photo",
                "sha256": name,
                "size_bytes": len(data),
                "mime": "image/jpeg",
                "sm3": "",
            },
        )
        unit.local(
            "INSERT OR IGNORE INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state, stored)"
            " VALUES (?, '', ?, 'image/jpeg', ?, 'v', 3, 'local', ?)",
            (name, len(data), self.scope, name),
        )
        self.files.kept[name] = data

    def _some(self, unit: WriteUnit, table: str) -> str | None:
        mine = unit.sql(
            f'SELECT t.id FROM "{table}" t LEFT JOIN sync_row r ON r.tbl = ? AND r.row = t.id'
            " WHERE t._deleted = 0 AND (r.scope IS NULL OR r.scope = ?) ORDER BY t.id",
            (table, self.scope),
        )
        return self.fate.chance.choice(mine).id if mine else None

    def _caption(self, unit: WriteUnit) -> None:
        if (row := self._some(unit, "evidence")) is not None:
            unit.put("evidence", row, {"caption": f"{self.name}{self.fate.chance.randint(0, 99)}"})

    def _void(self, unit: WriteUnit) -> None:
        if (row := self._some(unit, "evidence")) is not None:
            unit.void("evidence", row, f"作废{self.name}")

    def _delete(self, unit: WriteUnit) -> None:
        table = self.fate.chance.choice(("finding", "answer"))
        if (row := self._some(unit, table)) is not None:
            unit.delete(table, row)

    def _sign(self, unit: WriteUnit) -> None:
        if (row := self._some(unit, self.fate.chance.choice(("finding", "answer", "inspection")))) is not None:
            for table in ("finding", "answer", "inspection"):
                if unit.sql(f'SELECT 1 FROM "{table}" WHERE id = ?', (row,)):
                    unit.sign(table, row)

    def _view(self, unit: WriteUnit) -> None:
        unit.custody("view", self.fate.new_id())

    def _resolve(self) -> None:
        service = SyncService(SimpleNamespace(db=self.disk.db, me=self.person, now=self.now))  # type: ignore[arg-type]
        mine = [one for one in service.conflicts() if not one.id.startswith("late:")]
        scopes = {row.id: row.scope for row in self.rows("SELECT id, scope FROM sync_conflict")}
        mine = [one for one in mine if scopes.get(one.id) == self.scope]
        if mine:
            service.resolve(self.fate.chance.choice(mine).id, self.fate.chance.choice(("current", "other")))

    # --- sync and accidents

    def sync(self) -> SyncResult | None:
        """Run sync once; None if the machine stopped on the way."""
        before = self.fate.seen["old answer"]
        local = SyncStore(self.disk.db)
        sink = self.files.sink(local)
        engine = Engine(
            self.door, local, self.fate.random_id, sink, sink,
            progress=self._note_step, is_digest_due=self._is_digest_due, snapshot_from=self.snapshot_from,
        )  # fmt: skip
        try:
            self.last = engine.run()
            self.incidents += self.last.incidents
            return self.last
        except Crash:
            self.fate.seen["laptop crash in sync"] += 1
            return None
        finally:
            # The answer to another request acknowledges what the server may not have; a receipt never does.
            self.was_misled = self.was_misled or self.fate.seen["old answer"] > before
            doubted = "('pending', 'acked')" if self.was_misled else "('pending')"
            self.acked |= {row.op for row in self.rows(f"SELECT op FROM sync_op WHERE state NOT IN {doubted}")}

    def _note_step(self, step: Step) -> None:
        self.has_snapshot = self.has_snapshot or step.name == "snapshot"

    def _is_digest_due(self, last_ms: int | None) -> bool:
        return self.always_compares or digest_due(last_ms, self.wall_ms(), self.fate.chance.random())

    def keep_copy(self) -> None:
        """Make a backup."""
        self.copies.append((self.disk.copy(), dict(self.files.kept)))

    def go_back(self) -> None:
        """Set the laptop back to one of its copies; the anchor outside the store notices at opening."""
        content, files = self.fate.chance.choice(self.copies)
        self.disk.fill(content)
        self.files = Files(dict(files))
        self.has_lost = True
        store, replica = SyncStore(self.disk.db), self.fate.random_id()
        while store.head().replica != replica:  # whatever stops it, the next opening notices again
            with suppress(Crash):
                store.start_new_replica(replica, self.key)

    def _strike(self, where: str) -> bool:
        if self.stops_after and where == "after_commit":
            self.stops_after -= 1
            return self.stops_after == 0
        return self.fate.strikes(f"crash {where}", 0.012)


def credentials(laptop: Laptop, server: str) -> Credentials:
    """Return what the laptop shows to the server."""
    return Credentials(laptop.device, laptop.key, server)
