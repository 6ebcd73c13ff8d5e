"""The server's log: what it proves holds, and nothing else can be proven."""

import base64
import contextlib
import hashlib
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from sync.protocol import checkpoints as log
from sync.protocol.chain import DeviceKey
from sync.protocol.checkpoints import BadCheckpoint, CheckpointRequest, Head
from sync.protocol.lines import content_hash
from sync.server.ca.authority import Authority
from sync.server.ca.heads import head_stamper
from sync.server.ca.place import Place
from sync.server.checkpoints import TILE, Log
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.world import real_world
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.kit import Laptop, ServerProcess

KEY = DeviceKey.from_seed(b"k" * 32)
OTHER = DeviceKey.from_seed(b"o" * 32)
# RFC 6962 test data as certificate-transparency's own reference implementation has it.
INPUTS = tuple(bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
))  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)  # fmt: skip


def tree(size: int) -> log.Subtree:
    return log.subtrees([log.leaf(b"%d" % n) for n in range(size)])


def test_the_tree_is_that_of_the_standard() -> None:
    leaves = [log.leaf(one) for one in INPUTS]
    assert [log.root(log.subtrees(leaves), size).hex() for size in range(1, 9)] == list(ROOTS)
    assert log.root(log.subtrees([]), 0).hex() == hashlib.sha256(b"").hexdigest()


@given(st.integers(1, 300), st.data())
def test_every_leaf_is_proven_and_no_other_is(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    get, top = tree(size), log.root(tree(size), size)
    path = log.inclusion(get, index, size)
    assert log.root_of(log.leaf(b"%d" % index), index, size, path) == top
    assert log.root_of(log.leaf(b"x"), index, size, path) != top
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        with contextlib.suppress(BadCheckpoint):
            assert log.root_of(log.leaf(b"%d" % index), other, size, path) != top
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert log.root_of(log.leaf(b"%d" % index), index, size, (*path[:at], bytes(32), *path[at + 1 :])) != top
        with pytest.raises(BadCheckpoint):
            log.root_of(log.leaf(b"%d" % index), index, size, path[:-1])
    with pytest.raises(BadCheckpoint):
        log.root_of(log.leaf(b"%d" % index), index, size, (*path, bytes(32)))


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_a_log_that_grew_is_told_from_one_that_was_rewritten(one: int, two: int, at: int) -> None:
    old, size = sorted((one, two))
    leaves = [log.leaf(b"%d" % n) for n in range(size)]
    before = Head("a", old, log.root(log.subtrees(leaves), old))
    after = Head("a", size, log.root(log.subtrees(leaves), size))
    path = log.consistency(log.subtrees(leaves), old, size)
    log.check_grown(before, after, path)
    if old:
        leaves[at % old] = log.leaf(b"rewritten")
        forged = log.subtrees(leaves)
        with pytest.raises(BadCheckpoint):
            log.check_grown(before, replace(after, root=log.root(forged, size)), log.consistency(forged, old, size))
    if old < size:
        with pytest.raises(BadCheckpoint):
            log.check_grown(after, before, path)
    if path:
        with pytest.raises(BadCheckpoint):
            log.check_grown(before, after, path[:-1])
        with pytest.raises(BadCheckpoint):
            log.check_grown(before, after, (*path, bytes(32)))


def test_a_note_is_read_back_and_any_change_is_noticed() -> None:
    head = Head("yanfang/s/e", 7, hashlib.sha256(b"x").digest())
    note = log.note_of(head, KEY)
    assert log.head_of(note, KEY.public_hex) == head
    with pytest.raises(BadCheckpoint):
        log.head_of(note, OTHER.public_hex)
    for at in range(len(note)):
        changed = note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]
        with pytest.raises(BadCheckpoint):
            log.head_of(changed, KEY.public_hex)


@given(st.text(max_size=300))
@settings(max_examples=50)
def test_whatever_claims_to_be_a_note_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        log.head_of(text, KEY.public_hex)


@pytest.fixture(scope="module", params=BOTH)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path_factory.mktemp("log") / "s", address(request))
    yield made
    made.kill()
    made.drop_database()


def heads(laptop: Laptop, since: int = 0, *ops: str) -> tuple[Head, log.CheckpointAnswer]:
    answer = laptop.door.checkpoint(CheckpointRequest(since, ops))
    return log.head_of(answer.note, answer.key), answer


