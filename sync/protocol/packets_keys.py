"""Keys to which packets are sealed, and the card by which two laptops come to know each other without a server."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from sync.protocol import codec
from sync.protocol.chain import DeviceKey, verified
from sync.protocol.codec import BadMessage
from sync.protocol.errors import SyncError
from sync.protocol.lines import is_id

SUITE: Final = 1  # RFC 9180: DHKEM(X25519), HKDF-SHA256, AES-256-GCM. 2 is kept for SM2/SM3/SM4.
SEALED_BYTES: Final = 80  # encapsulated key, and 32 bytes under AES-256-GCM
_PUBLIC: Final = re.compile(r"[0-9a-f]{64}")
_CARD: Final = "YFCARD1."
_MAX_CARD: Final = 2000
_MAX_NAME: Final = 200


class BadCard(SyncError):
    """Say that a text is no card of a device, or that it was changed."""

    code = "packet.card"


class NotForThisKey(SyncError):
    """Say that a packet was sealed to another key than this one, or changed on the way."""

    code = "packet.sealed"


class BoxKey:
    """Open what was sealed to one installation; derived from its signing key, so there is nothing more to keep."""

    __slots__ = ("_private", "public_hex")

    def __init__(self, key: DeviceKey) -> None:
        self._private = X25519PrivateKey.from_private_bytes(key.derived(b"yanfang.box.v1"))
        self.public_hex: Final[str] = self._private.public_key().public_bytes_raw().hex()

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return the content key.

        Raises:
            NotForThisKey: If it was sealed to another key or under another header.
        """
        try:
            return _suite().decrypt(sealed, self._private, info)
        except (InvalidTag, ValueError) as problem:
            raise NotForThisKey() from problem


def seal_key(content_key: bytes, box_hex: str, info: bytes) -> bytes:
    """Return a 32-byte key as only the holder of the box key can read it.

    Raises:
        BadCard: If the text is no X25519 public key.
    """
    if _PUBLIC.fullmatch(box_hex) is None:
        raise BadCard()
    try:
        return _suite().encrypt(content_key, X25519PublicKey.from_public_bytes(bytes.fromhex(box_hex)), info)
    except ValueError as problem:
        raise BadCard() from problem


def key_id(box_hex: str) -> str:
    """Return the short name of a box key."""
    return hashlib.sha256(b"yanfang.kid.v1\0" + box_hex.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Card:
    """A device as others need to know it.

    Attributes:
        sign_key: Verifies its lines and packets.
        box_key: Packets for it are sealed to this key.
        proof: The signing key's word that the box key is its own.
    """

    device: str
    name: str
    sign_key: str
    box_key: str
    proof: str

    @classmethod
    def of(cls, device: str, name: str, key: DeviceKey) -> Self:
        """Make the card of this installation."""
        box = BoxKey(key).public_hex
        name = name[:_MAX_NAME]
        return cls(device, name, key.public_hex, box, key.sign(_proof(device, box)))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a card.

        Raises:
            BadCard: If the text is none, or the keys do not belong together.
        """
        plain = "".join(text.split())
        if not plain.startswith(_CARD) or len(plain) > _MAX_CARD:
            raise BadCard()
        try:
            packed = base64.b64decode(plain.removeprefix(_CARD).encode(), altchars=b"-_", validate=True)
            card = codec.load(cls, packed)
        except (BadMessage, binascii.Error, ValueError) as problem:
            raise BadCard() from problem
        card.check()
        return card

    @property
    def text(self) -> str:
        """The card as a text to be shown, typed off or put into a QR code."""
        return _CARD + base64.urlsafe_b64encode(codec.dump(self)).decode()

    @property
    def fingerprint(self) -> str:
        """Six groups of four digits to be compared by eye or telephone."""
        digest = hashlib.sha256(b"yanfang.fingerprint.v1\0" + "\n".join((self.device, self.sign_key, self.box_key)).encode())
        digits = f"{int.from_bytes(digest.digest()) % 10**24:024d}"
        return " ".join(digits[at : at + 4] for at in range(0, 24, 4))

    def check(self) -> None:
        """Require that both keys belong together.

        Raises:
            BadCard: If they do not.
        """
        try:
            fits = is_id(self.device) and len(self.name) <= _MAX_NAME and _PUBLIC.fullmatch(self.box_key) is not None
            fits = fits and verified(self.sign_key, _proof(self.device, self.box_key), self.proof)
        except SyncError as problem:
            raise BadCard() from problem
        if not fits:
            raise BadCard()


@dataclass(frozen=True, slots=True)
class CardsAnswer:
    """The server's card, and those of devices that work in the same feeds."""

    server: Card
    cards: tuple[Card, ...]


def _proof(device: str, box_hex: str) -> bytes:
    return b"yanfang.boxkey.v1\0" + f"{device}\n{box_hex}".encode()


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
