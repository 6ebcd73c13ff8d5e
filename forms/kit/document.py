"""What a document is: a kind of data, the parts it is composed of, and who signs its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from forms.kit.flow import Slot
from forms.kit.parts import Part
from forms.model import Inspector, Person, Role, Signer


@dataclass(frozen=True, slots=True)
class Context:
    """What a document may know of the record it stands in.

    Attributes:
        number: Document number as printed.
        contents: Title and first and last page of each section; only a cover uses it.
    """

    authority: str
    number: str
    task_number: str = ""
    amends: str | None = None
    contents: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of document, found by the registry as `DOCUMENT` of its module.

    Attributes:
        kind: The dataclass it prints.
        compose: From data to parts, in order.
        slots: Who signs every page, in the order of the boxes.
    """

    id: str
    title: str
    kind: type
    compose: Callable[[Any, Context], list[Part]]
    slots: Callable[[Any], tuple[Slot, ...]]


def inspector_slots(inspectors: tuple[Inspector, ...], label: str = "检查人员") -> tuple[Slot, ...]:
    """Return a slot per inspector."""
    return tuple(Slot(Signer(Role.INSPECTOR, one.name), label) for one in inspectors)


def party_slot(party: Person, label: str = "当事人") -> Slot:
    """Return the slot of the party."""
    return Slot(Signer(Role.PARTY, party.name), label)


def witness_slots(witnesses: tuple[Person, ...]) -> tuple[Slot, ...]:
    """Return a slot per witness; with none named, an open one that is used when the party refuses."""
    if not witnesses:
        return (Slot(Signer(Role.WITNESS, ""), "见证人", required=False),)
    return tuple(Slot(Signer(Role.WITNESS, one.name), "见证人") for one in witnesses)
