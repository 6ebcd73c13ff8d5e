"""Register this installation at a server, with a one-time code or by asking a person, and log in on it."""

from dataclasses import dataclass

from sync.client.errors import OtherServer, ProtocolTooOld
from sync.client.http import ServerDoor
from sync.protocol import signing
from sync.protocol.admission import Admission, AdmissionRequest, LoginRequest, ask_bytes, machine_digest
from sync.protocol.chain import DeviceKey
from sync.protocol.messages import PROTO, EnrolRequest, Hello, Me


@dataclass(frozen=True, slots=True)
class Applicant:
    """The installation that asks to be let in; the private key never leaves it.

    Attributes:
        machine_id: Whatever stays the same on this machine; only a digest of it leaves it. May be empty.
    """

    device: str
    key: DeviceKey
    name: str
    machine_id: str = ""


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


def ask(door: ServerDoor, applicant: Applicant) -> Admission:
    """Ask to be let in by an administrator, or what became of that; again and again the same call.

    Show `Admission.fingerprint` on the screen: the administrator compares it in person or by telephone. Once approved,
    credentials of `Hello.server` open the door, and the person logs in.

    Raises:
        Refused: If the device's name is taken by another key, or too many are waiting.
        Unreachable, NotTheServer: If no server answered.
    """
    hello = greet(door)
    key = applicant.key
    machine = machine_digest(hello.server, applicant.machine_id) if applicant.machine_id else ""
    proof = key.sign(ask_bytes(hello.server, applicant.device, key.public_hex, machine))
    return door.ask(AdmissionRequest(applicant.device, key.public_hex, applicant.name, machine, proof))


def log_in(door: ServerDoor, user: str, password: str, totp: str = "") -> Me:
    """Show for the next 30 days who stands behind this device; keep `Me.lease`. The door must hold credentials.

    Raises:
        Refused: With `login.refused`, `login.locked` (params: wait_s), `login.totp_needed` or `login.totp_missing`.
        Unreachable, NotTheServer: If no server answered.
    """
    greet(door, None if door.credentials is None else door.credentials.server)
    return door.login(LoginRequest(user, password, totp))
