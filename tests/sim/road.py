"""Packets that people carry: to the server and back, to team-mates, over a relay; in any order, twice, late or never."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.core.errors import Refused
from app.core.packets import Imported
from app.db.packet_store import PacketStore
from app.services.relay_visit import held_files
from sync.protocol.packets import SUFFIX, look
from sync.protocol.packets_disk import DEFAULT_VOLUME
from sync.server import errors, packet_replies
from sync.server.db.problems import Busy, NoRoom
from sync.server.packets import NothingYet, Packets
from tests.sim.fate import Crash

if TYPE_CHECKING:
    from tests.sim.laptop import Laptop
    from tests.sim.schedule import Schedule

T = TypeVar("T")
_SMALL = 6000  # bytes of a volume or reply that does not hold everything
# What a laptop says of a packet from somebody who is (no longer, or not yet) among its team-mates.
_EXPECTED = ("", "packet.unknown_mate")


class Road:
    """Everything that is on its way, and where it may be handed over.

    Attributes:
        wrong: What was said of a packet that nobody should have said.
    """

    def __init__(self, schedule: "Schedule", folder: Path) -> None:
        self._on, self._fate = schedule, schedule.fate
        self._folder, self._count = folder, 0
        self._packets: list[Path] = []
        self.wrong: list[str] = []
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "hotspot").mkdir(parents=True)

    def to_server(self, laptop: "Laptop", volume: int = 0) -> list[Path]:
        """Let a laptop write a packet for the server; return its volumes."""
        self._fate.seen["packet written"] += 1
        volume = volume or self._fate.chance.choice((DEFAULT_VOLUME, DEFAULT_VOLUME, _SMALL))
        return self._written(laptop, lambda out: laptop.packets.export(out, volume))

    def hand_over(self) -> None:
        """Hand one packet over to whom it is for; sometimes a copy stays on the road."""
        if not self._packets:
            return
        chance = self._fate.chance
        path = self._packets[chance.randrange(len(self._packets))]
        if chance.random() < 0.3:
            self._fate.seen["packet kept for later"] += 1
        else:
            self._packets.remove(path)
        self._give(path)

    def hand_over_all(self) -> None:
        """Hand over what is left, in any order."""
        while self._packets:
            self._give(self._packets.pop(self._fate.chance.randrange(len(self._packets))))

    def reply(self, device: str, limit: int = 0) -> list[Path]:
        """Let the server write its reply to a device; return it, or nothing if the device may get none."""
        self._fate.seen["reply written"] += 1
        limit = limit or self._fate.chance.choice((1 << 20, 1 << 20, _SMALL))
        out = self._fresh()
        try:
            packet_replies.reply(self._desk(), device, out, limit)
        except (errors.RevokedDevice, NothingYet):
            pass
        except Crash:
            self._fate.seen["server crash with a packet"] += 1
        except (Busy, NoRoom):
            self._excuse()
        return self._found(out)

    def trip(self, laptop: "Laptop") -> None:
        """Carry one laptop's packet to the server, and the reply back."""
        for path in self.to_server(laptop, DEFAULT_VOLUME):
            self._packets.remove(path)
            self._give(path)
        for path in self.reply(laptop.device, 1 << 20):
            self._packets.remove(path)
            self.laptop_takes(laptop, path)

    def meet(self, visitor: "Laptop", relay: "Laptop") -> None:
        """Let one laptop visit another's relay: it brings, then fetches; sometimes the line is cut in between."""
        self._fate.seen["relay visit"] += 1
        if not self._hand(visitor, relay) or self._fate.strikes("relay cut", 0.15):
            return
        self._hand(relay, visitor)

    def exchange(self, laptop: "Laptop") -> None:
        """Let a laptop meet its team-mates in a shared folder."""
        self._fate.seen["packet exchange"] += 1
        done = laptop.does("laptop crash with a packet", lambda: laptop.packets.exchange(self._folder / "hotspot"))
        self._judge(laptop, done.value if done else ())

    def _hand(self, giver: "Laptop", taker: "Laptop") -> bool:
        """Write a packet as a relay's desk and its visitor do, without the files that the other has, and take it."""
        if all(one.device != taker.device for one in PacketStore(giver.disk.db).mates()):
            return False
        but = frozenset(held_files(taker.store))
        paths = self._written(giver, lambda out: giver.packets.export_to_mate(taker.device, out, but=but))
        for path in paths:
            if not self._fate.strikes("packet of a mate comes later", 0.1):
                self._packets.remove(path)
                self.laptop_takes(taker, path)
        return True

    def _give(self, path: Path) -> None:
        receiver = look(path).header.receiver
        if receiver == self._on.bureau.office.devices.server:
            self.server_takes(path)
            return
        there = [one for one in self._on.laptops if one.device == receiver and not one.is_dead]
        if there:
            self.laptop_takes(self._fate.chance.choice(there), path)

    def server_takes(self, path: Path) -> None:
        """Let the server take a packet in, and mostly reply."""
        self._fate.seen["packet at the server"] += 1
        try:
            taken = self._desk().take(path)
        except Crash:
            self._fate.seen["server crash with a packet"] += 1
            self._packets.append(path)  # the administrator tries again
            return
        except (Busy, NoRoom):
            self._excuse()
            self._packets.append(path)
            return
        counts = (taken.lines, taken.carried, taken.files, taken.chunks, taken.answered.problem)
        self._on.wire.trace.update(f"packet {taken.device} {taken.n} {counts}\n".encode())
        if self._fate.chance.random() < 0.7:
            self.reply(taken.device)

    def laptop_takes(self, laptop: "Laptop", path: Path) -> None:
        """Let a laptop take a packet in."""
        self._fate.seen["packet at a laptop"] += 1
        done = laptop.does("laptop crash with a packet", lambda: laptop.packets.take([path]))
        self._judge(laptop, done.value if done else ())

    def _judge(self, laptop: "Laptop", found: Sequence[Imported]) -> None:
        for one in found:
            told = (one.n, one.lines, one.receipts, one.files, one.problem, one.is_stale, one.code)
            self._on.wire.trace.update(f"packet at {laptop.name} {told}\n".encode())
            if one.problem:
                self._fate.seen[f"reply says {one.problem}"] += 1
            if one.code not in _EXPECTED:
                self.wrong.append(f"{laptop.name}: packet refused: {one.code} {one.params}")

    def _written(self, laptop: "Laptop", write: Callable[[Path], T]) -> list[Path]:
        """Return what lies on the stick afterwards, also where the machine stopped before it noted so."""
        out = self._fresh()

        def carefully() -> T | None:
            try:
                return write(out)
            except Refused as refused:
                if refused.code != "packet.no_server":
                    raise
                return None

        laptop.does("laptop crash with a packet", carefully)
        return self._found(out)

    def _found(self, out: Path) -> list[Path]:
        found = sorted(out.glob(f"*{SUFFIX}"))
        self._packets += found
        return found

    def _fresh(self) -> Path:
        self._count += 1
        made = self._folder / f"{self._count}"
        made.mkdir()
        return made

    def _desk(self) -> Packets:
        return Packets(self._on.bureau.office, self._folder / "quarantine")

    def _excuse(self) -> None:
        if not self._on.server.is_excused():
            raise AssertionError("the server says without reason that it could not write")
