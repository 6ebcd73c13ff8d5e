"""What a certificate of this office looks like: names, labels, key usage."""

import datetime as dt
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from sync.server.ca import errors

_KEY_BITS: Final = 3072
_MOST_NAME: Final = 64
_POLICY: Final = x509.ObjectIdentifier("2.25.278346410956923884571027712230971862041")
_NOTICE: Final = "本单位内部证书，非依法设立的电子认证服务机构签发。Internal certificate; not issued by a licensed authority."
_UNIT: Final = "内部证书 Internal"


class Purpose(StrEnum):
    """What a certificate is for."""

    INSPECTOR = "inspector"
    SEAL = "seal"
    TSA = "tsa"


def new_key() -> rsa.RSAPrivateKey:
    """Make a key; RSA, because every reader of PDFs knows it."""
    return rsa.generate_private_key(65537, _KEY_BITS)


def own_name(office: str, what: str) -> str:
    """Return the office's name with what it is of the office, where both fit (64 bytes); the office stands beside it anyway."""
    return f"{office}{what}" if len(f"{office}{what}".encode()) <= _MOST_NAME else what


def subject_name(name: str, office: str, purpose: Purpose | None = None) -> x509.Name:
    """Return the name of somebody of the office, marked as internal.

    Raises:
        BadName: If it does not fit into a certificate.
    """
    if not 0 < len(office.strip()) <= _MOST_NAME:
        raise errors.BadName(name=office[:80])
    try:
        parts = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, office.strip()),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _UNIT),
            x509.NameAttribute(NameOID.COMMON_NAME, name.strip()),
        ]
        if purpose is not None:
            parts.append(x509.NameAttribute(NameOID.TITLE, str(purpose)))
        return x509.Name(parts)
    except ValueError as problem:
        raise errors.BadName(name=name[:80]) from problem


def unsigned(
    subject: x509.Name, issuer: x509.Name, public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, serial: int,
    since: dt.datetime, until: dt.datetime,
) -> x509.CertificateBuilder:  # fmt: skip
    """Return what every certificate of the office has; the caller adds what it is for."""
    notice = x509.PolicyInformation(_POLICY, [x509.UserNotice(None, _NOTICE)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.CertificatePolicies([notice]), critical=False)
    )


def key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    """Return a key usage of these alone."""
    return x509.KeyUsage(
        digital_signature=digital_signature, content_commitment=content_commitment, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=key_cert_sign, crl_sign=crl_sign,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def text_of(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    """Return the first part of a name of one kind, or nothing."""
    found = name.get_attributes_for_oid(kind)
    return str(found[0].value) if found else ""
