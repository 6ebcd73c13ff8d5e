"""The vault: makes, opens and re-wraps the one data key from which all other keys come."""

import base64
import binascii
import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.clock import Now
from app.settings import recovery, vault_file
from app.settings.anchor import Anchor, AnchorPlace
from app.settings.errors import (
    KeyringLost,
    KeyringUnavailable,
    TooShort,
    TooSoon,
    TriesExhausted,
    VaultDamaged,
    VaultExists,
    VaultUnwritable,
    WrongPin,
    WrongRecovery,
)
from app.settings.key_slots import KEY_BYTES, SALT_BYTES, Costs, derive, stretch, unwrap, wipe, wrap
from app.settings.secrets import SecretStore
from app.settings.tries import Tries
from app.settings.vault_file import Slot, SlotKind, VaultContent, load, save, save_and_forget

PIN_LEAST = 6
PASSPHRASE_LEAST = 12
TEXT_MOST = 256


@dataclass(frozen=True, slots=True, eq=False)
class Unlocked:
    """The keys of an open vault. They are bytearrays so that `wipe` reaches them where they lie; do not copy them.

    Attributes:
        db_key: 32 bytes, the raw key of the database.
        files_kek: 32 bytes, wraps the key of each file.
        device_private: 32 bytes, Ed25519 seed; signs journal lines, never documents.
        device_public: 32 bytes.
    """

    vault_id: str
    device_id: str
    device_public: bytes
    db_key: bytearray = field(repr=False)
    files_kek: bytearray = field(repr=False)
    device_private: bytearray = field(repr=False)
    anchor_key: bytearray = field(repr=False)
    data_key: bytearray = field(repr=False)

    @property
    def is_wiped(self) -> bool:
        """Return whether the keys are gone."""
        return not any(self.data_key)

    def wipe(self) -> None:
        """Overwrite all keys; dispose of the database engine first."""
        for secret in (self.db_key, self.files_kek, self.device_private, self.anchor_key, self.data_key):
            wipe(secret)


