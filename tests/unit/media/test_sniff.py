import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media.look import BadFrame, Frame, Look, from_frame, to_frame
from app.media.sniff import Kind, sniff
from app.media.sources import claim_of


@pytest.mark.parametrize(
    ("head", "mime", "kind"),
    [
        (b"\xff\xd8\xff\xe1", "image/jpeg", Kind.PHOTO),
        (b"\x89PNG\r\n\x1a\n", "image/png", Kind.PHOTO),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", Kind.PHOTO),
        (b"MM\0*\0\0\0\x08", "image/tiff", Kind.PHOTO),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic", Kind.PHOTO),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "image/avif", Kind.FILE),
        (b"GIF89a", "image/gif", Kind.FILE),
        (b"\n%PDF-1.7", "application/pdf", Kind.PDF),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4", Kind.AUDIO),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4", Kind.VIDEO),
        (b"#!AMR\n", "audio/amr", Kind.AUDIO),
        (b"\xff\xfb\x90\x00", "audio/mpeg", Kind.AUDIO),
        (b"\xff\xf1\x50\x80", "audio/aac", Kind.AUDIO),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", Kind.AUDIO),
        (b"PK\x03\x04", "application/zip", Kind.FILE),
        ("姓名,金额\n".encode("gb18030"), "text/plain", Kind.FILE),
        ("姓名".encode()[:-1], "text/plain", Kind.FILE),
        (b"\0\x01\x02", "application/octet-stream", Kind.FILE),
        (b"", "application/octet-stream", Kind.FILE),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, mime: str, kind: Kind) -> None:
    assert (sniff(head).mime, sniff(head).kind) == (mime, kind)


@given(st.binary(max_size=64))
def test_any_head_is_something(head: bytes) -> None:
    assert sniff(head).mime


@pytest.mark.parametrize(
    ("given_name", "shown", "kind"),
    [
        ("IMG_1.JPG", "IMG_1.JPG", Kind.PHOTO),
        ("../../etc/evil.pdf", "evil.pdf", Kind.PDF),
        ("C:\\照片\\柜台.heic", "柜台.heic", Kind.PHOTO),
        ("photo\u202egpj.exe", "photogpj.exe", None),
        ("a\0b\n.txt", "ab.txt", None),
        ("", "", None),
    ],
)
def test_a_name_is_cleaned_and_only_a_claim(given_name: str, shown: str, kind: Kind | None) -> None:
    assert (claim_of(given_name).name, claim_of(given_name).kind) == (shown, kind)


def test_a_very_long_name_keeps_its_extension() -> None:
    assert len(claim_of("长" * 300 + ".jpg").name) == 120
    assert claim_of("长" * 300 + ".jpg").name.endswith("….jpg")


def test_a_look_survives_the_pipe() -> None:
    look = Look(
        "", 4, 3, 6, 0, "2026:01:01 00:00:00", "+08:00", "A B", ((1, "N"), (2, [1.0])), False, b"tt", b"rrr"
    )
    assert from_frame(to_frame(look)) == look


@pytest.mark.parametrize("head", [{}, {"reason": ""}, {"reason": "", "width": "x", "height": 1}])
def test_an_answer_that_is_no_look_is_refused(head: dict[str, object]) -> None:
    with pytest.raises(BadFrame):
        from_frame(Frame(head))
