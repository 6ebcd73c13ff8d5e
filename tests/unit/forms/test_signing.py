import datetime as dt
import hashlib
import io
import math
from collections.abc import Iterable
from dataclasses import replace

import pypdf
import pytest

from forms.errors import BoxTaken, ForeignSignature, NoSuchBox, UnreadablePdf
from forms.kit.fonts import Face
from forms.model import Role, Signer
from forms.render import Rendered, render
from forms.signing import BoxKind, Point, Refusal, Signature
from forms.verify import PageState, page_hashes, verify
from tests.unit.forms import samples
from tests.unit.forms.reading import text_of

SIGNED_AT = samples.AT + dt.timedelta(hours=3)
STROKE = tuple(Point(i / 40, 0.5 + 0.4 * math.sin(i / 4), i * 8, 0.5) for i in range(41))


def signed(record: Rendered) -> list[Signature]:
    return [
        Signature(box.signer, page.content_hash, SIGNED_AT, (STROKE,), box.kind, box.index, device="平板-07")
        for page in record.pages
        for box in page.boxes
        if box.required
    ]


def hashes(record: Rendered) -> list[str]:
    return [page.content_hash for page in record.pages]


def test_signing_changes_no_page_hash() -> None:
    sections = samples.whole()
    bare = render(sections, samples.META)
    whole = render(sections, samples.META, signed(bare))
    half = render(sections, samples.META, signed(bare)[:3])
    assert hashes(whole) == hashes(half) == hashes(bare)
    assert whole.pdf != half.pdf != bare.pdf


def test_a_page_hash_does_not_depend_on_what_other_sections_say() -> None:
    one = render([samples.interview(2), samples.onsite()], samples.META)
    two = render(
        [samples.interview(2), samples.onsite(summary="另一段文字，字形各异：龘靐齉。")], samples.META
    )
    count = sum(page.section == "interview_record" for page in one.pages)
    assert len(one.pages) == len(two.pages)
    assert hashes(one)[:count] == hashes(two)[:count]
    assert hashes(one)[count:] != hashes(two)[count:]


def test_every_page_asks_inspectors_and_party_to_sign() -> None:
    record = render([samples.onsite(), samples.interview()], samples.META)
    for page in record.pages:
        assert page.required_roles[:2] == (Role.PARTY, Role.INSPECTOR)
        assert Role.RECORDER in page.required_roles
        assert Role.WITNESS not in page.required_roles
        names = {box.signer.name for box in page.boxes if box.signer.role is Role.INSPECTOR}
        assert names == ({"陈知行", "陆以宁"} if page.section == "onsite_record" else {"陈知行"})


def test_a_named_witness_must_sign_every_page() -> None:
    witness = replace(samples.MANAGER, name="周见山")
    record = render([samples.onsite(witnesses=(witness,))], samples.META)
    assert all(Role.WITNESS in page.required_roles for page in record.pages)


def test_boxes_lie_on_the_page_and_apart() -> None:
    for page in render(samples.whole(), samples.META).pages:
        rects = [box.rect for box in page.boxes]
        for i, a in enumerate(rects):
            assert a.x > 70
            assert a.x + a.width < 525
            assert a.y > 90
            for b in rects[i + 1 :]:
                apart_x = a.x + a.width <= b.x + 0.01 or b.x + b.width <= a.x + 0.01
                apart_y = a.y + a.height <= b.y + 0.01 or b.y + b.height <= a.y + 0.01
                assert apart_x or apart_y


def test_a_refusal_is_noted_with_reason_and_witness() -> None:
    bare = render([samples.onsite()], samples.META)
    party = next(box.signer for box in bare.pages[0].boxes if box.signer.role is Role.PARTY)
    refusals = [
        Signature(party, page.content_hash, SIGNED_AT, refusal=Refusal("对金额有异议", "周见山"))
        for page in bare.pages
    ]
    witness = Signature(Signer(Role.WITNESS, "周见山"), bare.pages[-1].content_hash, SIGNED_AT, (STROKE,))
    text = text_of(render([samples.onsite()], samples.META, [*refusals, witness]).pdf)
    assert text.count("拒绝签名。理由：对金额有异议") == 2
    assert "见证人：周见山" in text


def test_a_refusal_too_long_for_the_page_stands_in_full_on_the_sheet_of_signatures() -> None:
    bare = render([samples.onsite()], samples.META)
    reason = "鑫，" * 600
    signer = bare.pages[-1].boxes[0].signer
    signature = Signature(signer, bare.pages[-1].content_hash, SIGNED_AT, refusal=Refusal(reason))
    text = text_of(render([samples.onsite()], samples.META, [signature]).pdf)
    assert "全文见签名附页" in text
    assert text.count("鑫") >= 600


def test_a_signature_of_other_content_is_refused() -> None:
    bare = render([samples.onsite()], samples.META)
    with pytest.raises(ForeignSignature):
        render([samples.onsite(summary="改动后的内容。")], samples.META, signed(bare))


