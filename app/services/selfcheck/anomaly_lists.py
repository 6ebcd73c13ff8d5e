"""Known anomalies from a table that somebody prepared: item, period, amount, question, source."""

import dataclasses
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from app.core.errors import Refused
from app.core.money import parse_cny
from app.core.naming import narrow
from app.core.self_checks import Anomaly
from app.sheets.reading import read_book
from app.sheets.writing import SheetOut, write_book

_TITLES: Mapping[str, tuple[str, ...]] = {
    "item": ("关联项目", "项目", "检查项", "编号"),
    "period": ("期间", "时间", "时间段", "费用期间"),
    "amount": ("涉及金额", "涉及金额（元）", "金额", "金额（元）", "疑似金额"),
    "question": ("异常情况", "异常", "问题", "疑点", "疑点描述", "问题描述"),
    "source": ("来源", "数据来源", "规则"),
}
_LOOKED_AT = 5
_NAMED = 8
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}-[0-9]{1,3}(\.[0-9]{1,3})?", re.ASCII)


def read_anomalies(path: Path) -> tuple[Anomaly, ...]:
    """Return the anomalies of a workbook or delimited text; the heading stands in one of its first rows.

    Raises:
        Refused: `selfcheck.list_columns` where no column says what is odd, `selfcheck.list_rows` naming the rows that are
            wrong, and what `read_book` refuses.
    """
    for sheet in read_book(path).sheets:
        for top, heading in enumerate(sheet.rows[:_LOOKED_AT]):
            columns = _columns(heading)
            if "question" in columns:
                return _read(sheet.rows, top + 1, columns)
    raise Refused("selfcheck.list_columns")


def belonging(anomalies: Iterable[Anomaly], items: Collection[str]) -> tuple[Anomaly, ...]:
    """Return anomalies with the codes of their items as the checklists write them; other words stay.

    Args:
        items: Codes of the items that are asked.

    Raises:
        Refused: `selfcheck.list_items` naming those that have a code which is not asked, or more than the code.
    """
    found, wrong = [], []
    for number, one in enumerate(anomalies, 1):
        plain = narrow(one.item).upper()
        code = _CODE.match(plain)
        if plain not in items and code is not None and (code[0] == plain or code[0] in items):
            wrong.append(f"第 {number} 条“{one.item[:20]}”（{one.question[:20]}）")
        found.append(dataclasses.replace(one, item=plain) if plain in items else one)
    if wrong:
        raise Refused("selfcheck.list_items", count=len(wrong), rows="；".join(wrong[:_NAMED]))
    return tuple(found)


def write_template(to: Path) -> None:
    """Write an empty table with the heading, to be filled in.

    Raises:
        Unavailable: `sheet.not_written`.
    """
    heading = ("关联项目", "期间", "涉及金额（元）", "异常情况", "来源")
    write_book(to, (SheetOut("异常数据", heading, (), widths=(14, 22, 16, 60, 20)),))


def _columns(heading: list[str]) -> dict[str, int]:
    said = [text.replace(" ", "").replace("(", "（").replace(")", "）") for text in heading]
    return {
        name: said.index(title) for name, titles in _TITLES.items() for title in reversed(titles) if title in said
    }  # fmt: skip


def _read(rows: list[list[str]], first: int, columns: Mapping[str, int]) -> tuple[Anomaly, ...]:
    found, wrong = [], []
    for number, row in enumerate(rows[first:], first + 1):
        said = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        if not any(said.values()):
            continue
        try:
            amount = parse_cny(said["amount"]) if said.get("amount") else None
        except Refused:
            wrong.append(f"第 {number} 行：金额“{said['amount'][:20]}”无法识别")
            continue
        if not said["question"]:
            wrong.append(f"第 {number} 行：没有写明异常情况")
            continue
        found.append(Anomaly("", said["question"], said.get("item", ""), said.get("period", ""), amount, said.get("source", "")))
    if wrong:
        raise Refused("selfcheck.list_rows", count=len(wrong), rows="；".join(wrong[:_NAMED]))
    return tuple(found)
