"""The unified social credit code (统一社会信用代码): what is odd about one, without refusing it."""

from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class CodeDoubt(StrEnum):
    """Why a code looks mistyped."""

    LENGTH = "length"
    CHARACTER = "character"
    CHECK_DIGIT = "check_digit"


def tidy(text: str) -> str:
    """Return the code in capitals and half-width characters, without spaces and hyphens."""
    return "".join(text.translate(_FULL_WIDTH).split()).replace("-", "").upper()


def check_character(first_17: str) -> str:
    """Return the 18th character of a code. Raises `ValueError` for a character outside the alphabet.

    Source: GB 32100-2015, annex A (modulus 31, weights 3^(i-1)).
    """
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(first_17))
    return ALPHABET[-total % 31]


def doubt(text: str) -> CodeDoubt | None:
    """Return what is wrong with a code, or None where it is empty or right."""
    code = tidy(text)
    if not code:
        return None
    if any(char not in ALPHABET for char in code):
        return CodeDoubt.CHARACTER
    if len(code) != LENGTH:
        return CodeDoubt.LENGTH
    return None if check_character(code[:-1]) == code[-1] else CodeDoubt.CHECK_DIGIT
