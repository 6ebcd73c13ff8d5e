"""`kill -9` of the server in the middle of a batch, and of the client in the middle of a sync: nothing lost, nothing doubled."""

import os
import random
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

import app.db.engine as client_engine
from sync.client.enrol import Applicant, enrol
from sync.client.http import ServerDoor
from sync.protocol.chain import DeviceKey
from sync.server.app import DATABASE_NAME
from tests.faults.syncing_process import KEY, NAME
from tests.unit.sync.kit import ROOT, ServerProcess, cut_after, new_id, wall_ms

KILLS = int(os.environ.get("YANFANG_KILLS", "10"))


def assert_feeds_are_whole(server: ServerProcess) -> Counter[str]:
    """Look into the server's file: numbers without holes, each line once, a receipt for each; return lines by feed."""
    with closing(sqlite3.connect(server.folder / DATABASE_NAME)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        places = raw.execute("SELECT feed, count(*), max(seq) FROM op GROUP BY feed").fetchall()
        assert all(count == last for _, count, last in places)
        assert raw.execute("SELECT count(*), count(DISTINCT content_hash) FROM op").fetchall()[0] == (
            sum(count for _, count, _ in places),
        ) * 2
        without = "SELECT count(*) FROM op WHERE op NOT IN (SELECT subject FROM receipt WHERE kind = 'record')"
        assert raw.execute(without).fetchone() == (0,)
        return Counter({feed: count for feed, count, _ in places})


@pytest.mark.kill
@pytest.mark.timeout(1800)
def test_a_server_killed_in_mid_batch_loses_and_doubles_nothing(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    scope = f"s:{uuid.uuid4().hex[:12]}"
    writer, reader = server.laptop(scope), server.laptop(scope)
    chance = random.Random(41)
    written, reached = 0, Counter[str]()
    try:
        for turn in range(KILLS):
            for row in range(chance.choice((5, 60, 300))):
                writer.store.write("answer", f"r{row}", value=f"第{turn}次")
                written += 1
            if turn % 3 == 0:
                writer.photo(chance.randbytes(300_000))
                written += 1
            timer = cut_after(server, chance.uniform(0, 0.35))
            for laptop in (writer, reader):
                laptop.door.close()
                laptop.door.url = server.url
                result = laptop.sync()
                reached[result.reached] += 1
                assert result.failure is None or result.failure.code in ("http.unreachable", "http.not_yanfang"), result
            timer.join()
            server.kill()
            server.start()
        for laptop in (writer, reader, writer):
            laptop.door.close()
            laptop.door.url = server.url
            assert laptop.sync().is_complete
        assert writer.store.states() == {"done"}
        assert reader.store.confirmed.dump() == writer.store.confirmed.dump()
        assert writer.store.confirmed.conflicts == {}
        assert reader.vault.kept == writer.vault.kept
        assert len(writer.store.replicas) == 1
    finally:
        server.kill()
    assert assert_feeds_are_whole(server)[scope] == written
    assert len(reached) > 1, reached


@pytest.mark.kill
@pytest.mark.timeout(1800)
def test_a_client_killed_in_mid_sync_loses_and_doubles_nothing(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    home = tmp_path / "laptop"
    home.mkdir()
    scope = f"s:{uuid.uuid4().hex[:12]}"
    key, device = random.Random(5).randbytes(32), new_id()
    with ServerDoor(server.url, wall_ms, new_id) as door:
        me = enrol(door, server.code(scope), Applicant(device, DeviceKey.from_seed(key), "测试本"))
    (home / "key").write_bytes(key)
    (home / "who").write_text(f"{device} {me.server} {scope}", encoding="utf-8")
    chance = random.Random(42)
    saved = synced = 0
    try:
        for turn in range(KILLS):
            began = time.monotonic()
            process = _start(home, server.url, turn)
            assert process.stdout is not None
            # On a busy machine a run takes longer, as beginning does: some are to be finished, some not.
            time.sleep(chance.uniform(0, max(0.5, 0.5 * (time.monotonic() - began))))
            process.kill()
            for line in process.stdout.read().split("\n")[:-1]:  # the last piece may be a cut-off line
                synced += line == "synced"
                saved = max(saved, int(line.split()[1])) if line.startswith("saved") else saved
            process.wait()
            process.stdout.close()
            assert _count(home, "sync_op") >= saved
        process = _start(home, server.url, KILLS, "finish")
        assert process.stdout is not None
        told = process.stdout.read()
        process.wait()
        process.stdout.close()
        assert "failure=None" in told, told
        assert "file_failures=()" in told, told
        journal = _ops(home)
    finally:
        server.kill()
    assert set(journal.values()) <= {"done", "rejected"}, Counter(journal.values())
    feeds = assert_feeds_are_whole(server)
    assert feeds[scope] == len(journal) >= saved
    with closing(sqlite3.connect(server.folder / DATABASE_NAME)) as raw:
        assert {row[0] for row in raw.execute("SELECT op FROM op")} == set(journal)
        assert {row[0] for row in raw.execute("SELECT replica FROM op")} == {row[0] for row in raw.execute("SELECT replica FROM replica")}
    # One laptop alone contradicts itself only where a removed row is written again.
    assert _count(home, "sync_conflict WHERE field <> '_deleted'") == 0
    assert synced > 0


def _start(home: Path, url: str, seed: int, *more: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.syncing_process", str(home), url, str(seed), *more],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "YANFANG_TEST_NOW_MS": str(wall_ms())},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _ops(home: Path) -> dict[str, str]:
    with closing(client_engine.connect(home / NAME, KEY)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return dict(raw.execute("SELECT op, state FROM sync_op"))


def _count(home: Path, table: str) -> int:
    with closing(client_engine.connect(home / NAME, KEY)) as raw:
        return int(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
