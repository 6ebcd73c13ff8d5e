"""What attackers append to signed files, or change in them."""

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

number: Any = generic.NumberObject


def _written(writer: Any) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _writer(pdf: bytes) -> Any:
    return IncrementalPdfFileWriter(BytesIO(pdf), strict=False)


def appended(pdf: bytes) -> bytes:
    """Incremental saving: another content stream on the first page."""
    writer = _writer(pdf)
    stream = generic.StreamObject(stream_data=b"0 0 595 842 re f")
    writer.add_stream_to_page(0, writer.add_object(stream))
    return _written(writer)


def replaced(pdf: bytes) -> bytes:
    """Shadow, replace: a page's content is another object of the same number."""
    writer = _writer(pdf)
    page = writer.root["/Pages"]["/Kids"][0]
    contents = page["/Contents"]
    reference = contents.raw_get(0).reference
    writer.objects[(reference.generation, reference.idnum)] = generic.StreamObject(stream_data=b"BT ET")
    writer._force_write_when_empty = True
    return _written(writer)


def swapped_tree(pdf: bytes) -> bytes:
    """Shadow, hide and replace: the catalog points to another tree of pages."""
    writer = _writer(pdf)
    kids = writer.root["/Pages"]["/Kids"]
    fewer = generic.ArrayObject(list(kids)[:-1])
    tree = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Pages"), pdf_name("/Kids"): fewer, pdf_name("/Count"): number(len(fewer))}
    )
    writer.root[pdf_name("/Pages")] = writer.add_object(tree)
    writer.update_root()
    return _written(writer)


def noted(pdf: bytes) -> bytes:
    """Evil annotation: a white square over the page."""
    writer = _writer(pdf)
    kids = writer.root["/Pages"]["/Kids"]
    page = kids[0]
    look = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(number, (0, 0, 400, 100))),
        },
        stream_data=b"1 g 0 0 400 100 re f",
    )
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/Rect"): generic.ArrayObject(map(number, (100, 600, 500, 700))),
            pdf_name("/F"): number(4),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)}),
        }
    )
    notes = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
    page[pdf_name("/Annots")] = notes
    writer.mark_update(kids.raw_get(0).reference)
    return _written(writer)


def overlaid_field(pdf: bytes) -> bytes:
    """A new field whose empty place shows something."""
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    writer = _writer(pdf)
    append_signature_field(writer, SigFieldSpec("Extra", on_page=0, box=(100, 600, 500, 700), empty_field_appearance=True))
    return _written(writer)


def other_fonts(pdf: bytes) -> bytes:
    """Shadow by resources: the page's faces are exchanged."""
    writer = _writer(pdf)
    kids = writer.root["/Pages"]["/Kids"]
    page = kids[0]
    page[pdf_name("/Resources")] = writer.add_object(generic.DictionaryObject({pdf_name("/Font"): generic.DictionaryObject()}))
    writer.mark_update(kids.raw_get(0).reference)
    return _written(writer)


def actions(pdf: bytes) -> bytes:
    """A script that runs when the file is opened."""
    writer = _writer(pdf)
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    )
    writer.update_root()
    return _written(writer)


def wider_gap(pdf: bytes) -> bytes:
    """Signature wrapping: the gap that is not signed is said to be wider."""
    at = pdf.rindex(b"/ByteRange")
    end = pdf.index(b"]", at)
    start, first, second, rest = (int(word) for word in pdf[at + 12 : end].replace(b"[", b" ").split())
    said = b"%d %d %d %d" % (start, first - 64, second, rest)
    room = end - pdf.index(b"[", at) - 1
    return pdf[: pdf.index(b"[", at) + 1] + said.ljust(room) + pdf[end:]


def whole_file_unsigned(pdf: bytes) -> bytes:
    """Universal forgery: the range says that nothing is signed."""
    at = pdf.rindex(b"/ByteRange")
    begin, end = pdf.index(b"[", at) + 1, pdf.index(b"]", at)
    return pdf[:begin] + b"0 0 0 0".ljust(end - begin) + pdf[end:]


def no_contents(pdf: bytes) -> bytes:
    """Universal forgery: the signature's value is gone."""
    return pdf.replace(b"/Contents <", b"/Kontents <")


APPENDING = (appended, replaced, swapped_tree, noted, overlaid_field, other_fonts, actions)
FORGING = (wider_gap, whole_file_unsigned, no_contents)
