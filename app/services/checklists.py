"""Templates as the program uses them: which are offered, what is visible, what they hold against answers."""

import datetime as dt
from collections.abc import Callable, Mapping

from app.core.clock import today
from app.core.errors import Refused
from app.core.ids import InstitutionId
from app.core.inspections import Answer, SheetRef
from app.core.places import Institution
from app.db.repos import registers
from app.services.store import Store
from checklists import logic
from checklists.errors import ChecklistError
from checklists.registry import Registry
from checklists.schema import AnswerState, Given, Problem, Template, Violation


class Checklists:
    """Templates of the program; parsed once, when first asked for."""

    def __init__(self, registry: Registry, store: Store, now: Callable[[], dt.datetime]) -> None:
        self._registry, self._store, self._now = registry, store, now

    def template(self, template_id: str, version: int | None = None) -> Template:
        """Return a template, the newest version where none is named; `SGF@2` names one as well.

        Raises:
            Refused: `template.unknown`.
        """
        name, at, number = template_id.partition("@")
        if at and version is None and number.isascii() and number.isdigit():
            template_id, version = name, int(number)
        try:
            return self._registry.get(template_id, version)
        except ChecklistError as error:
            raise Refused("template.unknown", template=template_id, version=version or "") from error

    def pinned(self, ref: SheetRef) -> Template:
        """Return the template that an inspection pinned.

        Raises:
            Refused: `template.unknown`, or `template.changed` where its content is not what was pinned.
        """
        template = self.template(ref.template, ref.version)
        if template.digest != ref.digest:
            raise Refused("template.changed", template=ref.template, version=ref.version)
        return template

    def question(self, template_id: str, version: int | None, item: str) -> str:
        """Return the question of an item, empty where this program does not have it."""
        try:
            template = self.template(template_id, version)
        except Refused:
            return ""
        return next((one.question for one in template.items if one.code == item), "")

    def all(self) -> tuple[Template, ...]:
        """Return the newest version of every template."""
        return self._registry.all()

    def item_counts(self, refs: tuple[str, ...]) -> dict[str, int]:
        """Return the number of items by `template:version`."""
        counts = {}
        for ref in refs:
            template, _, version = ref.partition(":")
            counts[ref] = len(self.template(template, int(version)).items)
        return counts

    def offered(self, institution_id: InstitutionId) -> tuple[Template, ...]:
        """Return the templates for an institution of this kind, level and ownership, best first."""
        with self._store.db.read() as unit:
            place = registers.institution(unit, institution_id)
        return self._registry.offered_for(str(place.kind), place.level, place.ownership)

    def fits(self, template_id: str, place: Institution) -> bool:
        """Return whether a template, with or without its version, is made for such an institution."""
        made = self._registry.offered_for(str(place.kind), place.level, place.ownership)
        return template_id.partition("@")[0] in {one.id for one in made}

    def violations(self) -> tuple[Violation, ...]:
        """Return the violation dictionary."""
        return self._registry.violations()

    def violation(self, code: str) -> Violation:
        """Return one violation.

        Raises:
            Refused: `violation.unknown`.
        """
        try:
            return self._registry.violation(code)
        except ChecklistError as error:
            raise Refused("violation.unknown", violation=code) from error

    def visible(
        self, template: Template, answers: Mapping[str, Answer], institution_id: InstitutionId
    ) -> frozenset[str]:
        """Return the codes of the items that are shown with these answers."""
        with self._store.db.read() as unit:
            place = registers.institution(unit, institution_id)
        return self.visible_at(template, answers, place)

    def visible_at(self, template: Template, answers: Mapping[str, Answer], place: Institution) -> frozenset[str]:
        """Return the codes of the items that are shown with these answers at this institution; pure."""
        shown = logic.visible_items(template, given_of(answers), today(self._now()), facts_of(place))
        return frozenset(item.code for item in shown)

    def problems(
        self, template: Template, answers: Mapping[str, Answer], institution_id: InstitutionId
    ) -> tuple[Problem, ...]:
        """Return what the template holds against these answers."""
        with self._store.db.read() as unit:
            place = registers.institution(unit, institution_id)
        return self.problems_at(template, answers, place)

    def problems_at(
        self, template: Template, answers: Mapping[str, Answer], place: Institution
    ) -> tuple[Problem, ...]:
        """Return what the template holds against these answers at this institution; pure."""
        return logic.problems(template, given_of(answers), today(self._now()), facts_of(place))


def given_of(answers: Mapping[str, Answer]) -> dict[str, Given]:
    """Return answers as the logic of templates sees them."""
    return {
        code: Given(
            state=AnswerState(one.state),
            value=one.value,
            count=one.count,
            amount_cny=one.amount_cny,
            detail=one.detail,
            note=one.note,
            rows=tuple(row.cells for row in one.rows),
            evidence=one.evidence,
        )
        for code, one in answers.items()
    }


def facts_of(place: Institution) -> dict[str, str]:
    """Return what conditions may ask about an institution."""
    return {"kind": str(place.kind), "level": place.level, "ownership": place.ownership}
