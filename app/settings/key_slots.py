"""The cryptography of the vault: what wraps the data key, and what is derived from it.

Source: RFC 3394 (AES key wrap), RFC 5869 (HKDF-SHA256), RFC 9106 (Argon2id).
"""

import unicodedata
from dataclasses import dataclass

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from app.settings.errors import OutOfMemory, VaultDamaged

KEY_BYTES = 32
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Argon2:
    """Cost of one Argon2id run; stored in the slot, so that later versions may ask for more."""

    memory_kib: int
    passes: int
    lanes: int

    def checked(self) -> "Argon2":
        """Return self if a laptop can bear it: the file is not trusted to ask for all memory.

        Raises:
            VaultDamaged: If not.
        """
        if 8 * self.lanes <= self.memory_kib <= 1 << 20 and 1 <= self.passes <= 32 and 1 <= self.lanes <= 16:
            return self
        raise VaultDamaged("argon2")


@dataclass(frozen=True, slots=True)
class Costs:
    """What new slots are made with; tests pass cheap ones, the program passes nothing."""

    pin: Argon2 = Argon2(64 * 1024, 3, 1)
    passphrase: Argon2 = Argon2(256 * 1024, 3, 2)


def stretch(text: str, salt: bytes, cost: Argon2) -> bytes:
    """Return 32 bytes of a PIN or passphrase; full-width and composed forms count as the plain ones.

    Raises:
        OutOfMemory: If the memory it takes is not there.
    """
    secret = unicodedata.normalize("NFKC", text).encode("utf-8")
    try:
        return hash_secret_raw(secret, salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID)
    except (HashingError, MemoryError) as error:
        raise OutOfMemory(cost.memory_kib // 1024) from error


def derive(key: bytes | bytearray, purpose: str) -> bytearray:
    """Return the 32 bytes of a key that serve one purpose."""
    return bytearray(HKDF(SHA256(), KEY_BYTES, None, purpose.encode("ascii")).derive(bytes(key)))


def wrap(wrapping: bytes | bytearray, key: bytes | bytearray) -> bytes:
    """Return a key that opens only with `wrapping`."""
    return aes_key_wrap(bytes(wrapping), bytes(key))


def unwrap(wrapping: bytes | bytearray, wrapped: bytes) -> bytearray | None:
    """Return the key, or None if this is not what it was wrapped with."""
    try:
        return bytearray(aes_key_unwrap(bytes(wrapping), wrapped))
    except InvalidUnwrap:
        return None


def wipe(secret: bytearray) -> None:
    """Overwrite a secret in place (copies that Python made before are beyond reach)."""
    secret[:] = bytes(len(secret))
