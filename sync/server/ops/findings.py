"""What an examination can find; the sentences are in `sync.server.sentences`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be.

    Attributes:
        code: Begins with ``doctor.``.
        params: Where: feed, number, replica, file.
    """

    code: str
    params: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Examination:
    """What was looked at, and what was found; `is_whole` where nothing was. A warning is about the set-up, not the data."""

    feeds: int
    lines: int
    rows: int
    receipts: int
    files: int
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether nothing was found."""
        return not self.findings
