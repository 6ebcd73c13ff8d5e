"""Title, words and labels of a paper as they hold on a day in a province: the paper's own, changed by dated data.

A province changes wording, labels, hints, the title, the order of fields and of blocks in a file, never the fields that
law asks for. Files that come with the program lie in `forms/data/provinces`; an office may have its own beside them.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from forms.data_files import Place, Shape, read_toml
from forms.law import Rule, read_rules, rule_on
from forms.model import Edition
from forms.papers import Paper, block_names

DATA = Path(__file__).parent / "data"
OPEN_PLACE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
# Known of every paper besides its fields.
OF_EVERY_PAPER = frozenset({"authority", "number", "title"})


@dataclass(frozen=True, slots=True)
class Override:
    """What a province changes on one paper between two days."""

    paper: str
    region: str
    since: dt.date
    until: dt.date | None
    source: str
    title: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    layout: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """All dated data of law and wording, read once."""

    rules: tuple[Rule, ...]
    overrides: tuple[Override, ...]

    def rule(self, rule_id: str, on: dt.date, region: str = "") -> Rule:
        """Return a figure or text of the law in force on a day.

        Raises:
            NoSuchLaw: If none is.
        """
        return rule_on(self.rules, rule_id, on, region)

    def edition(self, paper: Paper, on: dt.date, region: str = "") -> Edition:
        """Return a paper's title, words and labels on a day; `region` is the office's division code.

        Raises:
            NoSuchLaw: If the words name a figure that is not in force that day.
        """
        title, words = paper.title, dict(paper.words)
        labels = {one.id: one.label for one in paper.fields}
        order = tuple(labels)
        layout: tuple[str, ...] = ()
        wide: tuple[str, ...] = ()
        for change in self._changes(paper.id, on, region):
            title = change.title or title
            words |= change.words
            labels |= change.labels
            order = _reordered(order, change.order)
            layout = change.layout or layout
            wide = tuple(dict.fromkeys((*wide, *change.wide)))
        told = {key: self._with_law(text, on, region) for key, text in words.items()}
        return Edition(title, tuple(told.items()), tuple(labels.items()), order, layout, wide)

    def hints(self, paper: Paper, on: dt.date, region: str = "") -> dict[str, str]:
        """Return what to tell beside each field on the screen."""
        hints = {one.id: one.hint for one in paper.fields}
        for change in self._changes(paper.id, on, region):
            hints |= change.hints
        return hints

    def basis(self, paper: Paper, on: dt.date, region: str = "") -> tuple[str, ...]:
        """Return the law a paper rests on, as cited."""
        return tuple(self._with_law(text, on, region) for text in paper.basis)

    def _changes(self, paper: str, on: dt.date, region: str) -> list[Override]:
        fitting = [
            one
            for one in self.overrides
            if one.paper == paper
            and region.startswith(one.region)
            and one.since <= on
            and (one.until is None or on <= one.until)
        ]
        # The province first, so that a city can refine what its province says.
        return sorted(fitting, key=lambda one: len(one.region))

    def _with_law(self, text: str, on: dt.date, region: str) -> str:
        def figure(match: re.Match[str]) -> str:
            name = match.group(1)
            if not name.startswith("law."):
                return match.group()
            _, rule_id, *part = name.split(".")
            rule = rule_on(self.rules, rule_id, on, region)
            return rule.clause if part == ["clause"] else rule.text

        return OPEN_PLACE.sub(figure, text)


def load_wording(papers: Mapping[str, Paper], offices: Sequence[Path] = ()) -> Wording:
    """Read the law, the provinces shipped and the offices' own folders of files.

    Raises:
        DataFault: If a file is not as it should be: unknown paper, field, key or place; overlapping days; no source.
    """
    rules = [*read_rules(read_toml(DATA / "law.toml"), Place("law.toml"))]
    overrides: list[Override] = []
    names = {one.id for one in rules}
    for folder in (DATA / "provinces", *offices):
        for path in sorted(folder.glob("*.toml")):
            own_rules, own_overrides = _read_province(path, papers, names)
            rules += own_rules
            overrides += own_overrides
    return Wording(tuple(rules), tuple(overrides))


def check_file(path: Path, papers: Mapping[str, Paper]) -> tuple[int, int]:
    """Read one file of a province and return how many figures and papers it changes.

    Raises:
        DataFault: If it is not as it should be.
    """
    names = {one.id for one in read_rules(read_toml(DATA / "law.toml"), Place("law.toml"))}
    rules, overrides = _read_province(path, papers, names)
    return len(rules), len(overrides)


def check_places(paper: Paper, text: str, rules: Iterable[str], place: Place) -> None:
    """Refuse words that name a field or a figure of the law that there is not.

    Raises:
        DataFault: If they do.
    """
    known = {one.id for one in paper.fields} | OF_EVERY_PAPER
    known |= {f"{one.id}.words" for one in paper.fields}
    for rule in rules:
        known |= {f"law.{rule}", f"law.{rule}.clause"}
    for name in OPEN_PLACE.findall(text):
        if name not in known:
            place.fail("unknown_place", name)
    if OPEN_PLACE.sub("", text).count("{") or OPEN_PLACE.sub("", text).count("}"):
        place.fail("unknown_place", text)


def _read_province(
    path: Path, papers: Mapping[str, Paper], rule_names: set[str]
) -> tuple[tuple[Rule, ...], list[Override]]:
    tree, place = read_toml(path), Place(path.name)
    top = Shape(tree, place)
    region = top.text("region")
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}", region):
        top.fail("region", "no_division_code")
    top.text("title")
    top.done("figure", "text", "paper")
    rules = read_rules(tree, place, region)
    for number, rule in enumerate(rules, 1):
        if rule.id not in rule_names:
            place.at("figure", number).fail("unknown", rule.id)
    found: list[Override] = []
    for number, entry in enumerate(tree.get("paper", ()), 1):
        where = place.at("paper", number)
        found.append(_read_override(Shape(entry, where), papers, region, rule_names))
        where.refuse_overlap(found[-1].paper, [(o.since, o.until) for o in found if o.paper == found[-1].paper])
    return rules, found


def _read_override(shape: Shape, papers: Mapping[str, Paper], region: str, rules: set[str]) -> Override:
    paper = papers.get(shape.text("id"))
    if paper is None:
        shape.fail("id", "unknown")
    change = Override(
        paper=paper.id,
        region=region,
        since=shape.day("from"),
        until=shape.day_or_none("until"),
        source=shape.text("source"),
        title=shape.text_or("title", ""),
        words=shape.texts("words"),
        labels=shape.texts("labels"),
        hints=shape.texts("hints"),
        order=shape.names("order"),
        layout=shape.names("layout"),
        wide=shape.names("wide"),
    )
    shape.done()
    fields = {one.id for one in paper.fields}
    own = dict(paper.words)
    for key, text in change.words.items():
        if key not in own:
            shape.place.at(f"words.{key}").fail("unknown", key)
        check_places(paper, text, rules, shape.place.at(f"words.{key}"))
        _keep_places(own[key], text, shape.place.at(f"words.{key}"))
    for name in (*change.labels, *change.hints, *change.order, *change.wide):
        if name not in fields:
            shape.place.fail("unknown_field", name)
    if change.layout:
        _check_layout(paper, change.layout, shape.place.at("layout"))
    if len(set(change.order)) != len(change.order):
        shape.place.at("order").fail("twice", ", ".join(change.order))
    return change


def _check_layout(paper: Paper, layout: tuple[str, ...], place: Place) -> None:
    """Refuse a layout that has not each block of the paper once: a locality moves blocks, it takes none away."""
    known, own = block_names(paper.body), list(block_names(paper.body))
    for name in layout:
        if name not in own:
            place.fail("twice" if name in known else "unknown", name)
        own.remove(name)
    if own:
        place.fail("left_out", ", ".join(own))


def _keep_places(own: str, new: str, place: Place) -> None:
    """Refuse words that leave out a value which the paper's own words print: a locality may not take it away."""
    for name in OPEN_PLACE.findall(own):
        if not name.startswith("law.") and name not in OPEN_PLACE.findall(new):
            place.fail("place_left_out", name)


def _reordered(order: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the order with the fields named brought into the order wanted, at the places they had together."""
    places = iter(wanted)
    return tuple(next(places) if name in wanted else name for name in order)
