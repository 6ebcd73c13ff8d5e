"""Files that leave the program, at a place that a person chose: whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.core.errors import Refused, Unavailable
from app.settings import atomic


@contextmanager
def written_whole(to: Path) -> Iterator[Path]:
    """Give a file beside the place to write to; at the end it is flushed and gets its name.

    Whatever goes wrong, nothing is left, and what was there before stays.

    Raises:
        OSError: If the place refuses.
    """
    part = to.with_name(to.name + ".part")
    try:
        yield part
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        atomic.move(part, to)
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def exported(to: Path) -> Iterator[Path]:
    """Do the same for a document, a piece of evidence or a case.

    Raises:
        Refused: `document.export_failed` where the place refuses.
    """
    try:
        with written_whole(to) as part:
            yield part
    except OSError as error:
        raise Refused("document.export_failed", file=to.name, reason=error.strerror or "") from error


@contextmanager
def exported_log(to: Path) -> Iterator[Path]:
    """Do the same for what sync tells.

    Raises:
        Unavailable: `receipts.not_written` where the place refuses.
    """
    try:
        with written_whole(to) as part:
            yield part
    except OSError as error:
        raise Unavailable("receipts.not_written", path=str(to), reason=error.strerror or type(error).__name__) from error
