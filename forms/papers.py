"""What one official paper (文书) is: its fields in order, its fixed words, who signs where, and when it is needed.

A paper is data. `forms.registry.papers()` finds them, `forms.editions.edition()` gives title, words and labels as they
hold on a day in a province, `forms.filling.problems()` judges what was filled in, and `forms.render.render()` prints a
`forms.model.FilledPaper` like any other section.

Values are plain, as JSON would hold them, by the kind of the field:

| kind | value | example |
|---|---|---|
| TEXT, LONG_TEXT | str | `"某某药店"` |
| CHOICE | str, one of the options | `"直接送达"` |
| CHECKS | tuple of str, options or free text | `("罚款",)` |
| DATE | str, ISO day | `"2026-03-05"` |
| MINUTE | str, ISO instant with offset | `"2026-03-05T06:05:00+00:00"` |
| NUMBER | int | `3` |
| MONEY | int, fen | `735600` |
| PEOPLE | tuple of (name, licence number) | `(("张三", "3301001"), ("李四", "3301002"))` |
| TABLE | tuple of rows, each a tuple of str as wide as the columns; money cells in yuan | `(("1", "处方", "7356.00"),)` |

An absent or empty value prints as a struck field.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from forms.model import ColumnKind, Role

if TYPE_CHECKING:
    from forms.filling import Reading
    from forms.kit.parts import Part


class FieldKind(StrEnum):
    """What a field holds; the module's table says how its value is written."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    MINUTE = "minute"
    NUMBER = "number"
    MONEY = "money"
    PEOPLE = "people"
    CHOICE = "choice"
    CHECKS = "checks"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table field.

    Attributes:
        share: Width beside the other columns; any scale.
        total: True prints the sum of the column below it (NUMBER and MONEY only).
    """

    title: str
    kind: ColumnKind = ColumnKind.TEXT
    share: float = 3.0
    total: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to be filled in.

    Attributes:
        source: Where it is filled from, a name of `forms.sources.SOURCES` or `papers.<paper id>.<field id>`; empty: a
            person writes it.
        hint: What the person who fills it in should know; not printed.
        example: A value as it may look, shown grey in an empty field of the screen; not printed.
        options: Of CHOICE and CHECKS, in the order printed.
        columns: Of TABLE, without the running number, which is printed by itself.
        rows_at_least: Of TABLE and PEOPLE.
        wide: True gives it a line of its own in a table of fields; LONG_TEXT and PEOPLE always have one.
        ahead: Of MINUTE: somebody is called for this time, or announced; once its day is over the paper is not issued.
    """

    id: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    source: str = ""
    hint: str = ""
    example: str = ""
    options: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows_at_least: int = 0
    wide: bool = False
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Signing:
    """One who signs, in one place; the order of `Paper.signings` is the order of signing.

    Attributes:
        id: Named by the block that has the place; a `BoxKind.PLACE` box has the position in `Paper.signings` as index.
        label: Printed at the box.
        names: Field (TEXT or PEOPLE) that names the signers; empty: any name.
        every_page: True puts a box at the foot of every page, as `BoxKind.PAGE`.
        required: False where it is signed only in a case that the wording tells.
    """

    id: str
    role: Role
    label: str
    names: str = ""
    every_page: bool = False
    required: bool = True


class Path(StrEnum):
    """The kinds of work that ask for different papers. Source: domain 4.2."""

    RANDOM_DAILY = "random_daily"
    SPECIAL = "special"
    COMPLAINT = "complaint"
    AGREEMENT_AUDIT = "agreement_audit"
    SELF_CHECK = "self_check"
    PENALTY = "penalty"
    SUPERVISION = "supervision"
    THIRD_PARTY = "third_party"


class Level(StrEnum):
    """How a path stands to a paper; a paper without a word on a path may be used there and is not missed."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Need:
    """What a path says of a paper.

    Attributes:
        instead: Name of a group: one paper of the group is enough.
        when: Of CONDITIONAL, the case in which it is needed; of FORBIDDEN, why.
    """

    path: Path
    level: Level
    instead: str = ""
    when: str = ""


class Basis(StrEnum):
    """Where a paper's layout comes from."""

    STANDARD = "G"
    PENALTY = "P"
    AGREEMENT = "A"
    PRACTICE = "practice"


# --- Blocks: what is printed, from top to bottom. Each names fields, words or signings of its paper. ---


