"""From the tree of a file to the frozen values of `schema`, naming every field that does not fit."""

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from checklists import loader
from checklists.errors import Fault, TemplateBroken
from checklists.loader import Listing, Node, Scalar, Table
from checklists.schema import (
    AnswerKind,
    Applies,
    Basis,
    Column,
    ColumnKind,
    Head,
    Item,
    Question,
    Rule,
    Section,
    Severity,
    Template,
    Track,
    Violation,
)

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")

_HEAD_FIELDS = frozenset({"id", "version", "title", "subject", "source", "applies"})


def read_template(raw: bytes, file: str) -> Template:
    """Read one published file.

    Raises:
        TemplateBroken: If anything in it does not fit, with every fault.
    """
    template, faults = try_template(raw, file)
    if faults or template is None:
        raise TemplateBroken(faults)
    return template


def try_template(raw: bytes, file: str) -> tuple[Template | None, tuple[Fault, ...]]:
    """Read one file as far as possible; the template is None where nothing could be read at all."""
    try:
        top, faults = loader.parse(loader.decode(raw, file), file)
    except TemplateBroken as error:
        return None, error.faults
    reader = _Reader(file, list(faults))
    template = reader.template(top, loader.digest(raw))
    return template, tuple(reader.faults)


def read_head(raw: bytes, file: str) -> Head:
    """Read only what stands before `sections`.

    Raises:
        TemplateBroken: If the head does not fit.
    """
    top, faults = loader.parse(loader.decode(raw, file), file, stop_before="sections")
    reader = _Reader(file, list(faults))
    head = reader.head(top)
    if reader.faults:
        raise TemplateBroken(tuple(reader.faults))
    return head


def read_violations(raw: bytes, file: str) -> tuple[Violation, ...]:
    """Read the violation dictionary.

    Raises:
        TemplateBroken: If anything in it does not fit, with every fault.
    """
    top, faults = loader.parse(loader.decode(raw, file), file)
    reader = _Reader(file, list(faults))
    reader.only(top, "", {"source", "violations"})
    source = reader.text(top, "", "source")
    violations = reader.each(top, "", "violations", lambda table, place: reader.violation(table, place, source))
    if reader.faults:
        raise TemplateBroken(tuple(reader.faults))
    return violations


