import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from forms.pades import errors
from forms.pades.keys import open_p12
from forms.pades.places import Place, SealPlace
from forms.pades.reports import Level
from forms.pades.seals import find_seal_place
from forms.pades.signing import prepare, sign
from forms.pades.trust import Trust
from forms.pades.validation import validate, verify_signed
from forms.signing import Rect
from forms.verify import PageState, page_hashes, verify
from sync.server.ca.prolonging import prolong, proofs_of
from tests.unit.pades.attacks import appended
from tests.unit.pades.kit import (
    BUREAU,
    DAY,
    LI,
    NOON,
    OFFICE,
    PASSPHRASE,
    PASSWORD,
    ZHANG,
    Bureau,
    hashes_of,
    pdfsig,
    reader,
    record,
    seal,
    signed_by_two,
    small,
    stranger,
)
from tests.unit.pades.papers import dated, kept_for_seal

MINUTE = dt.timedelta(minutes=1)


def library_accepts(pdf: bytes, context: Callable[[], Any]) -> list[str]:
    """Fields whose signatures the library itself finds intact, genuine, trusted and unchanged."""
    return [
        one.field_name
        for one in reader(pdf).embedded_regular_signatures
        if (said := asyncio.run(async_validate_pdf_signature(one, context()))).bottom_line and said.docmdp_ok
    ]


def at_hand(bureau: Bureau, at: dt.datetime) -> Callable[[], Any]:
    """What a validator knows who has the office's root and its list."""
    return lambda: ValidationContext(
        trust_roots=[x509.Certificate.load(bureau.place.read("root.cer"))], crls=[bureau.place.read("root.crl")], moment=at,
        allow_fetching=False, revocation_mode="require",
    )  # fmt: skip


def in_the_file(pdf: bytes, bureau: Bureau, at: dt.datetime) -> Callable[[], Any]:
    """What a validator knows who has nothing but the root and the file."""
    root = x509.Certificate.load(bureau.place.read("root.cer"))
    known = {"trust_roots": [root], "moment": at, "revocation_mode": "require", "allow_fetching": False}
    return lambda: DocumentSecurityStore.read_dss(reader(pdf)).as_validation_context(known)


def test_two_signers_hold_at_every_level_for_us_and_for_the_library(bureau: Bureau) -> None:
    bare = signed_by_two(bureau)
    stamped = signed_by_two(bureau, stamped=True)
    now = bureau.clock.now + MINUTE
    kept = prolong(stamped, proofs_of(bureau.place), bureau.stamping, now).pdf
    for pdf, level in ((bare, Level.B_B), (stamped, Level.B_T), (kept, Level.B_LTA)):
        report = validate(pdf, bureau.anchors, now)
        assert report.is_valid
        people = [one for one in report.signatures if not one.is_stamp]
        assert [one.level for one in people] == [level, level]
        assert [one.certificate.name for one in people if one.certificate] == ["张三", "李四"]
        assert {one.trust for one in report.signatures} == {Trust.OFFICE}
        assert library_accepts(pdf, at_hand(bureau, now)) == ["Signer1", "Signer2"]
    assert library_accepts(kept, in_the_file(kept, bureau, now)) == ["Signer1", "Signer2"]


def test_proofs_without_a_stamp_over_them_are_one_level_lower(bureau: Bureau) -> None:
    stamped = signed_by_two(bureau, stamped=True)
    proofs = proofs_of(bureau.place)
    names = [one.signer_cert for one in reader(stamped).embedded_regular_signatures]
    writer = IncrementalPdfFileWriter(BytesIO(stamped))
    tsa = bureau.authority.all()[0].der
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, certs=[*names, x509.Certificate.load(tsa), *proofs.roots], crls=proofs.lists
    )
    out = BytesIO()
    writer.write(out)
    report = validate(out.getvalue(), bureau.anchors, bureau.clock.now + MINUTE)
    assert report.is_valid
    assert {one.level for one in report.signatures} == {Level.B_LT}
    known = in_the_file(out.getvalue(), bureau, bureau.clock.now + MINUTE)
    assert library_accepts(out.getvalue(), known) == ["Signer1", "Signer2"]


def test_the_integrity_part_holds_for_poppler_too(bureau: Bureau, tmp_path: Path) -> None:
    stamped = signed_by_two(bureau, stamped=True)
    kept = prolong(stamped, proofs_of(bureau.place), bureau.stamping, bureau.clock.now).pdf
    for pdf in (signed_by_two(bureau), stamped, kept):
        assert pdfsig(pdf, tmp_path).count("Signature Validation: Signature is Valid.") == 2
    torn = bytearray(stamped)
    torn[2000] ^= 1
    assert "Signature is Valid" not in pdfsig(bytes(torn), tmp_path)


