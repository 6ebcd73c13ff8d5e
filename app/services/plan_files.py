"""Plans that leave the program and come in: as files for other offices and the draw, as pages."""

import dataclasses
from pathlib import Path

from app.core.errors import Refused
from app.core.ids import PlanId
from app.core.outcome import Outcome
from app.core.plans import Plan
from app.core.plans_json import MAX_CHARS, plan_text, read_plan
from app.db.repos import plans as stored
from app.services.bundles.sealing import Sealing
from app.services.pages import Pages
from app.services.plan_printing import print_plan
from app.services.plan_shelf import fresh
from app.services.plan_steps import PlanSteps
from app.services.written import exported


class PlanFiles(PlanSteps):
    """Write plans to files, print them, take them in."""

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
        sealing = Sealing(self._store, Pages(self._store))
        pages = print_plan(plan, self.counts(plan), self._titles(plan), self._store.office, sealing.sign)
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
        made = self._renewed(fresh(given, PlanId(self._store.new_id())))
        groups = tuple(
            dataclasses.replace(one, staff=dataclasses.replace(one.staff, leaders=())) for one in made.groups
        )
        made = dataclasses.replace(made, groups=groups, exemptions=())
        with self._store.db.write() as unit:
            self._put(unit, made, None)
            return Outcome(made, unit.changed)

    def _titles(self, plan: Plan) -> dict[str, str]:
        """Return the titles of the checklists of a plan; one that is not installed keeps its id."""
        known = {one.id: one.title for one in self._checklists.all()}
        wanted = (one.template for group in plan.groups for one in group.contents)
        return {one: known.get(one, one) for one in wanted}
