"""The papers that come before a plan's visits: approval sheet, scheme and notice, drafted for all its tasks at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.core.errors import Refused
from app.core.ids import PlanId, TaskId
from app.core.outcome import Change, Outcome
from app.core.papers import Standing
from app.core.progress import CancelToken, Progress, silent
from app.services.papers.desk import Papers
from app.services.store import Store

BEFORE: Final = ("inspection_approval", "inspection_plan", "inspection_notice", "audit_notice")


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of it: tasks that were looked at, and drafts that were begun."""

    tasks: int
    papers: int


class PlanPapers:
    """Draft what a plan's visits begin with; issuing and signing stay with each task."""

    def __init__(self, store: Store, papers: Papers) -> None:
        self._store, self._papers = store, papers

    def draft(
        self,
        plan: PlanId,
        *,
        progress: Callable[[Progress], None] = silent,
        cancel: CancelToken | None = None,
    ) -> Outcome[Drafted]:
        """Begin the papers that the law asks for before a visit, where a task of the plan does not have them yet.

        What was begun before it was stopped stays; asked again, only what is missing is begun.

        Raises:
            Refused: `plan.no_tasks`.
            Cancelled: Between two tasks.
        """
        with self._store.db.read() as unit:
            rows = unit.sql(
                "SELECT id FROM task WHERE plan = ? AND state = 'assigned' AND _deleted = 0 ORDER BY number, id",
                (plan,),
            )
        if not rows:
            raise Refused("plan.no_tasks")
        begun, changed = 0, frozenset[Change]()
        for n, row in enumerate(rows, 1):
            (cancel or CancelToken()).check()
            for kind in self._lacking(TaskId(row.id)):
                made = self._papers.draft(kind, TaskId(row.id))
                begun, changed = begun + 1, changed | made.changed
            progress(Progress("papers", n, len(rows)))
        return Outcome(Drafted(len(rows), begun), changed)

    def _lacking(self, task: TaskId) -> list[str]:
        missing = {
            one.kind
            for one in self._papers.needed(task)
            if one.level == "required" and one.standing is Standing.MISSING
        }
        return [kind for kind in BEFORE if kind in missing]
