"""Answers as they are shown: what the store confirmed, overlaid by what is still on its way to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.core.inspections import KEEP, Answer, SheetView

Key = tuple[str, str]
"""Template id and item code."""

Fields = Mapping[str, object]
"""Fields of `Answer` that a change sets; `KEEP` leaves one as it is."""


@dataclass(slots=True)
class _Pending:
    key: Key
    fields: dict[str, object] = field(default_factory=dict)


class Ledger:
    """Paint a change before it is saved, and take the paint back where saving failed.

    Changes of one item reach the store in the order they were proposed, so confirming one leaves the later ones on top.
    """

    def __init__(self, sheets: Iterable[SheetView] = ()) -> None:
        self._confirmed: dict[Key, Answer] = {}
        self._pending: dict[int, _Pending] = {}
        self._next = 1
        self.revision = 0
        self._adopt(sheets)

    def shown(self, key: Key) -> Answer:
        """Return the answer to paint."""
        answer = self._confirmed.get(key) or Answer(*key)
        for change in self._pending.values():
            if change.key == key:
                answer = replace(answer, **change.fields)  # type: ignore[arg-type]
        return answer

    def answers(self, template: str) -> dict[str, Answer]:
        """Return all touched answers of one sheet by item code, as shown."""
        codes = {code for owner, code in self._confirmed if owner == template}
        codes |= {change.key[1] for change in self._pending.values() if change.key[0] == template}
        return {code: self.shown((template, code)) for code in codes}

    def is_saving(self, key: Key) -> bool:
        """Return whether a change of this item is still on its way."""
        return any(change.key == key for change in self._pending.values())

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on its way."""
        return not self._pending

    def propose(self, key: Key, fields: Fields) -> int:
        """Lay a change over the confirmed answer and return its ticket."""
        ticket, self._next = self._next, self._next + 1
        self._pending[ticket] = _Pending(
            key, {name: value for name, value in fields.items() if value is not KEEP}
        )
        return ticket

    def confirm(self, ticket: int, answer: Answer) -> None:
        """Take what the store answered as the truth."""
        del self._pending[ticket]
        self.put(answer)

    def reject(self, ticket: int) -> Key:
        """Take the paint of a change back; later changes of the item stay."""
        return self._pending.pop(ticket).key

    def put(self, answer: Answer) -> None:
        """Take an answer that came from elsewhere (undo) as the truth."""
        self._confirmed[(answer.template, answer.item)] = answer
        self.revision += 1

    def reload(self, sheets: Iterable[SheetView], revision: int) -> bool:
        """Adopt freshly read sheets, unless something was confirmed after `revision`: then the reading is stale."""
        if revision != self.revision:
            return False
        self._adopt(sheets)
        return True

    def _adopt(self, sheets: Iterable[SheetView]) -> None:
        self._confirmed = {
            (sheet.ref.template, code): answer for sheet in sheets for code, answer in sheet.answers.items()
        }
