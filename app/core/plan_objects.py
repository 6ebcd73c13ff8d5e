"""Which institutions a line of a plan is about (检查对象), and how many of them are to be checked."""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from app.core.places import Institution, InstitutionKind

MEDICAL: Final = (InstitutionKind.HOSPITAL, InstitutionKind.COMMUNITY, InstitutionKind.CLINIC)
UNRANKED: Final = "未定级"
BELOW_SECOND: Final = ("一级", UNRANKED)
_RATIO = re.compile(r"(?:(\d{1,3}(?:\.\d{1,6})?)%|([1-9]\d{0,5})/([1-9]\d{0,5}))", re.ASCII)
_DIVISION_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share of all as it is written: `3%`, `1/2`, `12.5%`; exact, more than nothing, at most all."""

    text: str

    def __post_init__(self) -> None:
        if not 0 < self.value <= 1:
            raise ValueError(f"no ratio: {self.text!r}")

    @property
    def value(self) -> Fraction:
        """The share itself; `ValueError` where it is none."""
        found = _RATIO.fullmatch(self.text)
        if found is None:
            raise ValueError(f"no ratio: {self.text!r}")
        percent, above, below = found.groups()
        return Fraction(percent) / 100 if percent else Fraction(int(above), int(below))


ALL: Final = Ratio("100%")


def sample_size(ratio: Ratio, n: int, minimum: int = 0) -> int:
    """Return how many of n are to be checked: never less than the ratio or the minimum says, never more than there are.

    Source: the plans say 不低于, so a part of one counts as one.
    """
    share = ratio.value
    return min(n, max(-(-share.numerator * n // share.denominator), minimum))


@dataclass(frozen=True, slots=True)
class Clause:
    """Institutions of which every condition holds; a condition that is empty holds for all.

    Attributes:
        levels: 三级, 二级, 一级, 未定级; an institution without a level is 未定级.
        ownerships: `public`, `private`.
        pooling: 统筹基金结算: `open` or `closed`; where the register does not say, only the empty condition holds.
        divisions: First digits of the division code.
        chains: Names or codes of head offices.
        joint: 市区共同定点, or not.
        grades: Credit grades.
        complaints: At least so many complaints.
        violations: At least so many serious violations.
        named: Ids, insurance codes, credit codes or full names (点名).
    """

    kinds: tuple[InstitutionKind, ...] = ()
    levels: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()
    pooling: str = ""
    divisions: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()
    joint: bool | None = None
    grades: tuple[str, ...] = ()
    complaints: int = 0
    violations: int = 0
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectFilter:
    """Institutions of which any clause holds; without clauses, all of them.

    Attributes:
        excluded: Ids, insurance codes, credit codes or full names that are left out.
        top: Of these only so many with the largest fund payment; 0 for all.
        top_year: The year of that payment.
        top_each: Ranked within each district (first six digits of the division) instead of together.
    """

    clauses: tuple[Clause, ...] = ()
    excluded: tuple[str, ...] = ()
    top: int = 0
    top_year: int = 0
    top_each: bool = False


def matches(wanted: ObjectFilter, one: Institution) -> bool:
    """Return whether an institution is meant; the rank by payment is for `population` to judge."""
    return matcher(wanted)(one)


def matcher(wanted: ObjectFilter) -> Callable[[Institution], bool]:
    """Return `matches` for many institutions: conditions that are empty are left out once and for all."""
    clauses = tuple(tuple(_conditions(one)) for one in wanted.clauses)
    excluded = frozenset(wanted.excluded) - {""}

    def is_meant(one: Institution) -> bool:
        if excluded and _is_named(excluded, one):
            return False
        for (
            conditions
        ) in clauses:  # plain loops: this runs for each line of a plan and each institution of a province
            for holds in conditions:
                if not holds(one):
                    break
            else:
                return True
        return not clauses

    return is_meant


def population(wanted: ObjectFilter, institutions: Iterable[Institution]) -> tuple[Institution, ...]:
    """Return those of the institutions that are meant, by id.

    Equal payments at the last place of `top` are decided by id, so that everybody gets the same list.
    """
    found = list(filter(matcher(wanted), institutions))
    if wanted.top:
        places: dict[str, list[tuple[int, str, Institution]]] = {}
        for one in found:
            if one.paid_year == wanted.top_year and one.paid_fen is not None:
                place = one.division[:_DIVISION_DIGITS] if wanted.top_each else ""
                places.setdefault(place, []).append((-one.paid_fen, one.id, one))
        found = [
            one for those in places.values() for _, _, one in heapq.nsmallest(wanted.top, those, key=_rank)
        ]
    return tuple(sorted(found, key=lambda one: one.id))


def _rank(placed: tuple[int, str, Institution]) -> tuple[int, str]:
    return placed[:2]


def _conditions(clause: Clause) -> Iterator[Callable[[Institution], bool]]:
    """Yield a test for each condition that is set."""
    kinds, levels, ownerships = (
        frozenset(clause.kinds),
        frozenset(clause.levels),
        frozenset(clause.ownerships),
    )
    chains, grades, named = frozenset(clause.chains), frozenset(clause.grades), frozenset(clause.named) - {""}
    if kinds:
        yield lambda one: one.kind in kinds
    if levels:
        yield lambda one: (one.level or UNRANKED) in levels
    if ownerships:
        yield lambda one: one.ownership in ownerships
    if clause.pooling:
        yield lambda one: one.pooling == clause.pooling
    if clause.divisions:
        yield lambda one: one.division.startswith(clause.divisions)
    if chains:
        yield lambda one: one.chain in chains
    if clause.joint is not None:
        yield lambda one: one.joint == clause.joint
    if grades:
        yield lambda one: one.credit_grade in grades
    if clause.complaints:
        yield lambda one: one.complaints >= clause.complaints
    if clause.violations:
        yield lambda one: one.violations >= clause.violations
    if clause.named:
        yield lambda one: _is_named(named, one)


def _is_named(names: frozenset[str], one: Institution) -> bool:
    return one.id in names or one.medins_code in names or one.credit_code in names or one.name in names
