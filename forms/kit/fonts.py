"""TrueType faces: which characters they hold, how wide they are, and the few glyphs a document carries.

Text is encoded by glyph number (Identity-H), so what is drawn on one page never depends on another page: a page hash
stays the same whatever is added elsewhere. ReportLab's own subsets number glyphs in order of first use and cannot
promise that.
"""

import struct
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import BinaryIO

import resources

_KEPT_TABLES = ("cvt ", "fpgm", "head", "hhea", "maxp", "prep")
# Invisible or direction-changing characters must not hide on paper, whatever the face draws for them.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Face:
    """One TrueType file, opened for measuring and for taking glyphs out of it."""

    def __init__(self, file_name: str, ps_name: str) -> None:
        self.ps_name = ps_name
        self._path = resources.path(f"fonts/{file_name}")
        with self._path.open("rb") as file:
            head = file.read(12)
            count = struct.unpack(">H", head[4:6])[0]
            entries = file.read(16 * count)
            self._tables = {
                tag.decode("ascii"): (offset, length)
                for tag, _, offset, length in struct.iter_unpack(">4sLLL", entries)
            }
            self._kept = {tag: self._read(file, tag) for tag in _KEPT_TABLES if tag in self._tables}
            self._loca = self._offsets(self._read(file, "loca"))
            self._metrics = _big_endian("H", self._read(file, "hmtx"))
            self.glyph_of = _character_map(self._read(file, "cmap"))
        hhea = self._kept["hhea"]
        self._metric_count: int = struct.unpack(">H", hhea[34:36])[0]
        self.ascent, self.descent = struct.unpack(">hh", hhea[4:8])
        self.bbox: tuple[int, ...] = struct.unpack(">4h", self._kept["head"][36:44])
        self.glyph_of = {c: g for c, g in self.glyph_of.items() if not _is_hidden(c)}
        self.advances = {chr(c): self.advance(g) for c, g in self.glyph_of.items()}

    def advance(self, glyph: int) -> int:
        """Return the width of a glyph in thousandths of the size (these faces have 1000 units per em)."""
        return self._metrics[2 * min(glyph, self._metric_count - 1)]

    def encode(self, text: str) -> bytes:
        """Return the text as a PDF hex string of glyph numbers."""
        return text.translate(self.glyph_of).encode("utf-16-be", "surrogatepass").hex().encode("ascii")

    def outlines(self, glyphs: Iterable[int]) -> dict[int, bytes]:
        """Return the outline of each glyph, with those it is composed of."""
        found: dict[int, bytes] = {}
        base = self._tables["glyf"][0]
        with self._path.open("rb") as file:
            wanted = set(glyphs) | {0}
            while wanted:
                for glyph in sorted(wanted):
                    start, end = self._loca[glyph], self._loca[glyph + 1]
                    file.seek(base + start)
                    found[glyph] = file.read(end - start)
                wanted = {part for g in wanted for part in components(found[g])} - found.keys()
        return found

    def subset(self, text: Iterable[str]) -> bytes:
        """Return a TrueType file that holds only the glyphs of the text, under their original numbers."""
        outlines = self.outlines(self.glyph_of[ord(c)] for c in text)
        count = max(outlines) + 1
        sizes = [0] * count
        for glyph, outline in outlines.items():
            sizes[glyph] = len(outline)
        loca = array("I", accumulate(sizes, initial=0))
        hmtx = array("H", bytes(4 * count))
        for glyph in outlines:
            hmtx[2 * glyph] = self.advance(glyph)
            hmtx[2 * glyph + 1] = self._side_bearing(glyph)
        loca.byteswap()
        hmtx.byteswap()
        tables = dict(self._kept)
        tables["head"] = tables["head"][:50] + b"\0\1" + tables["head"][52:]
        tables["hhea"] = tables["hhea"][:34] + struct.pack(">H", count)
        tables["maxp"] = tables["maxp"][:4] + struct.pack(">H", count) + tables["maxp"][6:]
        tables["loca"], tables["hmtx"] = loca.tobytes(), hmtx.tobytes()
        tables["glyf"] = b"".join(outlines[g] for g in sorted(outlines))
        return _assemble(tables)

    def _side_bearing(self, glyph: int) -> int:
        # Past the last full metric the table holds side bearings alone.
        beyond = glyph - self._metric_count
        return self._metrics[2 * glyph + 1 if beyond < 0 else 2 * self._metric_count + beyond]

    def _read(self, file: BinaryIO, tag: str) -> bytes:
        offset, length = self._tables[tag]
        file.seek(offset)
        return file.read(length)

    def _offsets(self, loca: bytes) -> "array[int]":
        if self._kept["head"][51]:
            return _big_endian("I", loca)
        return array("I", (2 * offset for offset in _big_endian("H", loca)))


