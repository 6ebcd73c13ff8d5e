"""Write the Excel form: what is asked is locked, what is to be filled in is white and checked while it is typed."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.core.clock import local
from app.core.self_checks import Package
from app.services.selfcheck import form_layout as lay
from app.services.selfcheck.form_layout import DetailSheet, ItemSheet
from checklists.schema import AnswerKind, ColumnKind, Item, Template

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_MOST_MONEY = 999_999_999_999
_HEADINGS = 14
_EXCEL_LIST = 250


class _Looks:
    """The formats of one workbook."""

    def __init__(self, book: "Workbook") -> None:
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "border": 1, "border_color": "#BFBFBF"}
        locked = {**base, "bg_color": "#F2F2F2", "text_wrap": True, "locked": True}
        free = {**base, "locked": False}
        add = book.add_format
        self.title: Format = add({"font_name": "宋体", "font_size": _HEADINGS, "bold": True, "valign": "vcenter"})
        self.hint: Format = add({"font_name": "宋体", "font_size": 10, "font_color": "#595959", "valign": "vcenter"})
        self.words: Format = add({"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "top"})
        self.head: Format = add({**base, "bold": True, "bg_color": "#D9E2F3", "text_wrap": True, "align": "center"})
        self.locked: Format = add(locked)
        self.locked_money: Format = add({**locked, "num_format": "#,##0.00"})
        self.text: Format = add({**free, "text_wrap": True, "num_format": "@"})
        self.choice: Format = add({**free, "align": "center"})
        self.number: Format = add({**free, "num_format": "General"})
        self.money: Format = add({**free, "num_format": "#,##0.00"})
        self.day: Format = add({**free, "num_format": "yyyy-mm-dd"})
        self.closed: Format = add({**base, "bg_color": "#D9D9D9", "locked": True})


def write_form(package: Package, digest: str, templates: Sequence[Template]) -> bytes:
    """Return the workbook; the same package gives the same bytes.

    Args:
        digest: SHA-256 of the package's JSON: an answer names it, so that it is known to belong to this package.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": package.title, "created": local(package.issued_at).replace(tzinfo=None)})
    looks = _Looks(book)
    sheets = lay.item_sheets(package, templates)
    details = lay.detail_sheets(sheets)
    _notes(book, looks, package, details)
    _about(book, looks, package)
    for sheet in sheets:
        _items(book, looks, sheet)
    for detail in details:
        _details(book, looks, detail)
    if package.anomalies:
        _anomalies(book, looks, package)
    _promises(book, looks)
    hidden = book.add_worksheet(lay.HIDDEN)
    for row, text in enumerate((lay.FORM, package.id, digest)):
        hidden.write_string(row, 0, text)
    hidden.protect()
    hidden.very_hidden()
    book.close()
    return out.getvalue()


def _notes(book: "Workbook", looks: _Looks, package: Package, details: Sequence[DetailSheet]) -> None:
    sheet = book.add_worksheet(lay.NOTES)
    sheet.set_column(0, 0, 100)
    lines = [
        f"发出单位：{package.office}　填报单位：{package.place.name}　填报期限：{package.due_on.isoformat()}",
        "一、灰色单元格是锁定的，请不要改动；白色单元格由你单位填写。不要增加、删除行列或改工作表名称，否则无法导入。",
        "二、“基本情况”填写自查期间、负责人、自查开展情况和整改措施。",
        "三、“自查表”逐项选择结果：符合、不符合、不适用；没有查的留空或选“未检查”，未检查不等于符合。结果为不符合的，填写例数、金额和情况说明。",
        *([f"四、有明细的项目见 {'、'.join(one.name for one in details)}：每行选择编号后填写，金额由明细合计得出。"] if details else []),
        "五、“异常数据”逐条答复：属实的，填写问题性质和确认金额；不属实的，写明理由并提供佐证。没有此表的，没有随附异常数据。",
        "六、“退款承诺”填写退回的金额和日期。金额以元为单位，最多两位小数；日期写作 2026-03-01。",
        "七、佐证材料（照片、PDF）与本表放在同一个文件夹一并交回，在“佐证文件名”写文件名，多个用分号隔开。",
        "八、打印《自查自纠报告》加盖公章后扫描，一并交回。自查应当真实、完整。",
    ]  # fmt: skip
    sheet.write_string(0, 0, package.title, looks.title)
    for row, text in enumerate(lines, 2):
        sheet.write_string(row, 0, text, looks.words)
        sheet.set_row(row, 34)
    sheet.protect()


