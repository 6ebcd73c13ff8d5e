"""The Excel form of a self-check: which sheet, which column, which words. What writes it and what reads it agree here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.core.self_checks import Package, Reply, TemplateRef
from checklists.schema import AnswerKind, Column, Item, Template

NOTES, ABOUT, ANOMALIES, PROMISES, HIDDEN = "填写说明", "基本情况", "异常数据", "退款承诺", "_yanfang"
ITEMS = "自查表"
FORM = "yanfang.self-check-form/1"
STATES: Mapping[str, str] = {"符合": "pass", "不符合": "fail", "不适用": "na", "未检查": "open"}
REPLIES: Mapping[str, Reply] = {"属实": Reply.CONFIRMED, "不属实": Reply.DENIED}
FIRST_ROW = 3  # of the sheets with rows, counted from 0: title, hint, heading above it
DETAIL_ROWS, PROMISE_ROWS = 300, 20

# Columns of the items: heading, width, whether it is filled in.
ITEM_COLUMNS = (
    ("编号", 10, False), ("检查项目", 36, False), ("查看资料", 18, False), ("结果", 9, True), ("数值或内容", 16, True),
    ("单位", 6, False), ("例数", 8, True), ("金额（元）", 14, True), ("情况说明", 40, True), ("佐证文件名", 24, True),
)  # fmt: skip
CODE, QUESTION, LOOK_AT, STATE, VALUE, UNIT, COUNT, AMOUNT, DETAIL, PROOF = range(len(ITEM_COLUMNS))
ANOMALY_COLUMNS = (
    ("序号", 6, False), ("关联项目", 12, False), ("期间", 18, False), ("涉及金额（元）", 14, False), ("异常情况", 40, False),
    ("是否属实", 10, True), ("问题性质", 18, True), ("确认金额（元）", 14, True), ("说明或佐证依据", 40, True),
    ("佐证文件名", 24, True),
)  # fmt: skip
A_NUMBER, A_ITEM, A_PERIOD, A_AMOUNT, A_QUESTION, A_REPLY, A_NATURE, A_DECLARED, A_GROUNDS, A_PROOF = range(
    len(ANOMALY_COLUMNS)
)
PROMISE_COLUMNS = (("退回金额（元）", 16, True), ("承诺退回日期", 14, True), ("说明", 50, True))
P_AMOUNT, P_DAY, P_NOTE = range(len(PROMISE_COLUMNS))
# What is said of the whole: field of `Statement`, label, hint.
STATEMENT = (
    ("period", "自查期间", "如 2026年1月至6月"),
    ("responsible", "负责人", "对自查真实性、完整性负责的人"),
    ("post", "职务", ""),
    ("phone", "联系电话", ""),
    ("course", "自查开展情况", "怎样组织、查了哪些内容和资料"),
    ("measures", "整改措施", "建章立制、内部培训、追责等"),
)
STATEMENT_ROW = 5
VALUED = (AnswerKind.NUMBER, AnswerKind.PERCENT, AnswerKind.DATE, AnswerKind.CHOICE, AnswerKind.TEXT)


@dataclass(frozen=True, slots=True)
class ItemSheet:
    """One sheet of items."""

    name: str
    template: Template
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class DetailSheet:
    """One sheet of detail rows: the items that share these columns."""

    name: str
    columns: tuple[Column, ...]
    items: tuple[tuple[str, Item], ...]


def asked_items(template: Template, ref: TemplateRef) -> tuple[Item, ...]:
    """Return the items of the sections that are asked."""
    wanted = set(ref.sections)
    return tuple(item for one in template.sections if not wanted or one.id in wanted for item in one.items)


def item_sheets(package: Package, templates: Sequence[Template]) -> tuple[ItemSheet, ...]:
    """Return the sheets of items in order."""
    many = len(templates) > 1
    return tuple(
        ItemSheet(f"{ITEMS}{one.id}" if many else ITEMS, one, asked_items(one, ref))
        for ref, one in zip(package.templates, templates, strict=True)
    )


def detail_sheets(sheets: Iterable[ItemSheet]) -> tuple[DetailSheet, ...]:
    """Return one sheet of detail rows for each kind of table that the items have."""
    found: dict[tuple[Column, ...], list[tuple[str, Item]]] = {}
    for sheet in sheets:
        for item in sheet.items:
            if item.columns:
                found.setdefault(item.columns, []).append((sheet.template.id, item))
    return tuple(
        DetailSheet(f"明细{number}", columns, tuple(items))
        for number, (columns, items) in enumerate(found.items(), 1)
    )


def cell_name(row: int, column: int) -> str:
    """Return the address of a cell as a spreadsheet names it; both counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
