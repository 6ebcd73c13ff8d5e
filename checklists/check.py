"""Every fault of a template in one pass: form, fields, and what the fields say about one another."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from checklists import expressions, loader, tables
from checklists.errors import ExpressionBroken, Fault, TemplateBroken
from checklists.grammar import (
    ITEM_FUNCTIONS,
    ROW_FUNCTIONS,
    Among,
    Binary,
    Call,
    Cell,
    Literal,
    Name,
    Node,
    parse,
    walk,
)
from checklists.loader import Listing, Scalar, Table
from checklists.logic import FACTS
from checklists.reading import try_template
from checklists.registry import Registry
from checklists.schema import AnswerKind, Column, ColumnKind, Item, Question, Section, Template, Track

KINDS = frozenset({"pharmacy", "hospital", "community", "clinic", "ltc", "supplier", "agency", "other"})
LEVELS = frozenset({"三级", "二级", "一级", "未定级"})
OWNERSHIPS = frozenset({"public", "private"})
BUILT_IN = frozenset(
    {"evidence_missing", "rows_without_total", "row_cell_invalid", "required", "value_invalid", "amount_missing",
     "reason_missing", "hidden_answer"}
)  # fmt: skip

_FACT_VALUES = {"kind": KINDS, "level": LEVELS, "ownership": OWNERSHIPS}
_NUMERIC = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.MONEY})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_ID = re.compile(r"[A-Z][A-Z0-9]{1,7}", re.ASCII)
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}-[0-9]{1,3}(\.[0-9]{1,3})?", re.ASCII)


def check(source: Path | str, violations: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Return everything that is wrong with a template, given as a file (`Path`) or as text.

    `violations` are the codes items may name; without it those of the installed dictionary.
    """
    if isinstance(source, Path):
        raw, file = source.read_bytes(), f"{source.parent.name}/{source.name}"
    else:
        # No file can hold a lone surrogate; passed through, it is reported as what it is: not UTF-8.
        raw, file = source.encode("utf-8", "surrogatepass"), "text"
    template, faults = try_template(raw, file)
    if template is None:
        return faults
    known = frozenset(violations) if violations is not None else frozenset(v.code for v in Registry.load().violations())
    judge = _Judge(template, file, _lines(raw, file), known)
    judge.all()
    if isinstance(source, Path):
        judge.name_of(source)
    return (*faults, *judge.faults)


def _lines(raw: bytes, file: str) -> dict[str, int]:
    """Return the line of every place of the file."""
    try:
        top, _ = loader.parse(loader.decode(raw, file), file)
    except TemplateBroken:
        return {}
    lines: dict[str, int] = {}

    def note(node: loader.Node, place: str) -> None:
        lines[place] = node.line
        match node:
            case Table():
                for name, below in node.fields.items():
                    note(below, f"{place}.{name}" if place else name)
            case Listing():
                for index, below in enumerate(node.parts):
                    note(below, f"{place}[{index}]")
            case Scalar():
                pass

    note(top, "")
    return lines


