"""What a look at a file gives, and the limits under which it is taken."""

import json
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Final

MEGAPIXELS_AT_MOST: Final = 120
IMAGE_BYTES_AT_MOST: Final = 60 << 20
PDF_BYTES_AT_MOST: Final = 100 << 20
PDF_PAGES_AT_MOST: Final = 2000
THUMBNAIL_PX: Final = 256
RENDITION_PX: Final = 1600
MEMORY_BYTES: Final = 512 << 20
SECONDS_AT_MOST: Final = 20.0

DAMAGED: Final = "damaged"
OUT_OF_MEMORY: Final = "out_of_memory"
TOO_MANY_PIXELS: Final = "too_many_pixels"
TOO_MANY_PAGES: Final = "too_many_pages"
TOO_LARGE: Final = "too_large"
ENCRYPTED: Final = "encrypted"
DECODER_DIED: Final = "decoder_died"
DECODER_TIMEOUT: Final = "decoder_timeout"
DECODER_ABSENT: Final = "decoder_absent"

_HEAD_BYTES_AT_MOST: Final = 64 * 1024
_PARTS_BYTES_AT_MOST: Final = 64 << 20
_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Look:
    """What the fenced process says about one file; all of it is a claim of hostile bytes.

    Attributes:
        reason: Why there is no picture; empty when there is one.
        width: Pixels as stored, before orientation; of a PDF, points of its first page.
        orientation: 1 to 8 as in Exif tag 274, 0 when nothing is said.
        pages: Of a PDF; 0 for others.
        time_text: Exif DateTimeOriginal (or DateTime) as written.
        gps: Exif GPS tags 1 to 4, numbers as floats.
    """

    reason: str = ""
    width: int = 0
    height: int = 0
    orientation: int = 0
    pages: int = 0
    time_text: str = ""
    offset_text: str = ""
    camera: str = ""
    gps: tuple[tuple[int, Any], ...] = ()
    is_exif_broken: bool = False
    thumbnail: bytes = b""
    rendition: bytes = b""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One rendered page: `rgb` holds rows of 3 × width bytes, without padding."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One message on the pipe: a small JSON object and bytes."""

    head: dict[str, Any]
    body: bytes = b""


class BadFrame(ValueError):
    """Say that the other end sent no message of ours."""


def send_head(pipe: BinaryIO, head: dict[str, Any], body_bytes: int) -> None:
    """Send the front of a message; the caller then writes the announced bytes."""
    front = json.dumps(head | {"body_bytes": body_bytes}).encode()
    pipe.write(len(front).to_bytes(_LENGTH_BYTES, "big") + front)


def send(pipe: BinaryIO, frame: Frame) -> None:
    """Send a whole message."""
    send_head(pipe, frame.head, len(frame.body))
    pipe.write(frame.body)
    pipe.flush()


def receive(pipe: BinaryIO, *, body_bytes_at_most: int = _PARTS_BYTES_AT_MOST) -> Frame:
    """Wait for a whole message.

    Raises:
        EOFError: If the other end closed.
        BadFrame: If it is not a message, or is too long.
    """
    front_bytes = int.from_bytes(_exactly(pipe, _LENGTH_BYTES), "big")
    if front_bytes > _HEAD_BYTES_AT_MOST:
        raise BadFrame("head is too long")
    try:
        head = json.loads(_exactly(pipe, front_bytes))
        body_bytes = int(head.pop("body_bytes"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadFrame("head is no message") from error
    if not 0 <= body_bytes <= body_bytes_at_most:
        raise BadFrame("body is too long")
    return Frame(head, _exactly(pipe, body_bytes))


def to_frame(look: Look) -> Frame:
    """Pack a look for the pipe."""
    head = asdict(look)
    del head["rendition"]
    head["thumbnail"] = len(look.thumbnail)
    return Frame(head, look.thumbnail + look.rendition)


def from_frame(frame: Frame) -> Look:
    """Unpack a look; every value is forced into its type and size, for its sender may be taken over.

    Raises:
        BadFrame: If a value cannot be what it should.
    """
    head, cut = frame.head, frame.head.get("thumbnail")
    try:
        return Look(
            reason=str(head["reason"])[:40],
            width=min(max(int(head["width"]), 0), 1 << 31),
            height=min(max(int(head["height"]), 0), 1 << 31),
            orientation=int(head["orientation"]) if head["orientation"] in range(1, 9) else 0,
            pages=min(max(int(head["pages"]), 0), 1 << 31),
            time_text=str(head["time_text"])[:40],
            offset_text=str(head["offset_text"])[:10],
            camera="".join(c for c in str(head["camera"]) if c.isprintable())[:80],
            gps=tuple((int(tag), value) for tag, value in head["gps"][:8]),
            is_exif_broken=bool(head["is_exif_broken"]),
            thumbnail=frame.body[: int(cut or 0)],
            rendition=frame.body[int(cut or 0) :],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadFrame("not a look") from error


def _exactly(pipe: BinaryIO, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = pipe.read(length)
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
