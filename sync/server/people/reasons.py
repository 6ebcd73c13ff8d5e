"""Why a pushed line must be put aside: the step of authorisation in taking lines in."""

from typing import Final

from sync.protocol import hlc, policy
from sync.protocol.lines import Line
from sync.protocol.policy import Access, may

FORBIDDEN: Final = "forbidden"
REVOKED: Final = "revoked"
AFTER_REVOCATION: Final = "after_revocation"


def reason_aside(access: Access, revoked_ms: int | None, line: Line) -> str | None:
    """Return why a line may not enter its scope's feed, or None if it may."""
    if revoked_ms is not None:
        return AFTER_REVOCATION if hlc.wall_ms(line.hlc) > revoked_ms else REVOKED
    return None if may(access, policy.pushing(line.kind), line.scope) else FORBIDDEN