class _Judge:
    """Walks a read template; `place` names where in the file each fault stands."""

    def __init__(self, template: Template, file: str, lines: dict[str, int], violations: Collection[str]) -> None:
        self.template = template
        self.file = file
        self.lines = lines
        self.violations = violations
        self.faults: list[Fault] = []
        self.items = {item.code: item for item in template.items}
        self.order = {code: index for index, code in enumerate(item.code for item in template.items)}

    def fault(self, code: str, place: str, detail: str = "") -> None:
        where = place
        while where and where not in self.lines:
            where = where.rpartition(".")[0] if "." in where else ""
        self.faults.append(Fault(code, self.file, self.lines.get(where, 1), place, detail))

    def name_of(self, path: Path) -> None:
        if path.parent.name != self.template.id:
            self.fault("checklist.wrong_folder", "id", f"{path.parent.name} != {self.template.id}")
        if path.name != f"v{self.template.version:02}.yaml":
            self.fault("checklist.wrong_file_name", "version", path.name)

    def all(self) -> None:
        template = self.template
        if not _ID.fullmatch(template.id):
            self.fault("checklist.bad_id", "id", template.id)
        if template.version < 1:
            self.fault("checklist.bad_version", "version", str(template.version))
        self.applies()
        self.unique("sections", [section.id for section in template.sections], "checklist.duplicate_section")
        seen: set[str] = set()
        for index, section in enumerate(template.sections):
            self.section(section, f"sections[{index}]", seen)
        for index, question in enumerate(template.questions):
            self.question(question, f"questions[{index}]")

    def applies(self) -> None:
        applies = self.template.applies
        for name, given, known in (
            ("kinds", applies.kinds, KINDS),
            ("levels", applies.levels, LEVELS),
            ("ownerships", applies.ownerships, OWNERSHIPS),
        ):
            for value in given:
                if value not in known:
                    self.fault("checklist.unknown_institution", f"applies.{name}", value)

    def unique(self, place: str, names: Iterable[str], code: str) -> None:
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                self.fault(code, f"{place}[{index}]", name)
            seen.add(name)

    def section(self, section: Section, place: str, seen: set[str]) -> None:
        first = self.order.get(section.items[0].code, 0) if section.items else 0
        self.condition(section.show_when, f"{place}.show_when", None, before=first)
        for index, item in enumerate(section.items):
            here = f"{place}.items[{index}]"
            if item.code in seen:
                self.fault("checklist.duplicate_code", f"{here}.code", item.code)
            seen.add(item.code)
            self.item(item, here)

    def question(self, question: Question, place: str) -> None:
        for code in question.items:
            if code not in self.items:
                self.fault("checklist.unknown_item", f"{place}.items", code)

    def item(self, item: Item, place: str) -> None:
        if not _CODE.fullmatch(item.code) or not item.code.startswith(f"{self.template.id}-"):
            self.fault("checklist.bad_code", f"{place}.code", item.code)
        for code in item.violations:
            if code not in self.violations:
                self.fault("checklist.unknown_violation", f"{place}.violations", code)
        if not item.violations and item.track is Track.PENALTY:
            self.fault("checklist.no_violation", f"{place}.violations", item.code)
        for index, basis in enumerate(item.basis):
            if basis.item is not None and basis.article is None:
                self.fault("checklist.item_without_article", f"{place}.basis[{index}]", basis.law)
        self.kind(item, place)
        self.columns(item, place)
        self.condition(item.show_when, f"{place}.show_when", item, before=self.order[item.code])
        self.condition(item.required_when, f"{place}.required_when", item)
        self.unique(f"{place}.rules", [rule.code for rule in item.rules], "checklist.duplicate_rule")
        for index, rule in enumerate(item.rules):
            if rule.code in BUILT_IN or not _NAME.fullmatch(rule.code):
                self.fault("checklist.bad_rule_code", f"{place}.rules[{index}].code", rule.code)
            self.condition(rule.when, f"{place}.rules[{index}].when", item)

    def kind(self, item: Item, place: str) -> None:
        if (item.kind is AnswerKind.CHOICE) != bool(item.choices):
            self.fault("checklist.choices", f"{place}.choices", item.kind.value)
        self.unique(f"{place}.choices", item.choices, "checklist.duplicate_choice")
        measured = item.kind in (AnswerKind.NUMBER, AnswerKind.PERCENT)
        if not measured and (item.minimum is not None or item.maximum is not None or item.unit is not None):
            self.fault("checklist.range_without_number", place, item.kind.value)
        if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
            self.fault("checklist.empty_range", f"{place}.minimum", f"{item.minimum} > {item.maximum}")

    def columns(self, item: Item, place: str) -> None:
        here = f"{place}.columns"
        if item.kind is AnswerKind.ROWS and not any(column.total for column in item.columns):
            self.fault("checklist.rows_need_a_total", here, item.code)
        if item.columns and item.kind not in (AnswerKind.ROWS, AnswerKind.NUMBER, AnswerKind.PERCENT):
            self.fault("checklist.columns_without_rows", here, item.kind.value)
        self.unique(here, [column.name for column in item.columns], "checklist.duplicate_column")
        earlier: dict[str, Column] = {}
        for index, column in enumerate(item.columns):
            self.column(column, f"{here}[{index}]", earlier)
            earlier[column.name] = column

    def column(self, column: Column, place: str, earlier: dict[str, Column]) -> None:
        if not _NAME.fullmatch(column.name) or column.name in ("and", "or", "not", "in", "true", "false"):
            self.fault("checklist.bad_column_name", place, column.name)
        if column.total and column.kind not in _NUMERIC:
            self.fault("checklist.total_of_no_number", place, column.name)
        if (column.kind is ColumnKind.CHOICE) != bool(column.choices):
            self.fault("checklist.choices", place, column.name)
        node = self.parsed(column.formula, place)
        if node is None:
            return
        if column.kind not in _NUMERIC:
            self.fault("checklist.formula_of_no_number", place, column.name)
        for part in walk(node):
            if isinstance(part, Name) and part.name not in earlier:
                self.fault("checklist.unknown_column", place, part.name)
            elif isinstance(part, Name) and earlier[part.name].kind not in _NUMERIC | {ColumnKind.DATE}:
                self.fault("checklist.formula_of_text", place, part.name)
            elif isinstance(part, Cell) or (isinstance(part, Call) and part.function in ITEM_FUNCTIONS | {"total"}):
                self.fault("checklist.not_in_a_formula", place, str(column.formula))

    def parsed(self, text: str | None, place: str) -> Node | None:
        if text is None:
            return None
        try:
            return parse(text)
        except ExpressionBroken as error:
            self.fault("checklist.expression", place, f"{error.params.get('reason')} at {error.params.get('at')}: {text}")
            return None

    def condition(self, text: str | None, place: str, item: Item | None, before: int | None = None) -> None:
        """Check one condition; `before` is the place in the sheet it must look back from."""
        node = self.parsed(text, place)
        if node is None:
            return
        inside = {id(part) for call in walk(node) if _is_row_call(call) for part in walk(call)}
        for part in walk(node):
            if isinstance(part, Name) and part.name not in FACTS | {"today"}:
                self.fault("checklist.unknown_name", place, part.name)
            elif isinstance(part, Cell):
                known = item is not None and part.column in {column.name for column in item.columns}
                if id(part) not in inside or not known:
                    self.fault("checklist.unknown_column", place, f"row.{part.column}")
            elif _is_row_call(part) and (item is None or not item.columns):
                self.fault("checklist.rows_of_nothing", place, str(text))
            elif isinstance(part, Call):
                self.call(part, place, item, before)
                self.date(part, place)
        self.fact_values(node, place)

    def call(self, call: Call, place: str, item: Item | None, before: int | None) -> None:
        if call.function not in ITEM_FUNCTIONS | {"total"}:
            return
        names = [part.value for part in call.arguments if isinstance(part, Literal) and isinstance(part.value, str)]
        if len(names) < len(call.arguments):
            self.fault("checklist.argument_not_a_text", place, call.function)
            return
        column = names.pop() if call.function == "total" else None
        target = self.items.get(names[0]) if names else item
        if target is None:
            self.fault("checklist.unknown_item", place, names[0] if names else call.function)
            return
        if before is not None and self.order[target.code] >= before:
            self.fault("checklist.looks_forward", place, target.code)
        if column is not None and column not in {one.name for one in target.columns if one.total}:
            self.fault("checklist.unknown_column", place, f"{target.code} {column}")

    def date(self, call: Call, place: str) -> None:
        argument = call.arguments[0] if call.function == "date" else None
        if argument is not None and expressions.evaluate(call, tables.RowScope({})) is None:
            self.fault("checklist.not_a_date", place, str(argument))

    def fact_values(self, node: Node, place: str) -> None:
        """A misspelt level would silently hide a section for ever."""
        for part in walk(node):
            if isinstance(part, Among):
                pairs = [(part.operand, option) for option in part.options]
            elif isinstance(part, Binary) and part.operator in ("==", "!="):
                pairs = [(part.left, part.right), (part.right, part.left)]
            else:
                continue
            for fact, literal in pairs:
                known = _FACT_VALUES.get(fact.name) if isinstance(fact, Name) else None
                if known is not None and isinstance(literal, Literal) and literal.value not in known:
                    self.fault("checklist.unknown_institution", place, str(literal.value))


def _is_row_call(node: Node) -> bool:
    return isinstance(node, Call) and node.function in ROW_FUNCTIONS
