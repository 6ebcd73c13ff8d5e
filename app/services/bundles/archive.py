"""A case as one ZIP file that every system opens: stored without compression, the same bytes for the same content.

What makes it provable: a list of all files with their SHA-256 (`核验/清单.json`), and a seal in the comment of the archive
over that list and over every byte that is not inside a file. So each byte is hashed once when it is checked.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from forms.manifest import Covered, Sealer, canonical, seal_text
from resources.verify.yanfang_verify import LIST

FORMAT = "yanfang.case/1"
_WHEN = (2000, 1, 1, 0, 0, 0)


class CaseWriter:
    """Write one case to a file; it is one once `finish` has come back."""

    def __init__(self, to: Path) -> None:
        self._to = to
        self._zip = zipfile.ZipFile(to, "w", zipfile.ZIP_STORED, strict_timestamps=True)
        self._files: list[Mapping[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._zip.close()

    def add(self, path: str, pieces: Iterable[bytes], size: int, role: str, **more: object) -> str:
        """Add a file piece by piece; return its SHA-256."""
        digest = hashlib.sha256()
        info = _info(path, size)
        with self._zip.open(info, "w") as out:
            for piece in pieces:
                digest.update(piece)
                out.write(piece)
        self._files.append({"path": path, "size": info.file_size, "sha256": digest.hexdigest(), "role": role, **more})
        return digest.hexdigest()

    def finish(self, about: Mapping[str, object], sealer: Sealer) -> None:
        """Add the list of files, close and seal the archive."""
        listed = canonical({"format": FORMAT, "files": self._files, **about})
        self._zip.writestr(_info(LIST, len(listed)), listed)
        empty = seal_text(Covered(0, "0" * 64, "0" * 64), "0" * 64, "0" * 128)
        self._zip.comment = empty
        self._zip.close()
        end = self._to.stat().st_size - len(empty)
        covered = Covered(end, _frame(self._to, end), hashlib.sha256(listed).hexdigest())
        with self._to.open("r+b") as file:
            file.seek(end)
            file.write(seal_text(covered, *sealer(covered)))


def _info(path: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _WHEN)
    info.create_system, info.external_attr, info.file_size = 3, 0o644 << 16, size
    return info


def _frame(path: Path, end: int) -> str:
    """Return the SHA-256 of everything up to `end` that is not the content of a file."""
    digest, at = hashlib.sha256(), 0
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        for one in sorted(archive.infolist(), key=lambda one: one.header_offset):
            file.seek(one.header_offset + 26)
            lengths = file.read(4)
            start = one.header_offset + 30 + sum(int.from_bytes(lengths[i : i + 2], "little") for i in (0, 2))
            file.seek(at)
            digest.update(file.read(start - at))
            at = start + one.file_size
        file.seek(at)
        digest.update(file.read(end - at))
    return digest.hexdigest()


def listed(path: Path) -> dict[str, Any]:
    """Return what a case says of itself."""
    with zipfile.ZipFile(path) as archive:
        found: dict[str, Any] = json.loads(archive.read(LIST))
    return found
