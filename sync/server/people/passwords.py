"""Passwords and six digits: Argon2id (64 MiB, 3 passes) and TOTP (RFC 6238, SHA-1, 30 s)."""

import base64
import binascii
import hmac
import threading
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from sync.server.people import errors
from sync.server.seals import Seal
from sync.server.world import World

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 200
STEP_S: Final = 30
_MEMORY_KIB: Final = 64 * 1024
_AT_ONCE: Final = 2
_NAME_LENGTH: Final = 4  # shorter names stand in many good passwords
_SECRET_BYTES: Final = 20
_SEALED_AT: Final = "totp:"


class Passwords:
    """Digest and compare passwords; never more than two at once, for each takes 64 MiB.

    Attributes:
        memory_kib: Cost of a new digest; a kept one says its own.
    """

    def __init__(self, world: World, seal: Seal) -> None:
        self.memory_kib = _MEMORY_KIB
        self._world = world
        self._seal = seal
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def digest(self, password: str, user: str) -> str:
        """Return what is kept of a password.

        Raises:
            WeakPassword: If it is too short, too long or the user's name.
        """
        names_user = len(user) >= _NAME_LENGTH and user.lower() in password.lower()
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH or names_user:
            raise errors.WeakPassword(least=MIN_LENGTH, most=MAX_LENGTH)
        with self._turns:
            return self._argon(self._world.random_bytes(16)).derive_phc_encoded(_bytes(password))

    def fits(self, password: str, kept: str | None) -> bool:
        """Return whether this is the password; where none is kept it takes as long and is not."""
        with self._turns:
            if kept is None or len(password) > MAX_LENGTH:
                self._argon(b"\0" * 16).derive(b"nobody")
                return False
            try:
                Argon2id.verify_phc_encoded(_bytes(password), kept)
            except InvalidKey:
                return False
            return True

    def new_secret(self) -> str:
        """Return a new TOTP secret in base 32."""
        return base64.b32encode(self._world.random_bytes(_SECRET_BYTES)).decode()

    def keep_secret(self, secret: str, user: str) -> str:
        """Return what is kept of a person's TOTP secret.

        Raises:
            KeyMissing, KeyDiffers: If the server's key is not there.
        """
        return self._seal.close(secret, _SEALED_AT + user)

    def kept_secret(self, kept: str, user: str) -> str:
        """Return a person's TOTP secret from what was kept of it.

        Raises:
            KeyMissing, KeyDiffers: If the server's key is not there.
        """
        return self._seal.open(kept, _SEALED_AT + user)

    def _argon(self, salt: bytes) -> Argon2id:
        return Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=self.memory_kib)


def provisioning_uri(secret: str, user: str) -> str:
    """Return the address that an authenticator reads from a QR code."""
    return _totp(secret).get_provisioning_uri(user, "验方")


def digits(secret: str, at_ms: int) -> str:
    """Return the six digits of an instant."""
    return _totp(secret).generate(at_ms // 1000).decode()


def matching_step(secret: str, given: str, now_ms: int) -> int | None:
    """Return the 30-second step whose digits these are, at most one step away from now; None if they are none."""
    step = now_ms // 1000 // STEP_S
    for near in (step, step - 1, step + 1):
        if hmac.compare_digest(digits(secret, near * STEP_S * 1000).encode(), _bytes(given.strip())):
            return near
    return None


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # half a character is a wrong password, not an error


def _totp(secret: str) -> TOTP:
    try:
        return TOTP(base64.b32decode(secret), 6, SHA1(), STEP_S)  # SHA-1: what every authenticator speaks
    except (binascii.Error, ValueError) as problem:
        raise errors.DigitsNotSetUp() from problem
