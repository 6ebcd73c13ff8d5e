"""现场检查表: every item of a template with its answer, and the detail rows behind it."""

from collections import Counter
from decimal import Decimal, InvalidOperation

from forms.errors import RowsMisshapen, TotalsDisagree
from forms.kit.document import Context, Document, inspector_slots, party_slot
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Part, Title
from forms.kit.tables import Align, Cell, Row, Table, label, natural_widths
from forms.kit.wording import joined, minute, yuan
from forms.model import ChecklistSheet, ColumnKind, ItemState, SheetItem
from forms.papers import Basis, Paper
from forms.shared import INSPECTIONS, required

_STATES = {
    ItemState.PASS: "符合",
    ItemState.FAIL: "不符合",
    ItemState.NOT_APPLICABLE: "不适用",
    ItemState.OPEN: "未检查",
}
_WIDTHS = (2.1, 6.6, 1.7, 1.5, 2.6, 2.2)
_HEADER = (tuple(label(text) for text in ("编码", "检查内容", "结果", "数量", "金额（元）", "证据")),)


def compose(sheet: ChecklistSheet, context: Context) -> list[Part]:
    """Return the parts of the sheet.

    Raises:
        RowsMisshapen: If a row is not as wide as its heading.
        TotalsDisagree: If a column does not add up to the total given.
    """
    parts: list[Part] = [
        Title("现场检查表" + (f"\n（{sheet.template}）" if sheet.template else ""), context.number),
        _head(sheet),
    ]
    for section in sheet.sections:
        parts.append(Heading(section.title))
        waiting: list[Row] = []
        for item in section.items:
            check_rows(item)
            waiting += _item_rows(item)
            if item.rows:
                parts += [Table(_WIDTHS, tuple(waiting), header=_HEADER, gap=0), _detail(item)]
                waiting = []
        if waiting or not section.items:
            parts.append(Table(_WIDTHS, tuple(waiting), header=_HEADER))
    return [*parts, Blank()]


def _head(sheet: ChecklistSheet) -> Fields:
    items = [item for section in sheet.sections for item in section.items]
    states = Counter(item.state for item in items)
    counts = "　".join(f"{word} {states[state]} 项" for state, word in _STATES.items())
    return Fields(
        (
            (("被检查单位", sheet.institution.name),),
            (
                ("检查时间", minute(sheet.inspected_at)),
                ("清单版本", f"{sheet.template_code} {sheet.version}"),
            ),
            (("检查人员", joined([f"{one.name}（{one.licence_no}）" for one in sheet.inspectors])),),
            (("检查结果", f"共 {len(items)} 项：{counts}"),),
        )
    )


def _item_rows(item: SheetItem) -> list[Row]:
    count = "" if item.count is None else f"{item.count:,}"
    row: Row = (
        Cell(item.code, "center", size=8.5),
        Cell(item.question),
        Cell(_STATES[item.state], "center", label=item.state is ItemState.FAIL),
        Cell(count, "right"),
        Cell(yuan(item.amount_fen), "right", size=9.5),
        Cell(joined(item.evidence), size=9.5),
    )
    notes = [("答案", item.answer), ("情况", item.detail), ("案由", item.violation)]
    notes.append(("依据", "；".join(item.basis)))
    text = "\n".join(f"{name}：{value}" for name, value in notes if value)
    return [row, (label("说明", size=9), Cell(text, span=5, size=9))] if text else [row]


def _detail(item: SheetItem) -> Table:
    kinds = [column.kind for column in item.columns]
    titles = ["序号", *(column.title for column in item.columns)]
    lines = [[str(n), *row] for n, row in enumerate(item.rows, 1)]
    totals = ["合计", *(total or "" for total in item.totals)] if item.totals else []
    size = 9.0 if len(titles) <= 8 else 7.5 if len(titles) <= 14 else 5.5
    aligns: list[Align] = ["center", *("left" if kind is ColumnKind.TEXT else "right" for kind in kinds)]
    rows = [
        tuple(Cell(text, align, size=size) for text, align in zip(line, aligns, strict=True))
        for line in lines
    ]
    if totals:
        rows.append(
            tuple(
                Cell(text, align, label=True, size=size, shaded=True)
                for text, align in zip(totals, aligns, strict=True)
            )
        )
    widths = natural_widths(titles, [*lines, totals] if totals else lines)
    header = (
        (label(f"{item.code} 明细", span=len(titles), size=size),),
        tuple(label(title, size=size) for title in titles),
    )
    return Table(tuple(widths), tuple(rows), header=header)


def check_rows(item: SheetItem) -> None:
    """Refuse rows that do not fit their heading, or do not add up to their totals.

    Raises:
        RowsMisshapen: On a row of another width.
        TotalsDisagree: On a sum that differs.
    """
    width = len(item.columns)
    if any(len(row) != width for row in (*item.rows, *([item.totals] if item.totals else []))):
        raise RowsMisshapen(item=item.code)
    for place, total in enumerate(item.totals):
        if total is None:
            continue
        given, counted = _number(total), [_number(row[place]) for row in item.rows]
        if given is None or None in counted or given != sum((n or Decimal() for n in counted), Decimal()):
            raise TotalsDisagree(item=item.code, column=item.columns[place].title, total=total)


def _number(text: str) -> Decimal | None:
    tidy = text.replace(",", "").replace("，", "").strip()
    try:
        return Decimal(tidy or "0")
    except InvalidOperation:
        return None


def slots(sheet: ChecklistSheet) -> tuple[Slot, ...]:
    """Return who signs every page."""
    return (party_slot(sheet.party), *inspector_slots(sheet.inspectors))


DOCUMENT = Document("checklist_sheet", "现场检查表", ChecklistSheet, compose, slots)
PAPER = Paper(
    id="checklist_sheet",
    entry=27,
    title=DOCUMENT.title,
    source=Basis.PRACTICE,
    basis=("《医疗保障基金使用监督管理条例》第二十七条",),
    file_order=210,
    needs=required(*INSPECTIONS, instead="sheet"),
    record=ChecklistSheet,
)
