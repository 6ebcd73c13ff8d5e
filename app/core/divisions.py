"""Administrative divisions (行政区划, GB/T 2260) down to counties, with those that were withdrawn and what took their place."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

_CODE: Final = re.compile(r"\d{6}(?:\d{3}|\d{6})?")
# 延边朝鲜族自治州 is 延边 in every other register.
_PEOPLES: Final = (
    r"(?:(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜"
    r"|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|鄂伦春|各)族?)*"
)
_TAIL: Final = re.compile(rf"(?:特别行政区|{_PEOPLES}自治[区州县旗]|[地新林特]区|州|省|市|盟|区|县|旗)$")
# How far the names of divisions in front of an address may reach.
_FRONT: Final = re.compile(r"(?:.{2,8}?(?:省|自治区))?(?:.{2,12}?(?:市|州|盟|地区))?(?:.{1,12}?[区县市旗])?")
_WHOLE_CITY: Final = frozenset(
    ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "城区", "市区", "市本级", "市直", "本级")
)
_LONGEST: Final = 16
_REMEMBERED: Final = 20_000


def within(division: str, wider: str) -> bool:
    """Return whether a division lies in another one or is it."""
    return division.startswith(_reach(wider[:6]) if wider.endswith("00") else wider)


class DivisionDoubt(StrEnum):
    """What is odd about the code of a division."""

    SHAPE = "shape"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Division:
    """One division.

    Attributes:
        until: Year in which it was withdrawn; empty while it is in force or where the year is not known.
        successors: What took its place; empty while it is in force.
    """

    code: str
    name: str
    until: str = ""
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A code that was looked at: what to store, what was odd, and what might be meant instead."""

    code: str
    doubt: DivisionDoubt | None = None
    successors: tuple[str, ...] = ()


class Divisions:
    """The list of divisions, and the ways to find one."""

    def __init__(self, known: Iterable[Division]) -> None:
        self._known: Mapping[str, Division] = {one.code: one for one in known}
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for one in self._known.values():
            if one.name not in _WHOLE_CITY:
                self._by_stem[_stem(one.name)].append(one.code)
        self._found: dict[tuple[str, ...], str] = {}

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the shipped list: code, name, year of withdrawal, successors; lines with # are remarks."""
        rows = csv.reader(line for line in text.splitlines() if line and not line.startswith("#"))
        next(rows)
        return cls(Division(code, name, until, tuple(later.split())) for code, name, until, later in rows)

    def get(self, code: str) -> Division | None:
        """Return the county, city or province of a code of 6 to 12 digits."""
        return self._known.get(code[:6])

    def counties(self, city: str) -> tuple[str, ...]:
        """Return the counties in force below a city; nothing for a county, a province or what is no division."""
        if len(city) != 6 or not city.endswith("00") or city.endswith("0000"):
            return ()
        return tuple(
            one.code for one in self._known.values()
            if one.code[:4] == city[:4] and one.code != city and not one.until and not one.successors and one.name not in _WHOLE_CITY
        )  # fmt: skip

    def check(self, code: str) -> Checked:
        """Look at a code; a withdrawn one with a single successor is replaced, anything else is stored as it is."""
        plain = re.sub(r"\.0$", "", "".join(code.split()))
        if len(plain) in (2, 4) and plain.isdigit():
            plain = plain.ljust(6, "0")
        if not _CODE.fullmatch(plain):
            return Checked(plain, DivisionDoubt.SHAPE)
        found = self._known.get(plain[:6])
        if found is None:
            return Checked(plain, DivisionDoubt.UNKNOWN)
        if not found.successors:
            return Checked(plain)
        if len(found.successors) == 1:
            return Checked(found.successors[0], DivisionDoubt.WITHDRAWN, found.successors)
        return Checked(plain, DivisionDoubt.WITHDRAWN, found.successors)

    def full_name(self, code: str) -> str:
        """Return the names from the province down to the county, as 浙江省宁波市北仑区; empty for an unknown code."""
        steps = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code[:6]))
        found = (self._known.get(step) for step in steps)
        return "".join(one.name for one in found if one and one.name not in _WHOLE_CITY)

    def find(self, province: str, city: str, county: str, near: str = "") -> str:
        """Return the code of a place given by names, empty where it is unknown or several fit.

        Args:
            near: Code of the office's own division, which decides between places of one name.
        """
        asked = (province, city, county, near)
        found = self._found.get(asked)
        return self._keep(asked, self._find(*asked)) if found is None else found

    def of_address(self, address: str, near: str = "") -> str:
        """Return the code of the division that an address begins with, empty where it names none or several fit."""
        front = _FRONT.match(address)
        if not front or not front[0]:
            return ""
        asked = (front[0], near)
        found = self._found.get(asked)
        return (
            self._keep(asked, self._narrow(self._names_in_front(front[0]), near)) if found is None else found
        )

    def _keep(self, asked: tuple[str, ...], found: str) -> str:
        """Remember an answer: a register names the same few places again and again."""
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[asked] = found
        return found

    def _find(self, province: str, city: str, county: str, near: str) -> str:
        names = [name for name in (province, city, county) if name and name not in _WHOLE_CITY]
        split = [part for name in names for part in self._parts(name)]
        return self._narrow(split, near) if split else ""

    def _parts(self, name: str) -> list[str]:
        """Split 拉萨市城关区 into its divisions; a name that is one division stays whole."""
        if _stem(name) in self._by_stem:
            return [name]
        return self._names_in_front(name)

    def _names_in_front(self, text: str) -> list[str]:
        names: list[str] = []
        while name := self._name_in_front(text):
            names.append(name)
            text = text[len(name) :]
        return names

    def _narrow(self, names: list[str], near: str) -> str:
        """Return the one division that all names lead to, each within the one before it."""
        within = [""]
        for name in names:
            codes = [
                code for code in self._by_stem.get(_stem(name), ()) if _fits(name, self._known[code].name)
            ]
            inside = [
                code for code in codes if any(code != top and code.startswith(_reach(top)) for top in within)
            ]
            if not inside:
                continue  # 北京市北京市, or a place that the list does not know below one that it knows
            within = inside
        if within == [""]:
            return ""
        current = list(dict.fromkeys(self._now(code) for code in within))
        for digits in (6, 4, 2) if near else ():
            if len(current) > 1:
                current = [code for code in current if code[:digits] == near[:digits]] or current
        return current[0] if len(current) == 1 else ""

    def _now(self, code: str) -> str:
        later = self._known[code].successors
        return later[0] if len(later) == 1 else code

    def _name_in_front(self, text: str) -> str:
        for length in range(min(_LONGEST, len(text)), 1, -1):
            name = text[:length]
            if _TAIL.search(name) and _stem(name) in self._by_stem:
                return name
        return ""


def _stem(name: str) -> str:
    stem = _TAIL.sub("", name)
    return stem if len(stem) > 1 else name


def _fits(said: str, known: str) -> bool:
    """Return whether a spelling may mean this division: the same name, or one without its ending."""
    return said == known or _stem(said) == said or _stem(known) == _stem(said)


def _reach(code: str) -> str:
    """Return the digits that all divisions below a code begin with."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
