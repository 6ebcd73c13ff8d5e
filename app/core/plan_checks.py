"""What is held against a plan before it is submitted: what is missing, what the law limits, what needs an eye."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.core.plans import Group, Method, Plan
from app.core.tasks import Nature

TWO_OFFICERS: Final = 2
_YEAR_DAYS: Final = 365
_YEARS: Final = range(2000, 2101)


class Weight(StrEnum):
    """`BLOCK`: cannot be submitted so; `WARN`: a person decides; `HINT`: good to know."""

    BLOCK = "block"
    WARN = "warn"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to be seen to.

    Attributes:
        code: Stable, dotted; its sentence stands with those of the errors.
        at: Part of the plan, like `groups[1]`.
        params: Values for the sentence.
    """

    code: str
    weight: Weight
    at: str
    params: tuple[tuple[str, str], ...] = ()


def remarks(plan: Plan, templates: Collection[str], former: Mapping[str, str]) -> tuple[Remark, ...]:
    """Return what is to be seen to, the gravest first, then in the order of the plan.

    Args:
        templates: Ids of the checklists that are installed.
        former: Terms that are not printed any more, and what stands for them.
    """
    found = [*_whole(plan), *_dates(plan), *_limits(plan), *_words(plan, former)]
    for position, group in enumerate(plan.groups):
        found += _group(plan, group, f"groups[{position}]", templates)
    order = list(Weight)
    return tuple(sorted(found, key=lambda one: order.index(one.weight)))


def _whole(plan: Plan) -> Iterator[Remark]:
    if not plan.title.strip():
        yield _block("plan.title_missing", "title")
    if not plan.basis.strip():
        yield _block("plan.basis_missing", "basis")
    if plan.year not in _YEARS:
        yield _block("plan.year_unusual", "year", year=plan.year)
    if not plan.groups:
        yield _block("plan.no_group", "groups")
    if not plan.stages:
        yield Remark("plan.no_stage", Weight.WARN, "stages")
    if not plan.discipline:
        yield Remark("plan.no_discipline", Weight.WARN, "discipline")


def _dates(plan: Plan) -> Iterator[Remark]:
    for at, first, last in (
        ("period_from", plan.period_from, plan.period_to),
        ("data_from", plan.data_from, plan.data_to),
        *((f"stages[{n}]", one.from_on, one.to_on) for n, one in enumerate(plan.stages)),
    ):
        if first and last and last < first:
            yield _block("plan.days_reversed", at, first=first, last=last)
    for position, stage in enumerate(plan.stages):
        if plan.period_to and stage.to_on and stage.to_on > plan.period_to:
            yield _warn("plan.stage_after_end", f"stages[{position}]", stage=stage.title, day=plan.period_to)
    undecided = sum(one.to_on is None for one in plan.stages)
    if undecided:
        yield Remark("plan.days_undecided", Weight.HINT, "stages", (("count", str(undecided)),))


def _limits(plan: Plan) -> Iterator[Remark]:
    for position, group in enumerate(plan.groups):
        at, often = f"groups[{position}]", group.frequency.value
        if over_cap(plan, group):
            told = {"group": group.title, "frequency": group.frequency.text, "cap": plan.yearly_cap}
            if any(not one.institution for one in plan.exemptions):
                yield _warn("plan.over_cap_exempt", at, **told)
            else:
                yield _block("plan.over_cap", at, **told)
        if often > 1 and plan.lock_days and (often - 1) * plan.lock_days > _room(plan):
            yield _warn(
                "plan.lock_too_long",
                at,
                group=group.title,
                frequency=group.frequency.text,
                days=plan.lock_days,
            )


def over_cap(plan: Plan, group: Group) -> bool:
    """Return whether a group goes more often than the yearly cap, which holds for inspections under administrative law.

    Source: 国办发〔2024〕54号 (forms/data/law.toml, inspection_cap).
    """
    is_capped = plan.yearly_cap > 0 and plan.nature_of(group) is Nature.ADMINISTRATIVE
    return is_capped and group.frequency.value > plan.yearly_cap


def _room(plan: Plan) -> Fraction:
    """Return the days in which the rounds of a year have to find place."""
    if plan.period_from and plan.period_to and plan.period_to >= plan.period_from:
        return Fraction(min((plan.period_to - plan.period_from).days + 1, _YEAR_DAYS))
    return Fraction(_YEAR_DAYS)


def _group(plan: Plan, group: Group, at: str, templates: Collection[str]) -> Iterator[Remark]:
    title = group.title.strip()
    if not title:
        yield _block("plan.group_untitled", f"{at}.title", n=int(at.strip("groups[]")) + 1)
    if not group.contents:
        yield _block("plan.group_without_contents", f"{at}.contents", group=title)
    for one in group.contents:
        if one.template not in templates:
            yield _block("plan.group_template_unknown", f"{at}.contents", group=title, template=one.template)
    nature = plan.nature_of(group)
    if nature is Nature.ADMINISTRATIVE and group.staff.inspectors < TWO_OFFICERS:
        yield _block("plan.two_officers", f"{at}.staff", group=title, n=group.staff.inspectors)
    if group.method is Method.NAMED and not any(clause.named for clause in group.objects.clauses):
        yield _block("plan.nobody_named", f"{at}.objects", group=title)
    if group.objects.top and not group.objects.top_year:
        yield _block("plan.top_without_year", f"{at}.objects", group=title)
    if group.staff.assistants and nature is Nature.ADMINISTRATIVE:
        yield Remark("plan.assistants_assist", Weight.HINT, f"{at}.staff", (("group", title),))


def _words(plan: Plan, former: Mapping[str, str]) -> Iterator[Remark]:
    said = "\n".join(_printed(plan))
    for old, now in former.items():
        if old in said:
            said = said.replace(old, "")
            yield _warn("plan.former_term", "", old=old, now=now)


def _printed(plan: Plan) -> Iterable[str]:
    yield from (plan.title, plan.basis, plan.goal, *plan.discipline)
    for stage in plan.stages:
        yield from (stage.title, stage.words)
    for group in plan.groups:
        yield from (group.title, group.words, group.owner)


def _block(code: str, at: str, **params: object) -> Remark:
    return Remark(code, Weight.BLOCK, at, _told(params))


def _warn(code: str, at: str, **params: object) -> Remark:
    return Remark(code, Weight.WARN, at, _told(params))


def _told(params: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, one.isoformat() if isinstance(one, dt.date) else str(one)) for name, one in params.items()
    )
