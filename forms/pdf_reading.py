"""Reading the PDFs this program writes, and later revisions appended to them; nothing else."""

import re
import zlib
from typing import Any, NewType

from forms.errors import UnreadablePdf

Reference = NewType("Reference", int)
_MOST_BYTES = 64 << 20
_TOKEN = re.compile(
    rb"\s*(?:%[^\r\n]*\s*)*(<<|>>|\[|\]|(\d+)\s+(\d+)\s+R\b|/[^\s<>\[\]()/%]*|<[0-9A-Fa-f\s]*>|\(|[^\s<>\[\]()/%]+)"
)


class Ref(int):
    """An object number inside a parsed value."""


class Pdf:
    """One file, opened by its cross-reference tables.

    Raises:
        UnreadablePdf: If it is none, or one of another make.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._offsets: dict[int, int] = {}
        found = re.findall(rb"startxref\s+(\d+)\s+%%EOF", raw[-2048:])
        if not raw.startswith(b"%PDF-") or not found:
            raise UnreadablePdf(reason="header")
        self._root: Any = None
        at: Any = int(found[-1])
        seen: set[int] = set()
        while isinstance(at, int):
            if at in seen:
                raise UnreadablePdf(reason="xref")
            seen.add(at)
            trailer = self._section(at)
            self._root = self._root or trailer.get("Root")
            at = trailer.get("Prev")

    def pages(self) -> list[Reference]:
        """Return the pages in order."""
        catalog = self.mapping(self._root)
        tree = self.mapping(catalog.get("Pages"))
        kids = self.value(tree.get("Kids"))
        if not isinstance(kids, list) or not all(isinstance(kid, Ref) for kid in kids):
            raise UnreadablePdf(reason="pages")
        return [Reference(int(kid)) for kid in kids]

    def dictionary(self, reference: Reference) -> dict[str, Any]:
        """Return the dictionary of an object."""
        return self.mapping(Ref(reference))

    def mapping(self, value: object) -> dict[str, Any]:
        """Return a value that must be a dictionary, following references."""
        found = self.value(value)
        if not isinstance(found, dict):
            raise UnreadablePdf(reason="dictionary")
        return found

    def value(self, value: object) -> Any:
        """Return a value, following a reference."""
        if isinstance(value, Ref):
            return self._object(int(value))[0]
        return value

    def stream(self, reference: object) -> bytes:
        """Return the bytes of a stream: inflated, or as they are for pictures."""
        if not isinstance(reference, Ref):
            raise UnreadablePdf(reason="stream")
        dictionary, end = self._object(int(reference))
        start = re.compile(rb"\s*stream\r?\n").match(self._raw, end)
        length = self.value(dictionary.get("Length")) if isinstance(dictionary, dict) else None
        if start is None or not isinstance(length, int) or length < 0:
            raise UnreadablePdf(reason="stream")
        raw = self._raw[start.end() : start.end() + length]
        kind = self.value(dictionary.get("Filter"))
        if kind is None or kind == "/DCTDecode":
            return raw
        if kind != "/FlateDecode":
            raise UnreadablePdf(reason="filter")
        try:
            unpacker = zlib.decompressobj()
            found = unpacker.decompress(raw, _MOST_BYTES)
        except zlib.error as error:
            raise UnreadablePdf(reason="deflate") from error
        if not unpacker.eof or unpacker.unused_data:
            raise UnreadablePdf(reason="deflate")
        return found

    def _section(self, at: int) -> dict[str, Any]:
        if not 0 <= at < len(self._raw):
            raise UnreadablePdf(reason="xref")
        head = re.compile(rb"\s*xref\s+").match(self._raw, at)
        if head is None:
            raise UnreadablePdf(reason="xref")
        at = head.end()
        group = re.compile(rb"(\d+)\s+(\d+)\s+")
        line = re.compile(rb"(\d{10}) (\d{5}) ([nf])\s+")
        while match := group.match(self._raw, at):
            first, count = int(match[1]), int(match[2])
            at = match.end()
            for number in range(first, first + count):
                entry = line.match(self._raw, at)
                if entry is None:
                    raise UnreadablePdf(reason="xref")
                if entry[3] == b"n":
                    self._offsets.setdefault(number, int(entry[1]))
                at = entry.end()
        word = re.compile(rb"trailer\s*").match(self._raw, at)
        trailer = self._parse(word.end())[0] if word else None
        if not isinstance(trailer, dict):
            raise UnreadablePdf(reason="trailer")
        return trailer

    def _object(self, number: int) -> tuple[Any, int]:
        offset = self._offsets.get(number)
        head = (
            re.compile(rb"\s*(\d+)\s+\d+\s+obj\s*").match(self._raw, offset) if offset is not None else None
        )
        if head is None or int(head[1]) != number:
            raise UnreadablePdf(reason="object")
        return self._parse(head.end())

    def _parse(self, at: int, depth: int = 0) -> tuple[Any, int]:
        match = _TOKEN.match(self._raw, at)
        if match is None or depth > 32:
            raise UnreadablePdf(reason="syntax")
        token, at = match[1], match.end()
        if match[2]:
            return Ref(int(match[2])), at
        if token == b"<<":
            return self._parse_dictionary(at, depth)
        if token == b"[":
            items = []
            while (step := _TOKEN.match(self._raw, at)) and step[1] != b"]":
                item, at = self._parse(at, depth + 1)
                items.append(item)
            return items, step.end() if step else at
        if token == b"(":
            return self._skip_string(at)
        return _plain(token), at

    def _parse_dictionary(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        while (step := _TOKEN.match(self._raw, at)) and step[1] != b">>":
            name = step[1]
            if not name.startswith(b"/"):
                raise UnreadablePdf(reason="syntax")
            found[name[1:].decode("latin-1")], at = self._parse(step.end(), depth + 1)
        if step is None:
            raise UnreadablePdf(reason="syntax")
        return found, step.end()

    def _skip_string(self, at: int) -> tuple[str, int]:
        open_brackets, start = 1, at
        while at < len(self._raw):
            byte = self._raw[at]
            at += 2 if byte == 0x5C else 1
            open_brackets += (byte == 0x28) - (byte == 0x29)
            if not open_brackets:
                return self._raw[start : at - 1].decode("latin-1"), at
        raise UnreadablePdf(reason="syntax")


def _plain(token: bytes) -> int | float | str:
    text = token.decode("latin-1")
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
