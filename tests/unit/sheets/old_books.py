"""Old workbooks by hand, as no program would write them."""

import struct
from collections.abc import Sequence

END, FREE, OF_FAT, OF_LIST = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC
_LONGEST = 8_224


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def number(row: int, column: int, value: float = 1.0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def text(row: int, column: int, of: int = 0) -> bytes:
    return record(0xFD, struct.pack("<HHHI", row, column, 0, of))


def formula(row: int, column: int, tokens: bytes, value: float = 1.0) -> bytes:
    return record(0x06, struct.pack("<HHHdHIH", row, column, 0, value, 0, 0, len(tokens)) + tokens)


def dimensions(rows: int, columns: int) -> bytes:
    return record(0x200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))


def merged(*ranges: tuple[int, int, int, int]) -> bytes:
    return record(0xE5, struct.pack("<H", len(ranges)) + b"".join(struct.pack("<4H", *one) for one in ranges))


def book(sheets: Sequence[bytes], texts: Sequence[str] = ("x",), before: bytes = b"", places: int = 1) -> bytes:
    """Return the stream of a workbook; each sheet is listed so many times."""
    begun = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0xDBB, 0x7CC, 0, 6)) + before
    ended = _shared(texts) + record(0x0A)
    names = [f"S{n:05d}" for n in range(len(sheets) * places)]
    at = len(begun) + len(ended) + sum(12 + len(name) for name in names)
    bodies = [record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0xDBB, 0x7CC, 0, 6)) + one + record(0x0A) for one in sheets]
    listed = b""
    for n, name in enumerate(names):
        place = at + sum(map(len, bodies[: n // places]))
        listed += record(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name.encode())
    return begun + listed + ended + b"".join(bodies)


def _shared(texts: Sequence[str]) -> bytes:
    """Return the table of shared texts, in records of the longest length; a text goes on behind a mark of its width."""
    found, kind, body = b"", 0xFC, struct.pack("<II", len(texts), len(texts))
    for one in texts:
        if len(body) > _LONGEST - 3:
            found, kind, body = found + record(kind, body), 0x3C, b""
        body += struct.pack("<HB", len(one), 1)
        left = one.encode("utf-16-le")
        while len(body) + len(left) > _LONGEST:
            room = (_LONGEST - len(body)) // 2 * 2
            found, kind, body, left = found + record(kind, body + left[:room]), 0x3C, b"\1", left[room:]
        body += left
    return found + record(kind, body)


def container(stream: bytes, name: str = "Workbook", *, is_small: bool = False) -> bytes:
    """Return a file with one stream, in sectors of 512 bytes or in small ones of 64."""
    size = len(stream) if is_small else max(len(stream), 4096)
    body = stream.ljust(-(-size // 512) * 512, b"\0")
    count = len(body) // 512
    small = struct.pack("<128I", *range(1, -(-size // 64)), END, *[FREE] * (128 - -(-size // 64))) if is_small else b""
    before = 1 + count + len(small) // 512
    fats = lists = 0
    while fats * 128 < before + fats + lists:
        fats += 1
        lists = max(-(-(fats - 109) // 127), 0)
    first = before + fats
    fat = [END, *range(2, count + 1), END, *[END] * (len(small) // 512), *[OF_FAT] * fats, *[OF_LIST] * lists]
    ids = [before + n for n in range(fats)]
    further = b""
    for n in range(lists):
        part = ids[109 + 127 * n : 109 + 127 * (n + 1)]
        further += struct.pack("<128I", *part, *[FREE] * (127 - len(part)), first + n + 1 if n + 1 < lists else END)
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, fats, 0, 0, 4096, count + 1 if is_small else END, len(small) // 512, first if lists else END, lists)
    head += struct.pack("<109I", *ids[:109], *[FREE] * (109 - len(ids[:109])))
    entries = _entry("Root Entry", 5, 1 if is_small else END, len(body) if is_small else 0) + _entry(name, 2, 0 if is_small else 1, size)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fats * 512, b"\xff")
    return head + entries.ljust(512, b"\0") + body + small + table + further


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    called = f"{name}\0".encode("utf-16-le")
    child = 1 if kind == 5 else FREE
    return struct.pack("<64sHBB3I36xIQ", called, len(called), kind, 1, FREE, FREE, child, start, size)
