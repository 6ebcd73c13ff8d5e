"""A register of 30,000 rows brought in, against reading the same file and raw inserts: of its rows alone into plain SQLite,
and of the rows and signed lines that an import leaves, ready-made, into a store like the program's."""

import itertools
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import python_calamine

from app.core.codes import check_character
from app.core.progress import Progress
from app.core.registers import ImportKind
from app.db.statements import Statements
from app.sheets.writing import SheetOut, write_book
from bench.method import NO_GOAL, SEED, Goal, Row, Section, compared, in_turn, length
from bench.office import new_office

ROWS, ROUNDS = 30_000, 5
_HEADER = (
    "序号", "机构名称", "统一社会信用代码", "医保编码", "机构类别", "机构等级", "机构性质", "地址", "法定代表人", "负责人",
    "联系电话", "行政区划代码", "门诊统筹", "协议状态", "信用等级",
)  # fmt: skip
_DIVISIONS = ("220602", "220605", "220621", "220622", "220623", "220681", "110228")
_KINDS = (
    ("大药房", "零售药店", "无"),
    ("诊所", "诊所", "未定级"),
    ("社区卫生服务中心", "社区卫生服务机构", "一级"),
    ("医院", "医院", "二级甲等"),
)
_WORDS = "安康福泰和仁济世百草春华德善同庆永盛长寿惠民益寿明星东方北江南山"
_TABLE = (
    "CREATE TABLE institution(id TEXT PRIMARY KEY, "
    + ", ".join(f"c{number} TEXT" for number in range(len(_HEADER)))
    + ")"
)


def measure(folder: Path) -> Section:
    """Bring the same file into a new office and into a plain table in turn."""
    file = folder / "名录.xlsx"
    write_book(file, [SheetOut("名录", _HEADER, register(ROWS))])
    turns, parts = itertools.count(), list[dict[str, float]]()

    def ours() -> float:
        services = new_office(folder / f"office-{next(turns)}")
        marks: dict[str, float] = {}

        def told(progress: Progress) -> None:
            marks.setdefault(progress.what, time.perf_counter())

        try:
            start = time.perf_counter()
            result = services.registers.bring_in(file, ImportKind.INSTITUTIONS, report=told).value
            end = time.perf_counter()
        finally:
            services.close()
        if (
            result.read != result.imported + result.merged + len(result.rejected)
            or result.merged < ROWS // 50
        ):
            raise RuntimeError("the import lost rows or found no duplicates")
        parts.append({"file": marks["import_read"] - start, "rows": marks["import_write"] - marks["import_read"],
                      "writing": end - marks["import_write"]})  # fmt: skip
        return end - start

    def plain() -> float:
        raw = sqlite3.connect(folder / f"raw-{next(turns)}.db", isolation_level=None)
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute(_TABLE)
        start = time.perf_counter()
        rows = _read(file)
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(
            f"INSERT INTO institution VALUES ({', '.join('?' * (len(_HEADER) + 1))})",
            ((str(number), *row) for number, row in enumerate(rows)),
        )
        raw.execute("COMMIT")
        spent = time.perf_counter() - start
        raw.close()
        return spent

    kept = _left_by(folder / "kept", file)

    def same() -> float:
        services = new_office(folder / f"same-{next(turns)}")
        try:
            start = time.perf_counter()
            _read(file)
            with services.registers._store.db.marked("local") as connection:
                statements = Statements(connection)
                for insert, rows in kept:
                    statements.many(insert, rows)
            return time.perf_counter() - start
        finally:
            services.close()

    found = in_turn({"ours": ours, "plain": plain, "same": same}, ROUNDS)
    what = f"register of {ROWS:,} rows imported"
    rows = (
        compared(
            what,
            found["ours"],
            ("read, raw inserts, plain SQLite", found["plain"]),
            Goal("at_most", 4.0, "≤ 4×"),
        ),
        compared(
            what,
            found["ours"],
            ("read, the same rows and lines ready-made, SQLCipher", found["same"]),
            NO_GOAL,
        ),
        *_shares(parts[1:]),
    )
    return Section("A register imported: checks, duplicates, a signed line a row", rows)


