"""Find the table in a sheet, and what its columns mean: by their names, or without a header by what stands in them."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from app.core.codes import LENGTH, medins_doubt, tidy
from app.core.errors import Refused
from app.core.naming import kind as kind_of
from app.core.naming import level as level_of
from app.core.registers import Column, Columns, ImportKind
from app.services.registers.fields import field_of, names_of
from app.sheets.headers import find_header
from app.sheets.model import Book, Sheet

_SAMPLES: Final = 3
_JUDGED: Final = 60
_MOST: Final = 0.6
_STREET: Final = re.compile(r"[路街道巷村镇乡号幢栋楼室弄]")
_PHONE: Final = re.compile(r"[\d*xX\-、,;/() ]{7,40}")
_PERSON_NAME: Final = re.compile(r"[\u4e00-\u9fff·]{2,6}")
_LICENCE: Final = re.compile(r"[\dA-Za-z\-]{6,24}")


def choose_sheet(book: Book, kind: ImportKind, name: str = "") -> Sheet:
    """Return the sheet of this name, or the one whose header names the most fields; hidden ones come last.

    Raises:
        Refused: `import.sheet_unknown`, `import.nothing` where no sheet holds anything.
    """
    if name:
        for sheet in book.sheets:
            if sheet.name == name:
                return sheet
        raise Refused("import.sheet_unknown", sheet=name)
    if not book.sheets:
        raise Refused("import.nothing")
    return max(book.sheets, key=lambda sheet: (sheet.is_visible, _known_fields(sheet, kind), len(sheet.rows)))


def guess(
    sheet: Sheet, kind: ImportKind, remembered: Iterable[tuple[Columns, tuple[str, ...]]]
) -> tuple[Columns, bool]:
    """Return what the columns mean, and whether that was settled with an earlier file of the same header.

    Args:
        remembered: What was settled, each with the names that its header had; newest first.
    """
    for columns, names in remembered:
        if any(names) and labels(sheet, columns.header) == names:
            # Without the constants: they were of that file, and the next one may be of other institutions.
            return Columns(sheet.name, columns.header, columns.fields), True
    at = header_of(sheet, kind)
    if not at:
        return Columns(sheet.name, 0, _by_content(sheet, kind)), False
    fields: dict[int, str] = {}
    for position, label in enumerate(labels(sheet, at)):
        field = field_of(label, kind) or field_of(sheet.rows[at - 1][position], kind)
        if field and field not in fields.values():
            fields[position] = field
    return Columns(sheet.name, at, fields), False


def header_of(sheet: Sheet, kind: ImportKind) -> int:
    """Return the last row of the header, from 1; 0 where there is none."""
    at = find_header(sheet.rows, lambda label: bool(field_of(label, kind)))
    if at is None:
        return 0
    own = sheet.rows[at]
    below = sheet.rows[at + 1] if at + 1 < len(sheet.rows) else []
    grouped = {position for position in range(len(own)) if (at, position) in sheet.merged_across}
    if (
        grouped
        and below
        and all(
            cell == own[position] or not cell
            for position, cell in enumerate(below)
            if position < len(own) and position not in grouped
        )
    ):
        return at + 2  # a heading over several columns, and their own names below
    return at + 1


def labels(sheet: Sheet, header: int) -> tuple[str, ...]:
    """Return what the columns are called; under a merged heading its words stand in front of the column's own."""
    if not header or header > len(sheet.rows):
        return ()
    own = sheet.rows[header - 1]
    if header == 1:
        return tuple(own)
    above = sheet.rows[header - 2]
    width = len(set(filter(None, above)))
    result = []
    for position, label in enumerate(own):
        heading = above[position] if position < len(above) else ""
        is_group = (header - 2, position) in sheet.merged_across and width > 1 and heading != label
        result.append(f"{heading}{label}" if is_group and heading else label)
    return tuple(result)


def listed(sheet: Sheet, columns: Columns) -> tuple[Column, ...]:
    """Return the columns as a person is asked about them."""
    names = labels(sheet, columns.header)
    below = sheet.rows[columns.header : columns.header + _JUDGED]
    width = max((len(row) for row in (*below, names)), default=0)
    result = []
    for position in range(width):
        values = (row[position] for row in below if position < len(row) and row[position])
        samples = tuple(dict.fromkeys(values))[:_SAMPLES]
        label = names[position] if position < len(names) else ""
        if label or samples:
            result.append(Column(position, label, samples, columns.fields.get(position, "")))
    return tuple(result)


def check(columns: Columns, kind: ImportKind) -> None:
    """Require that the columns can be read.

    Raises:
        Refused: `import.no_name_column`, `import.field_unknown`, `import.field_twice`.
    """
    fields = [*columns.fields.values(), *columns.constants]
    for field in fields:
        if field not in names_of(kind) and field != "paid_wan":
            raise Refused("import.field_unknown", field=field)
        if fields.count(field) > 1:
            raise Refused("import.field_twice", field=field)
    if "name" not in columns.fields.values():
        raise Refused("import.no_name_column")


