"""Campaign plans: made from a template, edited, submitted, approved by the responsible head, carried out, closed."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.core.clock import local, to_ms, today
from app.core.errors import Refused
from app.core.ids import PlanId, RowId
from app.core.outcome import Outcome
from app.core.plan_checks import Remark, Weight, remarks
from app.core.plan_counts import GroupCount, count_groups
from app.core.plan_dates import Due, next_due
from app.core.plans import Content, Exemption, Plan, PlanState, Report
from app.core.plans_json import MAX_CHARS, plan_text, read_plan, read_tree
from app.core.tasks import Nature
from app.db.repos import plans as stored
from app.db.repos import registers
from app.db.unit import ReadUnit, WriteUnit
from app.services.bundles.sealing import Sealing
from app.services.checklists import Checklists
from app.services.coverage import last_checks
from app.services.pages import Pages
from app.services.papers import kinds
from app.services.papers.law import calendar
from app.services.plan_printing import print_plan
from app.services.store import Store
from app.services.written import exported
from checklists.errors import TemplateUnknown
from checklists.plan_templates import PlanTemplate, filled, plan_template, plan_templates, terms

_LONGEST = 200
_IN_FORCE = (PlanState.APPROVED, PlanState.RUNNING)
_ENDED = (PlanState.CLOSED, PlanState.CANCELLED)


@dataclasses.dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan as a list shows it.

    Attributes:
        report: The report that is due next, and when.
        tasks: (ended, all) of its tasks.
    """

    plan: Plan
    report: tuple[Report, Due] | None
    tasks: tuple[int, int]


