import hashlib
import subprocess
import sys
from dataclasses import replace

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab import rl_config

from forms import model as m
from forms.errors import NothingToPrint, RowsMisshapen, TotalsDisagree
from forms.render import render
from tests.unit.forms import samples
from tests.unit.forms.reading import stray_characters, text_of


def test_the_same_input_gives_the_same_bytes() -> None:
    sections = samples.whole()
    first, second = render(sections, samples.META), render(sections, samples.META)
    assert first == second
    assert first.sha256 == hashlib.sha256(first.pdf).hexdigest()


def test_settings_of_the_pdf_library_do_not_reach_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = render([samples.onsite()], samples.META).sha256
    for name, value in {"invariant": 0, "useA85": 1, "pdfComments": 1, "pageCompression": 0}.items():
        monkeypatch.setattr(rl_config, name, value)
    assert render([samples.onsite()], samples.META).sha256 == plain


def test_an_empty_record_is_refused() -> None:
    with pytest.raises(NothingToPrint):
        render([], samples.META)


def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "from tests.unit.forms import samples; from forms.render import render;"
        "print(render([samples.onsite(), samples.interview()], samples.META).sha256)"
    )
    here = render([samples.onsite(), samples.interview()], samples.META).sha256
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_a_whole_record_says_all_that_matters() -> None:
    text = text_of(render(samples.whole(), samples.META).pdf)
    for words in (
        samples.SHOP.name,
        "云A-0031207",
        "云A-0031345",
        "SGF-03",
        "不符合",
        "3,703.53",
        "人民币叁仟柒佰零叁元伍角叁分",
        "2026年3月5日09时30分",
        samples.listing().evidence[0].sha256,
        samples.listing().evidence[0].sm3,
        "以上情况属实",
        "云医保检〔2026〕17号",
    ):
        assert words in text, words


def test_pages_are_numbered_through_the_record_and_bear_their_hash() -> None:
    record = render(samples.whole(), samples.META)
    text = text_of(record.pdf)
    for page in record.pages:
        assert f"第{page.number}页共{len(record.pages)}页" in text
        short = page.content_hash[:8].upper()
        assert f"{short[:4]}-{short[4:]}" in text


def test_the_cover_lists_every_section_on_the_page_where_it_begins() -> None:
    record = render(samples.whole(), samples.META)
    text = "".join(pypdf.PdfReader(_file(record.pdf)).pages[0].extract_text().split())
    first = {}
    for page in record.pages:
        first.setdefault(page.section, page.number)
    assert f"4询问笔录（{samples.MANAGER.name}）{first['interview_record']}—" in text


def test_a_rehearsal_is_marked_on_every_page() -> None:
    record = render([samples.onsite(), samples.amendment()], samples.REHEARSAL)
    for page in pypdf.PdfReader(_file(record.pdf)).pages:
        text = page.extract_text()
        assert "仅供演练" in text
        assert "演　练" in text


def test_a_real_record_bears_no_rehearsal_mark() -> None:
    assert "演练" not in text_of(render([samples.onsite()], samples.META).pdf)


def test_rows_split_over_pages_repeat_their_heading_and_lose_no_row() -> None:
    record = render([samples.sheet(rows=200)], samples.META)
    pages = [page.extract_text() for page in pypdf.PdfReader(_file(record.pdf)).pages]
    with_rows = [page for page in pages if "阿莫西林胶囊" in page]
    assert len(with_rows) > 4
    assert all("药品名称" in page and "SGF-03 明细" in page for page in with_rows)
    text = text_of(record.pdf)
    assert all(f"阿莫西林胶囊{n}2025{n:04d}" in text for n in range(200))
    assert "5000.00" in text


def test_a_row_taller_than_a_page_is_split_between_lines() -> None:
    words = "".join(f"第{n}句。" for n in range(1500))
    base = samples.statement(1)
    finding = replace(base.findings[0], facts=words)
    record = render([replace(base, findings=(finding,))], samples.META)
    text = text_of(record.pdf)
    assert all(f"第{n}句" in text for n in range(0, 1500, 7))
    assert stray_characters(record.pdf) == []


def test_a_total_that_is_not_the_sum_of_its_rows_is_refused() -> None:
    sheet = samples.sheet(3)
    item = replace(sheet.sections[0].items[0], totals=(None, None, "6", None, "75.01"))
    with pytest.raises(TotalsDisagree):
        render([replace(sheet, sections=(m.SheetSection("处方管理", (item,)),))], samples.META)


def test_a_row_of_another_width_is_refused() -> None:
    sheet = samples.sheet(3)
    item = replace(sheet.sections[0].items[0], rows=(("甲",),), totals=())
    with pytest.raises(RowsMisshapen):
        render([replace(sheet, sections=(m.SheetSection("处方管理", (item,)),))], samples.META)


