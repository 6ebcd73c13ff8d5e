"""Names that somebody else chose: of devices, of files on a stick."""

import re
from typing import Final

# What moves a terminal's cursor, begins a line, turns the direction of writing, or is half a character.
_UNSEEN: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(name: str) -> str:
    """Return a name that shows as what it is, in one line: nobody writes over another line of a list with it."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", name)


def printable_lines(text: str) -> str:
    """Return a text whose lines show as what they are."""
    return "\n".join(printable(line) for line in text.split("\n"))
