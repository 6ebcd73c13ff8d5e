"""The addresses of the server: bodies in, answers out; every decision is made elsewhere."""

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sync.protocol import codec, framing
from sync.protocol.admission import AdmissionRequest, LoginRequest
from sync.protocol.checkpoints import CheckpointRequest
from sync.protocol.files import (
    MAX_BUNDLE_BYTES,
    BundleRequest,
    OffersRequest,
    SizesRequest,
    bundled,
    cut,
    unbundled,
)
from sync.protocol.framing import TooLarge
from sync.protocol.messages import (
    CHUNK_BYTES,
    HEADER_DEVICE,
    HEADER_DIGEST,
    HEADER_MACHINE,
    HEADER_NONCE,
    HEADER_PROTO,
    HEADER_SIGNATURE,
    HEADER_TIME,
    MAX_JSON_BYTES,
    PROTO,
    BlobOffer,
    EnrolRequest,
    Hello,
    ResupplyRequest,
    SnapshotRequest,
    SyncAnswer,
    SyncRequest,
)
from sync.protocol.numbers import RangesRequest
from sync.protocol.packets_keys import Card, CardsAnswer
from sync.protocol.signing import RequestProof
from sync.server import epochs, errors, exchanges, knocks, numbers, openapi, resupply, snapshots
from sync.server.blobs import Blobs, StoredBlob
from sync.server.ca.place import PROLONGED, Place
from sync.server.checkpoints import Log, Stamper
from sync.server.db.unit import Database
from sync.server.devices import Device, Devices
from sync.server.packet_cards import Cards
from sync.server.terms import Terms
from sync.server.underway import UnderWay
from sync.server.world import World

M = TypeVar("M")
_JSON: Final = "application/json"
_ADMISSION_RATE: Final = knocks.Rate("admission", 60)
_MAX_NONCE: Final = 80
_MAX_CLIENT: Final = 60


@dataclass(frozen=True, slots=True)
class Office:
    """Everything an endpoint needs."""

    database: Database
    devices: Devices
    blobs: Blobs
    world: World
    terms: Terms
    under_way: UnderWay = field(default_factory=UnderWay)

    @property
    def counter(self) -> exchanges.Counter:
        """Return what an exchange with a device needs."""
        return exchanges.Counter(self.database, self.world, self.terms, self.devices.find, self.under_way, self.blobs.meter)


