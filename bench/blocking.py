"""How long the window is blocked by what it does: the longest silence of its event loop, operation by operation."""

import json
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.children import ROOT, environment
from bench.method import Goal, Row, Section, length
from bench.office import (
    PHOTOS,
    add_findings,
    add_photos,
    big_inspection,
    many_inspections,
    office_at,
    ready_to_sign,
)
from bench.pictures import photos, small_photos

ROUNDS, MANY, TAKEN = 3, 1000, 12
_GOAL = Goal("at_most", 0.05, "< 50 ms")


def measure(folder: Path) -> Section:
    """Drive the window, each round in a fresh process over a fresh copy of the same store."""
    plan = _prepared(folder)
    stalls: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    _driven(folder, plan, ROUNDS)  # Once for the compiled modules and the caches of the system.
    for number in range(ROUNDS):
        for found in _driven(folder, plan, number):
            stalls[found["name"]].append(found)
    rows = [_row(name, found) for name, found in stalls.items()]
    worst = max(rows, key=lambda row: row[0])
    head = Row(
        "the window blocked by any operation",
        length(worst[0]),
        "–",
        "–",
        _GOAL.words,
        _GOAL.verdict(worst[0]),
    )
    notes = [
        f"{row.what}: {'; '.join(_where(stalls[row.what.removeprefix('– ')]))}"
        for s, row in rows
        if s > _GOAL.limit
    ]
    return Section("The window stays awake", (head, *(row for _, row in rows)), tuple(notes))


def _row(name: str, found: Sequence[Mapping[str, Any]]) -> tuple[float, Row]:
    middle = sorted(found, key=lambda one: float(one["wall_s"]))[len(found) // 2]
    seconds = statistics.median(float(one["wall_s"]) for one in found)
    computing = f"computing {length(float(middle['cpu_s']))}"
    return seconds, Row(f"– {name}", length(seconds), computing, "–", _GOAL.words, _GOAL.verdict(seconds))


def _where(found: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    where: Sequence[str] = max(found, key=lambda one: float(one["wall_s"]))["where"]
    return where


def _prepared(folder: Path) -> dict[str, str]:
    home, taken = folder / "home", folder / "photos"
    taken.mkdir(parents=True)
    for number, content in enumerate(photos(TAKEN)):
        (taken / f"IMG_{number:04d}.jpg").write_bytes(content)
    with office_at(home) as (services, made):
        big = big_inspection(services, made.inspectors)
        add_photos(services, big, small_photos(PHOTOS))
        add_findings(services, big)
        ready = ready_to_sign(services, made.inspectors)
        many_inspections(services, made.inspectors, MANY)
    return {"home": str(home), "inspection": big.inspection, "ready": ready, "photos": str(taken)}


def _driven(folder: Path, plan: Mapping[str, str], number: int) -> list[dict[str, Any]]:
    home = folder / f"round-{number}"
    shutil.copytree(plan["home"], home)
    own = {**plan, "home": str(home), "out": str(folder / f"record-{number}.pdf")}
    file = folder / f"plan-{number}.json"
    file.write_text(json.dumps(own), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bench.drive", str(file)],
        cwd=ROOT,
        env=environment(folder / "compiled"),
        capture_output=True,
        text=True,
        timeout=300,
    )
    shutil.rmtree(home)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not found:
        raise RuntimeError(f"the window could not be driven: {done.stderr[-2000:]}")
    return found
