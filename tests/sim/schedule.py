"""One schedule: a seed decides who does what when, what breaks, and then everything has to come right."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import app.services.memberships
import app.services.packet_reading
import app.services.packets
from sync.server.world import World
from tests.sim import checks
from tests.sim.beginnings import SCOPES, Beginning, Beginnings, Plan
from tests.sim.bureau import Bureau
from tests.sim.disk import Disk, Machines, ServerDisk, without_cipher
from tests.sim.fate import Fate
from tests.sim.laptop import Laptop, Owner
from tests.sim.remembered import remembered
from tests.sim.road import Road
from tests.sim.wire import Wire, without_threads

MAX_ROUNDS = 20
OpenServer = Callable[[Path, World], ServerDisk]


@dataclass(frozen=True)
class Slant:
    """What a schedule has more of than chance alone gives, so that what goes wrong there is met within few.

    Attributes:
        has_offices: Whether the server knows offices; None leaves it to chance.
        set_back: Chance that at a step the server is set back.
        rights: Chance of each person that one of his roles begins or ends then.
    """

    has_offices: bool | None = None
    set_back: float = 0.0
    rights: float = 0.0


EVEN = Slant()


@dataclass(frozen=True)
class Outcome:
    """What became of one schedule; `violations` is empty where all is well."""

    seed: int
    violations: tuple[str, ...]
    trace: str
    rounds: int
    seen: dict[str, int]


@dataclass
class Simulator:
    """Runs schedules one after the other over the same machines."""

    machines: Machines = field(init=False)
    world: World = field(init=False)
    beginnings: Beginnings = field(init=False)
    folder: Path = field(init=False)
    _fate: Fate = field(default_factory=lambda: Fate(0))

    @classmethod
    @contextmanager
    def opened(
        cls, folder: Path, server: OpenServer | None = None, first: Disk | None = None
    ) -> Iterator["Simulator"]:
        """Set the machines up in a folder and take them down at the end.

        Args:
            server: Opens the server's database, where it is not SQLite.
            first: The disk of the first laptop, where it is not a plain one.
        """
        with ExitStack() as stack:
            one = cls()
            for made in (without_cipher(), without_threads(), remembered(), one._by_fate()):
                stack.enter_context(made)
            one.world = World(
                lambda: one._fate.now_ms, lambda count: one._fate.random_bytes(count), lambda: one._fate.now_ms / 1000
            )
            one.machines = Machines(folder, one.world, server and server(folder / "server", one.world), first)
            stack.callback(one.machines.close)
            one.beginnings, one.folder = Beginnings(one.machines, one.world), folder
            gc.collect()
            gc.freeze()  # what the imports left need not be looked through again and again
            stack.callback(gc.unfreeze)
            yield one

    def run(self, seed: int, slant: Slant = EVEN) -> Outcome:
        """Play one schedule to its end."""
        fate = Fate(seed)
        schedule = self.begun(plan_of(fate, slant.has_offices), fate)
        schedule.slant = slant
        violations: list[str] = []
        try:
            schedule.play()
            schedule.heal()
            violations += schedule.road.wrong
            violations += checks.all_of(schedule)
        except checks.Violation as found:
            violations.append(str(found))
        for laptop in schedule.laptops:
            schedule.wire.trace.update(repr(sorted(laptop.written)).encode())
        return Outcome(seed, tuple(violations), schedule.wire.trace.hexdigest(), schedule.rounds, dict(fate.seen))

    def begun(self, plan: Plan, fate: Fate) -> "Schedule":
        """Set the machines up as this plan says."""
        beginning = self._beginning(plan)
        self._fate = fate
        return Schedule(self, plan, beginning, fate)

    def _beginning(self, plan: Plan) -> Beginning:
        known = self.beginnings.known(plan)
        if known is None:
            self._fate = self.beginnings.fate(plan)
            known = self.beginnings.make(plan, self._fate)
        return known

    @contextmanager
    def _by_fate(self) -> Iterator[None]:
        """Take chance for packets from the seed too, and let each machine have the same name."""
        with (
            mock.patch.object(app.services.packets, "unguessable_id", side_effect=lambda: self._fate.random_id()),
            mock.patch.object(app.services.packet_reading, "unguessable_id", side_effect=lambda: self._fate.random_id()),
            mock.patch.object(app.services.packets, "random_bytes", lambda size: self._fate.random_bytes(size)),
            mock.patch.object(app.services.memberships, "remove_copy", lambda vault, name: vault.discard(name)),
            mock.patch("platform.node", return_value="laptop"),
        ):
            yield


def plan_of(fate: Fate, has_offices: bool | None = None) -> Plan:
    """Return what kind of office this seed is about."""
    chance = fate.chance
    two_scopes, by_chance = chance.random() < 0.3, chance.random() < 0.3
    has_offices = by_chance if has_offices is None else has_offices
    scopes, grants = [], []
    for number in range(chance.choice((2, 2, 3, 3, 4))):
        scopes.append(SCOPES[number % 2] if two_scopes else SCOPES[0])
        reads_all = chance.random() >= 0.5
        if has_offices:
            grants.append(tuple(one[2:] for one in SCOPES) if reads_all else (scopes[-1][2:],))
        else:
            grants.append(("s:*",) if reads_all else (scopes[-1],))
    return Plan(tuple(scopes), tuple(grants), has_offices)


class Schedule:
    """The actors of one seed."""

    def __init__(self, simulator: Simulator, plan: Plan, beginning: Beginning, fate: Fate) -> None:
        machines = simulator.machines
        self.fate, self.world, self.server, self.plan = fate, simulator.world, machines.server, plan
        self._machines = machines
        # A transaction that takes lines in changes more rows than one that lets a request pass.
        self.server.begin(
            lambda rows: fate.strikes("server crash before commit", 0.08 if rows > 5 else 0.005), beginning.server
        )
        self.bureau = Bureau(fate, self.world, self.server)
        # Behind a proxy that lets no large body pass, files come in chunks and are put together in the end.
        self.wire = Wire(fate, self.bureau.serve, self.server.is_excused, is_narrow=fate.seed % 3 == 0)
        self.slant = EVEN
        self.rounds = 0
        chance = fate.chance
        with_files = chance.random() < (0.6 if self.wire.is_narrow else 0.3)
        self.laptops: list[Laptop] = []
        for owner, content in beginning.laptops:
            laptop = self._place(owner)
            laptop.takes_photos = with_files
            laptop.long_photos = 0.8 if self.wire.is_narrow else 0.3
            if chance.random() < 0.15:
                laptop.snapshot_from = 4
            laptop.start(content)
        self.road = Road(self, simulator.folder / "road")
        self.has_courier, self.has_team = chance.random() < 0.3, chance.random() < 0.3
        if self.has_courier and not plan.has_offices and chance.random() < 0.4:
            fate.seen["laptop without a network"] += 1
            self.laptops[0].has_no_network = True
        fate.is_kind, fate.weather = False, chance.choice((1, 1, 1, 3))

    @property
    def count_lost_rows(self) -> list[str]:
        """Laptops whose journal became shorter."""
        return [one.name for one in self.laptops if one.lost_rows]

    def _set_back(self) -> None:
        """Set the server back to an older copy of its database: silently, or announced by a new epoch."""
        fate = self.fate
        self.bureau.set_back()
        if fate.chance.random() < 0.5:
            self.bureau.announce_restore()
        else:
            fate.seen["server restore silent"] += 1
            self.bureau.start()
        present = [one for one in self.laptops if not one.is_dead]
        if len(present) > 1 and fate.chance.random() < 0.5:  # what its owner wrote can only come from the others
            fate.seen["laptop gone for good"] += 1
            gone = fate.chance.choice(present)
            gone.is_dead = True
        living = [one for one in self.laptops if not one.is_dead and one.copies]
        if living and fate.chance.random() < 0.3:
            fate.seen["laptop restore"] += 1
            fate.chance.choice(living).go_back()

    def _fail_over(self, laptop: Laptop) -> None:
        """Lose the server's last commits, while a laptop stops somewhere in the run that made them."""
        self.fate.seen["fail-over"] += 1
        before = self.server.copy()
        laptop.stops_after = self.fate.chance.randint(1, 4)
        self._sync(laptop)
        laptop.stops_after = 0
        self.bureau.fill(before)
        self.bureau.start()

    def _place(self, owner: Owner, name: str = "") -> Laptop:
        laptop = Laptop.of(owner, self.fate, self._machines.disk(len(self.laptops)), self.wire, name)
        if self.plan.has_offices:
            laptop.places = lambda: self.bureau.places(owner.person)
            laptop.recorded = lambda: self.bureau.recorded(owner.device)
        self.laptops.append(laptop)
        return laptop

    def _clone(self, original: Laptop) -> None:
        twin = self._place(original.owner, f"{original.name}'")
        twin.files.kept.update(original.files.kept)
        twin.takes_photos, twin.snapshot_from, twin.has_snapshot = original.takes_photos, original.snapshot_from, original.has_snapshot
        twin.long_photos = original.long_photos
        twin.has_no_network = original.has_no_network
        twin.start(original.disk.copy())

    def play(self) -> None:
        """Let the seed have its way."""
        fate = self.fate
        steps = fate.chance.choice((10, 14, 20, 40))
        for _ in range(steps):
            self._step()
        if fate.chance.random() < 0.2:  # nothing comes after it that would heal it by the way
            laptop = fate.chance.choice([one for one in self.laptops if not one.is_dead])
            laptop.work()
            laptop.work()
            self._fail_over(laptop)

    def _step(self) -> None:
        fate = self.fate
        fate.now_ms += fate.chance.choice((1, 40, 1000, 5000, 60_000))
        living = [one for one in self.laptops if not one.is_dead]
        revoked = [one for one in self.laptops if one.is_revoked]
        if revoked and fate.chance.random() < 0.1:
            self._go_on(fate.chance.choice(revoked))
            return
        laptop = fate.chance.choice(living)
        if self._leans():
            return
        if (self.has_courier or self.has_team) and fate.chance.random() < 0.25:
            self._carry(laptop, living)
            return
        if self.plan.has_offices and fate.chance.random() < 0.1:
            if fate.chance.random() < 0.8:
                self.bureau.change_rights(laptop.person, fate.chance.choice(SCOPES)[2:])
            else:
                self.bureau.release()
            return
        x = fate.chance.random()
        if x < 0.52:
            if fate.chance.random() < 0.15:
                laptop.keep_copy()
            for _ in range(fate.chance.choice((1, 1, 2, 4))):
                laptop.work()
        elif x < 0.80:
            if fate.chance.random() < 0.25:
                self.bureau.copies.append(self.server.copy())
            if fate.chance.random() < 0.05:
                self._fail_over(laptop)
            else:
                self._sync(laptop)
            if laptop.last.lines_pulled and fate.strikes("clock set back after reading", 0.15):
                laptop.jump(-3_600_000)
                laptop.work()
        else:
            self._accident(laptop, len(living))

    def _leans(self) -> bool:
        """Let happen what the schedule has more of than chance gives; return whether something did."""
        slant, chance = self.slant, self.fate.chance
        if not slant.set_back or not self.bureau.copies or chance.random() >= slant.set_back:
            return False
        self._set_back()
        for one in self.laptops if self.plan.has_offices else ():
            if chance.random() < slant.rights:
                self.bureau.change_rights(one.person, chance.choice(SCOPES)[2:])
        return True

    def _accident(self, laptop: Laptop, living: int) -> None:
        fate = self.fate
        y = fate.chance.random()
        if y < 0.25:
            if self.wire.late:
                fate.seen["late request"] += 1
                self.wire.deliver_late()
        elif y < 0.42:
            fate.seen["clock jump"] += 1
            laptop.jump(fate.chance.choice((0, 0, -1_000_000, -3600, 3600, 1_000_000)) * 1000)
            laptop.work()
        elif y < 0.58:
            laptop.keep_copy()
        elif y < 0.66:
            if laptop.copies:
                fate.seen["laptop restore"] += 1
                laptop.go_back()
        elif y < 0.72:
            if len(self.laptops) < 5:
                fate.seen["clone"] += 1
                self._clone(laptop)
        elif y < 0.83:
            self.bureau.copies.append(self.server.copy())
        elif y < 0.92:
            if self.bureau.copies:
                self._set_back()
        elif y < 0.945:
            # All that are left may be clones of one laptop: then nobody would be.
            if living > 2 and any(not one.is_dead and one.device != laptop.device for one in self.laptops):
                fate.seen["revoke"] += 1
                self.bureau.command(lambda: self.bureau.office.devices.revoke(laptop.device))
                for one in self.laptops:
                    if one.device == laptop.device and not one.is_dead:
                        one.is_dead = one.is_revoked = True
        elif y < 0.96 and self.bureau.has_limits:
            self.bureau.lift(laptop.device)
        elif y < 0.98:
            self.bureau.rot()
        else:
            fate.seen["server restart"] += 1
            self.bureau.start()

    def _go_on(self, revoked: Laptop) -> None:
        """Let somebody go on whose laptop is revoked."""
        x = self.fate.chance.random()
        if x < 0.4:
            revoked.work()
        elif self.has_courier and x < 0.6:
            self.road.to_server(revoked)
        else:
            self.fate.seen["sync of a revoked laptop"] += 1
            self._sync(revoked)

    def _carry(self, laptop: Laptop, living: list[Laptop]) -> None:
        """Do something with packets."""
        chance = self.fate.chance
        others = [one for one in living if one.device != laptop.device]
        if self.has_team and others and (not self.has_courier or chance.random() < 0.4):
            if chance.random() < 0.8:
                self.road.meet(laptop, chance.choice(others))
            else:
                self.road.exchange(laptop)
        elif chance.random() < 0.45:
            self.road.to_server(laptop)
        else:
            self.road.hand_over()

    def _sync(self, laptop: Laptop) -> None:
        if laptop.has_no_network:
            self.fate.now_ms += 1000
            self.road.trip(laptop)
        else:
            laptop.sync()

    def heal(self) -> None:
        """End every fault and sync in rounds until nothing is left to do.

        Raises:
            checks.Violation: If it takes more than MAX_ROUNDS rounds.
        """
        fate = self.fate
        fate.is_kind = True
        self.bureau.heal()
        while self.wire.late:
            self.wire.deliver_late()
        self.road.hand_over_all()
        living = [one for one in self.laptops if not one.is_dead]
        for laptop in living:
            laptop.always_compares = True
        for laptop in self.laptops:
            for _ in range(3 if laptop.is_revoked else 0):
                laptop.sync()
        for self.rounds in range(1, MAX_ROUNDS + 1):
            fate.now_ms += 60_000
            for laptop in living:
                if laptop.has_no_network and self.rounds > 1 and not _open_lines(laptop):
                    laptop.has_no_network = False  # each packet leaves a line that says so: it would never end
                if self.rounds == 1 or not self._is_quiet(laptop, living):
                    self._sync(laptop)
            if all(not one.has_no_network and self._is_quiet(one, living) for one in living):
                return
        told = [(one.name, one.last.failure, one.last.file_failures, _open_lines(one)) for one in living]
        raise checks.Violation(f"not quiet after {MAX_ROUNDS} rounds: {told}")

    def _is_quiet(self, laptop: Laptop, living: list[Laptop]) -> bool:
        """Nothing waits on it, and every cursor stands at the head of its feed."""
        heads = dict(self.server.rows("SELECT feed, chain FROM feed_head WHERE seq > 0"))
        held = {name for one in living for name in one.held_files()}
        last = laptop.last
        missing = laptop.missing_files() & held
        if last.failure is not None or any(one.params.get("sha256") in missing for one in last.file_failures):
            return False
        cursors = {row.feed: row.chain for row in laptop.rows("SELECT feed, chain FROM sync_feed")}
        if _open_lines(laptop) or laptop.carries() or cursors != {feed: heads[feed] for feed in laptop.feeds(heads)}:
            return False
        return not missing


def _open_lines(laptop: Laptop) -> int:
    but = " AND kind <> 'custody'" if laptop.has_no_network else ""
    found: int = laptop.rows(f"SELECT count(*) AS n FROM sync_op WHERE state IN ('pending', 'acked'){but}")[0].n
    return found
