"""The register of institutions as somebody types: searched, narrowed and sorted in memory, kept up with what is written.

The index is made when something is first looked for, forgotten when the store closes, and brought up to date before each
search by reading those rows again that were written since, by whomever.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.places import Institution
from app.core.searching import TextIndex
from app.db.repos import registers
from app.services.initials import initials_of
from app.services.store import Store

FACETS = ("kind", "level", "status", "division")
COUNTY = 6
_SPOKEN_FOR = {"status": "active"}  # what an empty value is taken as
_TRIM_AT = 100_000
_NUMBER, _DIGITS = re.compile(r"\d+"), 8


@dataclass(frozen=True, slots=True)
class InstitutionQuery:
    """What is looked for.

    Attributes:
        text: Words that all occur in name, codes, address, people, licence or chain; or initials of the name in pinyin.
        kind, level, status: One value each; empty for all of them.
        division: Its first six digits; empty for all.
        order: Field to sort by.
        limit: The most rows to return; 0 for no limit.
    """

    text: str = ""
    kind: str = ""
    level: str = ""
    status: str = ""
    division: str = ""
    order: str = "name"
    descending: bool = False
    limit: int = 0

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves rows out."""
        return bool(self.text.strip() or self.kind or self.level or self.status or self.division)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; `total` counts the rows without the limit, `whole` the register."""

    rows: tuple[Institution, ...]
    total: int
    whole: int


class InstitutionSearch:
    """Find institutions; calls of several threads take turns."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Lock()
        self._index: _Index | None = None
        store.attend(self._forget, self._forget)

    def find(self, query: InstitutionQuery) -> Found:
        """Return what a query finds, in its order."""
        with self._turn:
            return self._current().find(query)

    def values(self, field: str) -> tuple[str, ...]:
        """Return the values of one of `FACETS` that occur, in order."""
        with self._turn:
            return self._current().values(field)

    def _current(self) -> "_Index":
        if self._index is None:
            self._trim()
        with self._store.db.read() as unit:
            ((now,),) = unit.tuples("SELECT coalesce(max(n), 0) FROM institution_touched")
            if self._index is None or now < self._index.seen:
                self._index = _Index(registers.all_institutions(unit), now)
            elif now > self._index.seen:
                rows = unit.tuples(
                    "SELECT DISTINCT row FROM institution_touched WHERE n > ?", (self._index.seen,)
                )
                touched = [row for (row,) in rows]
                self._index.put(registers.institutions_of(unit, touched), touched, now)
        return self._index

    def _trim(self) -> None:
        with self._store.db.read() as unit:
            ((count,),) = unit.tuples("SELECT coalesce(max(n), 0) FROM institution_touched")
        if count > _TRIM_AT:
            with self._store.db.write() as unit:
                unit.local("DELETE FROM institution_touched")

    def _forget(self) -> None:
        with self._turn:
            self._index = None


class _Index:
    """The rows by place; a place is never given to another row, an empty one is a row that was removed."""

    def __init__(self, rows: Iterable[Institution], seen: int) -> None:
        self.seen = seen
        self._rows: list[Institution | None] = []
        self._place: dict[str, int] = {}
        self._text = TextIndex(initials_of)
        self._orders: dict[str, tuple[list[int], list[int]]] = {}
        self._facets: dict[str, Mapping[str, set[int]]] = {}
        for row in rows:
            self._set(row)

    def put(self, rows: Sequence[Institution], touched: Iterable[str], seen: int) -> None:
        """Take in rows as they stand now; what was touched and is not among them is gone."""
        for row in rows:
            self._set(row)
        for gone in set(touched) - {row.id for row in rows}:
            place = self._place.pop(gone, None)
            if place is not None:
                self._rows[place] = None
                self._text.put(place, "", "")
        self._orders.clear()
        self._facets.clear()
        self.seen = seen

    def find(self, query: InstitutionQuery) -> Found:
        found = self._text.find(query.text)
        for field in FACETS:
            value = getattr(query, field)
            if value:
                having = self._facet(field).get(value, set())
                found = having if found is None else found & having
        told, untold = self._order(query.order)
        order = (told[::-1] if query.descending else told) + untold
        places = order if found is None else [place for place in order if place in found]
        shown = places[: query.limit] if query.limit else places
        rows = self._rows
        return Found(
            tuple([row for place in shown if (row := rows[place]) is not None]), len(places), len(order)
        )

    def values(self, field: str) -> tuple[str, ...]:
        return tuple(sorted(value for value in self._facet(field) if value))

    def _set(self, row: Institution) -> None:
        place = self._place.setdefault(row.id, len(self._rows))
        if place == len(self._rows):
            self._rows.append(row)
        else:
            self._rows[place] = row
        self._text.put(place, row.name, _other_texts(row))

    def _facet(self, field: str) -> Mapping[str, set[int]]:
        if field not in self._facets:
            having: dict[str, set[int]] = defaultdict(set)
            for place, row in enumerate(self._rows):
                if row is not None:
                    having[_facet_value(row, field)].add(place)
            self._facets[field] = having
        return self._facets[field]

    def _order(self, field: str) -> tuple[list[int], list[int]]:
        """Return the places by a field, and those behind them where it is empty; by name where it is the same."""
        if field not in self._orders:
            by_name: Iterable[int] = (
                self._orders["name"][0]
                if field != "name" and "name" in self._orders
                else range(len(self._rows))
            )
            keys = {place: _sort_key(getattr(row, field)) for place in by_name if (row := self._rows[place])}
            told = sorted((place for place, key in keys.items() if key), key=lambda place: keys[place])
            self._orders[field] = told, [place for place, key in keys.items() if not key]
        return self._orders[field]


def _other_texts(row: Institution) -> str:
    texts = (
        row.credit_code,
        row.medins_code,
        row.address,
        row.legal_rep,
        row.head,
        row.phone,
        row.licence_no,
        row.chain,
    )
    return " ".join(text for text in texts if text)


def _facet_value(row: Institution, field: str) -> str:
    value = str(getattr(row, field)) or _SPOKEN_FOR.get(field, "")
    return value[:COUNTY] if field == "division" else value


def _sort_key(value: Any) -> Any:
    """Return a key that puts Chinese in the order of its pinyin and 第2分店 before 第10分店; empty for what is missing.

    GB 18030 begins with the common characters of GB 2312, which stand in the order of their readings.
    """
    if isinstance(value, int):
        return (value,)
    text = "" if value is None else str(value)
    return _NUMBER.sub(_padded, text).encode("gb18030", "replace")


def _padded(number: "re.Match[str]") -> str:
    return number[0].zfill(_DIGITS)
