"""The local side of one run: which files go now and in what order."""

import json
from collections.abc import Sequence
from typing import Any

from app.core.syncing import Network, SyncPolicy
from app.db import sync_refused
from app.db.sync_store import SyncStore
from app.db.tables import PREVIEW
from app.db.unit import Database
from app.services.evidence import PRIORITY_ORIGINAL, PRIORITY_PAPER
from sync.client.store import FileToSend, FileWanted, Find, SnapshotPlace
from sync.protocol.chain import DeviceKey
from sync.protocol.files import SMALL_BYTES

SLICE_BYTES = 32 << 20
# Which files wait for a network that costs nothing: small ones travel together and cost no more than previews.
HELD = f"priority > {PREVIEW} AND size_bytes > {SMALL_BYTES}"


class LocalSide(SyncStore):
    """The store as one run of this laptop sees it; made anew for each run.

    Files come in slices, each once: between two slices the engine sends new records and reads receipts, so that text
    goes before the next file and a file that fails never stands before the others.
    """

    def __init__(self, db: Database, policy: SyncPolicy, network: Network) -> None:
        super().__init__(db)
        self._holds_originals = holds_originals(policy, network)
        self._tried: set[str] = set()
        self._found: set[str] = set()
        self._has_more = False

    def next_slice(self) -> bool:
        """Return whether files were left for another slice, and begin it."""
        more, self._has_more = self._has_more, False
        return more

    def pending_files(self, limit: int) -> Sequence[FileToSend]:
        """Return the next files to send: papers, previews and small originals, other originals.

        Each by the day their task ends, small ones first.
        """
        with self._db.read() as unit:
            rows = unit.sql(
                f"SELECT b.sha256, b.sm3, b.size_bytes, b.mime, b.scope, b.priority, {HELD} AS may_wait FROM sync_blob b"
                " LEFT JOIN inspection v ON v.id = b.owner LEFT JOIN task t ON t.id = v.task"
                " WHERE b.state IN ('local', 'uploading') AND b.stored IS NOT NULL AND may_wait <= ?"
                f" ORDER BY may_wait, min(b.priority, {PREVIEW}), coalesce(t.due_on, '9999'), b.size_bytes, b.sha256",
                (not self._holds_originals,),
            )
        return tuple(
            FileToSend(row.sha256, row.sm3, row.size_bytes, row.mime, row.scope, row.priority == PREVIEW)
            for row in self._slice(rows, limit)
        )

    def wanted_files(self, limit: int, found: Find | None = None) -> Sequence[FileWanted]:
        """Return the next files to fetch: those somebody asked for, papers, previews and small originals, other originals.

        A preview is of no use once its original is here.
        """
        with self._db.read() as unit:
            rows = unit.sql(
                "SELECT sha256, size_bytes, priority FROM (SELECT sha256, size_bytes, priority,"
                f" CASE WHEN priority IN (0, {PREVIEW}) THEN priority WHEN sha256 IN (SELECT sha256 FROM evidence) THEN"
                f" iif(size_bytes BETWEEN 1 AND {SMALL_BYTES}, {PREVIEW}, {PRIORITY_ORIGINAL}) ELSE {PRIORITY_PAPER} END AS place"
                f" FROM sync_blob WHERE state = 'want') WHERE place <= ? AND (priority <> {PREVIEW} OR sha256 NOT IN"
                " (SELECT p.sha256 FROM preview p JOIN evidence e ON e.id = p.evidence JOIN sync_blob o ON o.sha256 = e.sha256"
                " WHERE o.stored IS NOT NULL))"
                " ORDER BY place, size_bytes, sha256",
                (PREVIEW if self._holds_originals else PRIORITY_ORIGINAL,),
            )
        files = {
            row.sha256: FileWanted(row.sha256, row.size_bytes, row.priority == PREVIEW)
            for row in rows if row.sha256 not in self._tried
        }  # fmt: skip
        if found is not None:  # before they are cut into slices: those that are not there would be slices of nothing
            unknown = {name: one for name, one in files.items() if name not in self._found}
            there = found(tuple(unknown.values())) if unknown else frozenset[str]()
            self._found |= there
            self._tried |= unknown.keys() - there
        return tuple(files[row.sha256] for row in self._slice(rows, limit))

    def snapshots(self) -> Sequence[SnapshotPlace]:
        """Return the snapshots under way but those of feeds that are about to leave: the server gives no more of them."""
        found = super().snapshots()
        if not found:
            return found
        with self._db.read() as unit:
            leaving = {feed for row in unit.sql("SELECT leaving FROM membership") for feed in json.loads(row.leaving)}
        return [one for one in found if one.feed not in leaving]

    def start_new_epoch(self, epoch: str) -> None:
        """Take up a server that lost history, and keep that it did."""
        sync_refused.note_incident(self._db, sync_refused.EPOCH, self.head().epoch or "", epoch)
        super().start_new_epoch(epoch)

    def start_new_replica(self, replica: str, key: DeviceKey) -> int:
        """Give all pending lines a new history, and keep that it began."""
        before, count = self.head().replica, super().start_new_replica(replica, key)
        sync_refused.note_incident(self._db, sync_refused.HISTORY, before, replica, count)
        return count

    def _slice(self, rows: Sequence[Any], limit: int) -> list[Any]:
        chosen: list[Any] = []
        size = 0
        for row in rows:
            if row.sha256 in self._tried:
                continue
            if chosen and (size + row.size_bytes > SLICE_BYTES or len(chosen) >= limit):
                self._has_more = True
                break
            chosen.append(row)
            size += row.size_bytes
        self._tried.update(row.sha256 for row in chosen)
        return chosen


def holds_originals(policy: SyncPolicy, network: Network) -> bool:
    """Return whether originals wait; a network of which the system says nothing holds none."""
    return policy.originals_wifi and network is Network.METERED
