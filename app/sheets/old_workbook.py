"""Old workbooks (xls): reckoned record by record before calamine lays them out, and given to it without what it need not read."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from app.core.errors import Refused
from app.sheets.model import MAX_CELLS, MAX_FILE_BYTES, MAX_MERGED

_MAX_SHEETS: Final = 10_000
_END, _FAT, _FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_RESERVED: Final = 0xFFFFFFFA
_SMALL: Final = 4096  # a shorter stream lies in the small sectors
_LARGE_SECTOR: Final = 4096
_SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_NAMES: Final = ("Workbook", "Book")
_PAIR, _LONG = struct.Struct("<HH"), struct.Struct("<I")
# Records. Source: [MS-XLS] 2.3.
_FORMULA, _EOF, _FILEPASS, _CONTINUE, _BOUNDSHEET, _MULRK = 0x06, 0x0A, 0x2F, 0x3C, 0x85, 0xBD
_MERGED, _SST, _LABEL_SST, _DIMENSIONS, _STRING = 0xE5, 0xFC, 0xFD, 0x0200, 0x0207
_CELLS: Final = frozenset({_FORMULA, _MULRK, _LABEL_SST, _STRING, 0x0203, 0x0204, 0x0205, 0x027E})
_TOKENS: Final = 20  # where those of a formula begin
_NO_FORMULA: Final = b"\1\0\x16"


def checked(data: bytes, name: str) -> bytes:
    """Return a workbook of which calamine makes no more than it may; only its sheets are in it.

    Raises:
        Refused: `sheet.unreadable`, `sheet.protected`, `sheet.too_large`.
    """
    try:
        stream = bytearray(_stream(data, name))
        _reckon(stream, name)
    except (struct.error, IndexError, ValueError) as error:
        raise Refused("sheet.unreadable", name=name) from error
    return _packed(stream)


def _stream(data: bytes, name: str) -> bytes:
    """Return the stream of the sheets out of its container. Source: [MS-CFB]."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in (512, _LARGE_SECTOR):
        raise Refused("sheet.unreadable", name=name)
    fat_list, most = list(struct.unpack_from("<109I", data, 76)), len(data) // size
    first_directory, first_small, more = (struct.unpack_from("<I", data, at)[0] for at in (48, 60, 68))
    while more < _RESERVED and len(fat_list) <= most:
        *ids, more = _numbers(_sector(data, more, size))
        fat_list += ids
    fat: list[int] = []
    for one in fat_list:
        if one < _RESERVED and len(fat) < most:
            fat += _numbers(_sector(data, one, size))
    directory = _chain(data, first_directory, fat, size, name)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    if any(_is_called(one, "EncryptedPackage") for one in entries):
        raise Refused("sheet.protected", name=name)
    found = next((one for called in _NAMES for one in entries if _is_called(one, called)), None)
    if found is None:
        raise Refused("sheet.unreadable", name=name)
    start, length = struct.unpack_from("<II", found, 116)
    if length >= _SMALL:
        return _chain(data, start, fat, size, name)[:length]
    small = b"\0" * 64 + _chain(data, struct.unpack_from("<I", entries[0], 116)[0], fat, size, name)
    return _chain(small, start, _numbers(_chain(data, first_small, fat, size, name)), 64, name)[:length]


def _is_called(entry: bytes, name: str) -> bool:
    return entry.startswith(f"{name}\0".encode("utf-16-le"))


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size]


