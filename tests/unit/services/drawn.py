"""A plan that was drawn, as rows: what tasks are made of."""

import datetime as dt
from collections.abc import Sequence

from app.core.clock import today
from app.core.ids import PersonId
from app.db.repos.values import texts
from tests.unit.services.desks import Desk

PLAN, GROUP, DRAW = "plan-1", "group-1", "draw-1"


def draw(
    office: Desk,
    *,
    picks: int = 3,
    reserve: Sequence[PersonId] = (),
    contents: Sequence[str] = ("SGF@1",),
    state: str = "drawn",
    experts: Sequence[PersonId] = (),
) -> list[str]:
    """Write a plan and a draw of the first institutions with one team; return the names of the institutions."""
    day = today(office.services.clock())
    places = office.services.institutions.find("药", kind="pharmacy")[: picks + 1]
    with office.services.tasks._store.db.write() as unit:
        unit.put("plan", PLAN, {
            "title": "青禾区百日稽核（演练）", "basis": "年度检查计划", "nature": "administrative", "state": "running",
            "discipline": texts(["不得跑风漏气。", "不接受宴请。"]), "period_to": (day + dt.timedelta(90)).isoformat(),
        })  # fmt: skip
        for n, (title, end) in enumerate([("梳理自查", 10), ("巡查整治", 40), ("规范总结", 60)]):
            unit.put("plan_stage", f"stage-{n}", {
                "plan": PLAN, "position": n, "title": title, "from_on": day.isoformat(), "to_on": (day + dt.timedelta(end)).isoformat(),
            })  # fmt: skip
        unit.put("plan_group", GROUP, {
            "plan": PLAN, "position": 0, "title": "零售药店", "contents": texts(contents), "method": "draw",
        })  # fmt: skip
        unit.put("draw", DRAW, {"plan": PLAN, "state": state, "number": "青禾双〔2026〕1号"})
        for n, place in enumerate(places):
            unit.append("draw_pick", f"pick-{n}", {
                "draw": DRAW, "plan_group": GROUP, "position": n, "institution": place.id, "team": 1 if n < picks else None,
                "reserve": int(n >= picks), "used": 0,
            })  # fmt: skip
        team = [("leader", office.inspectors[0]), ("inspector", office.inspectors[1]), *(("expert", one) for one in experts)]
        for n, (role, person) in enumerate(team):
            unit.append("draw_staff", f"staff-{n}", {
                "draw": DRAW, "plan_group": GROUP, "position": n, "person": person, "role": role, "team": 1, "reserve": 0, "used": 0,
            })  # fmt: skip
        for n, person in enumerate(reserve):
            unit.append("draw_staff", f"reserve-{n}", {
                "draw": DRAW, "plan_group": GROUP, "position": n, "person": person, "role": "inspector", "reserve": 1, "used": 0,
            })  # fmt: skip
    return [place.name for place in places]


def step_in(office: Desk, old: str, new: str) -> None:
    """Let an institution of the reserve list take another one's place, as a draw notes it."""
    with office.services.tasks._store.db.write() as unit:
        unit.put("draw_pick", new, {"used": 1, "replaces": old, "reason": "已停业"})
