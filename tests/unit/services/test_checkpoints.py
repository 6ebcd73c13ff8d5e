"""The laptop keeps the head of the server's log only where it continues the last one, and prints it in what is signed later."""

import base64
import datetime as dt
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.services.checkpoints import Checkpoints, last_known
from app.services.demo.play import sign_all
from sync.protocol import checkpoints as log
from sync.protocol import lines
from sync.protocol.chain import DeviceKey, feed_link
from sync.protocol.checkpoints import BadCheckpoint, CheckpointAnswer, CheckpointRequest, EntryProof, Head
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk

DAY = dt.timedelta(days=1)
KEY = DeviceKey.from_seed(b"h" * 32)


class Server:
    """A log as a server has it, asked in its own words; what it knows of lines is told by the test."""

    def __init__(self, key: DeviceKey = KEY, origin: str = "yanfang/s/e") -> None:
        self.key, self.origin = key, origin
        self.leaves = [log.leaf(b"%d" % n) for n in range(5)]
        self.lines: dict[str, EntryProof] = {}
        self.asked: list[CheckpointRequest] = []

    def take(self, line: lines.Line) -> None:
        chain = feed_link("0" * 64, "op", line.op, lines.content_hash(line), "7", "ok", "")
        self.lines[line.op] = EntryProof(line.op, 1, "0" * 64, "7", "ok", "", len(self.leaves), ())
        self.leaves.append(log.leaf(log.entry_bytes(line.scope, 1, chain)))

    def checkpoint(self, wanted: CheckpointRequest) -> CheckpointAnswer:
        self.asked.append(wanted)
        get, size = log.subtrees(self.leaves), len(self.leaves)
        note = log.note_of(Head(self.origin, size, log.root(get, size)), self.key)
        proofs = []
        for op in wanted.ops:
            if (known := self.lines.get(op)) is not None:
                path = tuple(step.hex() for step in log.inclusion(get, known.index, size))
                proofs.append(EntryProof(op, 1, known.prev, "7", "ok", "", known.index, path))
        grown = tuple(step.hex() for step in log.consistency(get, wanted.since, size))
        return CheckpointAnswer(note, self.key.public_hex, grown, tuple(proofs))


def size_known(desk: Desk) -> int | None:
    with desk.services.inspections._store.db.read() as unit:
        known = last_known(unit)
    return known.size if known else None


def test_a_head_is_kept_if_it_continues_the_last_one_and_not_if_history_was_rewritten(office: Desk, clock: Clock) -> None:
    keeper, server = Checkpoints(office.services.inspections._store), Server()
    keeper.learn(server)
    assert size_known(office) == 5
    server.leaves.append(log.leaf(b"more"))
    clock.ahead += DAY
    keeper.learn(server)
    assert (size_known(office), server.asked[-1].since) == (6, 5)
    server.leaves[2] = log.leaf(b"another past")
    server.leaves.append(log.leaf(b"even more"))
    clock.ahead += DAY
    with pytest.raises(BadCheckpoint):
        keeper.learn(server)
    assert size_known(office) == 6
    with pytest.raises(BadCheckpoint):
        keeper.learn(Server())
    assert size_known(office) == 6


def note_of(server: Server) -> str:
    return server.checkpoint(CheckpointRequest()).note


def test_a_head_that_comes_with_receipts_is_shown_and_held_against_what_the_server_proves_later(
    office: Desk, clock: Clock
) -> None:
    keeper, server = Checkpoints(office.services.inspections._store), Server()
    assert keeper.hear(note_of(server)) is False  # no key is known yet: the proofs are asked for anyway
    keeper.learn(server)
    earlier = note_of(server)
    server.leaves += [log.leaf(b"with receipts"), log.leaf(b"more")]
    assert keeper.hear(note_of(server)) is False
    assert size_known(office) == 7
    assert keeper.hear(earlier) is False  # a head from a minute ago is no step back
    assert size_known(office) == 7
    clock.ahead += DAY
    server.leaves.append(log.leaf(b"next day"))
    keeper.learn(server)
    assert (size_known(office), [one.since for one in server.asked[-2:]]) == (8, [5, 7])
    server.leaves.append(log.leaf(b"shown to this laptop alone"))
    keeper.hear(note_of(server))
    assert size_known(office) == 9
    server.leaves[-1] = log.leaf(b"shown to all others")
    server.leaves.append(log.leaf(b"and more"))
    clock.ahead += DAY
    with pytest.raises(BadCheckpoint):
        keeper.learn(server)


def test_a_head_of_a_stranger_or_of_another_tree_is_refused_and_a_new_history_is_asked_about_at_once(office: Desk) -> None:
    keeper, server = Checkpoints(office.services.inspections._store), Server()
    keeper.learn(server)
    with pytest.raises(BadCheckpoint):
        keeper.hear(note_of(Server(DeviceKey.from_seed(b"x" * 32))))
    other = Server()
    other.leaves[0] = log.leaf(b"another past")
    with pytest.raises(BadCheckpoint):
        keeper.hear(note_of(other))
    restored = Server(origin="yanfang/s/restored")
    assert keeper.hear(note_of(restored)) is True
    keeper.learn(restored, at_once=True)
    with office.services.inspections._store.db.read() as unit:
        known = last_known(unit)
    assert known is not None
    assert known.origin == "yanfang/s/restored"


def test_another_history_of_the_server_begins_another_log(office: Desk, clock: Clock) -> None:
    keeper = Checkpoints(office.services.inspections._store)
    keeper.learn(Server())
    clock.ahead += DAY
    keeper.learn(Server(origin="yanfang/s/restored"))
    with office.services.inspections._store.db.read() as unit:
        assert [row.origin for row in unit.sql("SELECT origin FROM checkpoint ORDER BY origin")] == ["yanfang/s/e", "yanfang/s/restored"]


def test_proofs_of_signed_documents_are_checked_before_they_are_kept(signed: Desk) -> None:
    store = signed.services.inspections._store
    with store.db.write() as unit:
        rows = unit.sql("SELECT o.op, o.line FROM document d JOIN sync_op o ON o.op = d._locked")
        for row in rows:
            unit.local("UPDATE sync_op SET state = 'done', feed_seq = 1 WHERE op = ?", (row.op,))
    server = Server()
    for row in rows:
        server.take(lines.parse(bytes(row.line)))
    false = Server()
    false.lines = {row.op: EntryProof(row.op, 1, "0" * 64, "7", "ok", "", 2, ()) for row in rows}
    with pytest.raises(BadCheckpoint):
        Checkpoints(store).learn(false)
    assert size_known(signed) is None
    Checkpoints(store).learn(server)
    with store.db.read() as unit:
        assert {row.op for row in unit.sql("SELECT op FROM checkpoint_proof")} == {row.op for row in rows}
    Checkpoints(store).learn(server)
    assert len(server.asked) == 1  # nothing is missing, and it is the same day


def test_the_head_known_at_the_last_signature_is_printed_and_attached(frozen: Desk, tmp_path: Path) -> None:
    server = Server()
    Checkpoints(frozen.services.inspections._store).learn(server)
    assert frozen.record is not None
    sign_all(frozen.services, frozen.record)
    frozen.services.documents.export(frozen.record, tmp_path / "r.pdf")
    reader = PdfReader(tmp_path / "r.pdf")
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    root = base64.b64encode(log.root(log.subtrees(server.leaves), 5)).decode()
    assert f"第5条，根校验值{root}" in text
    (one, *_) = json.loads(reader.attachments["manifest.json"][0])["documents"]
    assert log.head_of(one["checkpoint"]["note"], KEY.public_hex).size == 5
