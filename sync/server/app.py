"""Put the server together and turn every error into an answer."""

import errno
import logging
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.protocol.errors import SyncError
from sync.protocol.messages import Problem
from sync.server import errors, upgrades
from sync.server.admin.desk import AdminPages
from sync.server.blobs import Blobs
from sync.server.ca.heads import head_stamper
from sync.server.ca.place import Place
from sync.server.ca.service import CaPages
from sync.server.db.problems import Busy, NoRoom
from sync.server.db.unit import Database
from sync.server.devices import Devices
from sync.server.ops.metrics import Metrics
from sync.server.ops.probes import Probes
from sync.server.ops.watch import Watch
from sync.server.patience import Patience
from sync.server.routes import Endpoints, Office, answer
from sync.server.seals import KEY_NAME, Seal
from sync.server.sentences import sentence
from sync.server.store.door import open_store
from sync.server.terms import Terms, product_terms
from sync.server.world import World

DATABASE_NAME = "server.db"
MOST_AT_ONCE = 200
INTERNAL = "server.internal"


def open_office(folder: Path, world: World, terms: Terms | None = None) -> Office:
    """Open a data folder, making it where it is missing: a SQLite file with a folder of files beside it."""
    return office_at(folder / DATABASE_NAME, folder, world, terms)


def office_at(
    place: Path | str, blobs: Path | str, world: World, terms: Terms | None = None, key: Path | None = None
) -> Office:
    """Open a database (a file, or a `postgresql://` address) and a store of files (a folder, or an `s3://` address).

    Args:
        terms: Schema and rules of the product served; those of this release if None.
        key: File of the key that seals secrets; one in the folder of files if None.

    Raises:
        DatabaseTooNew: If a newer program wrote it.
        DriverMissing, BadAddress, Busy: If an address cannot be served.
        OSError: If the folder cannot be used.
    """
    store = open_store(blobs, world.random_bytes)
    database = Database(place)
    try:
        database.prepare(world)
        seal = Seal(key or key_beside(blobs), database, world)
        seal.settle()
        devices, told = Devices(database, world, seal), terms or product_terms()
        upgrades.settle(database, world, told, devices.find)
        return Office(database, devices, Blobs(store, database, world), world, told)
    except BaseException:
        database.close()
        raise


def key_beside(blobs: Path | str) -> Path | None:
    """Return where the key lies that nobody named: in the folder of files, if there is one."""
    return None if "://" in str(blobs) else Path(blobs) / KEY_NAME


def make_app(office: Office, ca: Path | None = None) -> ASGIApp:
    """Return the web application over an opened data folder.

    Args:
        ca: Folder of the office's own certificates and time-stamps; they may be made while the server runs.
    """

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, SyncError)
        return problem(error)

    async def no_room(request: Request, error: Exception) -> Response:
        if not isinstance(error, OSError) or error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise error
        return problem(NoRoom())

    async def broken(request: Request, error: Exception) -> Response:
        return answer(Problem(INTERNAL, {}, sentence(INTERNAL, {})), 500)

    async def not_ours(request: Request, error: Exception) -> Response:
        is_method = isinstance(error, HTTPException) and error.status_code == 405
        return problem(errors.WrongMethod() if is_method else errors.NotFound())

    metrics = Metrics(office.database)
    own = CaPages(ca, office.world).routes() if ca is not None else []
    stamper = head_stamper(ca, office.world) if ca is not None else None
    endpoints = Endpoints(office, stamper, Place(ca) if ca is not None else None)
    inner = Starlette(
        routes=[*endpoints.routes(), *Probes(office, metrics).routes(), *AdminPages(office).routes(), *own],
        exception_handlers={SyncError: refused, HTTPException: not_ours, OSError: no_room, Exception: broken},
    )
    return Watch(Turnstile(LastResort(Patience(inner)), MOST_AT_ONCE), metrics, office.world)


def problem(error: SyncError) -> Response:
    """Return the answer that carries a refusal."""
    status = errors.STATUS.get(error.code, errors.OTHERWISE)
    return answer(Problem(error.code, error.params, sentence(error.code, error.params)), status)


class Turnstile:
    """Let so many requests in at once and ask the others to come again: a rush in the morning is no failure."""

    def __init__(self, inner: ASGIApp, most: int) -> None:
        self._inner, self._most, self._inside = inner, most, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that it is too early."""
        if self._inside >= self._most:
            await problem(Busy())(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._inner(scope, receive, send)
        finally:
            self._inside -= 1


class LastResort:
    """Log a bug that was answered with a code; if the answer had begun, all that is left is to cut it off."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and catch what nobody expected."""
        try:
            await self._inner(scope, receive, send)
        except ClientDisconnect:
            logging.getLogger(__name__).info("client went away")
        except Exception:
            logging.getLogger(__name__).exception(INTERNAL)