class Endpoints:
    """Answer requests; database and disk work runs on worker threads."""

    def __init__(self, office: Office, stamper: Stamper | None = None, ca: Place | None = None) -> None:
        self._office, self._stamper, self._ca = office, stamper, ca
        self._knocks = knocks.Knocks(office.world)
        self._kept_log: Log | None = None

    def routes(self) -> list[Route]:
        """Return all addresses."""
        return [
            Route("/healthz", self.healthz),
            Route("/v1/openapi.json", self.openapi),
            Route("/v1/hello", self.hello),
            Route("/v1/enrol", self.enrol, methods=["POST"]),
            Route("/v1/admission", self.admission, methods=["POST"]),
            Route("/v1/login", self.login, methods=["POST"]),
            Route("/v1/logout", self.logout, methods=["POST"]),
            Route("/v1/me", self.me),
            Route("/v1/sync", self.sync, methods=["POST"]),
            Route("/v1/snapshot", self.snapshot, methods=["POST"]),
            Route("/v1/resupply", self.resupply, methods=["POST"]),
            Route("/v1/cards", self.cards, methods=["POST"]),
            Route("/v1/leases/numbers", self.lend_numbers, methods=["POST"]),
            Route("/v1/checkpoint", self.checkpoint, methods=["GET"]),
            Route("/v1/checkpoint", self.proofs, methods=["POST"]),
            Route("/v1/blobs", self.blob_offers, methods=["POST"]),
            Route("/v1/sizes", self.sizes, methods=["POST"]),
            Route("/v1/bundles", self.bundle_put, methods=["PUT"]),
            Route("/v1/bundles", self.bundle_get, methods=["POST"]),
            Route("/v1/blobs/{sha256}", self.blob_offer, methods=["POST"]),
            Route("/v1/blobs/{sha256}", self.blob_get, methods=["GET"]),
            Route("/v1/blobs/{sha256}", self.blob_put, methods=["PUT"]),
            Route("/v1/blobs/{sha256}/prolonged", self.blob_prolonged, methods=["GET"]),
            Route("/v1/blobs/{sha256}/commit", self.blob_commit, methods=["POST"]),
            Route("/v1/blobs/{sha256}/{number:int}", self.blob_chunk, methods=["PUT"]),
        ]

    async def healthz(self, request: Request) -> Response:
        """Say that the process answers."""
        return Response(b'{"ok":true}', media_type=_JSON)

    async def openapi(self, request: Request) -> Response:
        """Describe these addresses to programs."""
        return answer(await run_in_threadpool(openapi.description))

    async def hello(self, request: Request) -> Response:
        """Tell anybody who this server is and what time it has."""
        epoch = await run_in_threadpool(self._epoch)
        return answer(Hello(self._office.devices.server, epoch, self._office.world.now_ms()))

    async def enrol(self, request: Request) -> Response:
        """Let a device in against a one-time code."""
        wanted = codec.load(EnrolRequest, await _body(request, MAX_JSON_BYTES))
        return answer(await run_in_threadpool(self._office.devices.enrol, wanted))

    async def me(self, request: Request) -> Response:
        """Tell a device what is known of it, also one whose user must log in first."""
        device, _ = await self._let_in(request, MAX_JSON_BYTES, self._office.devices.require_enrolled)
        return answer(await run_in_threadpool(self._office.devices.me, device))

    async def admission(self, request: Request) -> Response:
        """Queue a device that has no code, and say what became of it."""
        devices, address = self._office.devices, knocks.address(request)
        self._knocks.check(_ADMISSION_RATE, address)
        wanted = codec.load(AdmissionRequest, await _body(request, MAX_JSON_BYTES))
        return answer(await run_in_threadpool(devices.people.admissions.ask, devices.server, wanted, address))

    async def login(self, request: Request) -> Response:
        """Let the device's user show that it is he."""
        device, body = await self._let_in(request, MAX_JSON_BYTES, self._office.devices.require_enrolled)
        wanted = codec.load(LoginRequest, body)
        return answer(await run_in_threadpool(self._office.devices.log_in, device, wanted))

    async def logout(self, request: Request) -> Response:
        """Forget who stands behind the device."""
        device, _ = await self._let_in(request, MAX_JSON_BYTES, self._office.devices.require_enrolled)
        await run_in_threadpool(self._office.devices.people.logins.close_device, device.id)
        return done()

    async def sync(self, request: Request) -> Response:
        """Take in lines, give out feeds and receipts; a revoked device may bring what it signed and reads no feed."""
        bearer = self._office.devices.require_active_or_revoked
        with self._office.under_way.serving(request.headers.get(HEADER_DEVICE, "")) as turn:
            device, wanted, reply = await self._packed(request, SyncRequest, bearer)
            return reply(await run_in_threadpool(self._exchange, device, wanted, turn))

    def _exchange(self, device: Device, wanted: SyncRequest, turn: int) -> SyncAnswer:
        if not wanted.lines and not wanted.skip:  # it wants to see what others lead to that are on their way
            self._office.under_way.wait_for_earlier(device.id, turn)
        given = exchanges.exchange(self._office.counter, device, wanted)
        if given.more or not (given.receipts.entries or given.receipts.told):
            return given
        return replace(given, log_head=self._log().shown(self._office.world.now_ms()).note)

    async def snapshot(self, request: Request) -> Response:
        """Give out a feed's confirmed layer."""
        device, wanted, reply = await self._packed(request, SnapshotRequest)
        return reply(await run_in_threadpool(snapshots.snapshot, self._office.counter, device, wanted))

    async def resupply(self, request: Request) -> Response:
        """Take back lines that the server lost."""
        device, wanted, reply = await self._packed(request, ResupplyRequest)
        return reply(await run_in_threadpool(resupply.resupply, self._office.counter, device, wanted))

    async def cards(self, request: Request) -> Response:
        """Keep a device's card for packets and give out the server's and those of its colleagues."""
        device, body = await self._signed(request, MAX_JSON_BYTES)
        card = codec.load(Card, body)
        return packed(await run_in_threadpool(self._exchange_cards, device, card))

    def _exchange_cards(self, device: Device, card: Card) -> CardsAnswer:
        office = self._office
        known = Cards(office.database, office.devices, office.world)
        known.keep(device, card)
        return CardsAnswer(known.own, known.around(device))

    async def lend_numbers(self, request: Request) -> Response:
        """Lend a device ranges of document numbers."""
        device, body = await self._signed(request, MAX_JSON_BYTES)
        wanted, office = codec.load(RangesRequest, body), self._office
        return answer(await run_in_threadpool(numbers.lend, office.database, office.world, device, wanted))

    async def blob_offers(self, request: Request) -> Response:
        """Begin, resume and finish uploads."""
        device, body = await self._signed(request, MAX_JSON_BYTES)
        wanted = codec.load(OffersRequest, body)
        return answer(await run_in_threadpool(self._office.blobs.offers, device, wanted))

    async def sizes(self, request: Request) -> Response:
        """Say which of many files can be had."""
        device, body = await self._signed(request, MAX_JSON_BYTES)
        wanted = codec.load(SizesRequest, body)
        return answer(await run_in_threadpool(self._office.blobs.sizes, device, wanted))

    async def bundle_put(self, request: Request) -> Response:
        """Take in small files whole."""
        device, body = await self._signed(request, MAX_BUNDLE_BYTES)
        wanted, contents = unbundled(OffersRequest, body)
        pieces = cut(contents, (one.size for one in wanted.files))
        return answer(await run_in_threadpool(self._office.blobs.take_small, device, wanted, pieces))

    async def bundle_get(self, request: Request) -> Response:
        """Give out small files together."""
        device, body = await self._signed(request, MAX_JSON_BYTES)
        wanted = codec.load(BundleRequest, body)
        found, contents = await run_in_threadpool(self._office.blobs.small, device, wanted)
        return Response(bundled(found, contents), headers={HEADER_PROTO: str(PROTO)}, media_type="application/octet-stream")

    async def checkpoint(self, request: Request) -> Response:
        """Show anybody the head of the log."""
        return answer(await run_in_threadpool(lambda: self._log().shown(self._office.world.now_ms())))

    async def proofs(self, request: Request) -> Response:
        """Prove to a device that the log only grew, and where lines stand in it."""
        device, body = await self._signed(request, MAX_JSON_BYTES)
        wanted = codec.load(CheckpointRequest, body)
        return answer(await run_in_threadpool(lambda: self._log().answer(wanted, device)))

    def _log(self) -> Log:
        if self._kept_log is None:
            office = self._office
            key = Cards(office.database, office.devices, office.world).key
            self._kept_log = Log(office.database, key, office.devices.server, self._stamper)
        return self._kept_log

    async def blob_offer(self, request: Request) -> Response:
        """Begin or resume an upload."""
        device, body = await self._signed(request, MAX_JSON_BYTES)
        offer = codec.load(BlobOffer, body)
        return answer(
            await run_in_threadpool(self._office.blobs.offer, device, request.path_params["sha256"], offer)
        )

    async def blob_put(self, request: Request) -> Response:
        """Take in an announced file in one piece: its name is the digest that the request signs."""
        device, proof = await self._known(request, self._office.devices.require_active)
        sha256 = request.path_params["sha256"]
        if proof.body_sha256 != sha256:
            raise errors.WrongBodyDigest()
        incoming = await run_in_threadpool(self._office.blobs.begin, device, sha256)
        try:
            async for pieces in _gathered(request):
                await run_in_threadpool(incoming.take, pieces)
            await run_in_threadpool(incoming.finish)
            return done()
        finally:
            incoming.close()

    async def blob_chunk(self, request: Request) -> Response:
        """Keep one chunk."""
        device, body = await self._signed(request, CHUNK_BYTES)
        where = request.path_params
        await run_in_threadpool(self._office.blobs.put_chunk, device, where["sha256"], where["number"], body)
        return done()

    async def blob_commit(self, request: Request) -> Response:
        """Finish an upload, or begin to."""
        device, _ = await self._signed(request, MAX_JSON_BYTES)
        state = await run_in_threadpool(self._office.blobs.commit, device, request.path_params["sha256"])
        return answer(state, 200 if state.complete else 202)

    async def blob_get(self, request: Request) -> Response:
        """Give out a file, from an offset if asked (``Range: bytes=N-``)."""
        device, _ = await self._signed(request, MAX_JSON_BYTES)
        found = await run_in_threadpool(self._office.blobs.find, device, request.path_params["sha256"])
        return _file(found, _offset(request, found.size))

    async def blob_prolonged(self, request: Request) -> Response:
        """Give out a signed PDF with the proofs and the time-stamp that this server appended to it."""
        device, _ = await self._signed(request, MAX_JSON_BYTES)
        raw = await run_in_threadpool(self._prolonged, device, request.path_params["sha256"])
        return Response(raw, headers={HEADER_PROTO: str(PROTO)}, media_type="application/octet-stream")

    def _prolonged(self, device: Device, sha256: str) -> bytes:
        name = f"{self._office.blobs.find(device, sha256).sha256}.pdf"
        if self._ca is None or not self._ca.has(PROLONGED, name):
            raise errors.BlobUnknown(sha256=sha256)
        return self._ca.read(PROLONGED, name)

    def _epoch(self) -> str:
        with self._office.database.read() as unit:
            return epochs.current(unit)

    async def _packed(
        self, request: Request, kind: type[M], require: Callable[[Device], None] | None = None
    ) -> tuple[Device, M, Callable[[object], Response]]:
        """Read a large message; plain JSON, for partners and tests, is answered in plain JSON."""
        check = require or self._office.devices.require_active
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _JSON:
            device, body = await self._let_in(request, framing.MAX_PLAIN_BYTES, check)
            return device, await run_in_threadpool(codec.load, kind, body), answer
        device, body = await self._let_in(request, framing.MAX_PACKED_BYTES, check)
        return device, await run_in_threadpool(lambda: codec.load(kind, framing.unpack(body))), packed

    async def _signed(self, request: Request, limit: int) -> tuple[Device, bytes]:
        return await self._let_in(request, limit, self._office.devices.require_active)

    async def _let_in(
        self, request: Request, limit: int, require: Callable[[Device], None]
    ) -> tuple[Device, bytes]:
        device, proof = await self._known(request, require)
        body = await _body(request, limit)
        if hashlib.sha256(body).hexdigest() != proof.body_sha256:
            raise errors.WrongBodyDigest()
        return device, body

    async def _known(self, request: Request, require: Callable[[Device], None]) -> tuple[Device, RequestProof]:
        """Check the signature before a byte of the body is read: strangers cost nothing."""
        devices = self._office.devices
        proof, signature = _proof(request, devices.server)
        device = await run_in_threadpool(devices.authenticate, proof, signature)
        machine = request.headers.get(HEADER_MACHINE, "")
        if machine and machine != device.machine:
            await run_in_threadpool(devices.people.admissions.note_machine, device.id, machine)
        client = "".join(one for one in request.headers.get("user-agent", "") if one.isprintable())[:_MAX_CLIENT]
        if client != device.client:
            await run_in_threadpool(devices.note_client, device.id, client)
        require(device)
        return device, proof


