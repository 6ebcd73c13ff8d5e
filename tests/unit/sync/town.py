"""A whole server with offices, people and devices inside the test's own process, asked by real signed requests."""

import asyncio
import hashlib
import itertools
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from sync.protocol import chain, codec, hlc, signing
from sync.protocol.admission import AdmissionRequest, Decision, LoginRequest, ask_bytes, fingerprint
from sync.protocol.chain import ChainHead, DeviceKey, SignedLine
from sync.protocol.lines import CONFLICT, DELETED, ROWS, VOID, FieldEdit, Kind, Line
from sync.protocol.linked import on_wire
from sync.protocol.messages import (
    RELEASE,
    BlobOffer,
    BlobState,
    Cursor,
    EnrolRequest,
    Me,
    Receipt,
    SnapshotRequest,
    SyncAnswer,
    SyncRequest,
)
from sync.protocol.policy import Role, Standing
from sync.protocol.signing import RequestProof
from sync.server.app import DATABASE_NAME, make_app, office_at
from sync.server.people.directory import People
from sync.server.people.quarantine import Quarantine
from sync.server.terms import Terms
from sync.server.world import World

DAY_MS = 24 * 3_600_000
PASSWORD = "correct horse battery"
# Two provinces; below the first two cities, with two counties and one.
ORGS = ("610000", "610100", "610102", "610103", "610600", "610602", "620000", "620100")
BODIES: Mapping[Kind, tuple[FieldEdit, ...]] = {
    Kind.SET: (FieldEdit("x", 1),),
    Kind.APPEND: (FieldEdit("x", 1),),
    Kind.SIGN: (),
    Kind.VOID: (FieldEdit(VOID, "reason"),),
    Kind.DELETE: (FieldEdit(DELETED, True),),
    Kind.RESOLVE: (FieldEdit(CONFLICT, "c1"),),
    Kind.CUSTODY: (FieldEdit("event", "view"),),
}


def bound(address: str | None) -> str | None:
    """Make a PostgreSQL database its own role's, which is no superuser: only such a one feels the second line."""
    if address is None:
        return None
    name = address.rpartition("/")[2]
    with psycopg.connect(address, autocommit=True) as link:
        if link.execute("SELECT 1 FROM pg_roles WHERE rolname = 'yanfang_app'").fetchone() is None:
            link.execute("CREATE ROLE yanfang_app LOGIN NOSUPERUSER NOBYPASSRLS")
        link.execute(f"ALTER DATABASE {name} OWNER TO yanfang_app".encode())
    return address.replace("//postgres@", "//yanfang_app@")


def new_id() -> str:
    return str(uuid.uuid4())


class Door:
    """Asks a web application in this process, without a socket."""

    def __init__(self, app: Any) -> None:
        self._loop = asyncio.Runner()
        program = {"User-Agent": f"yanfang/{RELEASE}"}
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://town", headers=program)

    def request(self, method: str, target: str, **more: Any) -> httpx.Response:
        return self._loop.run(self._http.request(method, target, **more))

    def close(self) -> None:
        self._loop.run(self._http.aclose())
        self._loop.close()


class Town:
    """One server and a clock that the test moves."""

    def __init__(self, folder: Path, place: str | None = None) -> None:
        self.now_ms = 1_800_000_000_000
        folder.mkdir(exist_ok=True)
        world = World(lambda: self.now_ms, os.urandom)
        self.office = office_at(place or folder / DATABASE_NAME, folder, world)
        self.client = Door(make_app(self.office))
        self.world = world
        self.people.passwords.memory_kib = 64
        self.numbers = itertools.count(1)

    def close(self) -> None:
        self.client.close()
        self.office.database.close()

    @property
    def people(self) -> People:
        return self.office.devices.people

    @property
    def quarantine(self) -> Quarantine:
        return Quarantine(self.office.database, self.world, Terms(), self.office.devices)

    def with_offices(self) -> "Town":
        for code in ORGS:
            self.people.registers.add_org(code, f"office {code}")
        return self

    def person(self, *roles: tuple[Role, str], org: str = "610100", password: bool = False) -> str:
        user = f"p{next(self.numbers)}"
        self.people.registers.add_person(user, f"name of {user}", org)
        if password:
            self.people.registers.set_password(user, PASSWORD)
        for role, place in roles:
            self.people.registers.grant(user, Standing(role, place))
        return user

    def device(self, user: str, *grants: str, logged_in: bool = True) -> "Box":
        """Let a device in by a one-time code."""
        code = self.office.devices.issue_code(user, grants or ("*",), DAY_MS).code
        box = Box(self)
        proof = box.key.sign(signing.enrol_bytes(self.server, code, box.id, box.key.public_hex))
        request = EnrolRequest(code, box.id, box.key.public_hex, "laptop", proof)
        answer = self.client.request("POST", "/v1/enrol", content=codec.dump(request))
        assert answer.status_code == 200, answer.text
        if logged_in and self.office.devices.find(box.id).is_person:
            self.people.logins.open_device(box.id, user)
        return box

    def box(self, *roles: tuple[Role, str], org: str = "610100") -> "Box":
        return self.device(self.person(*roles, org=org))

    @property
    def server(self) -> str:
        return str(self.office.devices.server)

    @property
    def epoch(self) -> str:
        return str(self.client.request("GET", "/v1/hello").json()["epoch"])


