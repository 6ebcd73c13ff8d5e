"""Files that take too long to put together while a request waits: one after the other, beside the requests.

Who is at it, until when, and what the last try came to stands in the upload's row: where a process ends, the next request
for the file begins again, and of several processes one does the work. Should two do it, both put the same bytes there.
"""

import errno
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, select, update

from sync.protocol.errors import SyncError
from sync.protocol.files import FileOffer
from sync.server import errors
from sync.server.db import schema
from sync.server.db.problems import Busy
from sync.server.db.unit import Database
from sync.server.devices import Device
from sync.server.world import World

_HOLD_MS: Final = 30_000
_SAY_SO_S: Final = 10.0
_OF: Final = schema.upload.c


@dataclass(frozen=True, slots=True)
class Job:
    """A file that lies in chunks, and whose it is."""

    device: Device
    file: FileOffer

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells it from others."""
        return self.device.id, self.file.sha256


class NotOurs(Exception):
    """Say that the work is to be left: the process ends, the upload is gone, or its device was locked out."""


Beat = Callable[[], None]


class Assembly:
    """Do jobs on a thread of its own.

    Args:
        place: Puts a file in its place; it calls its second argument with each piece.
        settle: Gives the receipt.
    """

    def __init__(
        self, database: Database, world: World, place: Callable[[Job, Beat], None], settle: Callable[[Job], None]
    ) -> None:
        self._database, self._world, self._place, self._settle = database, world, place, settle
        self._turn = threading.Lock()
        self._jobs: set[tuple[str, str]] = set()
        self._pool = ThreadPoolExecutor(1, "assembly")
        self._is_ending = False

    def ask(self, job: Job) -> str:
        """Have a job done, unless somebody is at it; return, once, the code of what the last try came to grief on."""
        problem = self._database.transact(lambda unit: _told(unit, job))
        with self._turn:
            if not problem and job.key not in self._jobs:
                self._jobs.add(job.key)
                self._pool.submit(self._do, job).add_done_callback(_log_bug)
        return problem

    def end(self) -> None:
        """Leave the job under way and those that wait; another process, or the next one, begins again."""
        self._is_ending = True
        self._pool.shutdown(cancel_futures=True)

    def _do(self, job: Job) -> None:
        try:
            if self._hold(job, _OF.held_until_ms <= self._world.now_ms()):
                self._release(job, self._problem(job))
        except Busy:  # it is free again in a moment
            logging.getLogger(__name__).exception("file.not_released")
        finally:
            with self._turn:
                self._jobs.discard(job.key)

    def _problem(self, job: Job) -> str:
        try:
            self._place(job, self._beat(job))
            if self._hold(job):
                self._settle(job)
        except (NotOurs, errors.BlobIncomplete):  # which chunks are missing, the next request is told
            return ""
        except errors.BlobDigest as problem:
            return problem.code
        except (SyncError, OSError) as problem:
            logging.getLogger(__name__).exception("file.not_put_together")
            is_full = isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT)
            return errors.NoSpace.code if is_full or isinstance(problem, errors.NoSpace) else Busy.code
        return ""

    def _beat(self, job: Job) -> Beat:
        said_s = self._world.ticks_s()

        def beat() -> None:
            nonlocal said_s
            now_s = self._world.ticks_s()
            if self._is_ending:
                raise NotOurs()
            if now_s - said_s >= _SAY_SO_S:
                said_s = now_s
                if not self._hold(job):
                    raise NotOurs()

        return beat

    def _hold(self, job: Job, *free: ColumnElement[bool]) -> bool:
        device = schema.device.c
        until_ms = self._world.now_ms() + _HOLD_MS
        active = select(device.device).where(device.revoked_ms.is_(None))
        mine = update(schema.upload).where(*_row(job), _OF.device.in_(active), *free).values(held_until_ms=until_ms)
        return self._database.transact(lambda unit: unit.execute(mine).rowcount) == 1

    def _release(self, job: Job, problem: str) -> None:
        left = update(schema.upload).where(*_row(job)).values(held_until_ms=0, problem=problem)
        self._database.transact(lambda unit: unit.execute(left))


def _row(job: Job) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _OF.device == job.device.id, _OF.sha256 == job.file.sha256


def _told(unit: Connection, job: Job) -> str:
    problem = unit.execute(select(_OF.problem).where(*_row(job))).scalar() or ""
    if problem:
        unit.execute(update(schema.upload).where(*_row(job)).values(problem=""))
    return problem


def _log_bug(done: Future[None]) -> None:
    if not done.cancelled() and (bug := done.exception()) is not None:
        logging.getLogger(__name__).error("file.bug", exc_info=bug)
