"""What the server must not let through."""

import hashlib
import json
import os
import random
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import zstandard

from sync.client.enrol import Applicant, enrol, greet
from sync.client.errors import NotTheServer, OtherServer, Refused
from sync.client.http import Credentials, ServerDoor
from sync.protocol import chain, codec, feeds, framing
from sync.protocol.chain import DeviceKey, SignedLine
from sync.protocol.messages import BlobOffer, Cursor, SnapshotRequest, SyncAnswer, SyncRequest, WireLine
from tests.unit.sync.kit import ROOT, Laptop, ServerProcess, new_id, raw, wall_ms


@pytest.fixture
def scope() -> str:
    return f"s:{uuid.uuid4().hex[:12]}"


@pytest.fixture
def laptop(shared_server: ServerProcess, scope: str) -> Laptop:
    return shared_server.laptop(scope)


def push(laptop: Laptop, *signed: SignedLine, epoch: str | None = None) -> SyncAnswer:
    wire = tuple(WireLine(one.data.decode(), one.sig) for one in signed)
    return laptop.door.sync(SyncRequest(epoch or laptop.me.epoch, (), signed[0].line.replica, wire))


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


def test_a_gap_is_refused_with_the_head_and_the_prefix_is_kept(laptop: Laptop) -> None:
    one, two, three = (laptop.store.write("a", "r", x=number) for number in range(3))
    answer = push(laptop, one, three)
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.params["head"], answer.taken) == ("push.gap", 1, 1)
    assert sum(run.count for run in answer.receipts.told) == 1
    assert push(laptop, two, three).problem is None


def test_a_fork_is_refused(laptop: Laptop) -> None:
    one = laptop.store.write("a", "r", x=1)
    push(laptop, one)
    rival = chain.seal(replace(one.line, op=new_id()), laptop.key)
    answer = push(laptop, rival)
    assert answer.problem is not None
    assert (answer.problem.code, answer.taken) == ("push.fork", 0)
    assert answer.receipts.head_seq == 1


def test_a_known_id_with_another_content_is_refused(laptop: Laptop) -> None:
    one = laptop.store.write("a", "r", x=1)
    push(laptop, one)
    twin = chain.seal(replace(one.line, author="somebody", n=2, prev=one.op_hash), laptop.key)
    answer = push(laptop, twin)
    assert answer.problem is not None
    assert (answer.problem.code, answer.taken) == ("push.id_reuse", 0)


def test_a_line_signed_by_another_key_is_refused_and_what_came_before_it_is_kept(laptop: Laptop) -> None:
    one = laptop.store.write("a", "r", x=1)
    line = laptop.store.line("a", "r", x=2)
    answer = push(laptop, one, chain.seal(line, DeviceKey.from_seed(b"7" * 32)))
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.params["line"], answer.taken) == ("chain.signature", 1, 1)


def test_the_replica_of_another_device_is_refused(
    shared_server: ServerProcess, laptop: Laptop, scope: str
) -> None:
    one = laptop.store.write("a", "r", x=1)
    push(laptop, one)
    thief = shared_server.laptop(scope)
    answer = push(thief, chain.seal(replace(one.line, op=new_id(), n=2, prev=one.op_hash), thief.key))
    assert answer.problem is not None
    assert answer.problem.code == "push.replica_of_other"


def test_a_push_of_another_epoch_is_refused(laptop: Laptop) -> None:
    with pytest.raises(Refused) as refused:
        push(laptop, laptop.store.write("a", "r", x=1), epoch="before")
    assert code_of(refused) == "epoch.changed"


def test_the_same_push_gets_the_same_answer_byte_for_byte(laptop: Laptop) -> None:
    signed = [laptop.store.write("a", "r", x=number) for number in range(5)]
    assert same_every_time(laptop, *signed).problem is None


def same_every_time(laptop: Laptop, *signed: SignedLine) -> SyncAnswer:
    first, second = (replace(push(laptop, *signed), time_ms=0) for _ in range(2))
    assert codec.dump(first) == codec.dump(second)
    return first


