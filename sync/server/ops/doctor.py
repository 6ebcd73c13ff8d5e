"""Examine a server: every number, every chain, every signature, the fold, the receipts and the files; nothing is changed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select, text

from sync.protocol import chain, feeds, lines
from sync.protocol.errors import SyncError
from sync.protocol.fold import Status, Verdict, fold_all
from sync.protocol.lines import GENESIS
from sync.protocol.messages import Cursor, Receipt, ReceiptKind
from sync.server import digests
from sync.server.blob_rows import OTHER
from sync.server.db import schema
from sync.server.db.cells import rows_of
from sync.server.ops import anchors
from sync.server.ops.findings import Examination, Finding
from sync.server.ops.layers import MemoryLayer
from sync.server.people import rls
from sync.server.routes import Office
from sync.server.seals import KeyDiffers, KeyMissing
from sync.server.store.door import BlobStore
from sync.server.terms import Terms

_MANY = 1000
_PRIVATE = ("d:", "q:")


@dataclass(slots=True)
class _Visit:
    """One examination on one unchanging state."""

    unit: Connection
    terms: Terms
    found: list[Finding] = field(default_factory=list)
    warned: list[Finding] = field(default_factory=list)
    lines: int = 0
    rows: int = 0
    receipts: int = 0

    def find(self, code: str, **params: str | int) -> None:
        self.found.append(Finding(f"doctor.{code}", params))


def examine(office: Office) -> Examination:
    """Look at everything, in the state of one moment; files are looked for, their bytes are the business of `scrub`."""
    with office.database.read() as unit:
        visit = _Visit(unit, office.terms)
        head = schema.feed_head.c
        standing = [Cursor(*row) for row in unit.execute(select(head.feed, head.seq, head.chain).order_by(head.feed))]
        for at in standing:
            if at.feed.startswith(feeds.DEVICE_FEED):
                _receipts_feed(visit, at)
            elif not at.feed.startswith(_PRIVATE):
                _scope_feed(visit, at)
        for replica in unit.execute(select(schema.replica).order_by(schema.replica.c.replica)).all():
            _replica(visit, replica.replica, replica.device, replica.head_n, replica.head_hash)
        _missing_receipts(visit)
        files = _files(visit, office.blobs.store)
        _durability(visit)
    try:
        anchors.check(office)
    except anchors.BehindAnchor as behind:
        visit.find("behind_anchor", **behind.params)
    _key(visit, office)
    return Examination(
        len(standing), visit.lines, visit.rows, visit.receipts, files, tuple(visit.found), tuple(visit.warned)
    )


def _key(visit: _Visit, office: Office) -> None:
    seal = office.devices.seal
    try:
        seal.check()
    except KeyMissing as missing:
        visit.find("key_missing", **missing.params)
    except KeyDiffers as differs:
        visit.find("key_differs", **differs.params)
    path = seal.path
    if os.name != "nt" and path is not None and path.exists() and path.stat().st_mode & 0o077:
        visit.warned.append(Finding("doctor.key_open", {"path": str(path)}))


def _scope_feed(visit: _Visit, head: Cursor) -> None:
    """Read a feed from its first entry: numbers, chain, and what the lines make of the rows."""
    at, layer, of = Cursor(head.feed), MemoryLayer(), schema.op.c
    wanted = select(of.seq, of.line, of.eff, of.status, of.reason, of.chain).where(of.feed == head.feed)
    for entry in _pages(visit.unit, wanted, of.seq):
        if entry.seq != at.seq + 1:
            visit.find("hole", feed=head.feed, seq=at.seq + 1)
        try:
            line = lines.parse(bytes(entry.line))
        except SyncError:
            visit.find("line", feed=head.feed, seq=entry.seq)
            return
        verdict = Verdict(Status(entry.status), entry.reason)
        link = feeds.op_link(at.chain, line.op, lines.content_of(bytes(entry.line)), entry.eff, verdict)
        if link != entry.chain or line.scope != head.feed:
            visit.find("chain", feed=head.feed, seq=entry.seq)
        at = Cursor(head.feed, entry.seq, entry.chain)
        visit.lines += 1
        if verdict.is_folded:
            fold_all(layer, entry.seq, visit.terms.schema.said(line), entry.eff)
    if at != head:
        visit.find("head", feed=head.feed, seq=head.seq)
    _confirmed(visit, head.feed, layer)


def _confirmed(visit: _Visit, feed: str, layer: MemoryLayer) -> None:
    conflict = schema.conflict.c
    kept = {(row.state.table, row.state.row): row for row in rows_of(visit.unit, feed)}
    visit.rows += len(kept)
    for key in sorted(kept.keys() | layer.rows.keys()):
        if kept.get(key) != layer.kept(*key):
            visit.find("row", feed=feed, table=key[0], row=key[1])
    found = visit.unit.execute(select(conflict.id, conflict.resolved_by).where(conflict.scope == feed)).all()
    if dict(found) != {name: by for name, (_, by) in layer.conflicts.items()}:
        visit.find("conflicts", feed=feed)
    if digests.kept(visit.unit, feed) != digests.counted_anew(visit.unit, feed):
        visit.find("digest", feed=feed)


def _receipts_feed(visit: _Visit, head: Cursor) -> None:
    at, of = Cursor(head.feed), schema.receipt.c
    for one in _pages(visit.unit, select(schema.receipt).where(of.device_feed == head.feed), of.seq):
        given = Receipt(
            one.seq, ReceiptKind(one.kind), one.subject, Status(one.status), one.feed, one.feed_seq, one.eff, one.reason
        )
        if one.seq != at.seq + 1 or feeds.receipt_link(at.chain, given) != one.chain:
            visit.find("receipt_chain", feed=head.feed, seq=one.seq)
        at = Cursor(head.feed, one.seq, one.chain)
        visit.receipts += 1
    if at != head:
        visit.find("head", feed=head.feed, seq=head.seq)


def _replica(visit: _Visit, replica: str, device: str, head_n: int, head_hash: str) -> None:
    """Walk a replica's chain; its lines stand in feeds, in quarantine, or were known before on another chain."""
    key = visit.unit.execute(select(schema.device.c.public_key).where(schema.device.c.device == device)).scalar()
    places = {
        row.n: row
        for table in (schema.op, schema.relinked, schema.quarantine)
        for row in visit.unit.execute(_of_replica(table, replica))
    }
    before = GENESIS
    for n in range(1, head_n + 1):
        row = places.get(n)
        if row is None:
            visit.find("replica_hole", replica=replica, n=n)
            return
        try:
            opened = chain.open_line(bytes(row.line), row.sig, str(key))
        except SyncError:
            visit.find("signature", replica=replica, n=n)
            return
        if opened.line.prev != before or opened.op_hash != row.op_hash or opened.line.n != n:
            visit.find("replica_chain", replica=replica, n=n)
        before = opened.op_hash
    if before != head_hash:
        visit.find("replica_head", replica=replica, n=head_n)


