"""Look the whole installation through: what must hold (I1 to I9), and say which of it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.errors import AppError
from app.core.progress import CancelToken, Progress, Report, silent
from app.db import versions
from app.db.checks import problems
from app.db.tables import PREVIEW
from app.media.errors import MediaError
from app.services.store import Store
from app.services.vault import VaultService
from app.settings.profile import Profile
from sync.protocol import cells, lines
from sync.protocol.chain import ChainHead, open_line, verify_chain
from sync.protocol.errors import SyncError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `code` names it, `params` say what was found."""

    code: str
    ok: bool
    params: Mapping[str, object] = field(default_factory=dict)


class Doctor:
    """Check database, journal and files."""

    def __init__(self, store: Store, vault: VaultService, profile: Profile) -> None:
        self._store, self._vault, self._profile = store, vault, profile

    def run(self, report: Report = silent, cancel: CancelToken | None = None) -> tuple[Check, ...]:
        """Check everything; reads every file, so it may take minutes.

        Raises:
            Refused: `vault.locked`.
        """
        return (self._database(), self._journal(), self._pairs(), self._folder(), self._files(report, cancel))

    def _database(self) -> Check:
        found: list[str] = []

        def look(key: bytearray) -> None:
            try:
                found.extend(problems(self._profile.database, key))
            except AppError as error:
                found.append(error.code)

        self._vault.with_db_key(look)
        return Check("doctor.database", not found, {"found": "; ".join(found[:3])})

    def _journal(self) -> Check:
        key = self._store.db.writer.key.public_hex
        with self._store.db.read() as unit:
            head = unit.sql("SELECT replica, rseq, chain_head FROM sync_self")[0]
            rows = unit.sql("SELECT line, sig FROM sync_op WHERE replica = ? ORDER BY n", (head.replica,))
        try:
            end = verify_chain([open_line(bytes(row.line), row.sig, key) for row in rows])
        except SyncError as error:
            return Check("doctor.journal", False, {"reason": error.code, "lines": len(rows)})
        is_whole = end == ChainHead(head.rseq, head.chain_head)
        return Check("doctor.journal", is_whole, {"lines": len(rows), "reason": "" if is_whole else "head"})

    def _pairs(self) -> Check:
        """Each shown value must be what a line says that is here, or else the confirmed layer (I1)."""
        from app.db.tables import SYNCED, fields_of

        lost = 0
        with self._store.db.read() as unit:
            said = {
                row.op: row.line
                for row in unit.sql(
                    "SELECT op, line FROM sync_mate_op UNION ALL SELECT op, line FROM sync_peer_op"
                    " UNION ALL SELECT op, line FROM sync_lost UNION ALL SELECT op, line FROM sync_op"
                )
            }
            told: dict[str, dict[tuple[str, str], dict[str, object]]] = {}
            # What came with a snapshot has no line here: the confirmed layer says it, and its digest vouches for that.
            vouched = {
                (one.tbl, one.row, field, cell.op): cell.value
                for one in unit.sql("SELECT tbl, row, cells FROM sync_row")
                for field, cell in cells.from_text(one.cells).items()
                if cell.op not in said
            }
            for name, table in SYNCED.items():
                columns = fields_of(table)
                for row in unit.sql(f'SELECT * FROM "{name}"'):
                    values = {field: row._mapping[field] for field in columns}
                    ver = versions.from_text(row._ver, values)
                    lost += sum(value is not None and field not in ver for field, value in values.items())
                    for field, op in ver.items():
                        if op in said:
                            if op not in told:
                                told[op] = _values(bytes(said[op]))
                            has, value = True, told[op].get((name, row.id), {}).get(field)
                        else:
                            has, value = (key := (name, row.id, field, op)) in vouched, vouched.get(key)
                        lost += not has or (field in columns and value != values[field])
        return Check("doctor.pairs", lost == 0, {"lost": lost})

    def _folder(self) -> Check:
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT stored, thumbnail, rendition FROM sync_blob")
        scan = self._store.files.scan({name for row in rows for name in row if name})
        return Check("doctor.folder", not scan.missing, {"missing": len(scan.missing), "orphans": len(scan.orphans)})

    def _files(self, report: Report, cancel: CancelToken | None) -> Check:
        with self._store.db.read() as unit:
            rows = unit.sql(f"SELECT sha256, sm3, stored FROM sync_blob WHERE stored IS NOT NULL AND priority <> {PREVIEW}")
        damaged = 0
        for done, row in enumerate(rows):
            report(Progress("verify", done, len(rows)))
            if cancel is not None:
                cancel.check()
            try:
                found = self._store.files.verify(row.stored)
                damaged += found.sha256 != row.sha256 or found.sm3 != (row.sm3 or found.sm3)
            except MediaError:
                damaged += 1
        return Check("doctor.files", damaged == 0, {"files": len(rows), "damaged": damaged})


def _values(data: bytes) -> dict[tuple[str, str], dict[str, object]]:
    """Return what a line says of each field by row; of one that cannot be read, nothing."""
    try:
        return {
            (one.table, one.row): {edit.name: edit.value for edit in one.fields} for one in lines.singly(lines.parse(data))
        }
    except SyncError:
        return {}
