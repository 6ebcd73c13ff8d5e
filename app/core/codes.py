"""Codes of institutions: what is odd about one, without refusing it. The law does not make a wrong digit a ground to
turn anybody away, and institutions without a credit code exist."""

import re
from enum import StrEnum
from operator import mul
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_VALUES: Final = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_CREDIT: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_MEDINS: Final = re.compile(r"[HP]\d{11}")
_NONE: Final = frozenset(
    ("", "无", "暂无", "/", "—", "-", "--", "没有", "未取得", "待补", "NULL", "NONE", "NAN")
)


class CodeDoubt(StrEnum):
    """Why a code looks mistyped."""

    LENGTH = "length"
    CHARACTER = "character"
    CHECK_DIGIT = "check_digit"


def tidy(text: str) -> str:
    """Return the code in capitals and half-width characters, without spaces and hyphens."""
    if text.isalnum() and text.isascii():
        return text.upper()
    return "".join(text.translate(_WIDE).split()).replace("-", "").upper()


def is_none(text: str) -> bool:
    """Return whether a cell says that there is no such thing (暂无)."""
    return text.strip().upper() in _NONE


def check_character(first_17: str) -> str:
    """Return the 18th character of a credit code. Raises `ValueError` for a character outside the alphabet.

    Source: GB 32100-2015, annex A (modulus 31, weights 3^(i-1)).
    """
    try:
        total = sum(map(mul, map(_VALUES.__getitem__, first_17), _WEIGHTS))
    except KeyError as error:
        raise ValueError(first_17) from error
    return ALPHABET[-total % 31]


def doubt(text: str) -> CodeDoubt | None:
    """Return what is wrong with a unified social credit code, or None where it is empty or right."""
    code = tidy(text)
    return tidy_doubt(code) if code else None


def tidy_doubt(code: str) -> CodeDoubt | None:
    """Return `doubt` of a code that is tidy and not empty."""
    if len(code) != LENGTH or not _CREDIT.fullmatch(code):
        return CodeDoubt.LENGTH if set(code) <= _VALUES.keys() else CodeDoubt.CHARACTER
    return None if check_character(code[:-1]) == code[-1] else CodeDoubt.CHECK_DIGIT


def medins_doubt(text: str) -> CodeDoubt | None:
    """Return what is wrong with a code of a designated institution, or None where it is empty or right.

    `H` (medical institution) or `P` (pharmacy), six digits of the division, five of the number; there is no check
    digit. Source: the national coding rules for designated institutions, field length 12 of the interface standard.
    """
    code = tidy(text)
    if not code:
        return None
    if len(code) != 12:
        return CodeDoubt.LENGTH
    return None if _MEDINS.fullmatch(code) else CodeDoubt.CHARACTER


def medins_division(code: str) -> str:
    """Return the six digits of the division within a designated institution's code, or nothing."""
    return code[1:7] if _MEDINS.fullmatch(code) else ""
