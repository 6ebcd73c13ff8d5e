"""Cells of detail tables: the text a cell is kept in, whether it fits, how it is shown, and blocks of pasted ones."""

import datetime as dt
from decimal import Decimal, InvalidOperation

from app.core.clock import now, today
from app.gui.widgets import parsing
from checklists import cells
from checklists.cells import CellInvalid
from checklists.schema import Column, ColumnKind

NUMERIC = (ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.MONEY)


def kept_cell(column: Column, text: str) -> str:
    """Return a cell's text as it is kept: `1,284.50` becomes `1284.50`, `4月2日` a date of this year.

    What cannot be read stays as it was typed, so that nothing is lost.
    """
    text = text.strip()
    try:
        value = cells.read(column, text)
    except CellInvalid:
        return _understood(column, text)
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else text


def _understood(column: Column, text: str) -> str:
    try:
        if column.kind is ColumnKind.MONEY:
            return f"{parsing.money(text):f}"
        if column.kind is ColumnKind.DATE:
            return parsing.date(text, today(now())).isoformat()
    except parsing.NotUnderstood:
        return text
    return text


def wrong(column: Column, text: str) -> str:
    """Return why a kept text does not fit its column, or nothing; an empty one fits unless it is required."""
    if column.formula is not None or not text.strip():
        return ""
    try:
        cells.read(column, text)
    except CellInvalid as error:
        return error.sentence
    return ""


def shown_cell(column: Column, text: str) -> str:
    """Return a kept text as it is shown: amounts with separators, the minus of print."""
    if column.kind is not ColumnKind.MONEY:
        return text.replace("-", "−") if column.kind in NUMERIC else text
    try:
        return f"{Decimal(text):,.2f}".replace("-", "−")
    except InvalidOperation:
        return text


def pasted(text: str) -> list[list[str]]:
    """Return the cells of a block copied from a spreadsheet: tabs between cells, quoted cells may hold line breaks."""
    rows: list[list[str]] = [[""]]
    quoted, position = False, 0
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    while position < len(text):
        mark = text[position]
        if quoted and text.startswith('""', position):
            rows[-1][-1] += '"'
            position += 1
        elif mark == '"' and (quoted or not rows[-1][-1]):
            quoted = not quoted
        elif mark == "\t" and not quoted:
            rows[-1].append("")
        elif mark == "\n" and not quoted:
            rows.append([""])
        else:
            rows[-1][-1] += mark
        position += 1
    return rows


def laid_on(columns: tuple[Column, ...], block: list[list[str]], first: int) -> list[dict[str, str]]:
    """Return the cells of a pasted block by column name.

    A first row that names two columns or more is a heading: the cells then go where it says. Without one they
    fill the columns from `first` on, leaving out computed ones.
    """
    titles = {name: column for column in columns for name in (column.title, column.name)}
    heading = [titles.get(cell.strip()) for cell in block[0]] if block else []
    if sum(column is not None for column in heading) >= 2:
        target: list[Column | None] = heading
        block = block[1:]
    else:
        target = [column for column in columns[first:] if column.formula is None]
    return [
        {
            column.name: kept_cell(column, cell)
            for column, cell in zip(target, row, strict=False)
            if column is not None and column.formula is None
        }
        for row in block
        if any(cell.strip() for cell in row)
    ]
