"""The folder of the authority: every fact a file of its own, written whole or not at all and never changed.

`root.p12` root key under its passphrase · `root.cer` · `tsa.key`, `tsa.cer` · `issued/<serial>.cer` ·
`revoked/<serial>.json` · `root.crl` the newest list · `clock` latest time stamped · `others/` roots (`.cer`) and lists
(`.crl`) of other authorities · `prolonged/` signed files with their proofs.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sync.server.ca.errors import CaDamaged, CaMissing

FOLDER: Final = "ca"
PROLONGED: Final = "prolonged"
_PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Place:
    """The folder; nothing is touched before something is asked for."""

    folder: Path

    @property
    def is_there(self) -> bool:
        """Tell whether an authority was begun here."""
        return (self.folder / "root.cer").is_file()

    def require(self) -> None:
        """Refuse a folder without an authority.

        Raises:
            CaMissing: If there is none.
        """
        if not self.is_there:
            raise CaMissing()

    def read(self, *name: str) -> bytes:
        """Return a file.

        Raises:
            CaDamaged: If it is not there or cannot be read.
        """
        try:
            return self.folder.joinpath(*name).read_bytes()
        except OSError as problem:
            raise CaDamaged(file="/".join(name)) from problem

    def has(self, *name: str) -> bool:
        """Tell whether a file is there."""
        return self.folder.joinpath(*name).is_file()

    def names(self, folder: str, ending: str) -> list[str]:
        """Return the names in a sub-folder, sorted."""
        try:
            return sorted(one.name for one in (self.folder / folder).iterdir() if one.name.endswith(ending))
        except FileNotFoundError:
            return []

    def write(self, raw: bytes, *name: str) -> None:
        """Write a file whole or not at all, readable by the server alone."""
        place = self.folder.joinpath(*name)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = place.with_name(f"{place.name}.{os.getpid()}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), _PRIVATE)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, place)
