import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from asn1crypto import x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509 as checks
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from forms.errors import UnreadablePdf
from forms.pades import signing, stamps
from forms.pades.keys import Key, open_p12
from forms.pades.reports import Level, Problem, Report
from forms.pades.signing import sign
from forms.pades.trust import Anchors, Trust
from forms.pades.validation import validate, verify_signed
from sync.server.ca.authority import Reason, tsa_key
from sync.server.ca.prolonging import prolong, proofs_of
from tests.unit.pades import attacks
from tests.unit.pades.kit import (
    BUREAU,
    DAY,
    LI,
    NOON,
    PASSPHRASE,
    ZHANG,
    Bureau,
    copied,
    hashes_of,
    signed_by_two,
    small,
    stranger,
)

MINUTE = dt.timedelta(minutes=1)


def problems(report: Report) -> list[set[Problem]]:
    return [set(one.problems) for one in report.signatures]


def serial_of(bureau: Bureau, name: str) -> str:
    return next(one.serial for one in bureau.authority.all() if one.name == name)


def signed_by(bureau: Bureau, key: Key, at: dt.datetime = NOON) -> bytes:
    """Signed although the laptop would refuse: what another program does."""
    lax = replace(key.certificate, usages=(), purposes=(), not_before=at - DAY, not_after=at + DAY)
    return sign(small().pdf, replace(key, certificate=lax), ZHANG, at).pdf


def test_a_revoked_certificate_is_named(bureau: Bureau) -> None:
    pdf = signed_by_two(bureau)
    bureau.authority.revoke(PASSPHRASE, serial_of(bureau, "李四"), Reason.KEY)
    assert problems(validate(pdf, bureau.anchors, bureau.clock.now)) == [set(), {Problem.REVOKED}]


def test_a_stamp_proves_that_it_was_used_before_it_was_revoked(bureau: Bureau) -> None:
    pdf = signed_by_two(bureau, stamped=True)
    bureau.clock.forward(DAY)
    bureau.authority.revoke(PASSPHRASE, serial_of(bureau, "李四"), Reason.KEY)
    assert validate(pdf, bureau.anchors, bureau.clock.now).is_valid
    late = signed_by_two(bureau, stamped=True)
    assert problems(validate(late, bureau.anchors, bureau.clock.now)) == [set(), {Problem.REVOKED}]


def test_a_list_that_has_run_out_still_proves_whom_it_names(bureau: Bureau) -> None:
    pdf = signed_by_two(bureau)
    bureau.authority.revoke(PASSPHRASE, serial_of(bureau, "李四"), Reason.MOVED)
    report = validate(pdf, bureau.anchors, NOON + 300 * DAY)
    assert problems(report) == [set(), {Problem.REVOKED}]
    assert [one.is_checked for one in report.signatures] == [False, False]


def test_a_list_that_somebody_else_has_signed_says_nothing(bureau: Bureau, template: Bureau) -> None:
    pdf = signed_by_two(bureau)
    root, fresh = bureau.place.read("root.cer"), bureau.place.read("root.crl")
    spoilt = fresh[:-8] + bytes(8)
    for anchors in (Anchors((root,), (), (spoilt,)), Anchors((root,), (), (b"junk",)), Anchors((root, b"junk"))):
        report = validate(pdf, anchors, bureau.clock.now)
        assert report.is_valid
        assert not any(one.is_checked for one in report.signatures)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [("key_encipherment", {Problem.KEY_USAGE}), ("digital_signature", set()), ("content_commitment", set())],
)
def test_a_certificate_for_something_else_is_named(bureau: Bureau, usage: str, expected: set[Problem]) -> None:
    pdf = signed_by(bureau, bureau.odd("王五", usage=usage))
    assert problems(validate(pdf, bureau.anchors, NOON)) == [expected]


