"""A road without a network: a stick, a server's counter that opens it, and laptops that only meet there."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from app.bootstrap import Services
from app.core.packets import Imported
from app.services.demo import cast
from sync.server import packet_replies
from sync.server.db import schema
from sync.server.packet_invites import invite
from sync.server.packets import Packets, Taken
from tests.unit.services.desks import open_home
from tests.unit.sync.kit import ServerProcess

VOLUME = 64 << 20


@dataclass
class Road:
    """Carries packets between laptops and one server, whose process runs beside."""

    server: ServerProcess
    folder: Path
    sticks: int = 0
    taken: list[Taken] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir()

    def stick(self) -> Path:
        self.sticks += 1
        return self.folder / f"stick{self.sticks}"

    def write(self, laptop: Services, volume: int = VOLUME) -> tuple[Path, ...]:
        """Return the volumes of one export on a new stick."""
        return laptop.packets.export(self.stick(), volume).value.paths

    def deliver(self, *paths: Path) -> list[Taken]:
        with self.counter() as packets:
            found = [packets.take(path) for path in paths]
        self.taken += found
        return found

    def reply(self, device: str, limit: int = VOLUME) -> Path:
        with self.counter() as packets:
            stick = self.stick()
            stick.mkdir()
            return packet_replies.reply(packets, device, stick, limit).path

    def round(self, laptop: Services, volume: int = VOLUME) -> Imported:
        """Carry one export there and its reply back."""
        taken = self.deliver(*self.write(laptop, volume))
        return read(laptop, self.reply(taken[0].device))

    def invitation(self, *scopes: str) -> str:
        office = self.server.office()
        try:
            return invite(office, "u", scopes, 60_000).text
        finally:
            office.database.close()

    def aside(self, device: str) -> int:
        """Return how many lines of a device the server keeps outside the feeds."""
        office = self.server.office()
        try:
            with office.database.read() as unit:
                of = schema.quarantine.c
                return unit.execute(select(func.count()).where(of.device == device)).scalar_one()
        finally:
            office.database.close()

    @contextmanager
    def counter(self) -> Iterator[Packets]:
        office = self.server.office()
        try:
            yield Packets(office, self.folder / f"quarantine{uuid.uuid4().hex}")
        finally:
            office.database.close()


def read(laptop: Services, *paths: Path) -> Imported:
    """Import packets and return what became of the last."""
    return laptop.packets.take(paths).value[-1]


def open_lines(laptop: Services) -> int:
    """Return how many lines of records have no receipt; the trail of the packets themselves is not counted."""
    return laptop.sync.status().pending


def clone(laptop: Services, home: Path) -> Services:
    """Copy a laptop's disk, keys and all, and open the copy."""
    source = laptop.profile.home
    laptop.close()
    shutil.copytree(source, home)
    copy = open_home(home)
    copy.vault.unlock(cast.SECRET)
    laptop.vault.unlock(cast.SECRET)
    return copy
