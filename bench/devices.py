"""An office server on one machine and three hundred devices: a day of work in ten minutes.

`python -m bench --only devices` (not part of a whole run: it lasts ten minutes; `YANFANG_DEVICES_MIN=3` shortens it).
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.children import ROOT, environment
from bench.method import NO_GOAL, Goal, Row, Section, length, percentile
from sync.server.app import open_office
from sync.server.world import real_world

_P95 = Goal("at_most", 0.4, "p95 ≤ 400 ms")
_NONE = Goal("at_most", 0, "0")
_FLAT = Goal("at_most", 10, "≤ 10 % more at the end than at half-time")


@dataclass(frozen=True, slots=True)
class Plan:
    """A day: what each device does, in how many seconds, and on how many processes the devices are spread."""

    devices: int = 300
    seconds: float = 600.0
    batches: int = 10
    lines: int = 100
    photos: int = 20
    photo_bytes: int = 40_000
    per_office: int = 5
    processes: int = 3


@dataclass(frozen=True, slots=True)
class Day:
    """What was seen; durations in seconds, memory in MiB by second.

    Attributes:
        holes: Numbers that did not follow the one before.
        missing: Lines that are not in the feed of somebody who may read them.
    """

    pushes: Sequence[float]
    pulls: Sequence[float]
    photos: Sequence[float]
    late: Sequence[float]
    sent: int
    receipted: int
    files: int
    files_receipted: int
    holes: int
    missing: int
    errors: dict[str, int]
    memory: Sequence[float]
    cpu_share: float


def measure(folder: Path) -> Section:
    """Let a day pass."""
    minutes = float(os.environ.get("YANFANG_DEVICES_MIN", "10"))
    whole = Plan()
    # A shorter run does less of the day, at the same rate.
    share = minutes / 10
    plan = Plan(
        seconds=60 * minutes, batches=max(1, round(whole.batches * share)), photos=max(1, round(whole.photos * share))
    )
    day = run(folder, plan)
    return Section("Three hundred devices", _rows(plan, day), _notes(plan, day))


def run(folder: Path, plan: Plan) -> Day:
    """Start a server and the devices, let them work and read everything, and return what was seen."""
    folder.mkdir(parents=True, exist_ok=True)
    wishes = _admitted(folder / "server", plan)
    with _server(folder) as (process, url), contextlib.ExitStack() as stack:
        children = [stack.enter_context(_child(folder)) for _ in range(plan.processes)]
        for number, child in enumerate(children):
            devices = wishes[number :: plan.processes]
            _say(child, json.dumps({"url": url, "devices": devices, "plan": asdict(plan)}))
        for child in children:
            _expect(child, "ready")
        server = psutil.Process(process.pid)
        cpu, start = server.cpu_times(), time.monotonic()
        memory: list[float] = []
        for child in children:
            _say(child, "work")
        is_over = threading.Event()
        watch = threading.Thread(target=_watch, args=(server, memory, is_over))
        watch.start()
        for child in children:
            _expect(child, "worked")
        is_over.set()
        watch.join()
        spent = server.cpu_times()
        share = (spent.user + spent.system - cpu.user - cpu.system) / (time.monotonic() - start)
        for child in children:
            _say(child, "finish")
        told = [json.loads(_line(child)) for child in children]
    return _day(plan, told, memory, share)


def _day(plan: Plan, told: Sequence[dict[str, Any]], memory: Sequence[float], cpu_share: float) -> Day:
    lists = {name: [x for one in told for x in one[name]] for name in ("pushes", "pulls", "photos", "late", "read")}
    sums = {name: sum(one[name] for one in told) for name in ("sent", "receipted", "files", "files_receipted", "holes")}
    errors: Counter[str] = sum((Counter(one["errors"]) for one in told), Counter())
    sent_each = plan.batches * plan.lines
    offices = -(-plan.devices // plan.per_office)
    heads = [
        sent_each * len(range(office * plan.per_office, min(plan.devices, (office + 1) * plan.per_office)))
        for office in range(offices)
    ]
    read = sorted(lists.pop("read"))
    expected = sorted(heads[number // plan.per_office] for number in range(plan.devices))
    missing = sum(abs(a - b) for a, b in zip(read, expected, strict=True))
    seen: dict[str, Any] = {**lists, **sums}
    return Day(**seen, missing=missing, errors=dict(errors), memory=memory, cpu_share=cpu_share)


def _admitted(data: Path, plan: Plan) -> list[dict[str, Any]]:
    data.mkdir()
    office = open_office(data, real_world())
    try:
        wishes = []
        for number in range(plan.devices):
            feed = f"s:load-{number // plan.per_office}"
            code = office.devices.issue_code(f"u{number}", (feed,), 3_600_000).code
            wishes.append({"code": code, "device": f"dev-{number}", "feed": feed, "seed": number})
        return wishes
    finally:
        office.database.close()


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    command = [sys.executable, "-m", "sync.server.cli", "serve", "--data", str(folder / "server"), "--port", "0", "--json"]
    with (
        (folder / "server.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, env=environment(folder / "cache")
        ) as process,
    ):
        try:
            yield process, json.loads(_line(process))["url"]
        finally:
            process.kill()


@contextlib.contextmanager
def _child(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bench.device_load"]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, env=environment(folder / "cache"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _watch(server: psutil.Process, memory: list[float], is_over: threading.Event) -> None:
    while not is_over.wait(1.0):
        memory.append(server.memory_info().rss / 2**20)


def _say(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdin is not None
    print(text, file=process.stdin, flush=True)


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _expect(process: "subprocess.Popen[str]", word: str) -> None:
    said = _line(process).strip()
    if said != word:
        raise RuntimeError(f"a process of devices said {said!r} instead of {word!r}")


def _rows(plan: Plan, day: Day) -> tuple[Row, ...]:
    what = f"{plan.devices} devices, {plan.seconds / 60:g} min"
    p95 = percentile(day.pushes, 0.95)
    errors = sum(day.errors.values()) + day.holes + day.missing + (day.sent - day.receipted) + (day.files - day.files_receipted)
    growth = _growth(day.memory)
    return (
        Row(f"{what}: push of {plan.lines} lines", _spread(day.pushes), "", f"p95 {length(p95)}", _P95.words, _P95.verdict(p95)),
        Row(f"{what}: a small photo (three requests)", _spread(day.photos), "", "", NO_GOAL.words, "–"),
        Row(f"{what}: errors, numbers out of line, lines or receipts missing", str(errors), "", "", _NONE.words, _NONE.verdict(errors)),
        Row(
            f"{what}: memory of the server at half-time and at the end", _memory(day.memory), "", f"{growth:+.1f} %", _FLAT.words,
            _FLAT.verdict(growth),
        ),
    )  # fmt: skip


def _notes(plan: Plan, day: Day) -> tuple[str, ...]:
    rate = day.sent / plan.seconds
    return (
        f"{day.sent} lines ({rate:.0f} a second) and {day.files} photos of {plan.photo_bytes // 1000} kB from {plan.devices} "
        f"devices in offices of {plan.per_office}, each of which reads what the others of its office wrote; the server used "
        f"{day.cpu_share:.0%} of one core, the devices ran beside it on the same machine.",
        f"A push began at most {length(max(day.late))} after its time (p95 {length(percentile(day.late, 0.95))}); "
        f"memory at most {max(day.memory):.0f} MiB; errors: {day.errors or 'none'}.",
    )


def _spread(seconds: Sequence[float]) -> str:
    return f"p50 {length(percentile(seconds, 0.5))}, p95 {length(percentile(seconds, 0.95))}, p99 {length(percentile(seconds, 0.99))}"


def _tail(memory: Sequence[float], share: float) -> float:
    """Return the median of the tenth of all samples that ends at this share of the time."""
    end = max(1, round(len(memory) * share))
    return statistics.median(memory[max(0, end - max(1, len(memory) // 10)) : end])


def _growth(memory: Sequence[float]) -> float:
    return 100 * (_tail(memory, 1.0) / _tail(memory, 0.5) - 1)


def _memory(memory: Sequence[float]) -> str:
    return f"{_tail(memory, 0.5):.0f} and {_tail(memory, 1.0):.0f} MiB"