def test_a_signature_without_stamp_is_proved_by_the_servers_stamp_from_then_on(bureau: Bureau) -> None:
    bare = signed_by_two(bureau)
    bureau.clock.forward(DAY)
    kept = prolong(bare, proofs_of(bureau.place), bureau.stamping, bureau.clock.now).pdf
    later = NOON + 4 * 365 * DAY  # both certificates have ended
    assert not validate(bare, bureau.anchors, later).is_valid
    report = validate(kept, bureau.anchors, later)
    assert report.is_valid
    assert [one.level for one in report.signatures] == [Level.B_LTA] * 3
    assert all(one.stamped_at == bureau.clock.now for one in report.signatures)


def test_proofs_are_renewed_before_the_stamps_own_certificate_ends(bureau: Bureau) -> None:
    kept = prolong(signed_by_two(bureau), proofs_of(bureau.place), bureau.stamping, bureau.clock.now).pdf
    assert prolong(kept, proofs_of(bureau.place), bureau.stamping, bureau.clock.now).was_enough
    bureau.clock.forward(9 * 365 * DAY)
    bureau.authority.renew_stamping(PASSPHRASE)
    bureau.authority.renew_list(PASSPHRASE)
    again = prolong(kept, proofs_of(bureau.place), bureau.stamping, bureau.clock.now)
    later = NOON + 15 * 365 * DAY
    assert not again.was_enough
    assert not validate(kept, bureau.anchors, later).is_valid
    assert validate(again.pdf, bureau.anchors, later).is_valid


def test_nothing_that_stood_in_the_file_is_touched(bureau: Bureau) -> None:
    whole = small().pdf
    ready = prepare(whole, [ZHANG, LI])
    one = sign(ready, bureau.key("张三"), ZHANG, NOON).pdf
    two = sign(one, bureau.key("李四"), LI, NOON + MINUTE).pdf
    three = prolong(two, proofs_of(bureau.place), bureau.stamping, bureau.clock.now).pdf
    for before, after in ((whole, ready), (ready, one), (one, two), (two, three)):
        assert after.startswith(before)
    assert page_hashes(three) == page_hashes(whole)
    assert verify(three, hashes_of(small())).is_intact


def test_the_first_signature_lets_nothing_but_signatures_follow(bureau: Bureau) -> None:
    found = reader(signed_by_two(bureau)).embedded_regular_signatures
    assert [one.docmdp_level for one in found] == [MDPPerm.FILL_FORMS, None]
    assert [one.fieldmdp.fields for one in found] == [["Signer1"], ["Signer2"]]


def test_the_seal_lies_over_the_date_at_the_end_and_the_page_still_counts_as_unchanged(bureau: Bureau) -> None:
    paper = dated()
    place = find_seal_place(paper.pdf, seal())
    assert place is not None
    ready = prepare(paper.pdf, [Place(BUREAU.name, BUREAU.title, place)])
    done = sign(ready, bureau.key(OFFICE), BUREAU, NOON, seal=seal())
    pages, report = verify_signed(done.pdf, hashes_of(paper), bureau.anchors, NOON)
    assert report.is_valid
    assert report.signatures[0].shows
    assert pages.is_intact
    # Without the word of its signature it is something that lies on the page.
    assert verify(done.pdf, hashes_of(paper)).pages[place.page].state is PageState.CHANGED
    assert verify(ready, hashes_of(paper)).is_intact


def test_the_seal_goes_where_the_paper_keeps_room_for_it() -> None:
    place = find_seal_place(dated().pdf, seal())
    assert place is not None
    kept = kept_for_seal()
    assert place.rect.width == pytest.approx(42 / 25.4 * 72)
    assert place.rect.x == pytest.approx(kept.x, abs=3)
    assert place.rect.y == pytest.approx(kept.y, abs=6)


def test_a_paper_without_a_date_at_its_end_has_no_place_for_a_seal() -> None:
    assert find_seal_place(small().pdf, seal()) is None


def test_a_stranger_cannot_lay_a_picture_over_a_page(bureau: Bureau) -> None:
    key, _ = stranger()
    over = Place("Bureau", "印章", SealPlace(0, Rect(100, 400, 300, 120)))
    pdf = sign(small().pdf, key, over, NOON, seal=seal()).pdf
    pages, report = verify_signed(pdf, hashes_of(small()), bureau.anchors, NOON)
    assert report.signatures[0].trust is Trust.UNKNOWN
    assert not report.is_valid
    assert pages.pages[0].problems == ("annotations",)


def test_nor_does_a_known_signer_anywhere_but_at_the_date(bureau: Bureau) -> None:
    pdf, expected = dated().pdf, hashes_of(dated())
    right = find_seal_place(pdf, seal())
    assert right is not None
    over = (right.rect, Rect(100, 400, 100, 100), Rect(right.rect.x - 200, right.rect.y - 20, 330, 160))
    for rect, problems in zip(over, ((), ("annotations",), ("annotations",)), strict=True):
        place = Place("Bureau", "印章", SealPlace(right.page, rect))
        signed = sign(pdf, bureau.key("张三"), place, NOON, seal=seal()).pdf
        pages, report = verify_signed(signed, expected, bureau.anchors, NOON)
        assert report.is_valid
        assert pages.pages[right.page].problems == problems


