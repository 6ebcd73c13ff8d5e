"""A plan of pharmacies that may be drawn, its draw, and the program that strangers check it with."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

from app.core.clock import today
from app.core.draws import DrawSheet, Source, SourceKind, Wish
from app.core.ids import PlanId, RowId
from app.core.places import InstitutionKind
from app.core.plan_objects import Clause, ObjectFilter, Ratio
from app.core.plans import Group, Method, StaffRule
from app.db.repos import plans as stored
from resources import path
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk

DIGITS = "74093152088164702359"
ANNOUNCED = (("dice10", "十面骰子十次"), ("person", "见证人报数"))
PHARMACIES = ObjectFilter((Clause(kinds=(InstitutionKind.PHARMACY,)),))


def plan_of(
    office: Desk, *, staff: StaffRule | None = None, ratio: str = "1/3", title: str = "演练抽查", group_id: str = "g1"
) -> PlanId:
    plans = office.services.plans
    plan = plans.create(title=title).value
    group = Group(
        RowId(group_id), "零售药店", PHARMACIES, ratio=Ratio(ratio), method=Method.DRAW, staff=staff or StaffRule()
    )
    with office.services.plans._store.db.write() as unit:
        unit.put("plan", plan.id, {"state": "approved"})
        unit.put("plan_group", group.id, stored.part("groups", plan.id, group, 0))
    return plan.id


def wish_of(office: Desk) -> Wish:
    return Wish(today(office.services.clock()), ANNOUNCED)


def sources(at: dt.datetime, digits: str = DIGITS) -> tuple[Source, ...]:
    return (
        Source(SourceKind.DICE10, ANNOUNCED[0][1], digits[:10], at),
        Source(SourceKind.PERSON, ANNOUNCED[1][1], digits[10:], at),
    )


def drawn_by(office: Desk, clock: Clock, plan: PlanId, digits: str = DIGITS) -> DrawSheet:
    told = office.services.draws.freeze(plan, wish_of(office)).value
    clock.ahead += dt.timedelta(minutes=5)
    return office.services.draws.run(told.id, sources(clock(), digits), ("见证人甲",)).value


def checked_by_a_stranger(file: Path, published: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(path("verify/verify_draw.py")), str(file), *published.split()],
        capture_output=True, text=True, encoding="utf-8", check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