def _under(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


class _Reader:
    """Collects faults while it reads, so that one pass over a file tells everything."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file = file
        self.faults = faults
        self.tables: dict[str, tuple[Column, ...]] = {}

    def fault(self, code: str, line: int, place: str, detail: str = "") -> None:
        self.faults.append(Fault(code, self.file, line, place, detail))

    # -- fields ---------------------------------------------------------------------------------------------------

    def only(self, table: Table, place: str, known: Iterable[str]) -> None:
        for name in table.fields.keys() - set(known):
            self.fault("checklist.unknown_field", table.lines[name], _under(place, name), name)

    def text(self, table: Table, place: str, name: str, *, optional: bool = False) -> str:
        node = table.fields.get(name)
        if node is None:
            if not optional:
                self.fault("checklist.missing", table.line, _under(place, name), name)
            return ""
        return self.scalar(node, _under(place, name), may_be_empty=optional)

    def text_or_none(self, table: Table, place: str, name: str) -> str | None:
        return self.text(table, place, name) if name in table.fields else None

    def scalar(self, node: Node, place: str, *, may_be_empty: bool = False) -> str:
        if not isinstance(node, Scalar):
            self.fault("checklist.not_text", node.line, place)
            return ""
        text = node.text.strip()
        if not text and not may_be_empty:
            self.fault("checklist.empty", node.line, place)
        return text

    def flag(self, table: Table, place: str, name: str, *, default: bool) -> bool:
        text = self.text_or_none(table, place, name)
        if text is None:
            return default
        if text not in ("true", "false"):
            self.fault("checklist.not_true_or_false", table.lines[name], _under(place, name), text)
        return text == "true"

    def whole(self, table: Table, place: str, name: str, default: int | None = None) -> int:
        if name not in table.fields and default is not None:
            return default
        text = self.text(table, place, name)
        if text.isascii() and text.isdigit() and len(text) < 7:
            return int(text)
        if text:
            self.fault("checklist.not_a_number", table.lines[name], _under(place, name), text)
        return 0

    def number(self, table: Table, place: str, name: str) -> Decimal | None:
        text = self.text_or_none(table, place, name)
        if text is None:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self.fault("checklist.not_a_number", table.lines[name], _under(place, name), text)
            return None
        return value

    def kind(self, table: Table, place: str, name: str, kinds: type[_E], default: _E) -> _E:
        text = self.text(table, place, name)
        try:
            return kinds(text)
        except ValueError:
            if text:
                self.fault("checklist.unknown_kind", table.lines[name], _under(place, name), text)
            return default

    def texts(self, table: Table, place: str, name: str) -> tuple[str, ...]:
        here = _under(place, name)
        return tuple(
            self.scalar(node, f"{here}[{index}]") for index, node in enumerate(self.listing(table, place, name))
        )

    def listing(self, table: Table, place: str, name: str) -> list[Node]:
        node = table.fields.get(name)
        if node is None:
            return []
        if not isinstance(node, Listing):
            self.fault("checklist.not_a_list", node.line, _under(place, name))
            return []
        return node.parts

    def each(
        self, table: Table, place: str, name: str, read: Callable[[Table, str], _T]
    ) -> tuple[_T, ...]:
        here = _under(place, name)
        values = []
        for index, node in enumerate(self.listing(table, place, name)):
            if isinstance(node, Table):
                values.append(read(node, f"{here}[{index}]"))
            else:
                self.fault("checklist.not_a_mapping", node.line, f"{here}[{index}]")
        return tuple(values)

    # -- values ---------------------------------------------------------------------------------------------------

    def head(self, top: Table) -> Head:
        applies = top.fields.get("applies")
        if not isinstance(applies, Table):
            self.fault("checklist.missing", top.line, "applies", "applies")
            applies = Table(top.line)
        return Head(
            id=self.text(top, "", "id"),
            version=self.whole(top, "", "version"),
            title=self.text(top, "", "title"),
            subject=self.text(top, "", "subject"),
            source=self.text(top, "", "source"),
            applies=self.applies(applies, "applies"),
        )

    def template(self, top: Table, digest: str) -> Template:
        self.only(top, "", _HEAD_FIELDS | {"tables", "sections", "questions"})
        head = self.head(top)
        self.read_tables(top)
        sections = self.each(top, "", "sections", self.section)
        if not sections:
            self.fault("checklist.missing", top.line, "sections", "sections")
        return Template(
            id=head.id,
            version=head.version,
            title=head.title,
            subject=head.subject,
            source=head.source,
            applies=head.applies,
            sections=sections,
            questions=self.each(top, "", "questions", self.question),
            digest=digest,
        )

    def applies(self, table: Table, place: str) -> Applies:
        self.only(table, place, {"kinds", "levels", "ownerships", "rank"})
        return Applies(
            kinds=self.texts(table, place, "kinds"),
            levels=self.texts(table, place, "levels"),
            ownerships=self.texts(table, place, "ownerships"),
            rank=self.whole(table, place, "rank", 100),
        )

    def read_tables(self, top: Table) -> None:
        node = top.fields.get("tables")
        if node is None:
            return
        if not isinstance(node, Table):
            self.fault("checklist.not_a_mapping", node.line, "tables")
            return
        for name in node.fields:
            self.tables[name] = self.each(node, "tables", name, self.column)

    def section(self, table: Table, place: str) -> Section:
        self.only(table, place, {"id", "title", "show_when", "items"})
        items = self.each(table, place, "items", self.item)
        if not items:
            self.fault("checklist.missing", table.line, _under(place, "items"), "items")
        return Section(
            id=self.text(table, place, "id"),
            title=self.text(table, place, "title"),
            items=items,
            show_when=self.text_or_none(table, place, "show_when"),
        )

    def item(self, table: Table, place: str) -> Item:
        self.only(table, place, Item.__dataclass_fields__)
        basis = self.each(table, place, "basis", self.basis)
        if not basis:
            self.fault("checklist.missing", table.line, _under(place, "basis"), "basis")
        return Item(
            code=self.text(table, place, "code"),
            question=self.text(table, place, "question"),
            look_at=self.text(table, place, "look_at"),
            capture=self.text(table, place, "capture", optional=True),
            kind=self.kind(table, place, "kind", AnswerKind, AnswerKind.STATE),
            violation_title=self.text(table, place, "violation_title", optional=True),
            violations=self.texts(table, place, "violations"),
            basis=basis,
            source=self.text(table, place, "source"),
            columns=self.columns(table, place),
            choices=self.texts(table, place, "choices"),
            unit=self.text_or_none(table, place, "unit"),
            show_when=self.text_or_none(table, place, "show_when"),
            required_when=self.text_or_none(table, place, "required_when"),
            rules=self.each(table, place, "rules", self.rule),
            track=self.kind(table, place, "track", Track, Track.PENALTY) if "track" in table.fields else Track.PENALTY,
            minimum=self.number(table, place, "minimum"),
            maximum=self.number(table, place, "maximum"),
        )

    def columns(self, table: Table, place: str) -> tuple[Column, ...]:
        """Columns stand in the item or, where several items share them, under a name in `tables`."""
        node = table.fields.get("columns")
        if not isinstance(node, Scalar):
            return self.each(table, place, "columns", self.column)
        if node.text not in self.tables:
            self.fault("checklist.unknown_table", node.line, _under(place, "columns"), node.text)
        return self.tables.get(node.text, ())

    def column(self, table: Table, place: str) -> Column:
        self.only(table, place, Column.__dataclass_fields__)
        return Column(
            name=self.text(table, place, "name"),
            title=self.text(table, place, "title"),
            kind=self.kind(table, place, "kind", ColumnKind, ColumnKind.TEXT),
            required=self.flag(table, place, "required", default=False),
            formula=self.text_or_none(table, place, "formula"),
            total=self.flag(table, place, "total", default=False),
            choices=self.texts(table, place, "choices"),
            hint=self.text(table, place, "hint", optional=True),
        )

    def basis(self, table: Table, place: str) -> Basis:
        self.only(table, place, Basis.__dataclass_fields__)
        return Basis(
            law=self.text(table, place, "law"),
            article=self.text_or_none(table, place, "article"),
            item=self.text_or_none(table, place, "item"),
            verified=self.flag(table, place, "verified", default=True),
            note=self.text(table, place, "note", optional=True),
        )

    def rule(self, table: Table, place: str) -> Rule:
        self.only(table, place, Rule.__dataclass_fields__)
        return Rule(
            code=self.text(table, place, "code"),
            when=self.text(table, place, "when"),
            severity=self.kind(table, place, "severity", Severity, Severity.NOTE),
            message=self.text(table, place, "message"),
        )

    def question(self, table: Table, place: str) -> Question:
        self.only(table, place, {"text", "items"})
        return Question(text=self.text(table, place, "text"), items=self.texts(table, place, "items"))

    def violation(self, table: Table, place: str, source: str) -> Violation:
        self.only(table, place, Violation.__dataclass_fields__)
        return Violation(
            code=self.text(table, place, "code"),
            title=self.text(table, place, "title"),
            category=self.text(table, place, "category"),
            family=self.text(table, place, "family"),
            basis=self.each(table, place, "basis", self.basis),
            penalty=self.text(table, place, "penalty"),
            source=self.text(table, place, "source", optional=True) or source,
            subject=self.text(table, place, "subject"),
            evidence=self.text(table, place, "evidence", optional=True),
            dispositions=self.texts(table, place, "dispositions"),
            synonyms=self.texts(table, place, "synonyms"),
        )
