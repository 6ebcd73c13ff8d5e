"""Dated data of the law that the program goes by: the calendar of working days, the guards, and what must follow what."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import resources
from app.core.guard_checks import CHECKS
from app.core.guards import Guard, GuardLevel, Stage
from app.core.places import Office
from app.core.tasks import Nature
from app.core.workdays import Calendar, DayKind, Deadline, calendar_of, deadline
from app.services.papers import kinds

_KINDS = {"working_day": DayKind.WORKING, "day": DayKind.CALENDAR}


@dataclass(frozen=True, slots=True)
class Follow:
    """Something that must follow a paper within a period of the law.

    Attributes:
        rule: Name of the figure in `forms/data/law.toml`.
        begins: `issued` or `served`.
        settled_by: Kinds of paper that settle it; empty: its own service does.
        longer: Kind of paper that grants another period, and the figure of that.
    """

    paper: str
    rule: str
    begins: str
    settled_by: tuple[str, ...] = ()
    longer: str = ""
    longer_rule: str = ""


@lru_cache(maxsize=1)
def calendar() -> Calendar:
    """Return the announced holidays."""
    return calendar_of(_read("law/calendar.toml"))


@lru_cache(maxsize=1)
def guards() -> tuple[Guard, ...]:
    """Return the guards as shipped."""
    return tuple(_guard(one) for one in _read("law/guards.toml")["guard"])


@lru_cache(maxsize=1)
def follows() -> tuple[Follow, ...]:
    """Return what must follow which paper."""
    return tuple(
        Follow(
            one["paper"], one["rule"], one["begins"], tuple(one.get("settled_by", ())), one.get("longer", ""),
            one.get("longer_rule", ""),
        )
        for one in _read("law/guards.toml")["follow"]
    )  # fmt: skip


@lru_cache(maxsize=1)
def weighty() -> frozenset[str]:
    """Return the kinds of paper that are not issued under a provisional number."""
    return frozenset(_read("law/guards.toml")["number"]["final_only"])


@lru_cache(maxsize=1)
def evidence_kinds() -> Mapping[str, str]:
    """Return the legal kind of evidence by what the file is. Source: 行政处罚法 46."""
    return dict(_read("law/guards.toml")["evidence"])


@lru_cache(maxsize=1)
def purpose() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return by which violations, and by which words in its facts, a finding establishes the purpose of fraud."""
    data = _read("law/guards.toml")["purpose"]
    return frozenset(data["violations"]), tuple(data["words"])


def period(rule_id: str, starts: dt.date, office: Office) -> Deadline:
    """Return the last day of a period of the law, in working days where the law counts them.

    Raises:
        KeyError: If the figure is in no unit of days.
        NoSuchLaw: If it is not in force.
    """
    rule = kinds.rule(rule_id, starts, office)
    return deadline(calendar(), starts, rule.value or 1, _KINDS[rule.unit])


def _guard(tree: Mapping[str, Any]) -> Guard:
    if tree["code"] not in CHECKS:
        raise ValueError(tree["code"])
    return Guard(
        code=tree["code"],
        level=GuardLevel(tree["level"]),
        source=tree["source"],
        since=tree["from"],
        until=tree.get("until"),
        stages=frozenset(map(Stage, tree["stages"])),
        natures=frozenset(map(Nature, tree.get("natures", ()))),
        papers=frozenset(tree.get("papers", ())),
        region=tree.get("region", ""),
        params=tree.get("params", {}),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.path(name).read_text(encoding="utf-8"))