class Vault:
    """One vault file and the password store that goes with it.

    Args:
        store: The password store, or None where there is none: a passphrase is asked for instead of a PIN.
        costs: Only tests pass cheap ones.
    """

    def __init__(
        self,
        path: Path,
        store: SecretStore | None,
        *,
        random_bytes: Callable[[int], bytes],
        now: Now,
        costs: Costs | None = None,
    ) -> None:
        self._path = path
        self._store = store
        self._random_bytes = random_bytes
        self._now = now
        self._costs = costs or Costs()

    @property
    def exists(self) -> bool:
        """Return whether there is a vault, readable or not."""
        return self._path.exists() or vault_file.previous_of(self._path).exists()

    @property
    def requires(self) -> SlotKind:
        """Return what is asked of the user: PIN or PASSPHRASE as the file says, and before there is one as fits here."""
        if not self.exists:
            return self._new_kind()
        return _asked_slot(load(self._path)).kind

    @property
    def wait_s(self) -> int:
        """Return how many seconds the next try has to wait."""
        now = self._now()
        return math.ceil(load(self._path).tries.at(now).left(now).total_seconds())

    def create(self, text: str, *, vault_id: str, device_id: str) -> tuple[Unlocked, str]:
        """Make the vault; return its keys and the recovery key, which is shown once and kept nowhere.

        Args:
            text: The PIN (6 signs or more) or, without a password store, the passphrase (12 or more).

        Raises:
            VaultExists: If there is one.
            TooShort: If the text is.
            KeyringUnavailable: If the password store does not keep the secret; nothing was made.
        """
        if self.exists:
            raise VaultExists
        data_key = bytearray(self._random_bytes(KEY_BYTES))
        seed = bytearray(self._random_bytes(KEY_BYTES))
        public = Ed25519PrivateKey.from_private_bytes(bytes(seed)).public_key().public_bytes_raw()
        bare = VaultContent(vault_id, device_id, public, wrap(derive(data_key, "device"), seed), ())
        recovery_key = self._random_bytes(recovery.KEY_BYTES)
        content = bare.with_slot(self._recovery_slot(bare, data_key, recovery_key))
        content = content.with_slot(self._asked_slot_for(content, data_key, text))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VaultUnwritable(self._path, error.strerror or type(error).__name__) from error
        save_and_forget(self._path, content)
        return _opened(content, data_key), recovery.to_text(recovery_key)

    def unlock(self, text: str) -> Unlocked:
        """Return the keys for a PIN or passphrase (whichever `requires` says).

        The try is counted on disk before it is looked at, so that ending the program does not give it back.

        Raises:
            WrongPin: With the wait that follows.
            TooSoon: If a wait is not over; the text was not looked at.
            TriesExhausted: If only the recovery key opens.
            KeyringUnavailable: If the password store does not answer; the try does not count.
            KeyringLost: If it answers but has no secret for this vault.
        """
        content = load(self._path)
        slot = _asked_slot(content)
        shared = self._shared_secret(content.vault_id) if slot.kind is SlotKind.PIN else b""
        content = self._counted(content)
        data_key = unwrap(self._wrapping(content, slot, text, shared), slot.wrapped)
        if data_key is None:
            wait_s = math.ceil(content.tries.wait.total_seconds())
            raise WrongPin(slot.kind.value, free_left=content.tries.free_left, wait_s=wait_s)
        unlocked = _opened(content, data_key)
        save(self._path, replace(content, tries=Tries()))
        return unlocked

    def unlock_with_recovery(self, text: str) -> Unlocked:
        """Return the keys for the recovery key; waits do not apply (160 random bits), and the count starts anew.

        Follow it with `replace_slot`: the reason to be here is a forgotten PIN or a lost password store.

        Raises:
            RecoveryTypo: Naming the group that does not hold together.
            WrongRecovery: If it is another vault's, or was replaced.
        """
        key = recovery.from_text(text)
        content = load(self._path)
        slot = content.slot(SlotKind.RECOVERY)
        data_key = slot and unwrap(_recovery_wrapping(content, slot.salt, key), slot.wrapped)
        if not data_key:
            raise WrongRecovery
        unlocked = _opened(content, data_key)
        save(self._path, replace(content, tries=Tries()))
        return unlocked

    def change_pin(self, old: str, new: str) -> Unlocked:
        """Replace the PIN or passphrase; wrong old ones count like any try.

        Raises:
            TooShort: Before the old one is looked at.
        """
        _check_length(new, self._new_kind())
        unlocked = self.unlock(old)
        self.replace_slot(unlocked, new)
        return unlocked

    def replace_slot(self, unlocked: Unlocked, text: str) -> None:
        """Wrap the data key anew: with a PIN where there is a password store, with a passphrase where there is none.

        The former PIN or passphrase no longer opens this file, nor its previous copy.
        """
        content = self._content_of(unlocked)
        slot = self._asked_slot_for(content, unlocked.data_key, text)
        content = content.with_slot(slot, without=(SlotKind.PIN, SlotKind.PASSPHRASE))
        save_and_forget(self._path, replace(content, tries=Tries()))

    def replace_recovery(self, unlocked: Unlocked) -> str:
        """Return a new recovery key, shown once; the former one no longer opens."""
        content = self._content_of(unlocked)
        key = self._random_bytes(recovery.KEY_BYTES)
        save_and_forget(self._path, content.with_slot(self._recovery_slot(content, unlocked.data_key, key)))
        return recovery.to_text(key)

    def read_anchor(self, unlocked: Unlocked) -> Anchor | None:
        """Return the anchor, or None if there is none that this vault sealed."""
        return self._anchor_place(unlocked).read(unlocked.anchor_key)

    def write_anchor(self, unlocked: Unlocked, anchor: Anchor) -> None:
        """Replace the anchor (see `anchor` for the order of steps)."""
        self._anchor_place(unlocked).write(unlocked.anchor_key, anchor)

    def _anchor_place(self, unlocked: Unlocked) -> AnchorPlace:
        return AnchorPlace(unlocked.vault_id, self._path.with_name("anchor.json"), self._store)

    def _content_of(self, unlocked: Unlocked) -> VaultContent:
        content = load(self._path)
        if unlocked.is_wiped or content.vault_id != unlocked.vault_id:
            raise ValueError("these keys do not belong to this vault, or were wiped")
        return content

    def _counted(self, content: VaultContent) -> VaultContent:
        now = self._now()
        tries = content.tries.at(now)
        if tries != content.tries:
            content = replace(content, tries=tries)
            save(self._path, content)
        if tries.exhausted:
            raise TriesExhausted(tries.wrong)
        if left := math.ceil(tries.left(now).total_seconds()):
            raise TooSoon(left)
        content = replace(content, tries=tries.one_more(now))
        save(self._path, content)
        return content

    def _new_kind(self) -> SlotKind:
        return SlotKind.PASSPHRASE if self._store is None else SlotKind.PIN

    def _asked_slot_for(self, content: VaultContent, data_key: bytearray, text: str) -> Slot:
        kind = self._new_kind()
        _check_length(text, kind)
        cost = self._costs.pin if kind is SlotKind.PIN else self._costs.passphrase
        draft = Slot(kind, self._random_bytes(SALT_BYTES), b"", cost)
        shared = self._kept_or_new_secret(content.vault_id) if kind is SlotKind.PIN else b""
        return replace(draft, wrapped=wrap(self._wrapping(content, draft, text, shared), data_key))

    def _recovery_slot(self, content: VaultContent, data_key: bytearray, key: bytes) -> Slot:
        salt = self._random_bytes(SALT_BYTES)
        return Slot(SlotKind.RECOVERY, salt, wrap(_recovery_wrapping(content, salt, key), data_key))

    def _wrapping(self, content: VaultContent, slot: Slot, text: str, shared: bytes) -> bytearray:
        assert slot.cost is not None
        stretched = stretch(text, slot.salt, slot.cost)
        return derive(shared + stretched, f"yanfang slot {slot.kind.value} {content.vault_id}")

    def _shared_secret(self, vault_id: str) -> bytes:
        if self._store is None:
            raise KeyringUnavailable("no_backend")
        text = self._store.get(_secret_name(vault_id))
        secret = _decoded(text)
        if secret is None:
            raise KeyringLost
        return secret

    def _kept_or_new_secret(self, vault_id: str) -> bytes:
        # The present secret is kept: were it replaced, a crash before the file is written would lock the vault.
        assert self._store is not None
        kept = _decoded(self._store.get(_secret_name(vault_id)))
        if kept is not None:
            return kept
        fresh = self._random_bytes(KEY_BYTES)
        self._store.put(_secret_name(vault_id), base64.b64encode(fresh).decode("ascii"))
        return fresh


