"""The register of numbers (文号登记): what became of each, gaps among them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from app.core.clock import from_ms
from app.core.papers import NumberLine, NumberState, PaperId, printed_number
from app.db.unit import ReadUnit
from app.services.papers.number_pool import DRAW_WORD, LEAD_WORD, TASK_WORD

_NO_PAPERS: Final = {LEAD_WORD: "举报线索", TASK_WORD: "检查任务", DRAW_WORD: "双随机抽取"}


def lines(unit: ReadUnit, year: int, series: str = "") -> tuple[NumberLine, ...]:
    """Return what became of every number of a year, runs of one fate as one line."""
    ranges, numbers = _by_series(unit, year)
    wanted = [name for name in sorted(set(ranges) | set(numbers)) if series in ("", name)]
    return tuple(line for name in wanted for line in _lines(name, year, ranges[name], numbers[name]))


def _by_series(unit: ReadUnit, year: int) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    ranges, numbers = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
    for row in unit.sql("SELECT * FROM number_range WHERE year = ? AND _deleted = 0 ORDER BY first, id", (year,)):
        ranges[row.series].append(row)
    for row in unit.sql(
        "SELECT n.*, coalesce(p.title, d.title) AS title, p.serial AS own_serial,"
        " coalesce(p.interim, CASE WHEN d.number LIKE '临-%' THEN d.number END) AS interim,"
        " d._deleted = 1 AND NOT EXISTS (SELECT 1 FROM document x WHERE x.number = d.number AND x._deleted = 0) AS is_gone"
        " FROM paper_number n LEFT JOIN paper p ON p.id = n.paper LEFT JOIN document d ON d.id = n.document"
        " WHERE n.year = ? AND n._deleted = 0 ORDER BY n.serial, n.id",
        (year,),
    ):
        numbers[row.series].append(row)
    # A paper whose number is not its own: the server has refused it, and it still stands on the pages.
    for row in unit.sql(
        "SELECT p.id AS paper, p.series, p.serial, p.title, p.interim, p.issued_at AS at, NULL AS device FROM paper p"
        " WHERE p.year = ? AND p.serial IS NOT NULL AND p._deleted = 0 AND NOT EXISTS (SELECT 1 FROM paper_number n"
        "  WHERE n.paper = p.id AND n.series = p.series AND n.year = p.year AND n.serial = p.serial)",
        (year,),
    ):
        numbers[row.series].append(row)
    return ranges, numbers


def _lines(series: str, year: int, ranges: Sequence[Any], numbers: Sequence[Any]) -> Iterator[NumberLine]:
    told: dict[int, list[NumberLine]] = defaultdict(list)
    for row in numbers:
        told[row.serial].append(_line(series, year, row))
    lent = {serial: row for row in ranges for serial in range(row.first, row.last + 1)}
    run: NumberLine | None = None
    for serial in range(1, max([*told, *lent], default=0) + 1):
        for line in told.get(serial) or [_untold(series, year, serial, lent.get(serial))]:
            if run is not None and _is_same(run, line):
                run = replace(run, last=serial)
                continue
            if run is not None:
                yield run
            run = line
    if run is not None:
        yield run


def _line(series: str, year: int, row: Any) -> NumberLine:
    reason = getattr(row, "reason", None) or ""
    if reason or getattr(row, "is_gone", None):
        state = NumberState.VOID
    elif hasattr(row, "own_serial") and row.own_serial in (None, row.serial):
        state = NumberState.USED
    else:
        state = NumberState.DOUBLED
    title = row.title or ("" if reason else _no_paper(series))
    return NumberLine(
        series, year, row.serial, row.serial, state, printed_number(series, year, row.serial),
        PaperId(row.paper) if row.paper else None, title, row.interim or "", reason, row.device or "",
        from_ms(row.at) if row.at else None,
    )  # fmt: skip


def _no_paper(series: str) -> str:
    """Return what is numbered in a series that is none of papers."""
    return next((title for word, title in _NO_PAPERS.items() if series.endswith(word)), "")


def _untold(series: str, year: int, serial: int, lent: Any) -> NumberLine:
    state = NumberState.GAP if lent is None else NumberState.FREE
    number = printed_number(series, year, serial)
    return NumberLine(series, year, serial, serial, state, number, device=lent.device if lent else "")


def _is_same(run: NumberLine, line: NumberLine) -> bool:
    return (
        run.state is line.state
        and run.state in (NumberState.FREE, NumberState.VOID, NumberState.GAP)
        and (run.reason, run.device) == (line.reason, line.device)
        and line.first == run.last + 1
    )
