"""Fetched copies of files that another laptop took in; originals taken in here are no copies and never come here."""

from app.media.vault_files import FileVault


def remove_copy(vault: FileVault, name: str) -> None:
    """Remove a copy; its original is at the laptop that took it in and at the server. One that is gone already is fine.

    Raises:
        OSError: If the system does not let it go now (Windows, while it is open).
    """
    if vault.has(name):
        found = next(vault.root.glob(f"{name[:2]}/{name}.*"), None)
        if found is not None:
            found.unlink(missing_ok=True)
