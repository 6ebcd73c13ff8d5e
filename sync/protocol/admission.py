"""How a device asks to be let in by a person: it shows a fingerprint, somebody else compares it and decides."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_GROUPS: Final = 6


class Decision(StrEnum):
    """Say what became of a device's wish."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AdmissionRequest:
    """Ask to be let in without a code; the same request again asks what became of it.

    Attributes:
        machine: Digest that stays the same on one machine and tells nothing of it (`machine_digest`); may be empty.
        proof: The device key's signature of `ask_bytes`.
    """

    device: str
    public_key: str
    name: str
    machine: str
    proof: str


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of the wish, and the digits to compare by eye or telephone."""

    decision: Decision
    fingerprint: str


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """Show who stands behind a device: the password, and the six digits where the role needs them."""

    user: str
    password: str
    totp: str = ""


def fingerprint(public_hex: str) -> str:
    """Return six groups of four digits that stand for a public key."""
    digest = hashlib.sha256(b"yanfang.fingerprint.v1\0" + bytes.fromhex(public_hex)).digest()
    groups = (int.from_bytes(digest[at * 4 : at * 4 + 4]) % 10_000 for at in range(_GROUPS))
    return " ".join(f"{group:04}" for group in groups)


def ask_bytes(server: str, device: str, public_hex: str, machine: str) -> bytes:
    """Return the message by which a device proves that it holds the key it shows."""
    return b"yanfang.ask.v1\0" + "\n".join((server, device, public_hex, machine)).encode()


def machine_digest(server: str, machine_id: str) -> str:
    """Return what a server may know of a machine: not its id, and not the same as another server knows."""
    return hashlib.sha256(b"yanfang.machine.v1\0" + "\n".join((server, machine_id)).encode()).hexdigest()[:32]
