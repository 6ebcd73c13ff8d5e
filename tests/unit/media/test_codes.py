"""Codes are read from files from outside in the fenced process, and a file that is broken shows none."""

import io
from collections.abc import Iterator

import pypdfium2
import pytest
from PIL import Image

from app.media.decoder import Decoder
from forms.page_codes import page_code
from forms.render import render
from tests.unit.forms import samples

RECORD = render([samples.interview(3)], samples.META)
EXPECTED = [page_code(page.content_hash, page.number, page.of) for page in RECORD.pages]


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(workers=1) as made:
        yield made


def codes(decoder: Decoder, mime: str, content: bytes) -> tuple[str, ...]:
    return decoder.codes(mime, len(content), lambda: [content])


def photo(angle: float, scale: float) -> bytes:
    page = pypdfium2.PdfDocument(RECORD.pdf)[0].render(scale=scale).to_pil().convert("RGB")
    out = io.BytesIO()
    page.rotate(angle, expand=True, fillcolor="gray").save(out, "JPEG", quality=55)
    return out.getvalue()


@pytest.mark.parametrize(("angle", "scale"), [(0, 1.5), (7, 2), (90, 2), (180, 2), (-12, 3)])
def test_a_photo_of_a_page_tells_which_page_it_is(decoder: Decoder, angle: float, scale: float) -> None:
    assert codes(decoder, "image/jpeg", photo(angle, scale)) == (EXPECTED[0],)


def test_a_scan_tells_all_its_pages(decoder: Decoder) -> None:
    assert len(EXPECTED) > 1
    assert list(codes(decoder, "application/pdf", RECORD.pdf)) == EXPECTED


@pytest.mark.parametrize("mime", ["image/jpeg", "image/png", "image/heic", "application/pdf", "text/plain", ""])
@pytest.mark.parametrize("content", [b"", b"\0" * 99, photo(0, 1)[:900], RECORD.pdf[:2000]])
def test_a_broken_file_shows_none(decoder: Decoder, mime: str, content: bytes) -> None:
    assert codes(decoder, mime, content) == ()


def test_a_picture_without_a_code_shows_none(decoder: Decoder) -> None:
    out = io.BytesIO()
    Image.new("L", (800, 600), 200).save(out, "PNG")
    assert codes(decoder, "image/png", out.getvalue()) == ()
