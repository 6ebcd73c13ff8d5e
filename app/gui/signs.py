"""Signs that turn the direction of writing are kept as they were written; where a text is shown, they can be seen."""

import re

_TURNS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def seen(text: str) -> str:
    """Return a text whose signs of direction are written out, so that none of it looks like something else."""
    return _TURNS.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
