"""Many rows at once that never were there: stored while more of them are found, then signed line by line."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from app.core.errors import Refused
from app.db.journal import NEW_LINE, Journal
from app.db.statements import TOGETHER, Statements
from app.db.stored import all_stored
from sync.protocol.bulk import NewRow, fields_text
from sync.protocol.lines import BadLine, Scalar

_PORTION = 500


class NewRows:
    """Rows of one table on their way into it; made by `WriteUnit.creating`.

    The thread stores some, outside Python's lock, while the caller finds the next. Until `settle` nothing else may use
    the connection.
    """

    def __init__(self, table: str, statements: Statements, journal: Journal, thread: ThreadPoolExecutor) -> None:
        self._table, self._statements, self._journal, self._thread = table, statements, journal, thread
        self._waiting: list[tuple[str, Mapping[str, Scalar]]] = []
        self._made: dict[str, NewRow] = {}
        self._alike: dict[tuple[str, ...], list[tuple[Scalar, ...]]] = {}  # not stored yet, by their fields
        self._storing: Future[None] | None = None

    def add(self, row: str, values: Mapping[str, Scalar]) -> None:
        """Create a row; whoever alters the values afterwards has to say so by `change`.

        Raises:
            Refused: `value.invalid`, `value.control_character`, of this row or one before it.
        """
        self._waiting.append((row, values))
        if len(self._waiting) >= _PORTION:
            self._store()

    def settle(self) -> None:
        """Store what was added so far and wait for it; raises as `add`."""
        self._store()
        self._meanwhile(self._insert_rest)
        self._wait()

    def change(self, row: str, values: Mapping[str, Scalar]) -> None:
        """Give an added row other values, of which there are not fewer; its one line will say them. After `settle`."""
        (fields,) = all_stored([values])
        op = self._made[row].op
        self._made[row] = self._new(op, row, fields)
        sets = ", ".join(f'"{name}" = ?' for name in fields)
        self._statements.run(f'UPDATE "{self._table}" SET {sets} WHERE id = ?', (*fields.values(), row))

    def finish(self, told: Callable[[int], None]) -> list[str]:
        """Write the lines, in the order of the ids: whoever takes them in finds the rows one beside the other.

        Args:
            told: Called again and again with how many lines are done; what it raises ends the work.

        Returns:
            The ids.
        """
        self.settle()
        ids = sorted(self._made)
        for start in range(0, len(ids), _PORTION):
            some = ids[start : start + _PORTION]
            try:
                lines = self._journal.new_lines(self._table, [self._made[row] for row in some])
            except BadLine as error:
                raise Refused("value.invalid", **error.params) from error
            self._meanwhile(self._statements.insert, NEW_LINE, lines)
            told(start + len(some))
        self._wait()
        return ids

    def _store(self) -> None:
        part, self._waiting = self._waiting, []
        rows: list[tuple[str, str, dict[str, Scalar]]] = []
        for (row, _), fields in zip(part, all_stored([values for _, values in part]), strict=True):
            op = self._journal.next_op()
            self._made[row] = self._new(op, row, fields)
            rows.append((op, row, fields))
        self._meanwhile(self._insert, rows)

    def _new(self, op: str, row: str, fields: dict[str, Scalar]) -> NewRow:
        try:
            return NewRow(op, row, fields_text(fields))
        except BadLine as error:
            raise Refused("value.invalid", **error.params) from error

    def _insert(self, rows: Sequence[tuple[str, str, dict[str, Scalar]]]) -> None:
        """Store as many as fill whole statements: one row alone would have the thread wait its turn for it."""
        alike = self._alike
        for op, row, fields in rows:
            alike.setdefault(tuple(fields), []).append((*fields.values(), op, row))
        for names, some in alike.items():
            whole = len(some) - len(some) % TOGETHER
            self._statements.insert(into(self._table, names), some[:whole])
            del some[:whole]

    def _insert_rest(self) -> None:
        for names, some in self._alike.items():
            self._statements.insert(into(self._table, names), some)
        self._alike.clear()

    def _meanwhile(self, work: Callable[..., None], *given: object) -> None:
        self._wait()
        self._storing = self._thread.submit(work, *given)

    def _wait(self) -> None:
        if self._storing is not None:
            self._storing.result()
            self._storing = None


def into(table: str, names: tuple[str, ...]) -> str:
    """Return the statement that inserts rows of these fields, up to its VALUES."""
    columns = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}"({columns}, _ver, id)'
