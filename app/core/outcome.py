"""What a use case returns: its value and what changed, so that screens know whether to reload."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """One changed row. `id` is the row's id; `owner` the inspection it belongs to, where there is one."""

    table: str
    id: str
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The result of a use case that writes."""

    value: T
    changed: frozenset[Change] = frozenset()
