"""What a template makes of the answers: what is shown, what is missing, what it comes to.

Pure functions over frozen values. An answer to an item that is not shown counts as not given. Conditions look only
backwards in the sheet (the checker sees to it), so one pass decides what is visible.

Unknown facts never hide an item, never require one and never fire a rule.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from checklists import cells, expressions, tables
from checklists.cells import CellInvalid
from checklists.expressions import evaluate, truth
from checklists.grammar import Value, parse
from checklists.schema import (
    AnswerKind,
    AnswerState,
    Given,
    Item,
    Problem,
    Progress,
    Section,
    Severity,
    Template,
)
from checklists.tables import amount_of, computed_rows, totals

__all__ = [
    "FACTS",
    "amount_of",
    "computed_rows",
    "problems",
    "progress",
    "totals",
    "value_of",
    "visible_items",
    "visible_sections",
]

#: What a condition may know about the inspection besides `today`; dates travel as ISO text.
FACTS = frozenset({"kind", "level", "ownership", "period_from", "period_to"})

_NOTHING = Given()


def visible_items(
    template: Template, given: Mapping[str, Given], today: dt.date | None, facts: Mapping[str, str] | None = None
) -> tuple[Item, ...]:
    """Return the items an inspector is to see now, in order.

    `facts` are those of `FACTS`; a missing or empty one is unknown.
    """
    return tuple(item for _, items in visible_sections(template, given, today, facts) for item in items)


def visible_sections(
    template: Template, given: Mapping[str, Given], today: dt.date | None, facts: Mapping[str, str] | None = None
) -> tuple[tuple[Section, tuple[Item, ...]], ...]:
    """Return the sections with something to see now, each with its visible items."""
    return tuple(_Sheet(template, given, today, facts or {}).sections)


def problems(
    template: Template, given: Mapping[str, Given], today: dt.date | None, facts: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """Return everything the template holds against the answers, in the order of the sheet."""
    sheet = _Sheet(template, given, today, facts or {})
    found: list[Problem] = []
    for item in template.items:
        if item.code in sheet.shown:
            found += _item_problems(item, sheet)
        elif given.get(item.code, _NOTHING).state is not AnswerState.OPEN:
            message = "按现有情况本项不再适用，已填写的结果不计入"
            found.append(Problem(item.code, Severity.NOTE, "hidden_answer", message))
    return tuple(found)


def progress(
    template: Template,
    given: Mapping[str, Given],
    today: dt.date | None = None,
    facts: Mapping[str, str] | None = None,
    *,
    section: str | None = None,
) -> Progress:
    """Count the visible items by state, of the whole sheet or of one section (its id)."""
    sections = visible_sections(template, given, today, facts)
    items = [item for one, items in sections if section in (None, one.id) for item in items]
    states = [given.get(item.code, _NOTHING).state for item in items]
    return Progress(
        total=len(states),
        passed=states.count(AnswerState.PASS),
        failed=states.count(AnswerState.FAIL),
        not_applicable=states.count(AnswerState.NOT_APPLICABLE),
    )


def value_of(item: Item, given: Given) -> Value:
    """Return the typed value of a number, percentage, date, choice or text item, None where there is none.

    Raises:
        CellInvalid: If the text does not fit the kind or the allowed range.
    """
    text = (given.value or "").strip()
    if not text:
        return None
    match item.kind:
        case AnswerKind.NUMBER | AnswerKind.PERCENT:
            return _in_range(item, cells.number(text))
        case AnswerKind.DATE:
            return cells.day(text)
        case AnswerKind.CHOICE if text not in item.choices:
            raise CellInvalid("不在可选项之内")
    return text


def _in_range(item: Item, value: Decimal) -> Decimal:
    if item.minimum is not None and value < item.minimum:
        raise CellInvalid(f"不能小于{item.minimum:f}")
    if item.maximum is not None and value > item.maximum:
        raise CellInvalid(f"不能大于{item.maximum:f}")
    return value


class _Sheet:
    """The answers that count: walked once from top to bottom, deciding what is shown."""

    def __init__(
        self, template: Template, given: Mapping[str, Given], today: dt.date | None, facts: Mapping[str, str]
    ) -> None:
        self.today = today
        self.facts = facts
        self.items: dict[str, Item] = {}
        self.shown: dict[str, Given] = {}
        self.sections: list[tuple[Section, tuple[Item, ...]]] = []
        for section in template.sections:
            items = []
            open_section = self._holds(section.show_when, None) is not False
            for item in section.items:
                self.items[item.code] = item
                if open_section and self._holds(item.show_when, item) is not False:
                    self.shown[item.code] = given.get(item.code, _NOTHING)
                    items.append(item)
            if items:
                self.sections.append((section, tuple(items)))

    def _holds(self, condition: str | None, item: Item | None) -> bool | None:
        return True if condition is None else self.holds(condition, item)

    def holds(self, condition: str, item: Item | None) -> bool | None:
        return truth(evaluate(parse(condition), _ItemScope(self, item)))

    def given(self, code: str) -> Given:
        return self.shown.get(code, _NOTHING)


class _ItemScope:
    """What the condition of one item can see."""

    def __init__(self, sheet: _Sheet, item: Item | None) -> None:
        self._sheet = sheet
        self._item = item

    def name(self, name: str) -> Value:
        if name == "today":
            return self._sheet.today
        text = self._sheet.facts.get(name, "") if name in FACTS else ""
        if not text:
            return None
        if not name.startswith("period_"):
            return text
        try:
            return cells.day(text)
        except CellInvalid:
            return None

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        names = [str(argument) for argument in arguments]
        if function == "total":
            item = self._item if len(names) == 1 else self._sheet.items.get(names[0])
            return None if item is None else totals(item, self._sheet.given(item.code)).get(names[-1])
        item = self._sheet.items.get(names[0]) if names else self._item
        return None if item is None else _about(function, item, self._sheet.given(item.code))

    def rows(self) -> Sequence[expressions.Scope]:
        if self._item is None:
            return ()
        typed = tables.typed_rows(self._item, self._sheet.given(self._item.code))
        return tuple(tables.RowScope(row) for row in typed)


def _about(function: str, item: Item, given: Given) -> Value:
    match function:
        case "passed":
            return given.state is AnswerState.PASS
        case "failed":
            return given.state is AnswerState.FAIL
        case "na":
            return given.state is AnswerState.NOT_APPLICABLE
        case "assessed":
            return given.state is not AnswerState.OPEN
        case "value":
            return _readable_value(item, given)
        case "count":
            return None if given.count is None else Decimal(given.count)
        case "amount":
            return amount_of(item, given)
        case "evidence":
            return Decimal(given.evidence)
        case "rows":
            return Decimal(len(tables.typed_rows(item, given)))
        case "noted":
            return bool(given.note.strip() or given.detail.strip())
        case "filled":
            return bool((given.value or "").strip())
    return None


def _readable_value(item: Item, given: Given) -> Value:
    try:
        return value_of(item, given)
    except CellInvalid:
        return None


def _item_problems(item: Item, sheet: _Sheet) -> list[Problem]:
    given = sheet.given(item.code)
    found = [*_state_problems(item, given), *_value_problems(item, given), *_row_problems(item, given)]
    if given.state is AnswerState.OPEN and item.required_when is not None and sheet.holds(item.required_when, item):
        found.append(Problem(item.code, Severity.BLOCK, "required", "本项必须检查，尚未检查"))
    found += [
        Problem(item.code, rule.severity, rule.code, rule.message)
        for rule in item.rules
        if sheet.holds(rule.when, item) is True
    ]
    return found


def _state_problems(item: Item, given: Given) -> list[Problem]:
    if given.state is AnswerState.NOT_APPLICABLE and not given.note.strip():
        return [Problem(item.code, Severity.NOTE, "reason_missing", "判定为不适用，未说明理由")]
    if given.state is AnswerState.FAIL and given.evidence < 1:
        return [Problem(item.code, Severity.BLOCK, "evidence_missing", "判定为不符合，没有关联证据")]
    return []


def _value_problems(item: Item, given: Given) -> list[Problem]:
    judged = given.state in (AnswerState.PASS, AnswerState.FAIL)
    found = []
    if (given.count is not None and given.count < 0) or (given.amount_cny is not None and given.amount_cny < 0):
        found.append(Problem(item.code, Severity.BLOCK, "value_invalid", "例数和金额不能为负数"))
    if item.kind in (AnswerKind.STATE, AnswerKind.ROWS):
        return found
    if item.kind is AnswerKind.STATE_AMOUNT:
        if given.state is AnswerState.FAIL and (given.count is None or given.amount_cny is None):
            found.append(Problem(item.code, Severity.WARN, "amount_missing", "判定为不符合，未填写例数或涉及金额"))
        return found
    try:
        value = value_of(item, given)
    except CellInvalid as error:
        severity = Severity.BLOCK if judged else Severity.WARN
        return [*found, Problem(item.code, severity, "value_invalid", f"填写的内容{error.sentence}")]
    if value is None and judged and item.kind is not AnswerKind.TEXT:
        found.append(Problem(item.code, Severity.WARN, "required", "已作出判定，未填写结果"))
    return found


def _row_problems(item: Item, given: Given) -> list[Problem]:
    if not item.columns:
        return []
    failed = given.state is AnswerState.FAIL
    severity = Severity.BLOCK if failed else Severity.WARN
    found = [
        Problem(item.code, severity, "row_cell_invalid", sentence)
        for index, row in enumerate(given.rows, start=1)
        if not tables.is_blank(item, row)
        for sentence in _cell_sentences(item, row, index)
    ]
    sums = totals(item, given)
    if failed and item.kind is AnswerKind.ROWS and _lacks_total(item, sums):
        found.append(Problem(item.code, Severity.BLOCK, "rows_without_total", "判定为不符合，明细表没有合计"))
    amount = tables.amount_column(item)
    if amount is not None and (sums[amount.name] or 0) < 0:
        found.append(Problem(item.code, severity, "value_invalid", f"{amount.title}合计不能为负数"))
    return found


def _cell_sentences(item: Item, row: Mapping[str, str], index: int) -> list[str]:
    sentences = []
    for column in item.columns:
        if column.formula is not None:
            continue
        try:
            value = cells.read(column, row.get(column.name, ""))
        except CellInvalid as error:
            sentences.append(f"明细第{index}行“{column.title}”{error.sentence}")
        else:
            if value is None and column.required:
                sentences.append(f"明细第{index}行未填写“{column.title}”")
    return sentences


def _lacks_total(item: Item, sums: Mapping[str, Decimal | None]) -> bool:
    required = [column.name for column in item.columns if column.total and column.required]
    return all(total is None for total in sums.values()) or any(sums[name] is None for name in required)
