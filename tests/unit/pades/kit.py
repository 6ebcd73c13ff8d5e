"""An office with certificates of its own, a clock that can be set, and a record to sign."""

import datetime as dt
import hashlib
import shutil
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from forms.model import RecordMeta
from forms.pades.keys import Key, open_p12
from forms.pades.places import Place
from forms.pades.seals import Seal
from forms.pades.signing import prepare, sign
from forms.pades.trust import Anchors
from forms.render import Rendered, render
from sync.server.ca.authority import Authority
from sync.server.ca.forming import Purpose
from sync.server.ca.place import Place as Folder
from sync.server.ca.stamping import Stamping
from sync.server.world import World
from tests.unit.forms import samples

NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PASSPHRASE = "一段足够长的根密钥口令口令"
PASSWORD = "zhang-2026"
OFFICE = "临江市医疗保障局"
ZHANG = Place("Signer1", "检查人员")
LI = Place("Signer2", "检查人员")
BUREAU = Place("Bureau", "机关印章")


@dataclass
class Clock:
    """A clock that tests set; ticking goes along unless somebody sets the hands."""

    now: dt.datetime = NOON
    ticks: float = 0.0
    drawn: int = 0

    def forward(self, by: dt.timedelta) -> None:
        self.now += by
        self.ticks += by.total_seconds()

    def random_bytes(self, count: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(b"%d" % self.drawn).digest(count)

    @property
    def world(self) -> World:
        return World(lambda: int(self.now.timestamp() * 1000), self.random_bytes, lambda: self.ticks)


@dataclass
class Bureau:
    """The office: its folder, its people's certificates, its time-stamps."""

    folder: Path
    clock: Clock = field(default_factory=Clock)

    @property
    def place(self) -> Folder:
        return Folder(self.folder)

    @property
    def authority(self) -> Authority:
        return Authority(self.place, self.clock.world)

    @property
    def stamping(self) -> Stamping:
        return Stamping(self.place, self.clock.world)

    @property
    def anchors(self) -> Anchors:
        return Anchors(office=(self.place.read("root.cer"),), lists=(self.place.read("root.crl"),))

    def key(self, name: str) -> Key:
        return _opened(self.p12(name))

    def p12(self, name: str) -> bytes:
        return (self.folder / "p12" / f"{name}.p12").read_bytes()

    def odd(self, name: str, *, usage: str = "digital_signature", since: dt.datetime = NOON, days: int = 100) -> Key:
        """A certificate of this office's root that is not as it issues them."""
        root_key, root, _ = pkcs12.load_key_and_certificates(self.place.read("root.p12"), PASSPHRASE.encode())
        assert isinstance(root_key, rsa.RSAPrivateKey)
        assert root is not None
        key = rsa.generate_private_key(65537, 2048)
        uses = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
             "crl_sign", "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(root.subject)
            .public_key(key.public_key())
            .serial_number(int.from_bytes(self.clock.random_bytes(16)))
            .not_valid_before(since)
            .not_valid_after(since + days * DAY)
            .add_extension(x509.KeyUsage(**{**uses, usage: True}), critical=True)
        )
        certificate = builder.sign(root_key, hashes.SHA256())
        raw = pkcs12.serialize_key_and_certificates(None, key, certificate, [root], BestAvailableEncryption(b"x" * 8))
        return open_p12(raw, "x" * 8)


@cache
def _opened(raw: bytes) -> Key:
    return open_p12(raw, PASSWORD)


def stranger(*, stamps: bool = False) -> tuple[Key, Any]:
    """A key with a certificate that it signed itself; with `stamps` one that claims to be a time-stamp service."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "陌生人")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOON - 999 * DAY)
        .not_valid_after(NOON + 9999 * DAY)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    raw = pkcs12.serialize_key_and_certificates(None, key, certificate, None, BestAvailableEncryption(b"x" * 8))
    return open_p12(raw, "x" * 8), (key, certificate)


def found(folder: Path) -> Bureau:
    """A new office with three certificates; takes a second, so tests copy one."""
    bureau = Bureau(folder)
    bureau.authority.begin(OFFICE, PASSPHRASE, url="http://ca.example")
    (folder / "p12").mkdir()
    for name, purpose in (("张三", Purpose.INSPECTOR), ("李四", Purpose.INSPECTOR), (OFFICE, Purpose.SEAL)):
        _, raw = bureau.authority.issue(PASSPHRASE, name, purpose, PASSWORD)
        (folder / "p12" / f"{name}.p12").write_bytes(raw)
    return bureau


def copied(bureau: Bureau, to: Path) -> Bureau:
    """The same office with a folder and a clock of its own."""
    shutil.copytree(bureau.folder, to)
    return Bureau(to, Clock(drawn=1000))


@cache
def record() -> Rendered:
    """A record of several pages."""
    return render(samples.whole(), samples.META)


@cache
def small(number: str = "医保询〔2026〕1号") -> Rendered:
    """An interview record: few pages, nothing else."""
    meta: RecordMeta = replace(samples.META, document_number=number)
    return render([samples.interview(2)], meta)


def hashes_of(rendered: Rendered) -> list[str]:
    return [page.content_hash for page in rendered.pages]


def seal(side: int = 240) -> Seal:
    """A red ring on nothing."""
    rgb, alpha = bytearray(), bytearray()
    for y in range(side):
        for x in range(side):
            far = ((x - side / 2 + 0.5) ** 2 + (y - side / 2 + 0.5) ** 2) ** 0.5 / (side / 2)
            rgb += b"\xd0\x10\x10"
            alpha.append(255 if 0.88 < far < 1 or far < 0.2 else 0)
    return Seal(side, side, bytes(rgb), bytes(alpha))


def signed_by_two(bureau: Bureau, *, stamped: bool = False, pdf: bytes | None = None) -> bytes:
    """A record signed by both inspectors, one minute apart."""
    ready = prepare(pdf or small().pdf, [ZHANG, LI, BUREAU])
    ask = bureau.stamping.answer if stamped else None
    first = sign(ready, bureau.key("张三"), ZHANG, bureau.clock.now, ask=ask)
    bureau.clock.forward(dt.timedelta(minutes=1))
    return sign(first.pdf, bureau.key("李四"), LI, bureau.clock.now, ask=ask).pdf


def pdfsig(pdf: bytes, folder: Path) -> str:
    """What poppler says; skipped where it is missing."""
    import subprocess

    program = shutil.which("pdfsig")
    if program is None:
        pytest.skip("pdfsig is not installed")
    file = folder / "signed.pdf"
    file.write_bytes(pdf)
    return subprocess.run([program, "-nocert", str(file)], capture_output=True, encoding="utf-8", check=False, timeout=60).stdout


def reader(pdf: bytes) -> Any:
    from pyhanko.pdf_utils.reader import PdfFileReader

    return PdfFileReader(BytesIO(pdf))
