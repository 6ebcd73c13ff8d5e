"""Keys of those who may read reporters: sealed to several of them, opened with the secret of one.

Source: RFC 9180 (HPKE: DHKEM(X25519), HKDF-SHA256, AES-256-GCM), RFC 9106 (Argon2id), RFC 3394 (key wrap).
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from app.settings.key_slots import KEY_BYTES, SALT_BYTES, Argon2, stretch, unwrap, wipe, wrap

__all__ = ["MadeKey", "fingerprint", "make", "readers", "seal", "unlock", "unseal", "wipe"]

_PAD: Final = 512  # the length of a sealed text must not tell whose it is
_VERSION: Final = 1
_INFO: Final = b"yanfang.reporter.v1\0"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key: what others seal to, and the secret part under a password, as text to be kept."""

    public_hex: str
    locked: str


def make(secret: bytes, salt: bytes, password: str, cost: Argon2) -> MadeKey:
    """Return a key of 32 random bytes, locked with a password.

    Args:
        salt: 16 random bytes.
    """
    if len(secret) != KEY_BYTES or len(salt) != SALT_BYTES:
        raise ValueError("length")
    public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw().hex()
    locked = {
        "v": _VERSION, "salt": salt.hex(), "memory_kib": cost.memory_kib, "passes": cost.passes, "lanes": cost.lanes,
        "wrapped": wrap(stretch(password, salt, cost), secret).hex(),
    }  # fmt: skip
    return MadeKey(public, json.dumps(locked, sort_keys=True))


def unlock(locked: str, password: str) -> bytearray | None:
    """Return the secret part of a key, None where the password is wrong; the caller wipes it.

    Raises:
        VaultDamaged: If the stored text asks for more than a laptop can bear.
    """
    tree = json.loads(locked)
    cost = Argon2(tree["memory_kib"], tree["passes"], tree["lanes"]).checked()
    return unwrap(stretch(password, bytes.fromhex(tree["salt"]), cost), bytes.fromhex(tree["wrapped"]))


def seal(text: str, about: str, keepers: Mapping[str, str]) -> str:
    """Return a text as only the keepers can read it.

    Args:
        about: What it belongs to; it opens under no other name.
        keepers: Name of each key → public key.

    Raises:
        ValueError: If a public key is none, or there is no keeper.
    """
    if not keepers:
        raise ValueError("no keeper")
    plain = text.encode()
    plain += b" " * (-len(plain) % _PAD)
    boxes = {}
    for name, public_hex in sorted(keepers.items()):
        public = X25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
        boxes[name] = base64.b64encode(_suite().encrypt(plain, public, _info(about, name))).decode()
    return json.dumps({"v": _VERSION, "boxes": boxes}, sort_keys=True, separators=(",", ":"))


def readers(sealed: str) -> frozenset[str]:
    """Return the names of the keys that open a sealed text."""
    try:
        return frozenset(json.loads(sealed)["boxes"])
    except (ValueError, KeyError, TypeError):
        return frozenset()


def unseal(sealed: str, about: str, name: str, secret: bytearray) -> str | None:
    """Return what was sealed, None where it is not for this key or was changed."""
    try:
        box = base64.b64decode(json.loads(sealed)["boxes"][name], validate=True)
        private = X25519PrivateKey.from_private_bytes(bytes(secret))
        return _suite().decrypt(box, private, _info(about, name)).decode().rstrip(" ")
    except (InvalidTag, ValueError, KeyError, TypeError, binascii.Error):
        return None


def fingerprint(public_hex: str) -> str:
    """Return six groups of four digits to be compared by eye or telephone."""
    digest = hashlib.sha256(b"yanfang.keeper.v1\0" + public_hex.encode()).digest()
    digits = f"{int.from_bytes(digest) % 10**24:024d}"
    return " ".join(digits[at : at + 4] for at in range(0, 24, 4))


def _info(about: str, name: str) -> bytes:
    return _INFO + f"{about}\n{name}".encode()


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
