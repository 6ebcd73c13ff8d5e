"""Writing the file: page streams, faces and pictures become PDF objects."""

import zlib
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc

from forms.kit.archive import Stream, make_archival
from forms.kit.flow import PAGE_HEIGHT, PAGE_WIDTH
from forms.kit.fonts import Face, fonts
from forms.kit.jpeg import Jpeg
from forms.kit.painter import Inventory
from forms.kit.sheets import Attachment, Properties, Sheet

_LEVEL = 6


def written(
    sheets: list[Sheet],
    inventory: Inventory,
    properties: Properties,
    outline: list[tuple[str, int]],
    attachments: tuple[Attachment, ...] = (),
) -> bytes:
    """Return the file: `sheets.write_pdf`."""
    # Settings of the machine or of other callers must not reach the bytes; the values are always the same.
    rl_config.invariant, rl_config.useA85, rl_config.pdfComments, rl_config.pdfMultiLine = 1, 0, 0, 0
    document = pdfdoc.PDFDocument(invariant=1, compression=1, lang="zh-CN")
    document.setTitle(properties.title)
    document.setAuthor(properties.author)
    document.setSubject(properties.subject)
    document.setCreator("Yanfang")
    resources = document.Reference(_resources(document, inventory), "Resources")
    for sheet in sheets:
        page = pdfdoc.PDFPage()
        page.MediaBox = pdfdoc.PDFArray([0, 0, PAGE_WIDTH, PAGE_HEIGHT])
        page.Resources = resources
        streams = [_deflated(sheet.content), _deflated(sheet.overlay)]
        page.Contents = pdfdoc.PDFArray([document.Reference(s) for s in streams])
        page._colorsUsed = page._shadingsUsed = {}
        document.addPage(page)
    for count, (title, index) in enumerate(outline):
        name = f"section{count}"
        target = pdfdoc.PDFObjectReference(f"Page{index + 1}")
        destination = pdfdoc.PDFArray([target, pdfdoc.PDFName("Fit")])
        document.Reference(destination, name)
        document.outline.addOutlineEntry(name, 0, title)
    make_archival(document, attachments)
    out = BytesIO()
    document.SaveToFile(out, _Bookmarks())
    return out.getvalue()


class _Bookmarks:
    """The little of a canvas that ReportLab's outline asks for."""

    def _bookmarkReference(self, name: str) -> Any:
        return pdfdoc.PDFObjectReference(name)


def _deflated(content: bytes) -> Any:
    stream = Stream(content=zlib.compress(content, _LEVEL))
    stream.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
    return stream


def _resources(document: Any, inventory: Inventory) -> Any:
    faces = fonts().faces
    font_dict = {
        name: document.Reference(_font(document, name, faces[name], "".join(sorted(characters))))
        for name, characters in sorted(inventory.characters.items())
    }
    pictures = {
        f"P{digest}": document.Reference(_picture(jpeg))
        for digest, jpeg in sorted(inventory.pictures.items())
    }
    entries = {"Font": pdfdoc.PDFDictionary(font_dict)}
    if pictures:
        entries["XObject"] = pdfdoc.PDFDictionary(pictures)
    return pdfdoc.PDFDictionary(entries)


def _picture(jpeg: Jpeg) -> Any:
    stream = Stream(content=jpeg.raw)
    name = pdfdoc.PDFName
    stream.dictionary.dict.update(
        Type=name("XObject"),
        Subtype=name("Image"),
        Width=jpeg.width,
        Height=jpeg.height,
        BitsPerComponent=8,
        ColorSpace=name(jpeg.space),
        Filter=name("DCTDecode"),
    )
    if jpeg.inverted:
        stream.dictionary["Decode"] = pdfdoc.PDFArray([1, 0] * 4)
    return stream


def _font(document: Any, name: str, face: Face, text: str) -> Any:
    pdf_name, ref = pdfdoc.PDFName, document.Reference
    base = f"YANF{name}+{face.ps_name}"
    program = face.subset(text)
    file = _deflated(program)
    file.dictionary["Length1"] = len(program)
    descriptor = pdfdoc.PDFDictionary(
        {
            "Type": pdf_name("FontDescriptor"),
            "FontName": pdf_name(base),
            "Flags": 4,
            "FontBBox": pdfdoc.PDFArray(list(face.bbox)),
            "ItalicAngle": 0,
            "Ascent": face.ascent,
            "Descent": face.descent,
            "CapHeight": 733,
            "StemV": 80,
            "FontFile2": ref(file),
        }
    )
    widths: list[Any] = []
    for character in text:
        if face.advances[character] != 1000:
            widths += [face.glyph_of[ord(character)], pdfdoc.PDFArrayCompact([face.advances[character]])]
    system = {"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0}
    descendant = pdfdoc.PDFDictionary(
        {
            "Type": pdf_name("Font"),
            "Subtype": pdf_name("CIDFontType2"),
            "BaseFont": pdf_name(base),
            "CIDSystemInfo": pdfdoc.PDFDictionary(system),
            "FontDescriptor": ref(descriptor),
            "DW": 1000,
            "W": pdfdoc.PDFArray(widths),
            "CIDToGIDMap": pdf_name("Identity"),
        }
    )
    return pdfdoc.PDFDictionary(
        {
            "Type": pdf_name("Font"),
            "Subtype": pdf_name("Type0"),
            "BaseFont": pdf_name(base),
            "Encoding": pdf_name("Identity-H"),
            "DescendantFonts": pdfdoc.PDFArray([ref(descendant)]),
            "ToUnicode": ref(_deflated(_to_unicode(face, text))),
        }
    )


def _to_unicode(face: Face, text: str) -> bytes:
    # One glyph may serve two characters (a radical and the word it looks like); the commoner, lower code wins last.
    pairs = {face.glyph_of[ord(c)]: c for c in sorted(text, key=_preference)}
    lines = [f"<{glyph:04X}> <{c.encode('utf-16-be').hex().upper()}>" for glyph, c in sorted(pairs.items())]
    blocks = [
        f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar"
        for part in (lines[i : i + 100] for i in range(0, len(lines), 100))
    ]
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
            *blocks,
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    ).encode("ascii")


def _preference(character: str) -> tuple[bool, int]:
    return 0x4E00 <= ord(character) <= 0x9FFF, -ord(character)