@dataclass
class Box:
    """One device: its key, its chain, and requests signed by it."""

    town: Town
    id: str = field(default_factory=new_id)
    key: DeviceKey = field(default_factory=lambda: DeviceKey.from_seed(os.urandom(32)))
    replica: str = field(default_factory=new_id)
    at: ChainHead = field(default_factory=ChainHead)
    machine: str = ""

    def headers(self, method: str, target: str, body: bytes = b"") -> dict[str, str]:
        """Return the headers of a signed request."""
        digest = hashlib.sha256(body).hexdigest()
        proof = RequestProof(self.town.server, self.id, method, target, self.town.now_ms, new_id(), digest)
        return {
            "Yanfang-Device": proof.device, "Yanfang-Time": str(proof.time_ms), "Yanfang-Nonce": proof.nonce,
            "Yanfang-Sha256": digest, "Yanfang-Signature": self.key.sign(proof.bytes()),
            "Content-Type": "application/json", "Yanfang-Machine": self.machine,
        }  # fmt: skip

    def call(self, method: str, target: str, body: bytes = b"", **headers: str) -> tuple[int, Any]:
        sent = {**self.headers(method, target, body), **headers}
        answer = self.town.client.request(method, target, content=body, headers=sent)
        is_json = answer.headers.get("content-type") == "application/json"
        return answer.status_code, json.loads(answer.content) if is_json and answer.content else answer.content

    def wish(self) -> AdmissionRequest:
        """Return the request to be let in."""
        proof = self.key.sign(ask_bytes(self.town.server, self.id, self.key.public_hex, self.machine))
        return AdmissionRequest(self.id, self.key.public_hex, "laptop", self.machine, proof)

    def ask(self) -> Decision:
        answer = self.town.client.request("POST", "/v1/admission", content=codec.dump(self.wish()))
        assert answer.status_code == 200, answer.text
        assert answer.json()["fingerprint"] == self.digits
        return Decision(answer.json()["decision"])

    @property
    def digits(self) -> str:
        return fingerprint(self.key.public_hex)

    def login(self, user: str, password: str = PASSWORD, totp: str = "") -> tuple[int, Any]:
        return self.call("POST", "/v1/login", codec.dump(LoginRequest(user, password, totp)))

    def me(self) -> Me:
        status, answer = self.call("GET", "/v1/me")
        assert status == 200, answer
        return codec.load(Me, json.dumps(answer).encode())

    def line(
        self, feed: str, kind: Kind = Kind.SET, *, row: str | None = None, wall_ms: int | None = None,
        fields: tuple[FieldEdit, ...] | None = None, table: str = "t",
    ) -> SignedLine:  # fmt: skip
        wall = self.town.now_ms if wall_ms is None else wall_ms
        is_many = kind is Kind.CREATE
        edits = () if is_many else BODIES[kind] if fields is None else fields
        made = {edit.name: edit.value for edit in BODIES[Kind.SET] if fields is None} | {edit.name: edit.value for edit in fields or ()}
        line = Line(
            new_id(), kind, table, ROWS if is_many else row or new_id(), feed, edits, "author", new_id(), self.replica, self.at.n + 1,
            self.at.hash, hlc.tick(0, wall), wall, None, 1,
            tuple((one, made) for one in sorted((row or new_id(), new_id()))) if is_many else (),
        )  # fmt: skip
        signed = chain.seal(line, self.key)
        self.at = signed.head
        return signed

    def send(self, *signed: SignedLine, cursors: tuple[Cursor, ...] = ()) -> tuple[int, Any]:
        wire = on_wire(signed)
        request = SyncRequest(self.town.epoch, cursors, self.replica, wire, own=True)
        return self.call("POST", "/v1/sync", codec.dump(request))

    def sync(self, *signed: SignedLine) -> SyncAnswer:
        status, answer = self.send(*signed)
        assert status == 200, answer
        read = codec.load(SyncAnswer, json.dumps(answer).encode())
        assert read.problem is None
        return read

    def push(self, *signed: SignedLine) -> dict[str, Receipt]:
        """Send lines and return the latest receipt of each; a revoked device gets an answer in no other way."""
        answer = self.sync(*signed)
        assert answer.taken == len(signed)
        return {one.subject: one for one in answer.receipts.entries}

    def receipts(self) -> dict[str, Receipt]:
        return {one.subject: one for one in self.sync().receipts.entries}

    def feeds(self) -> set[str]:
        """Return the feeds that a pull gives to this device."""
        return {page.feed for page in self.sync().pages}

    def snapshot(self, feed: str) -> tuple[int, Any]:
        return self.call("POST", "/v1/snapshot", codec.dump(SnapshotRequest(self.town.epoch, feed)))

    def offer(self, feed: str, data: bytes) -> tuple[int, Any]:
        name = hashlib.sha256(data).hexdigest()
        return self.call("POST", f"/v1/blobs/{name}", codec.dump(BlobOffer(feed, len(data), "image/jpeg")))

    def put(self, feed: str, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        status, answer = self.offer(feed, data)
        assert status == 200, answer
        state = codec.load(BlobState, json.dumps(answer).encode())
        for number in state.missing:
            assert self.call("PUT", f"/v1/blobs/{name}/{number}", data)[0] == 204
        assert self.call("POST", f"/v1/blobs/{name}/commit")[0] == 200
        return name

    def get(self, name: str) -> int:
        return self.call("GET", f"/v1/blobs/{name}")[0]
