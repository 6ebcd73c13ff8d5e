"""Take evidence in: keep the bytes as they came, then look at them, and say what was seen."""

import datetime as dt
import io
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.media.decoder import Decoder
from app.media.errors import LookFailed, MediaError, SourceUnreadable, StorageFailed, StorageFull
from app.media.exif import Position, read_position, read_time
from app.media.look import (
    DAMAGED,
    IMAGE_BYTES_AT_MOST,
    PDF_BYTES_AT_MOST,
    TOO_LARGE,
    TOO_MANY_PAGES,
    TOO_MANY_PIXELS,
    Look,
)
from app.media.sniff import HEAD_BYTES, Kind, Sniffed, sniff
from app.media.sources import Claim, Passing, claim_of
from app.media.vault_files import FileVault, Stored
from app.media.vault_format import FileKind

SOURCE_BYTES_AT_MOST: Final = 8 << 30
EMPTY: Final = "empty"
NOT_AS_NAMED: Final = "not_as_named"
NAME_MISMATCH: Final = "name_mismatch"
EXIF_BROKEN: Final = "exif_broken"
NOT_SHRUNK: Final = "renditions_not_saved"
_REFUSED: Final = frozenset({TOO_MANY_PIXELS, TOO_MANY_PAGES, TOO_LARGE})
_AHEAD: Final = 1


class Status(StrEnum):
    """How a file was taken in; in all four its bytes are kept."""

    OK = "ok"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Taken:
    """One file taken in.

    Attributes:
        reason: Why there is no picture (`damaged`, `too_many_pixels`, …); empty for ok and attachment.
        original_name: Name it came with, cleaned for showing; empty for a camera's bytes.
        sha256: Of the bytes as they came, hexadecimal; so `sm3`.
        mime: By content, not by name.
        width: Pixels as stored, before orientation; points for a PDF; None when unknown.
        orientation: Exif 1 to 8, None when nothing is said.
        pages: Of a PDF.
        taken_at: By the camera's clock, UTC; what is doubtful about it is in `flags`.
        camera: Make and model as the file says.
        flags: Codes of what deserves a look: `date_future`, `gps_zero`, `zone_assumed`, `name_mismatch`, …
        original: Name in the vault; so `thumbnail` (256 px) and `rendition` (1600 px, upright, JPEG).
        small: What lies in the vault as `thumbnail`.
    """

    status: Status
    reason: str
    kind: Kind
    original_name: str
    sha256: str
    sm3: str
    size_bytes: int
    mime: str
    width: int | None
    height: int | None
    orientation: int | None
    pages: int | None
    taken_at: dt.datetime | None
    gps: Position | None
    camera: str
    flags: tuple[str, ...]
    original: str
    thumbnail: str | None
    rendition: str | None
    small: Stored | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    stored: Stored
    claim: Claim
    sniffed: Sniffed


