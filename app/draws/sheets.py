"""The file of a draw: what was frozen, the seed, the result, as anyone can check it."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from app.core.draws import Earlier, Source, SourceKind, Wish
from app.core.errors import AppError, Refused
from app.core.places import Institution, Person
from app.core.plans import Plan
from app.core.plans_json import read_tree
from app.draws import freezing, frozen, seeds
from app.draws.eligible import Eligibility, Facts
from app.draws.run import Result, draw, result_line

NAME: Final = "draw.jsonl"
_MARK: Final = f'{{"draw":"{frozen.FORMAT}"'.encode()


@dataclass(frozen=True, slots=True)
class Drawn:
    """When and by whom a draw was made.

    Attributes:
        number: As printed.
        supersedes, reason: Of a draw made again: the number of the former one, and why.
        since: What was announced for like plans after the freeze.
    """

    sources: tuple[Source, ...]
    drawn_at: dt.datetime
    witnesses: tuple[str, ...] = ()
    operator: str = ""
    number: str = ""
    supersedes: str = ""
    reason: str = ""
    since: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a sheet does not hold.

    Attributes:
        code: As the sentences `draw.check.<code>`.
        detail: What differs, or where.
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file of a draw says, taken apart.

    Attributes:
        told: The line of the seed. `result`: that of the result, as the file has it.
        record: SHA-256 of all lines before the last, which says it: who changes a witness changes this as well.
    """

    text: str
    frozen: frozen.Frozen
    told: Mapping[str, Any]
    result: Mapping[str, Any]
    digest: str
    record: str
    said_record: str

    def again(self) -> Result:
        """Return what follows from what is frozen and the seed."""
        return draw(self.frozen, str(self.told["seed"]))


def sheet_text(text: str, told: Drawn, seed: str, result: Result) -> str:
    """Return the whole file of a draw; its last line is the digest of all before, the record of the draw."""
    line = {
        "row": "drawn",
        "frozen_sha256": frozen.digests(text).frozen,
        "drawn_at": frozen.instant(told.drawn_at),
        "sources": [
            {"kind": str(one.kind), "label": one.label, "digits": one.digits, "at": frozen.instant(one.at) if one.at else ""}
            for one in told.sources
        ],
        "seed": seed, "witnesses": list(told.witnesses), "operator": told.operator, "number": told.number,
        "supersedes": told.supersedes, "reason": told.reason,
        **({"since": list(map(freezing.told, told.since))} if told.since else {}),
    }  # fmt: skip
    whole = f"{text}{frozen.canonical(line)}\n{result_line(result)}\n"
    return f"{whole}{frozen.canonical({'row': 'record', 'sha256': record(whole)})}\n"


def record(whole: str) -> str:
    """Return the digest over all of a draw but the line that says it."""
    return hashlib.sha256(whole.encode()).hexdigest()


def read_sheet(data: bytes) -> Sheet:
    """Return what a sheet says, printed or not.

    Raises:
        Refused: `draw.file` where there is no draw in it, `draw.files` where there is more than one: nobody could tell
            which of them was printed.
    """
    if data.count(_MARK) > 1:
        raise Refused("draw.files")
    start = data.find(_MARK)
    if start < 0:
        raise Refused("draw.file", detail="")
    try:
        lines = data[start:].split(b"\nendstream")[0].decode().removesuffix("\n").split("\n")
        text = "".join(f"{line}\n" for line in lines[:-3])
        made = frozen.read(text)
        drawn, result, last = map(json.loads, lines[-3:])
        if (drawn["row"], result["row"], last["row"]) != ("drawn", "result", "record"):
            raise ValueError(drawn["row"])
        whole = f"{text}{lines[-3]}\n{lines[-2]}\n"
        return Sheet(text, made, drawn, result, frozen.digests(text).frozen, record(whole), str(last["sha256"]))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Refused("draw.file", detail=str(error)[:120]) from error


