"""What was filled into a paper: judged against its fields, and read as it is printed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from forms.editions import OPEN_PLACE
from forms.kit.wording import EMPTY, day, joined, minute, yuan, yuan_in_words
from forms.model import Edition, FilledPaper, Signer, Value
from forms.papers import Field, FieldKind, Paper, Signing

_YEARS = range(1900, 2200)
_TEXTS = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.DATE, FieldKind.MINUTE, FieldKind.CHOICE)
# An option is not parted from its box: so many characters fit into the widest cell.
_TICKS_TO_A_LINE = 34


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field.

    Attributes:
        code: `missing`, `unknown`, `wrong_kind`, `not_an_option`, `too_few_rows`, `row_width`, `not_a_number`,
            `not_a_day`, `not_an_instant`, `before_start`.
    """

    field: str
    code: str


def problems(paper: Paper, values: Mapping[str, Value]) -> tuple[Problem, ...]:
    """Return why a paper cannot be issued as filled in, in the order of its fields; empty: it can."""
    found = [Problem(name, "unknown") for name in values if name not in {one.id for one in paper.fields}]
    for one in paper.fields:
        value = values.get(one.id)
        if value is None or value == "" or value == ():
            if one.required:
                found.append(Problem(one.id, "missing"))
            continue
        code = _fault(one, value)
        if code:
            found.append(Problem(one.id, code))
    if not found:
        found += _contradictions(paper, values)
    return tuple(found)


def _contradictions(paper: Paper, values: Mapping[str, Value]) -> list[Problem]:
    """Refuse an end before its start: fields named `started_at` and `ended_at`."""
    start, end = values.get("started_at"), values.get("ended_at")
    if not (isinstance(start, str) and isinstance(end, str) and start and end):
        return []
    is_before = dt.datetime.fromisoformat(end) < dt.datetime.fromisoformat(start)
    return [Problem("ended_at", "before_start")] if is_before else []


def _fault(one: Field, value: Value) -> str:
    if one.kind in _TEXTS:
        return _text_fault(one, value) if isinstance(value, str) else "wrong_kind"
    if one.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return "" if isinstance(value, int) and not isinstance(value, bool) else "wrong_kind"
    if not isinstance(value, tuple):
        return "wrong_kind"
    if one.kind is FieldKind.CHECKS:
        return "" if all(isinstance(mark, str) for mark in value) else "wrong_kind"
    width = 2 if one.kind is FieldKind.PEOPLE else len(one.columns)
    rows = [row for row in value if isinstance(row, tuple) and all(isinstance(cell, str) for cell in row)]
    if len(rows) != len(value):
        return "wrong_kind"
    if any(len(row) != width for row in rows):
        return "row_width"
    if len(rows) < one.rows_at_least:
        return "too_few_rows"
    sums = [i for i, column in enumerate(one.columns) if column.total]
    return "not_a_number" if any(number(row[i]) is None for row in rows for i in sums) else ""


def _text_fault(one: Field, text: str) -> str:
    if one.kind is FieldKind.CHOICE and text not in one.options:
        return "not_an_option"
    try:
        if one.kind is FieldKind.DATE and dt.date.fromisoformat(text).year not in _YEARS:
            return "not_a_day"
    except ValueError:
        return "not_a_day"
    try:
        if one.kind is FieldKind.MINUTE:
            at = dt.datetime.fromisoformat(text)
            return "not_an_instant" if at.tzinfo is None or at.year not in _YEARS else ""
    except ValueError:
        return "not_an_instant"
    return ""


def number(text: str) -> Decimal | None:
    """Return a cell's figure, 0 for an empty one, None if it is none."""
    try:
        found = Decimal(text.replace(",", "").replace("，", "").strip() or "0")
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


