"""Files of tables as offices have them, and files that are none."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.errors import Refused, Unavailable
from app.sheets.reading import book_of, read_book
from app.sheets.writing import SheetOut, write_book

XLS = Path(__file__).parent / "data" / "register.xls"
ROWS = [["名称", "地址"], ["安康大药房", "正岔街道1号"]]
TEXT = "名称,地址\r\n安康大药房,正岔街道1号\r\n"


def _xlsx(fill: object) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    fill(book)
    book.close()
    return stream.getvalue()


_WHOLE = _xlsx(lambda book: book.add_worksheet().write_row(0, 0, ["名称", "地址"]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_is_read_in_every_encoding_that_offices_use(encoding: str) -> None:
    assert book_of(TEXT.encode(encoding), "a.csv").sheets[0].rows == ROWS


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_the_delimiter_is_the_one_that_stands_in_the_most_lines(delimiter: str) -> None:
    assert book_of(TEXT.replace(",", delimiter).encode(), "a.txt").sheets[0].rows == ROWS


def test_what_nobody_sees_is_not_read() -> None:
    text = "名称\n\u200b\ufeff安康\u3000 大药房\x07\xa0\n".encode()
    assert book_of(text, "a.csv").sheets[0].rows[1] == ["安康 大药房"]


def test_an_old_workbook_gives_its_merged_cells_days_and_numbers() -> None:
    book = read_book(XLS)
    assert book.form == "xls"
    rows = book.sheets[0].rows
    assert [row[0] for row in rows[2:4]] == ["江源区", "江源区"]
    assert rows[2][3:] == ["4391234567", "2027-06-30"]


def test_a_workbook_gives_texts_numbers_truth_and_merged_cells() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("名录")
        page.merge_range("A1:C1", "标题")
        page.write_row("A2", [1.0, 2.5, True])
        page.write_string("A3", "0439")
        book.add_worksheet("空")
        hidden = book.add_worksheet("隐藏")
        hidden.write("A1", "x")
        hidden.hide()

    sheets = book_of(_xlsx(fill), "a.xlsx").sheets
    assert [(one.name, one.is_visible) for one in sheets] == [("名录", True), ("隐藏", False)]
    assert sheets[0].rows == [["标题"] * 3, ["1", "2.5", "是"], ["0439", "", ""]]
    assert sheets[0].merged_across == {(0, 0), (0, 1), (0, 2)}


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZ1048000"])
def test_one_cell_far_away_does_not_take_all_memory(cell: str) -> None:
    data = _xlsx(lambda book: book.add_worksheet().write(cell, "x"))
    with pytest.raises(Refused) as refused:
        book_of(data, "a.xlsx")
    assert refused.value.code == "sheet.too_large"


def _changed(change: dict[str, bytes], names: dict[str, str] | None = None) -> bytes:
    """Return a workbook with other parts, and parts under other names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_WHOLE)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.namelist():
            data = change.get(part, source.read(part))
            for old, new in (names or {}).items():
                data = data.replace(old.removeprefix("xl/").encode(), new.removeprefix("xl/").encode())
            made.writestr((names or {}).get(part, part), data)
    return stream.getvalue()


_PAGE = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"


def _page(rows: bytes) -> bytes:
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (space, rows)


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        (b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "xl/other/a.bin"),
        (b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "xl/WorkSheets/a.XML"),
        (b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>', _PAGE),
        (b'<row r="1"><c\tr = \'a1\'><v>1</v></c><c\tr = \'xfd1048576\'><v>1</v></c></row>', _PAGE),
        (b"<row>" + b"<c><v>1</v></c>" * 2_000 + b'</row><row r="60000"><c><v>1</v></c></row>', _PAGE),
        (b"<row>" + b"<c><v>1</v></c>" * 2_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 20_000, _PAGE),
    ],
)  # fmt: skip
def test_a_sheet_that_hides_how_far_it_goes_does_not_take_all_memory(rows: bytes, part: str) -> None:
    with pytest.raises(Refused) as refused:
        book_of(_changed({_PAGE: _page(rows)}, {_PAGE: part}), "a.xlsx")
    assert refused.value.code == "sheet.too_large"


@pytest.mark.parametrize(("length", "is_read"), [(100, True), (30_000, False)])
def test_one_long_text_in_many_cells_does_not_take_all_memory(length: int, is_read: bool) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>1</v></c></row>' % (row, row) for row in range(1, 10_001))
    strings = b"<sst><si><t>%s</t></si><si><t>%s</t></si></sst>" % (b"a" * 30_000, b"b" * length)
    data = _changed({_PAGE: _page(rows), _STRINGS: strings})
    if is_read:
        assert book_of(data, "a.xlsx").sheets[0].rows == [["b" * 100]] * 10_000
        return
    with pytest.raises(Refused) as refused:
        book_of(data, "a.xlsx")
    assert refused.value.code == "sheet.too_large"


