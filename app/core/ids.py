"""Identifiers: the only place that makes random numbers and UUIDs."""

import hashlib
import secrets
import threading
import time
import uuid
from functools import lru_cache
from typing import NewType

InstitutionId = NewType("InstitutionId", str)
PersonId = NewType("PersonId", str)
TaskId = NewType("TaskId", str)
InspectionId = NewType("InspectionId", str)
AnswerId = NewType("AnswerId", str)
RowId = NewType("RowId", str)
EvidenceId = NewType("EvidenceId", str)
FindingId = NewType("FindingId", str)
InterviewId = NewType("InterviewId", str)
TurnId = NewType("TurnId", str)
DocumentId = NewType("DocumentId", str)
SelfCheckId = NewType("SelfCheckId", str)
SignatureId = NewType("SignatureId", str)
DrawId = NewType("DrawId", str)
PickId = NewType("PickId", str)
PastCheckId = NewType("PastCheckId", str)
PlanId = NewType("PlanId", str)


class Uuid7:
    """Make UUIDv7 texts that rise within one process, also when the clock stands still or goes back.

    Source: RFC 9562, 5.7 with the monotonic counter of 6.2 method 1.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._counter = 0

    def __call__(self) -> str:
        """Return the next id, 36 characters."""
        with self._lock:
            ms = time.time_ns() // 1_000_000
            if ms > self._last_ms:
                self._last_ms, self._counter = ms, secrets.randbits(11)
            else:
                self._counter += 1
                if self._counter > 0xFFF:
                    self._last_ms, self._counter = self._last_ms + 1, 0
            ms, counter = self._last_ms, self._counter
        digits = f"{ms:012x}7{counter:03x}{0b10 << 62 | secrets.randbits(62):016x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(maxsize=4096)
def derived_id(*parts: str) -> str:
    """Return the same id for the same parts on every laptop (UUIDv8), so that two laptops edit one row.

    The answer to one item of one inspection is one row wherever it is given.
    """
    digits = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def unguessable_id() -> str:
    """Return a UUIDv4 text, for replicas and nonces."""
    return str(uuid.uuid4())


def random_bytes(size: int) -> bytes:
    """Return bytes fit for keys."""
    return secrets.token_bytes(size)
