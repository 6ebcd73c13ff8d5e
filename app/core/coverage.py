"""Coverage (覆盖率): which institution was checked when and by which plan. Pure rules over facts of the store."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.ids import InstitutionId, PastCheckId


@dataclass(frozen=True, slots=True)
class PastCheck:
    """An on-site check made before this program was used, or by others.

    Attributes:
        by_whom: The authority that checked, as the source names it.
        plan: The plan or action in words, or the id of a plan of this office.
        source: Where this is known from: a file, a platform, a letter.
    """

    id: PastCheckId
    institution: InstitutionId
    on_day: dt.date
    by_whom: str = ""
    plan: str = ""
    outcome: str = ""
    source: str = ""


def days_by_institution(checks: Iterable[tuple[str, dt.date]]) -> Mapping[InstitutionId, tuple[dt.date, ...]]:
    """Return the days on which each institution was checked, ascending, each day once."""
    found: dict[InstitutionId, set[dt.date]] = {}
    for institution, day in checks:
        found.setdefault(InstitutionId(institution), set()).add(day)
    return {institution: tuple(sorted(days)) for institution, days in found.items()}
