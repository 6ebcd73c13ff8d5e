"""Making signatures outlast their certificates: proofs and a time-stamp are appended, nothing that was signed is touched.

PAdES B-LT and B-LTA (ETSI EN 319 142-1): the file then brings the certificates and the lists of revoked ones that show
how things stood, and a time-stamp over all of it. Repeated before the time-stamp's own certificate ends.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from asn1crypto import crl, tsp, x509
from cryptography import x509 as checks
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.dss import DocumentSecurityStore

from sync.server.ca.errors import CaDamaged, NoProof, NotPdf
from sync.server.ca.place import Place
from sync.server.ca.stamping import Stamping

# What broken bytes may end in.
_BROKEN = (
    PdfError, SigningError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError,
    NotImplementedError, RecursionError, EOFError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proofs:
    """Roots and lists of revoked certificates that are at hand."""

    roots: tuple[Any, ...]
    lists: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Prolonged:
    """A file that carries its proofs; `was_enough` where it did before and was left alone."""

    pdf: bytes
    signatures: int
    was_enough: bool


def proofs_of(place: Place) -> Proofs:
    """Return this authority's root and list, and those put into `others/` for certificates from elsewhere.

    Raises:
        CaMissing, CaDamaged: As their names say.
    """
    place.require()
    others = [("others", name) for name in place.names("others", ".cer")]
    lists = [("others", name) for name in place.names("others", ".crl")]
    return Proofs(
        tuple(_loaded(x509.Certificate, place, name) for name in [("root.cer",), *others]),
        tuple(_loaded(crl.CertificateList, place, name) for name in [("root.crl",), *lists]),
    )


def prolong(
    pdf: bytes,
    proofs: Proofs,
    stamping: Stamping,
    now: dt.datetime,
    *,
    again_after: dt.timedelta = dt.timedelta(days=5 * 365),
) -> Prolonged:
    """Append proofs and a time-stamp over all that is there.

    Args:
        again_after: A file whose last time-stamp is younger is left as it is.

    Raises:
        NotPdf: If it is no signed PDF, or one that was changed after signing.
        NoProof: If no root or no list that is good now stands behind one of its certificates.
    """
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what they say names signers
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        found = list(reader.embedded_signatures)
        signatures = [one for one in found if one.sig_object_type == "/Sig"]
        if reader.encrypted or not signatures:
            raise NotPdf(reason="encrypted" if reader.encrypted else "unsigned")
        certificates = _certificates(found)
        for one in found:
            one.compute_integrity_info()
            if not one.summarise_integrity_info()["docmdp_ok"] or not _is_genuine(one):
                raise NotPdf(reason="changed")
        last = found[-1]
        if (
            last.sig_object_type == "/DocTimeStamp"
            and "/DSS" in reader.root
            and _time(last) > now - again_after
        ):
            return Prolonged(pdf, len(signatures), was_enough=True)
        chain, lists = _proved(certificates, proofs, now)
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=chain, crls=lists)
        out = BytesIO()
        stamper = PdfTimeStamper(_Own(stamping.answer), field_name=f"Stamp{len(found) + 1}")
        asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", output=out))
    except _BROKEN as problem:
        raise NotPdf(reason=type(problem).__name__) from problem
    return Prolonged(out.getvalue(), len(signatures), was_enough=False)


class _Own(TimeStamper):
    """The service of this very server, without the network between."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._answer = answer

    async def async_request_tsa_response(self, req: Any) -> Any:
        return tsp.TimeStampResp.load(self._answer(req.dump()))


def _certificates(found: list[Any]) -> list[Any]:
    """Return every certificate that signed something in the file, time-stamps included."""
    signers: dict[bytes, Any] = {}
    for one in found:
        for signed in (one.signed_data, *_stamps(one)):
            names = generic_cms.extract_certs_for_validation(signed)
            for certificate in (names.signer_cert, *names.other_certs):
                signers[certificate.sha256] = certificate
    return list(signers.values())


def _stamps(one: Any) -> Iterator[Any]:
    try:
        yield from generic_cms.extract_tst_data_iter(one.signer_info, signed=False)
    except LookupError:
        return


def _is_genuine(one: Any) -> bool:
    certificate = generic_cms.extract_certs_for_validation(one.signed_data).signer_cert
    if one.sig_object_type == "/DocTimeStamp":
        said = one.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
        return bool(said["hashed_message"].native == one.compute_digest())
    return all(generic_cms.validate_sig_integrity(one.signer_info, certificate, "data", one.compute_digest()))


def _time(one: Any) -> dt.datetime:
    found: dt.datetime = one.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return found


def _proved(certificates: list[Any], proofs: Proofs, now: dt.datetime) -> tuple[list[Any], list[Any]]:
    """Return the chain to the roots and a list that is good now for each certificate below them."""
    known = (*proofs.roots, *certificates)
    roots = {one.sha256 for one in proofs.roots}
    chain: dict[bytes, Any] = {}
    lists: dict[bytes, Any] = {}
    waiting = list(certificates)
    while waiting:
        one = waiting.pop()
        if one.sha256 in chain:
            continue
        chain[one.sha256] = one
        if one.sha256 in roots:
            continue
        above = next((each for each in known if each.sha256 != one.sha256 and _is_issued_by(one, each)), None)
        fitting = [entry for entry in proofs.lists if above is not None and _is_good_list(entry, above, now)]
        if above is None or not fitting:
            raise NoProof(name=one.subject.human_friendly[:200])
        newest = max(fitting, key=lambda entry: entry["tbs_cert_list"]["this_update"].native)
        lists[newest.dump()] = newest
        waiting.append(above)
    return list(chain.values()), list(lists.values())


def _is_issued_by(certificate: Any, issuer: Any) -> bool:
    try:
        below = checks.load_der_x509_certificate(certificate.dump())
        below.verify_directly_issued_by(checks.load_der_x509_certificate(issuer.dump()))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _is_good_list(found: Any, issuer: Any, now: dt.datetime) -> bool:
    key: Any = checks.load_der_x509_certificate(issuer.dump()).public_key()
    until = found["tbs_cert_list"]["next_update"].native
    is_current = until is None or until >= now
    return (
        is_current
        and found.issuer == issuer.subject
        and checks.load_der_x509_crl(found.dump()).is_signature_valid(key)
    )


def _loaded(kind: Any, place: Place, name: tuple[str, ...]) -> Any:
    try:
        found = kind.load(place.read(*name), strict=True)
        _ = found.native
    except (ValueError, TypeError) as problem:
        raise CaDamaged(file="/".join(name)) from problem
    return found