def test_a_long_record_is_signed_page_hashes_and_all(bureau: Bureau) -> None:
    pdf = signed_by_two(bureau, pdf=record().pdf)
    pages, report = verify_signed(pdf, hashes_of(record()), bureau.anchors, bureau.clock.now)
    assert report.is_valid
    assert pages.is_intact


def test_the_service_being_silent_leaves_a_signature_without_stamp_and_says_so(bureau: Bureau) -> None:
    def silent(request: bytes) -> bytes:
        raise ConnectionRefusedError

    for ask in (silent, lambda request: b"<html>portal</html>", lambda request: bureau.stamping.answer(b"\x30\x00")):
        done = sign(small().pdf, bureau.key("张三"), ZHANG, NOON, ask=ask)
        assert (done.level, bool(done.no_stamp)) == ("B-B", True)
        assert validate(done.pdf, bureau.anchors, NOON).is_valid


def test_a_stamp_for_something_else_is_not_taken(bureau: Bureau) -> None:
    def other(request: bytes) -> bytes:
        asked = tsp.TimeStampReq.load(request)
        asked["message_imprint"]["hashed_message"] = b"\1" * 32
        return bureau.stamping.answer(asked.dump(force=True))

    assert sign(small().pdf, bureau.key("张三"), ZHANG, NOON, ask=other).level == "B-B"


def test_a_clock_that_is_not_the_services_is_told(bureau: Bureau) -> None:
    with pytest.raises(errors.ClockSetBack):
        sign(small().pdf, bureau.key("张三"), ZHANG, NOON + DAY, ask=bureau.stamping.answer)


def test_a_clock_set_back_behind_an_earlier_signature_is_told(bureau: Bureau) -> None:
    one = sign(small().pdf, bureau.key("张三"), ZHANG, NOON + DAY).pdf
    with pytest.raises(errors.ClockSetBack):
        sign(one, bureau.key("李四"), LI, NOON)


@pytest.mark.parametrize(("at", "error"), [(NOON + 2000 * DAY, errors.Expired), (NOON - DAY, errors.NotYetValid)])
def test_a_certificate_signs_only_while_it_is_valid(bureau: Bureau, at: dt.datetime, error: type[Exception]) -> None:
    with pytest.raises(error):
        sign(small().pdf, bureau.key("张三"), ZHANG, at)


def test_a_certificate_for_something_else_does_not_sign(bureau: Bureau) -> None:
    with pytest.raises(errors.WrongKeyUsage):
        sign(small().pdf, bureau.odd("加密", usage="key_encipherment"), ZHANG, NOON)


def test_a_field_is_signed_once(bureau: Bureau) -> None:
    one = sign(small().pdf, bureau.key("张三"), ZHANG, NOON).pdf
    with pytest.raises(errors.AlreadySigned):
        sign(one, bureau.key("李四"), ZHANG, NOON)


def test_nobody_signs_over_a_signature_that_does_not_hold(bureau: Bureau) -> None:
    one = sign(small().pdf, bureau.key("张三"), ZHANG, NOON).pdf
    torn = bytearray(one)
    torn[3000] ^= 1
    for bad in (appended(one), bytes(torn)):
        with pytest.raises((errors.BrokenBefore, errors.NotSignable)):
            sign(bad, bureau.key("李四"), LI, NOON)


def test_what_is_no_pdf_is_not_signed(bureau: Bureau) -> None:
    for junk in (b"", b"%PDF-1.7\n", b"PK\3\4" * 99, small().pdf[: len(small().pdf) // 2]):
        with pytest.raises(errors.NotSignable):
            sign(junk, bureau.key("张三"), ZHANG, NOON)


def test_a_wrong_password_and_a_wrong_file_are_told_apart(bureau: Bureau) -> None:
    raw = bureau.p12("张三")
    with pytest.raises(errors.WrongPassword):
        open_p12(raw, PASSWORD + "x")
    for junk in (b"", b"junk", raw[:100], b"\x30" * 200):
        with pytest.raises(errors.UnreadableKey):
            open_p12(junk, PASSWORD)


def test_a_seal_that_would_hide_the_words_below_is_refused(bureau: Bureau) -> None:
    opaque = replace(seal(), alpha=b"\xff" * (240 * 240))
    for unfit in (opaque, replace(seal(), diameter_mm=200), replace(seal(), width=20), replace(seal(), rgb=b"")):
        with pytest.raises(errors.SealUnfit):
            sign(small().pdf, bureau.key(OFFICE), BUREAU, NOON, seal=unfit)
