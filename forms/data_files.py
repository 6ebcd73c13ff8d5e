"""Reading data files strictly: every fault is told with file, entry and field."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from forms.errors import DataFault


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file."""

    file: str
    path: str = ""

    def at(self, name: str, number: int | None = None) -> "Place":
        """Return the place of an entry within this one."""
        step = name if number is None else f"{name}[{number}]"
        return Place(self.file, f"{self.path}.{step}".lstrip("."))

    def fail(self, reason: str, value: object = "") -> NoReturn:
        """Refuse what stands here.

        Raises:
            DataFault: Always.
        """
        raise DataFault(file=self.file, place=self.path, reason=reason, value=str(value))

    def refuse_overlap(self, name: str, spans: Sequence[tuple[dt.date, dt.date | None]]) -> None:
        """Refuse the last of the spans (first and last day) if it has a day in common with an earlier one.

        Raises:
            DataFault: If it has.
        """
        since, until = spans[-1]
        for other_since, other_until in spans[:-1]:
            if (until is None or other_since <= until) and (other_until is None or since <= other_until):
                self.fail("overlap", name)


class Shape:
    """One entry of a file, taken apart field by field."""

    def __init__(self, tree: Any, place: Place) -> None:
        if not isinstance(tree, Mapping):
            place.fail("not_a_table", tree)
        self._tree = tree
        self._seen: set[str] = set()
        self.place = place

    def text(self, name: str) -> str:
        """Return a text that is there and not empty."""
        value = self._take(name)
        if not isinstance(value, str) or not value.strip():
            self.fail(name, "text_missing")
        return value

    def text_or(self, name: str, otherwise: str) -> str:
        """Return a text, or the other where there is none."""
        return self.text(name) if name in self._tree else otherwise

    def integer(self, name: str) -> int:
        """Return a whole number, not negative."""
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.fail(name, "number_missing")
        return value

    def day(self, name: str) -> dt.date:
        """Return a day."""
        value = self._take(name)
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            self.fail(name, "day_missing")
        return value

    def day_or_none(self, name: str) -> dt.date | None:
        """Return a day, or None where there is none."""
        return self.day(name) if name in self._tree else None

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        """Return one of the values allowed."""
        value = self.text(name)
        if value not in allowed:
            self.fail(name, "not_allowed")
        return value

    def texts(self, name: str) -> dict[str, str]:
        """Return a table of texts, empty where there is none."""
        inner = self._take(name) if name in self._tree else {}
        shape = Shape(inner, self.place.at(name))
        return {key: shape.text(key) for key in inner}

    def names(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty where there is none."""
        value = self._take(name) if name in self._tree else []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fail(name, "not_a_list")
        return tuple(value)

    def done(self, *more: str) -> None:
        """Refuse fields that nobody asked for: a misspelt one would silently change nothing."""
        for name in self._tree:
            if name not in self._seen and name not in more:
                self.fail(name, "unknown")

    def fail(self, name: str, reason: str) -> NoReturn:
        """Refuse a field."""
        self.place.at(name).fail(reason, self._tree.get(name, ""))

    def _take(self, name: str) -> Any:
        self._seen.add(name)
        return self._tree.get(name)


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a file holds.

    Raises:
        DataFault: If it is no TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataFault(file=path.name, place="", reason="unreadable", value=str(error)) from error
