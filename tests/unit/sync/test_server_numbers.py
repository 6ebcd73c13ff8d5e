"""Whoever polls "number > cursor" gets every row, whatever the writers do; a sequence, for comparison, loses some.

YANFANG_NUMBERS_S makes it longer than the second that the suite can afford.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, insert, select, text

from sync.protocol.messages import Cursor
from sync.server.db import heads, schema
from sync.server.db.unit import Database
from sync.server.world import real_world
from tests.postgres import Postgres

WRITERS = 8
SECONDS = float(os.environ.get("YANFANG_NUMBERS_S", "1"))


@dataclass
class Outcome:
    written: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)

    @property
    def skipped(self) -> float:
        return len(set(self.written) - set(self.read)) / len(self.written)


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    made = Database(postgres.database())
    made.prepare(real_world())
    with made.write() as unit:
        unit.execute(text("CREATE TABLE counted (n BIGSERIAL PRIMARY KEY)"))
    yield made
    made.close()


def by_head(unit: Connection) -> int:
    at = heads.lock(unit, ["s:1"])["s:1"]
    unit.execute(insert(schema.epoch_past).values(epoch=str(at.seq + 1), ended_ms=at.seq + 1, reason=""))
    heads.save(unit, {"s:1": Cursor("s:1", at.seq + 1, at.chain)})
    return at.seq + 1


def by_sequence(unit: Connection) -> int:
    return int(unit.execute(text("INSERT INTO counted DEFAULT VALUES RETURNING n")).scalar_one())


def run(database: Database, take: Callable[[Connection], int], column: object) -> Outcome:
    outcome, end = Outcome(), time.monotonic() + SECONDS
    stopped = threading.Event()

    def write(seed: int) -> None:
        rng = random.Random(seed)

        def work(unit: Connection) -> int:
            number = take(unit)
            time.sleep(rng.random() * 0.004)  # the rest of a transaction takes sometimes more, sometimes less
            return number

        while time.monotonic() < end:
            outcome.written.append(database.transact(work))

    def poll() -> None:
        cursor = 0
        while True:
            is_last = stopped.is_set()
            with database.read() as unit:
                wanted = select(text(f"{column} AS n")).where(text(f"{column} > {cursor}")).order_by(text("n"))
                table = text("epoch_past" if take is by_head else "counted")
                found = list(unit.execute(wanted.select_from(table)).scalars())
            outcome.read.extend(found)
            cursor = found[-1] if found else cursor
            if is_last:
                return

    reader = threading.Thread(target=poll)
    reader.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        for one in [pool.submit(write, seed) for seed in range(WRITERS)]:
            one.result()
    stopped.set()
    reader.join()
    return outcome


def test_numbers_taken_under_the_head_lock_are_never_skipped(database: Database) -> None:
    outcome = run(database, by_head, "ended_ms")
    print(f"{len(outcome.written)} rows, none skipped")
    assert outcome.skipped == 0
    assert sorted(outcome.written) == list(range(1, len(outcome.written) + 1))
    assert outcome.read == sorted(outcome.written)


def test_a_sequence_skips_rows_so_this_harness_would_notice(database: Database) -> None:
    outcome = run(database, by_sequence, "n")
    print(f"{len(outcome.written)} rows, {outcome.skipped:.1%} skipped")
    assert outcome.skipped > 0.01
