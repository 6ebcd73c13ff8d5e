"""Registers and plans to draw from, by hand and by chance."""

import datetime as dt
import random
from typing import Any

from hypothesis import strategies as st

from app.core.draws import Source, SourceKind, Wish
from app.core.ids import InstitutionId, PersonId, PlanId, RowId
from app.core.places import Institution, InstitutionKind, Person, Role
from app.core.plan_objects import Clause, ObjectFilter, Ratio
from app.core.plans import Group, Method, Plan, StaffRule, Weights
from app.core.staff import Absence, Interest, Staff
from app.draws import frozen
from app.draws.eligible import Eligibility, Facts
from app.draws.freezing import freeze
from app.draws.run import Result, draw
from app.draws.sheets import Drawn, sheet_text

DAY = dt.date(2026, 6, 15)
SEED = "01382438112797316654"
FROZEN_AT = dt.datetime(2026, 6, 14, 8, tzinfo=dt.UTC)
SOURCES = (("dice10", "十面骰子二十次"),)
DISTRICTS = ("610602", "610603", "610621")
WISH = Wish(DAY, SOURCES)
Office = tuple[Plan, list[Institution], list[Person], Facts, Wish]


def place(n: int, **given: object) -> Institution:
    """Return an institution with a telling number."""
    fields = {"name": f"演练药店{n}", "kind": InstitutionKind.PHARMACY, "division": DISTRICTS[n % 3], **given}
    return Institution(id=InstitutionId(f"i{n:04d}"), **fields)


def inspector(n: int, **given: object) -> Person:
    """Return an inspector with a valid licence."""
    fields = {"name": f"检查员{n}", "licence_no": f"610{n:05d}", "division": DISTRICTS[n % 3], **given}
    return Person(id=PersonId(f"p{n:03d}"), **fields)


def group(ratio: str = "1/3", name: str = "g1", **given: object) -> Group:
    """Return a group of everything."""
    return Group(RowId(name), f"分组{name}", ratio=Ratio(ratio), **given)


def plan(*groups: Group, **given: object) -> Plan:
    """Return a plan of these groups."""
    return Plan(PlanId("plan"), "演练计划", 2026, groups=groups or (group(),), **given)


def sheet(text: str, seed: str = SEED) -> str:
    """Return the whole file of a draw from a frozen text."""
    at = FROZEN_AT + dt.timedelta(hours=1)
    sources = (Source(SourceKind.DICE10, SOURCES[0][1], seed, at),)
    return sheet_text(text, Drawn(sources, at, ("见证人甲",), "操作员"), seed, drawn(text, seed))


def drawn(text: str, seed: str = SEED) -> Result:
    """Return what a frozen text and a seed give."""
    return draw(frozen.read(text), seed)


def frozen_text(
    of: Plan, places: list[Institution], people: list[Person], facts: Facts | None = None, wish: Wish = WISH
) -> str:
    """Return what is frozen."""
    return freeze(of, places, people, facts or Facts({}), wish, FROZEN_AT, "演练医保局")


seeds = st.text("0123456789", min_size=20, max_size=30)