def test_a_push_with_a_problem_gets_the_same_answer_again(laptop: Laptop) -> None:
    one, two, three = (laptop.store.write("a", "r", x=number) for number in range(3))
    codes = []
    gap = same_every_time(laptop, one, three)
    rival = chain.seal(replace(two.line, op=new_id(), prev="f" * 64), laptop.key)
    fork = same_every_time(laptop, one, rival)
    twin = chain.seal(replace(one.line, author="somebody", n=2, prev=one.op_hash), laptop.key)
    reuse = same_every_time(laptop, one, twin)
    broken = same_every_time(laptop, one, replace(two, data=two.data + b" "))
    for answer in (gap, fork, reuse, broken):
        assert answer.problem is not None
        codes.append(answer.problem.code)
        assert answer.taken == 1
    assert codes == ["push.gap", "push.fork", "push.id_reuse", "line.invalid"]
    assert push(laptop, two, three).taken == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"server": "another"}, "auth.signature"),
        ({"method": "POST"}, "auth.signature"),
        ({"target": "/v1/sync"}, "auth.signature"),
        ({"time_ms": 1_000_000}, "auth.stale"),
        ({"device": "nobody"}, "auth.unknown_device"),
    ],
)
def test_a_request_signed_for_anything_else_is_refused(
    laptop: Laptop, changes: dict[str, object], code: str
) -> None:
    status, answer = raw(laptop, "GET", "/v1/me", b"", **changes)
    assert (status, answer["code"]) == (401, code)
    assert answer["message"]


def test_a_signature_of_another_key_is_refused(laptop: Laptop) -> None:
    laptop.door.credentials = Credentials(laptop.device, DeviceKey.from_seed(b"9" * 32), laptop.me.server)
    with pytest.raises(Refused) as refused:
        laptop.door.me()
    assert code_of(refused) == "auth.signature"


def test_a_request_sent_twice_is_refused_the_second_time(laptop: Laptop) -> None:
    assert raw(laptop, "GET", "/v1/me", b"", nonce="once", time_ms=wall_ms())[0] == 200
    assert raw(laptop, "GET", "/v1/me", b"", nonce="once", time_ms=wall_ms())[1]["code"] == "auth.replayed"


def test_a_body_other_than_the_signed_one_is_refused(laptop: Laptop) -> None:
    digest = hashlib.sha256(b"a").hexdigest()
    assert raw(laptop, "POST", "/v1/sync", b"b", body_sha256=digest)[1]["code"] == "body.digest"


