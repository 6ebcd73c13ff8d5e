"""Many documents bound into one volume, written piece by piece: only one of them is in memory at a time.

Libraries that merge PDFs keep every source open until they save. Sources here are decrypted bytes that must not lie on the
disk as files of their own, so the objects of each are copied, renumbered, as it comes; the pages themselves stay byte for
byte, and the running number is a stream of its own behind them.
"""

import hashlib
import re
import zlib
from array import array
from collections.abc import Mapping
from typing import Any, BinaryIO

from forms.errors import UnreadablePdf
from forms.kit.flow import PAGE_WIDTH
from forms.kit.fonts import fonts
from forms.kit.painter import Inventory, Painter
from forms.kit.sheets import Properties, Sheet, write_pdf
from forms.listing import Listing, print_listing
from forms.manifest import MANIFEST_NAME, SEAL_NAME, Covered, Sealer, manifest_of, seal_text
from forms.model import RecordMeta

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_WHEN = b"(D:20000101000000+00'00')"
_CHUNK = 1 << 20
_CATALOG, _PAGES, _INFO, _FONT = 1, 2, 3, 4


class Binder:
    """Write one volume into a file that can be read again. Add documents, then finish."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._at = out, 0
        self._offsets = array("Q", [0] * (_FONT + 1))
        self._kids: list[int] = []
        self._marks: list[tuple[str, int]] = []
        self._write(b"%PDF-1.7\n%\x93\x8c\x8b\x9e\n")
        inventory = Inventory()
        painter = Painter(inventory)
        painter.text(0, 0, "0123456789", fonts().song, 9)
        digits = _Source(write_pdf([Sheet(painter.content(), b"\n")], inventory, Properties("", "", ""), []))
        self._face = fonts().faces["FS"]
        named = re.search(rb"/FS (\d+) 0 R", b"".join(digits.heads()))
        if named is None:
            raise UnreadablePdf(reason="font")
        self._copy(digits, int(named[1]), {int(named[1]): _FONT})

    @property
    def pages(self) -> int:
        """Return how many pages are numbered so far."""
        return len(self._kids)

    def add(self, pdf: bytes, title: str) -> tuple[int, int]:
        """Add a document of this program; return its first and last page in the volume.

        Raises:
            UnreadablePdf: If it is none.
        """
        first = self.pages + 1
        self._marks.append((title, self.pages))
        self._kids += self._take(_Source(pdf), numbered=True)
        return first, self.pages

    def finish(
        self, listing: Listing, meta: RecordMeta, about: Mapping[str, object], sealer: Sealer
    ) -> None:
        """Put cover and index before the pages, describe and seal the volume; `about` goes into its manifest."""
        front = _Source(print_listing(listing, meta, {}, sealer))
        before = self._take(front, numbered=False)
        pages = before + self._kids
        kids = b" ".join(b"%d 0 R" % one for one in pages)
        self._object(_PAGES, b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (len(pages), kids))
        outline = self._outline([(listing.title, 0), *((t, len(before) + at) for t, at in self._marks)], pages)
        catalog = front.catalog()
        held = {}
        for name in (b"OutputIntents", b"Metadata"):
            found = re.search(rb"/" + name + rb" (\[[^\]]*\]|\d+ 0 R)", catalog)
            if found is None:
                raise UnreadablePdf(reason=name.decode())
            held[name] = self._renumbered(front, found[1], {})
        info = self._renumbered(front, front.info(), {})
        manifest = manifest_of([], volume={"title": listing.title, **about})
        files = self._attached(manifest)
        self._object(
            _CATALOG,
            b"<< /Type /Catalog /Lang (zh-CN) /Pages %d 0 R /Outlines %d 0 R /OutputIntents %s /Metadata %s"
            b" /AF [ %d 0 R %d 0 R ] /Names << /EmbeddedFiles << /Names [ (%s) %d 0 R (%s) %d 0 R ] >> >> >>"
            % (
                _PAGES, outline, held[b"OutputIntents"], held[b"Metadata"], *files,
                MANIFEST_NAME.encode(), files[0], SEAL_NAME.encode(), files[1],
            ),
        )  # fmt: skip
        self._object(_INFO, info)
        self._trailer(manifest)
        self._seal(manifest, sealer)

    def _take(self, source: "_Source", *, numbered: bool) -> list[int]:
        known: dict[int, int] = {}
        taken: list[int] = []
        for page in source.pages():
            head = source.raw(page)
            contents = source.contents(head)
            streams = [self._copy(source, one, known) for one in contents]
            if numbered:
                streams.append(self._number(self.pages + len(taken) + 1))
            resources = re.search(rb"/Resources (\d+) 0 R", head)
            if resources is None:
                raise UnreadablePdf(reason="resources")
            held = self._resources(source, int(resources[1]), known)
            box = re.search(rb"/MediaBox (\[[^\]]*\])", head)
            taken.append(
                self._new(
                    b"<< /Type /Page /Parent %d 0 R /MediaBox %s /Resources %d 0 R /Contents [ %s ] >>"
                    % (_PAGES, box[1] if box else b"", held, b" ".join(b"%d 0 R" % one for one in streams))
                )
            )
        return taken

    def _resources(self, source: "_Source", number: int, known: dict[int, int]) -> int:
        """Copy what the pages of a document share, once, with the face of the running number beside its own."""
        if number not in known:
            head = source.raw(number).partition(b"obj")[2].rpartition(b"endobj")[0].strip()
            body = self._renumbered(source, head, known)
            known[number] = self._new(body.replace(b"/Font <<", b"/Font << /YN %d 0 R" % _FONT, 1))
        return known[number]

    def _copy(self, source: "_Source", number: int, known: dict[int, int]) -> int:
        """Copy an object with all that it refers to; return its number here."""
        if number in known and self._offsets[known[number]]:
            return known[number]
        new = known.setdefault(number, len(self._offsets))
        if new == len(self._offsets):
            self._offsets.append(0)
        body = source.raw(number).partition(b"obj")[2]
        head, stream, rest = body.partition(b"stream")
        if not stream:
            self._object(new, self._renumbered(source, head.rpartition(b"endobj")[0].strip(), known))
            return new
        size = int(re.findall(rb"/Length (\d+)", head)[-1])
        data = rest[2:] if rest.startswith(b"\r\n") else rest[1:]
        told = self._renumbered(source, head.strip(), known)
        self._object(new, told + b"\nstream\n" + data[:size] + b"\nendstream")
        return new

    def _renumbered(self, source: "_Source", head: bytes, known: dict[int, int]) -> bytes:
        return _REFERENCE.sub(lambda found: b"%d 0 R" % self._copy(source, int(found[1]), known), head)

    def _number(self, number: int) -> int:
        """Write the stream that draws the running number at the top, outside the printed area."""
        text = str(number)
        width = self._face.advance(self._face.glyph_of[ord("0")]) * 9 / 1000 * len(text)
        drawn = b"q BT %.2f 812 Td /YN 9 Tf <%s> Tj ET Q\n" % (PAGE_WIDTH - 40 - width, self._face.encode(text))
        return self._new(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))

    def _outline(self, marks: list[tuple[str, int]], pages: list[int]) -> int:
        root = len(self._offsets)
        numbers = range(root + 1, root + 1 + len(marks))
        self._new(b"<< /Type /Outlines /Count %d /First %d 0 R /Last %d 0 R >>" % (len(marks), numbers[0], numbers[-1]))
        for n, (title, at) in enumerate(marks):
            beside = b"" if n == 0 else b" /Prev %d 0 R" % numbers[n - 1]
            beside += b"" if n + 1 == len(marks) else b" /Next %d 0 R" % numbers[n + 1]
            words = ("\ufeff" + title).encode("utf-16-be").hex().encode()
            self._new(b"<< /Title <%s> /Parent %d 0 R /Dest [ %d 0 R /Fit ]%s >>" % (words, root, pages[at], beside))
        return root

    def _attached(self, manifest: bytes) -> tuple[int, int]:
        empty = seal_text(Covered(0, "0" * 64, "0" * 64), "0" * 64, "0" * 128)
        files = []
        for name, data, plain in ((MANIFEST_NAME, manifest, False), (SEAL_NAME, empty, True)):
            packed = data if plain else zlib.compress(data, 6)
            filter_ = b"" if plain else b" /Filter /FlateDecode"
            stream = self._new(
                b"<< /Type /EmbeddedFile /Subtype /application#2Fjson /Params << /Size %d /ModDate %s >>%s /Length %d >>"
                b"\nstream\n%s\nendstream" % (len(data), _WHEN, filter_, len(packed), packed)
            )
            named = name.encode()
            files.append(
                self._new(
                    b"<< /Type /Filespec /F (%s) /UF (%s) /AFRelationship /Data /EF << /F %d 0 R /UF %d 0 R >> >>"
                    % (named, named, stream, stream)
                )
            )
        return files[0], files[1]

    def _trailer(self, manifest: bytes) -> None:
        start = self._at
        rows = b"".join(b"%010d 00000 n \n" % at for at in self._offsets[1:])
        self._write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(self._offsets), rows))
        name = hashlib.sha256(manifest).hexdigest()[:32].encode()
        self._write(
            b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [ <%s> <%s> ] >>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._offsets), _CATALOG, _INFO, name, name, start)
        )

    def _seal(self, manifest: bytes, sealer: Sealer) -> None:
        empty = seal_text(Covered(0, "0" * 64, "0" * 64), "0" * 64, "0" * 128)
        digest, place, at = hashlib.sha256(), self._seal_at, 0
        self._out.seek(0)
        while at < self._at:
            piece = self._out.read(min(_CHUNK, (place if at < place else self._at) - at))
            digest.update(piece)
            at += len(piece)
            if at == place:
                at += len(empty)
                self._out.seek(at)
        covered = Covered(self._at, digest.hexdigest(), hashlib.sha256(manifest).hexdigest())
        self._out.seek(place)
        self._out.write(seal_text(covered, *sealer(covered)))
        self._out.seek(self._at)

    def _new(self, body: bytes) -> int:
        self._offsets.append(0)
        self._object(len(self._offsets) - 1, body)
        return len(self._offsets) - 1

    def _object(self, number: int, body: bytes) -> None:
        self._offsets[number] = self._at
        head = b"%d 0 obj\n" % number
        if body.startswith(b"<< /Type /EmbeddedFile") and b"yanfang.seal/1" in body[:400]:
            self._seal_at = self._at + len(head) + body.index(b'{"seal"')
        self._write(head + body + b"\nendobj\n")

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)


class _Source:
    """The objects of one sealed PDF, later revisions left aside."""

    def __init__(self, pdf: bytes) -> None:
        end = pdf.find(b"%%EOF")
        starts = re.findall(rb"startxref\s+(\d+)", pdf[: end + 5])
        if not pdf.startswith(b"%PDF-") or not starts:
            raise UnreadablePdf(reason="header")
        start = int(starts[-1])
        entries = re.findall(rb"(\d{10}) \d{5} ([nf])", pdf[start:end])
        places = sorted((int(at), number) for number, (at, kind) in enumerate(entries) if kind == b"n")
        ends = [at for at, _ in places[1:]] + [start]
        self._raw = {number: pdf[at:stop] for (at, number), stop in zip(places, ends, strict=True)}
        self._trailer = pdf[start:end]

    def raw(self, number: int) -> bytes:
        """Return the bytes of an object."""
        if number not in self._raw:
            raise UnreadablePdf(reason="object")
        return self._raw[number]

    def heads(self) -> list[bytes]:
        """Return the dictionaries of all objects."""
        return [one.partition(b"stream")[0] for one in self._raw.values()]

    def catalog(self) -> bytes:
        """Return the catalog."""
        return self.raw(self._named(b"Root"))

    def info(self) -> bytes:
        """Return what the file says about itself."""
        return self.raw(self._named(b"Info")).partition(b"obj")[2].rpartition(b"endobj")[0].strip()

    def pages(self) -> list[int]:
        """Return the pages in order."""
        found = re.search(rb"/Pages (\d+) 0 R", self.catalog())
        kids = re.search(rb"/Kids\s*\[([^\]]*)\]", self.raw(int(found[1]))) if found else None
        if kids is None:
            raise UnreadablePdf(reason="pages")
        return [int(one) for one in _REFERENCE.findall(kids[1])]

    def contents(self, page: bytes) -> list[int]:
        """Return the content streams of a page."""
        array_ = re.search(rb"/Contents (\d+) 0 R", page)
        raw = self.raw(int(array_[1])) if array_ else page.partition(b"/Contents")[2]
        listed = re.search(rb"\[([^\]]*)\]", raw)
        return [int(one) for one in _REFERENCE.findall(listed[1])] if listed else []

    def _named(self, name: bytes) -> int:
        found: Any = re.search(rb"/" + name + rb" (\d+) 0 R", self._trailer)
        if found is None:
            raise UnreadablePdf(reason="trailer")
        return int(found[1])
