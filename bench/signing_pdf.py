"""A record composed, signed by certificate (PAdES B-B) and written, against composing it alone."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from bench.method import NO_GOAL, Goal, Section, compared, in_turn, timed
from bench.record import META, PHOTOS, sections
from forms.pades.keys import Key, open_p12
from forms.pades.places import Place
from forms.pades.signing import sign
from forms.pades.trust import Anchors
from forms.pades.validation import validate
from forms.render import render

ROUNDS = 15
_NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
_PLACE = Place("Signer1", "检查人员")
_GOAL = Goal("at_most", 1.6, "≤ 1.6×")


def measure(folder: Path) -> Section:
    """Compose, sign and write the same record, its key opened before: opening waits on purpose (a password is stretched)."""
    folder.mkdir(parents=True, exist_ok=True)
    printed, key, file = sections(), _key(), folder / "record.pdf"

    def written(pdf: bytes) -> bytes:
        with file.open("wb") as out:
            out.write(pdf)
            out.flush()
            os.fsync(out.fileno())
        return pdf

    works: dict[str, Callable[[], bytes]] = {
        "composed": lambda: render(printed, META).pdf,
        "signed": lambda: written(sign(render(printed, META).pdf, key, _PLACE, _NOW).pdf),
        "unsigned": lambda: written(render(printed, META).pdf),
    }
    pdf = works["signed"]()
    report = validate(pdf, Anchors(), _NOW)
    if not report.is_intact:
        raise AssertionError(f"what was signed does not hold: {report}")
    spent = in_turn({name: timed(work) for name, work in works.items()}, ROUNDS)
    what = f"record of {len(render(printed, META).pages)} pages, {PHOTOS} photos: composed, signed B-B, written"
    rows = (
        compared(what, spent["signed"], ("composed alone", spent["composed"]), _GOAL),
        compared(what, spent["signed"], ("composed and written", spent["unsigned"]), NO_GOAL),
    )
    return Section("A record signed by certificate", rows, (f"signed: {len(pdf) / 1e6:.2f} MB, RSA 3072, key opened before",))


def _key() -> Key:
    key = rsa.generate_private_key(65537, 3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "程砚秋")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_NOW - dt.timedelta(days=1))
        .not_valid_after(_NOW + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return open_p12(pkcs12.serialize_key_and_certificates(None, key, certificate, None, BestAvailableEncryption(b"bench")), "bench")
