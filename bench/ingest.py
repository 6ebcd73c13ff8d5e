"""How fast one worker takes lines in, and where the time goes: FULL durability, every signature checked."""

import functools
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine.default import DefaultDialect

from bench.method import NO_GOAL, Row, Section
from sync.protocol import chain, codec, feeds, framing, lines, signing
from sync.protocol.chain import ChainHead, DeviceKey
from sync.protocol.lines import FieldEdit, Kind, Line
from sync.protocol.linked import on_wire
from sync.protocol.messages import EnrolRequest, SyncRequest
from sync.server import pushes
from sync.server.app import open_office
from sync.server.devices import Device
from sync.server.intake import Intake
from sync.server.routes import Office
from sync.server.world import real_world

ROWS, LINES_PER_PUSH, ROUNDS = 10_000, 500, 3
_TEXT = "病历记录与费用清单不一致,现场核查床位费诊疗项目超标准收费"
# Each step, and what stands for it; a step inside another counts for itself alone.
STEPS: dict[str, tuple[tuple[Any, str], ...]] = {
    "body": ((framing, "unpack"), (codec, "load")),
    "parse": ((lines, "parse"),),
    "signature": ((chain, "verified"), (chain, "verified_all")),
    "hashes": ((lines, "content_hash"), (feeds, "op_link"), (feeds, "receipt_link")),
    "judge, fold": ((Intake, "take"), (Intake, "flush"), (Intake, "prepare")),
    "SQL": ((Connection, "execute"),),
    "commit, fsync": ((DefaultDialect, "do_commit"),),
}


class Clock:
    """Share time out among steps."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._inside: list[str] = ["other"]
        self._since = time.perf_counter()

    def step(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same function; its time counts for the step."""

        @functools.wraps(work)
        def timed(*args: Any, **named: Any) -> Any:
            self._turn(name)
            try:
                return work(*args, **named)
            finally:
                self._inside.pop()
                self._note(name)

        return timed

    def _turn(self, name: str) -> None:
        self._note(self._inside[-1])
        self._inside.append(name)

    def _note(self, name: str) -> None:
        now = time.perf_counter()
        self.spent[name] = self.spent.get(name, 0.0) + now - self._since
        self._since = now


def measure(folder: Path) -> Section:
    """Push the lines of one device into an empty server, several times; figures are medians."""
    rng = random.Random(20)
    plain, shares = [], []
    for number in range(ROUNDS):
        plain.append(_round(folder / f"plain{number}", rng, None))
        clock = Clock()
        _round(folder / f"timed{number}", rng, clock)
        whole = sum(clock.spent.values())
        shares.append({name: clock.spent.get(name, 0.0) / whole for name in (*STEPS, "other")})
    rate = ROWS / median(plain)
    share = {name: median(one[name] for one in shares) for name in shares[0]}
    said = ", ".join(f"{name} {part:.0%}" for name, part in sorted(share.items(), key=lambda one: -one[1]))
    row = Row("lines taken in by one worker", f"{rate:,.0f}/s", f"{LINES_PER_PUSH} per push", "–", NO_GOAL.words, "–")
    return Section("Lines taken in by the server, FULL, signatures checked", (row,), (f"Shares of the time: {said}.",))


def _round(folder: Path, rng: random.Random, clock: Clock | None) -> float:
    office = open_office(folder, real_world())
    try:
        device, bodies = _bodies(office, rng)
        with _timing(clock):
            start = time.perf_counter()
            for body in bodies:
                request = codec.load(SyncRequest, framing.unpack(body))
                taken, problem = pushes.push(
                    office.database, office.world, office.terms, office.devices.find, device, request.replica,
                    request.lines, request.epoch,
                )  # fmt: skip
                assert (taken, problem) == (len(request.lines), None)
            return time.perf_counter() - start
    finally:
        office.database.close()


@contextmanager
def _timing(clock: Clock | None) -> Iterator[None]:
    with ExitStack() as undo:
        for name, places in STEPS.items() if clock is not None else ():
            for owner, attribute in places:
                work = getattr(owner, attribute, None)
                if work is not None and clock is not None:
                    undo.callback(setattr, owner, attribute, work)
                    setattr(owner, attribute, clock.step(name, work))
        yield


def _bodies(office: Office, rng: random.Random) -> tuple[Device, list[bytes]]:
    key, device = DeviceKey.from_seed(rng.randbytes(32)), str(uuid.UUID(bytes=rng.randbytes(16)))
    code = office.devices.issue_code("bench", ("s:1",), 60_000).code
    proof = key.sign(signing.enrol_bytes(office.devices.server, code, device, key.public_hex))
    me = office.devices.enrol(EnrolRequest(code, device, key.public_hex, "bench", proof))
    replica, at = str(uuid.UUID(bytes=rng.randbytes(16))), ChainHead()
    made: list[chain.SignedLine] = []
    for number in range(ROWS):
        line = _line(rng, number, replica, at)
        signed = chain.seal(line, key)
        at = signed.head
        made.append(signed)
    pushed = [made[start : start + LINES_PER_PUSH] for start in range(0, ROWS, LINES_PER_PUSH)]
    requests = [SyncRequest(epoch=me.epoch, replica=replica, lines=on_wire(one), cursors=()) for one in pushed]
    return office.devices.find(device), [framing.pack(codec.dump(one)) for one in requests]


def _line(rng: random.Random, number: int, replica: str, at: ChainHead) -> Line:
    values = {"state": "fail", "note": _TEXT[rng.randrange(10) :], "amount_fen": rng.randrange(10**7), "item": f"i{number % 50}"}
    return Line(
        op=str(uuid.UUID(bytes=rng.randbytes(16))), kind=Kind.SET, table="t", row=str(uuid.UUID(bytes=rng.randbytes(16))),
        scope="s:1", fields=tuple(FieldEdit(name, value) for name, value in values.items()), author="bench",
        txn=str(uuid.UUID(bytes=rng.randbytes(16))), replica=replica, n=at.n + 1, prev=at.hash,
        hlc=(1_790_000_000_000 + number) << 16, wall_ms=1_790_000_000_000 + number, offset_ms=0, schema=1,
    )  # fmt: skip
