"""Keys that sign: a PKCS#12 file, or a token behind PKCS#11 (UKey)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pkcs11 import exceptions as token_errors
from pyhanko.sign import signers
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from forms.pades.certificates import Certificate, described
from forms.pades.errors import (
    NoCertificate,
    NoDriver,
    NoToken,
    PinLocked,
    TokenRemoved,
    UnreadableKey,
    WrongPassword,
)

_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is open now, and its certificate (`der`: as bytes)."""

    certificate: Certificate
    der: bytes
    signer: Any


@dataclass(frozen=True, slots=True)
class TokenCertificate:
    """A certificate with a key on a plugged-in token.

    Attributes:
        token: Label of the token.
        id: The object's id on the token, hexadecimal.
    """

    token: str
    label: str
    id: str
    certificate: Certificate
    der: bytes


def open_p12(raw: bytes, password: str) -> Key:
    """Open the key of a PKCS#12 file.

    Raises:
        WrongPassword: If the password does not open it.
        UnreadableKey: If it is no such file, or has no key or no certificate.
    """
    if len(raw) > _MOST_BYTES:
        raise UnreadableKey(reason="size")
    try:
        # What is at the front of every PKCS#12 file; a wrong password must not be told of a file that is none.
        version = raw[:1] == b"\x30" and b"\x02\x01\x03" in raw[:16]
        key, certificate, others = pkcs12.load_key_and_certificates(raw, password.encode("utf-8") or None)
    except ValueError as error:
        if version and "password" in str(error).lower():
            raise WrongPassword from error
        raise UnreadableKey(reason="format") from error
    if key is None or certificate is None:
        raise UnreadableKey(reason="empty")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise UnreadableKey(reason="algorithm")
    found, *chain = (x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (certificate, *others))
    return Key(described(found), found.dump(), _Held(key, found, chain))


class _Held(signers.Signer):
    """A key in memory; the library's own signer parses and checks it anew for each signature."""

    def __init__(
        self, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, certificate: Any, chain: list[Any]
    ) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the bare signature."""
        if dry_run:
            return bytes(
                (self._key.key_size + 7) // 8 * (1 if isinstance(self._key, rsa.RSAPrivateKey) else 3)
            )
        digest = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[
            digest_algorithm
        ]
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), digest)
        return self._key.sign(data, ec.ECDSA(digest))


def token_certificates(driver: Path) -> tuple[TokenCertificate, ...]:
    """List the signing certificates of all plugged-in tokens; no PIN is needed.

    Raises:
        NoDriver: If the library cannot be loaded.
        TokenRemoved: If a token went away meanwhile.
    """
    found = []
    with _told():
        library = _library(driver)
        library.reinitialize()
        for token in _tokens(library):
            with token.open() as session:
                for one in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
                    der = bytes(one[pkcs11.Attribute.VALUE])
                    facts = described(x509.Certificate.load(der))
                    key_id, label = bytes(one[pkcs11.Attribute.ID]).hex(), str(one[pkcs11.Attribute.LABEL])
                    found.append(TokenCertificate(token.label, label, key_id, facts, der))
    return tuple(found)


@contextmanager
def open_token(driver: Path, label: str, pin: str, certificate_id: str = "") -> Iterator[Key]:
    """Hold a token's key open.

    Args:
        label: Of the token; the only one plugged in if empty.
        certificate_id: Hexadecimal; the only certificate with a key if empty.

    Raises:
        NoDriver, NoToken, WrongPassword, PinLocked, NoCertificate, TokenRemoved: As their names say.
    """
    library = _library(driver)
    with _told():
        token = _token(library, label)
        session = token.open(user_pin=pin)
    try:
        with _told():
            keys = {
                bytes(one[pkcs11.Attribute.ID])
                for one in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})
            }
            wanted = [
                one
                for one in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE})
                if bytes(one[pkcs11.Attribute.ID]) in keys
                and (not certificate_id or bytes(one[pkcs11.Attribute.ID]).hex() == certificate_id.lower())
            ]
            if len(wanted) != 1:
                raise NoCertificate(label=token.label, found=len(wanted))
            found = x509.Certificate.load(bytes(wanted[0][pkcs11.Attribute.VALUE]))
            signer = PKCS11Signer(session, signing_cert=found, key_id=bytes(wanted[0][pkcs11.Attribute.ID]))
            yield Key(described(found), found.dump(), signer)
    finally:
        _close(session)


def _token(library: Any, label: str) -> Any:
    """Return the one token meant; some drivers see one that was plugged in later only when they are begun anew."""
    fitting = [one for one in _tokens(library) if label in ("", one.label)]
    if not fitting:
        library.reinitialize()
        fitting = [one for one in _tokens(library) if label in ("", one.label)]
    if len(fitting) != 1:
        raise NoToken(label=label, found=len(fitting))
    return fitting[0]


def _tokens(library: Any) -> Iterator[Any]:
    for slot in library.get_slots(token_present=True):
        try:
            token = slot.get_token()
        except (token_errors.TokenNotRecognised, token_errors.TokenNotPresent):
            continue
        if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
            yield token


def _library(driver: Path) -> Any:
    try:
        return pkcs11.lib(os.fspath(driver))
    except (token_errors.PKCS11Error, RuntimeError, OSError) as error:
        raise NoDriver(file=driver.name) from error


def _close(session: Any) -> None:
    try:
        session.close()
    except token_errors.PKCS11Error:  # it is gone with its token
        return


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words what a token's library says."""
    try:
        yield
    except (token_errors.PinIncorrect, token_errors.PinInvalid, token_errors.PinLenRange) as error:
        raise WrongPassword from error
    except token_errors.PinLocked as error:
        raise PinLocked from error
    except token_errors.PKCS11Error as error:
        raise TokenRemoved(reason=type(error).__name__) from error
