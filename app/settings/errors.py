"""What can go wrong with keys, secrets and the profile folder, as typed errors with stable codes."""

from pathlib import Path

from app.core.errors import Refused, Unavailable


class KeyringUnavailable(Unavailable):
    """The system's password store does not answer (`reason`: see `secrets.Reason`, or `failed`, `timeout`)."""

    def __init__(self, reason: str) -> None:
        super().__init__("keyring.unavailable", reason=reason)


class KeyringLost(Refused):
    """The password store works but no longer holds this vault's secret: only the recovery key opens."""

    def __init__(self) -> None:
        super().__init__("keyring.lost")


class VaultMissing(Refused):
    """There is no vault file yet."""

    def __init__(self) -> None:
        super().__init__("vault.missing")


class VaultExists(Refused):
    """A vault lies there already; making another would orphan the encrypted store."""

    def __init__(self) -> None:
        super().__init__("vault.exists")


class VaultDamaged(Refused):
    """Neither the vault file nor its previous copy can be read."""

    def __init__(self, detail: str) -> None:
        super().__init__("vault.damaged", detail=detail)


class VaultNewer(Refused):
    """A later version of the program wrote the vault file."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__("vault.newer", found=found, known=known)


class VaultUnwritable(Unavailable):
    """The vault or anchor file cannot be written; without counting tries nothing is unlocked."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__("vault.unwritable", folder=str(path.parent), detail=detail)


class OutOfMemory(Unavailable):
    """There was not enough memory to turn the PIN or passphrase into a key."""

    def __init__(self, memory_mib: int) -> None:
        super().__init__("vault.out_of_memory", memory_mib=memory_mib)


class WrongPin(Refused):
    """The PIN or passphrase is wrong; `wait_s` seconds must pass before the next try, `free_left` tries need no wait."""

    def __init__(self, kind: str, *, free_left: int, wait_s: int) -> None:
        super().__init__("vault.wrong_secret", kind=kind, free_left=free_left, wait_s=wait_s)


class TooSoon(Refused):
    """Wrong tries were many: not looked at before `wait_s` more seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("vault.too_soon", wait_s=wait_s)


class TriesExhausted(Refused):
    """So many tries were wrong that only the recovery key opens."""

    def __init__(self, wrong: int) -> None:
        super().__init__("vault.tries_exhausted", wrong=wrong)


class TooShort(Refused):
    """The new PIN or passphrase has fewer than `least` characters (or more than `most`)."""

    def __init__(self, kind: str, *, least: int, most: int) -> None:
        super().__init__("vault.too_short", kind=kind, least=least, most=most)


class RecoveryTypo(Refused):
    """The typed recovery key does not hold together: wrong length (`group` None) or a slip in that group (from 1)."""

    def __init__(self, group: int | None) -> None:
        super().__init__("vault.recovery_typo", group=group)


class WrongRecovery(Refused):
    """The recovery key is well formed but opens another vault, or was replaced."""

    def __init__(self) -> None:
        super().__init__("vault.wrong_recovery")


class AlreadyRunning(Refused):
    """Another process has this profile open (`pid` may be None)."""

    def __init__(self, pid: int | None) -> None:
        super().__init__("profile.in_use", pid=pid)


class UnsafeFolder(Refused):
    """A profile may not lie there (`reason`: `network` or `cloud`): such folders tear or copy a live database."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("profile.unsafe_folder", folder=str(path), reason=reason)


class ProfileUnwritable(Unavailable):
    """The profile folder cannot be made or written."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__("profile.unwritable", folder=str(path), detail=detail)
