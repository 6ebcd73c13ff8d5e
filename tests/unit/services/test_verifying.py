"""What was changed is noticed, whoever changed it and wherever, and the right reason is given."""

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import resources
from app.services import verifying
from app.services.demo.play import sign_all
from forms.pades.places import Place, SealPlace
from forms.pades.signing import sign
from forms.signing import Rect
from resources.verify import yanfang_verify as alone
from tests.unit.pades.kit import NOON, seal, stranger
from tests.unit.services import tampering
from tests.unit.services.desks import Templates

ALONE = resources.path("verify/yanfang_verify.py")
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Exported:
    """A signed record, its case, the keys that the authority published, and one photo."""

    pdf: Path
    case: Path
    keys: Path
    photo: Path


@pytest.fixture(scope="session")
def exported(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    folder = tmp_path_factory.mktemp("exported")
    desk = templates.copy("frozen", folder / "home")
    try:
        services = desk.services
        tampering.seed_head(services)
        assert desk.record is not None
        sign_all(services, desk.record)
        tampering.seed_proofs(services, desk.inspection)
        made = Exported(folder / "record.pdf", folder / "case.yfcase.zip", folder / "keys.txt", folder / "photo.jpg")
        services.documents.export(desk.record, made.pdf)
        services.cases.export(desk.inspection, made.case)
        services.evidence.export_original(services.evidence.of(desk.inspection)[0].id, made.photo)
        made.keys.write_text(tampering.keys_of(services), "utf-8")
        yield made
    finally:
        desk.services.close()


def causes(path: Path, keys: Path | None) -> set[str]:
    (verdict,) = verifying.verify([path], keys)
    return {cause for cause, _ in verdict.failed}


def test_what_nobody_changed_is_accepted_with_everything_checked(exported: Exported) -> None:
    verdicts = verifying.verify([exported.pdf, exported.case, exported.photo], exported.keys)
    assert [one.failed for one in verdicts] == [(), (), ()]
    assert all(one.is_good for one in verdicts)
    assert verifying.exit_code(verdicts) == 0
    pdf, case, photo = verdicts
    assert any("条日志的内容、签名和次序相符" in one for one in pdf.passed)
    assert not any("cryptography" in one for one in pdf.notes)
    assert sum("确在服务器的日志之内" in one for one in case.passed) == 2, case
    assert all("整个文件自导出以来没有改动" in one.passed for one in (pdf, case))
    assert any("证1" in one for one in photo.passed)


def test_without_published_keys_it_is_said_that_somebody_must_compare_them(exported: Exported) -> None:
    (verdict,) = verifying.verify([exported.pdf])
    assert verdict.is_good
    assert any("未与医保局公布的公钥比对" in one for one in verdict.notes)


def test_keys_of_somebody_else_are_a_reason_to_refuse(exported: Exported, tmp_path: Path) -> None:
    other = tmp_path / "keys.txt"
    other.write_text(tampering.STRANGER.public_hex, "utf-8")
    assert causes(exported.pdf, other) == {"key"}


@pytest.mark.parametrize("cause", tampering.OF_PDF)
def test_a_changed_record_is_refused_with_the_right_reason(exported: Exported, tmp_path: Path, cause: str) -> None:
    raw, changed = exported.pdf.read_bytes(), tmp_path / "changed.pdf"
    for seed in range(ROUNDS):
        changed.write_bytes(tampering.OF_PDF[cause](raw, random.Random(seed)))
        assert cause in causes(changed, exported.keys), seed


@pytest.mark.parametrize("cause", ["text", "stroke", "order", "photo", "manifest", "chain", "checkpoint"])
def test_a_strangers_seal_over_the_change_does_not_hide_it(exported: Exported, tmp_path: Path, cause: str) -> None:
    raw, changed = exported.pdf.read_bytes(), tmp_path / "changed.pdf"
    changed.write_bytes(tampering.resealed(tampering.OF_PDF[cause](raw, random.Random(1))))
    assert "key" in causes(changed, exported.keys)
    without_keys = causes(changed, None)
    assert cause == "manifest" or cause in without_keys


def test_a_signature_does_not_lay_its_picture_over_what_a_record_says(exported: Exported, tmp_path: Path) -> None:
    key, _ = stranger()
    signed = tmp_path / "signed.pdf"
    signed.write_bytes(sign(exported.pdf.read_bytes(), key, Place("Signer1", "签名"), NOON).pdf)
    assert causes(signed, exported.keys) == set()
    over = Place("Bureau", "印章", SealPlace(1, Rect(100, 400, 120, 120)))
    signed.write_bytes(sign(exported.pdf.read_bytes(), key, over, NOON, seal=seal()).pdf)
    assert causes(signed, exported.keys) == {"update"}


@pytest.mark.parametrize("cause", tampering.OF_CASE)
def test_a_changed_case_is_refused_with_the_right_reason(exported: Exported, tmp_path: Path, cause: str) -> None:
    changed = tmp_path / "changed.yfcase.zip"
    for seed in range(ROUNDS):
        named = tampering.tamper_case(exported.case, changed, cause, random.Random(seed))
        (verdict,) = verifying.verify([changed], exported.keys)
        assert named in {cause for cause, _ in verdict.failed}, seed
        assert not any("整个文件" in one for one in verdict.passed), seed


@pytest.mark.parametrize("which", ["pdf", "case"])
def test_one_bit_anywhere_is_noticed(exported: Exported, tmp_path: Path, which: str) -> None:
    raw, changed = getattr(exported, which).read_bytes(), tmp_path / "changed"
    for seed in range(4 * ROUNDS):
        changed.write_bytes(tampering.any_byte(raw, random.Random(seed)))
        (one,) = alone.check_all([changed], set())
        assert one.failed or not one.is_decided, seed


def test_nothing_in_a_manifest_makes_the_verifier_fail(exported: Exported, tmp_path: Path) -> None:
    raw, changed = exported.pdf.read_bytes(), tmp_path / "changed.pdf"
    for seed in range(10 * ROUNDS):
        changed.write_bytes(tampering.strange(raw, random.Random(seed)))
        assert "key" in causes(changed, exported.keys), seed


def test_a_photo_is_told_from_another_one(exported: Exported, tmp_path: Path) -> None:
    changed = tmp_path / "photo.jpg"
    changed.write_bytes(tampering.any_byte(exported.photo.read_bytes(), random.Random(1)))
    _, photo = verifying.verify([exported.pdf, changed])
    assert [cause for cause, _ in photo.failed] == ["photo"]
    (lonely,) = verifying.verify([exported.photo])
    assert lonely.is_good is None
    assert verifying.exit_code((lonely,)) == 3


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"%PDF-" + b"startxref 0" * 9, b"\x00" * 999])
def test_what_is_no_file_of_ours_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    strange = tmp_path / "strange"
    strange.write_bytes(content)
    (verdict,) = verifying.verify([strange])
    assert verdict.is_good is not True
    assert verdict.told


def test_the_one_file_works_alone_and_is_short(exported: Exported, tmp_path: Path) -> None:
    assert len(ALONE.read_text("utf-8").splitlines()) <= 300
    copy = tmp_path / "yanfang_verify.py"
    copy.write_bytes(ALONE.read_bytes())
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(tampering.text(exported.pdf.read_bytes(), random.Random(2)))

    def run(*arguments: object) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", str(copy), *map(str, arguments)], capture_output=True, encoding="utf-8", cwd=tmp_path, check=False
        )
        return done.returncode, done.stdout

    status, said = run(exported.pdf, exported.case, exported.photo, "--keys", exported.keys)
    assert (status, said.count("✓ 相符")) == (0, 3)
    status, said = run(changed, "--json")
    assert status == 1
    assert '"text"' in said
    assert run(exported.photo)[0] == 3
    assert run()[0] == 2