class Plans:
    """Make, show, edit and lead plans through their states."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists
        self._sealing = Sealing(store, Pages(store))

    def templates(self) -> tuple[PlanTemplate, ...]:
        """Return the plan templates that come with the program."""
        return plan_templates()

    def lines(self) -> tuple[PlanLine, ...]:
        """Return every plan, the newest year first."""
        day = today(self._store.now())
        with self._store.db.read() as unit:
            counts = {
                row.plan: (row.ended, row.n)
                for row in unit.sql(
                    "SELECT plan, count(*) AS n, sum(state IN ('signed', 'closed')) AS ended FROM task"
                    " WHERE _deleted = 0 AND state <> 'cancelled' AND plan <> '' GROUP BY plan"
                )
            }
            found = stored.all_plans(unit)
        return tuple(PlanLine(one, first_due(one, day), counts.get(one.id, (0, 0))) for one in found)

    def get(self, plan_id: PlanId) -> Plan:
        """Return one plan.

        Raises:
            Refused: `plan.unknown`.
        """
        with self._store.db.read() as unit:
            return stored.get(unit, plan_id)

    def create(self, template_id: str = "", *, title: str = "", year: int | None = None) -> Outcome[Plan]:
        """Make a draft from a template, or an empty one where none is named; it has the cap that holds today.

        Raises:
            Refused: `plan.template_unknown`, `plan.year_unusual`, `plan.title_missing` for an empty one without a title.
        """
        wanted = local(self._store.now()).year if year is None else year
        if not 2000 <= wanted <= 2100:
            raise Refused("plan.year_unusual", year=wanted)
        new = self._store.new_id()
        if template_id:
            try:
                template = plan_template(template_id)
            except TemplateUnknown as error:
                raise Refused("plan.template_unknown", template=template_id[:60]) from error
            tree: dict[str, Any] = dict(filled(template, wanted, self._store.office.name))
            tree |= {"id": new, "year": wanted, "origin": f"{template.id}@{template.version}"}
            made = read_tree(Plan, tree)
        elif title.strip():
            made = Plan(PlanId(new), title.strip(), wanted)
        else:
            raise Refused("plan.title_missing")
        made = dataclasses.replace(
            self._renewed(made), title=title.strip() or made.title, yearly_cap=self.cap(made.nature)
        )
        with self._store.db.write() as unit:
            self._put(unit, made, None)
            return Outcome(made, unit.changed)

    def copy(self, plan_id: PlanId, *, title: str = "") -> Outcome[Plan]:
        """Make a new draft like a plan, as it was written before its approval; exemptions stay with the old one.

        Raises:
            Refused: `plan.unknown`.
        """
        with self._store.db.write() as unit:
            old = stored.get(unit, plan_id)
            made = self._renewed(_fresh(old, PlanId(self._store.new_id())))
            made = dataclasses.replace(made, title=title.strip() or old.title, exemptions=())
            self._put(unit, made, None)
            return Outcome(made, unit.changed)

    def cap(self, nature: Nature) -> int:
        """Return the yearly cap of the law for visits of a nature, 0 where there is none. Source: 国办发〔2024〕54号."""
        if nature is not Nature.ADMINISTRATIVE:
            return 0
        return kinds.rule("inspection_cap", today(self._store.now()), self._store.office).value or 0

    def cap_exemptions(self) -> str:
        """Return in which cases the yearly cap does not hold, in the words of the law."""
        return kinds.rule("cap_exemptions", today(self._store.now()), self._store.office).text

    def open_tasks(self, plan_id: PlanId) -> int:
        """Return how many tasks of a plan are not finished."""
        with self._store.db.read() as unit:
            return _open_tasks(unit, plan_id)

    def edit(self, plan: Plan) -> Outcome[Plan]:
        """Change a plan: a draft in everything but its state; one in force only in days, exemptions and note.

        Raises:
            Refused: `plan.unknown`, `plan.submitted`, `plan.in_force`, `plan.ended`, `plan.too_long`.
        """
        for text in (plan.title, *(one.title for one in plan.groups), *(one.title for one in plan.stages)):
            if len(text) > _LONGEST:
                raise Refused("plan.too_long", most=_LONGEST, text=text[:20])
        with self._store.db.write() as unit:
            old = stored.get(unit, plan.id)
            changed = _keep(plan, old)
            if old.state is PlanState.SUBMITTED:
                raise Refused("plan.submitted")
            if old.state in _ENDED:
                raise Refused("plan.ended")
            if old.state in _IN_FORCE and _frozen(changed) != _frozen(old):
                raise Refused("plan.in_force")
            self._put(unit, changed, old)
            return Outcome(stored.get(unit, plan.id), unit.changed)

    def new_id(self) -> RowId:
        """Return an id for a new part of a plan."""
        return RowId(self._store.new_id())

    def exempt(self, plan_id: PlanId, exemption: Exemption) -> Outcome[Plan]:
        """Add (empty id) or change why the cap does not hold, for an institution or the whole plan.

        Raises:
            Refused: `plan.unknown`, `plan.ended`, `plan.ground_missing`, `institution.unknown`.
        """
        if not exemption.note.strip():
            raise Refused("plan.ground_missing")
        with self._store.db.write() as unit:
            plan = stored.get(unit, plan_id)
            if plan.state in _ENDED:
                raise Refused("plan.ended")
            if exemption.institution:
                registers.institution(unit, exemption.institution)
            kept = dataclasses.replace(
                exemption, id=exemption.id or self.new_id(), note=exemption.note.strip()
            )
            unit.put("plan_exemption", kept.id, stored.part("exemptions", plan_id, kept, 0))
            return Outcome(stored.get(unit, plan_id), unit.changed)

    def remarks(self, plan: Plan) -> tuple[Remark, ...]:
        """Return what is to be seen to before a plan is submitted."""
        return remarks(
            plan, {one.id for one in self._checklists.all()}, {one.old: one.now for one in terms()}
        )

    def submit(self, plan_id: PlanId) -> Outcome[Plan]:
        """Hand a draft to the responsible head.

        Raises:
            Refused: `plan.state` where it is no draft, or the first thing that `remarks` blocks it for.
        """
        with self._store.db.write() as unit:
            plan = self._in(unit, plan_id, PlanState.DRAFT)
            for remark in self.remarks(plan):
                if remark.weight is Weight.BLOCK:
                    raise Refused(remark.code, **dict(remark.params))
            self._put(unit, self._pinned(plan), plan)
            return self._turn(
                unit, plan, PlanState.SUBMITTED, reason="", submitted_at=to_ms(self._store.now())
            )

    def send_back(self, plan_id: PlanId, reason: str) -> Outcome[Plan]:
        """Give a submitted plan back to be changed.

        Raises:
            Refused: `plan.state`, `plan.reason_missing`.
        """
        with self._store.db.write() as unit:
            plan = self._in(unit, plan_id, PlanState.SUBMITTED)
            return self._turn(unit, plan, PlanState.DRAFT, reason=_reason(reason))

    def approve(self, plan_id: PlanId, *, by: str, approval_no: str, number: str = "") -> Outcome[Plan]:
        """Record that the responsible head approved a plan; it gets the next number of the year where none is given.

        Raises:
            Refused: `plan.state`, `plan.approver_missing`, `plan.approval_no_missing`, `plan.number_taken`.
        """
        if not by.strip():
            raise Refused("plan.approver_missing")
        if not approval_no.strip():
            raise Refused("plan.approval_no_missing")
        with self._store.db.write() as unit:
            plan = self._in(unit, plan_id, PlanState.SUBMITTED)
            given = number.strip() or plan.number or self._next_number(unit, plan.year)
            if unit.sql("SELECT 1 FROM plan WHERE number = ? AND id <> ? AND _deleted = 0", (given, plan_id)):
                raise Refused("plan.number_taken", number=given)
            return self._turn(
                unit, plan, PlanState.APPROVED, approved_by=by.strip(), approval_no=approval_no.strip(), number=given,
                approved_at=to_ms(self._store.now()),
            )  # fmt: skip

    def start(self, plan_id: PlanId) -> Outcome[Plan]:
        """Begin an approved plan.

        Raises:
            Refused: `plan.state`.
        """
        with self._store.db.write() as unit:
            plan = self._in(unit, plan_id, PlanState.APPROVED)
            return self._turn(unit, plan, PlanState.RUNNING, started_at=to_ms(self._store.now()))

    def close(self, plan_id: PlanId, reason: str = "") -> Outcome[Plan]:
        """End a running plan; one with tasks that are not ended needs a reason.

        Raises:
            Refused: `plan.state`, `plan.tasks_open`.
        """
        with self._store.db.write() as unit:
            plan = self._in(unit, plan_id, PlanState.RUNNING)
            open_tasks = _open_tasks(unit, plan_id)
            if open_tasks and not reason.strip():
                raise Refused("plan.tasks_open", count=open_tasks)
            return self._turn(
                unit, plan, PlanState.CLOSED, reason=reason.strip(), closed_at=to_ms(self._store.now())
            )  # fmt: skip

    def cancel(self, plan_id: PlanId, reason: str) -> Outcome[Plan]:
        """Cancel a plan that has not ended, with a reason that stays on record.

        Raises:
            Refused: `plan.ended`, `plan.reason_missing`.
        """
        with self._store.db.write() as unit:
            plan = stored.get(unit, plan_id)
            if plan.state in _ENDED:
                raise Refused("plan.ended")
            return self._turn(
                unit, plan, PlanState.CANCELLED, reason=_reason(reason), closed_at=to_ms(self._store.now())
            )  # fmt: skip

    def export(self, plan_id: PlanId) -> str:
        """Return a plan as the text of a file, for another office or for `yanfang draw`; the export is on record.

        Raises:
            Refused: `plan.unknown`.
        """
        with self._store.db.write() as unit:
            plan = stored.get(unit, plan_id)
            unit.custody("export", plan_id, what="plan")
            return plan_text(plan)

    def export_to(self, plan_id: PlanId, file: Path) -> Path:
        """Write a plan to a file; see `export`.

        Raises:
            Refused: `plan.unknown`, `document.export_failed` where the place refuses.
        """
        text = self.export(plan_id)
        with exported(file) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
        return file

    def print_to(self, plan_id: PlanId, file: Path) -> Path:
        """Print a plan as pages, sealed by this laptop; the export is on record.

        Raises:
            Refused: `plan.unknown`, `document.export_failed` where the place refuses.
        """
        with self._store.db.write() as unit:
            plan = stored.get(unit, plan_id)
            unit.custody("export", plan_id, what="plan", file=file.name)
        pages = print_plan(
            plan, self.counts(plan), self._titles(plan), self._store.office, self._sealing.sign
        )
        with exported(file) as part:
            part.write_bytes(pages)
        return file

    def take_file(self, file: Path) -> Outcome[Plan]:
        """Make a draft of a plan's file; see `take`.

        Raises:
            Refused: `plan_file.unreadable`, and what `take` refuses.
        """
        try:
            with file.open("rb") as content:
                text = content.read(MAX_CHARS + 1).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise Refused("plan_file.unreadable", file=file.name) from error
        return self.take(text)

    def take(self, text: str) -> Outcome[Plan]:
        """Make a draft of a plan's file; approval, exemptions and named people stay with the office it came from.

        Raises:
            Refused: what `app.core.plans_json.read_plan` refuses.
        """
        given = read_plan(text)
        made = self._renewed(_fresh(given, PlanId(self._store.new_id())))
        groups = tuple(
            dataclasses.replace(one, staff=dataclasses.replace(one.staff, leaders=())) for one in made.groups
        )
        made = dataclasses.replace(made, groups=groups, exemptions=())
        with self._store.db.write() as unit:
            self._put(unit, made, None)
            return Outcome(made, unit.changed)

    def counts(self, plan: Plan) -> tuple[GroupCount, ...]:
        """Return what each group means in the register of today; institutions that left service do not count."""
        with self._store.db.read() as unit:
            places = [one for one in registers.all_institutions(unit) if one.status in ("", "active")]
            checks = last_checks(unit)
        return count_groups(plan, places, checks, today(self._store.now()))

    def due(self, plan: Plan) -> tuple[tuple[Report, Due | None], ...]:
        """Return the plan's reports, each with the next day it is due."""
        day = today(self._store.now())
        return tuple((one, next_due(one.rule, calendar(), day, plan.period_to)) for one in plan.reports)

    def _pinned(self, plan: Plan) -> Plan:
        """Name the versions of the checklists: what is approved is what is checked."""
        newest = {one.id: one.version for one in self._checklists.all()}
        groups = tuple(
            dataclasses.replace(
                group,
                contents=tuple(
                    one if one.version else Content(one.template, newest[one.template])
                    for one in group.contents
                ),
            )
            for group in plan.groups
        )
        return dataclasses.replace(plan, groups=groups)

    def _titles(self, plan: Plan) -> dict[str, str]:
        """Return the titles of the checklists of a plan; one that is not installed keeps its id."""
        known = {one.id: one.title for one in self._checklists.all()}
        wanted = (one.template for group in plan.groups for one in group.contents)
        return {one: known.get(one, one) for one in wanted}

    def _next_number(self, unit: ReadUnit, year: int) -> str:
        prefix = f"{self._store.office.short_name}检计〔{year}〕"
        taken = {
            row.number
            for row in unit.sql(
                "SELECT number FROM plan WHERE substr(number, 1, ?) = ?", (len(prefix), prefix)
            )
        }
        return next(text for n in range(1, len(taken) + 2) if (text := f"{prefix}{n}号") not in taken)

    def _renewed(self, plan: Plan) -> Plan:
        """Give every part an id of its own."""
        return dataclasses.replace(
            plan,
            stages=tuple(dataclasses.replace(one, id=self.new_id()) for one in plan.stages),
            groups=tuple(dataclasses.replace(one, id=self.new_id()) for one in plan.groups),
            reports=tuple(dataclasses.replace(one, id=self.new_id()) for one in plan.reports),
        )

    def _in(self, unit: ReadUnit, plan_id: PlanId, state: PlanState) -> Plan:
        plan = stored.get(unit, plan_id)
        if plan.state is not state:
            raise Refused("plan.state", state=str(plan.state), wanted=str(state))
        return plan

    def _turn(self, unit: WriteUnit, plan: Plan, state: PlanState, **more: str | int) -> Outcome[Plan]:
        unit.put("plan", plan.id, {"state": str(state), **more})
        return Outcome(stored.get(unit, plan.id), unit.changed)

    def _put(self, unit: WriteUnit, plan: Plan, old: Plan | None) -> None:
        unit.put("plan", plan.id, stored.head(plan))
        for name, (table, _) in stored.PARTS.items():
            now: Sequence[Any] = getattr(plan, name)
            before: Sequence[Any] = getattr(old, name) if old else ()
            for position, one in enumerate(now):
                unit.put(table, one.id, stored.part(name, plan.id, one, position))
            for gone in {one.id for one in before} - {one.id for one in now}:
                unit.delete(table, gone)


