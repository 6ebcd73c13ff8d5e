"""The bytes a device signs to be let in: each request, and its enrolment."""

import hashlib
from dataclasses import dataclass
from typing import Final

WINDOW_MS: Final = 5 * 60 * 1000


@dataclass(frozen=True, slots=True)
class RequestProof:
    """What a request's signature covers.

    Attributes:
        server: Id of the server it is meant for, so that another server cannot pass it on.
        target: Path with query, as sent.
        time_ms: Server time as the client reckons it; accepted within WINDOW_MS.
        nonce: Never used twice by this device.
        body_sha256: Hex digest of the body as sent.
    """

    server: str
    device: str
    method: str
    target: str
    time_ms: int
    nonce: str
    body_sha256: str

    def bytes(self) -> bytes:
        """Return the message to sign."""
        parts = (
            self.server,
            self.device,
            self.method,
            self.target,
            str(self.time_ms),
            self.nonce,
            self.body_sha256,
        )
        return b"yanfang.request.v1\0" + "\n".join(parts).encode()


def enrol_bytes(server: str, code: str, device: str, public_hex: str) -> bytes:
    """Return the message by which a device proves that it holds the key it registers."""
    return b"yanfang.enrol.v1\0" + "\n".join((server, code, device, public_hex)).encode()


def code_digest(code: str) -> str:
    """Return what a server stores of a one-time code: case and dashes do not matter."""
    plain = "".join(one for one in code.upper() if one.isalnum())
    return hashlib.sha256(b"yanfang.enrol-code.v1\0" + plain.encode()).hexdigest()
