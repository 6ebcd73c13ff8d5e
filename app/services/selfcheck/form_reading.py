"""Read an Excel form back: everything is right, or every wrong cell is named with its reason and nothing is taken."""

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.errors import Refused
from app.core.self_checks import Anomaly, Filled, GivenItem, Package, Promise, Reply, Statement
from app.services.selfcheck import form_layout as lay
from app.services.selfcheck.form_layout import DetailSheet, ItemSheet
from app.sheets.reading import book_of
from checklists import cells, tables
from checklists.cells import CellInvalid
from checklists.schema import AnswerKind, AnswerState, ColumnKind, Given, Item, Template

_MOST_CASES = 10**9
_LONGEST = 5_000
_NOISE = 6  # decimals beyond which a spreadsheet's figures are its own arithmetic
_FIGURES = (ColumnKind.MONEY, ColumnKind.DECIMAL, ColumnKind.INTEGER)
_BETWEEN = re.compile(r"[;；,，、\n]")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that must be mended: its sheet, its address (`D5`), why."""

    sheet: str
    cell: str
    reason: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell} {self.reason}"


class FormWrong(Refused):
    """A form with faults; nothing of it was taken. `faults` names every one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("selfcheck.cells", count=len(faults), cells="；".join(map(str, faults[:12])))
        self.faults = tuple(faults)
        if len(faults) > 12:
            self.params["cells"] = f"{self.params['cells']}……"


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A form that is right. `absent`: files it names that were not given with it, as `sheet!cell name`."""

    filled: Filled
    absent: tuple[str, ...]


def form_of(content: bytes) -> tuple[str, str]:
    """Return for which self-check a form was made, and the digest of its package.

    Raises:
        Refused: `selfcheck.not_a_form`.
    """
    rows = _book(content).get(lay.HIDDEN, [])
    said = [row[0] if row else "" for row in rows[:3]]
    if len(said) < 3 or said[0] != lay.FORM:
        raise Refused("selfcheck.not_a_form")
    return said[1], said[2]


def read_form(content: bytes, package: Package, templates: Sequence[Template], files: Mapping[str, str]) -> ReadForm:
    """Return what a form says.

    Args:
        files: SHA-256 by name of the files that were given with it.

    Raises:
        FormWrong: Naming every cell that is wrong.
        Refused: `selfcheck.not_a_form`.
    """
    reader = _Reader(_book(content), files)
    sheets = lay.item_sheets(package, templates)
    rows = reader.details(lay.detail_sheets(sheets))
    answers = tuple(one for sheet in sheets for one in reader.items(sheet, rows))
    filled = Filled(
        answers=answers,
        anomalies=reader.anomalies(package.anomalies),
        promises=reader.promises(),
        statement=reader.statement(),
    )
    if reader.faults:
        raise FormWrong(reader.faults)
    return ReadForm(filled, tuple(reader.absent))


class _Reader:
    def __init__(self, sheets: Mapping[str, list[list[str]]], files: Mapping[str, str]) -> None:
        self._sheets, self._files = sheets, files
        self.faults: list[Fault] = []
        self.absent: list[str] = []

    def statement(self) -> Statement:
        rows = self._rows(lay.ABOUT)
        said = {}
        for row, (field, _, _) in enumerate(lay.STATEMENT, lay.STATEMENT_ROW):
            said[field] = self._text(lay.ABOUT, rows, row, 1)
        return Statement(**said)

    def items(self, sheet: ItemSheet, details: Mapping[str, list[Mapping[str, str]]]) -> list[GivenItem]:
        rows, found = self._rows(sheet.name), []
        for row, item in enumerate(sheet.items, lay.FIRST_ROW):
            if not self._same(sheet.name, rows, row, lay.CODE, item.code):
                continue
            self._same(sheet.name, rows, row, lay.QUESTION, item.question)
            found.append(self._item(sheet, rows, row, item, details.get(item.code, [])))
        self._nothing_below(sheet.name, rows, lay.FIRST_ROW + len(sheet.items))
        return found

    def _item(
        self, sheet: ItemSheet, rows: list[list[str]], row: int, item: Item, details: list[Mapping[str, str]]
    ) -> GivenItem:
        name = sheet.name
        state = self._choice(name, rows, row, lay.STATE, lay.STATES, "open")
        count = self._whole(name, rows, row, lay.COUNT)
        typed = self._money(name, rows, row, lay.AMOUNT)
        given = Given(AnswerState(state), rows=tuple(details), amount_cny=typed)
        amount = tables.amount_of(item, given) if item.columns else typed
        if details and typed is not None and amount is not None and amount != typed:
            self._fault(name, row, lay.AMOUNT, f"与明细合计 {amount} 元不符；有明细的可以不填")
        if state in ("pass", "na") and amount:
            self._fault(name, row, lay.STATE, "填了金额，结果却不是“不符合”")
        if state == "open" and (details or amount or count):
            self._fault(name, row, lay.STATE, "填了明细、例数或金额，没有选择结果")
        return GivenItem(
            sheet.template.id, item.code, state, self._value(name, rows, row, item), count, amount,
            self._text(name, rows, row, lay.DETAIL), tuple(details), self._proofs(name, rows, row, lay.PROOF),
        )  # fmt: skip

    def details(self, sheets: Sequence[DetailSheet]) -> dict[str, list[Mapping[str, str]]]:
        found: dict[str, list[Mapping[str, str]]] = {}
        for sheet in sheets:
            rows = self._rows(sheet.name)
            known = {item.code: item for _, item in sheet.items}
            for row in range(lay.FIRST_ROW, len(rows)):
                if not any(cell for cell in rows[row]):
                    continue
                code = self._text(sheet.name, rows, row, 0)
                if code not in known:
                    self._fault(sheet.name, row, 0, "没有选择编号" if not code else f"“{code[:20]}”不是本表可选的编号")
                    continue
                found.setdefault(code, []).append(self._detail(sheet, rows, row))
        return found

    def _detail(self, sheet: DetailSheet, rows: list[list[str]], row: int) -> Mapping[str, str]:
        said = {}
        for place, column in enumerate(sheet.columns, 1):
            text = self._text(sheet.name, rows, row, place)
            if column.formula is not None:
                if text:
                    self._fault(sheet.name, row, place, "由程序计算，不需要填写")
                continue
            try:
                value = cells.read(column, _quiet(text) if column.kind in _FIGURES else text)
            except CellInvalid as error:
                self._fault(sheet.name, row, place, error.sentence)
                continue
            if value is not None:
                said[column.name] = cells.write(column, value) if not isinstance(value, str) else text
            elif column.required:
                self._fault(sheet.name, row, place, f"“{column.title}”没有填写")
        return said

    def anomalies(self, asked: tuple[Anomaly, ...]) -> tuple[Anomaly, ...]:
        if not asked:
            return ()
        rows, found = self._rows(lay.ANOMALIES), []
        for row, one in enumerate(asked, lay.FIRST_ROW):
            self._same(lay.ANOMALIES, rows, row, lay.A_QUESTION, one.question)
            reply = self._choice(lay.ANOMALIES, rows, row, lay.A_REPLY, lay.REPLIES, Reply.OPEN)
            amount = self._money(lay.ANOMALIES, rows, row, lay.A_DECLARED)
            nature = self._text(lay.ANOMALIES, rows, row, lay.A_NATURE)
            grounds = self._text(lay.ANOMALIES, rows, row, lay.A_GROUNDS)
            proofs = self._proofs(lay.ANOMALIES, rows, row, lay.A_PROOF)
            if reply is Reply.CONFIRMED and amount is None:
                self._fault(lay.ANOMALIES, row, lay.A_DECLARED, "属实的应填写确认金额，没有金额的填 0")
            if reply is Reply.DENIED and not grounds:
                self._fault(lay.ANOMALIES, row, lay.A_GROUNDS, "不属实的应写明理由或佐证依据")
            if reply is Reply.DENIED and amount:
                self._fault(lay.ANOMALIES, row, lay.A_DECLARED, "不属实的不应填写确认金额")
            if reply is Reply.OPEN and (amount is not None or nature or grounds):
                self._fault(lay.ANOMALIES, row, lay.A_REPLY, "没有选择是否属实")
            found.append(
                dataclasses.replace(one, reply=reply, nature=nature, declared_cny=amount, grounds=grounds, evidence=proofs)
            )
        self._nothing_below(lay.ANOMALIES, rows, lay.FIRST_ROW + len(asked))
        return tuple(found)

    def promises(self) -> tuple[Promise, ...]:
        rows, found = self._rows(lay.PROMISES), []
        for row in range(lay.FIRST_ROW, len(rows)):
            texts = [self._text(lay.PROMISES, rows, row, place) for place in range(len(lay.PROMISE_COLUMNS))]
            if not any(texts):
                continue
            amount = self._money(lay.PROMISES, rows, row, lay.P_AMOUNT)
            day = self._day(lay.PROMISES, rows, row, lay.P_DAY)
            if not texts[lay.P_AMOUNT] or amount == 0:
                self._fault(lay.PROMISES, row, lay.P_AMOUNT, "没有填写金额")
            if not texts[lay.P_DAY]:
                self._fault(lay.PROMISES, row, lay.P_DAY, "没有填写承诺退回日期")
            if amount and day:
                found.append(Promise(amount, day, texts[lay.P_NOTE]))
        return tuple(found)

    def _value(self, name: str, rows: list[list[str]], row: int, item: Item) -> str | None:
        text = self._text(name, rows, row, lay.VALUE)
        if not text:
            return None
        if item.kind not in lay.VALUED:
            self._fault(name, row, lay.VALUE, "这一项不填数值")
            return None
        try:
            if item.kind in (AnswerKind.NUMBER, AnswerKind.PERCENT):
                number = cells.number(_quiet(text))
                high = item.maximum if item.maximum is not None else 100 if item.kind is AnswerKind.PERCENT else None
                low = item.minimum if item.minimum is not None else 0
                if number < low or (high is not None and number > high):
                    raise CellInvalid(f"应不小于 {low}" if high is None else f"应在 {low} 到 {high} 之间")
                return f"{number:f}"
            if item.kind is AnswerKind.DATE:
                return cells.day(text).isoformat()
        except CellInvalid as error:
            self._fault(name, row, lay.VALUE, error.sentence)
            return None
        if item.kind is AnswerKind.CHOICE and text not in item.choices:
            self._fault(name, row, lay.VALUE, f"只能选：{'、'.join(item.choices)[:80]}")
            return None
        return text

    def _rows(self, sheet: str) -> list[list[str]]:
        if sheet not in self._sheets:
            self._fault(sheet, 0, 0, "缺少这张工作表")
            return []
        return self._sheets[sheet]

    def _same(self, sheet: str, rows: list[list[str]], row: int, column: int, wanted: str) -> bool:
        text = _at(rows, row, column)
        if " ".join(text.split()) == " ".join(wanted.split()):
            return True
        if sheet in self._sheets:
            self._fault(sheet, row, column, f"锁定的内容被改动，应为“{wanted[:30]}”")
        return False

    def _nothing_below(self, sheet: str, rows: list[list[str]], first: int) -> None:
        for row in range(first, len(rows)):
            if any(cell for cell in rows[row]):
                self._fault(sheet, row, 0, "表格之外多出一行")

    def _text(self, sheet: str, rows: list[list[str]], row: int, column: int) -> str:
        text = _at(rows, row, column)
        if len(text) > _LONGEST:
            self._fault(sheet, row, column, f"文字过长（{len(text)} 字），至多 {_LONGEST} 字")
            return ""
        return text

    def _choice(self, sheet: str, rows: list[list[str]], row: int, column: int, words: Mapping[str, Any], empty: Any) -> Any:
        text = self._text(sheet, rows, row, column)
        if not text:
            return empty
        if text not in words:
            self._fault(sheet, row, column, f"“{text[:20]}”不在可选项之内：{'、'.join(words)}")
            return empty
        return words[text]

    def _money(self, sheet: str, rows: list[list[str]], row: int, column: int) -> Decimal | None:
        number = self._number(sheet, rows, row, column)
        if number is None:
            return None
        if number != number.quantize(_CENT):
            self._fault(sheet, row, column, "金额最多两位小数")
            return None
        return number.quantize(_CENT)

    def _whole(self, sheet: str, rows: list[list[str]], row: int, column: int) -> int | None:
        number = self._number(sheet, rows, row, column)
        if number is None:
            return None
        if number != int(number) or number > _MOST_CASES:
            self._fault(sheet, row, column, "应为整数")
            return None
        return int(number)

    def _number(self, sheet: str, rows: list[list[str]], row: int, column: int) -> Decimal | None:
        text = self._text(sheet, rows, row, column)
        if not text:
            return None
        try:
            number = cells.number(_quiet(text))
        except CellInvalid as error:
            self._fault(sheet, row, column, error.sentence)
            return None
        if number < 0:
            self._fault(sheet, row, column, "不能为负数")
            return None
        return number

    def _day(self, sheet: str, rows: list[list[str]], row: int, column: int) -> dt.date | None:
        text = self._text(sheet, rows, row, column)
        try:
            return cells.day(text) if text else None
        except CellInvalid as error:
            self._fault(sheet, row, column, error.sentence)
            return None

    def _proofs(self, sheet: str, rows: list[list[str]], row: int, column: int) -> tuple[str, ...]:
        names = [one.strip() for one in _BETWEEN.split(self._text(sheet, rows, row, column)) if one.strip()]
        self.absent += [f"{sheet}!{lay.cell_name(row, column)} {one}" for one in names if one not in self._files]
        return tuple(dict.fromkeys(self._files[one] for one in names if one in self._files))

    def _fault(self, sheet: str, row: int, column: int, reason: str) -> None:
        self.faults.append(Fault(sheet, lay.cell_name(row, column), reason))


def _book(content: bytes) -> dict[str, list[list[str]]]:
    """Return the cells of every sheet from A1 on, as somebody would type them."""
    try:
        return {one.name: one.rows for one in book_of(content, "").sheets}
    except Refused as error:
        raise Refused("selfcheck.not_a_form") from error


def _at(rows: list[list[str]], row: int, column: int) -> str:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _quiet(text: str) -> str:
    """Return a figure without the noise of a spreadsheet's arithmetic: `0.30000000000000004` is 0.3."""
    head, _, tail = text.partition(".")
    if len(tail) <= _NOISE or not (head + tail).isdigit():
        return text
    return f"{Decimal(text).quantize(Decimal(1).scaleb(-_NOISE)).normalize():f}"