def _asked_slot(content: VaultContent) -> Slot:
    slot = content.slot(SlotKind.PIN) or content.slot(SlotKind.PASSPHRASE)
    if slot is None:
        raise VaultDamaged("no slot")
    return slot


def _opened(content: VaultContent, data_key: bytearray) -> Unlocked:
    seed = unwrap(derive(data_key, "device"), content.device_wrapped)
    if seed is None:
        raise VaultDamaged("device key")
    if (
        Ed25519PrivateKey.from_private_bytes(bytes(seed)).public_key().public_bytes_raw()
        != content.device_public
    ):
        raise VaultDamaged("device public key")
    return Unlocked(
        vault_id=content.vault_id,
        device_id=content.device_id,
        device_public=content.device_public,
        db_key=derive(data_key, "db"),
        files_kek=derive(data_key, "files"),
        device_private=seed,
        anchor_key=derive(data_key, "anchor"),
        data_key=data_key,
    )


def _recovery_wrapping(content: VaultContent, salt: bytes, key: bytes) -> bytearray:
    return derive(salt + key, f"yanfang slot recovery {content.vault_id}")


def _check_length(text: str, kind: SlotKind) -> None:
    least = PIN_LEAST if kind is SlotKind.PIN else PASSPHRASE_LEAST
    if not least <= len(unicodedata.normalize("NFKC", text)) <= TEXT_MOST:
        raise TooShort(kind.value, least=least, most=TEXT_MOST)


def _secret_name(vault_id: str) -> str:
    return f"secret:{vault_id}"


def _decoded(text: str | None) -> bytes | None:
    try:
        secret = base64.b64decode(text or "", validate=True)
    except binascii.Error:
        return None
    return secret if len(secret) == KEY_BYTES else None