def test_the_time_stamp_services_certificate_signs_no_documents(bureau: Bureau) -> None:
    certificate = checks.load_der_x509_certificate(bureau.place.read("tsa.cer"))
    raw = pkcs12.serialize_key_and_certificates(None, tsa_key(bureau.place), certificate, None, BestAvailableEncryption(b"x" * 8))
    pdf = signed_by(bureau, open_p12(raw, "x" * 8))
    assert problems(validate(pdf, bureau.anchors, NOON)) == [{Problem.KEY_USAGE}]


def test_an_expired_certificate_is_named(bureau: Bureau) -> None:
    pdf = signed_by(bureau, bureau.odd("王五", since=NOON - 300 * DAY))
    assert Problem.EXPIRED in problems(validate(pdf, bureau.anchors, NOON))[0]
    mine = signed_by_two(bureau)
    assert problems(validate(mine, bureau.anchors, NOON + 2000 * DAY)) == [{Problem.EXPIRED}] * 2


def test_a_clock_that_was_set_back_is_named(bureau: Bureau) -> None:
    before_it_was_issued = signed_by(bureau, bureau.key("张三"), NOON - 50 * DAY)
    assert problems(validate(before_it_was_issued, bureau.anchors, NOON)) == [{Problem.CLOCK}]
    from_tomorrow = signed_by(bureau, bureau.key("张三"), NOON + DAY)
    assert problems(validate(from_tomorrow, bureau.anchors, NOON)) == [{Problem.CLOCK}]


def test_two_signatures_in_the_wrong_order_of_time_are_named(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    # The second laptop's program did not look at the first signature.
    one = sign(small().pdf, bureau.key("张三"), ZHANG, NOON + 2 * DAY).pdf
    monkeypatch.setattr(signing, "_TOLERANCE", 9 * DAY)
    two = sign(one, bureau.key("李四"), LI, NOON).pdf
    assert problems(validate(two, bureau.anchors, NOON + 3 * DAY)) == [set(), {Problem.CLOCK}]


def test_a_clock_that_differs_from_the_stamps_is_named(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "_TOLERANCE", 9 * DAY)
    pdf = sign(small().pdf, bureau.key("张三"), ZHANG, NOON + DAY, ask=bureau.stamping.answer).pdf
    assert problems(validate(pdf, bureau.anchors, NOON + 2 * DAY)) == [{Problem.CLOCK}]


def test_who_is_not_known_is_not_trusted_but_the_file_is_whole(bureau: Bureau) -> None:
    pdf = signed_by_two(bureau)
    report = validate(pdf, Anchors(), bureau.clock.now)
    assert report.is_intact
    assert not report.is_valid
    assert {one.trust for one in report.signatures} == {Trust.UNKNOWN}
    licensed = Anchors(public=(bureau.place.read("root.cer"),), lists=bureau.anchors.lists)
    assert {one.trust for one in validate(pdf, licensed, bureau.clock.now).signatures} == {Trust.PUBLIC}


def test_a_strangers_stamp_does_not_date_a_signature_back_behind_its_revocation(bureau: Bureau) -> None:
    bureau.authority.revoke(PASSPHRASE, serial_of(bureau, "张三"), Reason.KEY)
    _, (key, certificate) = stranger(stamps=True)
    raw = x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    bare = PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    yesterday = DummyTimeStamper(raw, bare, fixed_dt=NOON - DAY)
    pdf = sign(small().pdf, bureau.key("张三"), ZHANG, NOON).pdf
    out = BytesIO()
    stamper = PdfTimeStamper(yesterday)
    asyncio.run(stamper.async_timestamp_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), "sha256", output=out))
    report = validate(out.getvalue(), bureau.anchors, bureau.clock.now)
    assert Problem.REVOKED in report.signatures[0].problems
    assert report.signatures[0].level is Level.B_B
    assert report.signatures[1].trust is Trust.UNKNOWN


