"""The code on every page says which page of which content it is."""

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.kit.qr import PAGE_CODE_PLACE, PAGE_CODE_SIDE, page_code_rows
from forms.page_codes import PageCode, page_code, read_page_code
from forms.render import render
from tests.unit.forms import samples

DIGEST = "6d0d3e257918babb8fa055510f29b9ac" + "0" * 32


def test_what_is_written_is_read() -> None:
    assert page_code(DIGEST, 3, 12) == "YFP1:6D0D3E257918BABB8FA0:3/12"
    code = read_page_code(page_code(DIGEST, 3, 12))
    assert code == PageCode(DIGEST[:20], 3, 12)
    assert code.fits(DIGEST)
    assert not code.fits("7" + DIGEST[1:])


@pytest.mark.parametrize(
    "text", ["", "YFP1", "YFP2:" + "A" * 20 + ":1/1", "YFP1:" + "A" * 19 + ":1/1", "YFP1:" + "A" * 20 + ":2/1"]
)
def test_other_codes_are_not_taken_for_ours(text: str) -> None:
    assert read_page_code(text) is None


@given(st.text())
def test_any_text_may_be_scanned(text: str) -> None:
    assert read_page_code(text) is None


def test_the_modules_seen_on_every_page_are_those_of_its_code() -> None:
    record = render(samples.whole(), samples.META)
    pages = pdfium.PdfDocument(record.pdf)
    for info in record.pages:
        rows = page_code_rows(page_code(info.content_hash, info.number, info.of))
        picture = pages[info.number - 1].render(scale=6).to_pil().convert("L")
        side = PAGE_CODE_SIDE / len(rows)
        for i, row in enumerate(rows):
            for j, dark in enumerate(row):
                x = PAGE_CODE_PLACE[0] + (j + 0.5) * side
                y = 841.89 - (PAGE_CODE_PLACE[1] + PAGE_CODE_SIDE - (i + 0.5) * side)
                assert (picture.getpixel((int(x * 6), int(y * 6))) < 128) is bool(dark), (info.number, i, j)
