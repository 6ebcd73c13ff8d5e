"""Copies of the authority's folder, for backups: everything but the key of the time-stamp service, which is not sealed."""

from pathlib import Path
from typing import Final

from sync.server.ca.place import Place

_LEFT: Final = frozenset({"tsa.key"})


def copy_folder(source: Path, target: Path) -> int:
    """Copy the files of an authority; return how many, 0 where there is none.

    The root's key travels under its passphrase. Without `tsa.key` the restored authority issues and revokes, and stamps
    again after `renew-stamp`.

    Raises:
        OSError: If a file cannot be read or written.
    """
    if not Place(source).is_there:
        return 0
    into = Place(target)
    names = [one.relative_to(source) for one in sorted(source.rglob("*")) if one.is_file() and one.suffix != ".part"]
    # With root.cer an authority is there: it comes last.
    wanted = sorted((one for one in names if one.name not in _LEFT), key=lambda one: one.name == "root.cer")
    for name in wanted:
        into.write((source / name).read_bytes(), *name.parts)
    return len(wanted)
