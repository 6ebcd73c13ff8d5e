"""The register searched as one types in 50,000 institutions: each key by the service, and in the real window.

`python -m bench.searching HOME` drives the window over such a register and prints what was found as a line of JSON.
"""

import dataclasses
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.core.registers import ImportKind
from app.db.unit import Database
from app.services.demo import cast
from app.services.institution_search import InstitutionQuery, InstitutionSearch
from app.sheets.writing import SheetOut, write_book
from bench.children import ROOT, environment
from bench.importing import _HEADER, register
from bench.method import NO_GOAL, Goal, Row, Section, in_turn, length, paired_ratio, percentile, span
from bench.office import services_at

ROWS, ROUNDS = 53_000, 3  # one row in twenty is there twice
TYPED = ("akdyf", "csyy", "仁和大药房", "长寿", "p2206", "91220", "路", "惠民 诊所", "aksqws", "zzz")
_KEY, _WINDOW = Goal("at_most", 0.03, "< 30 ms a key"), Goal("at_most", 0.05, "< 50 ms")
_LIKE = (
    "SELECT id FROM institution WHERE _deleted = 0 AND (name LIKE ?1 OR credit_code LIKE ?1 OR medins_code LIKE ?1"
    " OR address LIKE ?1) ORDER BY name LIMIT 500"
)


def measure(folder: Path) -> Section:
    """Fill a register by an import, type into its search, and drive the window over it."""
    home, file = folder / "home", folder / "register.xlsx"
    write_book(file, [SheetOut("名录", _HEADER, register(ROWS))])
    services = services_at(home)
    first = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )  # fmt: skip
    try:
        services.registers.bring_in(file, ImportKind.INSTITUTIONS)
        search = services.institutions.search
        begin = time.perf_counter()
        found = search.find(InstitutionQuery())
        first_s = time.perf_counter() - begin
        rows = _service_rows(search, services.institutions._store.db, found.total)
        again = _after_saving(search, lambda: services.institutions.save(found.rows[0]))
    finally:
        services.close()
    rows += (
        Row("– the first search after unlocking", length(first_s), "–", "–", "for information", "–"),
        Row("– the first search after a row was saved", length(again), "–", "–", "for information", "–"),
    )
    return Section("Search in the register", (*rows, *_window_rows(folder, home)))


def _service_rows(search: InstitutionSearch, db: Database, total: int) -> tuple[Row, ...]:
    keys = [typed[:end] for typed in TYPED for end in range(1, len(typed) + 1)]
    times: dict[str, list[tuple[float, float]]] = {typed: [] for typed in keys}

    def ours() -> float:
        start = time.perf_counter()
        for typed in keys:
            begin, cpu = time.perf_counter(), time.thread_time()
            search.find(InstitutionQuery(typed))
            times[typed].append((time.perf_counter() - begin, time.thread_time() - cpu))
        return time.perf_counter() - start

    def like() -> float:
        start = time.perf_counter()
        with db.read() as unit:
            for typed in keys:
                unit.tuples(_LIKE, (f"%{typed}%",))
        return time.perf_counter() - start

    got = in_turn({"ours": ours, "like": like}, ROUNDS)
    wall = {typed: statistics.median(one for one, _ in samples) for typed, samples in times.items()}
    computing = {typed: statistics.median(one for _, one in samples) for typed, samples in times.items()}
    slowest = max(wall, key=lambda typed: wall[typed])
    each = [seconds / len(keys) for seconds in got["ours"]]
    peer = [seconds / len(keys) for seconds in got["like"]]
    return (
        Row(
            f"a key typed into {total:,} institutions, slowest (“{slowest}”)", length(wall[slowest]),
            f"computing {length(max(computing.values()))} at most, {length(percentile(list(computing.values()), 0.5))} p50",
            "–", _KEY.words, _KEY.verdict(wall[slowest]),
        ),
        Row(
            "– on average", span(each), f"LIKE in the same store, no initials: {span(peer)}", f"{paired_ratio(each, peer):.2f}×",
            NO_GOAL.words, "–",
        ),
    )  # fmt: skip


def _after_saving(search: InstitutionSearch, save: Callable[[], object]) -> float:
    save()
    begin = time.perf_counter()
    search.find(InstitutionQuery("akdyf"))
    return time.perf_counter() - begin


def _window_rows(folder: Path, home: Path) -> tuple[Row, ...]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.searching", str(home)],
        cwd=ROOT, env=environment(folder / "compiled"), capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not found:
        raise RuntimeError(f"the window could not be driven: {done.stderr[-2000:]}")
    return tuple(
        Row(
            f"– in the window: {one['name']}", f"blocked {length(one['wall_s'])}", f"computing {length(one['cpu_s'])}",
            "–", _WINDOW.words, _WINDOW.verdict(one["wall_s"]),
        )
        for one in found
    )  # fmt: skip


def _drive(home: Path) -> None:
    """Type, sort and scroll in the real screen, and print the longest silence of the event loop in each."""
    from PySide6.QtCore import QEventLoop, Qt
    from PySide6.QtTest import QTest

    from app.gui.garbage import GuiGarbage
    from app.gui.prefs import Prefs
    from app.gui.run import application, build, load_screens
    from bench.stall_watch import StallWatch

    app = application(())
    window, runner = build(app, Prefs(home / "window.ini"))
    watch, garbage = StallWatch(app), GuiGarbage(app)
    load_screens()

    def rest(seconds: float = 0.3) -> None:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or not runner.is_idle:
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def told(name: str, work: Callable[[], object], seconds: float = 0.3) -> None:
        watch.begin()
        work()
        rest(seconds)
        print(json.dumps({"name": name, **dataclasses.asdict(watch.end())}), flush=True)

    def type_into(box: Any, text: str) -> None:
        for letter in text:
            QTest.keyClicks(box, letter)
            rest(0.12)

    window.unlocked.connect(garbage.keep)
    window.show()
    window.open_with(lambda: services_at(home))
    rest(1.0)
    page: Any = window.page
    page.secret.edit.setText(cast.SECRET)
    page.submit()
    rest(2.0)
    frame: Any = window.frame
    told("the register opened", lambda: frame.go("registers"), 1.5)
    screen = frame.screen_now
    table, box = screen.institutions.list.table, screen.institutions.list.search
    told("five letters typed", lambda: type_into(box, "akdyf"))
    told("the search cleared", box.clear)
    told("a letter that all names have", lambda: type_into(box, "y"))
    box.clear()
    rest()
    told("sorted by another column", lambda: table.sortByColumn(1, Qt.SortOrder.DescendingOrder), 0.6)
    bar = table.verticalScrollBar()
    told(
        "scrolled from the first to the last row",
        lambda: [bar.setValue(bar.maximum() * n // 20) or rest(0.02) for n in range(21)],
    )
    runner.close()
    garbage.stop()
    window.services.close()


if __name__ == "__main__":
    _drive(Path(sys.argv[1]))
