"""The vocabulary of a checklist template (检查清单模板), and of the answers it is judged against.

Everything here is a frozen value; nothing reads a file. A published version is never reinterpreted: an inspection
stores `(template id, version, digest)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

_NUMERALS = "零一二三四五六七八九"


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
    CHOICE = "choice"


class Track(StrEnum):
    """Which way a failed item goes when it does not (only) lead to a penalty of the fund regulation.

    `penalty` has codes of the violation dictionary; `agreement` is settled under the service agreement or contract,
    `transfer` handed to the authority in charge, `procurement` goes to the purchasing rules and credit rating, `quality`
    is a figure without a violation, `supervision` concerns the authority's own agency or contractors, `pending` waits for
    what the check of each case finds.
    """

    PENALTY = "penalty"
    AGREEMENT = "agreement"
    TRANSFER = "transfer"
    PROCUREMENT = "procurement"
    QUALITY = "quality"
    SUPERVISION = "supervision"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Column:
    """One typed column of a detail table.

    Attributes:
        formula: Arithmetic over other column names (`quantity * price`), computed and read-only, or None.
        total: True where the column is summed below the rows.
        choices: Allowed texts of a CHOICE column.
        hint: What to write in the cell, empty where the title says it all.
    """

    name: str
    title: str
    kind: ColumnKind
    required: bool = False
    formula: str | None = None
    total: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""


def chinese_number(digits: str) -> str:
    """Write a number below 100 in Chinese numerals (`38` → `三十八`); other text is returned unchanged."""
    if not digits.isascii() or not digits.isdigit() or not 0 < int(digits) < 100:
        return digits
    tens, ones = divmod(int(digits), 10)
    ten_part = "" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens] + "十"
    return ten_part + (_NUMERALS[ones] if ones else "")


@dataclass(frozen=True, slots=True)
class Basis:
    """One legal ground: `law` is the short title (医疗保障基金使用监督管理条例), article and item as printed.

    Attributes:
        article: Number of the article in digits (`38`), or None for the whole law.
        item: Number of the item (项) in digits (`3`), or None for the whole article.
        verified: False where the official text has not been read by whoever wrote the template.
        note: What the number cannot say (`2026-04-01 起施行`), empty mostly.
    """

    law: str
    article: str | None = None
    item: str | None = None
    verified: bool = True
    note: str = ""

    @property
    def citation(self) -> str:
        """The ground as a document prints it: `《医疗保障基金使用监督管理条例》第三十八条第（三）项`."""
        text = f"《{self.law}》" if "〔" not in self.law else self.law
        if self.article is not None:
            text += f"第{chinese_number(self.article)}条"
        if self.item is not None:
            text += f"第（{chinese_number(self.item)}）项"
        return text


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
    """One question an inspector answers.

    Attributes:
        violations: Codes of the violation dictionary (案由), the likeliest first; empty where `track` is not a penalty.
        columns: Detail table: the answer itself of a ROWS item, an optional worksheet under a number or a percentage.
        minimum: Smallest allowed value of a number or percentage, or None.
        maximum: Largest allowed value, or None.
        show_when: Condition of `logic`; None means always.
        required_when: Condition under which the item may not stay open at signing; None means never.
        rules: Checks the template decides, each with its severity.
    """

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
    track: Track = Track.PENALTY
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of items in the order of the paper form."""

    id: str
    title: str
    items: tuple[Item, ...]
    show_when: str | None = None


@dataclass(frozen=True, slots=True)
class Applies:
    """Which institutions a template is offered for; an empty tuple means any.

    Attributes:
        kinds: `pharmacy`, `hospital`, `community`, `clinic`, `ltc`, `supplier`, `agency`, `other`.
        levels: 三级, 二级, 一级, 未定级.
        ownerships: `public`, `private`.
        rank: Place in the offer, lower first.
    """

    kinds: tuple[str, ...]
    levels: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()
    rank: int = 100


@dataclass(frozen=True, slots=True)
class Question:
    """A prepared interview question; `items` are the codes whose failing makes it worth asking."""

    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """One published version of a checklist.

    Attributes:
        digest: SHA-256 (hex) of the file's bytes with every newline as LF; an inspection pins it.
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
        subject: Who commits it: `agency`, `provider`, `individual` or `other`.
        evidence: The least evidence a file needs.
        dispositions: What may follow, in words.
        synonyms: Names the same act goes by on paper forms.
    """

    code: str
    title: str
    category: str
    family: str
    basis: tuple[Basis, ...]
    penalty: str
    source: str
    subject: str = "provider"
    evidence: str = ""
    dispositions: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What the first lines of a template file say, enough to offer it without reading the rest."""

    id: str
    version: int
    title: str
    subject: str
    source: str
    applies: Applies


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a checklist is, over the items visible now; hidden items do not count."""

    total: int
    passed: int
    failed: int
    not_applicable: int

    @property
    def assessed(self) -> int:
        """Items that have a state other than 未检查."""
        return self.passed + self.failed + self.not_applicable

    @property
    def open(self) -> int:
        """Items not assessed yet; they are never counted as passed."""
        return self.total - self.assessed
