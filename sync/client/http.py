"""The only door to the network: typed requests in, typed answers or typed errors out."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self, TypeVar

from sync.client.carrier import Answer, Carrier, limited, translated
from sync.client.errors import NotTheServer, Refused, Unreachable
from sync.client.runs import OnItsWay
from sync.client.wire import STREAMS, Wire, opened
from sync.protocol import codec, framing
from sync.protocol.admission import Admission, AdmissionRequest, LoginRequest
from sync.protocol.chain import DeviceKey
from sync.protocol.checkpoints import CheckpointAnswer, CheckpointRequest
from sync.protocol.codec import BadMessage
from sync.protocol.feeds import batch_name
from sync.protocol.files import (
    MAX_BUNDLE_BYTES,
    BundleAnswer,
    BundleRequest,
    FileOffer,
    FileState,
    OffersAnswer,
    OffersRequest,
    SizesAnswer,
    SizesRequest,
    bundled,
    cut,
    unbundled,
)
from sync.protocol.messages import (
    HEADER_DEVICE,
    HEADER_DIGEST,
    HEADER_MACHINE,
    HEADER_NONCE,
    HEADER_PROTO,
    HEADER_SIGNATURE,
    HEADER_TIME,
    MAX_JSON_BYTES,
    PROTO,
    RELEASE,
    BlobOffer,
    BlobState,
    EnrolRequest,
    Hello,
    Me,
    Problem,
    ResupplyAnswer,
    ResupplyRequest,
    SnapshotPage,
    SnapshotRequest,
    SyncAnswer,
    SyncRequest,
)
from sync.protocol.numbers import RangesAnswer, RangesRequest
from sync.protocol.packets_keys import Card, CardsAnswer
from sync.protocol.signing import RequestProof

M = TypeVar("M")
_VERIFY_S: Final = 300.0
_PROTO: Final = HEADER_PROTO.lower()
_UNSIGNED: Final = {HEADER_PROTO: str(PROTO), "User-Agent": f"yanfang/{RELEASE}", "Accept-Encoding": "identity"}
_FILES: Final = "/v1/blobs"
_UNOPENED: Final = ("ConnectError", "ConnectTimeout", "ProxyError")
_JSON_LIMIT: Final = 4 * MAX_JSON_BYTES
_MOST_PDF: Final = 256 << 20
_NOBODY_BEHIND: Final = (502, 503, 504)  # what stands before a server says when it is down


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who this installation is: its id, its key, and the server it is enrolled at.

    Attributes:
        machine: `admission.machine_digest` of this machine, so that a copied key is noticed; may be empty.
    """

    device: str
    key: DeviceKey
    server: str
    machine: str = ""


@dataclass(slots=True)
class Traffic:
    """Bytes of bodies sent and received."""

    up: int = 0
    down: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def add(self, up: int = 0, down: int = 0) -> None:
        """Count; any thread."""
        with self._turn:
            self.up += up
            self.down += down


