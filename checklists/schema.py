"""The vocabulary of a checklist template (检查清单模板), and of the answers it is judged against.

Everything here is a frozen value; nothing reads a file. A published version is never reinterpreted: an inspection
stores `(template id, version, digest)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class AnswerKind(StrEnum):
    """What an item asks for besides its state."""

    STATE = "state"
    STATE_AMOUNT = "state_amount"
    ROWS = "rows"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    CHOICE = "choice"
    TEXT = "text"


class AnswerState(StrEnum):
    """The four states of an item. `OPEN` (未检查) is never `PASS`."""

    OPEN = "open"
    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "na"


class Severity(StrEnum):
    """How much a rule of the template weighs: `BLOCK` stops signing, nothing ever stops working."""

    NOTE = "note"
    WARN = "warn"
    BLOCK = "block"


class ColumnKind(StrEnum):
    """What a cell of a detail row holds; cells travel as text and are parsed by kind."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """One typed column of a ROWS item.

    Attributes:
        formula: Arithmetic over other column names (`quantity * price`), computed and read-only, or None.
        total: True where the column is summed below the rows.
    """

    name: str
    title: str
    kind: ColumnKind
    required: bool = False
    formula: str | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """One legal ground: `law` is the short title (医疗保障基金使用监督管理条例), article and item as printed."""

    law: str
    article: str | None = None
    item: str | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of one item that the template decides.

    Attributes:
        when: Expression of `logic` over this and other answers; the rule fires when it is true.
        message: Chinese sentence for the inspector.
    """

    code: str
    when: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question an inspector answers. `violations` are codes of the 35-item dictionary (案由)."""

    code: str
    question: str
    look_at: str
    capture: str
    kind: AnswerKind
    violation_title: str
    violations: tuple[str, ...]
    basis: tuple[Basis, ...]
    source: str
    columns: tuple[Column, ...] = ()
    choices: tuple[str, ...] = ()
    unit: str | None = None
    show_when: str | None = None
    required_when: str | None = None
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of items in the order of the paper form."""

    id: str
    title: str
    items: tuple[Item, ...]
    show_when: str | None = None


@dataclass(frozen=True, slots=True)
class Applies:
    """Which institutions a template is offered for; an empty tuple means any."""

    kinds: tuple[str, ...]
    levels: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A prepared interview question; `items` are the codes whose failing makes it worth asking."""

    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """One published version of a checklist.

    Attributes:
        digest: SHA-256 (hex) of the file's bytes; an inspection pins it.
        subject: What the sheet is about, for the offer list, shorter than `title`.
    """

    id: str
    version: int
    title: str
    subject: str
    source: str
    applies: Applies
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    digest: str

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in order."""
        return tuple(item for section in self.sections for item in section.items)

    def item(self, code: str) -> Item:
        """Return the item with this code, or raise `KeyError`."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the logic sees it.

    Attributes:
        value: Text of a number, percentage (`85.5` means 85.5 %), ISO date, choice or text item.
        rows: One mapping column name → cell text per detail row; formula columns may be absent.
        evidence: How many unvoided pieces of evidence are linked to the item.
    """

    state: AnswerState = AnswerState.OPEN
    value: str | None = None
    count: int | None = None
    amount_cny: Decimal | None = None
    detail: str = ""
    note: str = ""
    rows: tuple[Mapping[str, str], ...] = field(default=())
    evidence: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the template holds against an answer.

    Attributes:
        code: Stable name of the check: `evidence_missing`, `rows_without_total`, `row_cell_invalid`, `required`, `value_invalid`
            or the code of a template rule.
        message: Chinese sentence ready to show (template content, not interface text).
    """

    item: str
    severity: Severity
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One entry of the violation dictionary (案由).

    Attributes:
        family: Article family of 条例: `38`, `39`, `40`, `41`, `other`.
        penalty: Range as printed for information (`1–2 倍`, `1–5 万元`), computed elsewhere from dated data.
    """

    code: str
    title: str
    category: str
    family: str
    basis: tuple[Basis, ...]
    penalty: str
    source: str
