"""Numbers, money and times as official documents write them."""

import datetime as dt
from collections.abc import Sequence

from forms.errors import NaiveTime

CHINA = dt.timezone(dt.timedelta(hours=8))
EMPTY = "／"
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_PLAIN = "〇一二三四五六七八九"


def minute(at: dt.datetime | None) -> str:
    """Return an instant as Chinese local time to the minute: `2026年3月5日14时05分`.

    Raises:
        NaiveTime: If it has no zone.
    """
    if at is None:
        return ""
    local = _local(at)
    return f"{local.year}年{local.month}月{local.day}日{local.hour:02d}时{local.minute:02d}分"


def short_minute(at: dt.datetime) -> str:
    """Return an instant as `2026-03-05 14:05` in Chinese local time."""
    return _local(at).strftime("%Y-%m-%d %H:%M")


def day(on: dt.date | None) -> str:
    """Return a date as `2026年3月5日`."""
    return "" if on is None else f"{on.year}年{on.month}月{on.day}日"


def period(start: dt.date | None, end: dt.date | None) -> str:
    """Return a span of days, either end of which may be open."""
    if start is None and end is None:
        return ""
    return f"{day(start) or '（起始日未定）'}至{day(end) or '（截止日未定）'}"


def yuan(fen: int | None) -> str:
    """Return an amount as `1,234.50`."""
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def yuan_in_words(fen: int) -> str:
    """Return an amount in capital numerals: `人民币壹仟贰佰叁拾肆元伍角整`.

    Source: 正确填写票据和结算凭证的基本规定.
    """
    whole, rest = divmod(abs(fen), 100)
    words = "人民币" + ("负" if fen < 0 else "")
    if whole:
        words += _capital(whole) + "元"
    jiao, fen_left = divmod(rest, 10)
    if not rest:
        return words + ("整" if whole else "零元整")
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif whole:
        words += "零"
    return words + (_DIGITS[fen_left] + "分" if fen_left else "整")


def _capital(whole: int) -> str:
    groups: list[int] = []
    while whole:
        whole, group = divmod(whole, 10_000)
        groups.append(group)
    words, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _thousands(group) + _GROUPS[place]
        gap = False
    return words


def _thousands(group: int) -> str:
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _UNITS[place]
            gap = False
        else:
            gap = True
    return words


def numeral(value: int) -> str:
    """Return 1–99 as a heading counts: `十二`."""
    tens, ones = divmod(value, 10)
    if not tens:
        return _PLAIN[ones]
    return ("" if tens == 1 else _PLAIN[tens]) + "十" + (_PLAIN[ones] if ones else "")


def joined(values: Sequence[str]) -> str:
    """Return a list in one line, parted by 、."""
    return "、".join(values)


def short_hash(digest: str) -> str:
    """Return the first eight figures of a digest, as printed: `3F2A-91BC`."""
    return f"{digest[:4]}-{digest[4:8]}".upper()


def _local(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise NaiveTime(at=at.isoformat())
    return at.astimezone(CHINA)
