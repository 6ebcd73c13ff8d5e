"""Breaking Chinese text into lines: no closing mark begins a line, no opening mark ends one, no number is cut.

Source: GB/T 15834 art. 5 (标点符号的位置).
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from forms.kit.fonts import Chain

_NO_START = frozenset("、。，．；：？！）〕】》〉」』］｝”’％‰℃°…—·～,.;:?!)]}%>")
_NO_END = frozenset("（〔【《〈「『［｛“‘￥¥＄$([{<№")
_WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,:/-_%+@#&=")
_MOST_PULLED_BACK = 24


def lines_of(text: str, chain: Chain, size: float, width: float, *, indent: float = 0) -> list[str]:
    """Break text into lines no wider than `width` points; a line end in the text begins a new paragraph.

    Args:
        indent: Points that the first line of each paragraph is shorter.
    """
    found: list[str] = []
    for paragraph in text.split("\n"):
        found.extend(_broken(paragraph.rstrip(), chain, size, width, indent))
    return found


def _broken(text: str, chain: Chain, size: float, width: float, indent: float) -> Iterator[str]:
    edges = list(accumulate(map(chain.advances.__getitem__, text), initial=0))
    start, room = 0, (width - indent) * 1000 / size
    full = width * 1000 / size
    while edges[-1] - edges[start] > room + 0.01:
        fit = bisect_right(edges, edges[start] + room + 0.01) - 1
        end = _allowed(text, start, max(fit, start + 1))
        yield text[start:end].rstrip()
        start = end
        while start < len(text) and text[start] == " ":
            start += 1
        room = full
    yield text[start:]


def _allowed(text: str, start: int, fit: int) -> int:
    """Return the best break at or before `fit`, or `fit` itself where the text has none (an overlong number)."""
    for end in range(min(fit, len(text) - 1), max(start, fit - _MOST_PULLED_BACK), -1):
        before, after = text[end - 1], text[end]
        if after in _NO_START or before in _NO_END or (before in _WORD and after in _WORD):
            continue
        return end
    return fit
