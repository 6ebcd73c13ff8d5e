"""Templates of campaign plans (计划模板): data in `plans/<ID>.yaml`, with the sentences of the plans they were taken from.

The body of a template is a plan as the program writes it, with `{Y}` for its year, `{Y+1}` and the like for years
beside it, `{office}` for the office, and `end` for the last day of a month. What of it makes no plan is told by
whoever reads it as one.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from checklists import loader
from checklists.errors import Fault, TemplateBroken, TemplateUnknown
from checklists.loader import Listing, Node, Scalar, Table

_HEAD: Final = ("id", "version", "rank", "title", "summary", "source")
_FIELDS: Final = frozenset({*_HEAD, "quotes", "plan"})
_ID = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_YEAR = re.compile(r"\{Y([+-][1-9])?\}")
_MONTH_END = re.compile(r"(\d{4})-(\d{2})-end", re.ASCII)
Tree = str | list["Tree"] | dict[str, "Tree"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the source, and the part of the plan that carries it out, like `groups[0].ratio`."""

    part: str
    says: str


@dataclass(frozen=True, slots=True)
class PlanTemplate:
    """A plan to begin with.

    Attributes:
        rank: Place in the list, from 1.
        summary: What makes it different from the others, in a line.
        source: The plan it was taken from.
        body: The plan itself; see `filled`.
    """

    id: str
    version: int
    rank: int
    title: str
    summary: str
    source: str
    quotes: tuple[Quote, ...]
    body: Mapping[str, Tree]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of former plans, what stands for it now, and since when or why."""

    old: str
    now: str
    note: str


@cache
def plan_templates() -> tuple[PlanTemplate, ...]:
    """Return the installed templates by rank.

    Raises:
        TemplateBroken: If one of them cannot be read.
    """
    files = [file for file in _folder().iterdir() if _ID.fullmatch(file.name.removesuffix(".yaml"))]
    found = [read_plan_template(file.read_bytes(), f"plans/{file.name}") for file in files]
    return tuple(sorted(found, key=lambda one: (one.rank, one.id)))


def plan_template(template_id: str) -> PlanTemplate:
    """Return one template.

    Raises:
        TemplateUnknown: If it is not installed.
    """
    for one in plan_templates():
        if one.id == template_id:
            return one
    raise TemplateUnknown("checklist.unknown", template=template_id)


@cache
def terms() -> tuple[Term, ...]:
    """Return the terms that are not printed any more, longest first."""
    top, faults = loader.parse(
        loader.decode(_folder().joinpath("terms.yaml").read_bytes(), "plans/terms.yaml"), "terms"
    )
    if faults:
        raise TemplateBroken(faults)
    listed = top.fields["terms"]
    assert isinstance(listed, Listing)
    found = [Term(**_texts(one)) for one in listed.parts]
    return tuple(sorted(found, key=lambda one: (-len(one.old), one.old)))


def read_plan_template(raw: bytes, file: str) -> PlanTemplate:
    """Read one file.

    Raises:
        TemplateBroken: If its form or its head does not fit, with every fault.
    """
    top, found = loader.parse(loader.decode(raw, file), file)
    faults = list(found)
    faults += [
        Fault("checklist.unknown_field", file, top.lines[name], name)
        for name in top.fields
        if name not in _FIELDS
    ]
    texts = {name: _text(top, name, file, faults) for name in _HEAD}
    for name in ("version", "rank"):
        if not _NUMBER.fullmatch(texts[name]):
            faults.append(Fault("checklist.not_a_number", file, top.lines.get(name, 0), name, texts[name]))
    if not _ID.fullmatch(texts["id"]):
        faults.append(Fault("checklist.bad_id", file, top.lines.get("id", 0), "id", texts["id"]))
    body, quotes = top.fields.get("plan"), top.fields.get("quotes")
    if not isinstance(body, Table) or not isinstance(quotes, Listing):
        faults.append(
            Fault("checklist.missing", file, 0, "plan" if isinstance(quotes, Listing) else "quotes")
        )
    if faults:
        raise TemplateBroken(tuple(faults))
    assert isinstance(body, Table)
    assert isinstance(quotes, Listing)
    return PlanTemplate(
        id=texts["id"],
        version=int(texts["version"]),
        rank=int(texts["rank"]),
        title=texts["title"],
        summary=texts["summary"],
        source=texts["source"],
        quotes=tuple(Quote(**_texts(one)) for one in quotes.parts),
        body=_table(body),
    )


def filled(template: PlanTemplate, year: int, office: str) -> dict[str, Tree]:
    """Return the plan of a template for a year and an office, as a tree of texts."""
    return {name: _filled(part, year, office) for name, part in template.body.items()}


def _filled(part: Tree, year: int, office: str) -> Tree:
    if isinstance(part, dict):
        return {name: _filled(one, year, office) for name, one in part.items()}
    if isinstance(part, list):
        return [_filled(one, year, office) for one in part]
    text = _YEAR.sub(lambda found: str(year + int(found.group(1) or 0)), part).replace("{office}", office)
    return _MONTH_END.sub(_month_end, text)


def _month_end(found: re.Match[str]) -> str:
    year, month = int(found.group(1)), int(found.group(2))
    return f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}"


def _folder() -> Traversable:
    return resources.files("checklists").joinpath("plans")


def _text(top: Table, name: str, file: str, faults: list[Fault]) -> str:
    part = top.fields.get(name)
    if isinstance(part, Scalar) and part.text.strip():
        return part.text.strip()
    faults.append(Fault("checklist.missing", file, top.lines.get(name, 0), name))
    return ""


def _texts(part: Node) -> dict[str, str]:
    assert isinstance(part, Table)
    return {name: one.text for name, one in part.fields.items() if isinstance(one, Scalar)}


def _table(part: Table) -> dict[str, Tree]:
    return {name: _tree(one) for name, one in part.fields.items()}


def _tree(part: Node) -> Tree:
    if isinstance(part, Scalar):
        return part.text
    if isinstance(part, Listing):
        return [_tree(one) for one in part.parts]
    return _table(part)
