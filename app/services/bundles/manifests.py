"""What a document says, for machines: pages, evidence, and the signed lines of the journal behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.documents import Document, DocumentKind
from app.db import versions
from app.db.repos import evidence
from app.db.unit import ReadUnit
from app.services.checkpoints import Kept
from forms.model import RecordMeta
from sync.protocol import lines
from sync.protocol.lines import Kind, Line
from sync.protocol.packets_keys import Card

_MOST_AT_ONCE = 500
_OF_INSPECTION = ("sheet", "answer", "answer_row", "evidence", "evidence_link", "finding", "interview", "turn")


@dataclass(frozen=True, slots=True)
class _Said:
    """A line as it was signed."""

    line: Line
    text: str
    hash: str
    sig: str
    device: str


def document_manifest(
    unit: ReadUnit, document: Document, meta: RecordMeta, drawn: Sequence[tuple[str, str]], own_key: str, head: Kept | None
) -> Mapping[str, Any]:
    """Return the manifest of one document.

    Args:
        drawn: Digests of content and overlay of its printed pages, sheet of signatures included.
        own_key: Public key of this device.
        head: The last known head of the server's log.
    """
    device = unit.sql("SELECT device FROM sync_self")[0].device
    said = _lines(unit, _ops(unit, document), device)
    devices = list(dict.fromkeys(one.device for one in said))
    keys = {device: own_key} | _keys(unit, [one for one in devices if one != device])
    known = [one for one in devices if one in keys]
    last = max(said, key=lambda one: (one.line.hlc, one.line.n), default=None)
    pages = len(document.pages)
    return {
        "id": document.id,
        "number": document.number,
        "title": document.title,
        "kind": str(document.kind),
        "authority": meta.authority,
        "task": meta.task_number,
        "rehearsal": meta.rehearsal,
        "complete": document.is_complete,
        "pages": [
            {"section": page.section, "hash": content, "overlay": overlay}
            for page, (content, overlay) in zip(document.pages, drawn[:pages], strict=True)
        ],
        "sheets": [{"hash": content, "overlay": overlay} for content, overlay in drawn[pages:]],
        "evidence": _evidence(unit, document),
        "keys": [keys[one] for one in known],
        "devices": known,
        "lines": [
            {"k": known.index(one.device) if one.device in keys else None, "s": one.sig, "h": one.hash, "d": one.text}
            for one in said
        ],
        "versions": _versions(unit, said),
        "chain": {"replica": last.line.replica, "n": last.line.n, "hash": last.hash} if last else None,
        "checkpoint": {"note": head.note, "key": head.key, "token": head.token} if head else None,
    }  # fmt: skip


def _evidence(unit: ReadUnit, document: Document) -> list[Mapping[str, Any]]:
    if document.kind is not DocumentKind.RECORD:
        return []
    return [
        {"number": one.number, "name": one.file_name, "mime": one.mime, "size": one.size_bytes, "sha256": one.sha256,
         "sm3": one.sm3, "voided": one.voided_reason}
        for one in evidence.of(unit, document.inspection)
    ]  # fmt: skip


def _ops(unit: ReadUnit, document: Document) -> list[str]:
    """Return the lines that made the document and its signatures, and those that locked what it says."""
    asked: list[tuple[str, str]] = [("SELECT _ver, _locked FROM document WHERE id = ?", document.id),
             ("SELECT _ver, NULL AS _locked FROM signature WHERE document = ?", document.id),
             ("SELECT _ver, NULL AS _locked FROM reading WHERE document = ?", document.id)]  # fmt: skip
    locked = "SELECT NULL AS _ver, _locked FROM"
    match document.kind:
        case DocumentKind.RECORD:
            asked.append((f"{locked} inspection WHERE id = ?", document.inspection))
            asked += [(f'{locked} "{table}" WHERE inspection = ?', document.inspection) for table in _OF_INSPECTION]
        case DocumentKind.INTERVIEW:
            asked.append((f"{locked} interview WHERE id = ?", str(document.interview)))
            asked.append((f"{locked} turn WHERE interview = ?", str(document.interview)))
        case DocumentKind.AMENDMENT:
            pass
        case _:
            asked.append((f"{locked} paper WHERE document = ?", document.id))
            asked.append((f"{locked} paper_field WHERE paper IN (SELECT id FROM paper WHERE document = ?)", document.id))
    found: set[str] = set()
    for query, subject in asked:
        for row in unit.sql(query, (subject,)):
            found |= versions.named(row._ver) if row._ver else set()
            found |= {row._locked} if row._locked else set()
    return sorted(found)


def _lines(unit: ReadUnit, ops: Iterable[str], own: str) -> list[_Said]:
    """Return those lines that are on this laptop, replica by replica in their order."""
    found: dict[str, _Said] = {}
    for some in _some(list(ops)):
        marks = ", ".join("?" * len(some))
        for row in unit.sql(
            f"SELECT op, line, sig, ? AS device FROM sync_op WHERE op IN ({marks})"
            f" UNION ALL SELECT op, line, sig, device FROM sync_peer_op WHERE op IN ({marks})",
            (own, *some, *some),
        ):
            data = bytes(row.line)
            found.setdefault(row.op, _Said(lines.parse(data), data.decode(), lines.op_hash(data), row.sig, row.device))
    return sorted(found.values(), key=lambda one: (one.line.replica, one.line.n))


def _versions(unit: ReadUnit, said: Sequence[_Said]) -> dict[str, str]:
    """Return the hash of each line whose value a signer saw, as far as it is on this laptop."""
    seen = {edit.base for one in said if one.line.kind is Kind.SIGN for edit in one.line.fields if edit.base}
    found: dict[str, str] = {}
    for some in _some(sorted(seen)):
        marks = ", ".join("?" * len(some))
        query = f"SELECT op, line FROM sync_op WHERE op IN ({marks}) UNION SELECT op, line FROM sync_peer_op WHERE op IN ({marks})"
        found |= {row.op: lines.op_hash(bytes(row.line)) for row in unit.sql(query, (*some, *some))}
    return found


def _keys(unit: ReadUnit, devices: Sequence[str]) -> dict[str, str]:
    """Return the public keys of colleagues' devices that this laptop knows."""
    found = {}
    for device in devices:
        for row in unit.sql("SELECT card FROM packet_peer WHERE device = ?", (device,)):
            found[device] = Card.from_text(row.card).sign_key
    return found


def _some(ops: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ops[at : at + _MOST_AT_ONCE] for at in range(0, len(ops), _MOST_AT_ONCE))
