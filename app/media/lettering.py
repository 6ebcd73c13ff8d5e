"""Set Chinese text on pictures with the fonts the program ships."""

from typing import Final

from PIL import Image, ImageDraw, ImageFont

from resources import path

_REGULAR: Final = "fonts/NotoSansSC_400Regular.ttf"
_BOLD: Final = "fonts/NotoSansSC_700Bold.ttf"


def regular(size_px: int) -> ImageFont.FreeTypeFont:
    """Return the text face."""
    return ImageFont.truetype(path(_REGULAR), size_px)


def bold(size_px: int) -> ImageFont.FreeTypeFont:
    """Return the face for headings and marks."""
    return ImageFont.truetype(path(_BOLD), size_px)


def wrapped(text: str, font: ImageFont.FreeTypeFont, width_px: int) -> list[str]:
    """Break text into lines no wider than `width_px`, between any two characters as Chinese allows."""
    lines, line = [], ""
    for character in " ".join(text.splitlines()):
        if line and font.getlength(line + character) > width_px:
            lines.append(line)
            line = character.lstrip()
        else:
            line += character
    return [*lines, line] if line else lines


def tilted_mark(size: tuple[int, int], mark: str, alpha: int) -> Image.Image:
    """Return a transparent layer with the mark repeated aslant, as it must cover the whole picture."""
    font = bold(max(16, min(size) // 7))
    side = 2 * max(size)
    layer = Image.new("L", (side, side))
    draw = ImageDraw.Draw(layer)
    step_x, step_y = int(font.getlength(mark) * 2.2) or side, int(font.size * 3)
    for row, y in enumerate(range(0, side, step_y)):
        for x in range(-step_x // 2 * (row % 2), side, step_x):
            draw.text((x, y), mark, font=font, fill=alpha)
    layer = layer.rotate(28, Image.Resampling.BILINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return layer.crop((left, top, left + size[0], top + size[1]))