def test_a_wrong_local_clock_does_not_lock_the_device_out(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    laptop.door.wall_ms = lambda: wall_ms() - 400 * 86_400_000
    laptop.store.write("a", "r", x=1)
    assert laptop.sync().is_complete
    assert laptop.store.offset is not None
    assert abs(laptop.store.offset - 400 * 86_400_000) < 60_000


def test_a_code_opens_once_and_not_after_its_time(shared_server: ServerProcess) -> None:
    door = ServerDoor(shared_server.url, wall_ms, new_id)

    def apply(code: str, device: str, seed: bytes = b"1" * 32) -> str:
        try:
            return enrol(door, code, Applicant(device, DeviceKey.from_seed(seed), "本")).device
        except Refused as refused:
            return refused.code

    code, device = shared_server.code("s:1"), new_id()
    seed = os.urandom(32)
    assert apply("AAAA-BBBB-CCCC-DDDD", device) == "enrol.code_unknown"
    assert apply(code.lower().replace("-", " "), device, seed) == device
    assert apply(code.lower().replace("-", " "), device, seed) == device, (
        "a lost answer may be asked for again"
    )
    assert apply(code, new_id(), os.urandom(32)) == "enrol.code_used"
    assert apply(shared_server.code("s:1", valid_ms=-1), new_id(), os.urandom(32)) == "enrol.code_expired"
    assert apply(shared_server.code("s:1"), new_id(), seed) == "enrol.device_known"
    door.close()


def test_a_revoked_device_is_locked_out_and_what_it_sent_stays(server: ServerProcess) -> None:
    lost = server.laptop("s:1")
    lost.store.write("a", "r", x=1)
    lost.sync()
    said = json.loads(run_cli("device", "list", *server.place(), "--json").stdout)
    assert [(one["device"], one["revoked"]) for one in said["devices"]] == [(lost.device, False)]
    assert run_cli("device", "revoke", lost.device, *server.place()).returncode == 0
    result = lost.sync()
    assert result.failure is not None
    assert result.failure.code == "auth.revoked"
    assert server.laptop("s:1").sync().lines_pulled == 1


def test_a_device_cannot_register_a_key_it_does_not_hold(shared_server: ServerProcess) -> None:
    class Liar(DeviceKey):
        def sign(self, message: bytes) -> str:
            return DeviceKey.from_seed(b"8" * 32).sign(message)

    door = ServerDoor(shared_server.url, wall_ms, new_id)
    with pytest.raises(Refused) as refused:
        enrol(door, shared_server.code("s:1"), Applicant(new_id(), Liar.from_seed(os.urandom(32)), "本"))
    assert code_of(refused) == "enrol.proof"
    door.close()


def test_another_server_at_the_same_address_is_noticed(laptop: Laptop) -> None:
    with pytest.raises(OtherServer):
        greet(laptop.door, "somebody else")


def test_something_that_is_no_server_is_noticed(laptop: Laptop) -> None:
    with pytest.raises(NotTheServer):
        laptop.door._send("GET", "/healthz", signed=False)


def test_a_device_reads_only_what_it_was_granted(
    shared_server: ServerProcess, laptop: Laptop, scope: str
) -> None:
    name = laptop.photo(b"secret" * 100)
    laptop.sync()
    stranger = shared_server.laptop(f"{scope}-b")
    door = stranger.door
    answer = door.sync(SyncRequest(stranger.me.epoch, (Cursor(scope, 1, "f" * 64),), digests=True))
    assert (answer.pages, answer.digests) == ((), ())
    with pytest.raises(Refused) as refused, door.fetch(name, 0) as pieces:
        next(pieces)
    assert code_of(refused) == "blob.unknown"
    with pytest.raises(Refused) as refused:
        door.offer(name, BlobOffer(scope, 600, "image/jpeg"))
    assert code_of(refused) == "feed.forbidden"
    other = feeds.receipts_feed(laptop.device)
    answer = door.sync(SyncRequest(stranger.me.epoch, (Cursor(other, 1, "f" * 64),)))
    assert (answer.receipts.feed, answer.receipts.entries) == (feeds.receipts_feed(stranger.device), ())
    for feed in (scope, other):
        with pytest.raises(Refused) as refused:
            door.snapshot(SnapshotRequest(stranger.me.epoch, feed))
        assert code_of(refused) == "feed.forbidden"


def test_knowing_a_digest_does_not_tell_whether_the_server_has_the_file(
    shared_server: ServerProcess, laptop: Laptop, scope: str
) -> None:
    name = laptop.photo(b"secret" * 100)
    laptop.sync()
    stranger = shared_server.laptop(f"{scope}-b")
    state = stranger.door.offer(name, BlobOffer(f"{scope}-b", 600, "image/jpeg"))
    assert (state.complete, state.missing) == (False, (0,))
    stranger.door.close()


def test_a_cursor_the_server_does_not_know_begins_an_epoch_once_for_each_device(server: ServerProcess) -> None:
    laptop = server.laptop("s:1")
    laptop.store.write("a", "r", x=1)
    laptop.sync()
    epochs = [laptop.me.epoch]
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            laptop.door.sync(SyncRequest(epochs[-1], (Cursor("s:1", 99, "f" * 64),)))
        epochs.append(str(refused.value.params.get("epoch", epochs[-1])))
    assert code_of(refused) == "pull.cursor"
    assert len(set(epochs)) == 2
    laptop.door.close()


@pytest.mark.parametrize(
    ("name", "size"),
    [("../../etc/passwd", 1), ("A" * 64, 1), ("0" * 63, 1), ("0" * 64, -1), ("0" * 64, 5 << 30)],
)
def test_a_file_with_an_impossible_name_or_size_is_refused(
    laptop: Laptop, scope: str, name: str, size: int
) -> None:
    with pytest.raises((Refused, NotTheServer)) as refused:
        laptop.door.offer(name, BlobOffer(scope, size, "image/jpeg"))
    assert refused.value.code in ("blob.offer", "http.not_found")


def test_a_file_with_wrong_bytes_never_counts(
    laptop: Laptop, scope: str, shared_server: ServerProcess
) -> None:
    name = hashlib.sha256(b"right").hexdigest()
    door = laptop.door
    door.offer(name, BlobOffer(scope, 5, "image/jpeg"))
    with pytest.raises(Refused) as refused:
        door.commit(name)
    assert code_of(refused) == "blob.incomplete"
    for number, data in ((0, b"toolong"), (1, b"right"), (0, b"")):
        with pytest.raises(Refused) as refused:
            door.put_chunk(name, number, data)
        assert code_of(refused) == "blob.chunk"
    door.put_chunk(name, 0, b"wrong")
    with pytest.raises(Refused) as refused:
        door.commit(name)
    assert code_of(refused) == "blob.digest"
    assert door.offer(name, BlobOffer(scope, 5, "image/jpeg")).missing == (0,)
    door.put_chunk(name, 0, b"right")
    door.put_chunk(name, 0, b"right")
    assert door.commit(name).complete
    assert door.commit(name).complete


def test_a_commit_that_was_cut_off_half_way_is_healed_by_the_next(
    laptop: Laptop, scope: str, shared_server: ServerProcess
) -> None:
    data = random.randbytes(1_500_000)
    name = laptop.photo(data)
    place = shared_server.folder / "blobs" / name[:2] / name[2:4] / name
    place.parent.mkdir(parents=True)
    place.write_bytes(data[:1000])  # put there, but torn, and the database knows nothing
    assert laptop.sync().is_complete
    assert place.read_bytes() == data


def test_bombs_and_oversize_are_refused_in_bounded_memory(
    laptop: Laptop, shared_server: ServerProcess
) -> None:
    server = psutil.Process(shared_server.pid)
    laptop.door.me()
    before = server.memory_info().rss
    bomb = zstandard.ZstdCompressor(level=1).compress(bytes(300 << 20))
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(100 << 20))
    deep = framing.pack(b"[" * 200_000)
    many = framing.pack(
        json.dumps({"epoch": "e", "cursors": [], "replica": "r", "lines": [{}] * 300_000}).encode()
    )
    cases = [
        (bomb, 413, "body.too_large"),
        (unsized, 400, "body.not_zstd"),
        (deep, 422, "message.invalid"),
        (many, 422, "message.invalid"),
        (random.randbytes(30 << 20), 413, "body.too_large"),
        (b"", 400, "body.not_zstd"),
    ]
    for body, status, code in cases:
        got, answer = raw(laptop, "POST", "/v1/sync", body)
        assert (got, answer["code"]) == (status, code)
    name = hashlib.sha256(b"x").hexdigest()
    assert raw(laptop, "PUT", f"/v1/blobs/{name}/0", bytes(20 << 20))[0] == 413
    assert raw(laptop, "POST", f"/v1/blobs/{name}", bytes(2 << 20))[0] == 413
    assert server.memory_info().rss - before < 64 << 20
    assert raw(laptop, "GET", "/v1/me", b"")[0] == 200