def done() -> Response:
    """Return the answer that says nothing but that it was done, and by whom."""
    return Response(status_code=204, headers={HEADER_PROTO: str(PROTO)})


def answer(message: object, status: int = 200) -> Response:
    """Return a message as plain JSON."""
    return Response(codec.dump(message), status, {HEADER_PROTO: str(PROTO)}, _JSON)


def packed(message: object, status: int = 200) -> Response:
    """Return a message as compressed JSON."""
    return Response(framing.pack(codec.dump(message)), status, {HEADER_PROTO: str(PROTO)}, framing.MEDIA_TYPE)


def _proof(request: Request, server: str) -> tuple[RequestProof, str]:
    names = (HEADER_DEVICE, HEADER_TIME, HEADER_NONCE, HEADER_DIGEST, HEADER_SIGNATURE)
    values = [request.headers.get(name, "") for name in names]
    if not all(values) or not values[1].isascii() or not values[1].isdigit() or len(values[1]) > 15:
        raise errors.Unsigned()
    device, time_ms, nonce, digest, signature = values
    if len(nonce) > _MAX_NONCE:
        raise errors.Unsigned()
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RequestProof(server, device, request.method, target, int(time_ms), nonce, digest), signature


async def _body(request: Request, limit: int) -> bytes:
    stated = request.headers.get("content-length", "0")
    if stated.isdigit() and int(stated[:20]) > limit:
        raise TooLarge(limit=limit)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise TooLarge(limit=limit)
    return bytes(body)