def _of_replica(table: Any, replica: str) -> Select[Any]:
    wanted = select(table.c.n, table.c.line, table.c.sig, table.c.op_hash).where(table.c.replica == replica)
    return wanted.where(table.c.in_chain) if table is schema.quarantine else wanted


def _missing_receipts(visit: _Visit) -> None:
    of, given, ref = schema.op.c, schema.receipt.c, schema.blob_ref.c
    has = and_(
        given.device_feed == feeds.DEVICE_FEED + of.device, given.kind == str(ReceiptKind.RECORD), given.subject == of.op,
        given.feed == of.feed, given.feed_seq == of.seq,
    )  # fmt: skip
    for op in visit.unit.execute(select(of.op).where(~select(given.seq).where(has).exists())).scalars():
        visit.find("receipt", op=op)
    sent = and_(given.kind == str(ReceiptKind.FILE), given.subject == ref.sha256, given.feed == ref.scope)
    for sha256 in visit.unit.execute(select(ref.sha256).where(~select(given.seq).where(sent).exists())).scalars():
        visit.find("file_receipt", sha256=sha256)


def _files(visit: _Visit, store: BlobStore) -> int:
    of, ref, count = schema.blob.c, schema.blob_ref.c, 0
    wanted = select(of.sha256, of.size, of.damaged_ms, of.sm3_is).order_by(of.sha256)
    for sha256, size, damaged, sm3_is in visit.unit.execute(wanted):
        count += 1
        if store.size(sha256) != size:
            visit.find("file_missing", sha256=sha256)
        elif damaged is not None:
            visit.find("file_damaged", sha256=sha256)
        elif sm3_is == OTHER:
            visit.find("file_sm3", sha256=sha256)
    known = select(of.sha256).where(of.sha256 == ref.sha256)
    for sha256 in visit.unit.execute(select(ref.sha256).where(~known.exists())).scalars():
        visit.find("file_unknown", sha256=sha256)
    return count


def _durability(visit: _Visit) -> None:
    """Notice a PostgreSQL that confirms commits before they are on the disk, or a damaged SQLite file."""
    if visit.unit.dialect.name == "postgresql":
        if str(visit.unit.execute(select(func.current_setting("synchronous_commit"))).scalar()) in ("off", "local"):
            visit.find("weak_commit")
        if not rls.is_bound(visit.unit):
            visit.warned.append(Finding("doctor.superuser", {}))
    elif visit.unit.execute(text("PRAGMA integrity_check(1)")).scalar() != "ok":
        visit.find("database")


def _pages(unit: Connection, wanted: Select[Any], number: Any) -> Iterator[Any]:
    after = 0
    while True:
        found = unit.execute(wanted.where(number > after).order_by(number).limit(_MANY)).all()
        yield from found
        if len(found) < _MANY:
            return
        after = found[-1].seq
