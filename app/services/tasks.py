"""Tasks: who inspects which institution with which checklists until when, where it comes from and what is known of it."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from app.core.clock import local, to_ms, today
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId, TaskId
from app.core.outcome import Change, Outcome
from app.core.progress import CancelToken, Progress, silent
from app.core.task_views import Agenda, Candidate, FromDraw, Recusal, RecusalGround, TaskView, WaitingDraw
from app.core.tasks import Known, Nature, Task, TaskBrief, TaskKind, TaskLine, TaskState
from app.core.visits import keep_third_parties_out
from app.db.repos import registers, staff, tasks
from app.db.repos import task_views as views
from app.db.unit import WriteUnit
from app.services import task_agenda, task_briefs, task_draws, task_recusals
from app.services.checklists import Checklists
from app.services.papers import number_pool
from app.services.store import Store
from app.services.written import exported
from forms.model import RecordMeta
from forms.render import render

_PORTION = 100


class Tasks:
    """List, create, edit and cancel tasks; make those of a draw; replace people; brief teams."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists

    def lines(self, state: str | None = None, text: str = "") -> tuple[TaskLine, ...]:
        """Return tasks with progress and deadline, those due first at the top."""
        with self._store.db.read() as unit:
            names = registers.people_names(unit)
            rows = unit.sql("SELECT DISTINCT template || ':' || version AS ref FROM sheet WHERE _deleted = 0")
            counts = self._checklists.item_counts(tuple(row.ref for row in rows))
            found = tasks.lines(unit, names, today(self._store.now()), counts)
        wanted = text.strip()
        return tuple(
            line
            for line in found
            if (state is None or line.task.state == state)
            and (not wanted or wanted in f"{line.institution_name}\n{line.task.title}\n{line.task.number}")
        )

    def get(self, task_id: TaskId) -> Task:
        """Return one task.

        Raises:
            Refused: `task.unknown`.
        """
        with self._store.db.read() as unit:
            return tasks.get(unit, task_id)

    def view(self, task_id: TaskId) -> TaskView:
        """Return all that is known of a task before the visit, in one snapshot.

        Raises:
            Refused: `task.unknown`, `template.unknown`.
        """
        with self._store.db.read() as unit:
            return task_briefs.view(unit, self._checklists, task_id, today(self._store.now()))

    def create(
        self,
        *,
        title: str,
        nature: Nature | str,
        kind: TaskKind | str,
        institution: InstitutionId,
        templates: Sequence[str],
        members: Sequence[PersonId],
        due_on: dt.date | None = None,
        basis: str = "",
        approval_no: str = "",
        planned_on: dt.date | None = None,
        leader: PersonId | None = None,
        experts: Sequence[PersonId] = (),
        plan: str = "",
        lead: str = "",
        review_of: TaskId | None = None,
        known: Sequence[tuple[str, str]] = (),
        origin: str = "",
        note: str = "",
        is_late: bool = False,
        beside: Callable[[WriteUnit], object] | None = None,
    ) -> Outcome[Task]:
        """Create a task with the next number that this laptop has of the year, or a provisional one.

        Args:
            known: What is to be looked at, and where it is known from.
            origin: The upper office that handed it down, or the rule of data that hit.
            is_late: Its due day is over, and meant so.
            beside: What is written in the same transaction.

        Raises:
            Refused: `task.due_past`, `task.planned_past`, `task.no_template`, `task.members`, `task.leader`, `task.interest`,
                `person.third_party`, `institution.unknown`, `template.unknown`.
        """
        with self._store.db.write() as unit:
            number, interim = self._number(unit)
            task = Task(
                id=TaskId(self._store.new_id()),
                number=number,
                interim=interim,
                title=title.strip(),
                nature=Nature(nature),
                kind=TaskKind(kind),
                institution=institution,
                templates=tuple(templates),
                members=tuple(dict.fromkeys(members)),
                due_on=due_on,
                basis=basis.strip(),
                approval_no=approval_no.strip(),
                planned_on=planned_on,
                leader=leader,
                experts=tuple(one for one in dict.fromkeys(experts) if one not in members),
                plan=plan,
                lead=lead,
                review_of=review_of,
                brief=TaskBrief(
                    tuple(Known(text.strip(), source.strip()) for text, source in known if text.strip()), (),
                    origin.strip(), note.strip(),
                ),
            )  # fmt: skip
            self._keep_ahead(None if is_late else task.due_on, task.planned_on)
            self._check(unit, task)
            unit.put("task", task.id, tasks.fields(task))
            if beside is not None:
                beside(unit)
            return Outcome(task, unit.changed)

    def look_back(
        self, former: TaskId, *, members: Sequence[PersonId] = (), title: str = "", due_on: dt.date | None = None,
        planned_on: dt.date | None = None,
    ) -> Outcome[Task]:  # fmt: skip
        """Make a task that looks back at a former one (回头看): what did not comply then is what is known now.

        Args:
            members: Those of the former task where empty.

        Raises:
            Refused: `task.unknown`, `task.not_visited` where the former one has had no visit, or what `create` refuses.
        """
        with self._store.db.read() as unit:
            old = tasks.get(unit, former)
            known = task_briefs.known_of(unit, self._checklists, former)
            if old.state in (TaskState.ASSIGNED, TaskState.CANCELLED):
                raise Refused("task.not_visited", number=old.number)
        return self.create(
            title=title.strip() or f"回头看：{old.title}", nature=old.nature, kind=TaskKind.REVIEW,
            institution=old.institution, templates=old.templates, members=members or old.members, due_on=due_on,
            planned_on=planned_on, plan=old.plan, review_of=old.id, basis=f"对{old.number}的回头看检查",
            known=[(one.text, one.source) for one in known],
        )  # fmt: skip

    def from_draw(
        self,
        draw_id: str,
        *,
        progress: Callable[[Progress], None] = silent,
        cancel: CancelToken | None = None,
    ) -> Outcome[FromDraw]:
        """Make the tasks of a draw, some at a time; made again, only what is missing is made.

        An institution that the reserve list put in another's place gets its task, and the other's is taken back unless it
        has begun; so are those of a draw that this one supersedes. What was made before it was stopped stays.

        Raises:
            Refused: `draw.unknown`, `draw.not_drawn`, `draw.no_plan`, `draw.group_empty`, `template.unknown`.
        """
        made: list[TaskId] = []
        alone: tuple[TaskId, ...] = ()
        changed: frozenset[Change] = frozenset()
        with self._store.db.write() as unit:
            told = task_draws.campaign(unit, draw_id, today(self._store.now()))
            for template in {one for line in told.lines.values() for one in line.templates}:
                self._checklists.template(template)
            visits = [one for one in told.picks if not one.joined]
            wanted = [one for one in visits if unit.current("task", task_draws.task_id(draw_id, one.id)) is None]
            back = task_draws.take_back(unit, told)
            changed |= unit.changed
        for start in range(0, len(wanted), _PORTION):
            if cancel is not None:
                cancel.check()
            with self._store.db.write() as unit:
                for pick in wanted[start : start + _PORTION]:
                    if unit.current("task", task_draws.task_id(draw_id, pick.id)) is None:
                        task = task_draws.task_of(unit, told, pick, self._checklists.fits)
                        unit.put("task", task.id, tasks.fields(task))
                        made.append(task.id)
                        alone += () if task.members else (task.id,)
                changed |= unit.changed
            progress(Progress("tasks", len(made), len(wanted)))
        return Outcome(FromDraw(tuple(made), len(visits) - len(made), back, alone), changed)

    def waiting_draws(self) -> tuple[WaitingDraw, ...]:
        """Return the draws whose tasks are not what was drawn or stepped in, the oldest first."""
        with self._store.db.read() as unit:
            return task_draws.waiting(unit)

    def edit(self, task: Task) -> Outcome[Task]:
        """Change a task that has not begun; number and state stay, and of a drawn one institution and team as well.

        Raises:
            Refused: `task.begun`, `task.recused`, `task.of_draw`, or what `create` refuses.
        """
        with self._store.db.write() as unit:
            old = tasks.get(unit, task.id)
            if old.state is not TaskState.ASSIGNED:
                raise Refused("task.begun", number=old.number)
            going = dataclasses.replace(
                task, leader=task.leader if task.leader in task.members else None,
                experts=tuple(one for one in task.experts if one not in task.members),
            )  # fmt: skip
            self._keep_ahead(
                going.due_on if going.due_on != old.due_on else None,
                going.planned_on if going.planned_on != old.planned_on else None,
            )
            self._check(unit, going)
            if old.draw and not task_draws.is_as_drawn(old, going):
                raise Refused("task.of_draw", number=old.number)
            fields = tasks.fields(going)
            del fields["number"], fields["interim"], fields["state"]
            unit.put("task", task.id, fields)
            return Outcome(tasks.get(unit, task.id), unit.changed)

    def plan_date(self, task_id: TaskId, on: dt.date | None) -> Outcome[Task]:
        """Set the day on which a team plans to go, or take it back.

        Raises:
            Refused: `task.unknown`, `task.begun`, `task.planned_past`.
        """
        self._keep_ahead(None, on)
        with self._store.db.write() as unit:
            old = tasks.get(unit, task_id)
            if old.state is not TaskState.ASSIGNED:
                raise Refused("task.begun", number=old.number)
            unit.put("task", task_id, tasks.fields(dataclasses.replace(old, planned_on=on)))
            return Outcome(tasks.get(unit, task_id), unit.changed)

    def cancel(self, task_id: TaskId, reason: str) -> Outcome[Task]:
        """Cancel a task that has not begun, with a reason that stays on record.

        Raises:
            Refused: `task.begun`, `task.reason_missing`.
        """
        if not reason.strip():
            raise Refused("task.reason_missing")
        with self._store.db.write() as unit:
            old = tasks.get(unit, task_id)
            if old.state is not TaskState.ASSIGNED:
                raise Refused("task.begun", number=old.number)
            unit.put("task", task_id, {"state": str(TaskState.CANCELLED), "reason": reason.strip()})
            return Outcome(tasks.get(unit, task_id), unit.changed)

    def assign_number(self, task_id: TaskId) -> Outcome[Task]:
        """Give a task with a provisional number its final one, while nothing bears the provisional one.

        Raises:
            Refused: `task.unknown`, `task.begun`, `task.numbered_paper` where a paper of it is issued,
                `number.not_provisional`, `number.none_left`.
        """
        with self._store.db.write() as unit:
            old = tasks.get(unit, task_id)
            if old.state is not TaskState.ASSIGNED:
                raise Refused("task.begun", number=old.number)
            if not old.is_provisional:
                raise Refused("number.not_provisional", number=old.number)
            if unit.sql("SELECT 1 FROM paper WHERE task = ? AND issued_at IS NOT NULL AND _deleted = 0", (task_id,)):
                raise Refused("task.numbered_paper", number=old.number)
            number, interim = self._number(unit)
            if interim:
                raise Refused("number.none_left", title=old.title)
            unit.put("task", task_id, {"number": number})
            return Outcome(tasks.get(unit, task_id), unit.changed)

    def candidates(self, task_id: TaskId, person: PersonId) -> tuple[Candidate, ...]:
        """Return who may come instead of somebody: the draw's reserve list in its order, then everybody else.

        Raises:
            Refused: `task.unknown`, `recusal.not_in_team`.
        """
        with self._store.db.read() as unit:
            task, day = tasks.get(unit, task_id), today(self._store.now())
            return task_recusals.candidates(unit, task, person, max(task.planned_on or day, day))

    def recuse(
        self,
        task_id: TaskId,
        person: PersonId,
        ground: RecusalGround | str,
        replacement: PersonId | None = None,
        reason: str = "",
        *,
        is_nobody: bool = False,
    ) -> Outcome[Recusal]:
        """Take somebody out of a task who declares a conflict of interest, and put another one in his place.

        The first of the draw's reserve list who can come does; anybody else is named by hand with a reason. A visit that has
        begun goes on with the replacement, until somebody has signed its record.

        Args:
            is_nobody: Nobody can come now; the team goes on without, with the reason.

        Raises:
            Refused: `task.unknown`, `task.closed`, `recusal.not_in_team`, `recusal.replacement_missing` where there is no
                reserve list, `recusal.reserve_empty`, `recusal.cannot_come`, `recusal.reason_missing`, `record.locked`.

        Source: 行政处罚法 43.
        """
        return task_recusals.recuse(self._store, task_id, person, ground, replacement, reason, is_nobody=is_nobody)

    def sheet_pdf(self, task_id: TaskId) -> bytes:
        """Return the briefing sheet (检查任务单) as a PDF.

        Raises:
            Refused: `task.unknown`, `template.unknown`.
        """
        seen, office = self.view(task_id), self._store.office
        with self._store.db.read() as unit:
            rehearsal = office.rehearsal or registers.institution(unit, seen.task.institution).rehearsal
        meta = RecordMeta(office.name, seen.task.number, seen.task.number, rehearsal)
        return render([task_briefs.sheet(seen, self._store.now())], meta).pdf

    def export_sheet(self, task_id: TaskId, to: Path) -> Outcome[Path]:
        """Write the briefing sheet to a place that a person chose; that it left the program is on record.

        Raises:
            Refused: What `sheet_pdf` refuses, `document.export_failed`.
        """
        content = self.sheet_pdf(task_id)
        with exported(to) as part:
            part.write_bytes(content)
        with self._store.db.write() as unit:
            unit.custody("task_sheet_exported", task_id, by=self._store.me)
            return Outcome(to, unit.changed)

    def agenda(self, first: dt.date, last: dt.date) -> Agenda:
        """Return what stands in the calendar from one day to another, and who has how much to do."""
        with self._store.db.read() as unit:
            return task_agenda.agenda(unit, first, last, today(self._store.now()))

    def _number(self, unit: WriteUnit) -> tuple[str, str]:
        """Return the number of a new task, and it once more where it is provisional."""
        now = self._store.now()
        picked = number_pool.take_next(unit, number_pool.TASK_WORD, local(now).year, to_ms(now))
        interim = "" if picked else number_pool.provisional_of(unit, "task", number_pool.TASK_WORD)
        return (picked.printed if picked else interim), interim

    def _keep_ahead(self, due_on: dt.date | None, planned_on: dt.date | None) -> None:
        """Require that the days that are set now are not over.

        Raises:
            Refused: `task.due_past`, `task.planned_past`.
        """
        day = today(self._store.now())
        for code, on in (("task.due_past", due_on), ("task.planned_past", planned_on)):
            if on is not None and on < day:
                raise Refused(code, day=on.isoformat())

    def _check(self, unit: WriteUnit, task: Task) -> None:
        place = registers.institution(unit, task.institution)
        if not task.templates:
            raise Refused("task.no_template")
        for template in task.templates:
            self._checklists.template(template)
        known, out, day = registers.people(unit), staff.staff(unit), today(self._store.now())
        if not task.members or any(one not in known for one in task.people):
            raise Refused("task.members")
        keep_third_parties_out(task.members, known)
        if task.leader is not None and task.leader not in task.members:
            raise Refused("task.leader")
        gone = views.recused(unit, task.id)
        for one in task.people:
            if one in gone:
                raise Refused("task.recused", name=known[one].name)
            if out.interest(one, place, day) is not None:
                raise Refused("task.interest", name=known[one].name, institution=place.name)
