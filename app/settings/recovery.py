"""The recovery key on paper: 8 groups of 5 signs, each with a check sign that also knows the group's place.

Crockford's alphabet (no I, L, O, U). The check is linear over GF(32) with different weights, so any one wrong sign,
any two neighbours exchanged, and any two groups exchanged are found for certain, and the group is named.
"""

import unicodedata

from app.settings.errors import RecoveryTypo

KEY_BYTES = 20
GROUPS = 8
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("ILO", "110")
_DATA_PER_GROUP = 4


def to_text(key: bytes) -> str:
    """Return 20 random bytes as `XXXXX-XXXXX-…`, 47 characters."""
    number = int.from_bytes(key, "big")
    signs = [number >> 5 * place & 31 for place in reversed(range(GROUPS * _DATA_PER_GROUP))]
    groups = [signs[i : i + _DATA_PER_GROUP] for i in range(0, len(signs), _DATA_PER_GROUP)]
    return "-".join(
        "".join(_ALPHABET[s] for s in (*group, _check(group, place))) for place, group in enumerate(groups)
    )


def from_text(text: str) -> bytes:
    """Return the 20 bytes; forgive case, spaces, dashes, full-width signs and I, L, O for 1 and 0.

    Raises:
        RecoveryTypo: Naming the first group that does not hold together.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)
    signs = [s for s in plain if s.isalnum()]
    size = _DATA_PER_GROUP + 1
    if len(signs) != GROUPS * size:
        raise RecoveryTypo(None)
    number = 0
    for place in range(GROUPS):
        values = [_ALPHABET.find(s) for s in signs[place * size : (place + 1) * size]]
        if -1 in values or _check(values[:-1], place) != values[-1]:
            raise RecoveryTypo(place + 1)
        for value in values[:-1]:
            number = number << 5 | value
    return number.to_bytes(KEY_BYTES, "big")


def _check(values: list[int], place: int) -> int:
    total = place + 1
    for weight, value in enumerate(values, start=1):
        total ^= _times(1 << weight, value)
    return total


def _times(a: int, b: int) -> int:
    """Multiply in GF(32), modulus x^5 + x^2 + 1."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(9, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product