def test_findings_that_do_not_add_up_to_the_grand_total_are_refused() -> None:
    with pytest.raises(TotalsDisagree):
        render([replace(samples.statement(), total_fen=1)], samples.META)


def test_photos_are_embedded_byte_for_byte() -> None:
    listing = samples.listing(2)
    pdf = render([listing], samples.META).pdf
    assert all(piece.thumbnail and piece.thumbnail in pdf for piece in listing.evidence)
    assert b"ASCII85" not in pdf


def test_a_picture_is_never_parted_from_the_beginning_of_its_caption() -> None:
    for length in range(20, 900, 110):
        pieces = tuple(replace(p, caption="说" * length) for p in samples.evidence(6))
        record = render([replace(samples.listing(1), evidence=pieces)], samples.META)
        for page in pypdf.PdfReader(_file(record.pdf)).pages:
            drawn = page["/Contents"][0].get_object().get_data().count(b" Do Q")
            begun = sum(f"{n}　说" in page.extract_text() for n in range(1, 7))
            assert begun >= drawn


def test_the_same_photo_is_embedded_once() -> None:
    piece = samples.evidence(1)[0]
    listing = replace(samples.listing(1), evidence=(piece, replace(piece, number="证2")))
    assert piece.thumbnail is not None
    assert render([listing], samples.META).pdf.count(piece.thumbnail) == 1


def test_evidence_without_a_readable_picture_says_so() -> None:
    broken = replace(samples.evidence(1)[0], thumbnail=b"\xff\xd8 not a picture")
    none = replace(samples.evidence(1)[0], thumbnail=None)
    text = text_of(render([replace(samples.listing(1), evidence=(broken, none))], samples.META).pdf)
    assert "图像无法显示" in text
    assert "无图像" in text


def test_characters_that_no_face_holds_are_shown_and_listed() -> None:
    record = render([samples.onsite(summary="当事人张\U00020bb7到场。")], samples.META)
    assert record.fallbacks == ("\U00020bb7",)
    text = text_of(record.pdf)
    assert "当事人张〔U+20BB7〕到场" in text
    assert "文中以其编码代替：〔U+20BB7〕" in text


def test_struck_text_of_an_amendment_stays_legible() -> None:
    text = text_of(render([samples.amendment()], samples.META).pdf)
    assert "其中17笔未见处方" in text
    assert "其中16笔未见处方" in text


def test_all_faces_are_embedded_and_the_file_is_small() -> None:
    record = render([samples.onsite(), samples.interview()], samples.META)
    assert len(record.pdf) < 200_000
    for page in pypdf.PdfReader(_file(record.pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in descriptor.get_object()


_LONG = st.text(alphabet="医保检查，。（）“”1234.aZ-\n \U00020bb7\u200b", max_size=1200)


@settings(max_examples=15)
@given(_LONG, _LONG, _LONG)
def test_no_text_however_long_leaves_the_page(facts: str, name: str, place: str) -> None:
    institution = replace(samples.SHOP, name=name, address=place)
    party = replace(samples.MANAGER, name=name)
    base = samples.statement(1)
    finding = replace(base.findings[0], facts=facts, violation_name=name, evidence=(place,))
    piece = replace(samples.evidence(1, pictures=False)[0], caption=facts, place=place)
    sheet = samples.sheet(1, 3)
    item = replace(sheet.sections[0].items[0], question=name, detail=facts, violation=place)
    change = m.Correction(place, facts, name, facts)
    sections: list[m.Section] = [
        samples.onsite(institution=institution, party=party, place=place, summary=facts),
        replace(sheet, template=name[:200], sections=(m.SheetSection(name, (item,)),)),
        replace(base, findings=(finding,), institution=institution),
        replace(samples.interview(1), respondent=party, turns=(m.Exchange(facts, place),)),
        replace(samples.listing(1), evidence=(piece,)),
        replace(samples.amendment(), corrections=(change,)),
    ]
    record = render(sections, replace(samples.META, document_number=name[:300], authority=name))
    assert stray_characters(record.pdf) == []


def test_wide_details_and_overlong_headings_fit() -> None:
    columns = tuple(m.Column("列标题" * 60 + str(n)) for n in range(12))
    rows = tuple(tuple(f"内容{n}" * (n + 1) for n in range(12)) for _ in range(9))
    item = m.SheetItem("X-1", "问", m.ItemState.FAIL, columns=columns, rows=rows)
    sheet = replace(samples.sheet(), sections=(m.SheetSection("节", (item,)),))
    assert stray_characters(render([sheet], samples.META).pdf) == []


def _file(pdf: bytes):
    import io

    return io.BytesIO(pdf)
