"""What was changed inside a record before it was signed stays visible and is signed at its place."""

import dataclasses

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from hypothesis import given
from hypothesis import strategies as st

from forms import model as m
from forms.kit.revisions import _with_changes
from forms.render import Rendered, render
from forms.signing import BoxKind, Point, Signature
from tests.unit.forms import samples
from tests.unit.forms.reading import text_of

ANSWER = "当日共有16笔处方药销售未见处方，由值班店员经手。"
CHANGES = (m.Revision(4, "17", 2), m.Revision(len(ANSWER) - 1, "和我", 0))


def interview(*revisions: m.Revision) -> Rendered:
    asked = dataclasses.replace(samples.interview(1), turns=(m.Exchange("有多少笔？", ANSWER, revisions),))
    return render([asked], samples.META)


def rules(record: Rendered) -> list[tuple[float, float, float, float]]:
    """Return the short level lines on the pages: those through and below words."""
    pages = pdfium.PdfDocument(record.pdf)
    bounds = [one.get_bounds() for page in pages for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])]
    return [b for b in bounds if b[3] - b[1] < 2 and b[2] - b[0] < 60 and b[1] > 70]


def test_struck_and_new_words_both_stand_in_the_answer() -> None:
    assert "当日共有1716笔处方药销售未见处方，由值班店员经手和我。" in text_of(interview(*CHANGES).pdf)
    assert ANSWER in text_of(interview().pdf)


def test_a_line_goes_through_what_was_struck_and_below_what_is_new() -> None:
    seventeen, below, me = sorted(rules(interview(*CHANGES)))
    assert rules(interview()) == []
    assert seventeen[2] <= below[0] + 2
    assert seventeen[1] - below[1] > 5
    assert abs(me[1] - seventeen[1]) < 0.5


def test_the_one_who_was_asked_signs_at_the_change_and_only_there() -> None:
    record = interview(*CHANGES)
    marks = [box for page in record.pages for box in page.boxes if box.kind is BoxKind.CORRECTION]
    assert [(box.signer.name, box.required, box.index) for box in marks] == [("杨采薇", True, 0)]
    assert not [b for page in interview().pages for b in page.boxes if b.kind is BoxKind.CORRECTION]
    stroke = (Point(0.1, 0.2, 0, 0.5), Point(0.8, 0.7, 40, 0.9))
    asked = dataclasses.replace(samples.interview(1), turns=(m.Exchange("有多少笔？", ANSWER, CHANGES),))
    page = next(page for page in record.pages if marks[0] in page.boxes)
    mark = Signature(marks[0].signer, page.content_hash, samples.AT, (stroke,), BoxKind.CORRECTION, 0)
    signed = render([asked], samples.META, [mark])
    assert signed.pages == record.pages
    assert "更正处签名" in text_of(signed.pdf)


def test_an_observation_on_the_spot_is_corrected_likewise() -> None:
    seen = m.Observation("处方柜内处方16张。", ("SGF-03",), ("证1",), (m.Revision(6, "17", 2),))
    record = render([samples.onsite(observations=(seen, seen))], samples.META)
    text = text_of(record.pdf)
    assert "1．处方柜内处方1716张。（检查项：SGF-03；证据：证1）" in text
    marks = [box.index for page in record.pages for box in page.boxes if box.kind is BoxKind.CORRECTION]
    assert marks == [0, 1]


@given(
    st.text("甲乙丙丁1 ", max_size=30),
    st.lists(
        st.builds(m.Revision, st.integers(-3, 40), st.text("子丑", max_size=5), st.integers(-2, 9)), max_size=5
    ),
)
def test_whatever_is_changed_nothing_of_the_text_is_lost(text: str, revisions: list[m.Revision]) -> None:
    whole, struck, added = _with_changes("1．", text, revisions)
    gone = {i for first, last in struck for i in range(first, last)}
    assert "".join(c for i, c in enumerate(whole) if i not in gone) == "1．" + text
    assert "".join(whole[a:b] for a, b in struck) == "".join(
        one.struck for one in sorted(revisions, key=lambda one: one.at)
    )
    assert all(0 <= a <= b <= len(whole) for a, b in (*struck, *added))
