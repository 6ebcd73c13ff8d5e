"""Backups of the store: one a day by itself, others by hand, each verified before it counts."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from app.core.clock import to_ms
from app.core.errors import AppError
from app.core.outcome import Outcome
from app.db import backup as copies
from app.services.store import Store
from app.services.vault import VaultService
from app.settings.profile import Profile


@dataclass(frozen=True, slots=True)
class BackupLine:
    """One backup in the list. `is_verified` says whether it passes a full check now (only asked for on demand)."""

    path: Path
    made_at: dt.datetime
    size_bytes: int
    is_verified: bool


class Backups:
    """List, make, check and restore backups."""

    def __init__(self, store: Store, vault: VaultService, profile: Profile) -> None:
        self._store, self._vault, self._profile = store, vault, profile

    def lines(self, *, verify: bool = False) -> tuple[BackupLine, ...]:
        """Return the backups, newest first; `verify` reads each of them to its end."""
        found = []
        for path in copies.list_backups(self._profile.backups):
            stat = path.stat()
            is_good = self.is_good(path) if verify else copies.backup_note(path) is not None
            made_at = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC)
            found.append(BackupLine(path, made_at, stat.st_size, is_good))
        return tuple(found)

    def is_good(self, path: Path) -> bool:
        """Return whether a backup passes a full check now."""
        try:
            self._vault.with_db_key(lambda key: copies.verify_backup(path, key))
        except AppError:
            return False
        return True

    def make(self, to: Path | None = None) -> Outcome[BackupLine]:
        """Make a backup now, in the profile or at a place of the user's choice.

        Raises:
            AppError: `db.disk_full`, `db.backup_bad`, `vault.locked`.
        """
        now = self._store.now()
        target = to or copies.backup_path(self._profile.backups, copies.Kind.MANUAL, now)
        held = self._newest_line()
        self._vault.with_db_key(lambda key: copies.backup(self._store.db.engine, key, target, now))
        self._mark(held, target, now)
        return Outcome(BackupLine(target, now, target.stat().st_size, True))

    def daily(self) -> Outcome[BackupLine | None]:
        """Make today's backup if there is none yet, and thin old ones; None where there was one."""
        now = self._store.now()
        held = self._newest_line()
        made = self._vault.with_db_key(
            lambda key: copies.daily(self._store.db.engine, key, self._profile.backups, now)
        )
        if not isinstance(made, copies.Backup):
            return Outcome(None)
        self._mark(held, made.path, made.made_at)
        return Outcome(BackupLine(made.path, made.made_at, made.size_bytes, True))

    def restore(self, path: Path) -> Outcome[Path | None]:
        """Put a backup in the place of the store; the former store is moved aside and its place returned.

        Raises:
            AppError: `db.backup_bad`, `db.wrong_key`, `vault.locked`.
        """
        return self._vault.restore(path)

    def _newest_line(self) -> int:
        """Return the place in the journal up to which a backup that begins now holds every line."""
        with self._store.db.read() as unit:
            return int(unit.sql("SELECT coalesce(max(seq), 0) AS seq FROM sync_op")[0].seq)

    def _mark(self, op_seq: int, path: Path, made_at: dt.datetime) -> None:
        """Note what a verified backup holds; the receipt wall shows it."""
        with self._store.db.write() as unit:
            unit.local(
                "INSERT INTO backup_mark(made_at, op_seq, path) VALUES (?, ?, ?)",
                (to_ms(made_at), op_seq, str(path.absolute())),
            )