def verify(sheet: Sheet, published: str = "", printed: str = "") -> tuple[Problem, ...]:
    """Draw again from what is frozen and return what differs; also whether the right ones were eligible.

    Args:
        published: The digest that was published before the draw, where it is at hand.
        printed: That of the record, as it was printed.
    """
    found = [*_hashes(sheet, published, printed), *_seed(sheet)]
    found += _eligible(sheet.text)
    again = json.loads(result_line(sheet.again()))
    parts = {"lots": ("lots",), "teams": ("teams", "shortages", "standby")}
    for code, names in parts.items():
        if any(again[name] != sheet.result.get(name) for name in names):
            found.append(Problem(code))
    return tuple(found)


def _hashes(sheet: Sheet, published: str, printed: str) -> list[Problem]:
    found = []
    if sheet.digest != sheet.told["frozen_sha256"]:
        found.append(Problem("hash", sheet.digest))
    if published and published.strip().lower() != sheet.digest:
        found.append(Problem("published", sheet.digest))
    if sheet.record != sheet.said_record or (printed and printed.strip().lower() != sheet.record):
        found.append(Problem("record", sheet.record))
    return found


def _seed(sheet: Sheet) -> list[Problem]:
    try:
        given = [
            Source(
                SourceKind(one["kind"]), one["label"], one["digits"], dt.datetime.fromisoformat(one["at"])
            )
            for one in sheet.told["sources"]
        ]
        drawn_at = dt.datetime.fromisoformat(sheet.told["drawn_at"])
        seed = seeds.joined(given, sheet.frozen.sources, sheet.frozen.frozen_at, drawn_at)
    except AppError as error:
        return [Problem(error.code.removeprefix("draw."), str(error.params.get("source", "")))]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("draw.file", detail=str(error)[:120]) from error
    return [] if seed == sheet.told["seed"] else [Problem("seed", seed)]


def _eligible(text: str) -> list[Problem]:
    """Judge every institution again by the facts in its line and the plan in the first."""
    head, *lines = text.removesuffix("\n").split("\n")
    rules, rows = json.loads(head), [json.loads(line) for line in lines]
    plan = read_tree(Plan, rules["plan"])
    places = [row for row in rows if row["row"] == frozen.PLACE]
    people = [row for row in rows if row["row"] == frozen.PERSON]
    checks = {row["id"]: tuple(map(dt.date.fromisoformat, row.get("checks", ()))) for row in places}
    lists = sorted((one["staff"]["former"] for one in rules["strata"]), key=len, reverse=True)
    former = dict.fromkeys(
        tuple((person, "inspector" if role == "leader" else role) for person, role in team) for one in lists for team in one
    )
    facts = Facts(checks, former=tuple(former))
    institutions = [read_tree(Institution, _fields(Institution, row)) for row in places]
    sources = tuple((one["kind"], one["label"]) for one in rules["sources"])
    day = dt.date.fromisoformat(rules["on_day"])
    wish = Wish(day, sources, rules["wish"]["reserve"], tuple(rules["wish"]["apart"]), rules["standby"])
    frozen_at = dt.datetime.fromisoformat(rules["frozen_at"])
    again = freezing.register_lines(plan, institutions, facts, wish, frozen_at, rules["office"], freezing.read_before(rules))
    given = [head, *(line for line, row in zip(lines, rows, strict=True) if row["row"] == frozen.PLACE)]
    found = [Problem("eligible", _name(line)) for line, right in zip(given, again, strict=True) if line != right]
    judge = Eligibility(plan, day, Facts({}))
    able = [read_tree(Person, _fields(Person, row)) for row in people if "out" not in row]
    found += [Problem("eligible", one.name) for one in able if judge.person(one) is not None]
    return found + _order(places) + _order(people)


def _fields(kind: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in {one.name for one in fields(kind)}}


def _name(line: str) -> str:
    row = json.loads(line)
    return str(row.get("name", ""))


def _order(rows: Sequence[Mapping[str, Any]]) -> list[Problem]:
    ids = [row["id"] for row in rows]
    return [] if ids == sorted(set(ids)) else [Problem("order")]
