"""The steps of a plan: submitted, approved by the responsible head, carried out, ended."""

import dataclasses

from app.core.clock import to_ms
from app.core.errors import Refused
from app.core.ids import PlanId
from app.core.outcome import Outcome
from app.core.plan_checks import Weight
from app.core.plans import Content, Plan, PlanState
from app.db.repos import plans as stored
from app.db.unit import ReadUnit, WriteUnit
from app.services.plan_shelf import ENDED, PlanShelf, open_tasks


class PlanSteps(PlanShelf):
    """Lead plans through their states."""

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
            left = open_tasks(unit, plan_id)
            if left and not reason.strip():
                raise Refused("plan.tasks_open", count=left)
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
            if plan.state in ENDED:
                raise Refused("plan.ended")
            return self._turn(
                unit, plan, PlanState.CANCELLED, reason=_reason(reason), closed_at=to_ms(self._store.now())
            )  # fmt: skip

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

    def _next_number(self, unit: ReadUnit, year: int) -> str:
        prefix = f"{self._store.office.short_name}检计〔{year}〕"
        taken = {
            row.number
            for row in unit.sql(
                "SELECT number FROM plan WHERE substr(number, 1, ?) = ?", (len(prefix), prefix)
            )
        }
        return next(text for n in range(1, len(taken) + 2) if (text := f"{prefix}{n}号") not in taken)

    def _in(self, unit: ReadUnit, plan_id: PlanId, state: PlanState) -> Plan:
        plan = stored.get(unit, plan_id)
        if plan.state is not state:
            raise Refused("plan.state", state=str(plan.state), wanted=str(state))
        return plan

    def _turn(self, unit: WriteUnit, plan: Plan, state: PlanState, **more: str | int) -> Outcome[Plan]:
        unit.put("plan", plan.id, {"state": str(state), **more})
        return Outcome(stored.get(unit, plan.id), unit.changed)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("plan.reason_missing")
    return text.strip()
