"""Registers as workbooks, under the names that an import knows; every cell is a text."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from app.core.divisions import Divisions
from app.core.registers import Imported, ImportKind, RowNote
from app.db.repos.values import read_texts
from app.services.registers.fields import names_of
from app.sheets.writing import SheetOut, write_book

_SAID: Final[Mapping[str, Mapping[Any, str]]] = {
    "kind": {
        "pharmacy": "零售药店", "hospital": "医院", "community": "社区卫生服务机构、卫生院", "clinic": "诊所、门诊部、卫生室",
        "ltc": "长期护理服务机构", "supplier": "生产、配送企业", "agency": "经办机构", "other": "其他",
    },
    "ownership": {"public": "公立", "private": "民营"},
    "pooling": {"open": "已开通", "closed": "未开通"},
    "agreement": {"active": "有效", "suspended": "中止", "ended": "解除"},
    "status": {"active": "正常", "closed": "关闭", "suspended": "停业", "deregistered": "注销"},
    "joint": {1: "是", 0: "否"},
    "is_active": {1: "是", 0: "否"},
}  # fmt: skip
_NOT_EXPORTED: Final = frozenset(("code", "province", "city", "county", "designated", "licence_period"))
_WIDE: Final = {"name": 36, "address": 48, "credit_code": 22, "medins_code": 18, "licence_no": 24, "unit": 28}
REASON: Final = "退回原因"
ROW: Final = "原行号"


def export(path: Path, kind: ImportKind, rows: Iterable[dict[str, Any]], divisions: Divisions) -> int:
    """Write a register to a workbook; return how many rows it has."""
    names = {field: labels[0] for field, labels in names_of(kind).items() if field not in _NOT_EXPORTED}
    count = 0

    def cells() -> Iterable[Sequence[str]]:
        nonlocal count
        for values in rows:
            count += 1
            yield [
                *(_text(field, values) for field in names),
                divisions.full_name(str(values.get("division") or "")),
            ]

    widths = [_WIDE.get(field, 16) for field in names]
    title = "机构名录" if kind is ImportKind.INSTITUTIONS else "人员名录"
    write_book(path, [SheetOut(title, [*names.values(), "区划名称"], cells(), [*widths, 28])])
    return count


def write_rejected(path: Path, result: Imported, say: Callable[[RowNote], str]) -> None:
    """Write the rejected rows as they stood, each with its row number and its reason, to be mended and imported again.

    Args:
        say: Returns a note as a sentence.
    """
    width = max([len(result.header), *(len(one.cells) for one in result.rejected)])
    header = [*result.header, *("" for _ in range(width - len(result.header))), ROW, REASON]
    rows = (
        [*one.cells, *("" for _ in range(width - len(one.cells))), str(one.note.row), say(one.note)]
        for one in result.rejected
    )
    write_book(path, [SheetOut("待修改", header, rows, [*(18 for _ in range(width)), 8, 60])])


def _text(field: str, values: dict[str, Any]) -> str:
    if field == "paid":
        amount = values.get("paid_fen")
        return "" if amount is None else f"{Decimal(amount) / 100:.2f}"
    value = values.get(field)
    if value is None:
        return ""
    if field == "level":  # as registers write it: 三级甲等
        return f"{value}{values.get('grade') or ''}"
    if field == "specialities":
        return "、".join(read_texts(value))
    return _SAID.get(field, {}).get(value, str(value))
