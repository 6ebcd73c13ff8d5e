"""A server in this process, spoken to without a wire: for tests of what it decides, not of how it is reached."""

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from sync.client.enrol import Applicant, enrol
from sync.client.errors import Refused
from sync.client.http import Credentials, ServerDoor
from sync.client.runs import OnItsWay
from sync.protocol import codec
from sync.protocol.chain import DeviceKey
from sync.protocol.errors import SyncError
from sync.protocol.messages import (
    EnrolRequest,
    Hello,
    Me,
    ResupplyAnswer,
    ResupplyRequest,
    SnapshotPage,
    SnapshotRequest,
    SyncAnswer,
    SyncRequest,
)
from sync.protocol.rules import RuleBook, Rules
from sync.protocol.schemas import Schema
from sync.server import digests, epochs, errors, exchanges, resupply, snapshots, upgrades
from sync.server.app import open_office
from sync.server.db.unit import Database
from sync.server.routes import Office
from sync.server.terms import Terms
from sync.server.world import World
from tests.unit.sync.kit import Laptop, MemoryStore, Vault, new_id

T = TypeVar("T")


class NearServer:
    """An office's server, with a clock that goes on by a millisecond whenever it is looked at."""

    def __init__(self, folder: Path, rules: Rules | None = None, schema: Schema | None = None) -> None:
        ticks = itertools.count(1_800_000_000_000)
        self.world = World(lambda: next(ticks), random.Random(3).randbytes)
        self.terms = Terms(schema or Schema(1), RuleBook(rules or Rules()))
        self.office: Office = open_office(folder, self.world, self.terms)

    @property
    def database(self) -> Database:
        return self.office.database

    def close(self) -> None:
        self.office.database.close()

    def upgrade(self, schema: Schema) -> None:
        """Go on as the next release."""
        self.terms = Terms(schema, self.terms.book)
        upgrades.settle(self.database, self.world, self.terms, self.office.devices.find)
        self.office = replace(self.office, terms=self.terms)

    def epoch(self) -> str:
        with self.database.read() as unit:
            return epochs.current(unit)

    def digest_is_right(self, feed: str) -> bool:
        with self.database.read() as unit:
            return digests.kept(unit, feed) == digests.counted_anew(unit, feed)

    def laptop(self, scope: str, *grants: str) -> Laptop:
        key, device = DeviceKey.from_seed(random.randbytes(32)), new_id()
        door = NearDoor("http://near", self.world.now_ms, new_id)
        door.server, door.asked = self, []
        code = self.office.devices.issue_code("u", grants or (scope,), 60_000).code
        me = enrol(door, code, Applicant(device, key, "本"))
        door.credentials = Credentials(device, key, me.server)
        door.asked.clear()
        return Laptop(key, device, door, MemoryStore(key, scope), Vault(), me)


class NearDoor(ServerDoor):
    """Call the server's functions; messages are written and read as on the wire, refusals come as refusals."""

    server: NearServer
    asked: list[str]

    def hello(self) -> Hello:
        self.asked.append("hello")
        return Hello(self.server.office.devices.server, self.server.epoch(), self.server.world.now_ms())

    def enrol(self, request: EnrolRequest) -> Me:
        return self.server.office.devices.enrol(request)

    def sync(self, request: SyncRequest, on_its_way: OnItsWay | None = None) -> SyncAnswer:
        return self._call(SyncAnswer, exchanges.exchange, request)

    def snapshot(self, request: SnapshotRequest) -> SnapshotPage:
        return self._call(SnapshotPage, snapshots.snapshot, request)

    def resupply(self, request: ResupplyRequest) -> ResupplyAnswer:
        return self._call(ResupplyAnswer, resupply.resupply, request)

    def _call(self, kind: type[T], serve: Callable[..., T], request: Any) -> T:
        assert self.credentials is not None
        self.asked.append(serve.__name__)
        counter = self.server.office.counter
        read = codec.load(type(request), codec.dump(request))
        try:
            answer = serve(counter, counter.find(self.credentials.device), read)
        except SyncError as refused:
            raise Refused(refused.code, errors.STATUS.get(refused.code, errors.OTHERWISE), refused.params) from refused
        return codec.load(kind, codec.dump(answer))
