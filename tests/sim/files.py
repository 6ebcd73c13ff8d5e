"""A laptop's folder of files, in memory: what sync asks of the encrypted one."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from app.media.errors import FileMissing, SourceUnreadable
from app.media.vault_format import FileKind


@dataclass
class Files:
    """Files by the digest of their bytes, which is their name here as well."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, source: Any, *, kind: FileKind = FileKind.ORIGINAL) -> Any:
        """Keep a file that comes whole."""
        if not isinstance(source, bytes):
            pieces = []
            try:
                while piece := source.read(1 << 20):
                    pieces.append(piece)
            except OSError as error:
                raise SourceUnreadable("", str(error)) from error
            source = b"".join(pieces)
        name = hashlib.sha256(source).hexdigest()
        self.kept[name] = source
        return SimpleNamespace(name=name)

    def open(self, name: str) -> io.BytesIO:
        """Open a file."""
        if name not in self.kept:
            raise FileMissing(name)
        return io.BytesIO(self.kept[name])

    def chunks(self, name: str) -> Iterator[bytes]:
        """Give a file's bytes."""
        yield self.open(name).read()

    def has(self, name: str) -> bool:
        """Return whether it is here."""
        return name in self.kept

    def discard(self, name: str) -> None:
        """Remove one that can be had again."""
        self.kept.pop(name, None)
