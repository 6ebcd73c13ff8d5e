"""What a copy leaves out: the data is redacted, and the copy is composed anew from what is left.

Nothing is covered up: what a profile excludes never reaches the page, and neither the attachments nor the description of
the file. A value that is masked where it has a field of its own is masked wherever else it is mentioned, too.
"""

import dataclasses
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import resources
from app.core.errors import Refused
from forms import model

LEFT_OUT = "（略）"
_TRACED = (
    ("text", "revisions"), ("answer", "revisions"), ("question", "question_revisions"), ("summary", "summary_revisions"),
    ("party_opinion", "opinion_revisions"),
)  # fmt: skip
_ID_NUMBER = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of copy.

    Attributes:
        without: Classes of sections that are left out.
        pictures: Whether photos are printed.
        signers: Whether the copy says who signed.
        numbers: Whether identity and mobile numbers are masked wherever they stand, by their form.
        rules: Class, field and how (`drop`, `name`, `tail`).
        columns: Words in the title of a column, or in the printed name of a field, whose values are masked.
    """

    id: str
    title: str
    since: str
    source: str
    without: tuple[str, ...]
    pictures: bool
    signers: bool
    numbers: bool
    rules: tuple[tuple[str, str, str], ...]
    columns: tuple[str, ...]


@lru_cache(maxsize=1)
def profiles() -> dict[str, Profile]:
    """Return all kinds of copies by id."""
    told = json.loads(resources.path("redaction/profiles.json").read_text("utf-8"))
    found = {}
    for one in told:
        one["rules"] = tuple(tuple(rule) for rule in one["rules"])
        one["without"], one["columns"] = tuple(one["without"]), tuple(one["columns"])
        found[one["id"]] = Profile(**one)
    return found


def profile(name: str) -> Profile:
    """Return a kind of copy.

    Raises:
        Refused: `copy.profile_unknown`.
    """
    known = profiles()
    if name not in known:
        raise Refused("copy.profile_unknown", profile=name, known="、".join(known))
    return known[name]


def redacted(
    sections: tuple[model.Section, ...], chosen: Profile, names: tuple[str, ...] = ()
) -> tuple[model.Section, ...]:
    """Return what is left of the sections of a document; empty where nothing is.

    Args:
        names: Of people who are mentioned in running text only, as whoever makes the copy has found them.
    """
    kept = tuple(one for one in sections if type(one).__name__ not in chosen.without)
    masked: dict[str, str] = {}
    for name in names:
        _masked(name, "name", masked)
    first = tuple(_redact(one, chosen, masked) for one in sections)  # those left out tell what is to be masked, too
    if not any(not isinstance(one, model.Cover) for one in kept):
        return ()
    words = sorted(masked, key=len, reverse=True)
    of_kept = (one for one, whole in zip(first, sections, strict=True) if whole in kept)
    return tuple(_mentioned(one, words, masked, chosen.numbers) for one in of_kept)


def suspected(sections: tuple[model.Section, ...]) -> tuple[str, ...]:
    """Return what looks like a person's name behind a word such as 患者, in the order of the text; a person judges."""
    told = json.loads(resources.path("redaction/people.json").read_text("utf-8"))
    before, between, compound = ("|".join(map(re.escape, told[name])) for name in ("before", "between", "compound"))
    name = f"(?:{compound})[\u4e00-\u9fff]{{1,2}}|[{told['surnames']}][\u4e00-\u9fff]{{1,2}}"
    pattern = re.compile(f"(?:{before})(?:{between})?({name})(?=[^\u4e00-\u9fff]|[{re.escape(told['after'])}]|$)")
    return tuple(dict.fromkeys(found for text in _texts(sections) for found in pattern.findall(text)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type | model.Edition):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name))


