"""The server of one schedule: what becomes of it, and what its administrators do at it."""

import random
from collections.abc import Callable
from typing import Any

from sync.protocol import lines
from sync.protocol.files import SMALL_BYTES
from sync.protocol.policy import Role, Standing
from sync.server import epochs
from sync.server.app import make_app
from sync.server.db.problems import Busy, NoRoom
from sync.server.ops.scrub import scrub
from sync.server.people.quarantine import Quarantine
from sync.server.upload_limits import Limits
from sync.server.world import World
from tests.sim.beginnings import HEAD
from tests.sim.bench import Bench
from tests.sim.disk import ServerDisk, office_of
from tests.sim.fate import Crash, Fate
from tests.sim.wire import Reply, call


class Bureau:
    """A server over its disk.

    Attributes:
        office: What runs; another one after each start.
        copies: Its database as it was, to be set back to.
        was_set_back: Its database was replaced by an older one at least once.
    """

    def __init__(self, fate: Fate, world: World, disk: ServerDisk) -> None:
        self.fate, self.world, self.disk = fate, world, disk
        self.bench = Bench(fate)
        self.copies: list[Any] = []
        self.was_set_back, self._is_rotten = False, False
        self._limits = _limits(fate.chance) if fate.chance.random() < 0.1 else Limits()
        self.start()

    def start(self) -> None:
        """Start, anew if need be: what a process remembers is gone."""
        self.office = office_of(self.disk, self.world)
        self.office.blobs.set_limits(self._limits)
        self.bench.serve(self.office)
        self._app = make_app(self.office)

    def serve(self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes) -> Reply:
        try:
            if self.bench.turn():
                self.disk.is_excused()  # what broke then excuses no answer
        except Crash:
            self.start()
            raise
        return call(self._app, method, target, headers, body)

    def command(self, work: Callable[[], object]) -> None:
        """Do what an administrator does at the server; what it interrupts he does again."""
        while True:
            try:
                work()
            except Crash:
                self.fate.seen["server crash in a command"] += 1
            except (Busy, NoRoom):
                if not self.disk.is_excused():
                    raise
            else:
                return

    @property
    def has_limits(self) -> bool:
        """Return whether devices come to limits."""
        return self._limits != Limits()

    def set_back(self) -> None:
        """Go on with an older copy of the database, as if nothing had happened."""
        chance = self.fate.chance
        # Most often only the last commits are gone, as after a fail-over to a standby that was behind.
        newest = self.copies[-2:]
        self.fill(chance.choice(newest if chance.random() < 0.7 else self.copies))

    def fill(self, copy: Any) -> None:
        """Take this copy for the database."""
        self.disk.fill(copy)
        self.was_set_back = True

    def announce_restore(self) -> None:
        """Begin a new epoch, as whoever restored the server does."""
        self.fate.seen["server restore announced"] += 1
        self.start()
        self.command(lambda: epochs.recover(self.office.database, self.world, "restored"))
        self.start()

    def lift(self, device: str) -> None:
        """Let a device send as much again, as an administrator does who was asked."""
        self.fate.seen["limit lifted"] += 1
        self.command(lambda: self.office.blobs.lift(device))

    def rot(self) -> None:
        """Let a file at the server go bad or get lost; or let somebody notice."""
        chance = self.fate.chance
        files = sorted(one for one in (self.disk.folder / "blobs").rglob("*") if one.is_file())
        if self._is_rotten and chance.random() < 0.5:
            self._scrub()
        elif files:
            self.fate.seen["file gone bad at the server"] += 1
            self._is_rotten, bad = True, chance.choice(files)
            if chance.random() < 0.5:
                bad.unlink()
            else:
                bad.write_bytes(bad.read_bytes()[:-1] + b"?")

    def _scrub(self) -> None:
        self.fate.seen["files read again"] += 1
        self.command(lambda: scrub(self.office))

    def heal(self) -> None:
        """Let nothing stand in the way any more: limits, and files gone bad."""
        if self.has_limits:
            self._limits = Limits()
            self.start()
        if self._is_rotten:
            self._scrub()

    def places(self, person: str) -> frozenset[str]:
        """Return where somebody holds a role, whatever the server's code makes of it."""
        now = self.fate.now_ms
        held = self.disk.rows("SELECT \"user\", place, from_ms, to_ms FROM membership")
        return frozenset(at for who, at, begins, ends in held if who == person and begins <= now < (ends or now + 1))

    def recorded(self, device: str) -> frozenset[str]:
        """Return the files that lines of a device name, whatever came of their bytes; a line that was rejected is no record."""
        found = self.disk.rows(
            "SELECT device, line FROM op WHERE tbl = 'evidence' AND kind = 'append' AND status <> 'rejected'"
        )
        named = (lines.parse(bytes(line)).field("sha256") for who, line in found if who == device)
        return frozenset(str(edit.value) for edit in named if edit is not None)

    def change_rights(self, person: str, place: str) -> None:
        """Take a role in an office from somebody, or give it to him."""
        registers, standing = self.office.devices.people.registers, Standing(Role.INSPECTOR, place)
        if place in self.places(person):
            self.fate.seen["role ended"] += 1
            self.command(lambda: registers.end(person, standing))
        else:
            self.fate.seen["role given"] += 1
            self.command(lambda: registers.grant(person, standing))

    def release(self) -> None:
        """Let the head of an office look at what one device's lines were put aside for, and let them in."""
        aside = sorted({device for (device,) in self.disk.rows("SELECT device FROM quarantine")})
        if aside:
            device = self.fate.chance.choice(aside)
            desk = Quarantine(self.office.database, self.world, self.office.terms, self.office.devices)
            self.fate.seen["lines let in by hand"] += 1
            self.command(lambda: desk.release(device, HEAD))


def _limits(chance: random.Random) -> Limits:
    """Return limits that a device comes to."""
    if chance.random() < 0.5:
        return Limits(line_bytes=chance.randint(1, 20_000))
    few, many = 60, 2 * SMALL_BYTES
    return Limits(*chance.choice(((few, many), (many, few), (many, many))))
