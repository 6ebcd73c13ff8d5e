"""Detail rows of an item: computed cells, totals, the amount at issue."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from checklists import cells, expressions
from checklists.cells import CellInvalid
from checklists.grammar import Value, parse
from checklists.schema import Column, ColumnKind, Given, Item

Row = Mapping[str, Value]


class RowScope:
    """Lets a formula or a row condition see the cells of one row, and nothing else."""

    def __init__(self, row: Row) -> None:
        self._row = row

    def name(self, name: str) -> Value:
        """Return the typed cell, None where it is empty or unreadable."""
        return self._row.get(name)

    def call(self, function: str, arguments: Sequence[Value]) -> Value:
        """Know no item: formulas see their own row only."""
        return None

    def rows(self) -> Sequence[expressions.Scope]:
        """Know no further rows."""
        return ()


def is_blank(item: Item, row: Mapping[str, str]) -> bool:
    """Return whether nothing was filled in: the line a table keeps ready for the next entry."""
    return not any(row.get(column.name, "").strip() for column in item.columns if column.formula is None)


def typed_row(item: Item, row: Mapping[str, str]) -> dict[str, Value]:
    """Return the cells of a row as values, formulas computed; unreadable cells count as empty."""
    values: dict[str, Value] = {}
    for column in item.columns:
        if column.formula is not None:
            value = expressions.evaluate(parse(column.formula), RowScope(values))
            values[column.name] = _as_kept(column, value)
        else:
            try:
                values[column.name] = cells.read(column, row.get(column.name, ""))
            except CellInvalid:
                values[column.name] = None
    return values


def typed_rows(item: Item, given: Given) -> tuple[dict[str, Value], ...]:
    """Return the filled rows as values; blank ones are left out."""
    return tuple(typed_row(item, row) for row in given.rows if not is_blank(item, row))


def computed_rows(item: Item, given: Given) -> tuple[dict[str, str], ...]:
    """Return every row, in place and number as given, with its formula cells filled (empty where not computable)."""
    rows = []
    for row in given.rows:
        values = typed_row(item, row)
        rows.append(
            {
                column.name: row.get(column.name, "")
                if column.formula is None
                else cells.write(column, values[column.name])
                for column in item.columns
            }
        )
    return tuple(rows)


def totals(item: Item, given: Given) -> dict[str, Decimal | None]:
    """Return the sum below each totalled column.

    None where there are no rows, where a cell of a required column is missing, or where no cell has a value.
    """
    rows = typed_rows(item, given)
    return {column.name: _total(column, rows) for column in item.columns if column.total}


def amount_of(item: Item, given: Given) -> Decimal | None:
    """Return the amount at issue in yuan: the total of the rows where the item has a money total, else what was typed in."""
    column = amount_column(item)
    if column is None:
        return given.amount_cny
    total = totals(item, given)[column.name]
    return total if total is not None else given.amount_cny if not typed_rows(item, given) else None


def amount_column(item: Item) -> Column | None:
    """Return the money column whose total is the amount at issue: the one named `amount`, else the first."""
    money = [column for column in item.columns if column.total and column.kind is ColumnKind.MONEY]
    return next((column for column in money if column.name == "amount"), money[0] if money else None)


def _as_kept(column: Column, value: Value) -> Value:
    """Round a computed value as it will be kept, so that printed cells add up to the printed total."""
    if not isinstance(value, Decimal):
        return value
    return Decimal(cells.write(column, value))


def _total(column: Column, rows: Sequence[Row]) -> Decimal | None:
    found = [row.get(column.name) for row in rows]
    numbers = [value for value in found if isinstance(value, Decimal)]
    if not numbers or (column.required and len(numbers) < len(found)):
        return None
    return sum(numbers, Decimal(0))
