"""Who may be drawn: what keeps an institution out of a group, and a person out of the teams of a day, with the reason."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.core.ids import InstitutionId
from app.core.places import Institution, Person, Role
from app.core.plans import EVERYWHERE, Group, Method, Plan
from app.core.staff import Staff, ThirdParty

ACTIVE = ("", "active")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the rows of the registers.

    Attributes:
        checks: Days of on-site checks of an institution, ascending.
        loads: Institutions that are waiting for a person already.
        former: Teams of the plan's last round, as person and role; `been`: where each was in it.
    """

    checks: Mapping[InstitutionId, tuple[dt.date, ...]]
    staff: Staff = field(default_factory=Staff)
    parties: Mapping[str, ThirdParty] = field(default_factory=dict)
    loads: Mapping[str, int] = field(default_factory=dict)
    former: Sequence[Sequence[tuple[str, str]]] = ()
    been: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Out:
    """Why somebody is not drawn.

    Attributes:
        code: `status`, `agreement`, `lock`, `cap`; of people `inactive`, `licence`, `absent`, `third_party`, `contract`.
        detail: The status, the day, the number.
    """

    code: str
    detail: str = ""


class Eligibility:
    """Judge institutions and people for one plan on one day."""

    def __init__(self, plan: Plan, on_day: dt.date, facts: Facts) -> None:
        self._plan, self._day, self._facts = plan, on_day, facts
        self._exempt = {one.institution for one in plan.exemptions}
        self._since = on_day - dt.timedelta(days=plan.lock_days)

    def place(self, one: Institution, group: Group) -> Out | None:
        """Return what keeps an institution out of a group, or None.

        The lock holds for what is drawn by lot; the cap holds for every check, but for those the plan exempts.
        """
        if one.status not in ACTIVE:
            return Out("status", one.status)
        if one.agreement in ("suspended", "ended"):
            return Out("agreement", one.agreement)
        checks = self._facts.checks.get(one.id, ())
        by_lot = group.method in (Method.DRAW, Method.TOP)
        if by_lot and self._plan.lock_days and checks and checks[-1] > self._since:
            return Out("lock", checks[-1].isoformat())
        cap, year = self._plan.yearly_cap, self._plan.year
        if cap and not self._exempt & {one.id, EVERYWHERE} and sum(day.year == year for day in checks) >= cap:
            return Out("cap", str(cap))
        return None

    def person(self, one: Person) -> Out | None:
        """Return what keeps a person out of the teams of the day, or None."""
        away = self._facts.staff.away(one.id, self._day)
        party = self._facts.parties.get(one.organisation)
        if not one.is_active:
            return Out("inactive")
        if one.organisation and one.role is not Role.ASSISTANT:
            return Out("third_party")
        if one.role is Role.INSPECTOR and not one.may_inspect_on(self._day):
            return Out("licence", one.licence_to.isoformat() if one.licence_to else "")
        if party is not None and not party.is_under_contract(self._day):
            return Out("contract", party.valid_to.isoformat() if party.valid_to else "")
        if away is not None:
            return Out("absent", away.from_on.isoformat())
        return None
