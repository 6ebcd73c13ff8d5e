"""The code (QR) on every page: a signed paper original that was photographed back is matched to its page by it.

Text: `YFP1:<first 20 figures of the page's content hash, upper case>:<page>/<pages>`; upper case, so that QR's compact
alphabet serves.
"""

import re
from dataclasses import dataclass

_TEXT = re.compile(r"YFP1:([0-9A-F]{20}):([1-9]\d{0,3})/([1-9]\d{0,3})")
_FIGURES = 20


@dataclass(frozen=True, slots=True)
class PageCode:
    """What a code says.

    Attributes:
        hash_start: The first 20 figures (lower case) of `PageInfo.content_hash`.
        number: Page, from 1.
    """

    hash_start: str
    number: int
    of: int

    def fits(self, content_hash: str) -> bool:
        """Tell whether the code belongs to the page of this content."""
        return content_hash.startswith(self.hash_start)


def page_code(content_hash: str, number: int, of: int) -> str:
    """Return the text of a page's code."""
    return f"YFP1:{content_hash[:_FIGURES].upper()}:{number}/{of}"


def read_page_code(text: str) -> PageCode | None:
    """Return what a scanned text says, or None if it is no code of a page."""
    match = _TEXT.fullmatch(text.strip())
    if match is None or int(match[2]) > int(match[3]):
        return None
    return PageCode(match[1].lower(), int(match[2]), int(match[3]))