def _about(book: "Workbook", looks: _Looks, package: Package) -> None:
    sheet = book.add_worksheet(lay.ABOUT)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 70)
    sheet.set_column(2, 2, 34)
    sheet.write_string(0, 0, package.title, looks.title)
    known = (("单位名称", package.place.name), ("自查依据", package.basis), ("填报期限", package.due_on.isoformat()))
    for row, (name, text) in enumerate(known, 1):
        sheet.write_string(row, 0, name, looks.head)
        sheet.write_string(row, 1, text, looks.locked)
    for row, (field, name, hint) in enumerate(lay.STATEMENT, lay.STATEMENT_ROW):
        sheet.write_string(row, 0, name, looks.head)
        sheet.write_blank(row, 1, None, looks.text)
        sheet.write_string(row, 2, hint, looks.hint)
        sheet.set_row(row, 90 if field in ("course", "measures") else 24)
    sheet.protect()


def _heading(sheet: "Worksheet", looks: _Looks, title: str, hint: str, columns: Sequence[tuple[str, int, bool]]) -> None:
    sheet.write_string(0, 0, title, looks.title)
    sheet.write_string(1, 0, hint, looks.hint)
    for place, (name, width, _) in enumerate(columns):
        sheet.write_string(lay.FIRST_ROW - 1, place, name, looks.head)
        sheet.set_column(place, place, width)
    sheet.set_row(lay.FIRST_ROW - 1, 30)
    sheet.freeze_panes(lay.FIRST_ROW, 2)


def _items(book: "Workbook", looks: _Looks, one: ItemSheet) -> None:
    sheet = book.add_worksheet(one.name)
    _heading(sheet, looks, one.template.title, f"{one.template.id} 第{one.template.version}版　白色单元格填写", lay.ITEM_COLUMNS)
    for row, item in enumerate(one.items, lay.FIRST_ROW):
        for place, text in ((lay.CODE, item.code), (lay.QUESTION, item.question), (lay.LOOK_AT, item.look_at)):
            sheet.write_string(row, place, text, looks.locked)
        sheet.write_blank(row, lay.STATE, None, looks.choice)
        _value_cell(sheet, looks, row, item)
        unit = item.unit or ("%" if item.kind is AnswerKind.PERCENT else "")
        sheet.write_string(row, lay.UNIT, unit, looks.locked)
        sheet.write_blank(row, lay.COUNT, None, looks.number)
        sheet.write_blank(row, lay.AMOUNT, None, looks.money)
        sheet.write_blank(row, lay.DETAIL, None, looks.text)
        sheet.write_blank(row, lay.PROOF, None, looks.text)
        sheet.set_row(row, 34)
    last = lay.FIRST_ROW + max(len(one.items), 1) - 1
    _pick(sheet, lay.FIRST_ROW, last, lay.STATE, list(lay.STATES))
    _figures(sheet, lay.FIRST_ROW, last, lay.COUNT, whole=True)
    _figures(sheet, lay.FIRST_ROW, last, lay.AMOUNT)
    sheet.protect("", {"format_rows": True, "format_columns": True})


def _value_cell(sheet: "Worksheet", looks: _Looks, row: int, item: Item) -> None:
    if item.kind not in lay.VALUED:
        sheet.write_blank(row, lay.VALUE, None, looks.closed)
        return
    look = {AnswerKind.DATE: looks.day, AnswerKind.NUMBER: looks.number, AnswerKind.PERCENT: looks.number}
    sheet.write_blank(row, lay.VALUE, None, look.get(item.kind, looks.text))
    if item.kind is AnswerKind.CHOICE:
        _pick(sheet, row, row, lay.VALUE, list(item.choices))


