"""Cells of a register as values: days, amounts, yes and no, and the words for states."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from app.core.clock import is_likely

_DAY: Final = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})\s*日?(?:[ T].*)?")
_MONTH: Final = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*月?")
_COMPACT_DAY: Final = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"[2-9]\d{4}")
_EXCEL_EPOCH: Final = dt.date(1899, 12, 30)
_GRADE: Final = re.compile(r"[A-D]")
_UNTIL: Final = re.compile(r"\d[\d年月日./\-]*到期")
_UNLIMITED: Final = frozenset(("长期", "长期有效", "永久", "无固定期限", "无", "/", "—", "-"))
_YES: Final = frozenset(
    ("是", "有", "y", "yes", "true", "1", "√", "✓", "已", "在岗", "在职", "正常", "定点", "已定点")
)
_NO: Final = frozenset(
    (
        "否",
        "无",
        "n",
        "no",
        "false",
        "0",
        "×",
        "✗",
        "未",
        "离岗",
        "离职",
        "退休",
        "调离",
        "非定点",
        "不在岗",
        "不在职",
    )
)

POOLING: Final[Mapping[str, tuple[str, ...]]] = {
    "closed": ("closed", "未", "否", "关闭", "停", "无", "不"),
    "open": ("open", "开通", "已", "是", "有", "√", "统筹", "定点", "正常"),
}
AGREEMENT: Final[Mapping[str, tuple[str, ...]]] = {
    "ended": ("ended", "解除", "终止", "到期", "退出", "注销", "取消", "未签", "非定点", "未定点", "否"),
    "suspended": ("suspended", "中止", "暂停", "停"),
    "active": ("active", "有效", "正常", "履行", "在用", "签订", "已签", "定点", "续签", "是", "启用"),
}
STATUS: Final[Mapping[str, tuple[str, ...]]] = {
    "deregistered": ("deregistered", "注销", "吊销", "撤销"),
    "suspended": ("suspended", "停业", "歇业", "暂停", "停诊", "中止", "整顿"),
    "closed": ("closed", "关闭", "关停", "倒闭", "解除", "终止", "搬迁"),
    "active": ("active", "正常", "营业", "存续", "在业", "开业", "运营", "在营", "启用", "有效", "执业"),
}


def day(text: str) -> dt.date | None:
    """Return a day in any of the usual spellings, Excel's number of a day among them; None where it is none."""
    found = _day(text)
    return found if found and is_likely(found) else None


def _day(text: str) -> dt.date | None:
    found = _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    try:
        if found and found.re is _DAY:
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found:
            return dt.date(int(found[1] + found[2]), int(found[3]), int(found[4]))
        if _SERIAL.fullmatch(text):
            return _EXCEL_EPOCH + dt.timedelta(days=int(text))
    except ValueError:
        return None
    return None


def last_day(text: str) -> dt.date | None:
    """Return the day on which something ends: a month means its last day."""
    found = _MONTH.fullmatch(text)
    if not found:
        return day(text)
    year, month = int(found[1]), int(found[2])
    if not (1 <= month <= 12 and 1 <= year < 9999):
        return None
    return (dt.date(year, month, 28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def is_unlimited(text: str) -> bool:
    """Return whether a period has no end."""
    return text in _UNLIMITED or text.startswith("9999")


def period(text: str) -> tuple[dt.date | None, dt.date | None] | None:
    """Return first and last day of 2023-01-01至2028-12-31; None where it is no period. One day alone is the last one."""
    days = _DAY_WITHIN.findall(text)
    if len(days) == 2:
        first, last = day(days[0]), day(days[1])
        return (first, last) if first and (last or is_unlimited(days[1])) else None
    if len(days) == 1:
        last = day(days[0])
        return (None, last) if last else None
    return None


_DAY_WITHIN: Final = re.compile(
    r"\d{4}\s*[年./\-]\s*\d{1,2}\s*[月./\-]\s*\d{1,2}\s*日?|(?<!\d)(?:19|20)\d{6}(?!\d)"
)


def yes(text: str) -> bool | None:
    """Return what 是 and 否 and their like say; None for anything else."""
    plain = text.casefold()
    return True if plain in _YES else False if plain in _NO else None


def word(words: Mapping[str, tuple[str, ...]], text: str) -> str | None:
    """Return the value whose words a cell has; the first that fits, None where none does. 2026年到期 is none."""
    plain = _UNTIL.sub("", text.casefold())
    for value, known in words.items():
        if any(one in plain for one in known):
            return value
    return None


def grade(text: str) -> str | None:
    """Return the letter of a credit grade; None where there is none."""
    found = _GRADE.search(unicodedata.normalize("NFKC", text).upper())
    return found[0] if found else None


def whole(text: str) -> int | None:
    """Return a count; None where it is none or cannot be one."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").rstrip("次件起个家年")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def fen(text: str, unit: int) -> int | None:
    """Return an amount in fen; None where it is none.

    Args:
        unit: Yuan per unit of the column: 1, or 10000 for 万元.
    """
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("¥", "").strip()
    if plain.endswith("万元"):
        plain, unit = plain[:-2], 10_000
    try:
        amount = Decimal(plain.removesuffix("元")) * unit * 100
    except InvalidOperation:
        return None
    return int(amount.to_integral_value()) if amount.is_finite() and abs(amount) < 10**17 else None


def degrees(text: str, low: float, high: float) -> str | None:
    """Return a coordinate as decimal text; None where it is none or lies outside; empty for 0, which means unknown."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    if not value:
        return ""
    return text if low <= value <= high else None
