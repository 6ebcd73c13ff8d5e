"""Every official paper: its description holds together, and it prints with nothing, something and far too much in it."""

import re

import pytest

from app.services import frozen
from forms.data_files import Place
from forms.editions import check_places
from forms.filling import problems
from forms.model import Role
from forms.papers import (
    Blank,
    Closing,
    FieldKind,
    Grid,
    Head,
    Level,
    Opinion,
    Paper,
    Path,
    Prose,
    Receipt,
    Rows,
    SealPlace,
    Signatures,
    Words,
)
from forms.registry import paper, papers, wording
from forms.render import render
from forms.signing import BoxKind
from forms.sources import PAPERS_PREFIX, SOURCES
from forms.verify import verify
from tests.arch.source import ROOT
from tests.unit.forms import samples
from tests.unit.forms.filled import RARE, filled, longest, typical
from tests.unit.forms.reading import stray_characters, text_of

ALL = list(papers().values())
FILLED = [one for one in ALL if one.record is None]
each_filled = pytest.mark.parametrize("paper_id", [one.id for one in FILLED])


@each_filled
@pytest.mark.parametrize("fill", ["empty", "typical", "longest"])
def test_a_paper_prints_within_its_margins_whatever_it_holds(paper_id: str, fill: str) -> None:
    one = paper(paper_id)
    values = {"empty": {}, "typical": typical(one), "longest": longest(one)}[fill]
    section = filled(one, values)
    record = render([section], samples.META)
    assert fill == "longest" or record == render([section], samples.META)
    assert stray_characters(record.pdf) == []
    assert record.fallbacks == ()
    assert verify(record.pdf, [page.content_hash for page in record.pages]).is_intact
    assert {page.section for page in record.pages} == {paper_id}


@each_filled
def test_a_paper_prints_every_value_it_is_given(paper_id: str) -> None:
    one = paper(paper_id)
    values = {
        field.id: f"{field.label}{RARE}{i}"
        for i, field in enumerate(one.fields)
        if field.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT)
    }
    text = text_of(render([filled(one, typical(one) | values)], samples.META).pdf)
    assert [value for value in values.values() if value not in text] == []


@each_filled
def test_a_paper_names_only_what_it_has(paper_id: str) -> None:
    one = paper(paper_id)
    fields, keys, signings = {f.id for f in one.fields}, dict(one.words), {s.id for s in one.signings}
    assert len(fields) == len(one.fields)
    assert len(keys) == len(one.words)
    assert len(signings) == len(one.signings)
    for text in (*keys.values(), *one.basis):
        check_places(one, text, {rule.id for rule in wording().rules}, Place(paper_id))
    assert {s.names for s in one.signings} - {""} <= fields
    for field in one.fields:
        is_known = field.source in SOURCES or field.source == "" or _names_another_paper(field.source)
        assert is_known, field.source
        assert bool(field.options) is (field.kind in (FieldKind.CHOICE, FieldKind.CHECKS)), field.id
        assert bool(field.columns) is (field.kind is FieldKind.TABLE), field.id
    if one.compose is None:
        named = _named(one)
        assert named["fields"] <= fields
        assert named["words"] == set(keys)
        assert named["signings"] | {s.id for s in one.signings if s.every_page} == signings
        assert fields <= named["fields"] | named["placed"] | {s.names for s in one.signings}


def _names_another_paper(source: str) -> bool:
    if not source.startswith(PAPERS_PREFIX):
        return False
    other, _, field = source.removeprefix(PAPERS_PREFIX).partition(".")
    return field in ("number", "issued_on") or field in {f.id for f in paper(other).fields}


def _named(one: Paper) -> dict[str, set[str]]:
    fields, words, signings = set[str](), set[str](), set[str]()
    for block in one.body:
        match block:
            case Rows(ids):
                fields |= set(ids)
            case Head(key):
                words.add(key)
            case Words():
                words.add(block.words)
                fields |= {block.where} - {""}
            case Prose(field) | Grid(field):
                fields.add(field)
            case Opinion(field, signing):
                fields.add(field)
                signings.add(signing)
            case SealPlace(signing, date, name):
                fields |= {date, name} - {""}
                signings.add(signing)
            case Signatures(ids):
                signings |= set(ids)
            case Receipt(signing, key):
                signings.add(signing)
                words |= {key} - {""}
            case Closing(key, signing):
                signings.add(signing)
                words.add(key)
    placed = set(re.findall(r"\{([a-z_0-9]+)", " ".join(dict(one.words).values())))
    return {"fields": fields, "words": words, "signings": signings, "placed": placed}


@each_filled
def test_a_typical_paper_can_be_issued_and_an_empty_one_cannot(paper_id: str) -> None:
    one = paper(paper_id)
    assert problems(one, typical(one)) == ()
    told = {problem.field for problem in problems(one, {})}
    assert told == {field.id for field in one.fields if field.required}
    assert told


@each_filled
def test_each_place_to_sign_or_seal_is_on_a_page(paper_id: str) -> None:
    one = paper(paper_id)
    record = render([filled(one, typical(one))], samples.META)
    placed = {box.index for page in record.pages for box in page.boxes if box.kind is BoxKind.PLACE}
    closing = {box.signer.role for page in record.pages for box in page.boxes if box.kind is BoxKind.STATEMENT}
    for index, signing in enumerate(one.signings):
        assert signing.every_page or index in placed or signing.role in closing, signing.id
    if one.signs_every_page:
        assert all(page.required_roles for page in record.pages)
    assert one.needs_seal is any(s.role is Role.SEAL and s.required for s in one.signings)


@each_filled
def test_what_is_blank_below_a_paper_is_closed_once(paper_id: str) -> None:
    one = paper(paper_id)
    assert one.compose is not None or sum(isinstance(block, Blank) for block in one.body) == 1


def test_nobody_is_made_to_bring_the_legal_representative() -> None:
    # Source: 国办发〔2024〕54号: 不得刻意要求法定代表人到场.
    assert [one.id for one in ALL for signing in one.signings if "法定代表人" in signing.label] == []
    assert [one.id for one in ALL for field in one.fields if field.id == "legal_person" and field.required] == []


def test_all_thirty_entries_of_the_set_have_their_papers() -> None:
    assert {one.entry for one in ALL} >= set(range(1, 31))


def test_numbers_and_companions_fit_together() -> None:
    words = [one.number_word for one in ALL if one.number_word]
    assert len(words) == len(set(words)), "two papers of one 文种 would share their numbers"
    for one in ALL:
        for other in one.companions:
            assert paper(other).parent == one.id
            assert paper(other).number_word == ""
        if one.parent:
            assert one.id in paper(one.parent).companions


@pytest.mark.parametrize("paper_id", [one.id for one in FILLED[::5]])
def test_a_filled_paper_is_the_same_after_being_frozen(paper_id: str) -> None:
    one = paper(paper_id)
    section = filled(one, typical(one))
    sections, meta = frozen.load(frozen.dump((section,), samples.META))
    assert sections == (section,)
    assert render(sections, meta).pdf == render([section], samples.META).pdf


def test_every_path_says_what_it_needs_and_why_not_always() -> None:
    assert {need.path for one in ALL for need in one.needs} == set(Path)
    assert all(need.when for one in ALL for need in one.needs if need.level is not Level.REQUIRED)


def test_the_document_set_is_listed_as_it_is() -> None:
    told = (ROOT / "docs" / "documents.md").read_text("utf-8")
    for one in ALL:
        assert f"`{one.id}` {one.title}" in told
