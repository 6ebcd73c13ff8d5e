"""Sync between laptops and a server, against the least that a row-wise sync can do; stores are compared at the end."""

import json
import os
import random
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from bench import sync_bound
from bench.children import ROOT, environment
from bench.method import NO_GOAL, Goal, Row, Section, paired_ratio, span
from bench.pictures import SEED, photos

INSPECTIONS, ANSWERS, CHANGED = 200, 50, 10
ROUNDS, WEAK_ROUNDS, PHOTOS = 3, 2, 40
RTT_MS, MBIT = 100, 10
_TEXT = "病历记录与费用清单不一致现场核查床位费诊疗项目超标准收费重复收费分解住院串换材料医师签字时间逻辑错误药品进销存数量不符"
Record = dict[str, Any]


class Laptop(Protocol):
    """What is measured of either kind of laptop; seconds."""

    def load(self) -> None: ...
    def touch(self) -> None: ...
    def sync(self) -> float: ...
    def photos(self) -> float: ...
    def digest(self) -> str: ...
    def close(self) -> None: ...


@dataclass
class Office:
    """A server of either kind, and the laptops that are to meet there."""

    folder: Path
    photos: Path
    port: int
    server: "subprocess.Popen[str]"
    is_ours: bool
    laptops: list[Laptop] = field(default_factory=list)

    def laptop(self, name: str, port: int | None = None) -> Laptop:
        """Return a new laptop; `port` leads to the server by another way."""
        folder = self.folder / name
        folder.mkdir()
        kind = _Ours if self.is_ours else _Bound
        made: Laptop = kind(self, folder, port or self.port)
        self.laptops.append(made)
        return made


class _Ours:
    """The program, as a child that is driven."""

    def __init__(self, office: Office, folder: Path, port: int) -> None:
        own = {
            "URL": f"http://127.0.0.1:{port}", "STORE": str(folder), "RECORDS": str(office.folder / "records.json"),
            "SERVER_DATA": str(office.folder / "srv"), "PHOTOS": str(office.photos), "NPHOTOS": str(PHOTOS),
        }  # fmt: skip
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench.sync_driver"], cwd=ROOT, text=True,
            env=environment(office.folder / "cache") | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._heard()

    def load(self) -> None:
        self._ask("load")

    def touch(self) -> None:
        self._ask("touch 1")

    def sync(self) -> float:
        return float(self._ask("sync")["s"])

    def photos(self) -> float:
        return float(self._ask("photos")["s"])

    def digest(self) -> str:
        return str(self._ask("count")["h"])

    def peak_mib(self) -> float:
        return _peak_mib(self._child.pid)

    def close(self) -> None:
        self._write("quit")
        self._child.wait(30)

    def _ask(self, command: str) -> Mapping[str, Any]:
        self._write(command)
        return self._heard()

    def _write(self, command: str) -> None:
        assert self._child.stdin is not None
        print(command, file=self._child.stdin, flush=True)

    def _heard(self) -> Mapping[str, Any]:
        assert self._child.stdout is not None
        said: dict[str, Any] = json.loads(self._child.stdout.readline())
        if not said["ok"]:
            raise RuntimeError(said["e"])
        return said


class _Bound:
    """The bound's client, in this process."""

    def __init__(self, office: Office, folder: Path, port: int) -> None:
        self._office, self._client = office, sync_bound.Client(port, folder)

    def load(self) -> None:
        self._client.load(office_records(self._office.folder / "records.json"))

    def touch(self) -> None:
        self._client.load(office_records(self._office.folder / "touch-1.json"))

    def sync(self) -> float:
        return _seconds(self._client.sync)

    def photos(self) -> float:
        files = sorted(self._office.photos.iterdir())
        return _seconds(lambda: [self._client.send_file(one) for one in files])

    def digest(self) -> str:
        return self._client.digest()

    def close(self) -> None:
        self._client.close()


def measure(folder: Path) -> Section:
    """Sync 10,000 records up and down on loopback and over a weak line, and photos up."""
    near: dict[str, dict[str, list[float]]] = {"ours": {}, "bound": {}}
    weak: dict[str, dict[str, list[float]]] = {"ours": {}, "bound": {}}
    peak: list[float] = []
    pictures = folder / "photos"
    pictures.mkdir()
    for number, data in enumerate(photos(PHOTOS)):
        (pictures / f"{number:04}.jpg").write_bytes(data)
    for number in range(ROUNDS):
        for name in ("ours", "bound") if number % 2 else ("bound", "ours"):
            with _office(folder / f"near-{number}-{name}", pictures, is_ours=name == "ours") as office:
                _near(office, near[name], peak)
    for number in range(WEAK_ROUNDS):
        for name in ("ours", "bound"):
            with _office(folder / f"weak-{number}-{name}", pictures, is_ours=name == "ours") as office:
                _weak(office, weak[name])
    return Section("Sync", tuple(_rows(near, weak, peak)))


def office_records(path: Path) -> list[Record]:
    """Return records of a file."""
    found: list[Record] = json.loads(path.read_bytes())
    return found


def _near(office: Office, found: dict[str, list[float]], peak: list[float]) -> None:
    def keep(what: str, seconds: float) -> None:
        found.setdefault(what, []).append(seconds)

    first, second = office.laptop("a"), office.laptop("b")
    first.load()
    keep("first push", first.sync())
    keep("first pull", second.sync())
    keep("no change", median(first.sync() for _ in range(5)))
    first.touch()
    keep("10 changed, push", first.sync())
    keep("10 changed, pull", second.sync())
    if first.digest() != second.digest():
        raise RuntimeError("the stores differ")
    if isinstance(first, _Ours):
        peak.append(first.peak_mib() + _peak_mib(office.server.pid))
    keep("photos", first.photos())


