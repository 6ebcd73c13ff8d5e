"""Many papers into one folder: what is to be written, and writing it one by one, so that other work goes on between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.core.ids import DocumentId, InspectionId, TaskId
from app.core.progress import CancelToken, Progress
from app.gui.runner import Job, Runner, Work
from app.gui.screens.papers import ops
from app.gui.screens.papers.lines import Stage, Wall
from app.gui.screens.papers.ops import Desk

CASE_SUFFIX = ".yfcase.zip"
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Piece:
    """One file to be written: a signed document, or the case of a visit."""

    to: Path
    document: DocumentId | None = None
    case: InspectionId | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a batch. `failed` are files that could not be written, with the error."""

    files: int
    failed: tuple[tuple[str, BaseException], ...]


def pieces(
    desk: Desk, tasks: Sequence[TaskId], folder: Path, *, cases: bool, token: CancelToken
) -> tuple[Piece, ...]:
    """Return the files for these tasks: signed documents in legal order in a folder each, or one case each.

    Raises:
        Cancelled: Between two tasks.
    """
    found: list[Piece] = []
    for task in tasks:
        token.check()
        wall = ops.wall(desk, task)
        if cases:
            if wall.inspection is not None and any(one.is_signed for one in wall.lines):
                found.append(Piece(folder / (_name(wall) + CASE_SUFFIX), case=wall.inspection))
            continue
        found += _documents(wall, folder / _name(wall))
    return tuple(found)


class BatchExport(QObject):
    """Writes pieces in line with other writes. `progressed` carries a `Progress`, `finished` a `Written`."""

    progressed = Signal(object)
    finished = Signal(object)

    def __init__(self, desk: Desk, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._runner = desk, runner
        self._left: list[Piece] = []
        self._total, self._done = 0, 0
        self._failed: list[tuple[str, BaseException]] = []
        self._token: CancelToken | None = None
        self._job: Job[Any] | None = None

    @property
    def is_running(self) -> bool:
        """Whether files are being written."""
        return self._token is not None

    def start(self, found: Sequence[Piece]) -> None:
        """Write these files."""
        self._left, self._total, self._done = list(found), len(found), 0
        self._failed, self._token = [], CancelToken()
        self._next()

    def cancel(self) -> None:
        """Stop after the file under way; what is written stays."""
        if self._token is not None:
            self._token.cancel()
        if self._job is not None and self._left_piece_is_case():
            self._job.cancel()
            self._finish()

    def _left_piece_is_case(self) -> bool:
        return bool(self._left) and self._left[0].case is not None

    def _next(self) -> None:
        self.progressed.emit(Progress("export", self._done + len(self._failed), self._total))
        if not self._left or self._token is None or self._token.is_cancelled:
            self._finish()
            return
        self._job = self._runner.run_long(
            _writing(self._desk, self._left[0]), self._wrote, self._broke, owner=self, writes=True
        )

    def _wrote(self, _outcome: object) -> None:
        self._left.pop(0)
        self._done += 1
        self._next()

    def _broke(self, error: BaseException) -> None:
        self._failed.append((self._left.pop(0).to.name, error))
        self._next()

    def _finish(self) -> None:
        if self._token is not None:
            self._token = self._job = None
            self.finished.emit(Written(self._done, tuple(self._failed)))


def safe_name(text: str) -> str:
    """Return a file name that every system takes."""
    plain = "".join("_" if one in '<>:"/\\|?*\n\r\t' else one for one in text)
    return plain.strip(". ")[:_LONGEST] or "_"


def _writing(desk: Desk, piece: Piece) -> Callable[[Work], Any]:
    def write(work: Work) -> Any:
        piece.to.parent.mkdir(parents=True, exist_ok=True)
        if piece.case is not None:
            return desk.cases.export(piece.case, piece.to, cancel=work.token)
        assert piece.document is not None
        return ops.export(desk, piece.document, piece.to)

    return write


def _name(wall: Wall) -> str:
    return safe_name(f"{wall.institution}_{wall.task.number}")


def _documents(wall: Wall, folder: Path) -> list[Piece]:
    signed = [one for one in wall.lines if one.document is not None and one.is_signed and one.stage is not Stage.VOID]
    # A record stands for several kinds on the wall and is one file.
    kept = {one.document: one for one in reversed(signed)}
    return [
        Piece(folder / (safe_name(f"{at:02d}_{one.title}_{one.number}") + ".pdf"), document=one.document)
        for at, one in enumerate((one for one in signed if kept[one.document] is one), 1)
    ]