class Chain:
    """A face and the one that helps out with characters it does not hold."""

    def __init__(self, primary: Face, fallback: Face) -> None:
        self.primary = primary
        self.fallback = fallback
        self.advances = {**fallback.advances, **primary.advances}
        self._own = frozenset(primary.advances)
        self._held = frozenset(self.advances)

    def holds(self, text: str) -> bool:
        """Tell whether every character of the text can be drawn."""
        return self._held.issuperset(text)

    def width(self, text: str, size: float) -> float:
        """Return the width of the text in points."""
        return sum(map(self.advances.__getitem__, text)) * size / 1000

    def runs(self, text: str) -> Iterator[tuple[Face, str]]:
        """Split the text into stretches of one face."""
        own = self._own
        if own.issuperset(text):
            yield self.primary, text
            return
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or (text[end] in own) is not (text[start] in own):
                yield (self.primary if text[start] in own else self.fallback), text[start:end]
                start = end


class Fonts:
    """The two voices of a document: `song` for what is recorded, `hei` for headings and labels."""

    def __init__(self) -> None:
        regular = Face("NotoSansSC_400Regular.ttf", "NotoSansSC-Regular")
        self.faces = {
            "FS": Face("NotoSerifSC_Document.ttf", "NotoSerifSC-Regular"),
            "FB": Face("NotoSansSC_700Bold.ttf", "NotoSansSC-Bold"),
            "FR": regular,
        }
        self.name_of = {face: name for name, face in self.faces.items()}
        self.song = Chain(self.faces["FS"], regular)
        self.hei = Chain(self.faces["FB"], regular)
        # What counts as printable is printable in both voices.
        self.printable = frozenset(self.song.advances.keys() & self.hei.advances.keys())


@lru_cache(maxsize=1)
def fonts() -> Fonts:
    """Return the shipped faces, read once."""
    return Fonts()


def _big_endian(code: str, raw: bytes) -> "array[int]":
    values = array(code, raw)
    values.byteswap()
    return values


def _is_hidden(code: int) -> bool:
    return unicodedata.category(chr(code)) in _HIDDEN_CATEGORIES


def _character_map(cmap: bytes) -> dict[int, int]:
    tables = {}
    for index in range(struct.unpack(">H", cmap[2:4])[0]):
        offset = struct.unpack(">L", cmap[8 + 8 * index : 12 + 8 * index])[0]
        tables[struct.unpack(">H", cmap[offset : offset + 2])[0]] = offset
    return _format_12(cmap, tables[12]) if 12 in tables else _format_4(cmap, tables[4])


def _format_12(cmap: bytes, offset: int) -> dict[int, int]:
    count = struct.unpack(">L", cmap[offset + 12 : offset + 16])[0]
    found: dict[int, int] = {}
    for first, last, glyph in struct.iter_unpack(">LLL", cmap[offset + 16 : offset + 16 + 12 * count]):
        found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
    return found


def _format_4(cmap: bytes, offset: int) -> dict[int, int]:
    length, double_count = struct.unpack(">2xH2xH", cmap[offset : offset + 8])
    words = _big_endian("H", cmap[offset + 14 : offset + length])
    count = double_count // 2
    ends, starts = words[:count], words[count + 1 : 2 * count + 1]
    deltas, ranges = words[2 * count + 1 : 3 * count + 1], words[3 * count + 1 : 4 * count + 1]
    found: dict[int, int] = {}
    for i in range(count - 1):
        for code in range(starts[i], ends[i] + 1):
            glyph = code
            if ranges[i]:
                glyph = words[3 * count + 1 + i + ranges[i] // 2 + code - starts[i]]
                if not glyph:
                    continue
            found[code] = (glyph + deltas[i]) & 0xFFFF
    return found


def components(outline: bytes) -> Iterator[int]:
    """Return the numbers of the glyphs that a composed glyph is drawn from."""
    if len(outline) < 10 or outline[0] < 0x80:
        return
    offset, more = 10, True
    while more:
        flags, glyph = struct.unpack(">HH", outline[offset : offset + 4])
        yield glyph
        offset += 8 if flags & 0x0001 else 6
        offset += 2 if flags & 0x0008 else 4 if flags & 0x0040 else 8 if flags & 0x0080 else 0
        more = bool(flags & 0x0020)


def _assemble(tables: dict[str, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    header = struct.pack(">LHHHH", 0x00010000, count, 16 << power, power, 16 * count - (16 << power))
    offset = 12 + 16 * count
    directory, body = [], []
    for tag in sorted(tables):
        raw = tables[tag]
        padded = raw + b"\0" * (-len(raw) % 4)
        # Readers of embedded subsets do not look at table check sums; zero keeps the bytes independent of them.
        directory.append(struct.pack(">4sLLL", tag.encode("ascii"), 0, offset, len(raw)))
        body.append(padded)
        offset += len(padded)
    return header + b"".join(directory) + b"".join(body)
