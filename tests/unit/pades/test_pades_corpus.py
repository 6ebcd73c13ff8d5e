"""Broken and strange PDFs of others: judged, never fatal. Ours always; the library's own where its source package lies."""

import contextlib
import datetime as dt
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from forms.errors import UnreadablePdf
from forms.pades.trust import Anchors
from forms.pades.validation import validate, verify_signed

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
# A folder with `pyhanko-*.tar.gz`, as `pip download --no-deps --no-binary :all: pyhanko` leaves it.
PLACE = "PYHANKO_SOURCE"
_HEAD = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]/SigFlags 3>>>>endobj\n"
_PAGES = b"2 0 obj<</Type/Pages/Kids[4 0 R]/Count 1>>endobj\n4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"


def file_of(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    body = _HEAD + _PAGES + b"".join(objects)
    places = {}
    at = 0
    while (found := body.find(b" 0 obj", at)) >= 0:
        start = body.rfind(b"\n", 0, found) + 1
        places[int(body[start:found])] = start
        at = found + 6
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in sorted(places.items()))
    return body + b"xref\n0 1\n0000000000 65535 f \n" + rows + b"trailer<<%s/Size 9>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(body))


SIGNATURE = b"3 0 obj<</FT/Sig/T(S)/V 5 0 R/Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>endobj\n"


@pytest.mark.parametrize(
    "pdf",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF",
        file_of(),
        file_of(b"3 0 obj<</FT/Sig/T(S)/V 3 0 R>>endobj\n"),
        file_of(b"3 0 obj<</FT/Sig/T(S)/Kids[3 0 R]>>endobj\n"),
        file_of(SIGNATURE, b"5 0 obj<</Type/Sig>>endobj\n"),
        file_of(SIGNATURE, b"5 0 obj<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2]/Contents<00>>>endobj\n"),
        file_of(SIGNATURE, b"5 0 obj<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 10 -5 99999999]/Contents<30800000>>>endobj\n"),
        file_of(SIGNATURE, b"5 0 obj<</Type/Sig/SubFilter/ETSI.RFC3161/ByteRange 7/Contents(x)>>endobj\n"),
        file_of(trailer=b"/Root 1 0 R/Prev 0"),
        file_of(trailer=b"/Root 99 0 R"),
        file_of(trailer=b"/Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O()/U()/P 0>>"),
        b"%PDF-1.7\n" + b"[" * 50_000,
        b"%PDF-1.7\n" + b"<<" * 50_000 + b"startxref\n9\n%%EOF",
    ],
    ids=range(16),
)  # fmt: skip
def test_a_file_made_to_break_is_judged(pdf: bytes) -> None:
    report = validate(pdf, Anchors(), NOW)
    assert not report.is_valid
    with contextlib.suppress(UnreadablePdf):
        verify_signed(pdf, ["0" * 64], Anchors(), NOW)


def broken_ones() -> Iterator[tuple[str, bytes]]:
    folder = os.environ.get(PLACE)
    for package in sorted(Path(folder).glob("pyhanko-*.tar.gz")) if folder else ():
        with tarfile.open(package) as archive:
            for member in archive:
                if member.name.endswith(".pdf") and (file := archive.extractfile(member)) is not None:
                    yield member.name, file.read()


def test_the_librarys_own_broken_files_never_end_in_an_error() -> None:
    judged = {name: validate(pdf, Anchors(), NOW) for name, pdf in broken_ones()}
    if not judged:
        pytest.skip(f"no source package of pyHanko ({PLACE})")
    assert len(judged) > 100
    assert not any(report.is_valid for report in judged.values())
    for part in ("sneaky", "gap-too-big", "tail-uncovered", "weird-byterange", "one-byterange"):
        found = [report for name, report in judged.items() if part in name]
        assert found
        assert not any(report.is_intact for report in found)