def to_json(columns: Columns, names: Sequence[str]) -> str:
    """Return columns as they are kept with an import, and as files of columns hold them."""
    tree = {
        "sheet": columns.sheet, "header": columns.header, "labels": list(names), "constants": dict(columns.constants),
        "fields": {str(position): field for position, field in columns.fields.items()},
    }  # fmt: skip
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> tuple[Columns, tuple[str, ...]]:
    """Read columns that were kept with an import, and the names that their header had.

    Raises:
        Refused: `import.map_invalid`.
    """
    tree = _tree(text)
    names = tuple(map(str, tree.get("labels") or ()))
    return _columns(tree, int(tree.get("header") or 0), names), names


def from_map(text: str, book: Book, kind: ImportKind) -> Columns:
    """Read what a person has written about the columns of a file.

    `fields` maps the number of a column from 0, its letter (`C`) or its name in the header to a field; `sheet`, `header`
    (row from 1, 0 for none) and `constants` (field to value) may be left out.

    Raises:
        Refused: `import.map_invalid`, `import.sheet_unknown`, `import.nothing`.
    """
    tree = _tree(text)
    sheet = choose_sheet(book, kind, str(tree.get("sheet") or ""))
    header = tree.get("header")
    if header is None:
        header = header_of(sheet, kind)
    if not isinstance(header, int) or not 0 <= header <= len(sheet.rows):
        raise Refused("import.map_invalid")
    return _columns({**tree, "sheet": sheet.name}, header, labels(sheet, header))


def _tree(text: str) -> Mapping[str, Any]:
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("import.map_invalid") from error
    if not isinstance(tree, dict) or not isinstance(tree.get("fields"), dict):
        raise Refused("import.map_invalid")
    return tree


def _columns(tree: Mapping[str, Any], header: int, names: Sequence[str]) -> Columns:
    constants = tree.get("constants") or {}
    try:
        fields = {_position(str(key), names): str(field) for key, field in tree["fields"].items() if field}
        return Columns(
            str(tree.get("sheet") or ""),
            header,
            fields,
            {str(key): str(value) for key, value in constants.items()},
        )
    except (ValueError, AttributeError) as error:
        raise Refused("import.map_invalid") from error


def _position(key: str, names: Sequence[str]) -> int:
    if key.isdecimal():
        return int(key)
    if key in names:
        return names.index(key)
    if re.fullmatch(r"[A-Za-z]{1,2}", key):
        position = 0
        for letter in key.upper():
            position = position * 26 + ord(letter) - ord("A") + 1
        return position - 1
    raise ValueError(key)


def _known_fields(sheet: Sheet, kind: ImportKind) -> int:
    return len({field_of(label, kind) for label in labels(sheet, header_of(sheet, kind))} - {""})


def _by_content(sheet: Sheet, kind: ImportKind) -> Mapping[int, str]:
    """Guess by the values of the first rows; what most values of a column look like, it is."""
    rows = [row for row in sheet.rows if any(row)][:_JUDGED]
    judges = _INSTITUTION_JUDGES if kind is ImportKind.INSTITUTIONS else _PERSON_JUDGES
    fields: dict[int, str] = {}
    for position in range(max(map(len, rows), default=0)):
        values = [row[position] for row in rows if position < len(row) and row[position]]
        for field, judge in judges:
            if (
                field not in fields.values()
                and values
                and sum(bool(judge(value)) for value in values) >= _MOST * len(values)
            ):
                fields[position] = field
                break
    if "name" not in fields.values():  # the first column of words
        for position in range(max(map(len, rows), default=0)):
            values = [row[position] for row in rows if position < len(row) and row[position]]
            if (
                position not in fields
                and values
                and sum(not value.isascii() for value in values) >= _MOST * len(values)
            ):
                fields[position] = "name"
                break
    return fields


def _is_credit_code(text: str) -> bool:
    code = tidy(text)
    return len(code) == LENGTH and code.isascii() and code.isalnum()


_INSTITUTION_JUDGES: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    ("credit_code", _is_credit_code),
    ("medins_code", lambda text: medins_doubt(text) is None),
    ("level", lambda text: len(text) < 16 and level_of(text)),
    ("phone", lambda text: _PHONE.fullmatch(text)),
    ("name", lambda text: kind_of(text) is not None and not _STREET.search(text[-1:])),
    ("address", lambda text: len(text) > 4 and _STREET.search(text)),
)
_PERSON_JUDGES: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    ("phone", lambda text: re.fullmatch(r"1[\d*]{10}", text)),
    ("licence_no", lambda text: _LICENCE.fullmatch(text) and any(map(str.isdigit, text)) and len(text) >= 8),
    ("name", lambda text: _PERSON_NAME.fullmatch(text)),
)