def _numbers(data: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _chain(data: bytes, number: int, fat: Sequence[int], size: int, name: str) -> bytes:
    """Return what lies in a chain of sectors; one that comes back to itself is refused."""
    found: list[bytes] = []
    while number < len(fat):
        found.append(_sector(data, number, size))
        number = fat[number]
        if len(found) > len(fat):
            raise Refused("sheet.unreadable", name=name)
    return b"".join(found)


def _packed(stream: bytes | bytearray) -> bytes:
    """Return a container with one stream; its sectors are large, so that the header can name all that list them."""
    body = stream.ljust(-(-max(len(stream), 1) // _LARGE_SECTOR) * _LARGE_SECTOR, b"\0")
    count = len(body) // _LARGE_SECTOR
    lists = -(-(count + 1) // (_LARGE_SECTOR // 4 - 1))
    fat = [_END, *range(2, count + 1), _END, *[_FAT] * lists]
    head = struct.pack(
        "<8s16s5H6x9I", _SIGNATURE, b"", 0x3E, 4, 0xFFFE, 12, 6, 1, lists, 0, 0, _SMALL, _END, 0, _END, 0
    )
    head += struct.pack("<109I", *range(count + 1, count + 1 + lists), *[_FREE] * (109 - lists))
    entries = _entry("Root Entry", 5, 0, 0) + _entry(_NAMES[0], 2, 1, len(body))
    packed = struct.pack(f"<{len(fat)}I", *fat)
    return b"".join((
        head.ljust(_LARGE_SECTOR, b"\0"), entries.ljust(_LARGE_SECTOR, b"\0"), body,
        packed.ljust(lists * _LARGE_SECTOR, b"\xff"),
    ))  # fmt: skip


def _entry(name: str, kind: int, start: int, length: int) -> bytes:
    called = f"{name}\0".encode("utf-16-le")
    child = 1 if kind == 5 else _FREE
    return struct.pack("<64sHBB3I36xIQ", called, len(called), kind, 1, _FREE, _FREE, child, start, length)


def _records(stream: bytes | bytearray, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, beginning and length of the records up to the end of a part."""
    end, unpack = len(stream), _PAIR.unpack_from
    while at + 4 <= end:
        kind, size = unpack(stream, at)
        at += 4
        if kind == _EOF or at + size > end:
            return
        yield kind, at, size
        at += size


def _reckon(stream: bytearray, name: str) -> None:
    """Require that what all sheets lay out, show and merge is not too much, and take out what calamine need not read.

    Raises:
        Refused: `sheet.too_large`, `sheet.protected`.
    """
    places: list[int] = []
    table: list[bytes] = []
    is_table, reached = False, 0
    for kind, at, size in _records(stream, 0):
        is_table = kind == _SST or (is_table and kind == _CONTINUE)
        reached = at + size
        if kind == _FILEPASS:
            raise Refused("sheet.protected", name=name)
        if kind == _BOUNDSHEET:
            places.append(_LONG.unpack_from(stream, at)[0])
        elif is_table:
            table = table if kind == _CONTINUE else []
            table.append(bytes(stream[at : at + size]))
    sizes: list[int] = []
    with suppress(struct.error):  # a table that is cut off
        sizes.extend(islice(_string_sizes(table), MAX_CELLS))
    if len(sizes) == MAX_CELLS or len(places) > _MAX_SHEETS:
        raise Refused("sheet.too_large", name=name)
    cells = texts = merged = 0
    for place in sorted(places):
        if place < reached:  # what is taken out of one sheet would change another that was reckoned
            raise Refused("sheet.unreadable", name=name)
        laid_out, shown, joined, reached = _sheet(stream, place, sizes)
        cells, texts, merged = cells + laid_out, texts + shown, merged + joined
        if cells > MAX_CELLS or texts > MAX_FILE_BYTES or merged > MAX_MERGED:
            raise Refused("sheet.too_large", name=name)


def _sheet(stream: bytearray, place: int, sizes: Sequence[int]) -> tuple[int, int, int, int]:
    """Return of one sheet how many cells are laid out, how many bytes of shared texts they show, how many ranges are merged,
    and where it ends."""
    rows, columns = set[int](), set[int]()
    count = texts = merged = 0
    end, formula = place, (0, 0)
    for kind, at, size in _records(stream, place):
        end = at + size
        if kind in _CELLS:
            row, column = formula if kind == _STRING else _PAIR.unpack_from(stream, at)
            count += 1
            rows.add(row)
            columns.add(column)
            if kind == _LABEL_SST:
                number = _LONG.unpack_from(stream, at + 6)[0]
                texts += sizes[number] if number < len(sizes) else 0
            elif kind == _MULRK:
                count += size // 6
                columns.add(column + size // 6)
            elif kind == _FORMULA:
                formula = (row, column)
                if size > _TOKENS + 2:  # names in it would be written out each time
                    stream[at + _TOKENS : at + _TOKENS + 3] = _NO_FORMULA
        elif kind == _DIMENSIONS:  # room would be kept for all of it, also where nothing stands
            stream[at - 4 : at - 2] = b"\0\0"
        elif kind == _MERGED:
            merged += _PAIR.unpack_from(stream, at)[0]
    laid_out = (max(rows, default=-1) + 1) * (max(columns, default=-1) + 1)
    return max(laid_out, count), texts, merged, end


def _string_sizes(table: Sequence[bytes]) -> Iterator[int]:
    """Yield at most how many bytes each shared text takes; `table` is its record and those that continue it.

    Source: [MS-XLS] 2.4.265, 2.5.293.
    """
    following = iter(table)
    piece, at = next(following, b""), 8
    while True:  # how many there are is not believed: calamine reads them all
        if at >= len(piece):
            piece, at = next(following, b""), 0
        if len(piece) - at < 3:
            return
        left, flags = struct.unpack_from("<HB", piece, at)
        yield left * 3
        at += 3
        behind = 0
        if flags & 8:
            behind += 4 * struct.unpack_from("<H", piece, at)[0]
            at += 2
        if flags & 4:
            behind += _LONG.unpack_from(piece, at)[0]
            at += 4
        wide = flags & 1
        while left > (taken := (len(piece) - at) >> wide):
            left -= taken
            piece, at = next(following, b""), 1
            if not piece:
                return
            wide = piece[0] & 1
        at += left << wide
        while behind > len(piece) - at:
            behind -= len(piece) - at
            piece, at = next(following, b""), 0
            if not piece:
                return
        at += behind
