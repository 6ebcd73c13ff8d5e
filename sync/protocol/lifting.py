"""Ids, hashes and signatures out of a JSON text and back: in hexadecimal digits they hardly shrink, and they are most of a small body.

    text  = the JSON with marks in their places: HASH, ID, SIGNATURE, or AGAIN with one byte (how many others were named since)
    parts = their bytes, one after the other

No JSON text holds these control characters, so a mark is never taken for a letter.
"""

import re
from typing import Final

AGAIN: Final = b"\x01"
ID: Final = b"\x02"
HASH: Final = b"\x03"
SIGNATURE: Final = b"\x04"
_BYTES: Final = {ID: 16, HASH: 32, SIGNATURE: 64}
_DIGITS: Final = {36: ID, 64: HASH, 128: SIGNATURE}
_SHORTEST: Final = 36
_MARK: Final = re.compile(rb"([\x01-\x04])")
_ANY: Final = re.compile(
    rb"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}(?:[0-9a-f]{64})?)"
)
_SIGNED: Final = re.compile(rb'"sig":"([0-9a-f]{128})"')
_LAST: Final = 64  # so many may be named again
_FIRST_RANK: Final = 0x20


class BadParts(Exception):
    """Marks and parts do not belong together."""


class TooLong(Exception):
    """The text would become longer than allowed."""


def lift(plain: bytes) -> tuple[bytes, bytes]:
    """Return the text and the parts of a JSON text."""
    split = _ANY.split(plain)
    parts: list[bytes] = []
    last: list[bytes] = []
    for at in range(1, len(split), 2):
        word = split[at]
        mark = _DIGITS[len(word)]
        if mark == SIGNATURE:
            parts.append(word)
        elif word in last:
            rank = last.index(word)
            last.insert(0, last.pop(rank))
            mark = AGAIN + bytes((_FIRST_RANK + rank,))
        else:
            parts.append(word.replace(b"-", b""))
            last.insert(0, word)
            del last[_LAST:]
        split[at] = mark
    return b"".join(split), bytes.fromhex(b"".join(parts).decode())


def lift_signatures(plain: bytes) -> tuple[bytes, bytes]:
    """Lift signatures alone, which is quicker: in a long body the ids' turn costs more time than their bytes do."""
    parts = b"".join(_SIGNED.findall(plain))
    return (_SIGNED.sub(b'"sig":"' + SIGNATURE + b'"', plain), bytes.fromhex(parts.decode())) if parts else (plain, b"")


def put_back(text: bytes, parts: bytes, limit: int) -> bytes:
    """Return the JSON text of at most `limit` bytes.

    Raises:
        BadParts: If parts are missing or left over, or a mark names nothing.
        TooLong: If it would be longer.
    """
    others, signatures = sum(text.count(mark) for mark in (AGAIN, ID, HASH)), text.count(SIGNATURE)
    if len(text) + (_SHORTEST - 2) * (others + signatures) > limit:
        raise TooLong  # before there is a list of that many marks
    if not others:  # a long body
        return _with_signatures(text, parts, signatures, limit)
    split = _MARK.split(text)
    digits, at, last = parts.hex().encode(), 0, list[bytes]()
    for place in range(1, len(split), 2):
        mark = split[place]
        if mark == AGAIN:
            rank = split[place + 1][0] - _FIRST_RANK if split[place + 1] else -1
            if not 0 <= rank < len(last):
                raise BadParts
            split[place + 1] = split[place + 1][1:]
            last.insert(0, last.pop(rank))
            split[place] = last[0]
            continue
        end = at + 2 * _BYTES[mark]
        word, at = digits[at:end], end
        if mark == ID:
            word = b"-".join((word[:8], word[8:12], word[12:16], word[16:20], word[20:]))
        if mark != SIGNATURE:
            last.insert(0, word)
            del last[_LAST:]
        split[place] = word
    if at != len(digits):
        raise BadParts
    plain = b"".join(split)
    if len(plain) > limit:
        raise TooLong
    return plain


def _with_signatures(text: bytes, parts: bytes, count: int, limit: int) -> bytes:
    size = _BYTES[SIGNATURE]
    if len(parts) != count * size:
        raise BadParts
    if len(text) + count * (2 * size - 1) > limit:
        raise TooLong
    split = text.split(SIGNATURE)
    filled = [split[0]]
    for at, behind in enumerate(split[1:]):
        filled += (parts[at * size : (at + 1) * size].hex().encode(), behind)
    return b"".join(filled)
