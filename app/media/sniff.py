"""Tell what a file is by its first bytes; its extension is a claim only."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HEAD_BYTES: Final = 4096


class Kind(StrEnum):
    """What a piece of evidence is, in the words of the evidence wall."""

    PHOTO = "photo"
    PDF = "pdf"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A media type and how it is treated; `is_decodable` says that a picture can be made of it."""

    mime: str
    kind: Kind
    is_decodable: bool = False


_STARTS: Final = (
    (b"\xff\xd8\xff", Sniffed("image/jpeg", Kind.PHOTO, True)),
    (b"\x89PNG\r\n\x1a\n", Sniffed("image/png", Kind.PHOTO, True)),
    (b"II*\0", Sniffed("image/tiff", Kind.PHOTO, True)),
    (b"MM\0*", Sniffed("image/tiff", Kind.PHOTO, True)),
    (b"GIF87a", Sniffed("image/gif", Kind.FILE)),
    (b"GIF89a", Sniffed("image/gif", Kind.FILE)),
    (b"BM", Sniffed("image/bmp", Kind.FILE)),
    (b"\x1aE\xdf\xa3", Sniffed("video/x-matroska", Kind.VIDEO)),
    (b"\0\0\x01\xba", Sniffed("video/mpeg", Kind.VIDEO)),
    (b"ID3", Sniffed("audio/mpeg", Kind.AUDIO)),
    (b"OggS", Sniffed("audio/ogg", Kind.AUDIO)),
    (b"fLaC", Sniffed("audio/flac", Kind.AUDIO)),
    (b"#!AMR", Sniffed("audio/amr", Kind.AUDIO)),
    (b"PK\x03\x04", Sniffed("application/zip", Kind.FILE)),
    (b"PK\x05\x06", Sniffed("application/zip", Kind.FILE)),
    (b"Rar!\x1a\x07", Sniffed("application/vnd.rar", Kind.FILE)),
    (b"7z\xbc\xaf\x27\x1c", Sniffed("application/x-7z-compressed", Kind.FILE)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Sniffed("application/x-ole-storage", Kind.FILE)),
    (b"{\\rtf", Sniffed("application/rtf", Kind.FILE)),
)
_RIFF: Final = {
    b"WEBP": Sniffed("image/webp", Kind.PHOTO, True),
    b"WAVE": Sniffed("audio/wav", Kind.AUDIO),
    b"AVI ": Sniffed("video/x-msvideo", Kind.VIDEO),
}
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_PDF_SEARCHED_BYTES: Final = 1024
_UNKNOWN: Final = Sniffed("application/octet-stream", Kind.FILE)


def sniff(head: bytes) -> Sniffed:
    """Return the type by the first bytes, of which `HEAD_BYTES` are enough; never raises."""
    for start, sniffed in _STARTS:
        if head.startswith(start):
            return sniffed
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], _UNKNOWN)
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if b"%PDF-" in head[:_PDF_SEARCHED_BYTES]:
        return Sniffed("application/pdf", Kind.PDF, True)
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # Frame sync: layer bits 00 are AAC (ADTS), the others MPEG audio.
        return Sniffed("audio/aac" if head[1] & 0x06 == 0 else "audio/mpeg", Kind.AUDIO)
    return Sniffed("text/plain", Kind.FILE) if _is_text(head) else _UNKNOWN


def _by_brand(head: bytes) -> Sniffed:
    """Tell the children of ISO base media (ISO/IEC 14496-12) apart by their brands."""
    box_bytes = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, box_bytes, 4))]
    if b"avif" in brands or b"avis" in brands:
        return Sniffed("image/avif", Kind.FILE)
    if brands[0] in _HEIC_BRANDS:
        return Sniffed("image/heic", Kind.PHOTO, True)
    if brands[0] in (b"M4A ", b"M4B "):
        return Sniffed("audio/mp4", Kind.AUDIO)
    if brands[0] == b"qt  ":
        return Sniffed("video/quicktime", Kind.VIDEO)
    if brands[0][:3] in (b"3gp", b"3g2"):
        return Sniffed("video/3gpp", Kind.VIDEO)
    return Sniffed("video/mp4", Kind.VIDEO)


def _is_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        # The cut at HEAD_BYTES may fall inside a character: three bytes of grace.
        for cut in range(4):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
