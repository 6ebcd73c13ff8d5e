"""The time-stamp service (RFC 3161): it signs that a digest was there at its time. Internal; see docs/guide/signing.md."""

import datetime as dt
import hashlib
import threading
from typing import Any, ClassVar, Final

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from sync.server.ca.authority import tsa_key
from sync.server.ca.errors import CaDamaged
from sync.server.ca.place import Place
from sync.server.world import World

MOST_REQUEST: Final = 16 << 10
POLICY: Final = "2.25.278346410956923884571027712230971862042"
_DIGESTS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_TOLERANCE_MS: Final = 5_000
_MARK_EVERY_MS: Final = 60_000


class _Refusal(core.Sequence):  # type: ignore[misc]
    """An answer without a token; the library's own type insists on one (RFC 3161 2.4.2 does not)."""

    _fields: ClassVar[list[tuple[str, Any]]] = [("status", tsp.PKIStatusInfo)]


class Stamping:
    """Answer requests; safe for several threads. Every refusal is an answer too, as RFC 3161 2.4.2 says."""

    def __init__(self, place: Place, world: World) -> None:
        self._place, self._world = place, world
        self._lock = threading.Lock()
        self._marked = -1
        self._ticks = world.ticks_s()
        self._at = world.now_ms()
        self._own: tuple[bytes, Any, Any] | None = None

    def answer(self, request: bytes) -> bytes:
        """Return the DER answer to a DER request.

        Raises:
            CaMissing, CaDamaged: If there is no service here.
        """
        self._place.require()
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint, nonce = asked["message_imprint"], asked["nonce"].native
            algorithm, digest = (
                imprint["hash_algorithm"]["algorithm"].native,
                imprint["hashed_message"].native,
            )
            wanted, policy = asked["cert_req"].native, asked["req_policy"].native
            extended = asked["extensions"].native
        except (ValueError, TypeError, KeyError, AttributeError):
            return _refusal("bad_data_format")
        if algorithm not in _DIGESTS or len(digest) != _DIGESTS[algorithm]:
            return _refusal("bad_alg")
        if policy not in (None, POLICY):
            return _refusal("unaccepted_policy")
        if extended:
            return _refusal("unaccepted_extensions")
        certificate, key = self._identity()
        now = self._time()
        if now is None or not certificate.not_valid_before <= now <= certificate.not_valid_after:
            return _refusal("time_not_available")
        token = _token(certificate, key, imprint, nonce, now, self._serial(), with_certificate=bool(wanted))
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def _identity(self) -> tuple[Any, Any]:
        raw = self._place.read("tsa.cer")
        if self._own is None or self._own[0] != raw:
            try:
                self._own = (raw, x509.Certificate.load(raw, strict=True), tsa_key(self._place))
            except (ValueError, TypeError) as problem:
                raise CaDamaged(file="tsa.cer") from problem
        return self._own[1], self._own[2]

    def _serial(self) -> int:
        # Not a counter: a restored backup would count again what was given out already. 152 bits of chance do not meet.
        return int.from_bytes(b"\1" + self._world.random_bytes(19))

    def _time(self) -> dt.datetime | None:
        """Return the time to stamp, or None while the clock cannot be believed: it went back, or away from its own ticking."""
        with self._lock:
            now, ticks = self._world.now_ms(), self._world.ticks_s()
            drift = (now - self._at) - round((ticks - self._ticks) * 1000)
            if self._marked < 0:
                raw = self._place.read("clock") if self._place.has("clock") else b"0"
                self._marked = int(raw) if raw.isdigit() else 0
            if now < self._marked - _TOLERANCE_MS:
                return None
            if abs(drift) > _TOLERANCE_MS:
                # Set by somebody or by NTP: taken over, once; a clock that was set back below the mark was refused above.
                self._at, self._ticks = now, ticks
                return None
            self._at, self._ticks = now, ticks
            if now >= self._marked + _MARK_EVERY_MS or self._marked == 0:
                self._place.write(b"%d" % now, "clock")
            self._marked = max(self._marked, now)
            return dt.datetime.fromtimestamp(now / 1000, dt.UTC)


def _token(
    certificate: Any,
    key: Any,
    imprint: Any,
    nonce: int | None,
    now: dt.datetime,
    serial: int,
    *,
    with_certificate: bool,
) -> Any:
    info = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": imprint,
        "serial_number": serial,
        "gen_time": now.replace(microsecond=now.microsecond // 1000 * 1000),
        "accuracy": {"seconds": 1},
        "tsa": x509.GeneralName(name="directory_name", value=certificate.subject),
    }
    if nonce is not None:
        info["nonce"] = nonce
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
    if with_certificate:
        signed["certificates"] = [cms.CertificateChoices(name="certificate", value=certificate)]
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _attribute(kind: str, value: Any) -> Any:
    return cms.CMSAttribute({"type": kind, "values": (value,)})


def _refusal(why: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}})
    return bytes(_Refusal({"status": status}).dump())
