"""The visible seal of the bureau: a picture with transparency, laid over the date at the end (骑年盖月).

Source: GB/T 9704-2012 7.3.5 — the seal stands upright, pressed from below on the name of the authority and the date,
both of which lie somewhat below its centre.
"""

import zlib
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfContent, ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.stamp import StaticStampStyle

from forms.errors import UnreadablePdf
from forms.kit.flow import PAGE_WIDTH
from forms.pades.errors import SealUnfit
from forms.pades.places import SealPlace
from forms.pades.seal_room import MOST_MM, last_date
from forms.pdf_reading import Pdf
from forms.signing import Rect

_MM = 72 / 25.4
# The date lies this part of the seal's height below its centre.
_LOW = 0.12


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as the office gave it, read by the caller.

    Attributes:
        rgb: Three bytes a pixel, rows from the top.
        alpha: One byte a pixel.
        diameter_mm: Width on paper; the higher of width and height of the picture is this long.
    """

    width: int
    height: int
    rgb: bytes
    alpha: bytes
    diameter_mm: float = 42.0


def require_fit(seal: Seal) -> None:
    """Refuse a picture that cannot be a seal.

    Raises:
        SealUnfit: If it is too small or large, is no seal's size on paper, or would hide what is below it.
    """
    pixels = seal.width * seal.height
    if not 100 <= min(seal.width, seal.height) <= max(seal.width, seal.height) <= 4000:
        raise SealUnfit(reason="pixels")
    if len(seal.rgb) != 3 * pixels or len(seal.alpha) != pixels:
        raise SealUnfit(reason="bytes")
    if not 10 <= seal.diameter_mm <= MOST_MM:
        raise SealUnfit(reason="size")
    # A red seal on white would cover name and date: half of it at least must let through.
    if sum(1 for value in seal.alpha[:: max(1, pixels // 40000)] if value < 128) * 2 < min(pixels, 40000):
        raise SealUnfit(reason="opaque")


def find_seal_place(pdf: bytes, seal: Seal) -> SealPlace | None:
    """Return where the seal belongs: over the last line that is a date, or None where there is none.

    Raises:
        UnreadablePdf: If the bytes are no PDF of this program.
    """
    file = Pdf(pdf)
    pages = file.pages()
    for index in range(len(pages) - 1, -1, -1):
        streams = file.value(file.dictionary(pages[index]).get("Contents"))
        if not isinstance(streams, list) or not streams:
            raise UnreadablePdf(reason="contents")
        found = last_date(file.stream(streams[0]))
        if found is not None:
            return SealPlace(index, _around(*found, seal))
    return None


def _around(middle: float, base: float, seal: Seal) -> Rect:
    longest = max(seal.width, seal.height)
    width, height = (seal.diameter_mm * _MM * side / longest for side in (seal.width, seal.height))
    left = min(max(middle - width / 2, 0), PAGE_WIDTH - width)
    return Rect(left, max(base - height * (0.5 - _LOW), 0), width, height)


class _Picture(PdfContent):
    def __init__(self, seal: Seal) -> None:
        super().__init__(box=BoxConstraints(seal.width, seal.height))
        self._seal = seal

    def render(self) -> bytes:
        """Return the operators that show the picture."""
        writer = self._ensure_writer
        mask = writer.add_object(_image(self._seal, self._seal.alpha, "/DeviceGray", {}))
        picture = _image(self._seal, self._seal.rgb, "/DeviceRGB", {pdf_name("/SMask"): mask})
        self.set_resource(ResourceType.XOBJECT, pdf_name("/Seal"), writer.add_object(picture))
        return b"q %d 0 0 %d 0 0 cm /Seal Do Q" % (self._seal.width, self._seal.height)


def style(seal: Seal) -> Any:
    """Return the look of a signature that is this seal and nothing else."""
    return StaticStampStyle(border_width=0, background=_Picture(seal))


_number: Any = generic.NumberObject


def _image(seal: Seal, pixels: bytes, space: str, more: dict[Any, Any]) -> Any:
    return generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Image"),
            pdf_name("/Width"): _number(seal.width),
            pdf_name("/Height"): _number(seal.height),
            pdf_name("/BitsPerComponent"): _number(8),
            pdf_name("/ColorSpace"): pdf_name(space),
            pdf_name("/Filter"): pdf_name("/FlateDecode"),
            **more,
        },
        encoded_data=zlib.compress(pixels, 6),
    )
