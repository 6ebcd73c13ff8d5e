"""The power goes at every write of a working day with syncs: what was saved is there, and nothing is there by half.

YANFANG_POWER_WAYS says in how many of the three ways at each moment; one is drawn where it is not set.
"""

import itertools
import os
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import app.db.engine as client_engine
from app.db.checks import problems
from app.db.create import create_schema
from app.db.engine import Use, make_engine
from app.db.journal import Writer
from app.db.unit import Database
from app.services.doctor import Doctor
from sync.protocol import lines
from tests.faults.tape import Connection, Image, Tape, TapeVfs
from tests.sim.beginnings import SCOPES, Plan
from tests.sim.disk import Disk, FragileWrites
from tests.sim.fate import Fate
from tests.sim.folder import fast_folder
from tests.sim.schedule import Simulator

WAYS = int(os.environ.get("YANFANG_POWER_WAYS", "1"))
KEY = bytes(range(32))
NAME = "store.db"
MODES = ("drop", "random", "torn")
_NUMBERS = itertools.count()


class TapeDisk(Disk):
    """A laptop's disk whose every write is on the tape."""

    def __init__(self, folder: Path, synchronous: str) -> None:
        self._hooks: dict[str, Any] = {}
        self.path, self.home = folder / NAME, folder
        self.tape = Tape()
        self.vfs = f"tape{next(_NUMBERS)}"
        self._kept = TapeVfs(self.vfs, self.tape)
        with mock.patch.object(client_engine, "connect", self._connect):
            self._pragmas = (
                *client_engine._PRAGMAS, "PRAGMA foreign_keys=ON", "PRAGMA journal_mode=WAL",
                f"PRAGMA synchronous={synchronous}", "PRAGMA wal_autocheckpoint=25",
            )  # fmt: skip
            self.engine = make_engine(self.path, KEY)
            create_schema(self.engine, device="nobody", replica="nothing", scope="s:000000", nonce="n")
            self.db = Database(self.engine, Writer(None, "", 1), lambda: self._hooks["now"](), lambda: self._hooks["id"]())
            self.writes = FragileWrites(self.engine, self._note)
            self.look("SELECT 1")
            with self.db.read():  # the reading connection, too, is open from now on
                pass
        self.db._writing = self.writes

    def begin(self, writer: Writer, now: Any, new_id: Any, strike: Any, content: Any = None) -> None:
        """Become the disk of somebody: empty, and the second time with what it holds."""
        self._hooks = {"now": now, "id": new_id}
        self.db.writer = writer

    def copy(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return nothing: the content stays where it is."""
        return {}

    def close(self) -> None:
        """Close everything."""
        self.db.close()

    def _connect(self, path: Path, key: object, use: object = None) -> Connection:
        return Connection(path, self.vfs, KEY, self._pragmas)

    def _note(self, where: str) -> bool:
        if where == "after_commit":
            self.tape.mark(self.look("SELECT coalesce(max(seq), 0) AS n FROM sync_op")[0].n)
        return False


@dataclass(frozen=True)
class Day:
    """The tape of a day, where it began, and how many lines each transaction has."""

    begins_with: dict[str, bytearray]
    events: list[tuple[Any, ...]]
    txns: dict[str, int]
    public_key: str


def record_day(folder: Path, synchronous: str) -> Day:
    """Let one laptop work and sync for forty saved transactions, a colleague beside it."""
    fate, disk = Fate(7), TapeDisk(folder, synchronous)
    with (
        Simulator.opened(folder, first=disk) as simulator,
        mock.patch("tests.sim.disk.client_engine.connect", _plain_but_for(disk)),
    ):
        schedule = simulator.begun(Plan((SCOPES[0],) * 2, (("s:*",),) * 2, has_offices=False), fate)
        fate.is_kind = True
        mine, other = schedule.laptops[:2]
        disk.look("PRAGMA wal_checkpoint(TRUNCATE)")
        begins_with = {NAME: bytearray(disk.path.read_bytes())}
        disk.tape.events.clear()
        for turn in range(40):
            fate.now_ms += 60_000
            mine.work()
            other.work()
            if turn % 10 == 9:
                other.sync()
                assert mine.sync().is_complete
        events = list(disk.tape.events)
        txns = Counter(lines.parse(bytes(row.line)).txn for row in mine.rows("SELECT line FROM sync_op"))
        return Day(begins_with, events, dict(txns), mine.owner.key.public_hex)


def _plain_but_for(disk: TapeDisk) -> Any:
    from tests.sim.disk import _connect_plain

    def connect(path: Path, key: Any, use: Use = Use.WORK) -> Any:
        return disk._connect(path, key) if path == disk.path else _connect_plain(path, key, use)

    return connect


def losses(day: Day, folder: Path, ways: int, seed: int, every: int = 1) -> Iterator[str]:
    """Lose the power at each event, open what is left with the program's own engine, and say what is wrong with it."""
    chance = random.Random(seed)
    image = Image({name: bytearray(content) for name, content in day.begins_with.items()})
    least = 0
    for at, event in enumerate(day.events):
        if event[0] == "mark":
            least = max(least, event[1])
            continue
        image.take(event)
        if at % every == 0:
            for mode in chance.sample(MODES, ways):
                files = image.lose_power(mode, chance)
                for found in _look_through(folder / f"{at}-{mode}", files, day, least):
                    yield f"event {at} {event[0]} {mode}: {found}"


def _look_through(folder: Path, files: dict[str, bytes], day: Day, least: int) -> Iterator[str]:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    if damage := problems(folder / NAME, KEY):
        yield f"damaged: {damage[:2]}"
        return
    raw = client_engine.connect(folder / NAME, KEY)
    try:
        last = raw.execute("SELECT coalesce(max(seq), 0) FROM sync_op").fetchone()[0]
        if last < least:
            yield f"lost: {least - last} lines that were saved"
        txns = Counter(lines.parse(bytes(row[0])).txn for row in raw.execute("SELECT line FROM sync_op"))
        if any(day.txns[txn] != count for txn, count in txns.items()):
            yield "half: a transaction is there in part"
        ahead = raw.execute(
            "SELECT f.feed FROM sync_feed f WHERE f.feed NOT LIKE 'd:%'"
            " AND f.seq <> (SELECT count(*) FROM sync_peer_op p WHERE p.feed = f.feed)"
        ).fetchall()
        if ahead:
            yield f"half: the cursor of {ahead} and what was read differ"
        asked = SimpleNamespace(db=_Looking(raw, day.public_key))
        doctor = Doctor(asked, None, None)
        yield from (f"half: {one.code} {one.params}" for one in (doctor._journal(), doctor._pairs()) if not one.ok)
    finally:
        raw.close()


class _Looking:
    """As much of a database as the doctor asks."""

    def __init__(self, raw: Any, public_key: str) -> None:
        self._raw = raw
        self.writer = SimpleNamespace(key=SimpleNamespace(public_hex=public_key))

    def read(self) -> "_Looking":
        return self

    def __enter__(self) -> "_Looking":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def sql(self, text: str, params: tuple[object, ...] = ()) -> list[Any]:
        cursor = self._raw.execute(text, params)
        names = [column[0] for column in cursor.description]
        return [SimpleNamespace(**dict(zip(names, row, strict=True)), _mapping=dict(zip(names, row, strict=True))) for row in cursor]


def test_no_saved_line_is_lost_and_none_is_there_by_half_when_the_power_goes() -> None:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name:
        day = record_day(Path(name), "FULL")
        writes = sum(event[0] != "mark" for event in day.events)
        assert writes > 300
        found = list(losses(day, Path(name), WAYS, 3))
    assert found == []


def test_the_harness_sees_lines_lost_where_commits_are_not_synced() -> None:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name:
        day = record_day(Path(name), "NORMAL")
        found = list(losses(day, Path(name), 1, 3, every=4))
    assert sum("lost:" in one for one in found) > 30
    assert not any("damaged" in one or "half" in one for one in found)
