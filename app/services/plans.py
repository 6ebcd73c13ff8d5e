"""Campaign plans: made from a template or like another, edited while they are drafts, exempted from the cap."""

import dataclasses
from typing import Any, Final

from app.core.clock import local, today
from app.core.errors import Refused
from app.core.ids import PlanId
from app.core.outcome import Outcome
from app.core.plans import Exemption, Plan, PlanState
from app.core.plans_json import read_tree
from app.core.tasks import Nature
from app.db.repos import plans as stored
from app.db.repos import registers
from app.services.papers import kinds
from app.services.plan_files import PlanFiles
from app.services.plan_shelf import ENDED, fresh
from checklists.errors import TemplateUnknown
from checklists.plan_templates import PlanTemplate, filled, plan_template, plan_templates

_LONGEST: Final = 200
_IN_FORCE: Final = (PlanState.APPROVED, PlanState.RUNNING)


class Plans(PlanFiles):
    """The one thing that windows and commands ask for plans."""

    def templates(self) -> tuple[PlanTemplate, ...]:
        """Return the plan templates that come with the program."""
        return plan_templates()

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
            made = self._renewed(fresh(old, PlanId(self._store.new_id())))
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
            if old.state in ENDED:
                raise Refused("plan.ended")
            if old.state in _IN_FORCE and _frozen(changed) != _frozen(old):
                raise Refused("plan.in_force")
            self._put(unit, changed, old)
            return Outcome(stored.get(unit, plan.id), unit.changed)

    def exempt(self, plan_id: PlanId, exemption: Exemption) -> Outcome[Plan]:
        """Add (empty id) or change why the cap does not hold, for an institution or the whole plan.

        Raises:
            Refused: `plan.unknown`, `plan.ended`, `plan.ground_missing`, `institution.unknown`.
        """
        if not exemption.note.strip():
            raise Refused("plan.ground_missing")
        with self._store.db.write() as unit:
            plan = stored.get(unit, plan_id)
            if plan.state in ENDED:
                raise Refused("plan.ended")
            if exemption.institution:
                registers.institution(unit, exemption.institution)
            kept = dataclasses.replace(
                exemption, id=exemption.id or self.new_id(), note=exemption.note.strip()
            )
            unit.put("plan_exemption", kept.id, stored.part("exemptions", plan_id, kept, 0))
            return Outcome(stored.get(unit, plan_id), unit.changed)


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
