"""How much of the disk one device may take: bytes of lines and of files in a day, bytes of files that it never finishes, and no more
than is left.

A lost key or a broken program would otherwise fill the disk, and then nobody could sync. What is refused stays on its laptop,
which asks again. Everything is counted in the database, for all processes together.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Connection, delete, func, select, update

from sync.protocol.errors import SyncError
from sync.server import errors, words
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_new
from sync.server.people.admissions import raise_alarm
from sync.server.world import World

SPARE_BYTES: Final = 256 << 20  # left for records
_HOUR_MS: Final = 3_600_000
_HOURS: Final = 24
_TOLD_MS: Final = 10 * 60_000
_OF: Final = schema.device_intake.c


@dataclass(frozen=True, slots=True)
class Limits:
    """What one device may send.

    Attributes:
        day_bytes: In 24 hours. Two thousand photos and a day of video are less.
        unfinished_bytes: Of files that are not complete. A laptop finishes a slice of 32 MiB, or one file of 4 GiB at most,
            before it begins the next; only long ones may wait for being put together.
        line_bytes: New lines in 24 hours. A million records are less than one GiB.
    """

    day_bytes: int = 64 << 30
    unfinished_bytes: int = 32 << 30
    line_bytes: int = 4 << 30


class LimitReached(SyncError):
    """Say that a device may send no more for now: `used` of `limit`."""

    alarm = ""
    retryable = True


class DayLimit(LimitReached):
    """Say that a device has sent as much as it may in a day."""

    code = "blob.day_limit"
    alarm = "files.day"


class UnfinishedLimit(LimitReached):
    """Say that a device has begun as much as it may without finishing it."""

    code = "blob.unfinished_limit"
    alarm = "files.unfinished"


class DiskLimit(LimitReached):
    """Say that a device has sent, in a day, as much as the disk has left."""

    code = "blob.disk_limit"
    alarm = "files.disk"


class LineLimit(LimitReached):
    """Say that a device has sent as many lines as it may in a day."""

    code = "push.day_limit"
    alarm = "lines.day"


ALARMS: Final = tuple(one.alarm for one in (DayLimit, UnfinishedLimit, DiskLimit, LineLimit))


@dataclass(frozen=True, slots=True)
class Use:
    """What a device has sent, and what there is.

    Attributes:
        free_bytes: None where nobody can tell.
    """

    day_bytes: int
    unfinished_bytes: int
    free_bytes: int | None
    limits: Limits

    def require(self, size: int, staged: int) -> None:
        """Require that so much more may come, `staged` of it for files that are not complete yet.

        Raises:
            DayLimit, UnfinishedLimit, DiskLimit: If the device may not send it.
            NoSpace: If nobody may.
        """
        day, unfinished, free = self.day_bytes + size, self.unfinished_bytes + staged, self.free_bytes
        if day > self.limits.day_bytes:
            raise DayLimit(used=words.size(self.day_bytes), limit=words.size(self.limits.day_bytes))
        if staged and unfinished > self.limits.unfinished_bytes:
            raise UnfinishedLimit(used=words.size(self.unfinished_bytes), limit=words.size(self.limits.unfinished_bytes))
        if free is not None and free - size < SPARE_BYTES:
            raise errors.NoSpace(size=size)
        if free is not None and day > free - size:
            raise DiskLimit(used=words.size(self.day_bytes), limit=words.size(free))


UNLIMITED: Final = Use(0, 0, None, Limits(1 << 62, 1 << 62))


class Meter:
    """Count what devices send; `limits` may be set before the server begins."""

    def __init__(self, database: Database, world: World, free_bytes: Callable[[], int | None]) -> None:
        self.limits = Limits()
        self._database, self._world, self._free_bytes = database, world, free_bytes

    def use(self, device: str) -> Use:
        """Return how far a device is."""
        with self._database.read() as unit:
            return self._use(unit, device)

    def count(self, device: str, size: int, sha256: str = "") -> None:
        """Count bytes that are about to be written, for an unfinished file if one is named.

        Raises:
            DayLimit, UnfinishedLimit, DiskLimit, NoSpace: If they may not be; then nothing is counted.
        """
        staged = size if sha256 else 0

        def add(unit: Connection) -> None:
            self._add(unit, device, _OF.files, size)
            of = schema.upload.c
            unit.execute(update(schema.upload).where(of.device == device, of.sha256 == sha256).values(came=of.came + size))
            found = self._use(unit, device)
            Use(found.day_bytes - size, found.unfinished_bytes - staged, found.free_bytes, found.limits).require(size, staged)

        with self.telling(device):
            self._database.transact(add)

    def count_lines(self, unit: Connection, device: str, size: int) -> None:
        """Count the bytes of new lines, in the transaction that writes them.

        Raises:
            LineLimit: If they may not be; the transaction is to be given up.
        """
        self._add(unit, device, _OF.lines, size)
        used, limit = self._day(unit, device, _OF.lines), self.limits.line_bytes
        if used > limit:
            raise LineLimit(used=words.size(used - size), limit=words.size(limit))

    @contextmanager
    def telling(self, device: str) -> Iterator[None]:
        """Raise an alarm about the device where it comes to a limit."""
        try:
            yield
        except LimitReached as problem:
            self._tell(device, problem)
            raise

    def lift(self, device: str) -> None:
        """Forget what a device sent today: it may send as much again."""
        with self._database.write() as unit:
            unit.execute(delete(schema.device_intake).where(_OF.device == device))

    @property
    def _hour(self) -> int:
        return self._world.now_ms() // _HOUR_MS

    def _add(self, unit: Connection, device: str, column: Column[int], size: int) -> None:
        hour = self._hour
        if insert_new(unit, schema.device_intake, {"device": device, "hour": hour, "files": 0, "lines": 0}):
            unit.execute(delete(schema.device_intake).where(_OF.device == device, _OF.hour <= hour - _HOURS))
        mine = (_OF.device == device, _OF.hour == hour)
        unit.execute(update(schema.device_intake).where(*mine).values({column: column + size}))  # the others wait here

    def _day(self, unit: Connection, device: str, column: Column[int]) -> int:
        day = select(func.sum(column)).where(_OF.device == device, _OF.hour > self._hour - _HOURS)
        return int(unit.scalar(day) or 0)

    def _use(self, unit: Connection, device: str) -> Use:
        of = schema.upload.c
        unfinished = select(func.coalesce(func.sum(of.came), 0)).where(of.device == device)
        return Use(self._day(unit, device, _OF.files), int(unit.scalar(unfinished) or 0), self._free_bytes(), self.limits)

    def _tell(self, device: str, problem: LimitReached) -> None:
        of, now = schema.device_alarm.c, self._world.now_ms()
        same = (of.device == device, of.kind == problem.alarm, of.last_ms > now - _TOLD_MS)
        with self._database.read() as unit:
            if unit.execute(select(of.kind).where(*same)).first() is not None:
                return
        detail = "" if isinstance(problem, DiskLimit) else str(problem.params["limit"])
        with self._database.write() as unit:
            raise_alarm(unit, device, problem.alarm, detail, now)


def day_use(unit: Connection, now_ms: int) -> dict[str, int]:
    """Return how many bytes of files and new lines each device sent in the last 24 hours."""
    recent = _OF.hour > now_ms // _HOUR_MS - _HOURS
    rows = unit.execute(select(_OF.device, func.sum(_OF.files + _OF.lines)).where(recent).group_by(_OF.device))
    return {device: int(came) for device, came in rows}
