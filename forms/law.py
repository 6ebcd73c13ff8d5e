"""Figures and texts of the law that papers print, as dated data with their source; see `forms/data/law.toml`."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from forms.data_files import Place, Shape
from forms.errors import NoSuchLaw

_UNITS = {
    "working_day": "个工作日",
    "day": "日",
    "month": "个月",
    "hour": "小时",
    "percent_per_day": "%",
    "yuan": "元",
    "times": "次",
}
ARTICLE = re.compile("第[〇零一二三四五六七八九十百\\d]+条")


class Mark(StrEnum):
    """How the text of a rule was seen; only the first two may cite an article."""

    READ = "read"
    QUOTED = "quoted"
    SECONDARY = "secondary"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Rule:
    """One figure or text, in force between two days.

    Attributes:
        text: As printed: `7个工作日`, or the text itself.
        value: Of a figure, in `unit`; None for a text.
        unit: One of working_day, day, month, hour, percent_per_day, yuan, times; empty for a text.
        clause: As cited.
        until: Last day, or None.
        region: Prefix of a division code; empty for the whole country.
    """

    id: str
    text: str
    clause: str
    since: dt.date
    source: str
    mark: Mark
    value: int | None = None
    unit: str = ""
    until: dt.date | None = None
    region: str = ""


def rule_on(rules: Sequence[Rule], rule_id: str, on: dt.date, region: str) -> Rule:
    """Return the rule in force on a day; that of the closest division goes before the country's.

    Raises:
        NoSuchLaw: If none is in force.
    """
    fitting = [
        one
        for one in rules
        if one.id == rule_id
        and region.startswith(one.region)
        and one.since <= on
        and (one.until is None or on <= one.until)
    ]
    if not fitting:
        known = next((one.clause for one in rules if one.id == rule_id), rule_id)
        raise NoSuchLaw(rule=known, on=on.isoformat())
    return max(fitting, key=lambda one: (len(one.region), one.since))


def read_rules(tree: Mapping[str, Any], place: Place, region: str = "") -> tuple[Rule, ...]:
    """Return the rules of one file.

    Raises:
        DataFault: If an entry is not as it should be; the error says where and why.
    """
    figures = [_figure(Shape(one, place.at("figure", i)), region) for i, one in _entries(tree, "figure")]
    texts = [_text(Shape(one, place.at("text", i)), region) for i, one in _entries(tree, "text")]
    rules = (*figures, *texts)
    for i, one in enumerate(rules):
        place.refuse_overlap(one.id, [(r.since, r.until) for r in rules[: i + 1] if r.id == one.id])
    return rules


def _entries(tree: Mapping[str, Any], name: str) -> list[tuple[int, Any]]:
    return list(enumerate(tree.get(name, ()), 1))


def _figure(shape: Shape, region: str) -> Rule:
    value, unit = shape.integer("value"), shape.one_of("unit", tuple(_UNITS))
    text = f"{value:,}{_UNITS[unit]}" if unit == "yuan" else f"{value}{_UNITS[unit]}"
    rule = _rule(shape, text, region, value, unit)
    shape.done("title")
    return rule


def _text(shape: Shape, region: str) -> Rule:
    rule = _rule(shape, shape.text("body").strip(), region, None, "")
    shape.done("title")
    return rule


def _rule(shape: Shape, text: str, region: str, value: int | None, unit: str) -> Rule:
    mark = Mark(shape.one_of("mark", tuple(Mark)))
    clause = shape.text("clause")
    if mark not in (Mark.READ, Mark.QUOTED) and ARTICLE.search(clause):
        shape.fail("clause", "article_of_unread_law")
    return Rule(
        id=shape.text("id"),
        text=text,
        clause=clause,
        since=shape.day("from"),
        until=shape.day_or_none("until"),
        source=shape.text("source"),
        mark=mark,
        value=value,
        unit=unit,
        region=region,
    )
