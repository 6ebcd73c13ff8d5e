"""What can go wrong with evidence files; sentences for people are made from `code` and `params` elsewhere."""

from typing import ClassVar


class MediaError(Exception):
    """Carry a stable dotted code and its parameters, like every error of the program."""

    code: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init__(self, **params: str) -> None:
        super().__init__(self.code, params)
        self.params: dict[str, str] = params

    def __str__(self) -> str:
        """Return the code with its parameters, for logs."""
        return f"{self.code} {self.params}" if self.params else self.code


class FileDamaged(MediaError):
    """Say that a stored file is not what was written, or not under this key."""

    code = "media.file_damaged"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class FileMissing(MediaError):
    """Say that the vault has no file of this name."""

    code = "media.file_missing"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class OriginalKept(MediaError):
    """Refuse to remove an original: evidence is voided, never deleted."""

    code = "media.original_kept"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class StorageFull(MediaError):
    """Say that the disk has no room; nothing half-written stays."""

    code = "media.storage_full"
    retryable = True

    def __init__(self) -> None:
        super().__init__()


class StorageFailed(MediaError):
    """Say that the disk refused a read or a write for another reason than room."""

    code = "media.storage_failed"
    retryable = True

    def __init__(self, cause: str) -> None:
        super().__init__(cause=cause)


class SourceUnreadable(MediaError):
    """Say that the file handed in could not be read to its end."""

    code = "media.source_unreadable"
    retryable = True

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(name=name, cause=cause)


class SourceTooLarge(MediaError):
    """Refuse a file beyond the size that intake accepts."""

    code = "media.source_too_large"

    def __init__(self, name: str, limit_bytes: int) -> None:
        super().__init__(name=name, limit_bytes=str(limit_bytes))


class PageUnreadable(MediaError):
    """Say that a PDF, or one page of it, cannot be shown."""

    code = "media.page_unreadable"

    def __init__(self, page: int) -> None:
        super().__init__(page=str(page))


class LookFailed(MediaError):
    """Say that the fenced process gave no picture, and why (`reason`)."""

    code = "media.look_failed"
    retryable = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason
