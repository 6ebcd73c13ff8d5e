"""What the task form holds, before it is a task; judged without a window."""

import datetime as dt
from dataclasses import dataclass

from app.core.ids import InstitutionId, PersonId
from app.core.tasks import Nature, TaskKind


@dataclass(frozen=True, slots=True)
class Draft:
    """A task as filled in."""

    institution: InstitutionId | None
    title: str
    nature: Nature
    kind: TaskKind
    templates: tuple[str, ...]
    members: tuple[PersonId, ...]
    due_on: dt.date | None
    basis: str
    approval_no: str
    planned_on: dt.date | None = None
    leader: PersonId | None = None
    experts: tuple[PersonId, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    origin: str = ""

    def lacks(self) -> tuple[str, ...]:
        """Return what is missing: `institution`, `title`, `templates`, `members`."""
        found = (
            ("institution", bool(self.institution)),
            ("title", bool(self.title)),
            ("templates", bool(self.templates)),
            ("members", bool(self.members)),
        )
        return tuple(name for name, is_there in found if not is_there)
