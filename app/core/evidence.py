"""Evidence (证据): photos, documents and files as they came, linked to what they prove."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.core.ids import EvidenceId, InspectionId


class TargetKind(StrEnum):
    """What a piece of evidence may be linked to. An item's target id is `<template>/<item code>`."""

    ITEM = "item"
    FINDING = "finding"
    INTERVIEW = "interview"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a piece of evidence."""

    target_kind: TargetKind
    target: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence.

    Attributes:
        number: Place in the inspection's evidence list, from 1; voided pieces keep theirs.
        status: `ok`, `unreadable` (kept, cannot be shown) or `attachment`.
        kind: `photo`, `pdf`, `audio`, `video` or `file`.
        sha256: Hex of the bytes as they came; `sm3` likewise.
        flags: What is odd: `no_taken_at`, `taken_in_future`, `taken_at_invalid`, `no_position`, …
        voided_reason: None while valid; voiding keeps the bytes.
        is_stored: The original lies on this laptop.
        is_on_server: The server has receipted the original.
    """

    id: EvidenceId
    inspection: InspectionId
    number: int
    kind: str
    status: str
    file_name: str
    mime: str
    size_bytes: int
    sha256: str
    sm3: str
    added_at: dt.datetime
    added_by: str
    caption: str = ""
    place: str = ""
    width: int | None = None
    height: int | None = None
    taken_at: dt.datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    flags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    voided_reason: str | None = None
    is_stored: bool = True
    is_on_server: bool = False


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What became of one file that was brought in. `evidence` is None where it was refused (then `reason` says why)."""

    file_name: str
    status: str
    evidence: EvidenceId | None
    reason: str | None = None
