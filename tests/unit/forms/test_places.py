"""Places to sign within a paper: each takes its own signer, and a refusal to receive is written where the form has it."""

import pytest

from forms.errors import BoxTaken, NoSuchBox
from forms.model import Role, Signer
from forms.registry import paper
from forms.render import Rendered, render
from forms.signing import BoxKind, Point, Refusal, Signature
from tests.unit.forms import samples
from tests.unit.forms.filled import filled, typical
from tests.unit.forms.reading import text_of

STROKE = (Point(0.1, 0.2, 0, 0.5), Point(0.8, 0.7, 40, 0.9))


def signed(paper_id: str, *made: tuple[Signer, int, Refusal | None]) -> Rendered:
    one = paper(paper_id)
    section = filled(one, typical(one))
    plain = render([section], samples.META)
    page = {(box.signer.role, box.index): info for info in plain.pages for box in info.boxes}
    signatures = [
        Signature(
            signer, page[signer.role, index].content_hash, samples.AT, () if refusal else (STROKE,),
            BoxKind.PLACE, index, refusal,
        )
        for signer, index, refusal in made
    ]  # fmt: skip
    record = render([section], samples.META, signatures)
    assert record.pages == plain.pages
    return record


def test_everyone_of_an_approval_signs_in_his_own_cell() -> None:
    record = signed(
        "inspection_approval",
        (Signer(Role.HANDLER, "陈知行"), 0, None),
        (Signer(Role.HANDLER, "陆以宁"), 0, None),
        (Signer(Role.SECTION_HEAD, "沈砚秋"), 1, None),
        (Signer(Role.HEAD, "顾清和"), 2, None),
    )
    told = text_of(record.pdf)
    for words in ("承办人陈知行文书签名", "承办机构负责人沈砚秋文书签名", "机关负责人顾清和文书签名"):
        assert words in told


def test_a_place_is_not_signed_by_another_nor_twice() -> None:
    with pytest.raises(NoSuchBox):
        signed("inspection_approval", (Signer(Role.HANDLER, "周牧之"), 0, None))
    twice = (Signer(Role.HEAD, "顾清和"), 2, None)
    with pytest.raises(BoxTaken):
        signed("inspection_approval", twice, twice)


def test_who_refuses_a_paper_is_noted_on_its_receipt_with_reason_and_witness() -> None:
    refusal = Refusal("称需请示总部后再签收", "周牧之")
    told = text_of(signed("preservation_decision", (Signer(Role.RECEIVER, "杨采薇"), 1, refusal)).pdf)
    assert "杨采薇拒绝签收。理由：称需请示总部后再签收。见证人：周牧之。" in told


def test_the_place_of_the_seal_lies_over_name_and_date() -> None:
    record = signed("preservation_decision")
    seals = [box for page in record.pages for box in page.boxes if box.signer.role is Role.SEAL]
    assert [(box.kind, box.index, box.required) for box in seals] == [(BoxKind.PLACE, 0, True)]
    # Source: GB/T 9704-2012: the usual office seal is 42 mm across.
    assert round(seals[0].rect.width / 72 * 25.4) == round(seals[0].rect.height / 72 * 25.4) == 42
