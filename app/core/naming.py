"""How registers spell things, and what is meant: levels, ownership, kinds, names and addresses as keys, telephones."""

import re
import unicodedata
from typing import Final

from app.core.places import InstitutionKind

_LEVEL: Final = re.compile(r"(III|II|I|[一二三壹贰貳弍叁參叄123])[级級极]")
_SHORT_LEVEL: Final = re.compile(r"(III|II|I|[一二三壹贰貳弍叁參叄]|(?<!\d)[123])[/、.·-]?([甲乙丙特])(?!类)")
_GRADE: Final = re.compile(
    r"[一二三壹贰貳弍叁參叄123I](?:[级級极]?[/、.·(-]?([特甲乙丙])|[级級极]([ABC]))(?:[等级医综专中]|$|[)/、.·-])"
)
_DIGITS: Final = {
    digit: level
    for level, digits in (("一级", "一 壹 1 I"), ("二级", "二 贰 貳 弍 2 II"), ("三级", "三 叁 參 叄 3 III"))
    for digit in digits.split()
}
_LETTERS: Final = {"A": "甲", "B": "乙", "C": "丙"}
# 医院等级 (hosp_lv) in the code values of the national medical insurance platform.
_CODED: Final = (
    "三级特等", "三级甲等", "三级乙等", "三级丙等", "二级甲等", "二级乙等", "二级丙等", "一级甲等", "一级乙等", "一级丙等", "无等级",
    "三级无等", "二级无等", "一级无等",
)  # fmt: skip
_NO_LEVEL: Final = frozenset(
    (
        "无",
        "无等级",
        "无级别",
        "未定级",
        "未评级",
        "未定等",
        "未评等",
        "未定",
        "未评",
        "其他",
        "暂无",
        "/",
        "—",
        "-",
    )
)


def level(text: str) -> str | None:
    """Return 三级, 二级, 一级, 未定级 or empty for what a register calls a level; None where it is no level.

    What follows after a level (甲等, 综合, 专科) is not part of it; 未定级（按二级管理） is 未定级.
    """
    plain = _plain(text).strip(".。;；,，")
    if not plain:
        return ""
    if plain in _NO_LEVEL or plain.startswith(("未定级", "未评级")):
        return "未定级"
    found = _LEVEL.search(plain) or _SHORT_LEVEL.search(plain)
    return _DIGITS[found[1]] if found else None


def coded_level(text: str, *, is_code: bool) -> str:
    """Return the words for a code of a level (`hosp_lv`: 02 is 三级甲等), or nothing.

    Args:
        is_code: The column holds codes: a single digit is one that lost its zero in a workbook. Elsewhere 3 may mean 三级.
    """
    plain = _plain(text)
    if not (plain.isascii() and plain.isdecimal() and (len(plain) == 2 or (is_code and len(plain) == 1))):
        return ""
    return _CODED[int(plain) - 1] if 1 <= int(plain) <= len(_CODED) else ""


def grade(text: str) -> str:
    """Return 特等, 甲等, 乙等 or 丙等 where a register names it with the level (三级甲等, 三甲), else nothing."""
    found = _GRADE.search(_plain(text))
    return f"{found[1] or _LETTERS[found[2]]}等" if found else ""


