"""What is handed to support about lines that the server did not take: the lines themselves, and why."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FORMAT: Final = "yanfang.refused-lines"


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """An own line that was rejected or put aside.

    Attributes:
        state: ``rejected`` (it has its place in the feed and changed nothing) or ``quarantined`` (it waits).
        reason: A word of the protocol, or the code of an error.
        line: The exact text that was signed.
    """

    op: str
    table: str
    row: str
    kind: str
    state: str
    reason: str
    line: str
    sig: str


def report(lines: Sequence[RefusedLine], device: str, server: str | None) -> bytes:
    """Return a JSON file: enough to repeat the server's verdict, nothing of the person or the machine beyond the lines."""
    said = {
        "format": FORMAT,
        "version": 1,
        "device": device,
        "server": server,
        "lines": [
            {"op": one.op, "state": one.state, "reason": one.reason, "line": one.line, "sig": one.sig} for one in lines
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()
