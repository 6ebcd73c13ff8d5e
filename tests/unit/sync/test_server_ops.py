"""What an administrator does: copies, the way back, examination, figures, logs; on both databases."""

import hashlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from sync.protocol.lines import Kind
from sync.protocol.messages import BlobOffer
from sync.server.cli import main
from sync.server.db import schema
from sync.server.ops.logs import JsonLines
from sync.server.seals import KEY_NAME
from sync.server.sentences import SENTENCES, sentence
from sync.server.terminal import KEY_VARIABLE
from tests.postgres import Postgres
from tests.s3 import S3
from tests.unit.sync.kit import ROOT, Laptop, ServerProcess


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sync.server.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def told(*arguments: str, code: int = 0) -> dict[str, Any]:
    """Run a command in this process, which is many times faster, and return what it says."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["yanfang-server", *arguments, "--json"])
        with pytest.raises(SystemExit) as ended:
            main()
    assert (ended.value.code or 0) == code, err.getvalue()
    said: dict[str, Any] = json.loads(out.getvalue() or err.getvalue())
    return said


def refused_to_serve(place: list[str]) -> str:
    done = run("serve", *place, "--port", "0", "--json")
    assert done.returncode == 1
    return str(json.loads(done.stderr)["code"])


def a_day_of_work(server: ServerProcess, rows: int = 5) -> tuple[Laptop, str]:
    laptop, other = server.laptop("s:1"), server.laptop("s:1")
    for row in range(rows):
        laptop.store.write("finding", f"r{row}", text=f"第 {row} 条", amount=row)
    photo = laptop.photo(b"photo" * 300_000)
    assert laptop.sync().is_complete
    assert other.sync().is_complete
    for writer in (laptop, other):  # both change what both have seen: a conflict
        writer.store.write("finding", "r0", text=writer.device)
    laptop.store.write("finding", "r1", Kind.DELETE, _deleted=True)
    other.store.write("finding", "r2", Kind.VOID, _void="作废\0")
    for writer in (laptop, other, laptop):
        assert writer.sync().is_complete
    return laptop, photo


def codes(found: dict[str, Any]) -> set[str]:
    return {one["code"] for one in found["findings"]}


def test_a_server_after_work_is_found_whole(server: ServerProcess) -> None:
    a_day_of_work(server)
    found = told("doctor", *server.place())
    assert found["findings"] == []
    assert found["lines"] == 10
    assert found["files"] == 1
    assert "全部相符" in run("doctor", *server.place()).stdout


DAMAGE: dict[str, Callable[[Any], Any]] = {
    "doctor.hole": lambda unit: unit.execute(delete(schema.op).where(schema.op.c.seq == 3)),
    "doctor.chain": lambda unit: unit.execute(update(schema.op).where(schema.op.c.seq == 3).values(eff=1)),
    "doctor.line": lambda unit: unit.execute(update(schema.op).where(schema.op.c.seq == 3).values(line=b"{}")),
    "doctor.head": lambda unit: unit.execute(
        update(schema.feed_head).where(schema.feed_head.c.feed == "s:1").values(seq=schema.feed_head.c.seq + 1)
    ),
    "doctor.row": lambda unit: unit.execute(
        update(schema.row_state).where(schema.row_state.c.row == "1.r3").values(locked_by="nobody")
    ),
    "doctor.conflicts": lambda unit: unit.execute(delete(schema.conflict)),
    "doctor.digest": lambda unit: unit.execute(
        update(schema.feed_head).where(schema.feed_head.c.feed == "s:1").values(digest="0" * 32)
    ),
    "doctor.receipt": lambda unit: unit.execute(delete(schema.receipt).where(schema.receipt.c.seq == 2)),
    "doctor.receipt_chain": lambda unit: unit.execute(
        update(schema.receipt).where(schema.receipt.c.seq == 2).values(eff=1)
    ),
    "doctor.replica_hole": lambda unit: unit.execute(delete(schema.op).where(schema.op.c.n == 2)),
    "doctor.replica_head": lambda unit: unit.execute(update(schema.replica).values(head_hash="0" * 64)),
    "doctor.signature": lambda unit: unit.execute(update(schema.op).where(schema.op.c.seq == 3).values(sig="0" * 128)),
    "doctor.file_receipt": lambda unit: unit.execute(delete(schema.receipt).where(schema.receipt.c.kind == "file")),
    "doctor.file_damaged": lambda unit: unit.execute(update(schema.blob).values(damaged_ms=1)),
}


def test_every_kind_of_damage_is_found(server: ServerProcess) -> None:
    from sync.server.ops.doctor import examine

    a_day_of_work(server)
    office = server.office()
    try:
        assert examine(office).is_whole
        for code, damage in DAMAGE.items():
            with pytest.raises(ZeroDivisionError), office.database.write() as unit:
                damage(unit)
                found = examine(_Inside(office, unit))
                assert code in {one.code for one in found.findings}, code
                assert not any("{" in sentence(one.code, one.params) for one in found.findings)
                _undo()
        assert examine(office).is_whole
    finally:
        office.database.close()
    assert set(DAMAGE) <= set(SENTENCES)


def _undo() -> None:
    raise ZeroDivisionError


class _Inside:
    """An office whose database reads inside an open transaction."""

    def __init__(self, office: Any, unit: Any) -> None:
        self.terms, self.blobs, self.world, self.devices = office.terms, office.blobs, office.world, office.devices
        self.database = self
        self._unit = unit

    def read(self) -> Any:
        from contextlib import nullcontext

        return nullcontext(self._unit)


def test_a_missing_and_a_damaged_file_are_found_and_taken_again(server: ServerProcess) -> None:
    laptop, photo = a_day_of_work(server)
    stored = server.folder / "blobs" / photo[:2] / photo[2:4] / photo
    stored.chmod(0o600)
    stored.write_bytes(b"x" * stored.stat().st_size)
    assert told("doctor", *server.place())["findings"] == []  # it looks at lengths only
    assert told("scrub", *server.place(), code=1)["damaged"] == [photo]
    assert codes(told("doctor", *server.place(), code=1)) == {"doctor.file_damaged"}
    assert told("scrub", *server.place(), code=1)["damaged"] == [photo]  # found twice, its receipt withdrawn once
    assert photo in laptop.store.file_receipts
    assert [laptop.sync().files_sent for _ in range(2)] == [1, 0]
    assert photo in laptop.store.file_receipts
    assert told("scrub", *server.place()) == {"files": 1, "damaged": [], "expired": 0, "other_sm3": []}
    assert told("scrub", *server.place(), "--older-than-days", "1")["files"] == 0
    assert told("doctor", *server.place())["is_whole"]
    stored.chmod(0o600)
    stored.unlink()
    assert codes(told("doctor", *server.place(), code=1)) == {"doctor.file_missing"}


@pytest.mark.parametrize(
    ("server", "back_to"),
    [("sqlite", "sqlite"), ("sqlite", "s3"), ("postgresql", "sqlite"), ("postgresql", "postgresql")],
    indirect=["server"],
)
def test_a_backup_made_at_work_comes_back_anywhere_and_devices_bring_what_it_lacks(
    server: ServerProcess, back_to: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop, photo = a_day_of_work(server)
    made = told("backup", *server.place(), "--to", str(tmp_path / "backups"))
    assert (made["files"], made["absent"]) == (1, [])
    laptop.store.write("finding", "late", text="after the backup")
    assert laptop.sync().is_complete
    before = laptop.store.confirmed.dump()
    server.kill()

    postgres: Postgres = request.getfixturevalue("postgres")
    folder = tmp_path / "restored"
    place = ["--data", str(folder)] if back_to == "sqlite" else ["--database", postgres.database()]
    if back_to != "sqlite":
        s3: S3 = request.getfixturevalue("s3")
        place += ["--blobs", s3.bucket() if back_to == "s3" else str(folder)]
    if back_to == "s3":
        monkeypatch.setenv(KEY_VARIABLE, str(folder / KEY_NAME))
    restore = ["restore", "--from", made["folder"], *place]
    assert told(*restore, code=1)["code"] == "server.key_needed"
    assert told(*restore, "--key", made["key_file"])["absent"] == []
    assert told(*restore, code=1)["code"] == "server.not_empty"
    assert refused_to_serve(place) == "server.behind_anchor"
    assert codes(told("doctor", *place, code=1)) == {"doctor.behind_anchor"}
    epoch = told("recover", *place)["epoch"]
    assert epoch != made["epoch"]

    blobs = place[3] if len(place) == 4 else None
    restored = ServerProcess(folder, None if back_to == "sqlite" else place[1], blobs)
    try:
        assert restored.status().server == made["server"]
        laptop.door.url = restored.url
        assert laptop.sync().is_complete
        assert laptop.store.states() == {"done"}
        reader = restored.laptop("s:1")
        assert reader.sync().is_complete
        assert reader.vault.kept[photo] == laptop.vault.kept[photo]
        assert reader.store.confirmed.dump() == laptop.store.confirmed.dump()
        assert {row for _, row in before[0]} == {row for _, row in reader.store.confirmed.dump()[0]}
        assert told("doctor", *restored.place())["findings"] == []
    finally:
        restored.kill()


def test_a_second_backup_copies_no_file_twice(server: ServerProcess, tmp_path: Path) -> None:
    laptop, photo = a_day_of_work(server)
    first = told("backup", *server.place(), "--to", str(tmp_path / "b"))
    kept = tmp_path / "b" / "blobs" / photo[:2] / photo[2:4] / photo
    written = kept.stat().st_mtime_ns
    laptop.photo(b"another")
    laptop.sync()
    second = told("backup", *server.place(), "--to", str(tmp_path / "b"))
    assert (first["files"], second["files"]) == (1, 2)
    assert kept.stat().st_mtime_ns == written
    assert not list((tmp_path / "b").glob("*.part"))
    assert metrics(server)["yanfang_last_backup_timestamp_seconds"] == second["made_ms"] / 1000


def test_a_damaged_backup_is_refused_before_anything_is_written(server: ServerProcess, tmp_path: Path) -> None:
    made = told("backup", *server.place(), "--to", str(tmp_path / "b"))
    whole = Path(made["folder"]) / "server.db"
    data = bytearray(whole.read_bytes())
    data[len(data) // 2] ^= 1
    whole.write_bytes(data)
    target = tmp_path / "restored"
    refused = told("restore", "--from", made["folder"], "--data", str(target), "--key", made["key_file"], code=1)
    assert refused["code"] == "server.backup_unusable"
    assert not (target / "server.db").exists()
    assert told("restore", "--from", str(tmp_path), "--data", str(target), code=1)["code"] == "server.backup_unusable"


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_database_set_back_behind_its_mark_does_not_serve_until_recovery(server: ServerProcess) -> None:
    laptop, _ = a_day_of_work(server)
    stop(server)
    old = {path: path.read_bytes() for path in server.folder.glob("server.db*")}
    server.start()
    laptop.door.url = server.url
    laptop.store.write("finding", "late", text="x")
    assert laptop.sync().is_complete
    stop(server)
    for path in server.folder.glob("server.db*"):
        path.unlink()
    for path, data in old.items():
        path.write_bytes(data)
    assert refused_to_serve(server.place()) == "server.behind_anchor"
    told("recover", *server.place(), "--reason", "drill")
    server.start()
    laptop.door.url = server.url
    assert laptop.sync().is_complete
    assert told("doctor", *server.place())["is_whole"]


def stop(server: ServerProcess) -> None:
    """End the server as its administrator does: it finishes and writes its mark."""
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    server.kill()


def metrics(server: ServerProcess) -> dict[str, float]:
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (one.rpartition(" ") for one in lines if not one.startswith("#"))}


def test_the_figures_say_what_was_done_and_what_is_held(server: ServerProcess) -> None:
    a_day_of_work(server)
    found = metrics(server)
    assert found["yanfang_lines"] == 10
    assert found["yanfang_files"] == 1
    assert found["yanfang_file_bytes"] == 1_500_000
    assert found["yanfang_devices"] == 2
    assert found["yanfang_open_conflicts"] == server.status().open_conflicts > 0
    assert found["yanfang_last_backup_timestamp_seconds"] == 0
    assert found['yanfang_requests_total{endpoint="blob_put",status="204"}'] == 1
    assert found['yanfang_received_bytes_total{endpoint="blob_put"}'] == 1_500_000
    assert found['yanfang_request_seconds_count{endpoint="blob_put"}'] == 1


def test_readiness_tells_the_store_of_files_from_the_database(
    postgres: Postgres, s3: S3, tmp_path: Path
) -> None:
    bucket = s3.bucket()
    server = ServerProcess(tmp_path, postgres.database(), bucket)
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=20) as answer:
            assert json.loads(answer.read()) == {"database": True, "blobs": True}
        name = bucket.removeprefix("s3://").split("/")[0]
        for one in s3.client.list_objects_v2(Bucket=name)["Contents"]:
            s3.client.delete_object(Bucket=name, Key=one["Key"])
        s3.client.delete_bucket(Bucket=name)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.url}/readyz", timeout=60)
        assert refused.value.code == 503
        assert json.loads(refused.value.read()) == {"database": True, "blobs": False}
    finally:
        server.kill()


def test_the_log_is_json_and_names_nobody(tmp_path: Path) -> None:
    log = tmp_path / "log"
    server = ServerProcess.__new__(ServerProcess)
    with log.open("w") as stream:
        saved = os.dup(2)
        os.dup2(stream.fileno(), 2)  # the process inherits it
        try:
            ServerProcess.__init__(server, tmp_path / "data")
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        try:
            laptop, photo = a_day_of_work(server)
        finally:
            server.kill()
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    requests = [line for line in lines if line.get("endpoint") == "blob_put"]
    assert len(requests) == 1
    assert {"at", "level", "request", "status", "ms", "received", "sent", "device"} <= requests[0].keys()
    whole = log.read_text("utf-8")
    for secret in (laptop.device, photo, laptop.store.author + '"', "测试本", "finding", "第 1 条"):
        assert secret not in whole


def test_an_exception_is_logged_with_its_places_and_without_its_words() -> None:
    try:
        raise ValueError("张三 610000199001011234")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "server.internal", None, sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "ValueError"
    assert "张三" not in json.dumps(line, ensure_ascii=False)
    assert any("test_server_ops" in place for place in line["where"])


def test_a_weak_postgresql_is_found(postgres: Postgres, tmp_path: Path) -> None:
    database = postgres.database()
    server = ServerProcess(tmp_path, database)
    server.kill()
    name = database.rpartition("/")[2]
    office = server.office()
    with office.database.write() as unit:
        unit.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    office.database.close()
    said = told("doctor", *server.place(), code=1)
    assert (codes(said), [one["code"] for one in said["warnings"]]) == ({"doctor.weak_commit"}, ["doctor.superuser"])


def test_a_command_needs_a_place(tmp_path: Path) -> None:
    assert told("doctor", code=1)["code"] == "server.no_place"
    assert told("doctor", "--data", str(tmp_path / "none"), code=1)["code"] == "server.data_missing"
    assert told("status", "--database", "postgresql://x", code=1)["code"] == "server.no_place"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_an_upload_that_stands_still_for_a_month_is_forgotten_and_finished_files_are_not(server: ServerProcess) -> None:
    laptop, photo = a_day_of_work(server)
    data = b"x" * 600
    name = hashlib.sha256(data).hexdigest()
    laptop.door.offer(name, BlobOffer(laptop.store.scope, len(data), "image/jpeg"))
    laptop.door.put_chunk(name, 0, data)
    assert told("scrub", *server.place())["expired"] == 0
    office = server.office()
    with office.database.write() as unit:
        unit.execute(update(schema.upload).values(started_ms=schema.upload.c.started_ms - 31 * 24 * 3_600_000))
    office.database.close()
    assert told("scrub", *server.place())["expired"] == 1
    assert told("scrub", *server.place())["expired"] == 0
    assert not list((server.folder / "staging").rglob(name + "/*"))
    assert (server.folder / "blobs" / photo[:2] / photo[2:4] / photo).exists()
    assert laptop.door.offer(name, BlobOffer(laptop.store.scope, len(data), "image/jpeg")).missing == (0,)