class Intake:
    """Take files into a vault, looking at them through a decoder; safe for several threads."""

    def __init__(
        self, vault: FileVault, decoder: Decoder, *, source_bytes_at_most: int = SOURCE_BYTES_AT_MOST
    ) -> None:
        self._vault = vault
        self._decoder = decoder
        self._source_bytes_at_most = source_bytes_at_most

    def take(self, source: Path | bytes, now: dt.datetime, *, name: str = "") -> Taken:
        """Keep one file and look at it; the source is read once.

        Raises:
            SourceUnreadable: If the source could not be read to its end; nothing is kept.
            SourceTooLarge: If it is beyond the size accepted; nothing is kept.
            StorageFull: If there is no room for the original; nothing is kept.
            StorageFailed: If the disk refused otherwise; nothing is kept.
        """
        return self._finish(self._keep(source, name), now)

    def take_many(self, paths: Iterable[Path], now: dt.datetime) -> Iterator[tuple[Path, Taken | MediaError]]:
        """Take files in order, keeping the next while the last ones are looked at; a failed one does not stop the rest.

        A consumer that stops early loses nothing: what was kept beyond lies in the vault as an orphan.
        """
        under_way: deque[tuple[Path, Future[Taken] | MediaError]] = deque()
        with ThreadPoolExecutor(self._decoder.workers, "intake-look") as looking:
            for path in paths:
                try:
                    under_way.append((path, looking.submit(self._finish, self._keep(path, ""), now)))
                except MediaError as error:
                    under_way.append((path, error))
                if len(under_way) > self._decoder.workers + _AHEAD:
                    yield _settled(*under_way.popleft())
            while under_way:
                yield _settled(*under_way.popleft())

    def look_again(self, original: str, now: dt.datetime, *, name: str = "") -> Taken:
        """Look anew at a kept file: after a failed look, or to make lost renditions again.

        Raises:
            FileMissing: If the vault does not hold it.
            FileDamaged: If it is no longer what was kept.
        """
        stored = self._vault.verify(original)
        head = next(self._vault.chunks(original, HEAD_BYTES), b"")
        return self._finish(_Kept(stored, claim_of(name), sniff(head)), now)

    def codes(self, taken: Taken) -> tuple[str, ...]:
        """Return the texts of the QR codes in a file that was taken in; none where it cannot be looked at.

        Raises:
            FileMissing: If the vault no longer holds it.
        """
        try:
            return self._decoder.codes(taken.mime, taken.size_bytes, lambda: self._vault.chunks(taken.original))
        except LookFailed:
            return ()

    def _keep(self, source: Path | bytes, name: str) -> _Kept:
        claim = claim_of(name or (source.name if isinstance(source, Path) else ""))
        if isinstance(source, bytes):
            return self._keep_stream(io.BytesIO(source), claim)
        try:
            if not source.is_file():
                # A pipe or a device could keep us waiting for ever.
                raise FileNotFoundError
            opened = source.open("rb", buffering=0)
        except OSError as error:
            raise SourceUnreadable(claim.name, type(error).__name__) from error
        with opened:
            return self._keep_stream(opened, claim)

    def _keep_stream(self, source: io.RawIOBase | io.BytesIO, claim: Claim) -> _Kept:
        passing = Passing(source, claim.name, self._source_bytes_at_most)
        stored = self._vault.put(passing)
        return _Kept(stored, claim, sniff(passing.head))

    def _finish(self, kept: _Kept, now: dt.datetime) -> Taken:
        look = self._look(kept)
        small, rendition, lost = self._keep_renditions(look)
        time = read_time(look.time_text, look.offset_text, now)
        position, gps_flags = read_position(dict(look.gps))
        is_photo = kept.sniffed.kind is Kind.PHOTO
        flags = (
            *(time.flags if is_photo else ()),
            *gps_flags,
            *((EXIF_BROKEN,) if look.is_exif_broken else ()),
            *((NAME_MISMATCH,) if kept.claim.kind not in (None, kept.sniffed.kind) else ()),
            *lost,
        )
        return Taken(
            status=_status(kept.sniffed, look),
            reason=look.reason,
            kind=kept.sniffed.kind,
            original_name=kept.claim.name,
            sha256=kept.stored.sha256,
            sm3=kept.stored.sm3,
            size_bytes=kept.stored.size_bytes,
            mime=kept.sniffed.mime,
            width=look.width or None,
            height=look.height or None,
            orientation=look.orientation or None,
            pages=look.pages or None,
            taken_at=time.taken_at,
            gps=position,
            camera=look.camera,
            flags=flags,
            original=kept.stored.name,
            thumbnail=small.name if small else None,
            rendition=rendition.name if rendition else None,
            small=small,
        )

    def _look(self, kept: _Kept) -> Look:
        stored, sniffed = kept.stored, kept.sniffed
        if not stored.size_bytes:
            return Look(reason=EMPTY)
        if not sniffed.is_decodable:
            # A photo whose very first bytes are destroyed is an unreadable photo, not an attachment.
            is_wreck = kept.claim.kind is not None and sniffed.mime == "application/octet-stream"
            return Look(reason=NOT_AS_NAMED if is_wreck else "")
        limit_bytes = PDF_BYTES_AT_MOST if sniffed.kind is Kind.PDF else IMAGE_BYTES_AT_MOST
        if stored.size_bytes > limit_bytes:
            return Look(reason=TOO_LARGE)
        try:
            look = self._decoder.look(
                sniffed.mime, stored.size_bytes, lambda: self._vault.chunks(stored.name)
            )
        except LookFailed as error:
            return Look(reason=error.reason)
        return look if look.reason or look.rendition else Look(reason=DAMAGED)

    def _keep_renditions(self, look: Look) -> tuple[Stored | None, Stored | None, tuple[str, ...]]:
        if not look.rendition:
            return None, None, ()
        kept: list[Stored | None] = []
        for picture in (look.thumbnail, look.rendition):
            try:
                kept.append(self._vault.put(picture, kind=FileKind.DERIVED))
            except (StorageFull, StorageFailed):
                # The original is safe, and these can be made again: not a reason to fail.
                kept.append(None)
        return kept[0], kept[1], (NOT_SHRUNK,) if None in kept else ()


def _status(sniffed: Sniffed, look: Look) -> Status:
    if look.reason in _REFUSED:
        return Status.REFUSED
    if look.reason:
        return Status.UNREADABLE
    return Status.OK if sniffed.is_decodable else Status.ATTACHMENT


def _settled(path: Path, result: Future[Taken] | MediaError) -> tuple[Path, Taken | MediaError]:
    if isinstance(result, MediaError):
        return path, result
    try:
        return path, result.result()
    except MediaError as error:
        return path, error
