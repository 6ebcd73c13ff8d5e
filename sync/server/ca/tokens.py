"""Requests for time-stamps and the answers to them, as bytes (DER, RFC 3161)."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    Attributes:
        imprint: Algorithm and digest as they came; they stand in the token.
    """

    imprint: Any
    algorithm: str
    digest: bytes
    nonce: int | None
    policy: str | None
    with_certificate: bool
    is_extended: bool


class _Refusal(core.Sequence):  # type: ignore[misc]
    """An answer without a token; the library's own type insists on one (RFC 3161 2.4.2 does not)."""

    _fields: ClassVar[list[tuple[str, Any]]] = [("status", tsp.PKIStatusInfo)]


def asked(request: bytes) -> Asked | None:
    """Return what a request asks for, None where it is none."""
    try:
        read = tsp.TimeStampReq.load(request, strict=True)
        imprint = read["message_imprint"]
        return Asked(
            imprint, imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native,
            read["nonce"].native, read["req_policy"].native, bool(read["cert_req"].native), bool(read["extensions"].native),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def granted(asked: Asked, certificate: Any, key: Any, policy: str, now: dt.datetime, serial: int) -> bytes:
    """Return the answer with a token.

    Args:
        certificate: Of the service, as asn1crypto reads it, and its RSA key.
        policy: Object id of what the service promises.
    """
    token = _token(asked, certificate, key, policy, now, serial)
    return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())


def refusal(why: str) -> bytes:
    """Return the answer that gives no token."""
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}})
    return bytes(_Refusal({"status": status}).dump())


def _token(asked: Asked, certificate: Any, key: Any, policy: str, now: dt.datetime, serial: int) -> Any:
    info = {
        "version": "v1",
        "policy": policy,
        "message_imprint": asked.imprint,
        "serial_number": serial,
        "gen_time": now.replace(microsecond=now.microsecond // 1000 * 1000),
        "accuracy": {"seconds": 1},
        "tsa": x509.GeneralName(name="directory_name", value=certificate.subject),
    }
    if asked.nonce is not None:
        info["nonce"] = asked.nonce
    content = tsp.TSTInfo(info).dump()
    raw_certificate = certificate.dump()
    named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(raw_certificate).digest()})
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(now.replace(microsecond=0))})),
            _attribute("message_digest", hashlib.sha256(content).digest()),
            _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [named]})),
        ]
    )
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                name="issuer_and_serial_number",
                value=cms.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                ),
            ),
            "digest_algorithm": sha256,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
            "signed_attrs": attributes,
            "signature": key.sign(attributes.dump(), PKCS1v15(), hashes.SHA256()),
        }
    )
    signed = {
        "version": "v3",
        "digest_algorithms": [sha256],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
        "signer_infos": [signer],
    }
    if asked.with_certificate:
        signed["certificates"] = [cms.CertificateChoices(name="certificate", value=certificate)]
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _attribute(kind: str, value: Any) -> Any:
    return cms.CMSAttribute({"type": kind, "values": (value,)})