class Chance:
    """Registers, plans and wishes by chance, with all that may keep somebody out."""

    def __init__(self, number: int) -> None:
        self._chance = random.Random(number)

    def office(self) -> Office:
        """Return all that a draw is frozen from."""
        places = [self._place(n) for n in range(self._chance.randint(0, 40))]
        people = [self._person(n) for n in range(self._chance.randint(0, 14))]
        facts = self._facts(places, people)
        judge = Eligibility(plan(), DAY, facts)
        able = [one.id for one in people if one.role is Role.INSPECTOR and judge.person(one) is None]
        groups = [self._group(n, able) for n in range(self._chance.randint(1, 3))]
        campaign = plan(*groups, lock_days=self._of(0, 90), yearly_cap=self._of(0, 2), once=self._of(True, False))
        apart: tuple[str, ...] = self._of((), (), ("chain",), ("chain", "place"))
        return campaign, places, people, facts, Wish(DAY, SOURCES, self._of(0, 1, 3), apart, self._of(0, 3))

    def _of(self, *choices: Any) -> Any:
        return self._chance.choice(choices)

    def _place(self, n: int) -> Institution:
        return place(
            n, kind=self._of(InstitutionKind.PHARMACY, InstitutionKind.HOSPITAL),
            status=self._of("", "active", "active", "active", "closed"), agreement=self._of("", "active", "suspended"),
            chain=self._of("", "", "甲连锁", "乙连锁"), address=self._of("", "", "幸福路 1 号", "幸福路１号", "和平路2号"),
            division=self._of("", *DISTRICTS), complaints=self._of(0, 0, 1, 3), violations=self._of(0, 0, 1),
            credit_grade=self._of("", "A", "D"), paid_fen=self._of(*range(10)), paid_year=2025,
        )  # fmt: skip

    def _person(self, n: int) -> Person:
        return inspector(
            n, role=self._of(Role.INSPECTOR, Role.INSPECTOR, Role.INSPECTOR, Role.EXPERT, Role.ASSISTANT),
            licence_to=self._of(None, None, DAY, DAY - dt.timedelta(1)), is_active=self._of(True, True, True, False),
            organisation=self._of("", "", "", "t1"), division=self._of("", *DISTRICTS),
        )  # fmt: skip

    def _facts(self, places: list[Institution], people: list[Person]) -> Facts:
        absences, interests = [], []
        for n, one in enumerate(people):
            if self._of(*[True, *[False] * 5]):
                absences.append(Absence(f"a{n}", one.id, DAY - dt.timedelta(1), DAY + dt.timedelta(1)))
            if places and self._of(True, False, False):
                tie = self._of(*places)
                by_chain = tie.chain and self._of(True, False)
                where = InstitutionId("") if by_chain else tie.id
                interests.append(Interest(f"t{n}", one.id, where, tie.chain if by_chain else ""))
        checks = {one.id: tuple(sorted(self._days())) for one in places}
        loads = {one.id: self._of(0, 0, 1, 2) for one in people}
        round_before = self._chance.sample(people, min(len(people), 4))
        former = [[(one.id, str(one.role)) for one in round_before[at : at + 2]] for at in (0, 2)]
        been = {one.id: frozenset(place.id for place in places[:: self._of(2, 3)]) for one in round_before}
        return Facts(checks, Staff(tuple(absences), tuple(interests)), {}, loads, [one for one in former if one], been)

    def _days(self) -> set[dt.date]:
        return {DAY - dt.timedelta(self._chance.randint(0, 400)) for _ in range(self._of(0, 0, 1, 3))}

    def _group(self, n: int, able: list[PersonId]) -> Group:
        kinds = self._of((), (InstitutionKind.PHARMACY,), (InstitutionKind.HOSPITAL,))
        weights = Weights(
            self._of(0, 1, 2), self._of(0, 2), self._of(0, 1), raised=self._of(None, None, Ratio("1/2"), Ratio("100%"))
        )
        staff = StaffRule(
            self._of(0, 2, 2, 3), self._of(0, 0, 1), self._of(0, 0, 1), teams=self._of(0, 0, 1, 2),
            leaders=tuple(self._chance.sample(able, min(len(able), self._of(0, 0, 1, 2)))),
            cross_district=self._of(True, False), max_load=self._of(0, 1, 3, 5), rotate=self._of(True, False, False),
        )  # fmt: skip
        return group(
            self._of("3%", "5%", "1/3", "1/2", "12.5%", "100%"), f"g{n}", method=self._of(*Method), weights=weights,
            objects=ObjectFilter((Clause(kinds=kinds),), top=self._of(0, 0, 5), top_year=2025),
            minimum=self._of(0, 0, 4), staff=staff,
        )  # fmt: skip


offices = st.integers(0, 2**64).map(lambda number: Chance(number).office())
