"""Opening and closing the store: first set-up, unlocking, locking, and what a rewound database asks for."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import Refused
from app.core.ids import PersonId, derived_id, random_bytes, unguessable_id
from app.core.outcome import Change, Outcome
from app.core.places import LONE_OFFICE, Office, Person, Role, office_code
from app.db import backup as copies
from app.db.create import migrate, office_of, settle
from app.db.journal import Writer
from app.db.opening import Opened, create_store, open_store
from app.db.repos import registers
from app.db.sync_store import SyncStore
from app.db.tables import SCHEMA_VERSION
from app.db.unit import Database
from app.media.decoder import Decoder
from app.media.intake import Intake
from app.media.vault_files import FileVault
from app.services.store import OpenStore, Store
from app.settings.anchor import Anchor, AnchorVerdict, compare
from app.settings.key_slots import Costs
from app.settings.logs import Logs
from app.settings.profile import Profile, ProfileLock
from app.settings.secrets import find_store
from app.settings.vault import Unlocked, Vault
from app.settings.vault_file import previous_of
from sync.protocol.chain import DeviceKey

log = logging.getLogger(__name__)
_EVERYTHING = frozenset({Change(name, "") for name in ("office", "institution", "person", "task", "inspection")})


@dataclass(frozen=True, slots=True)
class VaultState:
    """Whether there is an office on this computer and how it opens.

    Attributes:
        needs: `pin` where the system keeps a secret for us, else `passphrase`.
        retry_after_s: Seconds to wait after wrong tries; 0 for none.
    """

    exists: bool
    needs: str
    retry_after_s: int
    is_open: bool


class VaultService:
    """Make, open, lock and rescue the store of one profile.

    Args:
        costs: Only tests pass cheap ones.
    """

    def __init__(
        self, store: Store, profile: Profile, environ: Mapping[str, str], costs: Costs | None = None
    ) -> None:
        self._store, self._profile, self._environ, self._costs = store, profile, environ, costs
        self._held: Unlocked | None = None
        self._decoder: Decoder | None = None
        self._lock = ProfileLock(profile)
        self._logs = Logs()
        self._is_mine = False
        self._made: Vault | None = None

    def state(self) -> VaultState:
        """Return whether there is an office and what opens it."""
        exists = Vault(self._profile.vault, None, random_bytes=random_bytes, now=self._store.now).exists
        vault = self._vault() if not exists else self._reader()
        return VaultState(
            exists, str(vault.requires.value), vault.wait_s if exists else 0, self._store.is_open
        )

    def setup(
        self,
        office_name: str,
        person_name: str,
        licence_no: str,
        secret: str,
        rehearsal: bool,
        *,
        code: str = LONE_OFFICE,
        short_name: str = "",
    ) -> Outcome[str]:
        """Make the office and open it; return the recovery key, which is shown once and kept nowhere.

        Raises:
            Refused: `vault.exists`, `vault.too_short`, `office.name_missing`, `person.name_missing`,
                `office.code_invalid`, `db.exists`.
            Unavailable: `keyring.unavailable`, `db.disk_full`, `profile.unwritable`.
        """
        if not office_name.strip():
            raise Refused("office.name_missing")
        if not person_name.strip():
            raise Refused("person.name_missing")
        known_by = office_code(code)
        if known_by is None:
            raise Refused("office.code_invalid", text=code)
        self._take_profile()
        vault = self._vault()
        unlocked, recovery = vault.create(secret, vault_id=unguessable_id(), device_id=unguessable_id())
        try:
            opened = create_store(
                self._profile.database, unlocked.db_key, migrate, version=SCHEMA_VERSION, now=self._store.now()
            )
        except BaseException:
            # Nothing was stored under these keys yet: leave no vault without its database.
            unlocked.wipe()
            self._drop_vault()
            raise
        try:
            self._furnish(vault, unlocked, opened, (office_name, known_by, short_name), (person_name, licence_no), rehearsal)
        except BaseException:
            # A name that no line can carry, a full disk: begin again rather than leave an office without a name.
            self.lock()
            opened.engine.dispose()
            unlocked.wipe()
            for file in self._profile.database.parent.glob(self._profile.database.name + "*"):
                file.unlink()
            self._drop_vault()
            raise
        return Outcome(recovery, _EVERYTHING)

    def unlock(self, secret: str) -> Outcome[None]:
        """Open with PIN or passphrase.

        Raises:
            Refused: `vault.wrong_secret`, `vault.too_soon`, `vault.tries_exhausted`, `keyring.lost`, `db.*`.
            Unavailable: `keyring.unavailable`, `db.*`.
        """
        self._take_profile()
        vault = self._vault()
        return self._open(vault, vault.unlock(secret))

    def unlock_with_recovery(self, text: str) -> Outcome[None]:
        """Open with the recovery key from paper; then `reset_secret`.

        Raises:
            Refused: `vault.recovery_typo`, `vault.wrong_recovery`, `db.*`.
        """
        self._take_profile()
        vault = self._vault()
        return self._open(vault, vault.unlock_with_recovery(text))

    def change_secret(self, old: str, new: str) -> Outcome[None]:
        """Replace PIN or passphrase; needs the old one.

        Raises:
            Refused: `vault.too_short`, `vault.wrong_secret`, `vault.too_soon`.
        """
        self._vault().change_pin(old, new).wipe()
        return Outcome(None)

    def reset_secret(self, new: str) -> Outcome[None]:
        """Set a new PIN or passphrase in an open store, after the recovery key.

        Raises:
            Refused: `vault.too_short`, `vault.locked`.
        """
        if self._held is None:
            raise Refused("vault.locked")
        self._vault().replace_slot(self._held, new)
        return Outcome(None)

    def replace_recovery(self) -> Outcome[str]:
        """Make a new recovery key and return it, shown once; the former one no longer opens.

        Raises:
            Refused: `vault.locked`.
        """
        if self._held is None:
            raise Refused("vault.locked")
        return Outcome(self._vault().replace_recovery(self._held))

    def lock(self) -> Outcome[None]:
        """Close the store and forget the keys; what is saved stays."""
        opened = self._store.release()
        if opened is not None:
            opened.db.close()
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None
        if self._held is not None:
            self._held.wipe()
            self._held = None
        return Outcome(None, _EVERYTHING)

    def close(self) -> None:
        """Lock and let the profile go; for the end of the program."""
        self.lock()
        self._logs.close()
        if self._is_mine:
            self._lock.release()
            self._is_mine = False

    def with_db_key(self, use: Callable[[bytearray], object]) -> object:
        """Run something that needs the database key (backups); the key is not given out.

        Raises:
            Refused: `vault.locked`.
        """
        if self._held is None:
            raise Refused("vault.locked")
        return use(self._held.db_key)

    def restore(self, backup: Path) -> Outcome[Path | None]:
        """Put a checked backup in the place of the store and open it; the former one is moved aside, not deleted.

        Raises:
            Refused: `vault.locked`, `db.backup_bad`, `db.wrong_key`.
        """
        held, opened = self._held, self._store.release()
        if held is None or opened is None:
            raise Refused("vault.locked")
        opened.db.close()
        is_restored = False
        try:
            aside = copies.restore(backup, self._profile.database, held.db_key, self._store.now())
            is_restored = True
        finally:
            self._open(self._vault(), held, is_restored=is_restored)
        return Outcome(aside, _EVERYTHING)

    def restore_last_good(self, secret: str) -> Outcome[Path | None]:
        """Restore the newest good backup where the store itself does not open.

        Raises:
            Refused: `vault.wrong_secret`, `backup.none`.
        """
        self._take_profile()
        vault = self._vault()
        unlocked = vault.unlock(secret)
        source = copies.last_good(self._profile.backups, unlocked.db_key)
        if source is None:
            raise Refused("backup.none")
        aside = copies.restore(source, self._profile.database, unlocked.db_key, self._store.now())
        self._open(vault, unlocked, is_restored=True)
        return Outcome(aside, _EVERYTHING)

    def _drop_vault(self) -> None:
        previous_of(self._profile.vault).unlink(missing_ok=True)
        self._profile.vault.unlink(missing_ok=True)
        self._made = None

    def _furnish(
        self,
        vault: Vault,
        unlocked: Unlocked,
        opened: Opened,
        named: tuple[str, str, str],
        owner: tuple[str, str],
        rehearsal: bool,
    ) -> None:
        """Write office and first person into a store that was just made."""
        name, code, short_name = (text.strip() for text in named)
        person_name, licence_no = (text.strip() for text in owner)
        me = PersonId(derived_id("person", code, licence_no or person_name))
        office = Office(name, code, short_name or name.replace("医疗保障局", "医保"), rehearsal, me)
        nonce = unguessable_id()
        settle(
            opened.engine,
            device=unlocked.device_id,
            replica=unguessable_id(),
            scope=f"s:{code}",
            nonce=nonce,
        )
        self._release_with(unlocked, opened, office)
        with self._store.db.write() as unit:
            unit.local(
                "INSERT INTO office(one, name, code, short_name, rehearsal, me) VALUES (1, ?, ?, ?, ?, ?)",
                (office.name, office.code, office.short_name, int(rehearsal), me),
            )
            person = Person(me, person_name, Role.INSPECTOR, licence_no)
            unit.put("person", me, registers.person_said(person))
            unit.custody("office_made", "office", name=office.name)
            head = unit.sql("SELECT replica, rseq, open_nonce FROM sync_self")[0]
        vault.write_anchor(unlocked, Anchor(head.replica, head.rseq, head.open_nonce))

    def _open(self, vault: Vault, unlocked: Unlocked, *, is_restored: bool = False) -> Outcome[None]:
        opened = open_store(
            self._profile.database,
            unlocked.db_key,
            migrate,
            version=SCHEMA_VERSION,
            backups_dir=self._profile.backups,
            now=self._store.now(),
        )
        self._release_with(unlocked, opened, office_of(opened.engine))
        with self._store.db.read() as unit:
            head = unit.sql("SELECT replica, rseq, open_nonce FROM sync_self")[0]
        found = Anchor(head.replica, head.rseq, head.open_nonce)
        self._reanchor(vault, unlocked, found, is_restored=is_restored)
        log.info("store.opened %s recovered=%s", opened.state.value, opened.recovered)
        return Outcome(None, _EVERYTHING)

    def _reanchor(self, vault: Vault, unlocked: Unlocked, found: Anchor, *, is_restored: bool) -> None:
        """Begin a new history where this database is not the one last left, and mark this opening.

        A backup made since the last opening bears the marks of that opening: only who restored it knows.
        """
        db = self._store.db
        if is_restored or compare(vault.read_anchor(unlocked), found) is not AnchorVerdict.SAME:
            SyncStore(db).start_new_replica(unguessable_id(), db.writer.key)
            head = SyncStore(db).head()
            found = Anchor(head.replica, head.head.n, found.nonce)
        begun = found.begin(unguessable_id())
        vault.write_anchor(unlocked, begun)
        with db.write() as unit:
            unit.local("UPDATE sync_self SET open_nonce = ?", (begun.next_nonce,))
            unit.custody("unlocked", unlocked.device_id)
            rseq = unit.sql("SELECT rseq FROM sync_self")[0].rseq
        vault.write_anchor(unlocked, begun.settled(rseq))

    def _release_with(self, unlocked: Unlocked, opened: Opened, office: Office) -> None:
        writer = Writer(DeviceKey.from_seed(bytes(unlocked.device_private)), office.me, SCHEMA_VERSION)
        files = FileVault(self._profile.files, bytes(unlocked.files_kek))
        self._decoder = self._decoder or Decoder()
        db = Database(opened.engine, writer, self._store.now, self._store.new_id)
        self._store.take(OpenStore(db, files, Intake(files, self._decoder), office))
        self._held = unlocked

    def _take_profile(self) -> None:
        if not self._is_mine:
            self._profile.make()
            self._lock.acquire()
            self._is_mine = True
            self._logs.begin(self._profile.logs)

    def _reader(self) -> Vault:
        return Vault(self._profile.vault, None, random_bytes=random_bytes, now=self._store.now)

    def _vault(self) -> Vault:
        if self._made is None:
            probe = find_store(self._environ, random_bytes)
            self._made = Vault(
                self._profile.vault, probe.store, random_bytes=random_bytes, now=self._store.now, costs=self._costs
            )
        return self._made
