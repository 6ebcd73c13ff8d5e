"""Register this installation at a server with a one-time code."""

from dataclasses import dataclass

from sync.client.errors import OtherServer, ProtocolTooOld
from sync.client.http import ServerDoor
from sync.protocol import signing
from sync.protocol.chain import DeviceKey
from sync.protocol.messages import PROTO, EnrolRequest, Hello, Me


@dataclass(frozen=True, slots=True)
class Applicant:
    """The installation that asks to be let in; the private key never leaves it."""

    device: str
    key: DeviceKey
    name: str


def greet(door: ServerDoor, expected: str | None = None) -> Hello:
    """Ask who is there, and reckon the server's clock into `door.offset_ms`.

    Raises:
        OtherServer: If it is another server than the expected one.
        ProtocolTooOld: If both speak no common version.
    """
    began = door.wall_ms()
    hello = door.hello()
    ended = door.wall_ms()
    if expected is not None and hello.server != expected:
        raise OtherServer(server=hello.server)
    if not hello.proto_min <= PROTO <= hello.proto_max:
        raise ProtocolTooOld(least=hello.proto_min, most=hello.proto_max)
    door.offset_ms = hello.time_ms - (began + ended) // 2
    return hello


def enrol(door: ServerDoor, code: str, applicant: Applicant) -> Me:
    """Register the device; after a lost answer the same call gives the same result.

    Keep `Me.server`, `Me.grants` and the address: together with the key they are the credentials from now on.

    Raises:
        Refused: If the code is unknown, used or expired, or the device is known already.
        Unreachable, NotTheServer: If no server answered.
    """
    hello = greet(door)
    key = applicant.key
    proof = key.sign(signing.enrol_bytes(hello.server, code, applicant.device, key.public_hex))
    return door.enrol(EnrolRequest(code, applicant.device, key.public_hex, applicant.name, proof))