def first_due(plan: Plan, day: dt.date) -> tuple[Report, Due] | None:
    """Return the report of a plan that is due next, None where it has ended or none is due."""
    if plan.state in _ENDED:
        return None
    found = [
        (one, due) for one in plan.reports if (due := next_due(one.rule, calendar(), day, plan.period_to))
    ]
    return min(found, key=lambda one: one[1].on, default=None)


def _open_tasks(unit: ReadUnit, plan_id: PlanId) -> int:
    rows = unit.sql(
        "SELECT count(*) AS n FROM task WHERE plan = ? AND _deleted = 0 AND state NOT IN ('signed', 'closed', 'cancelled')",
        (plan_id,),
    )
    return int(rows[0].n)


def _fresh(plan: Plan, plan_id: PlanId) -> Plan:
    return dataclasses.replace(
        plan,
        id=plan_id,
        state=PlanState.DRAFT,
        number="",
        approved_by="",
        approved_at=None,
        approval_no="",
        reason="",
    )


def _keep(plan: Plan, old: Plan) -> Plan:
    """Return a plan with what only its states set as it was."""
    return dataclasses.replace(
        plan, state=old.state, number=plan.number if old.state is PlanState.DRAFT else old.number, origin=old.origin,
        approved_by=old.approved_by, approved_at=old.approved_at, approval_no=old.approval_no, reason=old.reason,
    )  # fmt: skip


def _frozen(plan: Plan) -> Plan:
    """Return what an approval covers: all but days of stages and single reports, exemptions and the note."""
    return dataclasses.replace(
        plan, note="", exemptions=(),
        stages=tuple(dataclasses.replace(one, from_on=None, to_on=None) for one in plan.stages),
        reports=tuple(
            dataclasses.replace(one, rule=dataclasses.replace(one.rule, on=None)) for one in plan.reports
        ),
    )  # fmt: skip


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("plan.reason_missing")
    return text.strip()
