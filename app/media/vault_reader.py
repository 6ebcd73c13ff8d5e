"""Read an encrypted file as if it lay there plainly: any range, every byte authenticated."""

import io
from typing import BinaryIO

from app.media.errors import FileDamaged, StorageFailed
from app.media.vault_format import (
    HEADER_BYTES,
    SEALED_BYTES,
    SEGMENT_BYTES,
    BadFile,
    FileKind,
    plain_size,
    read_key,
)


class VaultReader(io.RawIOBase):
    """Give the plain bytes of one stored file, with seek; not for several threads at once.

    The last segment is opened first, so a file that was cut off is refused before any byte is given out.
    """

    def __init__(self, stored: BinaryIO, kek: bytes, file_id: str) -> None:
        super().__init__()
        self._stored = stored
        self._file_id = file_id
        self._at = 0
        self._segment_no = -1
        self._segment = b""
        try:
            self._key = read_key(kek, file_id, stored.read(HEADER_BYTES))
            self.size_bytes = plain_size(stored.seek(0, io.SEEK_END))
        except BadFile as error:
            raise FileDamaged(file_id) from error
        self._last_no = max(0, (self.size_bytes - 1) // SEGMENT_BYTES)
        self._load(self._last_no)

    @property
    def kind(self) -> FileKind:
        """Tell an original from something derived from it."""
        return self._key.kind

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return the position in plain bytes."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a plain position and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size_bytes}[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer from the present position and return the number of bytes given.

        Raises:
            FileDamaged: If a byte needed for this was changed since it was written.
            StorageFailed: If the disk refused to read.
        """
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._at < self.size_bytes:
            number, offset = divmod(self._at, SEGMENT_BYTES)
            self._load(number)
            part = self._segment[offset : offset + len(view) - done]
            view[done : done + len(part)] = part
            done += len(part)
            self._at += len(part)
        return done

    def close(self) -> None:
        """Close the stored file and drop the decrypted segment."""
        self._segment = b""
        self._stored.close()
        super().close()

    def _load(self, number: int) -> None:
        if number == self._segment_no:
            return
        try:
            self._stored.seek(HEADER_BYTES + number * SEALED_BYTES)
            sealed = self._stored.read(SEALED_BYTES)
            self._segment = self._key.unseal(number, sealed, last=number == self._last_no)
        except BadFile as error:
            raise FileDamaged(self._file_id) from error
        except OSError as error:
            raise StorageFailed(type(error).__name__) from error
        self._segment_no = number
