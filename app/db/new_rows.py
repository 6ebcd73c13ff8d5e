"""Many rows at once that never were there: stored while more of them are found, then said by signed lines."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from app.core.errors import Refused
from app.db.journal import Journal, Made
from app.db.statements import TOGETHER, Statements
from app.db.stored import all_stored
from sync.protocol.bulk import NewRow, fields_text
from sync.protocol.lines import MAX_LINE_BYTES, BadLine, Scalar

_PORTION = 500
_LINES = 16
_ROOM_BYTES = 64 << 10  # for what a line says beside its rows, and for their ids


class NewRows:
    """Rows of one table on their way into it; made by `WriteUnit.creating`.

    The thread stores some, outside Python's lock, while the caller finds the next. Until `settle` nothing else may use
    the connection.
    """

    def __init__(self, table: str, statements: Statements, journal: Journal, thread: ThreadPoolExecutor) -> None:
        self._table, self._statements, self._journal, self._thread = table, statements, journal, thread
        self._waiting: list[tuple[str, Mapping[str, Scalar]]] = []
        self._made: list[Made] = []
        self._changed: dict[str, NewRow] = {}
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
        """Give an added row other values, of which there are not fewer; its line will say them. After `settle`."""
        (fields,) = all_stored([values])
        self._changed[row] = _new(row, fields)
        sets = ", ".join(f'"{name}" = ?' for name in fields)
        self._statements.run(f'UPDATE "{self._table}" SET {sets} WHERE id = ?', (*fields.values(), row))

    def finish(self, told: Callable[[int], None]) -> list[str]:
        """Write the lines.

        Args:
            told: Called again and again with how many rows are done; what it raises ends the work.

        Returns:
            The ids.
        """
        self.settle()
        done = 0
        made = self._with_changes()
        for start in range(0, len(made), _LINES):
            some = made[start : start + _LINES]
            try:
                lines = self._journal.continued(some)
            except BadLine as error:
                raise Refused("value.invalid", **error.params) from error
            self._meanwhile(self._journal.insert, lines)
            done += sum(len(one.rows) for one in some)
            told(done)
        self._wait()
        return [one.row for line in made for one in line.rows]

    def _with_changes(self) -> list[Made]:
        """Return what the lines will say; what has become too much for one goes on in another."""
        result: list[Made] = []
        for line in self._made:
            if self._changed:
                line.rows = [self._changed.get(one.row, one) for one in line.rows]
            result.append(line)
            size = sum(len(one.fields) for one in line.rows)
            while size > MAX_LINE_BYTES - _ROOM_BYTES and len(line.rows) > 1:
                more = Made(self._journal.new_id(), self._table, None, [line.rows.pop()])
                size -= len(more.rows[0].fields)
                self._statements.run(f'UPDATE "{self._table}" SET _ver = ? WHERE id = ?', (more.op, more.rows[0].row))
                result.append(more)
        return result

    def _store(self) -> None:
        part, self._waiting = self._waiting, []
        rows: list[tuple[str, str, dict[str, Scalar]]] = []
        for (row, _), fields in zip(part, all_stored([values for _, values in part]), strict=True):
            one = _new(row, fields)
            if not self._made or not self._made[-1].takes(len(one.fields)):
                self._made.append(Made(self._journal.new_id(), self._table, None))
            self._made[-1].add(one)
            rows.append((self._made[-1].op, row, fields))
        self._meanwhile(self._insert, rows)

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


def _new(row: str, fields: dict[str, Scalar]) -> NewRow:
    try:
        return NewRow(row, fields_text(fields))
    except BadLine as error:
        raise Refused("value.invalid", **error.params) from error


def into(table: str, names: tuple[str, ...]) -> str:
    """Return the statement that inserts rows of these fields, up to its VALUES."""
    columns = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}"({columns}, _ver, id)'
