"""The first painted window in fresh processes, against a minimal PySide6 window, with few and with many inspections."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.children import ROOT, environment
from bench.method import NO_GOAL, Goal, Section, compared, in_turn
from bench.office import many_inspections, office_at

ROUNDS, MANY = 11, 1000
_MINIMAL = Goal("at_most", 2.0, "≤ 2×")
_SAME = Goal("at_most", 1.2, "within 20 %")


def measure(folder: Path) -> Section:
    """Start windows in turn and wait for their first paint, and for the first screen after unlocking."""
    few, many = folder / "few", folder / "many"
    with office_at(few):
        pass
    with office_at(many) as (services, made):
        many_inspections(services, made.inspectors, MANY)
    cache = folder / "compiled"
    command = [sys.executable, "-m", "bench.real_window"]
    contestants = {
        "minimal": _start([sys.executable, str(ROOT / "bench" / "minimal_window.py")], "PAINTED", cache),
        "few": _start([*command, str(few)], "PAINTED", cache),
        "many": _start([*command, str(many)], "PAINTED", cache),
        "few, home": _start([*command, str(few), "--until-home"], "HOME", cache),
        "many, home": _start([*command, str(many), "--until-home"], "HOME", cache),
    }
    spent = in_turn(contestants, ROUNDS)
    rows = (
        compared("first painted window", spent["few"], ("minimal PySide6 window", spent["minimal"]), _MINIMAL),
        compared(f"first painted window, {MANY} inspections", spent["many"], ("3 tasks", spent["few"]), _SAME),
        compared("unlocked, first screen filled", spent["few, home"], ("minimal PySide6 window", spent["minimal"]), NO_GOAL),
        compared(
            f"unlocked, first screen filled, {MANY} inspections", spent["many, home"], ("3 tasks", spent["few, home"]), _SAME
        ),
    )  # fmt: skip
    size = sum(file.stat().st_size for file in many.rglob("*") if file.is_file()) / 1e6
    note = f"The store of {MANY} inspections has {size:.0f} MB. Unlocking uses a cheap key derivation: it is slow on purpose."
    return Section("The window starts", rows, (note,))


def _start(command: list[str], word: str, cache: Path) -> Callable[[], float]:
    environ = environment(cache)

    def run() -> float:
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.strip() == word:
                    seconds = time.perf_counter() - start
                    process.wait(30)
                    return seconds
        raise RuntimeError(f"no {word} from {command}: exit {process.returncode}")

    return run
