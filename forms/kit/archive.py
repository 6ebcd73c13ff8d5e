"""What makes the file fit for archives (PDF/A-3b): its own description, its colour space, and files attached to it."""

import zlib
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc

import resources
from forms.kit.sheets import Attachment

_WHEN = "2000-01-01T00:00:00+00:00"  # the moment that ReportLab writes into every reproducible file
_PDF_WHEN = "D:20000101000000+00'00'"


class Stream(pdfdoc.PDFStream):  # type: ignore[misc]
    """A stream that ends on a line of its own, as the standard asks (ISO 19005-3, 6.1.7.1)."""

    def format(self, document: Any) -> bytes:
        """Return the bytes of the object."""
        written: bytes = super().format(document)
        return written.removesuffix(b"endstream\n") + b"\nendstream\n"


def make_archival(document: Any, attachments: tuple[Attachment, ...]) -> None:
    """Give a document the parts that ISO 19005-3 asks for, level B."""
    catalog, name, ref = document.Catalog, pdfdoc.PDFName, document.Reference
    document._pdfVersion = (1, 7)
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents", "AF"]
    catalog.__Refs__ = []
    profile = Stream(content=zlib.compress(resources.path("icc/srgb.icc").read_bytes(), 9))
    profile.dictionary.dict.update(N=3, Filter=name("FlateDecode"))
    intent = {
        "Type": name("OutputIntent"),
        "S": name("GTS_PDFA1"),
        "OutputConditionIdentifier": pdfdoc.PDFString("sRGB"),
        "Info": pdfdoc.PDFString("sRGB"),
        "DestOutputProfile": ref(profile),
    }
    catalog.OutputIntents = pdfdoc.PDFArray([pdfdoc.PDFDictionary(intent)])
    about = Stream(content=_about(document.info))
    about.dictionary.dict.update(Type=name("Metadata"), Subtype=name("XML"))
    catalog.Metadata = ref(about)
    if attachments:
        files = [ref(_file(document, one)) for one in attachments]
        catalog.AF = pdfdoc.PDFArray(files)
        pairs = [
            part
            for one, file in zip(attachments, files, strict=True)
            for part in (pdfdoc.PDFString(one.name), file)
        ]
        tree = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray(pairs)})
        catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": tree})


def _file(document: Any, one: Attachment) -> Any:
    name, ref = pdfdoc.PDFName, document.Reference
    content = one.content if one.is_plain else zlib.compress(one.content, 6)
    stream = Stream(content=content)
    params = {"Size": len(one.content), "ModDate": pdfdoc.PDFString(_PDF_WHEN)}
    stream.dictionary.dict.update(
        Type=name("EmbeddedFile"),
        Subtype=name(one.mime.replace("/", "#2F")),
        Params=pdfdoc.PDFDictionary(params),
    )
    if not one.is_plain:
        stream.dictionary["Filter"] = name("FlateDecode")
    held = ref(stream)
    return pdfdoc.PDFDictionary(
        {
            "Type": name("Filespec"),
            "F": pdfdoc.PDFString(one.name),
            "UF": pdfdoc.PDFString(one.name),
            "Desc": pdfdoc.PDFString(one.description),
            "AFRelationship": name(one.relationship),
            "EF": pdfdoc.PDFDictionary({"F": held, "UF": held}),
        }
    )


def _about(info: Any) -> bytes:
    def text(value: str) -> str:
        return escape("".join(one for one in str(value) if one >= " "))

    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{text(info.title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{text(info.author)}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text(info.subject)}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{text(info.creator)}</xmp:CreatorTool>
<xmp:CreateDate>{_WHEN}</xmp:CreateDate><xmp:ModifyDate>{_WHEN}</xmp:ModifyDate>
<pdf:Producer>{text(info.producer)}</pdf:Producer><pdf:Keywords>{text(info.keywords)}</pdf:Keywords>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
