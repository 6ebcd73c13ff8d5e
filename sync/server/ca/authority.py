"""The office's root: it names people, the seal and the time-stamp service, takes names back, and lists those it took back."""

import datetime as dt
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sync.server.ca import errors
from sync.server.ca.forming import Purpose, key_usage, new_key, own_name, subject_name, text_of, unsigned
from sync.server.ca.place import Place
from sync.server.world import World

LEAST_PASSPHRASE: Final = 12
LEAST_PASSWORD: Final = 8
CRL_PATH: Final = "/v1/ca/root.crl"
_DAY: Final = dt.timedelta(days=1)
_ROOT_DAYS, _TSA_DAYS = 20 * 366, 10 * 366
_KDF_ROUNDS: Final = 600_000
_Key = rsa.RSAPrivateKey


class Reason(StrEnum):
    """Why a certificate is taken back (RFC 5280 5.3.1)."""

    KEY = "keyCompromise"
    MOVED = "affiliationChanged"
    REPLACED = "superseded"
    ENDED = "cessationOfOperation"
    OTHER = "unspecified"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate of this authority; `serial` in upper-case hexadecimal."""

    serial: str
    name: str
    purpose: Purpose
    not_before: dt.datetime
    not_after: dt.datetime
    revoked_at: dt.datetime | None
    reason: Reason | None
    der: bytes


class Authority:
    """Issue and revoke; whoever does needs the passphrase, reading needs none."""

    def __init__(self, place: Place, world: World) -> None:
        self._place, self._world = place, world

    def begin(self, office: str, passphrase: str, *, url: str = "") -> x509.Certificate:
        """Make the root and the time-stamp service's certificate.

        Args:
            url: Where laptops reach this server; the list of revoked certificates is then named in each certificate.

        Raises:
            CaExists, WeakPassphrase, BadName: As their names say.
        """
        if self._place.is_there:
            raise errors.CaExists()
        if len(passphrase) < LEAST_PASSPHRASE:
            raise errors.WeakPassphrase(least=LEAST_PASSPHRASE)
        now, key = self._now(), new_key()
        name = subject_name(own_name(office, "内部签名根证书"), office)
        builder = unsigned(name, name, key.public_key(), self._serial(), now, now + _ROOT_DAYS * _DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        root = builder.sign(key, hashes.SHA256())
        sealed = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_KDF_ROUNDS)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(hashes.SHA256())
            .build(passphrase.encode("utf-8"))
        )
        self._place.write(pkcs12.serialize_key_and_certificates(b"root", key, root, None, sealed), "root.p12")
        self._place.write(url.rstrip("/").encode("utf-8"), "url")
        self._new_tsa(root, key, office, now)
        self._list(root, key, now, 90)
        # Last: with this file the authority is there.
        self._place.write(root.public_bytes(Encoding.DER), "root.cer")
        return root

    def issue(
        self, passphrase: str, name: str, purpose: Purpose, password: str, *, days: int = 3 * 365
    ) -> tuple[Issued, bytes]:
        """Make a key with its certificate and return both as PKCS#12 under the password; the key is kept nowhere here.

        Raises:
            CaMissing, WrongPassphrase, WeakPassphrase, BadName: As their names say.
        """
        if len(password) < LEAST_PASSWORD:
            raise errors.WeakPassphrase(least=LEAST_PASSWORD)
        root, root_key = self._open(passphrase)
        key = new_key()
        certificate = self._certify(root, root_key, key.public_key(), name, purpose, days)
        locked = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_KDF_ROUNDS // 6)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(hashes.SHA256())
            .build(password.encode("utf-8"))
        )
        file = pkcs12.serialize_key_and_certificates(name.encode("utf-8"), key, certificate, [root], locked)
        return self._told(certificate.public_bytes(Encoding.DER)), file

    def issue_for(
        self, passphrase: str, request: bytes, name: str, purpose: Purpose, *, days: int = 3 * 365
    ) -> Issued:
        """Certify a key that was made on a token, by its request (PKCS#10, PEM or DER); its own subject is not believed.

        Raises:
            CaMissing, WrongPassphrase, BadName, BadRequest: As their names say.
        """
        root, root_key = self._open(passphrase)
        try:
            load = x509.load_pem_x509_csr if request.lstrip().startswith(b"-----") else x509.load_der_x509_csr
            asked = load(request)
            key = asked.public_key()
            if not asked.is_signature_valid:
                raise errors.BadRequest()
        except (ValueError, UnsupportedAlgorithm, InvalidSignature) as problem:
            raise errors.BadRequest() from problem
        strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048) or isinstance(
            key, ec.EllipticCurvePublicKey
        )
        if not strong or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise errors.BadRequest()
        return self._told(self._certify(root, root_key, key, name, purpose, days).public_bytes(Encoding.DER))

    def revoke(self, passphrase: str, serial: str, reason: Reason) -> Issued:
        """Take a certificate back from now on, and write the new list.

        Raises:
            CaMissing, WrongPassphrase, SerialUnknown, RevokedAlready: As their names say.
        """
        root, key = self._open(passphrase)
        wanted = serial.strip().upper().lstrip("0")
        if not self._place.has("issued", f"{wanted}.cer"):
            raise errors.SerialUnknown(serial=serial)
        if self._place.has("revoked", f"{wanted}.json"):
            raise errors.RevokedAlready(serial=wanted)
        entry = {"at_ms": self._world.now_ms(), "reason": str(reason)}
        self._place.write(json.dumps(entry).encode("ascii"), "revoked", f"{wanted}.json")
        self._list(root, key, self._now(), 90)
        return self._told(self._place.read("issued", f"{wanted}.cer"))

    def renew_stamping(self, passphrase: str) -> Issued:
        """Give the time-stamp service a new key and certificate; tokens of the old one stay good.

        Raises:
            CaMissing, WrongPassphrase: As their names say.
        """
        root, key = self._open(passphrase)
        self._new_tsa(root, key, text_of(root.subject, NameOID.ORGANIZATION_NAME), self._now())
        return self._told(self._place.read("tsa.cer"))

    def renew_list(self, passphrase: str, days: int = 90) -> bytes:
        """Write the list of revoked certificates anew, good for so many days; return it (DER).

        Raises:
            CaMissing, WrongPassphrase: As their names say.
        """
        root, key = self._open(passphrase)
        return self._list(root, key, self._now(), days)

    def all(self) -> tuple[Issued, ...]:
        """Return every certificate issued, oldest first.

        Raises:
            CaMissing: If there is no authority.
        """
        self._place.require()
        found = [self._told(self._place.read("issued", name)) for name in self._place.names("issued", ".cer")]
        return tuple(sorted(found, key=lambda one: (one.not_before, one.serial)))

    def _told(self, der: bytes) -> Issued:
        certificate = x509.load_der_x509_certificate(der)
        serial = f"{certificate.serial_number:X}"
        revoked: dict[str, object] = {}
        if self._place.has("revoked", f"{serial}.json"):
            revoked = json.loads(self._place.read("revoked", f"{serial}.json"))
        return Issued(
            serial,
            text_of(certificate.subject, NameOID.COMMON_NAME),
            Purpose(text_of(certificate.subject, NameOID.TITLE)),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            dt.datetime.fromtimestamp(int(str(revoked["at_ms"])) / 1000, dt.UTC) if revoked else None,
            Reason(str(revoked["reason"])) if revoked else None,
            der,
        )

    def _open(self, passphrase: str) -> tuple[x509.Certificate, _Key]:
        self._place.require()
        try:
            key, root, _ = pkcs12.load_key_and_certificates(
                self._place.read("root.p12"), passphrase.encode("utf-8")
            )
        except ValueError as problem:
            raise errors.WrongPassphrase() from problem
        if not isinstance(key, rsa.RSAPrivateKey) or root is None:
            raise errors.CaDamaged(file="root.p12")
        return root, key

    def _certify(
        self, root: x509.Certificate, key: _Key, public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, name: str,
        purpose: Purpose, days: int,
    ) -> x509.Certificate:  # fmt: skip
        office = text_of(root.subject, NameOID.ORGANIZATION_NAME)
        now = self._now()
        until = min(now + days * _DAY, root.not_valid_after_utc)
        builder = unsigned(
            subject_name(name, office, purpose), root.subject, public, self._serial(), now, until
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        stamping = purpose is Purpose.TSA
        usage = key_usage(digital_signature=True, content_commitment=True)
        builder = builder.add_extension(usage, critical=True)
        if stamping:
            builder = builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
            )
        own = x509.SubjectKeyIdentifier.from_public_key(public)
        builder = builder.add_extension(own, critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        if url := self._place.read("url").decode("utf-8"):
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(url + CRL_PATH)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        certificate = builder.sign(key, hashes.SHA256())
        self._place.write(
            certificate.public_bytes(Encoding.DER), "issued", f"{certificate.serial_number:X}.cer"
        )
        return certificate

    def _new_tsa(self, root: x509.Certificate, key: _Key, office: str, now: dt.datetime) -> None:
        tsa = new_key()
        certificate = self._certify(
            root, key, tsa.public_key(), own_name(office, "内部时间戳服务"), Purpose.TSA, _TSA_DAYS
        )
        # Unattended: the server stamps without anybody typing a passphrase; a lost key is revoked like any other.
        plain = tsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._place.write(plain, "tsa.key")
        self._place.write(certificate.public_bytes(Encoding.DER), "tsa.cer")

    def _list(self, root: x509.Certificate, key: _Key, now: dt.datetime, days: int) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(root.subject)
        builder = builder.last_update(now).next_update(now + days * _DAY)
        before = 0
        if self._place.has("root.crl"):
            old = x509.load_der_x509_crl(self._place.read("root.crl"))
            before = old.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        number = max(before + 1, self._world.now_ms())
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        for name in self._place.names("revoked", ".json"):
            entry = json.loads(self._place.read("revoked", name))
            row = x509.RevokedCertificateBuilder().serial_number(int(name.removesuffix(".json"), 16))
            row = row.revocation_date(dt.datetime.fromtimestamp(entry["at_ms"] // 1000, dt.UTC))
            if entry["reason"] != Reason.OTHER:
                row = row.add_extension(x509.CRLReason(x509.ReasonFlags(entry["reason"])), critical=False)
            builder = builder.add_revoked_certificate(row.build())
        der = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
        self._place.write(der, "root.crl")
        return der

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._world.now_ms() // 1000, dt.UTC)

    def _serial(self) -> int:
        # RFC 5280: positive, at most 20 bytes; unguessable, so that a hash collision cannot be prepared.
        return int.from_bytes(self._world.random_bytes(20)) >> 1 | 1


def tsa_key(place: Place) -> _Key:
    """Return the key of the time-stamp service.

    Raises:
        CaDamaged: If it cannot be read.
    """
    try:
        key = load_pem_private_key(place.read("tsa.key"), None)
    except ValueError as problem:
        raise errors.CaDamaged(file="tsa.key") from problem
    if not isinstance(key, rsa.RSAPrivateKey):
        raise errors.CaDamaged(file="tsa.key")
    return key
