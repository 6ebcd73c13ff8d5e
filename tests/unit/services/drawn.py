"""A plan that was drawn, as rows: what tasks are made of."""

import datetime as dt
from collections.abc import Sequence

from app.bootstrap import Services
from app.core.clock import today
from app.core.ids import InstitutionId, PersonId, derived_id
from app.db.repos.values import texts
from tests.unit.services.desks import Desk

PLAN, GROUP, DRAW = (derived_id(one, "") for one in ("plan", "group", "draw"))
PICKS = tuple(derived_id("pick", "", str(n)) for n in range(10))


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
    places = office.services.institutions.find("药", kind="pharmacy")[: picks + 1]
    rows_of(
        office.services, [one.id for one in places], picks=picks, team=office.inspectors[:2], reserve=reserve,
        contents=contents, state=state, experts=experts,
    )  # fmt: skip
    return [place.name for place in places]


def rows_of(
    services: Services,
    places: Sequence[InstitutionId],
    *,
    team: Sequence[PersonId],
    picks: int | None = None,
    reserve: Sequence[PersonId] = (),
    contents: Sequence[str] = ("SGF@1",),
    state: str = "drawn",
    experts: Sequence[PersonId] = (),
    key: str = "",
) -> str:
    """Write the rows and return the draw; institutions beyond `picks` stand on the reserve list.

    Args:
        key: Makes the rows others than those of another bureau on the same server.
    """
    plan, group, made = (derived_id(one, key) for one in ("plan", "group", "draw"))
    day, count = today(services.clock()), len(places) if picks is None else picks
    with services.tasks._store.db.write() as unit:
        unit.put("plan", plan, {
            "title": "青禾区百日稽核（演练）", "basis": "年度检查计划", "nature": "administrative", "state": "running",
            "discipline": texts(["不得跑风漏气。", "不接受宴请。"]), "period_to": (day + dt.timedelta(90)).isoformat(),
        })  # fmt: skip
        for n, (title, end) in enumerate([("梳理自查", 10), ("巡查整治", 40), ("规范总结", 60)]):
            unit.put("plan_stage", derived_id("stage", key, str(n)), {
                "plan": plan, "position": n, "title": title, "from_on": day.isoformat(),
                "to_on": (day + dt.timedelta(end)).isoformat(),
            })  # fmt: skip
        unit.put("plan_group", group, {
            "plan": plan, "position": 0, "title": "零售药店", "contents": texts(contents), "method": "draw",
        })  # fmt: skip
        unit.put("draw", made, {"plan": plan, "state": state, "number": "青禾双〔2026〕1号"})
        for n, place in enumerate(places):
            unit.append("draw_pick", derived_id("pick", key, str(n)), {
                "draw": made, "plan_group": group, "position": n, "institution": place, "team": 1 if n < count else None,
                "reserve": int(n >= count), "serial": n + 1,
            })  # fmt: skip
        seats = [(role, person, 0) for role, person in zip(("leader", "inspector"), team, strict=True)]
        seats += [("expert", one, 0) for one in experts] + [("inspector", one, 1) for one in reserve]
        for n, (role, person, is_reserve) in enumerate(seats):
            unit.append("draw_staff", derived_id("staff", key, str(n)), {
                "draw": made, "plan_group": group, "position": n, "person": person, "role": role,
                "team": None if is_reserve else 1, "reserve": is_reserve,
            })  # fmt: skip
    return made


def step_in(office: Desk, old: str, new: str) -> None:
    """Let an institution of the reserve list take another one's place, as a draw notes it."""
    with office.services.tasks._store.db.write() as unit:
        unit.put("draw_pick", new, {"used": 1, "replaces": old, "reason": "已停业"})