def _details(book: "Workbook", looks: _Looks, one: DetailSheet) -> None:
    sheet = book.add_worksheet(one.name)
    columns = (("编号", 10, True), *((column.title, 16, True) for column in one.columns))
    told = "；".join(f"{item.code} {item.question}" for _, item in one.items)
    _heading(sheet, looks, "明细", f"适用：{told}", columns)
    last = lay.FIRST_ROW + lay.DETAIL_ROWS - 1
    looked = {ColumnKind.MONEY: looks.money, ColumnKind.DATE: looks.day, ColumnKind.INTEGER: looks.number,
              ColumnKind.DECIMAL: looks.number}  # fmt: skip
    for row in range(lay.FIRST_ROW, last + 1):
        sheet.write_blank(row, 0, None, looks.choice)
        for place, column in enumerate(one.columns, 1):
            look = looks.closed if column.formula is not None else looked.get(column.kind, looks.text)
            sheet.write_blank(row, place, None, look)
    _pick(sheet, lay.FIRST_ROW, last, 0, [item.code for _, item in one.items])
    for place, column in enumerate(one.columns, 1):
        if column.kind is ColumnKind.CHOICE:
            _pick(sheet, lay.FIRST_ROW, last, place, list(column.choices))
        elif column.formula is None and column.kind in (ColumnKind.MONEY, ColumnKind.DECIMAL, ColumnKind.INTEGER):
            _figures(sheet, lay.FIRST_ROW, last, place, whole=column.kind is ColumnKind.INTEGER)
    sheet.protect("", {"format_rows": True, "format_columns": True})


def _anomalies(book: "Workbook", looks: _Looks, package: Package) -> None:
    sheet = book.add_worksheet(lay.ANOMALIES)
    _heading(sheet, looks, "异常数据", "逐条答复：属实的确认性质和金额；不属实的写明理由并提供佐证", lay.ANOMALY_COLUMNS)
    for row, one in enumerate(package.anomalies, lay.FIRST_ROW):
        sheet.write_number(row, lay.A_NUMBER, row - lay.FIRST_ROW + 1, looks.locked)
        for place, text in ((lay.A_ITEM, one.item), (lay.A_PERIOD, one.period), (lay.A_QUESTION, one.question)):
            sheet.write_string(row, place, text, looks.locked)
        if one.amount_cny is None:
            sheet.write_blank(row, lay.A_AMOUNT, None, looks.locked_money)
        else:
            sheet.write_number(row, lay.A_AMOUNT, float(one.amount_cny), looks.locked_money)
        sheet.write_blank(row, lay.A_REPLY, None, looks.choice)
        sheet.write_blank(row, lay.A_DECLARED, None, looks.money)
        for place in (lay.A_NATURE, lay.A_GROUNDS, lay.A_PROOF):
            sheet.write_blank(row, place, None, looks.text)
        sheet.set_row(row, 34)
    last = lay.FIRST_ROW + len(package.anomalies) - 1
    _pick(sheet, lay.FIRST_ROW, last, lay.A_REPLY, list(lay.REPLIES))
    _figures(sheet, lay.FIRST_ROW, last, lay.A_DECLARED)
    sheet.protect("", {"format_rows": True, "format_columns": True})


def _promises(book: "Workbook", looks: _Looks) -> None:
    sheet = book.add_worksheet(lay.PROMISES)
    _heading(sheet, looks, "退款承诺", "没有需要退回的留空", lay.PROMISE_COLUMNS)
    last = lay.FIRST_ROW + lay.PROMISE_ROWS - 1
    for row in range(lay.FIRST_ROW, last + 1):
        for place, look in ((lay.P_AMOUNT, looks.money), (lay.P_DAY, looks.day), (lay.P_NOTE, looks.text)):
            sheet.write_blank(row, place, None, look)
    _figures(sheet, lay.FIRST_ROW, last, lay.P_AMOUNT)
    sheet.protect("", {"format_rows": True, "format_columns": True})


def _pick(sheet: "Worksheet", first: int, last: int, column: int, words: list[str]) -> None:
    if sum(len(word) + 1 for word in words) > _EXCEL_LIST:  # a list in the cell itself holds no more: read later
        return
    sheet.data_validation(first, column, last, column, {
        "validate": "list", "source": words, "error_title": "请从列表中选择", "error_message": "、".join(words)[:220],
    })  # fmt: skip


def _figures(sheet: "Worksheet", first: int, last: int, column: int, *, whole: bool = False) -> None:
    sheet.data_validation(first, column, last, column, {
        "validate": "integer" if whole else "decimal", "criteria": "between", "minimum": 0, "maximum": _MOST_MONEY,
        "error_title": "请填写数字", "error_message": "应为整数，不能为负数" if whole else "应为不小于零的数字",
    })  # fmt: skip


