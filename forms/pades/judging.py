"""Whose certificate it is and whether it stood at a moment, by roots and lists that are at hand; nothing is fetched."""

import asyncio
import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import pem, x509
from cryptography import x509 as x509_checks
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    ValidationError,
)

from forms.pades.certificates import described
from forms.pades.reading import BROKEN
from forms.pades.trust import Anchors, Standing, Trust

_WEAK = frozenset({"md2", "md5", "sha1"})


class Judge:
    """Anchors, and what a file brings along (certificates, lists, OCSP answers): read once."""

    def __init__(
        self,
        anchors: Anchors,
        others: Iterable[Any] = (),
        lists: Iterable[bytes] = (),
        ocsps: Sequence[Any] = (),
    ) -> None:
        self._office = {one.sha256: one for one in map(_certificate, anchors.office) if one is not None}
        self._public = {one.sha256: one for one in map(_certificate, anchors.public) if one is not None}
        self._others, self._ocsps = list(others), list(ocsps)
        self._lists = [one for one in map(_list, dict.fromkeys((*anchors.lists, *lists))) if one is not None]

    def alone(self, lists: Iterable[bytes]) -> "Judge":
        """Return a judge of the same roots who knows these lists only."""
        judge = Judge(Anchors(), self._others, lists, self._ocsps)
        judge._office, judge._public = self._office, self._public
        return judge

    def standing(self, certificate: Any, at: dt.datetime, *, more: Iterable[Any] = ()) -> Standing:
        """Judge a certificate at a moment."""
        others = [*self._others, *more]
        path = self._path(certificate, others)
        if path is None:
            return Standing(Trust.UNKNOWN, tuple(_by_dates(certificate, at)), is_checked=False)
        root = path[0]
        trust = Trust.OFFICE if root.sha256 in self._office else Trust.PUBLIC
        problems = list(self._walked(certificate, others, at))
        is_checked = True
        for issuer, one in pairwise(path):
            revoked, covered = self._listed(one, issuer, at)
            is_checked &= covered
            if revoked:
                problems.append("revoked")
        if not is_checked and self._ocsps:
            answered = self._walked(certificate, others, at, by_answers=True)
            is_checked = not answered
            problems += [one for one in answered if one == "revoked"]
        return Standing(trust, tuple(dict.fromkeys(problems)), is_checked)

    def _context(self, others: Sequence[Any], at: dt.datetime, *, by_answers: bool) -> Any:
        return ValidationContext(
            trust_roots=[*self._office.values(), *self._public.values()],
            other_certs=list(others),
            moment=at,
            allow_fetching=False,
            crls=self._lists if by_answers else (),
            ocsps=self._ocsps if by_answers else (),
            revocation_mode="require" if by_answers else "soft-fail",
            retroactive_revinfo=True,
            weak_hash_algos=_WEAK,
        )

    def _path(self, certificate: Any, others: Sequence[Any]) -> list[Any] | None:
        """Return a path root first, whatever the dates say; None if it leads to no root of ours."""
        by_name: dict[bytes, list[Any]] = {}
        for one in (*self._office.values(), *self._public.values(), *others):
            by_name.setdefault(one.subject.dump(), []).append(one)
        path = [certificate]
        while len(path) < 8:
            last = path[0]
            if last.sha256 in self._office or last.sha256 in self._public:
                return path
            above = next(
                (one for one in by_name.get(last.issuer.dump(), ()) if _is_issued_by(last, one)), None
            )
            if above is None or above.sha256 == last.sha256:
                return None
            path.insert(0, above)
        return None

    def _walked(
        self, certificate: Any, others: Sequence[Any], at: dt.datetime, *, by_answers: bool = False
    ) -> tuple[str, ...]:
        """Return what the library says of the path (RFC 5280); by OCSP answers as well where asked."""
        try:
            context = self._context(others, at, by_answers=by_answers)
            validator = CertificateValidator(
                certificate, intermediate_certs=others, validation_context=context
            )
            asyncio.run(validator.async_validate_path())
        except RevokedError:
            return ("revoked",)
        except ExpiredError:
            return ("expired",)
        except NotYetValidError:
            return ("not_yet_valid",)
        except DisallowedAlgorithmError:
            return ("weak",)
        except (PathBuildingError, PathError, ValidationError, *BROKEN):
            return ("chain",)
        return ()

    def _listed(self, certificate: Any, issuer: Any, at: dt.datetime) -> tuple[bool, bool]:
        """Return whether a list of the issuer names it as revoked by then, and whether one was good then or later.

        A list that is out of date still proves what it names, which the library leaves aside.
        """
        revoked = covered = False
        for one in self._lists:
            body = one["tbs_cert_list"]
            if one.issuer != certificate.issuer or not _is_list_of(one, issuer):
                continue
            until = body["next_update"].native
            covered |= until is None or until >= at
            for row in body["revoked_certificates"]:
                if row["user_certificate"].native == certificate.serial_number:
                    revoked |= row["revocation_date"].native <= at
        return revoked, covered


def _by_dates(certificate: Any, at: dt.datetime) -> Iterable[str]:
    if at > certificate.not_valid_after:
        yield "expired"
    if at < certificate.not_valid_before:
        yield "not_yet_valid"


def _is_issued_by(certificate: Any, issuer: Any) -> bool:
    try:
        below = x509_checks.load_der_x509_certificate(certificate.dump())
        below.verify_directly_issued_by(x509_checks.load_der_x509_certificate(issuer.dump()))
    except (InvalidSignature, *BROKEN):
        return False
    return True


def _is_list_of(found: Any, issuer: Any) -> bool:
    try:
        key: Any = x509_checks.load_der_x509_certificate(issuer.dump()).public_key()
        return x509_checks.load_der_x509_crl(found.dump()).is_signature_valid(key)
    except BROKEN:
        return False


def is_authority(raw: bytes) -> bool:
    """Tell whether this is the certificate (DER or PEM) of somebody who may issue others."""
    found = _certificate(raw)
    return found is not None and bool(found.ca)


def is_list(raw: bytes) -> bool:
    """Tell whether this is a list of revoked certificates (DER or PEM)."""
    return _list(raw) is not None


def list_until(raw: bytes) -> dt.datetime | None:
    """Return until when a list of revoked certificates holds."""
    found = _list(raw)
    until: dt.datetime | None = found["tbs_cert_list"]["next_update"].native if found is not None else None
    return until


def name_of(raw: bytes) -> str:
    """Return the name in a certificate, empty for anything else."""
    found = _certificate(raw)
    return described(found).name if found is not None else ""


def _certificate(raw: bytes) -> Any:
    try:
        found = x509.Certificate.load(_der(raw), strict=True)
        _ = found.native
    except BROKEN:
        return None
    return found


def _list(raw: bytes) -> Any:
    try:
        found = asn1_crl.CertificateList.load(_der(raw), strict=True)
        _ = found.native
    except BROKEN:
        return None
    return found


def _der(raw: bytes) -> bytes:
    return bytes(pem.unarmor(raw)[2]) if pem.detect(raw) else raw