def _read(file: Path) -> list[list[object]]:
    with python_calamine.load_workbook(file) as book:
        return list(book.get_sheet_by_index(0).to_python()[1:])


def _left_by(home: Path, file: Path) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Return what an import leaves in its tables, as statements with their rows."""
    services = new_office(home)
    try:
        services.registers.bring_in(file, ImportKind.INSTITUTIONS)
        with services.registers._store.db.read() as unit:
            left = []
            for table, where in (("sync_op", "tbl = 'institution'"), ("institution", "1")):
                names = [row[1] for row in unit.tuples(f"PRAGMA table_info({table})") if row[1] != "seq"]
                # As the program: the driver takes longer over an empty value than over any other.
                counts = ", ".join(f'count("{name}")' for name in names)
                some = unit.tuples(f"SELECT {counts} FROM {table} WHERE {where}")[0]
                names = [name for name, count in zip(names, some, strict=True) if count]
                listed = ", ".join(f'"{name}"' for name in names)
                # Of another device: a place in a chain is taken once.
                values = ", ".join("'other'" if name == "replica" else f'"{name}"' for name in names)
                rows = list(unit.tuples(f"SELECT {values} FROM {table} WHERE {where}"))
                left.append((f"INSERT INTO {table}({listed}) VALUES ({', '.join('?' * len(names))})", rows))
            return left
    finally:
        services.close()


def _shares(parts: Sequence[dict[str, float]]) -> Iterator[Row]:
    whole = sum(sum(one.values()) for one in parts)
    for name, words in (
        ("file", "the file read"),
        ("rows", "checked and matched, rows stored meanwhile"),
        ("writing", "lines signed and stored"),
    ):
        spent = sorted(one[name] for one in parts)[len(parts) // 2]
        share = sum(one[name] for one in parts) / whole
        yield Row(
            f"of it: {words}", length(spent), "–", f"{share:.0%}", NO_GOAL.words, NO_GOAL.verdict(share)
        )


def register(count: int) -> Iterator[tuple[str, ...]]:
    """Yield a register as offices have them: one row in twenty is there twice, some codes are wrong, a total ends it."""
    chance = random.Random(SEED)
    made = list[tuple[str, ...]]()
    for number in range(count - 1):
        if made and chance.random() < 0.05:
            row = list(chance.choice(made))
            row[0] = str(number + 1)
            if chance.random() < 0.5:  # the same place without its codes
                row[2] = row[3] = ""
            if chance.random() < 0.3:
                row[10] = f"0439-{chance.randrange(10**6, 10**7)}"
        else:
            row = _row(chance, number)
            made.append(tuple(row))
        yield tuple(row)
    yield ("合计", str(count - 1), *("" for _ in _HEADER[2:]))


def _row(chance: random.Random, number: int) -> list[str]:
    ending, kind, level = chance.choice(_KINDS)
    name = f"白山市江源区{''.join(chance.choices(_WORDS, k=3))}{number}{ending}"
    division = chance.choice(_DIVISIONS)
    first = f"91{division}MA{number:07d}"
    credit = first + check_character(first) if chance.random() > 0.02 else first + "0"
    letter = "P" if kind == "零售药店" else "H"
    return [
        str(number + 1), name, credit, f"{letter}{division}{number % 100_000:05d}", kind, level,
        chance.choice(("公立", "民营")), f"吉林省白山市江源区正岔街道{chance.choice(_WORDS)}{chance.choice(_WORDS)}路{number}号",
        f"王{chance.choice(_WORDS)}", f"李{chance.choice(_WORDS)}", f"0439-{chance.randrange(10**6, 10**7)}", division,
        chance.choice(("是", "否")), chance.choice(("有效", "中止")), chance.choice("ABCD"),
    ]  # fmt: skip