class Reading:
    """A filled paper as it is printed; a value that does not fit its field prints as it stands."""

    def __init__(self, paper: Paper, filled: FilledPaper, authority: str, document_number: str) -> None:
        self.paper = paper
        self.edition: Edition = filled.edition
        self.authority = authority
        self.number = document_number
        self.values = dict(filled.values)
        self._labels = dict(filled.edition.labels)
        self._words = dict(filled.edition.words)

    def has(self, field_id: str, value: str = "") -> bool:
        """Tell whether a field has a value, or has or holds this one."""
        own = self.values.get(field_id, "")
        if not value:
            return own not in ("", ())
        return own == value or (isinstance(own, tuple) and value in own)

    def label(self, field_id: str) -> str:
        """Return the name printed at a field."""
        return self._labels.get(field_id) or self.paper.field_of(field_id).label

    def ordered(self, fields: Sequence[str]) -> list[Field]:
        """Return the fields in the order of this edition."""
        place = {name: i for i, name in enumerate(self.edition.order)}
        return [self.paper.field_of(name) for name in sorted(fields, key=lambda name: place.get(name, 0))]

    def text(self, field_id: str) -> str:
        """Return a value as printed; empty if there is none."""
        one = self.paper.field_of(field_id)
        value = self.values.get(field_id, "")
        if one.kind is FieldKind.CHOICE or one.kind is FieldKind.CHECKS:
            return ticked(one.options, _chosen(value))
        if value in ("", ()):
            return ""
        if isinstance(value, int):
            return f"{yuan(value)}元" if one.kind is FieldKind.MONEY else f"{value:,}"
        if isinstance(value, str):
            return _dated(one.kind, value)
        if one.kind is FieldKind.PEOPLE:
            return joined([f"{name}（执法证号：{card}）" if card else name for name, card in self.people(field_id)])
        return joined([row if isinstance(row, str) else "　".join(row) for row in value])

    def people(self, field_id: str) -> tuple[tuple[str, str], ...]:
        """Return names and licence numbers."""
        rows = self.rows(field_id)
        return tuple((row[0] if row else "", row[1] if len(row) > 1 else "") for row in rows)

    def rows(self, field_id: str) -> tuple[tuple[str, ...], ...]:
        """Return the rows of a table or the people of a list."""
        value = self.values.get(field_id, ())
        if not isinstance(value, tuple):
            return ()
        return tuple(row if isinstance(row, tuple) else (row,) for row in value)

    def words(self, key: str) -> str:
        """Return fixed words with the values set in."""
        return OPEN_PLACE.sub(lambda match: self._place(match.group(1)), self._words.get(key, ""))

    def signers(self, signing: Signing) -> tuple[Signer, ...]:
        """Return who signs here: those whom the field names, else one without a name."""
        names: list[str] = []
        if signing.names:
            one = self.paper.field_of(signing.names)
            if one.kind is FieldKind.PEOPLE:
                names = _apart(self.people(signing.names))
            else:
                names = [self.text(signing.names)]
        return tuple(Signer(signing.role, name) for name in names if name) or (Signer(signing.role, ""),)

    def _place(self, name: str) -> str:
        known = {"authority": self.authority or "本机关", "number": self.number, "title": self.edition.title}
        if name in known:
            return known[name] or EMPTY
        field_id, _, part = name.partition(".")
        value = self.values.get(field_id)
        if part == "words":
            return yuan_in_words(value) if isinstance(value, int) else EMPTY
        one = self.paper.field_of(field_id)
        if one.kind in (FieldKind.CHOICE, FieldKind.CHECKS):
            return joined(_chosen(self.values.get(field_id, ""))) or EMPTY
        return self.text(field_id) or EMPTY


def ticked(options: Sequence[str], chosen: Sequence[str]) -> str:
    """Return all options with those chosen ticked, others' own words behind: `√直接送达　□邮寄送达`."""
    own = [mark for mark in chosen if mark and mark not in options]
    told = [("√" if option in chosen else "□") + option for option in options]
    lines = [""]
    for one in (*told, *("√" + mark for mark in own)):
        if lines[-1] and len(lines[-1]) + 1 + len(one) > _TICKS_TO_A_LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]}　{one}" if lines[-1] else one
    return "\n".join(lines)


def _chosen(value: Value) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(one for one in value if isinstance(one, str))
    return (value,) if isinstance(value, str) and value else ()


def _apart(people: Sequence[tuple[str, str]]) -> list[str]:
    """Return names to sign under; two of one name carry their licence numbers, or one could sign for both."""
    names = [name for name, _ in people]
    return [f"{name}（{card}）" if names.count(name) > 1 and card else name for name, card in people]


def _dated(kind: FieldKind, text: str) -> str:
    try:
        if kind is FieldKind.DATE:
            return day(dt.date.fromisoformat(text))
        if kind is FieldKind.MINUTE:
            return minute(dt.datetime.fromisoformat(text))
    except ValueError:
        return text
    return text