def _redact(value: Any, chosen: Profile, masked: dict[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_redact(one, chosen, masked) for one in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes: dict[str, Any] = {}
    rules = {name: how for kind, name, how in chosen.rules if kind == type(value).__name__}
    for field in dataclasses.fields(value):
        old = getattr(value, field.name)
        how = rules.get(field.name)
        changes[field.name] = _redact(old, chosen, masked) if how is None else _masked(old, how, masked)
    made = dataclasses.replace(value, **changes)
    if isinstance(made, model.SheetItem):
        return _rows_masked(made, chosen, masked)
    if isinstance(made, model.FilledPaper):
        return _values_masked(made, chosen, masked)
    if isinstance(made, model.Evidence) and not chosen.pictures:
        return dataclasses.replace(made, thumbnail=None)
    return made


def _rows_masked(item: model.SheetItem, chosen: Profile, masked: dict[str, str]) -> model.SheetItem:
    hidden = [
        column.kind is model.ColumnKind.TEXT and any(word in column.title for word in chosen.columns) for column in item.columns
    ]
    rows = tuple(
        tuple(_masked(cell, "name", masked) if is_hidden else cell for cell, is_hidden in zip(row, hidden, strict=True))
        for row in item.rows
    )
    return dataclasses.replace(item, rows=rows)


def _values_masked(paper: model.FilledPaper, chosen: Profile, masked: dict[str, str]) -> model.FilledPaper:
    labels = dict(paper.edition.labels)
    values = tuple(
        (name, _masked(value, "name", masked) if any(word in labels.get(name, "") for word in chosen.columns) else value)
        for name, value in paper.values
    )
    return dataclasses.replace(paper, values=values)


def _masked(value: Any, how: str, masked: dict[str, str]) -> Any:
    """Return what is printed in the place of a value, and remember it."""
    if isinstance(value, tuple):
        return () if how == "drop" else tuple(_masked(one, how, masked) for one in value)
    if not isinstance(value, str):
        return None
    if not value.strip():
        return value
    match how:
        case "name":
            new = value[0] + "某" * (len(value) - 1) if len(value) <= 4 and not value.isascii() else _tail(value)
        case "tail":
            new = _tail(value)
        case _:
            new = LEFT_OUT
    word = value.strip()
    if len(word) >= (5 if word.isascii() else 2) and word != LEFT_OUT:  # a short number may be anything elsewhere
        masked[word] = new
    return new


def _tail(value: str) -> str:
    """Return a number with its last two signs only: enough to tell rows apart, too little to find a person."""
    return "*" * max(len(value) - 2, 1) + (value[-2:] if len(value) > 4 else "")


def _mentioned(value: Any, words: list[str], masked: dict[str, str], numbers: bool) -> Any:
    """Mask in every text what was masked in a field of its own, and numbers that are somebody's by their form."""
    if isinstance(value, str):
        for word in words:
            if word in value:
                value = value.replace(word, masked[word])
        return _MOBILE.sub(r"\1****\2", _ID_NUMBER.sub(r"\1********\2", value)) if numbers else value
    if isinstance(value, tuple):
        return tuple(_mentioned(one, words, masked, numbers) for one in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, model.Edition):  # words of the law, the same for everybody
            return value
        value = _untraced(value, words, masked, numbers)
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        changes = {name: _mentioned(one, words, masked, numbers) for name, one in fields.items()}
        return dataclasses.replace(value, **changes)
    return value


def _untraced(value: Any, words: list[str], masked: dict[str, str], numbers: bool) -> Any:
    """Leave out the struck words of a text in which something is masked: a piece of a name could stand in them."""
    for text, traces in _TRACED:
        made = getattr(value, traces, ())
        if not made or not hasattr(value, text):
            continue
        plain, done, whole = getattr(value, text), 0, ""
        for one in sorted(made, key=lambda one: one.at):
            whole, done = whole + plain[done : one.at] + one.struck, one.at
        whole += plain[done:]
        if any(_mentioned(told, words, masked, numbers) != told for told in (plain, whole, *(one.struck for one in made))):
            value = dataclasses.replace(value, **{traces: ()})
    return value