@pytest.mark.parametrize(("count", "is_read"), [(1_000, True), (1_000_000, False)])
def test_more_merged_cells_than_anybody_has_are_refused(count: int, is_read: bool) -> None:
    end = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:A2"/>' * count + b"</mergeCells>"
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>'
    data = _changed({_PAGE: _page(rows).replace(b"</sheetData>", end)})
    if is_read:
        assert book_of(data, "a.xlsx").sheets[0].rows == [["1", ""], ["1", "2"]]
        return
    with pytest.raises(Refused) as refused:
        book_of(data, "a.xlsx")
    assert refused.value.code == "sheet.too_large"


def test_a_text_longer_than_a_cell_may_hold_is_refused() -> None:
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>' % (b"a" * 1_000_000)
    with pytest.raises(Refused) as refused:
        book_of(_changed({_PAGE: _page(row)}), "a.xlsx")
    assert refused.value.code == "sheet.unreadable"


def test_nested_lists_of_a_published_register_become_rows() -> None:
    tree = {
        "list": [
            {"city": "白山市", "places": [{"name": "甲", "tags": ["x", "y"]}, {"name": "乙", "level": None}]}
        ]
    }
    book = book_of(json.dumps(tree).encode(), "a.json")
    assert book.form == "json"
    assert book.sheets[0].rows == [
        ["city", "name", "tags", "level"],
        ["白山市", "甲", "x；y", ""],
        ["白山市", "乙", "", ""],
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet.empty"),
        (b"\r\n \r\n", "sheet.empty"),
        (b"PK\x03\x04" + bytes(50), "sheet.unreadable"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "sheet.unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "sheet.format"),
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "sheet.format"),
        (b"a," * 20_000 + b"\nb,c", "sheet.too_large"),
        (b"a,b\n\xff\xff\x81", "sheet.encoding"),
        (b'a,"' + b"x" * 200_000, "sheet.unreadable"),
        (b'{"a":' * 5_000, "sheet.unreadable"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        book_of(data, "a")
    assert refused.value.code == code


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(Refused) as refused:
        book_of(stream.getvalue(), "a.xlsx")
    assert refused.value.code == "sheet.format"


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        read_book(tmp_path / "none.xlsx")


@given(st.integers(0, len(_WHOLE) - 1), st.binary(max_size=40))
@example(0, b"")
def test_a_damaged_workbook_is_read_or_refused(at: int, noise: bytes) -> None:
    with suppress(Refused):
        book_of(_WHOLE[:at] + noise + _WHOLE[at + len(noise) :], "a.xlsx")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Refused):
        book_of(data, "a")


def test_what_looks_like_a_formula_is_written_as_text(tmp_path: Path) -> None:
    told = ["=1+1", "+86 139", "-1", "@SUM(A1)", "http://x.invalid", "00123", '=HYPERLINK("http://x","y")']
    write_book(tmp_path / "a.xlsx", [SheetOut("名/录", ["一"], [[one] for one in told])])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert not any("hyperlink" in name for name in archive.namelist())
    assert [row[0] for row in read_book(tmp_path / "a.xlsx").sheets[0].rows[1:]] == told
    assert not list(tmp_path.glob("*.part"))


def test_a_book_that_is_not_written_leaves_no_row_behind(tmp_path: Path) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["康宁诊所"]
        raise Refused("told")

    with pytest.raises(Refused, match="told"):
        write_book(tmp_path / "a.xlsx", [SheetOut("名录", ["一"], rows())])
    (tmp_path / "b.xlsx.part").mkdir()  # what stands in the way of writing
    with pytest.raises(Unavailable):
        write_book(tmp_path / "b.xlsx", [SheetOut("名录", ["一"], [["康宁诊所"]])])
    assert [one.name for one in tmp_path.iterdir()] == ["b.xlsx.part"]


def test_a_table_that_begins_further_in_keeps_its_rows_and_columns() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write("C3", "名称")
        page.write("D5", "康宁诊所")

    assert book_of(_xlsx(fill), "a.xlsx").sheets[0].rows == [
        ["", "", "", ""], ["", "", "", ""], ["", "", "名称", ""], ["", "", "", ""], ["", "", "", "康宁诊所"],
    ]  # fmt: skip
