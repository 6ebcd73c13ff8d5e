"""How far the server's log had come when this laptop last heard of it, and where its signed lines stand in it."""

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any

from app.core.clock import from_ms, local, to_ms
from app.db.unit import ReadUnit
from app.services.store import Store
from sync.client.http import ServerDoor
from sync.client.runs import is_first_of_day
from sync.protocol import checkpoints as log
from sync.protocol import lines
from sync.protocol.checkpoints import BadCheckpoint, CheckpointRequest, Head
from sync.protocol.packets_keys import Card

_MOST_PROOFS = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed head of the server's log: checked against the one before it, or heard with receipts since then.

    Attributes:
        key: The server's public key.
        root: Base64, as in the note.
        token: RFC 3161 token over the note (base64), or empty.
    """

    note: str
    key: str
    origin: str
    size: int
    root: str
    at_ms: int
    token: str

    def remark(self) -> str:
        """Return the sentence that is printed."""
        at = local(from_ms(self.at_ms)).strftime("%Y-%m-%d %H:%M")
        return f"服务器日志检查点（{at}）：第 {self.size} 条，根校验值 {self.root}。"


class Checkpoints:
    """Keep the head of the server's log; a head that does not continue the last one is refused and never kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def hear(self, note: str) -> bool:
        """Keep a head that came with receipts, if it goes beyond the known one; return whether to `learn` now.

        That it continues the known one is proven by the next `learn`; until then it is the server's signed word.

        Raises:
            BadCheckpoint: If it is no head that this server signed, or shows another tree of the same size.
        """
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT * FROM checkpoint ORDER BY at DESC LIMIT 1")
        if not note or not rows:
            return False
        known = rows[0]
        head = log.head_of(note, known.key)
        if head.origin != known.origin:
            return True
        if head.size == known.size and base64.b64encode(head.root).decode() != known.root:
            raise BadCheckpoint(reason="consistency")
        heard = log.head_of(known.heard, known.key) if known.heard else None
        if head.size > max(known.size, heard.size if heard else 0):
            with self._store.db.write() as unit:
                unit.local(
                    "UPDATE checkpoint SET heard = ?, heard_at = ? WHERE origin = ?",
                    (note, to_ms(self._store.now()), known.origin),
                )
        return False

    def learn(self, door: ServerDoor, *, at_once: bool = False) -> None:
        """Ask for the head and for proofs of lines that signed a document, check them, and keep them.

        Asks once a working day, and when a signed document has no proof yet: a run with nothing to do is one request.

        Raises:
            SyncError: What the server or the network says; `checkpoint.invalid` where history was changed.
        """
        with self._store.db.read() as unit:
            before = next(iter(unit.sql("SELECT * FROM checkpoint ORDER BY at DESC LIMIT 1")), None)
            card = next(iter(unit.sql("SELECT card FROM packet_peer WHERE is_server = 1")), None)
            wanted = {
                row.op: row
                for row in unit.sql(
                    "SELECT o.op, o.line, d.id AS document FROM document d JOIN sync_op o ON o.op = d._locked"
                    " WHERE o.state = 'done' AND NOT EXISTS (SELECT 1 FROM checkpoint_proof p WHERE p.op = o.op) LIMIT ?",
                    (_MOST_PROOFS,),
                )
            }
        if not wanted and not at_once and not is_first_of_day(before.at if before else None, to_ms(self._store.now())):
            return
        answer = door.checkpoint(CheckpointRequest(before.size if before else 0, tuple(wanted)))
        if card is not None and Card.from_text(card.card).sign_key != answer.key:
            raise BadCheckpoint(reason="key")
        head = log.head_of(answer.note, answer.key)
        if before is not None and before.origin == head.origin:
            log.check_grown(
                Head(before.origin, before.size, base64.b64decode(before.root)), head,
                [bytes.fromhex(one) for one in answer.consistency],
            )  # fmt: skip
            if before.heard:
                heard = log.head_of(before.heard, before.key)
                since = door.checkpoint(CheckpointRequest(heard.size))
                log.check_grown(
                    heard, log.head_of(since.note, answer.key), [bytes.fromhex(one) for one in since.consistency]
                )
        for proof in answer.proofs:
            if proof.op not in wanted:
                raise BadCheckpoint(reason="inclusion")
            line = lines.parse(bytes(wanted[proof.op].line))
            log.check_entry(head, proof, line.scope, lines.content_hash(line))
        with self._store.db.write() as unit:
            unit.local(
                "INSERT OR REPLACE INTO checkpoint(origin, note, key, size, root, at, token) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (head.origin, answer.note, answer.key, head.size, base64.b64encode(head.root).decode(),
                 to_ms(self._store.now()), answer.token),
            )  # fmt: skip
            for proof in answer.proofs:
                unit.local(
                    "INSERT OR REPLACE INTO checkpoint_proof(op, document, note, key, token, body) VALUES (?, ?, ?, ?, ?, ?)",
                    (proof.op, wanted[proof.op].document, answer.note, answer.key, answer.token, json.dumps(asdict(proof))),
                )


def last_known(unit: ReadUnit) -> Kept | None:
    """Return the last head, or None where no server has shown one."""
    rows = unit.sql("SELECT * FROM checkpoint ORDER BY at DESC LIMIT 1")
    if not rows:
        return None
    row = rows[0]
    if row.heard:
        head = log.head_of(row.heard, row.key)
        return Kept(row.heard, row.key, head.origin, head.size, base64.b64encode(head.root).decode(), row.heard_at, "")
    return Kept(row.note, row.key, row.origin, row.size, row.root, row.at, row.token)


def proofs_of(unit: ReadUnit, documents: list[str]) -> list[dict[str, Any]]:
    """Return what proves that lines of these documents are in the server's log, by the head each proof belongs to."""
    found: dict[str, dict[str, Any]] = {}
    for document in documents:
        for row in unit.sql("SELECT note, key, token, body FROM checkpoint_proof WHERE document = ? ORDER BY op", (document,)):
            head = found.setdefault(row.note, {"note": row.note, "key": row.key, "token": row.token, "proofs": []})
            head["proofs"].append(json.loads(row.body))
    return [found[note] for note in sorted(found)]