def test_a_signer_without_a_box_is_refused() -> None:
    bare = render([samples.onsite()], samples.META)
    stranger = Signature(Signer(Role.PARTY, "他人"), bare.pages[0].content_hash, SIGNED_AT, (STROKE,))
    with pytest.raises(NoSuchBox):
        render([samples.onsite()], samples.META, [stranger])


def test_a_box_is_signed_once() -> None:
    bare = render([samples.onsite()], samples.META)
    with pytest.raises(BoxTaken):
        render([samples.onsite()], samples.META, [signed(bare)[0]] * 2)


def test_the_party_signs_at_every_correction() -> None:
    record = render([samples.amendment()], samples.META)
    marks = [box for page in record.pages for box in page.boxes if box.kind is BoxKind.CORRECTION]
    assert {(box.index, box.signer.role) for box in marks} == {
        (index, role) for index in (0, 1) for role in (Role.PARTY, Role.INSPECTOR)
    }


def test_verify_finds_signed_pages_unchanged() -> None:
    bare = render(samples.whole(), samples.META)
    pdf = render(samples.whole(), samples.META, signed(bare)).pdf
    verdict = verify(pdf, hashes(bare))
    assert verdict.is_intact
    assert page_hashes(pdf)[: len(bare.pages)] == tuple(hashes(bare))
    assert verdict.pages[-1].state is PageState.SIGNATURES


def test_a_page_hash_can_be_recomputed_with_another_reader() -> None:
    record = render([samples.onsite(), samples.listing(2)], samples.META)
    streams = [
        page["/Contents"][0].get_object().get_data() for page in pypdf.PdfReader(io.BytesIO(record.pdf)).pages
    ]
    assert [hashlib.sha256(stream).hexdigest() for stream in streams] == hashes(record)


def test_verify_names_the_page_that_was_changed() -> None:
    before = render([samples.onsite(), samples.interview(2)], samples.META)
    after = render([samples.onsite(party_opinion="另有意见。"), samples.interview(2)], samples.META)
    states = [page.state for page in verify(after.pdf, hashes(before)).pages]
    assert states[0] is PageState.UNCHANGED
    assert states[1] is PageState.CHANGED
    assert states[2] is PageState.UNCHANGED


def test_verify_finds_missing_and_added_pages() -> None:
    record = render([samples.onsite()], samples.META)
    assert verify(record.pdf, [*hashes(record), "0" * 64]).pages[-1].state is PageState.MISSING
    assert verify(record.pdf, hashes(record)[:1]).pages[-1].state is PageState.ADDED


def test_verify_finds_an_exchanged_photo() -> None:
    listing = samples.listing(1)
    record = render([listing], samples.META)
    thumbnail = listing.evidence[0].thumbnail
    assert thumbnail is not None
    other = thumbnail[:-40] + bytes(20) + thumbnail[-20:]
    verdict = verify(record.pdf.replace(thumbnail, other), hashes(record))
    assert "picture" in verdict.pages[-1].problems


def test_verify_finds_exchanged_letter_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Face.outlines

    def swapped(face: Face, glyphs: Iterable[int]) -> dict[int, bytes]:
        outlines = honest(face, glyphs)
        one, other = face.glyph_of[ord("以")], face.glyph_of[ord("上")]
        if one in outlines and other in outlines:
            outlines[one], outlines[other] = outlines[other], outlines[one]
        return outlines

    expected = hashes(render([samples.onsite()], samples.META))
    monkeypatch.setattr(Face, "outlines", swapped)
    pdf = render([samples.onsite()], samples.META).pdf
    monkeypatch.undo()
    assert page_hashes(pdf) == tuple(expected)
    assert [page.problems for page in verify(pdf, expected).pages] == [("font",)] * len(expected)


def test_verify_refuses_what_this_program_never_wrote() -> None:
    with pytest.raises(UnreadablePdf):
        verify(b"%PDF-1.4 nothing", ["0" * 64])


def test_damaged_files_are_refused_and_never_crash() -> None:
    record = render([samples.onsite()], samples.META)
    for cut in range(0, len(record.pdf), max(1, len(record.pdf) // 60)):
        damaged = record.pdf[:cut] + b"\0\xff<<" + record.pdf[cut + 4 :]
        try:
            verify(damaged, hashes(record))
        except UnreadablePdf:
            continue


def test_two_inspectors_of_one_name_each_have_their_box() -> None:
    twin = replace(samples.LU, name=samples.CHEN.name)
    sections = [samples.onsite(inspectors=(samples.CHEN, twin))]
    bare = render(sections, samples.META)
    assert hashes(render(sections, samples.META, signed(bare))) == hashes(bare)


def test_a_hand_keeps_its_shape_in_a_box_of_other_proportions() -> None:
    bare = render([samples.onsite()], samples.META)
    one = signed(bare)[0]
    square = render([samples.onsite()], samples.META, [replace(one, pad_aspect=1.0)])
    assert square.sha256 != render([samples.onsite()], samples.META, [one]).sha256
