"""A laptop of the simulation: the program's store, its sync and its packets, a person who works, and a folder of files."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar

import sqlcipher3.dbapi2 as sqlite

from app.core.syncing import Network, SyncPolicy
from app.db.journal import Writer
from app.db.packet_store import PacketStore
from app.db.sync_store import SyncStore
from app.services.courier import VaultCourier
from app.services.mates import before_run
from app.services.memberships import Memberships
from app.services.packets import Packets
from app.services.sync_local import LocalSide
from app.settings.profile import Profile
from sync.client.engine import SNAPSHOT_FROM, Engine, digest_due
from sync.client.http import Credentials
from sync.client.runs import SyncResult
from sync.client.store import LocalHead, Step
from sync.protocol import feeds, lines
from sync.protocol.chain import DeviceKey
from sync.protocol.errors import SyncError
from tests.sim.beside import overtaken
from tests.sim.disk import Disk
from tests.sim.fate import Crash, Fate
from tests.sim.files import Files
from tests.sim.person import Person
from tests.sim.wire import Wire, WiredDoor

T = TypeVar("T")
_URL = "http://server"
_MOST_LINES = 4  # so that what a day brings takes many requests


@dataclass(frozen=True)
class Owner:
    """Whose laptop it is, and where it is enrolled.

    Attributes:
        name: For messages only.
        grants: What the device may read; where the server knows offices, it is asked instead.
        server: The server's id.
    """

    name: str
    device: str
    key: DeviceKey
    person: str
    scope: str
    grants: tuple[str, ...]
    server: str


@dataclass
class Laptop:
    """One installation.

    Attributes:
        skew_ms: This machine's clock minus the true time.
        places: Asks the server's database for the offices in which its person works; None where there are no offices.
        recorded: Asks the server's database which files its lines there name.
        is_dead: It is gone for good, or revoked: nobody asks what it shows.
        is_revoked: The server takes its lines as evidence, and tells it nothing.
        has_no_network: All it sends and learns goes by packets.
        takes_photos: Evidence comes with the bytes of a file.
        long_photos: Share of photos that do not travel together with others.
        has_lost: It was set back to an older copy at least once.
        was_misled: It was given the answer to another request.
        has_snapshot: It read a snapshot, so that it does not have every line.
        stops_after: The machine stops after so many commits; 0 for not at all.
        always_compares: Digests are compared in every run.
        lost_rows: Its journal became shorter, which no sync may do.
    """

    owner: Owner
    name: str
    fate: Fate
    disk: Disk
    door: WiredDoor
    files: Files = field(default_factory=Files)
    skew_ms: int = 0
    places: Callable[[], frozenset[str]] | None = None
    recorded: Callable[[], frozenset[str]] = frozenset
    takes_photos: bool = True
    long_photos: float = 0.3
    is_dead: bool = False
    is_revoked: bool = False
    has_no_network: bool = False
    has_lost: bool = False
    was_misled: bool = False
    has_snapshot: bool = False
    always_compares: bool = False
    snapshot_from: int = SNAPSHOT_FROM
    incidents: int = 0
    stops_after: int = 0
    lost_rows: bool = False
    copies: list[tuple[Any, dict[str, bytes]]] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    last: SyncResult = field(default_factory=SyncResult)
    late_clocks: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, owner: Owner, fate: Fate, disk: Disk, wire: Wire, name: str = "") -> "Laptop":
        """Furnish a laptop."""
        door = WiredDoor(_URL, lambda: 0, fate.random_id, credentials(owner))
        made = cls(owner, name or owner.name, fate, disk, door)
        door.wall_ms = made.wall_ms
        door.wired(wire, made.jump)
        return made

    store: Any = field(init=False)

    def __post_init__(self) -> None:
        self.device, self.person, self.scope = self.owner.device, self.owner.person, self.owner.scope
        self.store = SimpleNamespace(db=self.disk.db, now=self.now)
        self.user = Person(self)
        self.members = Memberships(self.store, self.wall_ms)
        self.packets = Packets(self.store, Profile(self.disk.home))

    def start(self, content: Any = None) -> None:
        """Put the disk in: empty, or a copy of another one."""
        self.store.files = self.files
        self.disk.begin(Writer(self.owner.key, self.person, 1), self.now, self.fate.new_id, self._strike, content)

    def settle(self, epoch: str | None) -> None:
        """Write into an empty store who this is."""
        with self.disk.db.marked("local") as connection:
            connection.exec_driver_sql(
                "UPDATE sync_self SET device = ?, replica = ?, scope = ?, open_nonce = 'n', server = ?,"
                " server_key = ?, hlc = 0, epoch = ?",
                (self.device, self.fate.random_id(), self.scope, _URL, self.owner.server, epoch),
            )

    def head(self) -> LocalHead:
        """Return where its journal stands."""
        return SyncStore(self.disk.db).head()

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
        """Return those feeds that this laptop may read."""
        own, places = feeds.receipts_feed(self.device), None if self.places is None else self.places()
        return {one for one in names if one == own or self._may_read(one, places)}

    def _may_read(self, feed: str, places: frozenset[str] | None) -> bool:
        if not feed.startswith("s:"):
            return False
        if places is not None:
            return feed[2:] in places
        return any(feed.startswith(one.removesuffix("*")) for one in self.owner.grants)

    def rows(self, text: str, params: tuple[object, ...] = ()) -> list[Any]:
        """Look into the store."""
        return self.disk.look(text, params)

    def missing_files(self) -> set[str]:
        """Return files that are not both here and at the server, although the office or their record asks for them."""
        rows = self.rows("SELECT sha256, scope, state FROM sync_blob WHERE state <> 'remote'")
        own = self._may_send(row for row in rows if row.state in ("local", "uploading"))
        return {row.sha256 for row in rows if row.scope in self.feeds((row.scope,))} | own

    def held_files(self) -> set[str]:
        """Return files that it has, and that the server has or may get from it."""
        rows = self.rows("SELECT sha256, scope, state FROM sync_blob WHERE stored IS NOT NULL")
        remote = {row.sha256 for row in rows if row.state == "remote"}
        return (remote | self._may_send(rows)) & self.files.kept.keys()

    def _may_send(self, rows: Iterable[Any]) -> set[str]:
        """Return those files of which the office is its person's, or whose record, written here, is at the server."""
        files = {row.sha256: self.feeds((row.scope,)) for row in rows}
        named = self.recorded() if not all(files.values()) else frozenset[str]()
        return {name for name, feeds in files.items() if feeds or name in named}

    def carries(self) -> bool:
        """Return whether it has lines of team-mates that it did not give to the server yet."""
        return bool(PacketStore(self.disk.db).mate_lines(self.head().epoch))

    # --- what is done at it

    def work(self) -> None:
        """Let its person do one thing."""
        self.does("laptop crash while saving", self.user.work)

    def sync(self) -> SyncResult | None:
        """Run sync once; None if the machine stopped on the way."""
        return self.does("laptop crash in sync", self._sync)

    def does(self, crash: str, work: Callable[[], T]) -> T | None:
        """Do something and note what it wrote and what was settled; None if the machine stopped in the middle."""
        old_answers = self.fate.seen["old answer"]
        with self._noting():
            try:
                return work()
            except Crash:
                self.fate.seen[crash] += 1
                return None
            except sqlite.OperationalError:
                return None  # its disk is full; people make room, and try again
            finally:
                # The answer to another request acknowledges what the server may not have; a receipt never does.
                self.was_misled = self.was_misled or self.fate.seen["old answer"] > old_answers

    @contextmanager
    def _noting(self) -> Iterator[None]:
        asked = "SELECT (SELECT max(seq) FROM sync_op) AS seq, (SELECT max(eff) FROM sync_peer_op) AS eff"
        before, count = self.rows(asked)[0], self._count()
        yield
        for one in self.rows("SELECT op, line FROM sync_op WHERE seq > ?", (before.seq or 0,)):
            line = lines.parse(bytes(one.line))
            self.written[one.op] = lines.content_hash(line)
            if line.hlc <= (before.eff or 0):
                self.late_clocks.append(one.op)
        self.lost_rows = self.lost_rows or self._count() < count
        doubted = "('pending', 'acked')" if self.was_misled else "('pending')"
        self.acked |= {row.op for row in self.rows(f"SELECT op FROM sync_op WHERE state NOT IN {doubted}")}

    def _count(self) -> int:
        found: int = self.rows("SELECT count(*) AS n FROM sync_op")[0].n
        return found

    def _sync(self) -> SyncResult:
        """Do what `SyncService` does in one run."""
        local = LocalSide(self.disk.db, SyncPolicy(), Network.UNKNOWN)
        courier: Any = VaultCourier(local, self.disk.db, self.store.files)
        engine = Engine(
            self.door, local, self.fate.random_id, courier, courier,
            progress=self._note_step, is_digest_due=self._is_digest_due, snapshot_from=self.snapshot_from,
            beside=overtaken(lambda: self.fate.strikes("exchange overtaken", 0.3)), most_lines=_MOST_LINES,
        )  # fmt: skip
        self.door.scopes_ver, self.door.offset_ms = None, 0  # a new door for each run
        before_run(self.disk.db, self.door, self.now())
        self.last = engine.run()
        self.incidents += self.last.incidents
        while local.next_slice() and self.last.failure is None:
            self.last = engine.run()
            self.incidents += self.last.incidents
        for one in (self.last.failure, *self.last.file_failures):
            if one is not None and one.code.endswith("_limit"):
                self.fate.seen[f"server says {one.code}"] += 1
        with suppress(SyncError):
            self.members.attend(self.door, self.last.failure.code if self.last.failure else None)
        return self.last

    def _note_step(self, step: Step) -> None:
        self.has_snapshot = self.has_snapshot or step.name == "snapshot"

    def _is_digest_due(self, last_ms: int | None) -> bool:
        return self.always_compares or digest_due(last_ms, self.wall_ms(), self.fate.chance.random())

    # --- accidents

    def keep_copy(self) -> None:
        """Make a backup."""
        self.copies.append((self.disk.copy(), dict(self.files.kept)))

    def go_back(self) -> None:
        """Set the laptop back to one of its copies; the anchor outside the store notices at opening."""
        content, files = self.fate.chance.choice(self.copies)
        self.disk.fill(content)
        self.files.kept = dict(files)
        self.has_lost = True
        store, replica = SyncStore(self.disk.db), self.fate.random_id()
        while store.head().replica != replica:  # whatever stops it, the next opening notices again
            with suppress(Crash, sqlite.OperationalError):
                store.start_new_replica(replica, self.owner.key)

    def _strike(self, where: str) -> bool:
        if self.stops_after and where == "after_commit":
            self.stops_after -= 1
            return self.stops_after == 0
        if where == "full":
            return self.fate.strikes("laptop's disk full", 0.006)
        return self.fate.strikes(f"crash {where}", 0.012)


def credentials(owner: Owner) -> Credentials:
    """Return what the laptop shows to the server."""
    return Credentials(owner.device, owner.key, owner.server)
