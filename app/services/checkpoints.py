"""How far the server's log had come when this laptop last heard of it."""

import json
from dataclasses import dataclass
from typing import Any

from app.core.clock import from_ms, local
from app.db.unit import ReadUnit


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed head of the server's log, checked against the one before it.

    Attributes:
        key: The server's public key.
        root: Base64, as in the note.
    """

    note: str
    key: str
    size: int
    root: str
    at_ms: int

    def remark(self) -> str:
        """Return the sentence that is printed."""
        at = local(from_ms(self.at_ms)).strftime("%Y-%m-%d %H:%M")
        return f"服务器日志检查点（{at}）：第 {self.size} 条，根校验值 {self.root}。"


def last_known(unit: ReadUnit) -> Kept | None:
    """Return the last head, or None where no server has shown one."""
    rows = unit.sql("SELECT note, key, size, root, at FROM checkpoint ORDER BY at DESC LIMIT 1")
    return Kept(rows[0].note, rows[0].key, rows[0].size, rows[0].root, rows[0].at) if rows else None


def proofs_of(unit: ReadUnit, documents: list[str]) -> list[dict[str, Any]]:
    """Return what proves that lines of these documents are in the server's log, by the head each proof belongs to."""
    found: dict[str, dict[str, Any]] = {}
    for document in documents:
        for row in unit.sql("SELECT note, key, body FROM checkpoint_proof WHERE document = ? ORDER BY op", (document,)):
            found.setdefault(row.note, {"note": row.note, "key": row.key, "proofs": []})["proofs"].append(json.loads(row.body))
    return [found[note] for note in sorted(found)]
