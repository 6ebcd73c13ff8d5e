"""Whether a row is already there: by code, by name with address or division, and what merely looks alike."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.core.divisions import within
from app.core.naming import address_key, name_key, near_key
from app.core.registers import RowNote
from app.services.registers.rows import Draft


class Entry:
    """A row of the register, or one that this file brings.

    Attributes:
        row: Row of the file that made it; 0 for what was there before.
    """

    __slots__ = ("id", "row", "values")

    def __init__(self, row_id: str, values: dict[str, Any], row: int = 0) -> None:
        self.id, self.values, self.row = row_id, values, row


class Match(NamedTuple):
    """What a row was found to be: an entry or none, and what is to be said about it."""

    entry: Entry | None
    notes: tuple[RowNote, ...] = ()


class Institutions:
    """Find institutions.

    The national code belongs to one place of business. A credit code belongs to a legal person, who may run several:
    one code under two names at two addresses are two institutions.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_medins: dict[str, Entry] = {}
        self._by_credit: dict[str, list[Entry]] = defaultdict(list)
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        self._by_near: dict[str, list[Entry]] = defaultdict(list)
        self._addresses: dict[str, str] = {}
        self._names: dict[str, tuple[str, str]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Know one more."""
        values = entry.values
        if medins := values.get("medins_code"):
            self._by_medins.setdefault(medins, entry)
        if credit := values.get("credit_code"):
            self._by_credit[credit].append(entry)
        key, near = self._keys(values["name"] or "")
        self._by_name[key].append(entry)
        self._by_near[near].append(entry)

    def learn(self, entry: Entry, fields: Iterable[str]) -> None:
        """Know the codes that an entry was given since."""
        for field in fields:
            if field == "medins_code":
                self._by_medins.setdefault(entry.values[field], entry)
            elif field == "credit_code":
                self._by_credit[entry.values[field]].append(entry)

    def match(self, draft: Draft) -> Match | RowNote:
        """Return the entry that a row means; a note where several fit and nobody but a person can tell."""
        values = draft.values
        medins, credit = values.get("medins_code"), values.get("credit_code")
        if medins and (entry := self._by_medins.get(str(medins))):
            return Match(entry)
        notes: list[RowNote] = []
        if credit and (holders := self._by_credit.get(str(credit))):
            found = [entry for entry in holders if not self._other_place(entry, draft)]
            if len(found) > 1:
                found = self._same_name(found, draft) or found
            if len(found) == 1:
                return Match(found[0])
            if len(found) > 1:
                return _ambiguous(draft, found)
            notes.append(RowNote(draft.row, "import.code_shared", _named(holders[0])))
        key, near = self._keys(str(values["name"]))
        same = [entry for entry in self._by_name.get(key, ()) if not self._contradicts(entry, draft)]
        if len(same) > 1:
            same = (
                [entry for entry in same if self._same_address(entry, draft)]
                or [entry for entry in same if _same(entry, draft, "division")]
                or same
            )
        if len(same) > 1:
            return _ambiguous(draft, same)
        if same:
            is_near = _same(same[0], draft, "division") and not str(values["division"]).endswith("00")
            is_sure = is_near or self._same_address(same[0], draft)
            if not is_sure:
                notes.append(RowNote(draft.row, "import.merged_by_name", _named(same[0])))
            return Match(same[0], tuple(notes))
        for entry in self._by_near.get(near, ()):
            if not _differ(entry, draft, "medins_code") and not self._far(entry, draft):
                notes.append(RowNote(draft.row, "import.looks_like", _named(entry)))
                break
        return Match(None, tuple(notes))

    def _other_place(self, entry: Entry, draft: Draft) -> bool:
        """Return whether a row with the same credit code is another place of business of the same legal person."""
        if _differ(entry, draft, "medins_code"):
            return True
        if self._keys(entry.values["name"] or "")[1] == self._keys(str(draft.values["name"]))[1]:
            return False
        here, there = self._address(entry.values.get("address")), self._address(draft.values.get("address"))
        return bool(here and there and here != there)

    def _same_name(self, entries: list[Entry], draft: Draft) -> list[Entry]:
        key, _ = self._keys(str(draft.values["name"]))
        return [entry for entry in entries if self._keys(entry.values["name"] or "")[0] == key]

    def _contradicts(self, entry: Entry, draft: Draft) -> bool:
        if _differ(entry, draft, "medins_code") or _differ(entry, draft, "credit_code"):
            return True
        if self._same_address(entry, draft):
            return False
        here, there = self._address(entry.values.get("address")), self._address(draft.values.get("address"))
        return bool(here and there) or self._far(entry, draft)

    def _far(self, entry: Entry, draft: Draft) -> bool:
        """Return whether both divisions are known and neither lies within the other."""
        here, there = entry.values.get("division"), draft.values.get("division")
        return bool(
            here and there and not within(str(here), str(there)) and not within(str(there), str(here))
        )

    def _same_address(self, entry: Entry, draft: Draft) -> bool:
        here, there = entry.values.get("address"), draft.values.get("address")
        return bool(here and there and (here == there or self._address(here) == self._address(there)))

    def _keys(self, name: str) -> tuple[str, str]:
        """Return `name_key` and `near_key` of a name."""
        keys = self._names.get(name)
        if keys is None:
            keys = self._names[name] = name_key(name), near_key(name)
        return keys

    def _address(self, text: Any) -> str:
        if not text:
            return ""
        key = self._addresses.get(text)
        if key is None:
            key = self._addresses[text] = address_key(text)
        return key


class People:
    """Find people: by licence, else by name with telephone or unit."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_licence: dict[str, Entry] = {}
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Know one more."""
        if licence := entry.values.get("licence_no"):
            self._by_licence.setdefault(licence, entry)
        self._by_name[entry.values["name"] or ""].append(entry)

    def learn(self, entry: Entry, fields: Iterable[str]) -> None:
        """Know the licence that an entry was given since."""
        if "licence_no" in fields:
            self._by_licence.setdefault(entry.values["licence_no"], entry)

    def match(self, draft: Draft) -> Match | RowNote:
        """Return the person that a row means; a note for what would make two people of one or one of two."""
        licence = draft.values.get("licence_no")
        entry = self._by_licence.get(str(licence)) if licence else None
        if entry is not None and entry.values["name"] != draft.values["name"]:
            return RowNote(draft.row, "import.licence_taken", {**_named(entry), "licence_no": licence})
        if entry is None:
            same = [
                one
                for one in self._by_name.get(str(draft.values["name"]), ())
                if not any(_differ(one, draft, name) for name in ("licence_no", "phone", "unit"))
            ]
            if len(same) > 1:
                same = [
                    one for one in same if _same(one, draft, "phone") or _same(one, draft, "unit")
                ] or same
            if len(same) > 1:
                return _ambiguous(draft, same)
            entry = same[0] if same else None
        if entry is None:
            return Match(None)
        if entry.values.get("organisation"):
            return RowNote(draft.row, "import.third_party", _named(entry))
        notes = []
        if not any(_same(entry, draft, name) for name in ("licence_no", "phone", "unit")):
            notes.append(RowNote(draft.row, "import.merged_by_name", _named(entry)))
        if entry.values.get("role") != draft.values["role"]:
            notes.append(RowNote(draft.row, "import.other_role", _named(entry)))
            draft.guessed.add("role")
        return Match(entry, tuple(notes))


def _same(entry: Entry, draft: Draft, field: str) -> bool:
    return bool(entry.values.get(field)) and entry.values.get(field) == draft.values.get(field)


def _differ(entry: Entry, draft: Draft, field: str) -> bool:
    here, there = entry.values.get(field), draft.values.get(field)
    return bool(here and there and here != there)


def _named(entry: Entry) -> Mapping[str, object]:
    return {"name": entry.values["name"], "other": entry.row}


def _ambiguous(draft: Draft, entries: list[Entry]) -> RowNote:
    return RowNote(draft.row, "import.ambiguous", {"name": draft.values["name"], "count": len(entries)})
