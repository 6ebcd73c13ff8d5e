"""Tasks: who inspects which institution with which checklists until when."""

import datetime as dt
from collections.abc import Sequence

from app.core.clock import local, today
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId, TaskId
from app.core.outcome import Outcome
from app.core.tasks import Nature, Task, TaskKind, TaskLine, TaskState
from app.core.visits import keep_third_parties_out
from app.db.repos import registers, tasks
from app.db.unit import WriteUnit
from app.services.checklists import Checklists
from app.services.store import Store


class Tasks:
    """List, create, edit and cancel tasks."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists

    def lines(self, state: str | None = None, text: str = "") -> tuple[TaskLine, ...]:
        """Return tasks with progress and deadline, those due first at the top."""
        with self._store.db.read() as unit:
            names = {key: person.name for key, person in registers.people(unit).items()}
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
    ) -> Outcome[Task]:
        """Create a task with the next number of the year.

        Raises:
            Refused: `task.no_template`, `task.members`, `person.third_party`, `institution.unknown`, `template.unknown`.
        """
        with self._store.db.write() as unit:
            task = Task(
                id=TaskId(self._store.new_id()),
                number=self._next_number(unit),
                title=title.strip(),
                nature=Nature(nature),
                kind=TaskKind(kind),
                institution=institution,
                templates=tuple(templates),
                members=tuple(dict.fromkeys(members)),
                due_on=due_on,
                basis=basis.strip(),
                approval_no=approval_no.strip(),
            )
            self._check(unit, task)
            unit.put("task", task.id, tasks.fields(task))
            return Outcome(task, unit.changed)

    def edit(self, task: Task) -> Outcome[Task]:
        """Change a task that has not begun; number and state stay.

        Raises:
            Refused: `task.begun`, or what `create` refuses.
        """
        with self._store.db.write() as unit:
            old = tasks.get(unit, task.id)
            if old.state is not TaskState.ASSIGNED:
                raise Refused("task.begun", number=old.number)
            self._check(unit, task)
            fields = tasks.fields(task)
            del fields["number"], fields["state"]
            unit.put("task", task.id, fields)
            return Outcome(tasks.get(unit, task.id), unit.changed)

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

    def _next_number(self, unit: WriteUnit) -> str:
        year = local(self._store.now()).year
        prefix = f"{self._store.office.short_name}检〔{year}〕"
        return f"{prefix}{tasks.count_in_year(unit, prefix) + 1}号"

    def _check(self, unit: WriteUnit, task: Task) -> None:
        registers.institution(unit, task.institution)
        if not task.templates:
            raise Refused("task.no_template")
        for template in task.templates:
            self._checklists.template(template)
        known = registers.people(unit)
        if not task.members or any(member not in known for member in task.members):
            raise Refused("task.members")
        keep_third_parties_out(task.members, known)