def test_lines_that_were_pushed_are_in_the_log_and_the_log_only_grows(server: ServerProcess) -> None:
    one, two = server.laptop("s:log-01", "s:log-01", "s:log-02"), server.laptop("s:log-02")
    first = [one.store.write("t", f"r{n}", a=n) for n in range(TILE + 40)]
    assert one.sync().failure is None
    old, _ = heads(one)
    assert old.size >= len(first)
    more = [two.store.write("t", f"s{n}", a=n) for n in range(60)]
    two.sync()
    new, answer = heads(one, old.size, first[0].line.op, first[-1].line.op, more[30].line.op)
    assert new.size == old.size + len(more)
    log.check_grown(old, new, [bytes.fromhex(step) for step in answer.consistency])
    lines = {signed.line.op: signed.line for signed in (*first, *more)}
    assert len(answer.proofs) == 3
    for proof in answer.proofs:
        line = lines[proof.op]
        log.check_entry(new, proof, line.scope, content_hash(line))
        with pytest.raises(BadCheckpoint):
            log.check_entry(new, proof, line.scope, content_hash(replace(line, author="somebody")))


def test_the_head_comes_back_with_receipts_and_with_nothing_else(server: ServerProcess) -> None:
    one = server.laptop("s:log-21")
    one.store.write("t", "r", a=1)
    sent = one.sync()
    known, answer = heads(one)
    came = log.head_of(sent.log_head, answer.key)
    assert came.origin == known.origin
    assert came.size <= known.size
    assert one.sync().log_head == ""


def test_lines_of_feeds_that_a_device_may_not_read_are_not_proven_to_it(server: ServerProcess) -> None:
    one, two = server.laptop("s:log-11"), server.laptop("s:log-12")
    line = one.store.write("t", "r", a=1)
    one.sync()
    assert len(heads(one, 0, line.line.op)[1].proofs) == 1
    assert heads(two, 0, line.line.op, "no-such-line")[1].proofs == ()


def test_a_history_rewritten_on_the_server_does_not_continue_the_head_that_was_shown(server: ServerProcess) -> None:
    laptop = server.laptop("s:log-21")
    lines = [laptop.store.write("t", f"r{n}", a=n) for n in range(5)]
    laptop.sync()
    old, _ = heads(laptop)
    op = schema.op.c
    office = server.office()
    with contextlib.closing(office.database), office.database.write() as unit:
        unit.execute(update(schema.op).where(op.op == lines[2].line.op).values(chain="f" * 64))
    laptop.store.write("t", "more", a=1)
    laptop.sync()
    new, answer = heads(laptop, old.size)
    with pytest.raises(BadCheckpoint):
        log.check_grown(old, new, [bytes.fromhex(step) for step in answer.consistency])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_head_is_stamped_and_openssl_accepts_the_stamp(tmp_path: Path) -> None:
    world = real_world()
    Authority(Place(tmp_path / "ca"), world).begin("某市医疗保障局", "根密钥口令根密钥口令根密钥")
    database = Database(tmp_path / "server.db")
    database.prepare(world)
    with contextlib.closing(database):
        plain = Log(database, KEY, "s").answer(CheckpointRequest())
        stamped = Log(database, KEY, "s", head_stamper(tmp_path / "ca", world)).answer(CheckpointRequest())
        assert Log(database, KEY, "s", head_stamper(tmp_path / "nowhere", world)).answer(CheckpointRequest()).token == ""
    assert (plain.note, plain.token) == (stamped.note, "")
    (tmp_path / "note").write_text(stamped.note, "utf-8", newline="")
    (tmp_path / "token").write_bytes(base64.b64decode(stamped.token))
    root = ssl.DER_cert_to_PEM_cert((tmp_path / "ca" / "root.cer").read_bytes())
    (tmp_path / "root.pem").write_text(root, "utf-8")

    def judged(data: str) -> str:
        command = ["openssl", "ts", "-verify", "-data", data, "-in", "token", "-token_in", "-CAfile", "root.pem"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
        return done.stdout + done.stderr

    assert "Verification: OK" in judged("note")
    (tmp_path / "other").write_text(stamped.note + " ", "utf-8")
    assert "Verification: OK" not in judged("other")