async def _gathered(request: Request) -> AsyncIterator[list[memoryview]]:
    """Yield the body chunk by chunk: enough for a worker thread's while, and whole ones when the line breaks."""
    held: list[memoryview] = []
    room = CHUNK_BYTES
    async for piece in request.stream():
        rest = memoryview(piece)
        while len(rest) >= room:
            yield [*held, rest[:room]]
            held, rest, room = [], rest[room:], CHUNK_BYTES
        held.append(rest)
        room -= len(rest)
    if room < CHUNK_BYTES:
        yield held


def _offset(request: Request, size: int) -> int:
    wanted = request.headers.get("range", "")
    number = wanted.removeprefix("bytes=").removesuffix("-")
    if wanted != f"bytes={number}-" or not (number.isascii() and number.isdigit()) or len(number) > 15:
        return 0
    return min(int(number), size)


def _file(found: StoredBlob, start: int) -> Response:
    headers = {HEADER_PROTO: str(PROTO), "Content-Length": str(found.size - start)}
    if start:
        headers["Content-Range"] = f"bytes {start}-{found.size - 1}/{found.size}"
    # Never the stored type: a browser must not run what a device sent.
    return StreamingResponse(
        found.store.read(found.sha256, start), 206 if start else 200, headers, "application/octet-stream"
    )
