"""The one thing that windows and commands ask for coverage, progress and reports."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.clock import today
from app.core.divisions import Divisions
from app.core.documents import PageImage
from app.core.ids import InstitutionId, PlanId, TaskId
from app.core.outcome import Outcome
from app.core.papers import Paper, Value
from app.core.plan_dates import Every
from app.core.plans import Plan, PlanState
from app.core.reports import THURSDAY, DueReport, Entry, Report, Survey, due_reports, report
from app.db.repos import plans, registers, tallies
from app.db.unit import ReadUnit
from app.services.checklists import Checklists
from app.services.papers import kinds, law
from app.services.papers.desk import Papers
from app.services.statistics import books, papers, words
from app.services.store import Store
from app.services.written import exported
from app.sheets.writing import write_book
from forms.model import FilledPaper, RecordMeta
from forms.render import Rendered, render

_UNDER_WAY = (PlanState.APPROVED, PlanState.RUNNING)


@dataclass(frozen=True, slots=True)
class Overview:
    """A report with the names of what it counts; what is shown, printed and written comes from one reading.

    Attributes:
        names: Every institution of the register.
        districts: Division of six digits → name.
        violations: Code → title.
    """

    report: Report
    today: dt.date
    names: Mapping[InstitutionId, str]
    districts: Mapping[str, str]
    violations: Mapping[str, str]

    def name(self, institution: InstitutionId) -> str:
        """Return an institution's name, its id where the register does not have it (any more)."""
        return self.names.get(institution, institution)

    def district(self, code: str) -> str:
        """Return a district's name."""
        return self.districts.get(code) or code or words.NO_DIVISION

    def problem(self, entry: Entry) -> str:
        """Return the title of a violation, or the words of the finding where it has no code."""
        return self.violations.get(entry.subject) or entry.words or entry.subject

    def paper(self, kind: str) -> str:
        """Return the title of a kind of paper."""
        known = kinds.every().get(kind)
        return known.title if known is not None else kind


class Statistics:
    """Count, and tell it on papers and in workbooks."""

    def __init__(
        self, store: Store, checklists: Checklists, desk: Papers, divisions: Callable[[], Divisions]
    ) -> None:
        self._store, self._checklists, self._papers, self._divisions = store, checklists, desk, divisions

    def plans(self) -> tuple[Plan, ...]:
        """Return the plans that can be reported on: all but drafts and those given up before they began."""
        with self._store.db.read() as unit:
            found = plans.all_plans(unit)
        return tuple(one for one in found if one.state in (*_UNDER_WAY, PlanState.CLOSED))

    def overview(self, every: Every, until: dt.date | None = None, plan: PlanId | None = None) -> Overview:
        """Return the report of the period in which a day lies: of a plan, or of all the office's work.

        Args:
            until: Today where None; `Every.ONCE` counts up to this day.

        Raises:
            Refused: `plan.unknown`.
        """
        day = until or self.today()
        with self._store.db.read() as unit:
            survey = self._survey(unit, plan)
        weekly = (
            [one.rule.weekday for one in survey.plan.reports if one.rule.every is Every.WEEK]
            if survey.plan
            else []
        )
        told = report(survey, every, day, weekly[0] if weekly else THURSDAY)
        codes, divisions = {one.line.key for one in told.districts}, self._divisions()
        return Overview(
            told, survey.today, {one.id: one.name for one in survey.institutions},
            {code: found.name for code in codes if (found := divisions.get(code)) is not None},
            {one.code: one.title for one in self._checklists.violations()},
        )  # fmt: skip

    def due(self) -> tuple[DueReport, ...]:
        """Return the reports that the plans under way ask for, those due first at the top."""
        with self._store.db.read() as unit:
            found = plans.all_plans(unit)
            issued = tallies.papers(unit) if any(one.reports for one in found) else ()
        return due_reports(found, law.calendar(), self.today(), tuple(issued))

    def values(self, paper: str, overview: Overview) -> dict[str, Value]:
        """Return what a report says in the fields of a paper.

        Raises:
            Refused: `report.paper_unknown`.
        """
        return papers.values(paper, overview.report, overview.problem, overview.district)

    def pdf(self, paper: str, overview: Overview) -> bytes:
        """Return a report printed on its paper, without a number and unsigned; what figures cannot say is blank.

        Raises:
            Refused: `report.paper_unknown`.
        """
        return self._rendered(paper, overview).pdf

    def print_to(self, file: Path, paper: str, overview: Overview) -> Path:
        """Write what `pdf` returns to a file, and return that.

        Raises:
            Refused: `report.paper_unknown`, `document.export_failed` where the place refuses.
        """
        pages = self.pdf(paper, overview)
        with exported(file) as part:
            part.write_bytes(pages)
        return file

    def pages(self, paper: str, overview: Overview, scale: float) -> tuple[PageImage, ...]:
        """Return pictures of the pages of `pdf`; scale 1 is 72 dpi.

        Raises:
            Refused: `report.paper_unknown`.
        """
        made = self._rendered(paper, overview)
        from app.media.preview import render_page

        pictures = [render_page(made.pdf, n, scale) for n in range(len(made.pages))]
        return tuple(PageImage(one.width, one.height, one.rgb) for one in pictures)

    def draft(self, paper: str, overview: Overview, task: TaskId) -> Outcome[Paper]:
        """Begin the paper of a report among those of a task of the plan, filled in; it is completed, issued and signed there.

        Raises:
            Refused: `report.paper_unknown`, and what `Papers.draft` and `Papers.fill` refuse.
        """
        values = self.values(paper, overview)
        made = self._papers.draft(paper, task)
        filled = self._papers.fill(made.value.id, values)
        return Outcome(made.value, made.changed | filled.changed)

    def write_book(self, file: Path, overview: Overview) -> Path:
        """Write a report as a workbook, its facts on the last sheet, and return the file.

        Raises:
            Refused: `sheet.too_large`.
            Unavailable: `sheet.not_written`.
        """
        found = books.sheets(
            overview.report, overview.name, overview.problem, overview.paper, overview.district
        )
        write_book(file, found)
        return file

    def today(self) -> dt.date:
        """Return the calendar day in China."""
        return today(self._store.now())

    def _rendered(self, paper: str, overview: Overview) -> Rendered:
        values = self.values(paper, overview)
        office = self._store.office
        kind = kinds.kind(paper)
        own = {"office.name": office.name, "issue.date": overview.today.isoformat()}
        values = {one.id: own[one.source] for one in kind.fields if one.source in own} | values
        edition = kinds.edition(kind, overview.today, office)
        plan = overview.report.plan
        meta = RecordMeta(office.name, "", plan.number if plan else "", office.rehearsal)
        return render([FilledPaper(paper, edition, tuple(values.items()))], meta)

    def _survey(self, unit: ReadUnit, plan: PlanId | None) -> Survey:
        of = plans.get(unit, plan) if plan is not None else None
        under_way = (
            [] if of is not None else [one for one in plans.all_plans(unit) if one.state in _UNDER_WAY]
        )
        told = [of] if of is not None else under_way
        return Survey(
            today=self.today(), office=self._store.office.name,
            institutions=tuple(registers.all_institutions(unit)),
            facts=tallies.facts(unit), coming=tallies.coming(unit), plan=of,
            chosen=tallies.chosen(unit, of.id) if of is not None else {},
            lock_days=max((one.lock_days for one in told), default=0),
            yearly_cap=min((one.yearly_cap for one in told if one.yearly_cap), default=0),
            districts=self._divisions().counties(self._store.office.code),
        )  # fmt: skip
