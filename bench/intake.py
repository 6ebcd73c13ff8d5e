"""Photos taken in by the service, against the sum of the parts done alone, one after another."""

import hashlib
import io
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from app.core.clock import now
from app.media.decoder import Decoder
from app.media.intake import Intake
from app.media.look import RENDITION_PX, THUMBNAIL_PX
from app.media.vault_files import FileVault
from bench.method import NO_GOAL, Goal, Section, compared, in_turn, length, timed
from bench.office import office_at, ready_to_sign
from bench.pictures import photos

COUNT, ROUNDS = 12, 5
_GOAL = Goal("at_most", 1.3, "≤ 1.3×")
_QUALITY = 82
_ROW = "INSERT INTO evidence(name, sha256, sm3, size_bytes, width, height) VALUES (?,?,?,?,?,?)"


def measure(folder: Path) -> Section:
    """Take a folder of photos of 12 megapixels in, in turn with its parts: copy, two hashes, pictures, row."""
    sources = _sources(folder / "photos")
    parts = _Parts(folder / "alone", sources)
    spent_on: dict[str, list[float]] = {}
    with office_at(folder / "office") as (services, made), Decoder() as decoder:
        quick = Intake(FileVault(folder / "quick", bytes(range(32))), decoder)

        def ours() -> float:
            # An inspection of its own each time: bytes it has already would only be linked.
            inspection = ready_to_sign(services, made.inspectors)
            start = time.perf_counter()
            taken = services.evidence.take(inspection, sources).value
            seconds = time.perf_counter() - start
            assert [one.status for one in taken] == ["ok"] * COUNT
            return seconds

        def sum_of(names: tuple[str, ...]) -> Callable[[], float]:
            def run() -> float:
                total = 0.0
                for name in names:
                    seconds = timed(parts.works[name])()
                    spent_on.setdefault(name, []).append(seconds)
                    total += seconds
                return total

            return run

        def together() -> None:
            assert sum(1 for _ in quick.take_many(sources, now())) == COUNT

        whole = ("copy", "SHA-256", "SM3", "thumbnail and print rendition", "row")
        spent = in_turn(
            {"ours": ours, "parts": sum_of(whole), "thumbnail": sum_of(("thumbnail alone",)), "quick": timed(together)},
            ROUNDS,
        )  # fmt: skip
    each = {name: [seconds / COUNT for seconds in samples] for name, samples in spent.items()}
    strict = [
        all_parts - both + small
        for all_parts, both, small in zip(
            each["parts"], _last(spent_on["thumbnail and print rendition"]), each["thumbnail"], strict=True
        )
    ]
    what = "photo taken in (3 MB, 12 MP)"
    rows = (
        compared(
            what,
            each["ours"],
            ("copy + SHA-256 + SM3 + thumbnail and print rendition + row", each["parts"]),
            _GOAL,
        ),
        compared(
            f"{what}, rendition not counted",
            each["ours"],
            ("the same with the thumbnail alone", strict),
            NO_GOAL,
        ),
        compared("take_many without rows", each["quick"], ("the same sum of parts", each["parts"]), NO_GOAL),
    )
    return Section("Photos taken in", rows, (_said(spent_on),))


def _said(spent_on: Mapping[str, list[float]]) -> str:
    alone = ", ".join(f"{name} {length(sorted(_last(s))[ROUNDS // 2])}" for name, s in spent_on.items())
    return f"Each photo, each part alone: {alone}."


def _last(samples: list[float]) -> list[float]:
    return [seconds / COUNT for seconds in samples[-ROUNDS:]]


def _sources(folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    files = []
    for number, content in enumerate(photos(COUNT)):
        files.append(folder / f"IMG_{number:04d}.jpg")
        files[-1].write_bytes(content)
    return files


class _Parts:
    """What must be done to a photo, each by the plainest quick means, for all photos at once."""

    def __init__(self, folder: Path, sources: list[Path]) -> None:
        folder.mkdir()
        self._folder, self._sources = folder, sources
        self._contents = [source.read_bytes() for source in sources]
        self._raw = sqlite3.connect(folder / "rows.db", isolation_level=None)
        self._raw.execute("PRAGMA journal_mode=WAL")
        self._raw.execute("PRAGMA synchronous=FULL")
        self._raw.execute(
            "CREATE TABLE evidence(id INTEGER PRIMARY KEY, name TEXT, sha256 TEXT, sm3 TEXT, size_bytes INTEGER,"
            " width INTEGER, height INTEGER)"
        )
        self.works: dict[str, Callable[[], None]] = {
            "copy": self._copy,
            "SHA-256": lambda: self._hash("sha256"),
            "SM3": lambda: self._hash("sm3"),
            "thumbnail and print rendition": lambda: self._shrink((RENDITION_PX, THUMBNAIL_PX)),
            "thumbnail alone": lambda: self._shrink((THUMBNAIL_PX,)),
            "row": self._row,
        }

    def _copy(self) -> None:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            for number, source in enumerate(self._sources):
                with source.open("rb") as opened, (Path(folder) / f"{number}").open("wb") as out:
                    while piece := opened.read(1 << 20):
                        out.write(piece)
                    out.flush()
                    os.fsync(out.fileno())

    def _hash(self, name: str) -> None:
        for content in self._contents:
            hashlib.new(name, content).hexdigest()

    def _shrink(self, sizes_px: tuple[int, ...]) -> None:
        for content in self._contents:
            picture: Image.Image = Image.open(io.BytesIO(content))
            picture.draft("RGB", (sizes_px[0], sizes_px[0] * 3 // 4))
            for size_px in sizes_px:
                # As the program does it: quick for the large picture, finer for the small one.
                way = Image.Resampling.BICUBIC if size_px == THUMBNAIL_PX else Image.Resampling.BILINEAR
                picture.thumbnail((size_px, size_px), way, reducing_gap=2.0)
                picture.save(io.BytesIO(), "JPEG", quality=_QUALITY)

    def _row(self) -> None:
        for source in self._sources:
            self._raw.execute("BEGIN IMMEDIATE")
            self._raw.execute(_ROW, (source.name, "0" * 64, "0" * 64, 3_000_000, 4000, 3000))
            self._raw.execute("COMMIT")
