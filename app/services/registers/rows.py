"""One row of a register: read, checked and brought to the spelling of the program. A doubtful code is a warning: only
what cannot be a row at all is rejected."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from app.core import codes, naming
from app.core.divisions import DivisionDoubt, Divisions, within
from app.core.places import InstitutionKind, Role
from app.core.registers import Columns, ImportKind, RowNote
from app.db.repos.values import texts
from app.services.registers import values
from app.services.registers.fields import is_coded, title
from sync.protocol.lines import Scalar

_MAX_TEXT: Final = 2_000
_MAX_NAME: Final = 200
_TOTAL: Final = re.compile(r"(?:合\s*计|总\s*计|小\s*计|累\s*计|共\s*计|本页小计|本页合计)[:：]?.{0,12}")
_COUNT: Final = re.compile(r"[\s\d,，.]+(?:家|户|个|所|人|名|条|行)?")  # beside a total
_REMARK: Final = re.compile(
    r"(?:备\s*注|说\s*明|注|附注|填表说明|填表人|制表人|制表|填报人|填报单位|审核人|单位负责人|联系人|填表日期|填报日期|制表日期|单位(?:盖章|（盖章）|\(盖章\)))"
    r"(?:[:：\d].*)?"
)
_ROLES: Final = {ImportKind.INSPECTORS: Role.INSPECTOR, ImportKind.EXPERTS: Role.EXPERT}
_LIST: Final = re.compile(r"[、,，;；/|\s]+")
_WORDS: Final = (("pooling", values.POOLING), ("agreement", values.AGREEMENT), ("status", values.STATUS))
_COUNTS: Final = ("complaints", "violations", "paid_year")
_PLAIN: Final = (
    "address",
    "legal_rep",
    "head",
    "licence_no",
    "agreement_no",
    "chain",
    "no_code_reason",
    "source",
)


class Draft:
    """A row on its way into a register.

    Attributes:
        values: Fields as they are stored; empty ones are left out.
        guessed: Fields that the file does not say and other fields suggest.
        code: The code, without a doubt, by which an institution is known; the national one before the credit code.
    """

    __slots__ = ("code", "guessed", "row", "values")

    def __init__(self, row: int, values: dict[str, Scalar]) -> None:
        self.row, self.values = row, values
        self.guessed: set[str] = set()
        self.code = ""


class RowReader:
    """Read the rows of one file.

    Attributes:
        notes: What was odd, in order.
    """

    def __init__(
        self, kind: ImportKind, columns: Columns, header: Sequence[str], divisions: Divisions, near: str
    ) -> None:
        self.notes: list[RowNote] = []
        self._kind, self._divisions, self._near = kind, divisions, near
        self._fields = tuple(sorted(columns.fields.items()))
        self._constants = {name: value for name, value in columns.constants.items() if value}
        self._header = tuple(cell for cell in header if cell)
        named = {*columns.fields.values(), *columns.constants}
        self._codes_level = any(
            name == "level" and at < len(header) and is_coded(header[at]) for at, name in self._fields
        )
        self._plain: tuple[str, ...] = tuple(name for name in _PLAIN if name in named)
        self._states = tuple((name, words) for name, words in _WORDS if name in named)
        self._counts: tuple[str, ...] = tuple(name for name in _COUNTS if name in named)
        self._words: dict[tuple[str, str], Any] = {}  # columns of few values: each is read once
        self._read = self._institution if kind is ImportKind.INSTITUTIONS else self._person

    def read(self, row: int, cells: Sequence[str]) -> Draft | RowNote:
        """Return a row as a draft, or why it is none."""
        raw = dict(self._constants)
        width = len(cells)
        for position, name in self._fields:
            if position < width and cells[position]:
                raw[name] = cells[position]
        refused = self._refused(row, cells, raw)
        return refused or self._read(row, raw)

    def _refused(self, row: int, cells: Sequence[str], raw: Mapping[str, str]) -> RowNote | None:
        name = raw.get("name", "")
        first = next(filter(None, cells), "")
        is_alone = first == name or not any(map(str.isalpha, name)) or _COUNT.fullmatch(name) is not None
        if is_alone and len(first) < _MAX_NAME and _TOTAL.fullmatch(first):
            return RowNote(row, "import.total_row")
        if is_alone and _REMARK.fullmatch(first) and len(set(cells)) <= 3:
            return RowNote(row, "import.remark_row")
        if not name:
            return RowNote(row, "import.name_missing")
        if self._header and first == self._header[0] and tuple(filter(None, cells)) == self._header:
            return RowNote(row, "import.header_again")
        if len(name) > _MAX_NAME or max(map(len, raw.values())) > _MAX_TEXT:
            return RowNote(row, "import.too_long")
        if not (name.isalpha() or any(map(str.isalpha, name))):
            return RowNote(row, "import.name_odd", {"value": name[:40]})
        return None

    def _institution(self, row: int, raw: Mapping[str, str]) -> Draft | RowNote:
        draft = Draft(row, {"name": raw["name"]})
        get, put = raw.get, draft.values
        self._codes(draft, raw)
        self._place(draft, raw)
        self._kind_and_level(draft, raw)
        for name in self._plain:
            if text := get(name):
                put[name] = text
        if text := get("phone"):
            put["phone"] = naming.phone(text)
            if naming.is_masked(text):
                self._note(row, "import.phone_masked")
        for name, words in self._states:
            if text := get(name):
                self._put(draft, name, self._once(name, text, partial(values.word, words)), text)
        if text := get("designated"):
            is_designated = values.yes(text)
            if is_designated and "agreement" not in put:
                put["agreement"] = "active"
            elif is_designated is None:
                self._odd(row, "designated", text)
        if text := get("agreement_to"):
            self._last_day(draft, "agreement_to", text)
        if text := get("stated_on"):
            self._day(draft, "stated_on", values.day(text), text)
        if text := get("credit_grade"):
            self._put(draft, "credit_grade", self._once("credit_grade", text, values.grade), text)
        if text := get("joint"):
            is_joint = values.yes(text)
            self._put(draft, "joint", None if is_joint is None else int(is_joint), text)
        for name in self._counts:
            if text := get(name):
                self._put(draft, name, values.whole(text), text)
        for name, unit in (("paid", 1), ("paid_wan", 10_000)):
            if text := get(name):
                self._put(draft, "paid_fen", values.fen(text, unit), text)
        return draft

    def _codes(self, draft: Draft, raw: Mapping[str, str]) -> None:
        found = {name: raw[name] for name in ("credit_code", "medins_code") if name in raw}
        if general := raw.get("code"):  # 机构编码 may be any of them
            plain = codes.tidy(general)
            name = (
                "credit_code"
                if len(plain) == codes.LENGTH
                else "medins_code"
                if codes.medins_doubt(plain) is None
                else ""
            )
            if name:
                found.setdefault(name, general)
        for name, text in found.items():
            if codes.is_none(text):
                if name == "credit_code":
                    draft.values["no_code_reason"] = text
                continue
            code = codes.tidy(text)
            doubt = codes.tidy_doubt(code) if name == "credit_code" else codes.medins_doubt(code)
            if doubt:
                self._note(draft.row, f"import.{name}_{doubt}", value=code[:40])
            elif not draft.code or name == "medins_code":
                draft.code = code
            draft.values[name] = code

    def _place(self, draft: Draft, raw: Mapping[str, str]) -> None:
        get, put = raw.get, draft.values
        text = get("division", "")
        general = get("code", "")
        if not text and len(general) == 6 and general.isdecimal():
            text = general
        if text and text[0].isdecimal():
            checked = self._once("division", text, self._divisions.check)
            if checked.doubt is DivisionDoubt.WITHDRAWN:
                code = (
                    "import.division_replaced"
                    if len(checked.successors) == 1
                    else "import.division_withdrawn"
                )
                self._note(draft.row, code, value=text[:20], successors="、".join(checked.successors))
            elif checked.doubt:
                self._note(draft.row, f"import.division_{checked.doubt}", value=text[:20])
            put["division"] = checked.code
        names = (
            get("province", ""),
            get("city", ""),
            get("county") or (text if text and not text[0].isdecimal() else ""),
        )
        said = str(put.get("division", ""))
        if any(names) and (not said or said.endswith("00")):
            found = self._divisions.find(*names, self._near)
            if found and said and not within(found, said) and not within(said, found):
                self._note(draft.row, "import.division_differs", value=said, other=found)
            elif found and (not said or not found.endswith("00")):
                put["division"] = found
            elif not found and not said:
                self._note(draft.row, "import.division_unread", value="".join(names)[:40])
        if "division" not in put:
            guess = codes.medins_division(str(put.get("medins_code", "")))
            guess = (
                self._divisions.check(guess).code
                if guess
                else self._divisions.of_address(get("address", ""), self._near)
            )
            if guess:
                put["division"] = guess
                draft.guessed.add("division")
        for name, low, high in (("latitude", 3.0, 54.0), ("longitude", 73.0, 136.0)):
            if text := get(name, ""):
                self._put(draft, name, values.degrees(text, low, high), text)

    def _kind_and_level(self, draft: Draft, raw: Mapping[str, str]) -> None:
        put = draft.values
        said = raw.get("kind", "")
        kind = self._once("kind", said, naming.kind) if said else None
        if kind is None:
            if said:
                self._odd(draft.row, "kind", said)
            draft.guessed.add("kind")
            kind = naming.kind(raw["name"])
            if kind is None:
                is_pharmacy = str(put.get("medins_code", "")).startswith("P")
                kind = InstitutionKind.PHARMACY if is_pharmacy else InstitutionKind.OTHER
                if not is_pharmacy:
                    self._note(draft.row, "import.kind_unknown", value=raw["name"][:40])
        put["kind"] = str(kind)
        if text := raw.get("level"):
            said = self._once("level_said", text, partial(self._level_said, draft.row))
            self._put(draft, "level", self._once("level", said, naming.level), text)
            if "level" in put and (grade := self._once("grade", said, naming.grade)):
                put["grade"] = grade
        if text := raw.get("ownership"):
            self._put(draft, "ownership", self._once("ownership", text, naming.ownership), text)

    def _level_said(self, row: int, text: str) -> str:
        """Return a level in words; where only its form says that it is a code, the first row with it is noted."""
        words = naming.coded_level(text, is_code=self._codes_level)
        if words and not self._codes_level:
            self._note(row, "import.level_coded", value=text, level=words)
        return words or text

    def _person(self, row: int, raw: Mapping[str, str]) -> Draft | RowNote:
        draft = Draft(
            row, {"name": "".join(raw["name"].split()), "role": str(_ROLES[self._kind]), "is_active": 1}
        )
        put, get = draft.values, raw.get
        if (text := get("licence_no")) and not codes.is_none(text):
            put["licence_no"] = codes.tidy(text)
        elif self._kind is ImportKind.INSPECTORS:
            self._note(row, "import.licence_missing")
        if text := get("licence_period"):
            found = values.period(text)
            if found is None:
                self._odd(row, "licence_period", text)
            else:
                for name, one in zip(("licence_from", "licence_to"), found, strict=True):
                    if one:
                        put[name] = one.isoformat()
        if text := get("licence_from"):
            self._day(draft, "licence_from", values.day(text), text)
        if text := get("licence_to"):
            self._last_day(draft, "licence_to", text)
        if str(put.get("licence_to", "9999")) < str(put.get("licence_from", "")):
            return RowNote(row, "import.licence_period")
        if text := get("phone"):
            put["phone"] = naming.phone(text)
            if naming.is_masked(text):
                self._note(row, "import.phone_masked")
        for name in ("unit", "issuer"):
            if text := get(name):
                put[name] = text
        if text := get("specialities"):
            put["specialities"] = texts(filter(None, _LIST.split(text)))
        if text := get("is_active"):
            is_active = values.yes(text)
            self._put(draft, "is_active", None if is_active is None else int(is_active), text)
        else:
            draft.guessed.add("is_active")
        self._place(
            draft, {name: raw[name] for name in ("division", "province", "city", "county") if name in raw}
        )
        return draft

    def _last_day(self, draft: Draft, name: str, text: str) -> None:
        if not values.is_unlimited(text):
            self._day(draft, name, values.last_day(text), text)

    def _day(self, draft: Draft, name: str, found: dt.date | None, text: str) -> None:
        self._put(draft, name, found.isoformat() if found else None, text)

    def _put(self, draft: Draft, name: str, value: Scalar, text: str) -> None:
        """Set a field, or note that its cell could not be read."""
        if value is None:
            self._odd(draft.row, name, text)
        elif value != "":
            draft.values[name] = value

    def _once(self, field: str, text: str, read: Callable[[str], Any]) -> Any:
        """Return what a cell means, as it was read before."""
        key = (field, text)
        try:
            return self._words[key]
        except KeyError:
            found = self._words[key] = read(text)
            return found

    def _odd(self, row: int, name: str, text: str) -> None:
        self._note(row, "import.cell_unread", field=title(name, self._kind), value=text[:40])

    def _note(self, row: int, code: str, **params: object) -> None:
        self.notes.append(RowNote(row, code, params))
