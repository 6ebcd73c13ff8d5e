"""Old workbooks that are made to take all memory, or to lead around in circles, and those that only look odd."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import Refused
from app.sheets.model import Sheet
from app.sheets.old_workbook import checked
from app.sheets.reading import book_of
from tests.unit.sheets.old_books import book, container, dimensions, formula, merged, number, record, text

REGISTER = (Path(__file__).parent / "data" / "register.xls").read_bytes()


def _sheets(stream: bytes, **more: bool) -> tuple[Sheet, ...]:
    return book_of(container(stream, **more), "a.xls").sheets


def _refused(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        book_of(data, "a.xls")
    return refused.value.code


@pytest.mark.parametrize(("length", "is_read"), [(100, True), (30_000, False)])
def test_one_long_text_in_many_cells_does_not_take_all_memory(length: int, is_read: bool) -> None:
    stream = book([b"".join(text(row, 0) for row in range(3_000))], ["字" * length])
    if is_read:
        assert _sheets(stream)[0].rows == [["字" * length]] * 3_000
    else:
        assert _refused(container(stream)) == "sheet.too_large"


def test_the_length_of_a_text_behind_a_long_one_is_known() -> None:
    texts = ["短", "长" * 20_000, "尾", *(f"第{n}家" for n in range(3_000)), "末" * 30_000]
    last = len(texts) - 1
    few = book([text(0, 0, 1) + text(1, 0, 2) + text(2, 0, last) + text(3, 0, last - 1)], texts)
    assert _sheets(few)[0].rows == [[texts[1]], ["尾"], [texts[last]], ["第2999家"]]
    many = book([b"".join(text(row, 0, last) for row in range(3_000))], texts)
    assert _refused(container(many)) == "sheet.too_large"


@pytest.mark.parametrize("cell", [(65_535, 65_535), (40_000, 600)])
def test_one_cell_far_away_does_not_take_all_memory(cell: tuple[int, int]) -> None:
    assert _refused(container(book([number(0, 0) + number(*cell)]))) == "sheet.too_large"


def test_all_sheets_together_do_not_take_all_memory() -> None:
    far = number(0, 0) + number(9_999, 499)
    assert len(_sheets(book([far, number(0, 0), b""]))) == 2
    assert _refused(container(book([far] * 5))) == "sheet.too_large"
    assert _refused(container(book([b""] * 10_001))) == "sheet.too_large"


def test_a_sheet_that_is_listed_twice_is_refused() -> None:
    assert _refused(container(book([number(0, 0)], places=2))) == "sheet.unreadable"


@pytest.mark.parametrize("rows", [65_536, 1_000_000, 2**32 - 1])
def test_how_large_a_sheet_says_that_it_is_counts_for_nothing(rows: int) -> None:
    assert _sheets(book([dimensions(rows, 65_535) + number(2, 1)]))[0].rows == [["", ""], ["", ""], ["", "1"]]


def test_too_many_merged_cells_are_refused() -> None:
    assert _sheets(book([number(0, 0) + merged((0, 1, 0, 0)) + number(1, 1)]))[0].rows == [["1", ""], ["1", "1"]]
    many = record(0xE5, struct.pack("<H", 65_535)) * 16
    assert _refused(container(book([number(0, 0) + many]))) == "sheet.too_large"


def test_a_formula_gives_its_value_and_is_not_written_out() -> None:
    long = record(0x18, struct.pack("<HBBHHH4x", 0, 0, 255, 0, 0, 0) + b"\0" + b"n" * 255)
    of_name = formula(1, 0, b"\x23\1\0\0\0" * 1_000, 7.5)
    told = record(0x06, struct.pack("<HHH6BHHIH", 2, 0, 0, 0, 0, 0, 0, 0, 0, 0xFFFF, 0, 0, 3) + b"\x1e\1\0")
    value = record(0x207, struct.pack("<HB", 2, 1) + "合计".encode("utf-16-le"))
    assert _sheets(book([number(0, 0) + of_name + told + value], before=long))[0].rows == [["1"], ["7.5"], ["合计"]]


@pytest.mark.parametrize("length", [14, 20, 22])
def test_a_formula_that_is_cut_off_does_not_change_what_follows(length: int) -> None:
    cut = record(0x06, struct.pack("<HHHdHI", 0, 0, 0, 1.0, 0, 0).ljust(22, b"\0")[:length])
    assert checked(container(book([cut + number(1, 0, 5)])), "a.xls").count(cut + number(1, 0, 5)) == 1


def test_a_workbook_lies_in_small_sectors_or_in_so_many_that_a_list_names_them() -> None:
    assert _sheets(book([number(0, 0)]), is_small=True)[0].rows == [["1"]]
    filled = b"".join(record(0x999, bytes(8_000)) for _ in range(1_000))
    data = container(book([number(0, 0)], before=filled))
    assert struct.unpack_from("<I", data, 72)[0] == 1
    assert book_of(data, "a.xls").sheets[0].rows == [["1"]]


def test_sectors_that_lead_around_in_circles_are_refused() -> None:
    stream = book([number(0, 0)]).ljust(70_000, b"\0")
    data = bytearray(container(stream))
    fat = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    struct.pack_into("<I", data, fat + 4 * 60, 3)
    assert _refused(bytes(data)) == "sheet.unreadable"
    listed = bytearray(container(stream))
    struct.pack_into("<I", listed, 68, 5)
    struct.pack_into("<I", listed, 7 * 512 - 4, 5)  # the list of sectors goes on with itself
    assert book_of(bytes(listed), "a.xls").sheets[0].rows == [["1"]]


def test_a_workbook_with_a_password_is_said_to_be_protected() -> None:
    locked = record(0x2F, struct.pack("<HHH", 1, 1, 1))
    assert _refused(container(book([number(0, 0)], before=locked))) == "sheet.protected"
    assert _refused(container(bytes(5_000), "EncryptedPackage")) == "sheet.protected"
    assert _refused(container(bytes(5_000), "WordDocument")) == "sheet.unreadable"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(REGISTER) - 1), st.binary(min_size=1, max_size=24))
def test_a_damaged_old_workbook_is_read_or_refused(at: int, noise: bytes) -> None:
    with suppress(Refused):
        book_of(REGISTER[:at] + noise + REGISTER[at + len(noise) :], "a.xls")