def test_strangers_are_refused_before_their_body_is_read(laptop: Laptop) -> None:
    status, answer = raw(laptop, "POST", "/v1/sync", bytes(30 << 20), device="nobody")
    assert (status, answer["code"]) == (401, "auth.unknown_device")
    status, answer = raw(laptop, "POST", "/v1/sync", b"x", headers={"Yanfang-Time": "²"})
    assert (status, answer["code"]) == (401, "auth.missing")


def test_hostile_push_bodies_never_break_the_server(laptop: Laptop) -> None:
    chance = random.Random(5)
    good = codec.dump(
        SyncRequest(
            laptop.me.epoch, (), "r", (WireLine(laptop.store.write("a", "r", x=1).data.decode(), "0" * 128),)
        )
    )
    for _ in range(60):
        bad = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        status, answer = raw(laptop, "POST", "/v1/sync", framing.pack(bytes(bad)))
        assert status == 200 or (400 <= status < 500 and answer["message"])


def run_cli(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sync.server.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_command_line_issues_codes_and_counts(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")
    missing = run_cli("status", "--data", folder, "--json")
    assert missing.returncode == 1
    assert json.loads(missing.stderr)["code"] == "server.data_missing"
    issued = json.loads(run_cli("enrol-code", "--data", folder, "--scope", "s:1", "--json").stdout)
    assert len(issued["code"]) == 19
    assert issued["scopes"] == ["s:1"]
    assert "设备 0 台" in run_cli("status", "--data", folder).stdout