def narrow(text: str) -> str:
    """Return a text without blanks, signs of full width as the others."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _plain(text: str) -> str:
    return narrow(text).upper()


_PUBLIC: Final = ("公立", "国有", "集体", "政府办", "事业", "非营利", "全民", "公办")
_PRIVATE: Final = (
    "民营",
    "私营",
    "私立",
    "社会办",
    "个体",
    "营利",
    "股份",
    "有限",
    "合资",
    "独资",
    "外资",
    "民办",
    "企业",
)


def ownership(text: str) -> str | None:
    """Return `public`, `private` or empty for what a register calls ownership; None where it is neither.

    非营利 alone says nothing of who owns: it is read as public only where 民营 and its like do not stand beside it.
    """
    if not text:
        return ""
    if text in ("public", "private"):
        return text
    if any(word in text for word in ("民营", "私营", "私立", "社会办", "民办", "非公", "个体")):
        return "private"
    if any(word in text for word in _PUBLIC):
        return "public"
    return "private" if any(word in text for word in _PRIVATE) else None


# In this order: 社区医院 is no 医院, 护理院 no 医院 either.
_KIND_WORDS: Final = tuple(
    (kind, tuple(words.split()))
    for kind, words in (
        (
            InstitutionKind.LONG_TERM_CARE,
            "长期护理 长护 护理院 护理中心 养老 敬老院 福利院 照护 护理站 托老 颐养",
        ),
        (
            InstitutionKind.AGENCY,
            "经办机构 医保中心 医疗保险中心 医疗保障服务中心 社会保险中心 社保局 经办中心 医疗保险服务中心",
        ),
        (
            InstitutionKind.COMMUNITY,
            "社区卫生 卫生院 社区医院 社区服务中心 社区服务站 社区医疗 卫生服务中心 卫生服务站",
        ),
        (
            InstitutionKind.CLINIC,
            "诊所 门诊部 卫生室 卫生所 医务室 医务所 卫生站 保健所 校医院 门诊 医疗室 诊室",
        ),
        (
            InstitutionKind.HOSPITAL,
            "医院 妇幼保健 保健院 防治院 医学中心 疗养院 防治所 专科院 医疗中心 保健中心 病院 妇保 妇幼 卫生中心 临床中心 "
            "分院 二院 院区 康复院 人民医",
        ),
        (
            InstitutionKind.PHARMACY,
            "药店 药房 药铺 零售药 药品零售 大药 药堂 药号 药行 药品店 医药店 参茸 药品超市 医药超市 药柜 医药零售 中西药",
        ),
        (
            InstitutionKind.SUPPLIER,
            "供应商 配送企业 医药批发 批发企业 生产企业 医疗器械 配送有限 药业集团 制药",
        ),
    )
)
_SHOP: Final = re.compile(r"(?:药|医|健|康|堂|连锁|百姓).*(?:店|部|柜|超市)\)?$|店$")


def kind(text: str) -> InstitutionKind | None:
    """Return the kind that a name or a register's word for it points to; None where it points to none."""
    for found, words in _KIND_WORDS:
        for word in words:
            if word in text:
                return found
    if _SHOP.search(text):
        return InstitutionKind.PHARMACY
    if "疾病预防控制" in text or "急救中心" in text or "血站" in text:
        return InstitutionKind.OTHER
    try:
        return InstitutionKind(text)
    except ValueError:
        return None


_NOT_IN_KEY: Final = re.compile(r"[\W_]+")
_BRACKETS: Final = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
_LEGAL_FORM: Final = re.compile(r"有限责任公司|股份有限公司|有限公司|集团|连锁|总店|（总店）|分公司")
_PLACE_PREFIX: Final = re.compile(r"^(?:[^省市区县]{2,6}省|[^省市区县]{2,8}自治区)?(?:[^省市区县]{2,8}市)?")
_NUMBER: Final = re.compile(r"[0-9]+")


def name_key(name: str) -> str:
    """Return the name as a key: without spaces and signs, full-width letters as half-width ones."""
    if name.isalnum() and "_" not in name and unicodedata.is_normalized("NFKC", name):
        return name.casefold()
    return _NOT_IN_KEY.sub("", unicodedata.normalize("NFKC", name)).casefold()


def near_key(name: str) -> str:
    """Return a coarser key under which names that may mean the same institution meet.

    Bracketed parts, the legal form and the province and city in front are left out.
    """
    plain = name
    if not plain.isalnum():
        plain = _BRACKETS.sub("", unicodedata.normalize("NFKC", plain))
    return name_key(_LEGAL_FORM.sub("", _PLACE_PREFIX.sub("", plain))) or name_key(name)


def address_key(address: str) -> str:
    """Return the address as a key: without signs, and without the province and city in front."""
    if not address:
        return ""
    return name_key(_PLACE_PREFIX.sub("", unicodedata.normalize("NFKC", address)))


_MASK: Final = re.compile(r"[*xX×＊]{2,}")


def phone(text: str) -> str:
    """Return a telephone number in half-width characters without blanks around signs."""
    if text.isascii() and text.replace("-", "").isdigit():
        return text
    return re.sub(r"\s*([-、,;/()])\s*", r"\1", unicodedata.normalize("NFKC", text)).strip()


def is_masked(text: str) -> bool:
    """Return whether part of a number is hidden by asterisks."""
    return _MASK.search(text) is not None


def unmasks(masked: str, whole: str) -> bool:
    """Return whether a whole number may be the one that was masked."""
    pattern = "".join(r"\d" if char in "*xX×＊" else re.escape(char) for char in masked)
    return is_masked(masked) and not is_masked(whole) and re.fullmatch(pattern, whole) is not None
