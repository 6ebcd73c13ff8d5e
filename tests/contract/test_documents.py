"""Every document there is, with nothing, something and far too much in it."""

import dataclasses
import types
import typing

import pytest

from forms import model as m
from forms.registry import document_for, documents
from forms.render import render
from forms.verify import verify
from tests.unit.forms import samples
from tests.unit.forms.reading import stray_characters, text_of

# Official papers that are described by data have tests of their own: test_papers.py.
KINDS = tuple(kind for kind in typing.get_args(m.Section) if kind is not m.FilledPaper)
TYPICAL: dict[type, m.Section] = {
    type(section): section for section in (*samples.whole(), samples.amendment(), samples.briefing())
}


def longest(kind: type) -> typing.Any:
    """Return an instance whose every text is far longer than its place."""
    return _filled(kind, samples.LONG[:260] + samples.WORD[:90], 2)


def emptiest(kind: type) -> typing.Any:
    return _filled(kind, "", 0)


def _filled(kind: typing.Any, text: str, count: int) -> typing.Any:
    hints = typing.get_type_hints(kind)
    values = {}
    for field in dataclasses.fields(kind):
        if field.name == "total_fen":
            values[field.name] = 100 * count
        elif field.name == "totals":
            values[field.name] = ()
        elif field.name == "rows":
            values[field.name] = ((text[:300],) * count,) * count
        else:
            values[field.name] = _value(hints[field.name], text, count)
    return kind(**values)


def _value(hint: typing.Any, text: str, count: int) -> typing.Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _value(args[0], text, count) if count else None
    if origin is tuple:
        return tuple(_value(args[0], text, count) for _ in range(count))
    if dataclasses.is_dataclass(hint):
        return _filled(hint, text, count)
    if hint is str:
        return text
    if hint is int:
        return 100
    if hint is bytes:
        return samples.jpeg(1)
    if hint is m.ItemState:
        return m.ItemState.FAIL
    if hint is m.ColumnKind:
        return m.ColumnKind.TEXT
    return samples.AT if "datetime" in repr(hint) else samples.AT.date()


def test_every_kind_of_section_has_one_document() -> None:
    assert {document.kind for document in documents().values()} == set(KINDS)
    assert set(TYPICAL) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("fill", ["empty", "typical", "longest"])
def test_a_document_prints_within_its_margins_whatever_it_holds(kind: type, fill: str) -> None:
    makers = {"empty": emptiest, "typical": TYPICAL.__getitem__, "longest": longest}
    section = makers[fill](kind)
    record = render([section], samples.META)
    assert record == render([section], samples.META)
    assert stray_characters(record.pdf) == []
    assert record.fallbacks == ()
    assert verify(record.pdf, [page.content_hash for page in record.pages]).is_intact
    assert {page.section for page in record.pages} == {document_for(kind).id}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not m.Cover], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("fill", ["empty", "typical"])
def test_what_is_blank_below_a_record_is_closed(kind: type, fill: str) -> None:
    section = emptiest(kind) if fill == "empty" else TYPICAL[kind]
    assert "以下空白" in text_of(render([section], samples.META).pdf)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_document_prints_every_text_it_is_given(kind: type) -> None:
    section = TYPICAL[kind]
    text = text_of(render([section], samples.META).pdf)
    for words in _texts(section):
        assert "".join(words.split()) in text, words


def _texts(value: object) -> typing.Iterator[str]:
    unprinted = {"legal_person", "responsible", "phone", "address", "kind", "credit_code", "insurance_code"}
    unprinted |= {"employer", "post", "id_number", "relation", "sex", "valid_until"}
    if isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            if field.name in unprinted and isinstance(value, (m.Institution, m.Person)):
                continue  # Which of these a document shows is its own choice.
            if isinstance(value, m.Evidence) and field.name in {"voided", "taken_by"}:
                continue
            if field.name == "institution" and isinstance(value, m.InterviewRecord):
                continue
            yield from _texts(getattr(value, field.name))
    elif isinstance(value, str) and not isinstance(value, (m.ItemState, m.ColumnKind)):
        yield value
