"""What the three panes show of an inspection, worked out without a window."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from app.core.inspections import Answer
from app.gui.screens.inspection.ledger import Key, Ledger
from checklists import tables
from checklists.schema import Given, Item, Problem, Section, Severity, Template

Visible = Callable[[Template, Mapping[str, Answer]], frozenset[str]]
Problems = Callable[[Template, Mapping[str, Answer]], tuple[Problem, ...]]


class Only(StrEnum):
    """Which items the list is narrowed to."""

    ALL = "all"
    OPEN = "open"
    FAILED = "failed"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the list paints it.

    Attributes:
        section_title: Set on the first line of a section only, painted above it.
        is_of_mate: Whether it shows something of a team-mate that the server has not confirmed.
    """

    template: str
    section: str
    item: Item
    answer: Answer
    problems: tuple[Problem, ...] = ()
    section_title: str = ""
    is_saving: bool = False
    amount_cny: Decimal | None = None
    is_of_mate: bool = False

    @property
    def key(self) -> Key:
        """Template id and item code."""
        return self.template, self.item.code


@dataclass(frozen=True, slots=True)
class SectionLine:
    """One section with its progress over the items visible now. `sheet_title` is set on the first of a sheet."""

    template: str
    section: str
    title: str
    total: int
    passed: int
    failed: int
    not_applicable: int
    sheet_title: str = ""

    @property
    def assessed(self) -> int:
        """Items that have a state other than 未检查."""
        return self.passed + self.failed + self.not_applicable


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of the whole inspection over the items visible now."""

    total: int = 0
    open: int = 0
    failed: int = 0
    unproven: int = 0


class Picture:
    """The visible items of all sheets in order, kept up to date sheet by sheet."""

    def __init__(
        self,
        templates: tuple[Template, ...],
        ledger: Ledger,
        visible: Visible,
        problems: Problems,
        of_mates: frozenset[Key] = frozenset(),
    ) -> None:
        self.templates = templates
        self.of_mates = of_mates
        self.ledger = ledger
        self._visible = visible
        self._problems = problems
        self._lines: dict[str, tuple[Line, ...]] = {}
        for template in templates:
            self.refresh(template.id)

    def judge_by(self, visible: Visible, problems: Problems) -> None:
        """Ask these from the next change on."""
        self._visible, self._problems = visible, problems

    def template(self, template_id: str) -> Template:
        """Return the pinned version of a sheet's template."""
        return next(template for template in self.templates if template.id == template_id)

    def item(self, key: Key) -> Item:
        """Return the item behind a key."""
        return self.template(key[0]).item(key[1])

    def refresh(self, template_id: str) -> None:
        """Work one sheet out again after one of its answers changed."""
        self.__dict__.pop("counts", None)
        template = self.template(template_id)
        answers = self.ledger.answers(template_id)
        shown = self._visible(template, answers)
        held: dict[str, list[Problem]] = {}
        for problem in self._problems(template, answers):
            held.setdefault(problem.item, []).append(problem)
        self._lines[template_id] = tuple(
            self._line(template, section, item, answers.get(item.code), tuple(held.get(item.code, ())))
            for section in template.sections
            for item in section.items
            if item.code in shown
        )

    def _line(
        self,
        template: Template,
        section: Section,
        item: Item,
        answer: Answer | None,
        held: tuple[Problem, ...],
    ) -> Line:
        key = (template.id, item.code)
        return Line(
            template.id,
            section.id,
            item,
            answer or Answer(*key),
            held,
            is_saving=self.ledger.is_saving(key),
            amount_cny=amount_of(item, answer) if answer is not None else None,
            is_of_mate=key in self.of_mates,
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        """All visible items of all sheets."""
        return tuple(line for template in self.templates for line in self._lines[template.id])

    def listed(self, only: Only, text: str, kept: Iterable[Key] = ()) -> tuple[Line, ...]:
        """Return the lines to list, with their section titles.

        Items in `kept` stay although they no longer match: an item must not vanish under the hand that answers it.
        """
        keep = frozenset(kept)
        needle = text.strip().casefold()
        chosen = [
            line
            for line in self.lines
            if (_matches(line, only) or line.key in keep) and _contains(line, needle)
        ]
        titles = {
            (template.id, section.id): section.title
            for template in self.templates
            for section in template.sections
        }
        titled: list[Line] = []
        last: tuple[str, str] | None = None
        for line in chosen:
            place = (line.template, line.section)
            titled.append(replace(line, section_title=titles[place]) if place != last else line)
            last = place
        return tuple(titled)

    @property
    def sections(self) -> tuple[SectionLine, ...]:
        """The sections that have visible items, sheet by sheet."""
        return tuple(
            line
            for template in self.templates
            for line in _sections(template, self._lines[template.id], self)
        )

    @cached_property
    def counts(self) -> Counts:
        """Figures for the header and the filters."""
        lines = self.lines
        return Counts(
            len(lines),
            sum(line.answer.state == "open" for line in lines),
            sum(line.answer.state == "fail" for line in lines),
            sum(_matches(line, Only.UNPROVEN) for line in lines),
        )


def amount_of(item: Item, answer: Answer) -> Decimal | None:
    """Return the amount at issue: the total of the detail rows, else what was typed."""
    rows = tuple(row.cells for row in answer.rows)
    return tables.amount_of(item, Given(amount_cny=answer.amount_cny, rows=rows))


def next_open(lines: tuple[Line, ...], row: int) -> int | None:
    """Return the row of the next item not assessed after `row`, going round once, or None."""
    order = [*range(row + 1, len(lines)), *range(0, row + 1)]
    return next((place for place in order if lines[place].answer.state == "open"), None)


def worst(problems: tuple[Problem, ...]) -> Severity | None:
    """Return the heaviest severity among an item's problems."""
    held = {problem.severity for problem in problems}
    return next((level for level in (Severity.BLOCK, Severity.WARN, Severity.NOTE) if level in held), None)


def _matches(line: Line, only: Only) -> bool:
    if only is Only.OPEN:
        return line.answer.state == "open"
    if only is Only.FAILED:
        return line.answer.state == "fail"
    if only is Only.UNPROVEN:
        return any(problem.code == "evidence_missing" for problem in line.problems)
    return True


def _contains(line: Line, needle: str) -> bool:
    if not needle:
        return True
    item = line.item
    return any(
        needle in text.casefold()
        for text in (item.code, item.question, item.violation_title, line.answer.note)
    )


def _sections(template: Template, lines: tuple[Line, ...], picture: Picture) -> Iterable[SectionLine]:
    title = template.subject or template.title if len(picture.templates) > 1 else ""
    for section in template.sections:
        states = [line.answer.state for line in lines if line.section == section.id]
        if not states:
            continue
        passed, failed, na = (states.count(state) for state in ("pass", "fail", "na"))
        yield SectionLine(template.id, section.id, section.title, len(states), passed, failed, na, title)
        title = ""
