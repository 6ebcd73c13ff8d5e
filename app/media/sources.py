"""A file on its way in: what its name claims, and its first bytes while they pass."""

import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.media.errors import SourceTooLarge, SourceUnreadable
from app.media.sniff import HEAD_BYTES, Kind

_NAME_CHARACTERS: Final = 120
_CLAIMS: Final = {
    Kind.PHOTO: frozenset({".jpg", ".jpeg", ".jpe", ".png", ".heic", ".heif", ".webp", ".tif", ".tiff"}),
    Kind.PDF: frozenset({".pdf"}),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file name says: data only, never a path and never trusted."""

    name: str
    kind: Kind | None


def claim_of(name: str) -> Claim:
    """Clean a name for showing (NFC, no control or direction characters) and read its extension."""
    normal = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    shown = "".join(c for c in normal if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    suffix = Path(shown).suffix.lower()
    kind = next((kind for kind, suffixes in _CLAIMS.items() if suffix in suffixes), None)
    if len(shown) > _NAME_CHARACTERS:
        shown = shown[: _NAME_CHARACTERS - len(suffix) - 1] + "…" + suffix
    return Claim(shown, kind)


class Passing:
    """Let a source through block by block, keep its head, stop it at a size."""

    def __init__(self, source: io.RawIOBase | io.BytesIO, name: str, limit_bytes: int) -> None:
        self._source = source
        self._name = name
        self._limit_bytes = limit_bytes
        self._passed_bytes = 0
        self.head = b""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes.

        Raises:
            SourceTooLarge: If the limit is passed.
            SourceUnreadable: If the disk, card or share gave an error.
        """
        try:
            block = self._source.read(size) or b""
        except OSError as error:
            raise SourceUnreadable(self._name, type(error).__name__) from error
        if len(self.head) < HEAD_BYTES:
            self.head += block[: HEAD_BYTES - len(self.head)]
        self._passed_bytes += len(block)
        if self._passed_bytes > self._limit_bytes:
            raise SourceTooLarge(self._name, self._limit_bytes)
        return block
