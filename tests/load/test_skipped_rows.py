"""Eight writers beside one another on PostgreSQL: a reader that asks for what follows its cursor misses nothing.

A sequence gives numbers in the order of beginning, a reader sees rows in the order of ending: whoever polls
`seq > cursor` skips what began earlier and ended later. The control shows that this machine provokes it.
`YANFANG_GAP_S=60` gives the seconds of a long run; the figures are printed (`pytest -s`).
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import orjson
import psycopg
import pytest

from sync.protocol.messages import Cursor, SyncRequest
from sync.server import epochs, exchanges
from sync.server.app import office_at
from sync.server.routes import Office
from sync.server.world import real_world
from tests.load.writers import FEEDS, admitted
from tests.postgres import Postgres
from tests.unit.sync.kit import ROOT

SECONDS = float(os.environ.get("YANFANG_GAP_S", "3"))
WRITERS, PROCESSES = 8, 2
pytestmark = pytest.mark.timeout(300 + 3 * SECONDS)


class Reader:
    """A device that asks for what follows its cursors, again and again, while others write."""

    def __init__(self, office: Office, name: str) -> None:
        self._office, self.pages = office, 0
        self._device, _ = admitted(office, name)
        with office.database.read() as unit:
            self._epoch = epochs.current(unit)
        self.cursors: dict[str, Cursor] = {}
        self.seqs: dict[str, list[int]] = defaultdict(list)
        self.ops: dict[str, list[str]] = defaultdict(list)

    def read_until(self, is_over: Callable[[], bool]) -> None:
        """Read until nothing more can come."""
        last_round = False
        while not last_round or self._read():
            last_round = is_over()
            if not self._read():
                time.sleep(0.002)

    def _read(self) -> bool:
        request = SyncRequest(self._epoch, tuple(self.cursors.values()))
        answer = exchanges.exchange(self._office.counter, self._device, request)
        for page in answer.pages:
            self.pages += 1
            self.seqs[page.feed] += [entry.seq for entry in page.entries]
            self.ops[page.feed] += [orjson.loads(entry.line)["op"] for entry in page.entries]
            self.cursors[page.feed] = Cursor(page.feed, page.entries[-1].seq, page.chain)
        return answer.more or bool(answer.pages)


def test_no_reader_skips_a_line_that_was_committed_beside_others(postgres: Postgres, tmp_path: Path) -> None:
    address = postgres.database()
    office = office_at(address, tmp_path, real_world())
    try:
        readers = [Reader(office, f"reader-{number}") for number in range(2)]
        committed, batches = _while_written(address, tmp_path, readers)
    finally:
        office.database.close()
    total = sum(len(ops) for ops in committed.values())
    skipped = sum(len(set(committed[feed]) - set(one.ops[feed])) for one in readers for feed in FEEDS)
    doubled = sum(len(one.ops[feed]) - len(set(one.ops[feed])) for one in readers for feed in FEEDS)
    pages = sum(one.pages for one in readers)
    print(f"\n{WRITERS} writers, {SECONDS:.0f} s: {total} lines in {batches} transactions, {pages} pages: {skipped=}, {doubled=}")
    assert total > 100
    assert pages > 10
    assert (skipped, doubled) == (0, 0)
    for one in readers:
        for feed in FEEDS:
            assert one.seqs[feed] == list(range(1, len(committed[feed]) + 1))
            assert set(one.ops[feed]) == set(committed[feed])


def test_numbers_of_a_sequence_would_be_skipped_here(postgres: Postgres) -> None:
    written, read = _with_a_sequence(postgres.database(), min(SECONDS, 10.0))
    share = len(written - read) / len(written)
    print(f"\nBIGSERIAL, {WRITERS} writers: {len(written)} rows, {share:.1%} skipped")
    assert share > 0.01


def _while_written(address: str, folder: Path, readers: list[Reader]) -> tuple[dict[str, list[str]], int]:
    """Let the writers write and the readers read; return what was committed by feed, in how many transactions."""
    each = WRITERS // PROCESSES
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.load.writers", address, str(folder), str(SECONDS), str(number * each), str(each)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    said: list[dict[str, object]] = []
    reading = [threading.Thread(target=one.read_until, args=(lambda: len(said) == PROCESSES,)) for one in readers]
    try:
        for process in processes:
            assert _line(process) == "ready\n"
        for thread in reading:
            thread.start()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [json.loads(_line(process)) for process in processes]
        said += told
    finally:
        said += [{}] * (PROCESSES - len(said))
        for thread in reading:
            if thread.ident is not None:
                thread.join()
        for process in processes:
            process.communicate()
    committed = {feed: [op for one in told for op in one["committed"][feed]] for feed in FEEDS}
    return committed, sum(one["batches"] for one in told)


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _with_a_sequence(address: str, seconds: float) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Write rows numbered by a sequence and poll for what follows the last number; return what was written and read."""
    with psycopg.connect(address, autocommit=True) as link:
        link.execute("CREATE TABLE change (seq bigserial PRIMARY KEY, writer int, n int)")
    written: list[tuple[int, int]] = []
    read: list[tuple[int, int]] = []
    until = time.monotonic() + seconds
    is_over = threading.Event()

    def write(writer: int) -> None:
        chance, n = random.Random(writer), 0
        with psycopg.connect(address) as link:
            while time.monotonic() < until:
                rows = [(writer, n + more) for more in range(10)]
                link.cursor().executemany("INSERT INTO change(writer, n) VALUES (%s, %s)", rows)
                time.sleep(chance.random() * 0.005)  # what a transaction does besides
                link.commit()
                written.extend(rows)
                n += 10

    def poll() -> None:
        cursor = 0
        with psycopg.connect(address, autocommit=True) as link:
            while True:
                is_last = is_over.is_set()
                found = link.execute(
                    "SELECT seq, writer, n FROM change WHERE seq > %s ORDER BY seq LIMIT 500", (cursor,)
                ).fetchall()
                read.extend((writer, n) for _, writer, n in found)
                cursor = found[-1][0] if found else cursor
                if is_last and not found:
                    return

    polling = threading.Thread(target=poll)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    polling.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    polling.join()
    return set(written), set(read)