@dataclass(frozen=True, slots=True)
class Rows:
    """A ruled table of fields, short ones two to a line; a province's order of fields applies here."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A numbered heading (一、), its text under `words`."""

    words: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph of fixed words.

    Attributes:
        indent: False for the line that addresses the receiver (某某药店：).
        small: True for what is quoted at length.
        where: Field; without a value in it the paragraph is left out.
        equals: With `where`: the value that the field must have or hold.
    """

    words: str
    indent: bool = True
    small: bool = False
    where: str = ""
    equals: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """A long text as running paragraphs."""

    field: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table field with its columns, running numbers and totals."""

    field: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """A cell of an approval form: label, the opinion's text, place of signature and date."""

    field: str
    signing: str


@dataclass(frozen=True, slots=True)
class SealPlace:
    """The name of the authority, the date in Chinese and the place of its seal, at the right.

    Attributes:
        date: DATE field printed below the name.
        name: TEXT field with the name of who seals; empty: the authority.
    """

    signing: str
    date: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Boxes to sign side by side, within the text."""

    signings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The block of acknowledgement (签收): who received, in what capacity, when; with room for a refusal."""

    signing: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """Closing words with room for the party's own hand.

    Attributes:
        refusal: False for what only somebody willing signs (a promise): without the block for a refusal.
    """

    words: str
    signing: str
    refusal: bool = True


@dataclass(frozen=True, slots=True)
class Blank:
    """以下空白."""


Block = Rows | Head | Words | Prose | Grid | Opinion | SealPlace | Signatures | Receipt | Closing | Blank


def block_names(body: Sequence[Block]) -> tuple[str, ...]:
    """Return what a province's file calls each block: `rows:<first field>`, `words:<key>`, `seal:<signing>`, `blank` …"""
    return tuple(_block_name(one) for one in body)


def _block_name(block: Block) -> str:
    match block:
        case Rows(fields):
            return f"rows:{fields[0]}"
        case Head(words) | Words(words):
            return f"words:{words}"
        case Prose(field) | Grid(field) | Opinion(field):
            return f"field:{field}"
        case SealPlace(signing):
            return f"seal:{signing}"
        case Signatures(signings):
            return f"signatures:{signings[0]}"
        case Receipt(signing) | Closing(_, signing):
            return f"signed:{signing}"
        case Blank():
            return "blank"


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of official paper.

    Attributes:
        id: As its module is called.
        entry: Number in the list of the domain (4.1), 1–30.
        number_word: 文种 between the office's short name and the year (`检通`: 医保检通〔2026〕1号); empty: no number.
        basis: Law and standard that ask for it or shape it, as cited; law data is cited as `{law.<id>.clause}`.
        words: Fixed words by key, with `{field}`, `{authority}`, `{number}`, `{law.<id>}` and `{law.<id>.clause}`.
        signings: In the order of signing.
        copies: Originals, as printed at the foot; empty: not printed.
        file_order: Place in the file of a case (一案一卷), ascending.
        parent: Paper whose companion this is: it bears the parent's number and is issued with it.
        companions: Papers issued together with this one.
        served: True: delivered with 送达回证 or a receipt on itself.
        record: Class of `forms.model` for the papers composed from typed data; such a paper has no fields here.
        compose: A layout of its own, from the reading to parts, instead of `body`.
    """

    id: str
    entry: int
    title: str
    source: Basis
    basis: tuple[str, ...]
    file_order: int
    fields: tuple[Field, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    body: tuple[Block, ...] = ()
    signings: tuple[Signing, ...] = ()
    needs: tuple[Need, ...] = ()
    number_word: str = ""
    copies: str = ""
    parent: str = ""
    companions: tuple[str, ...] = ()
    served: bool = False
    record: type | None = None
    compose: "Callable[[Reading], list[Part]] | None" = None

    @property
    def needs_seal(self) -> bool:
        """Tell whether it is valid only under the authority's seal."""
        return any(one.role is Role.SEAL and one.required for one in self.signings)

    @property
    def signs_every_page(self) -> bool:
        """Tell whether each page is signed."""
        return any(one.every_page for one in self.signings)

    def field_of(self, field_id: str) -> Field:
        """Return a field.

        Raises:
            KeyError: If there is none of this id.
        """
        return {one.id: one for one in self.fields}[field_id]


def rows(fields: tuple[Field, ...]) -> Rows:
    """Return a ruled table of these fields."""
    return Rows(tuple(one.id for one in fields))