@dataclass(slots=True)
class ServerDoor:
    """Talk to one server. Files, and lines that nothing is read with, may go from several threads at once, everything else from one.

    Attributes:
        url: Address of the server, as ``https://sync.example:8765``.
        wall_ms: This machine's clock, milliseconds since 1970 UTC.
        new_id: Makes ids that were never used before; each request carries one.
        offset_ms: Server minus local time, set after hello, so that a wrong local clock does not lock the device out.
        timeout_s: Patience for one step of one request, not for the whole transfer.
        proxy: Proxy address; the environment is not asked.
        verify: Path of a PEM file with the certificate authorities to trust, or True for the machine's own.
        wire: A connection that outlives this door, to the same address; without it the door opens its own.
        streams: How many files go at a time.
    """

    url: str
    wall_ms: Callable[[], int]
    new_id: Callable[[], str]
    credentials: Credentials | None = None
    offset_ms: int = 0
    timeout_s: float = 20.0
    proxy: str | None = None
    verify: str | bool = True
    traffic: Traffic = field(default_factory=Traffic)
    wire: Wire | None = None
    streams: int = 1
    _client: Carrier | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, or let a kept one rest; the next request opens a new one where it has to."""
        if self.wire is not None:
            self.wire.rest()
        if self._client is not None:
            self._client.close()
            self._client = None

    def hello(self) -> Hello:
        """Ask who is there."""
        return codec.load(Hello, self._send("GET", "/v1/hello", signed=False))

    def enrol(self, request: EnrolRequest) -> Me:
        """Ask for admission."""
        body = codec.dump(request)
        return codec.load(Me, self._send("POST", "/v1/enrol", body, signed=False))

    def ask(self, request: AdmissionRequest) -> Admission:
        """Ask to be let in by a person, or what became of it."""
        return codec.load(Admission, self._send("POST", "/v1/admission", codec.dump(request), signed=False))

    def login(self, request: LoginRequest) -> Me:
        """Show who stands behind this device."""
        return codec.load(Me, self._send("POST", "/v1/login", codec.dump(request)))

    def logout(self) -> None:
        """Let the server forget who stands behind this device."""
        self._send("POST", "/v1/logout")

    def me(self) -> Me:
        """Ask what the server knows of this device."""
        return codec.load(Me, self._send("GET", "/v1/me", is_repeatable=True))

    def sync(self, request: SyncRequest, on_its_way: OnItsWay | None = None) -> SyncAnswer:
        """Say what is new here and learn what is new there; a gap or fork is an answer, not an error.

        Args:
            on_its_way: Called, on this thread, when the whole request was given to the connection.
        """
        return self._packed(SyncAnswer, "/v1/sync", request, beside=request.skip > 0 or not request.limit, on_its_way=on_its_way)

    def snapshot(self, request: SnapshotRequest) -> SnapshotPage:
        """Fetch rows of a feed's confirmed layer."""
        return self._packed(SnapshotPage, "/v1/snapshot", request)

    def resupply(self, request: ResupplyRequest) -> ResupplyAnswer:
        """Give back lines that the server lost."""
        answer = self._packed(ResupplyAnswer, "/v1/resupply", request)
        if answer.batch != batch_name(request.lines):
            raise NotTheServer(status=200)
        return answer

    def cards(self, card: Card) -> CardsAnswer:
        """Publish this device's card for packets; learn the server's and those of colleagues."""
        own = codec.dump(card)
        data = self._send("POST", "/v1/cards", own, limit=framing.MAX_PACKED_BYTES, is_repeatable=True)
        return codec.load(CardsAnswer, framing.unpack(data))

    def lend_numbers(self, wanted: RangesRequest) -> RangesAnswer:
        """Get ranges of document numbers that no other device gets, of several series at once."""
        return codec.load(RangesAnswer, self._send("POST", "/v1/leases/numbers", codec.dump(wanted)))

    def checkpoint(self, wanted: CheckpointRequest) -> CheckpointAnswer:
        """Get the head of the server's log, a proof that it only grew, and where lines stand in it."""
        body = codec.dump(wanted)
        return codec.load(CheckpointAnswer, self._send("POST", "/v1/checkpoint", body, limit=framing.MAX_PACKED_BYTES))

    def prolonged(self, sha256: str) -> bytes | None:
        """Get a signed PDF with the proofs and the time-stamp that the server appended; None where there are none yet."""
        try:
            return self._send("GET", f"/v1/blobs/{sha256}/prolonged", limit=_MOST_PDF, is_repeatable=True)
        except Refused as problem:
            if problem.code != "blob.unknown":
                raise
            return None

    def offers(self, files: Sequence[FileOffer]) -> tuple[FileState, ...]:
        """Announce files and learn what is missing of each, at most `MAX_OFFERS`; what is all there gets its receipt."""
        asked = codec.dump(OffersRequest(tuple(files)))
        states = codec.load(OffersAnswer, self._send("POST", "/v1/blobs", asked, timeout_s=_VERIFY_S)).files
        if [one.sha256 for one in states] != [one.sha256 for one in files]:
            raise NotTheServer(status=200)  # something in between gave the answer to another question
        return states

    def put_small(self, files: Sequence[FileOffer], contents: Sequence[bytes]) -> tuple[FileState, ...]:
        """Send small files whole, announced and receipted in the same request."""
        body = bundled(OffersRequest(tuple(files)), contents)
        states = codec.load(OffersAnswer, self._send("PUT", "/v1/bundles", body, timeout_s=_VERIFY_S)).files
        if [one.sha256 for one in states] != [one.sha256 for one in files]:
            raise NotTheServer(status=200)
        return states

    def sizes(self, names: Sequence[str]) -> tuple[int, ...]:
        """Ask how long files are, at most `MAX_ASKED`; -1 for each that is not there, or not for this device."""
        asked = codec.dump(SizesRequest(tuple(names)))
        sizes = codec.load(SizesAnswer, self._send("POST", "/v1/sizes", asked, is_repeatable=True)).sizes
        if len(sizes) != len(names):
            raise NotTheServer(status=200)
        return sizes

    def fetch_small(self, names: Sequence[str]) -> tuple[bytes | None, ...]:
        """Fetch small files together; None for each that has to be asked for by itself, or is not there."""
        asked = codec.dump(BundleRequest(tuple(names)))
        body = self._send("POST", "/v1/bundles", asked, limit=MAX_BUNDLE_BYTES, is_repeatable=True)
        found, contents = unbundled(BundleAnswer, body)
        if len(found.sizes) != len(names):
            raise NotTheServer(status=200)
        given = iter(cut(contents, (size for size in found.sizes if size >= 0)))
        return tuple(next(given) if size >= 0 else None for size in found.sizes)

    def offer(self, sha256: str, offer: BlobOffer) -> BlobState:
        """Announce a file and learn what is missing."""
        return codec.load(BlobState, self._send("POST", f"/v1/blobs/{sha256}", codec.dump(offer)))

    def put_chunk(self, sha256: str, number: int, data: bytes) -> None:
        """Send one chunk."""
        self._send("PUT", f"/v1/blobs/{sha256}/{number}", data)

    def put_file(self, sha256: str, size: int, pieces: Iterable[bytes]) -> None:
        """Send an announced file in one piece; the server verifies it, and gives its receipt when it is announced again.

        Its name is the digest of the body, so the signature covers bytes that nobody has read yet.
        """
        target = f"/v1/blobs/{sha256}"
        headers = self._headers("PUT", target, sha256) | {"Content-Length": str(size)}
        self._carry("PUT", target, headers, self._counted(pieces), _JSON_LIMIT, _VERIFY_S)

    def commit(self, sha256: str) -> BlobState:
        """Ask the server to verify and keep the file; a long one is not complete yet."""
        return codec.load(BlobState, self._send("POST", f"/v1/blobs/{sha256}/commit", timeout_s=_VERIFY_S))

    @contextmanager
    def fetch(self, sha256: str, offset: int) -> Iterator[Iterator[bytes]]:
        """Open a file for download from `offset` on.

        Raises:
            Refused: If the server gives it not, or not from there.
            Unreachable: If the connection breaks, also while reading.
        """
        target = f"/v1/blobs/{sha256}"
        headers = self._headers("GET", target, _digest(b"")) | {"Range": f"bytes={offset}-"}
        with translated(), self._lanes().stream("GET", target, headers=headers) as answer:
            if answer.status not in (200, 206) or answer.headers.get(_PROTO) != str(PROTO):
                raise refusal(answer.status, answer.headers, limited(answer, _JSON_LIMIT))
            if offset and answer.status != 206:
                raise Refused("blob.range", answer.status, {"offset": offset})
            yield self._arriving(answer)

    def _arriving(self, answer: Answer) -> Iterator[bytes]:
        for piece in answer.pieces:
            self.traffic.add(down=len(piece))
            yield piece

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.traffic.add(up=len(piece))
            yield piece

    def _packed(
        self, kind: type[M], target: str, request: object, *, beside: bool = False, on_its_way: OnItsWay | None = None
    ) -> M:
        body = framing.pack(codec.dump(request))
        data = self._send(
            "POST", target, body, limit=framing.MAX_PACKED_BYTES, is_repeatable=True, beside=beside, on_its_way=on_its_way
        )
        return codec.load(kind, framing.unpack(data))

    def _send(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        signed: bool = True,
        limit: int = _JSON_LIMIT,
        timeout_s: float | None = None,
        is_repeatable: bool = False,
        beside: bool = False,
        on_its_way: OnItsWay | None = None,
    ) -> bytes:
        def attempt() -> bytes:  # signed each time: a request passes only once
            self.traffic.add(up=len(body))
            headers = self._headers(method, target, _digest(body)) if signed else _UNSIGNED
            return self._carry(method, target, headers, body, limit, timeout_s, beside=beside, on_its_way=on_its_way)

        if self.wire is None or beside or not self.wire.is_rested or not is_repeatable:
            return attempt()
        try:
            return attempt()
        except Unreachable as problem:
            if problem.params.get("kind") in _UNOPENED:
                raise
            self.wire.close()  # it had died while it rested
            return attempt()

    def _carry(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | Iterator[bytes],
        limit: int,
        timeout_s: float | None,
        *,
        beside: bool = False,
        on_its_way: OnItsWay | None = None,
    ) -> bytes:
        def trace(event: str, _: object) -> None:
            if on_its_way is not None and event.endswith("send_request_body.complete"):
                on_its_way()

        heard = None if on_its_way is None else trace
        link = self._lanes() if beside or target.startswith(_FILES) else self._http()
        with (
            translated(),
            link.stream(method, target, headers=headers, content=body, timeout_s=timeout_s, trace=heard) as answer,
        ):
            data = limited(answer, limit)
        self.traffic.add(down=len(data))
        if self.wire is not None:
            self.wire.heard()
        if answer.status in (200, 202, 204):
            if answer.headers.get(_PROTO) != str(PROTO):
                raise NotTheServer(status=answer.status)
            return data
        raise refusal(answer.status, answer.headers, data)

    def _headers(self, method: str, target: str, body_sha256: str) -> dict[str, str]:
        if self.credentials is None:
            raise ValueError("a signed request needs credentials")
        who = self.credentials
        proof = RequestProof(
            who.server, who.device, method, target, self.wall_ms() + self.offset_ms, self.new_id(), body_sha256
        )  # fmt: skip
        return {
            HEADER_PROTO: str(PROTO),
            HEADER_DEVICE: proof.device,
            HEADER_TIME: str(proof.time_ms),
            HEADER_NONCE: proof.nonce,
            HEADER_DIGEST: proof.body_sha256,
            HEADER_SIGNATURE: who.key.sign(proof.bytes()),
            HEADER_MACHINE: who.machine,
            "User-Agent": f"yanfang/{RELEASE}",
            "Accept-Encoding": "identity",
        }

    def _http(self) -> Carrier:
        if self.wire is not None:
            return self.wire.client()
        if self._client is None:
            with translated():
                self._client = opened(self.url, self.timeout_s, self.proxy, self.verify, STREAMS)
        return self._client

    def _lanes(self) -> Carrier:
        return self._http() if self.wire is None else self.wire.lanes()


def address(text: str) -> str:
    """Return the address of a server as somebody typed it; encrypted unless he says otherwise."""
    typed = text.strip().rstrip("/")
    return typed if "://" in typed else f"https://{typed}"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def refusal(status: int, headers: Mapping[str, str], data: bytes) -> Refused | NotTheServer | Unreachable:
    """Return what an answer that is no success says."""
    if headers.get(_PROTO) != str(PROTO):
        return (Unreachable if status in _NOBODY_BEHIND else NotTheServer)(status=status)
    try:
        problem = codec.load(Problem, data)
    except BadMessage:
        return NotTheServer(status=status)
    return Refused(problem.code, status, problem.params)
