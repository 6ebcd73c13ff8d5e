"""What a certificate says, and whether it may sign at a moment."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from forms.pades.errors import Expired, NotYetValid, WrongKeyUsage

SIGNING_USAGES = frozenset({"digital_signature", "non_repudiation"})
_NO_DOCUMENTS = frozenset({"time_stamping", "server_auth", "ocsp_signing", "code_signing"})
_TOLERANCE = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate in plain values.

    Attributes:
        serial: Hexadecimal, upper case.
        usages: Names of the key-usage extension (`digital_signature`); empty where there is none.
        purposes: Names of the extended key usage (`time_stamping`); empty where there is none.
        fingerprint: SHA-256 of the certificate, hexadecimal.
    """

    name: str
    organisation: str
    issuer: str
    serial: str
    not_before: dt.datetime
    not_after: dt.datetime
    usages: tuple[str, ...]
    fingerprint: str
    purposes: tuple[str, ...] = ()

    @property
    def may_sign(self) -> bool:
        """Tell whether its key is meant for signatures on documents; a certificate that limits nothing may."""
        for_others = bool(self.purposes) and _NO_DOCUMENTS.issuperset(self.purposes)
        return not for_others and (not self.usages or bool(SIGNING_USAGES & set(self.usages)))


def described(certificate: Any) -> Certificate:
    """Return what an asn1crypto certificate says."""
    subject, issuer = certificate.subject.native, certificate.issuer.native
    usage, purposes = certificate.key_usage_value, certificate.extended_key_usage_value
    return Certificate(
        _first(subject, "common_name", "organization_name"),
        _first(subject, "organization_name"),
        _first(issuer, "common_name", "organization_name"),
        f"{certificate.serial_number:X}",
        certificate.not_valid_before,
        certificate.not_valid_after,
        tuple(sorted(usage.native)) if usage is not None else (),
        certificate.sha256.hex(),
        tuple(sorted(purposes.native)) if purposes is not None else (),
    )


def read_certificate(der: bytes) -> Certificate:
    """Return what a certificate says.

    Raises:
        ValueError: If it is none.
    """
    from asn1crypto import x509  # here: what only names a certificate needs no reader

    return described(x509.Certificate.load(der, strict=True))


def require_usable(certificate: Certificate, now: dt.datetime) -> None:
    """Refuse a certificate that may not sign now.

    Raises:
        Expired, NotYetValid, WrongKeyUsage: As their names say.
    """
    if not certificate.may_sign:
        raise WrongKeyUsage(name=certificate.name, usages=", ".join((*certificate.usages, *certificate.purposes)))
    if now > certificate.not_after:
        raise Expired(name=certificate.name, until=certificate.not_after.date().isoformat())
    if now < certificate.not_before - _TOLERANCE:
        raise NotYetValid(name=certificate.name, since=certificate.not_before.date().isoformat())


def _first(names: dict[str, Any], *wanted: str) -> str:
    for one in wanted:
        value = names.get(one)
        if value:
            return value if isinstance(value, str) else " ".join(value)
    return ""