def _weak(office: Office, found: dict[str, list[float]]) -> None:
    with _weak_line(office.port) as line:
        first = office.laptop("a", line.port)
        first.sync()
        first.load()
        for what in ("first push", "no change", "10 changed"):
            if what == "10 changed":
                first.touch()
            before = line.carried()
            found.setdefault(what, []).append(first.sync())
            found.setdefault(f"{what}, bytes", []).append(line.carried() - before)


def _rows(
    near: Mapping[str, Mapping[str, list[float]]],
    weak: Mapping[str, Mapping[str, list[float]]],
    peak: list[float],
) -> Iterator[Row]:
    goals = {
        "first push": Goal("at_most", 3.0, "≤ 3×"),
        "first pull": Goal("at_most", 3.5, "≤ 3.5×"),
        "photos": Goal("at_most", 2.0, "≥ 50 % of the bound's rate"),
    }
    for what, ours in near["ours"].items():
        yield _row(f"{what}, loopback", ours, near["bound"][what], goals.get(what, NO_GOAL), length_of=span)
    yield _row("first push, weak line", weak["ours"]["first push"], weak["bound"]["first push"],
               Goal("at_most", 1.5, "≤ 1.5×"), length_of=span)  # fmt: skip
    idle = weak["ours"]["no change"]
    trips = median(idle) * 1000 / RTT_MS
    yield Row(
        "no change, weak line",
        span(idle),
        f"one round trip: {RTT_MS} ms",
        f"{trips:.2f}×",
        "one round trip",
        Goal("at_most", 1.5).verdict(trips),
    )
    quiet = median(weak["ours"]["no change, bytes"])
    yield Row("no change, weak line: bytes", f"{quiet:.0f}", f"bound: {median(weak['bound']['no change, bytes']):.0f}", "",
              "≤ 2,000", Goal("at_most", 2000).verdict(quiet))  # fmt: skip
    yield _row(
        "10 changed, weak line",
        weak["ours"]["10 changed"],
        weak["bound"]["10 changed"],
        NO_GOAL,
        length_of=span,
    )
    yield _row("10 changed, weak line: bytes", weak["ours"]["10 changed, bytes"], weak["bound"]["10 changed, bytes"],
               Goal("at_most", 2.0, "≤ 2×"), length_of=lambda each: f"{median(each):.0f}")  # fmt: skip
    yield Row("memory of client and server, first push", f"{median(peak):.0f} MiB", "–", "–", "≤ 200 MB",
              Goal("at_most", 200 / 1.048576).verdict(median(peak)))  # fmt: skip


def _row(
    what: str,
    ours: Sequence[float],
    bound: Sequence[float],
    goal: Goal,
    *,
    length_of: Callable[[Sequence[float]], str],
) -> Row:
    ratio = paired_ratio(ours, bound)
    return Row(
        what, length_of(ours), f"bound: {length_of(bound)}", f"{ratio:.2f}×", goal.words, goal.verdict(ratio)
    )


@contextmanager
def _office(folder: Path, pictures: Path, *, is_ours: bool) -> Iterator[Office]:
    (folder / "srv").mkdir(parents=True)
    records = _records()
    chance = random.Random(SEED)
    changed = [
        {**one, "value": "no", "note": f"{one['note']}（复核）"} for one in chance.sample(records, CHANGED)
    ]
    (folder / "records.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    (folder / "touch-1.json").write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    port = _free_port()
    command = (
        ["sync.server.cli", "serve", "--data", str(folder / "srv"), "--port", str(port)]
        if is_ours
        else ["bench.sync_bound", str(port), str(folder / "srv")]
    )
    server = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment(folder / "cache"),
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    office = Office(folder, pictures, port, server, is_ours)
    try:
        _wait_for(port)
        yield office
    finally:
        with ExitStack() as ends:
            ends.callback(server.wait, 20)
            ends.callback(server.terminate)
            for one in office.laptops:
                ends.callback(one.close)


@dataclass(frozen=True)
class _Line:
    child: "subprocess.Popen[str]"
    port: int

    def carried(self) -> int:
        """Return the bytes that went over the line, both ways, requests and answers with their heads."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        print("?", file=self.child.stdin, flush=True)
        return int(self.child.stdout.readline())


@contextmanager
def _weak_line(port: int) -> Iterator[_Line]:
    command = [sys.executable, "-m", "bench.weak_line", str(port), str(RTT_MS), str(MBIT)]
    child = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    try:
        yield _Line(child, int(child.stdout.readline()))
    finally:
        child.kill()
        child.wait()


def _records() -> list[Record]:
    chance = random.Random(SEED)
    made = []
    for _ in range(INSPECTIONS):
        inspection = str(uuid.UUID(int=chance.getrandbits(128)))
        for number in range(ANSWERS):
            made.append(
                {
                    "_id": str(uuid.UUID(int=chance.getrandbits(128))), "inspection": inspection,
                    "item": f"A{number // 10 + 1}.{number % 10 + 1}", "value": chance.choice(("pass", "fail", "na")),
                    "score": chance.randint(0, 5), "note": "".join(chance.choices(_TEXT, k=chance.randint(16, 46))),
                    "by": f"u{chance.randint(1, 40):03}",
                    "at": f"2026-05-{chance.randint(1, 28):02}T{chance.randint(8, 17):02}:{chance.randint(0, 59):02}:00+08:00",
                }
            )  # fmt: skip
    return made


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(1200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def _peak_mib(pid: int) -> float:
    """Return the most memory a process ever had in use; 0 where the system does not tell."""
    path = Path(f"/proc/{pid}/status")
    if os.name == "nt" or not path.exists():
        return 0.0
    line = next(one for one in path.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
