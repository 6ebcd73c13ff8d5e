"""A visitor's door to a relay: requests with the pairing code out, typed answers or typed errors in."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sync.client.carrier import Carrier, limited, translated
from sync.client.http import refusal
from sync.client.relay import HEADER_CODE, HEADER_OFFSET, HEADER_SIZE, ROOT, Have, Hello, Offset, Waiting
from sync.protocol import codec, framing
from sync.protocol.messages import HEADER_PROTO, PROTO


class RelayDoor:
    """Talk to one relay; not for use from several threads at once. Every method raises `Unreachable`, `NotTheServer`, `Refused`."""

    def __init__(self, url: str, code: str, timeout_s: float = 20.0) -> None:
        self._carrier = Carrier(url, timeout_s)
        self._headers = {HEADER_CODE: code, HEADER_PROTO: str(PROTO), "Accept-Encoding": "identity"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._carrier.close()

    def hello(self) -> Hello:
        """Ask who listens."""
        return codec.load(Hello, self._send("GET", ""))

    def have(self, mine: Have) -> Have:
        """Say what is here and learn what is there."""
        body = framing.pack(codec.dump(mine))
        return codec.load(Have, framing.unpack(self._send("POST", "/have", body)))

    def ask(self, device: str) -> None:
        """Ask for a packet."""
        self._send("POST", f"/ask/{device}")

    def waiting(self, device: str) -> Waiting:
        """Ask how things stand."""
        return codec.load(Waiting, self._send("GET", f"/waiting/{device}"))

    def offset(self, digest: str) -> int:
        """Ask how much of a packet is there."""
        return codec.load(Offset, self._send("GET", f"/parts/{digest}")).offset

    def put(self, digest: str, offset: int, size: int, data: bytes) -> None:
        """Send a part of a packet."""
        self._send("PUT", f"/parts/{digest}", data, {HEADER_OFFSET: str(offset), HEADER_SIZE: str(size)})

    @contextmanager
    def fetch(self, digest: str, offset: int) -> Iterator[Iterator[bytes]]:
        """Open a packet that lies ready from `offset` on."""
        target, headers = f"{ROOT}/packets/{digest}", self._headers | {"Range": f"bytes={offset}-"}
        with translated(), self._carrier.stream("GET", target, headers=headers) as answer:
            if answer.status != 206 or answer.headers.get(HEADER_PROTO.lower()) != str(PROTO):
                raise refusal(answer.status, answer.headers, limited(answer, framing.MAX_PACKED_BYTES))
            yield iter(answer.pieces)

    def _send(self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
        with translated(), self._carrier.stream(method, ROOT + target, headers=self._headers | (headers or {}), content=body) as answer:
            data = limited(answer, framing.MAX_PACKED_BYTES)
        if answer.status != 200 or answer.headers.get(HEADER_PROTO.lower()) != str(PROTO):
            raise refusal(answer.status, answer.headers, data)
        return data
