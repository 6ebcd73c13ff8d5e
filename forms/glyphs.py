"""Characters that the shipped faces cannot draw, and how they are shown instead."""

import re

from forms.kit.fonts import fonts

# Same meaning, present in the faces; anything else is shown by its code.
_STAND_INS = str.maketrans(
    {
        "☐": "□",
        "☑": "√",
        "✓": "√",
        "✔": "√",
        "☒": "×",
        "✗": "×",
        "✘": "×",
        "\t": " ",
        "\u00a0": " ",
        "\u2028": "\n",
        "\u2029": "\n",
        "\x0b": "\n",
        "\x0c": "\n",
    }
)


def missing_glyphs(text: str) -> tuple[str, ...]:
    """Return the characters of the text that no shipped face holds, each once, in order of appearance."""
    printable = fonts().printable
    if printable.issuperset(text):
        return ()
    tidy = normalised(text).replace("\n", "")
    return tuple(dict.fromkeys(c for c in tidy if c not in printable))


def normalised(text: str) -> str:
    """Return the text with line ends as `\\n` and signs that only differ in design replaced."""
    return re.sub("\r\n?", "\n", text).translate(_STAND_INS)


def visible(text: str) -> str:
    """Return the text with every missing character written as its code: `〔U+2A6A5〕`."""
    printable = fonts().printable
    if printable.issuperset(text):
        return text
    return "".join(c if c == "\n" or c in printable else spelled(c) for c in normalised(text))


def spelled(character: str) -> str:
    """Return how a missing character is written."""
    return f"〔U+{ord(character):04X}〕"
