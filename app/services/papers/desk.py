"""The one thing that windows and commands ask for papers."""

from collections.abc import Sequence

from app.core.ids import TaskId
from app.core.papers import NeededPaper
from app.services.papers import kinds, needs
from app.services.papers.serving import Serving
from forms.papers import Path


class Papers(Serving):
    """Draft, fill, issue, void, amend and serve papers, and say what a task still needs."""

    def needed(self, task: TaskId, *, third_party: bool = False) -> tuple[NeededPaper, ...]:
        """Return the papers of a task in the order of the file: what is asked for, forbidden or extra, and how far it is.

        Args:
            third_party: People of a third party assist (会计师事务所 …), which asks for papers of its own.

        Raises:
            Refused: `task.unknown`.
        """
        more: Sequence[Path] = (Path.THIRD_PARTY,) if third_party else ()
        with self._store.db.read() as unit:
            return needs.needed(unit, task, more)

    def kinds(self) -> tuple[tuple[str, str], ...]:
        """Return id and title of every kind that can be drafted, in the order of the file."""
        return tuple(
            (one.id, one.title) for one in kinds.every().values() if one.record is None and not one.parent
        )
