"""What a row adds to an entry that is already there: gaps are filled, nothing that stands is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.core.divisions import within
from app.core.naming import address_key, is_masked, name_key, unmasks
from app.services.registers.matching import Entry
from app.services.registers.rows import Draft
from sync.protocol.lines import Scalar

# About the row, not about the institution; and what only the program sets.
NOT_COMPARED: Final = frozenset(("source", "stated_on", "batch", "rehearsal"))


@dataclass(frozen=True, slots=True)
class Merged:
    """Values for gaps, and values that differ from what stands."""

    filled: Mapping[str, Scalar]
    differing: Mapping[str, Scalar]


def merge(entry: Entry, draft: Draft) -> Merged:
    """Return what a row adds to an entry, and where it says otherwise."""
    filled: dict[str, Scalar] = {}
    differing: dict[str, Scalar] = {}
    for name, value in draft.values.items():
        if name in NOT_COMPARED:
            continue
        standing = entry.values.get(name)
        if standing == value:
            continue
        if standing is None or standing == "":
            filled[name] = value
        elif name not in draft.guessed and not _means_the_same(name, standing, value):
            if name == "phone" and unmasks(str(standing), str(value)):
                filled[name] = value
            else:
                differing[name] = value
    return Merged(filled, differing)


def _means_the_same(name: str, standing: Any, value: Scalar) -> bool:
    """Return whether two spellings say the same, or the new one says less."""
    here, there = str(standing), str(value)
    match name:
        case "name":
            return name_key(here) == name_key(there)
        case "address":
            return address_key(here) == address_key(there)
        case "phone":
            return is_masked(there) and (is_masked(here) or unmasks(there, here))
        case "division":
            return within(here, there)
        case _:
            return False
