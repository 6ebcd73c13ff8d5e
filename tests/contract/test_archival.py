"""Records are archive files (PDF/A-3b): judged by a validator that is not ours where one is installed, and part by part."""

import re
import shutil
import subprocess
import zlib
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from forms import model as m
from forms.binding import Binder
from forms.listing import Listing, print_listing
from forms.manifest import Covered, manifest_of
from forms.render import Volume, render_bundle
from sync.protocol.chain import DeviceKey
from tests.unit.forms import samples as s

KEY = DeviceKey.from_seed(b"p" * 32)
JARS = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "jaxb-api", "activation", "javax.activation")
]
# PDFBox Preflight judges PDF/A-1b. The third part allows what it minds there: attached files, subsets without a CIDSet, and
# that the part is 3; its reader does not follow a bookmark's target that is an object of its own.
ALLOWED = (
    "1.2.9 Body Syntax error, EmbeddedFile entry is present in a FileSpecification dictionary",
    "1.4.7 Trailer Syntax error, EmbeddedFile entry is present in the Names dictionary",
    "3.1.11 Invalid Font definition",
    "7.11.2 Error on MetaData, part must be 1",
    "1.2.3 Body Syntax error, Error: can't convert to Destination",
)
JUDGE = """
import java.io.File;
import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult.ValidationError;
import org.apache.pdfbox.preflight.parser.PreflightParser;
public class Judge {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            PreflightParser parser = new PreflightParser(new File(file));
            parser.parse();
            PreflightDocument document = parser.getPreflightDocument();
            document.validate();
            for (ValidationError one : document.getResult().getErrorsList())
                System.out.println(one.getErrorCode() + " " + one.getDetails().replace('\\n', ' '));
            System.out.println("judged");
        }
    }
}
"""


def sign(covered: Covered) -> tuple[str, str]:
    return KEY.public_hex, KEY.sign(covered.message())


@cache
def record() -> bytes:
    sections = (
        m.Cover("案卷", s.SHOP, (s.CHEN,), s.AT),
        m.EvidenceList(s.SHOP, (s.CHEN, s.LU), s.MANAGER, s.evidence(3), s.AT),
    )
    return render_bundle([Volume(sections, s.REHEARSAL)], manifest_of([]), sign).pdf


def files(folder: Path) -> dict[str, Path]:
    """Return a record, a copy and a volume."""
    listing = Listing("案卷目录", head=(("单位", "某局"),), columns=(("序号", 1), ("名称", 3)), rows=(("1", "笔录"),), code=("YF1", "核对"))
    made = {name: folder / f"{name}.pdf" for name in ("record", "copy", "volume")}
    made["record"].write_bytes(record())
    made["copy"].write_bytes(print_listing(listing, s.META, {}, sign, [Volume((s_one(),), s.META)]))
    with made["volume"].open("w+b") as out:
        binder = Binder(out)
        for number in range(3):
            binder.add(record(), f"第{number}件")
        binder.finish(listing, s.META, {}, sign)
    return made


def s_one() -> m.Section:
    return m.EvidenceList(s.SHOP, (s.CHEN, s.LU), s.MANAGER, s.evidence(1), s.AT)


def test_every_file_says_what_it_is_and_carries_what_the_standard_asks_for(tmp_path: Path) -> None:
    for path in files(tmp_path).values():
        raw, reader = path.read_bytes(), PdfReader(path)
        root = reader.trailer["/Root"]
        about = root["/Metadata"].get_object().get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in about
        assert reader.metadata is not None
        assert f">{reader.metadata.title}<" in about
        (intent,) = root["/OutputIntents"]
        assert intent.get_object()["/DestOutputProfile"].get_object().get_data()[36:40] == b"acsp"
        assert all(one.get_object()["/AFRelationship"] == "/Data" for one in root["/AF"])
        assert "/ID" in reader.trailer
        assert "/Encrypt" not in reader.trailer
        for page in reader.pages:
            assert "/Group" not in page  # no transparency
            for font in page["/Resources"]["/Font"].values():
                descendant = font["/DescendantFonts"][0].get_object()
                assert "/FontFile2" in descendant["/FontDescriptor"].get_object()
        assert not re.search(rb"[^\r\n]endstream", raw)
        assert not re.search(rb"/(JavaScript|Launch|SMask|ExtGState|LZWDecode)\b", raw)


def test_the_length_of_every_stream_is_true(tmp_path: Path) -> None:
    for path in files(tmp_path).values():
        raw = path.read_bytes()
        for found in re.finditer(rb"/Length (\d+)[^>]*(?:>>[^>]*)*?>>\s*stream\r?\n", raw):
            end = found.end() + int(found[1])
            assert raw[end:].lstrip(b"\r\n").startswith(b"endstream")
            if b"/FlateDecode" in found[0]:
                assert zlib.decompress(raw[found.end() : end])


@pytest.mark.skipif(
    not shutil.which("java") or not all(one.exists() for one in JARS[:6]),
    reason="PDFBox Preflight is not installed: apt-get install libpdfbox2-java libjaxb-api-java",
)
def test_preflight_minds_nothing_that_the_third_part_does_not_allow(tmp_path: Path) -> None:
    (tmp_path / "Judge.java").write_text(JUDGE, "utf-8")
    made = files(tmp_path)
    done = subprocess.run(
        ["java", "-Xmx300m", "-cp", ":".join(str(one) for one in JARS if one.exists()), str(tmp_path / "Judge.java"),
         *map(str, made.values())],
        capture_output=True, encoding="utf-8", check=False, timeout=200,
    )  # fmt: skip
    if "does not exist" in done.stderr or "not found" in done.stderr:
        pytest.skip("no Java compiler, or a part of PDFBox is missing: " + done.stderr[:200])
    said = done.stdout.splitlines()
    assert said.count("judged") == len(made), done.stderr[-500:]
    assert [one for one in said if one != "judged" and not one.startswith(ALLOWED)] == []