@pytest.fixture(scope="module")
def targets(template: Bureau, tmp_path_factory: pytest.TempPathFactory) -> tuple[Bureau, dict[str, bytes]]:
    """A file signed by two, one with its proofs, one with stamps."""
    mine = copied(template, tmp_path_factory.mktemp("targets") / "ca")
    signed = signed_by_two(mine)
    stamped = signed_by_two(mine, stamped=True)
    archived = prolong(stamped, proofs_of(mine.place), mine.stamping, mine.clock.now).pdf
    return mine, {"signed": signed, "stamped": stamped, "archived": archived}


@pytest.mark.parametrize("attack", attacks.APPENDING, ids=lambda one: str(one.__name__))
@pytest.mark.parametrize("kind", ["signed", "archived"])
def test_what_is_appended_after_signing_is_refused(
    targets: tuple[Bureau, dict[str, bytes]], attack: Callable[[bytes], bytes], kind: str
) -> None:
    bureau, pdf = targets[0], targets[1][kind]
    assert validate(pdf, bureau.anchors, bureau.clock.now).is_intact
    evil = attack(pdf)
    assert evil.startswith(pdf)
    report = validate(evil, bureau.anchors, bureau.clock.now)
    assert not report.is_intact
    assert Problem.CHANGED_AFTER in report.signatures[0].problems
    if attack is not attacks.actions:  # nothing on a page
        assert not pages_hold(evil, bureau)


def pages_hold(pdf: bytes, bureau: Bureau) -> bool:
    try:
        return verify_signed(pdf, hashes_of(small()), bureau.anchors, bureau.clock.now)[0].is_intact
    except UnreadablePdf:
        return False


@pytest.mark.parametrize("attack", attacks.FORGING, ids=lambda one: str(one.__name__))
def test_a_signature_that_covers_something_else_is_refused(
    targets: tuple[Bureau, dict[str, bytes]], attack: Callable[[bytes], bytes]
) -> None:
    bureau, pdf = targets[0], targets[1]["signed"]
    evil = attack(pdf)
    assert evil != pdf
    assert not validate(evil, bureau.anchors, bureau.clock.now).is_intact


def test_an_unsigned_place_cannot_be_filled_by_a_stranger_unseen(bureau: Bureau) -> None:
    key, _ = stranger()
    pdf = sign(signed_by_two(bureau), key, BUREAU, bureau.clock.now).pdf
    report = validate(pdf, bureau.anchors, bureau.clock.now)
    assert [one.is_valid for one in report.signatures] == [True, True, False]
    assert not report.is_valid


def test_every_changed_byte_of_what_was_signed_is_noticed(targets: tuple[Bureau, dict[str, bytes]]) -> None:
    bureau, pdf = targets[0], targets[1]["signed"]
    begin = pdf.rindex(b"/Contents <")  # room for the last signature itself, which nothing covers
    end = pdf.index(b">", begin)
    for at in range(100, len(pdf) - 100, len(pdf) // 40):
        if begin <= at <= end:
            continue
        torn = bytearray(pdf)
        torn[at] ^= 1
        assert not validate(bytes(torn), bureau.anchors, bureau.clock.now).is_intact


@settings(max_examples=40)
@given(data=st.data())
def test_a_torn_file_never_ends_in_an_error(targets: tuple[Bureau, dict[str, bytes]], data: st.DataObject) -> None:
    pdf, anchors = targets[1]["stamped"], targets[0].anchors
    kind = data.draw(st.sampled_from(["cut", "flip", "hole", "twice"]))
    at = data.draw(st.integers(0, len(pdf) - 1))
    if kind == "cut":
        torn = pdf[:at]
    elif kind == "flip":
        torn = pdf[:at] + bytes([data.draw(st.integers(0, 255))]) + pdf[at + 1 :]
    elif kind == "hole":
        torn = pdf[:at] + pdf[at + data.draw(st.integers(1, 4000)) :]
    else:
        torn = pdf + pdf[at:]
    report = validate(torn, anchors, NOON + DAY)
    assert not report.is_intact or kind != "hole" or at > len(pdf) - 8
