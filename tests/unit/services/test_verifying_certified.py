"""Signatures by certificate stand behind the seal: they are let through, and nothing that hides behind them is."""

import random
import re
from pathlib import Path

import pytest

from app.services import verifying
from app.services.demo import cast
from sync.server.ca.authority import Authority, Purpose
from sync.server.ca.place import Place
from sync.server.world import real_world
from tests.unit.services import tampering
from tests.unit.services.desks import Desk

PASSPHRASE, PASSWORD = "根密钥口令根密钥口令根密钥", "zhang-2026"


@pytest.fixture
def certified(signed: Desk, tmp_path: Path) -> Path:
    """A record signed by an inspector's certificate, exported."""
    authority = Authority(Place(tmp_path / "ca"), real_world())
    authority.begin(cast.OFFICE, PASSPHRASE)
    (tmp_path / "zhang.p12").write_bytes(authority.issue(PASSPHRASE, "张三", Purpose.INSPECTOR, PASSWORD)[1])
    keep = signed.services.certificates
    signed.services.signing_trust.trust(tmp_path / "ca" / "root.cer")
    mine = keep.add_file(tmp_path / "zhang.p12", PASSWORD).value.fingerprint
    assert signed.record is not None
    signed.services.certificate_signing.sign_document(signed.record, mine, PASSWORD, stamp=False)
    signed.services.certificate_signing.export(signed.record, tmp_path / "certified.pdf")
    return tmp_path / "certified.pdf"


def test_a_record_signed_by_certificate_is_accepted_alone_and_in_its_case(signed: Desk, certified: Path, tmp_path: Path) -> None:
    (verdict,) = verifying.verify([certified])
    assert verdict.is_good, verdict.told
    assert any("数字签名" in note for note in verdict.notes)
    signed.services.cases.export(signed.inspection, tmp_path / "a.zip")
    (verdict,) = verifying.verify([tmp_path / "a.zip"])
    assert verdict.is_good, verdict.told


def test_a_page_exchanged_behind_a_signature_is_noticed(certified: Path, tmp_path: Path) -> None:
    raw, changed = certified.read_bytes(), tmp_path / "changed.pdf"
    for seed in range(5):
        changed.write_bytes(_shadow(raw, random.Random(seed)))
        (verdict,) = verifying.verify([changed])
        assert "update" in {cause for cause, _ in verdict.failed}, seed


def _shadow(raw: bytes, dice: random.Random) -> bytes:
    """Let a later revision, which also pretends to be a signature, show another page in the place of one."""
    bare = raw[: int(tampering.SEAL.findall(raw)[0][0])]
    revision = tampering.update(bare, dice)[len(bare) :]
    at = int(re.findall(rb"startxref\n(\d+)", revision)[-1])
    moved = revision.replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + len(raw) - len(bare)))
    return raw + b"% /ByteRange [0 1 2 3]\n" + moved
