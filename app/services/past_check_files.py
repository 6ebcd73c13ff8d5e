"""Past checks from a table: who was checked when and by whom, as other programs and lists state it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.core.coverage import PastCheck
from app.core.errors import Refused
from app.core.ids import InstitutionId, PastCheckId
from app.core.places import Institution
from app.services.registers.values import day
from app.sheets.model import Sheet
from app.sheets.reading import read_book

_LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("医保编码", "医保代码", "机构编码", "统一社会信用代码", "信用代码"),
    "name": (
        "机构名称",
        "医药机构名称",
        "定点医药机构名称",
        "检查对象",
        "被检查单位",
        "被检查机构",
        "单位名称",
        "名称",
        "机构",
    ),
    "on_day": ("检查日期", "现场检查日期", "检查时间", "日期"),
    "by_whom": ("检查单位", "检查机关", "实施单位", "检查部门"),
    "plan": ("检查计划", "专项名称", "检查名称", "工作名称", "计划"),
    "outcome": ("检查结果", "结果", "处理情况", "处理结果"),
    "source": ("来源", "备注"),
}
_HEADER_WITHIN: Final = 10


@dataclass(frozen=True, slots=True)
class RejectedCheck:
    """A row that was not taken: its number in the file and why, as a code with a sentence of its own."""

    row: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportedChecks:
    """What became of a file: `read` = `imported` + `known` (in the file twice, or here already) + `rejected`."""

    read: int
    imported: int
    known: int
    rejected: tuple[RejectedCheck, ...]


def rows_of(path: Path) -> tuple[Sheet, int, Mapping[str, int]]:
    """Return the table of a file, the row of its header and where its columns are.

    Raises:
        Refused: `past_check.columns` where no row names an institution and a day, and what `read_book` refuses.
        Unavailable: `sheet.missing`.
    """
    for sheet in read_book(path).sheets:
        for number, cells in enumerate(sheet.rows[:_HEADER_WITHIN]):
            columns = _columns(cells)
            if "on_day" in columns and ("code" in columns or "name" in columns):
                return sheet, number, columns
    raise Refused("past_check.columns", name=path.name)


def checks_of(
    sheet: Sheet, header: int, columns: Mapping[str, int], register: Sequence[Institution], *, by_whom: str, source: str,
    today: dt.date,
) -> Iterator[PastCheck | RejectedCheck]:  # fmt: skip
    """Yield a check, or why there is none, for each row that is not empty.

    Args:
        by_whom: Who checked where the row does not say.
        source: Where it is known from where the row does not say.
    """
    known = _Register(register)
    for number, cells in enumerate(sheet.rows[header + 1 :], header + 2):
        if not any(cells):
            continue
        said = {field: cells[place] if place < len(cells) else "" for field, place in columns.items()}
        named = said.get("code") or said.get("name") or ""
        found, reason = known.find(said.get("code", ""), said.get("name", ""))
        on_day = day(said.get("on_day", ""))
        whom = said.get("by_whom") or by_whom
        if found is None:
            yield RejectedCheck(number, reason, named)
        elif on_day is None:
            yield RejectedCheck(number, "past_check.day", said.get("on_day", ""))
        elif on_day > today:
            yield RejectedCheck(number, "past_check.future", on_day.isoformat())
        elif not whom:
            yield RejectedCheck(number, "past_check.by_whom_missing", named)
        else:
            yield PastCheck(
                PastCheckId(""), found, on_day, whom, said.get("plan", ""), said.get("outcome", ""),
                said.get("source") or source,
            )  # fmt: skip


class _Register:
    """Institutions by code and by name."""

    def __init__(self, register: Sequence[Institution]) -> None:
        self._by_code: dict[str, InstitutionId] = {}
        self._by_name: dict[str, set[InstitutionId]] = {}
        for one in register:
            for code in (one.medins_code, one.credit_code):
                if code:
                    self._by_code[code.upper()] = one.id
            self._by_name.setdefault(one.name, set()).add(one.id)

    def find(self, code: str, name: str) -> tuple[InstitutionId | None, str]:
        """Return the institution, or None and the code of why it is not found."""
        if code:
            found = self._by_code.get(code.upper())
            if found is not None:
                return found, ""
        those = self._by_name.get(name, set())
        if len(those) == 1:
            return next(iter(those)), ""
        return None, "past_check.ambiguous" if those else "past_check.unknown"


def _columns(cells: Sequence[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        label = cell.rstrip("*：:").strip()
        for field, labels in _LABELS.items():
            if label in labels:
                found.setdefault(field, place)
    return found
