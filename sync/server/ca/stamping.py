"""The time-stamp service (RFC 3161): it signs that a digest was there at its time. Internal; see docs/guide/signing.md."""

import datetime as dt
import threading
from typing import Any, Final

from sync.server.ca.authority import tsa_key
from sync.server.ca.errors import CaDamaged
from sync.server.ca.place import Place
from sync.server.world import World

MOST_REQUEST: Final = 16 << 10
POLICY: Final = "2.25.278346410956923884571027712230971862042"
_DIGESTS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_TOLERANCE_MS: Final = 5_000
_MARK_EVERY_MS: Final = 60_000


class Stamping:
    """Answer requests; safe for several threads. Every refusal is an answer too, as RFC 3161 2.4.2 says."""

    def __init__(self, place: Place, world: World) -> None:
        self._place, self._world = place, world
        self._lock = threading.Lock()
        self._marked = -1
        self._ticks = world.ticks_s()
        self._at = world.now_ms()
        self._own: tuple[bytes, Any, Any] | None = None

    def answer(self, request: bytes) -> bytes:
        """Return the DER answer to a DER request.

        Raises:
            CaMissing, CaDamaged: If there is no service here.
        """
        self._place.require()
        from sync.server.ca import tokens  # few requests ask for a stamp, and what reads them is large

        asked = tokens.asked(request)
        if asked is None:
            return tokens.refusal("bad_data_format")
        if len(asked.digest) != _DIGESTS.get(asked.algorithm, -1):
            return tokens.refusal("bad_alg")
        if asked.policy not in (None, POLICY):
            return tokens.refusal("unaccepted_policy")
        if asked.is_extended:
            return tokens.refusal("unaccepted_extensions")
        certificate, key = self._identity()
        now = self._time()
        if now is None or not certificate.not_valid_before <= now <= certificate.not_valid_after:
            return tokens.refusal("time_not_available")
        return tokens.granted(asked, certificate, key, POLICY, now, self._serial())

    def _identity(self) -> tuple[Any, Any]:
        from asn1crypto import x509

        raw = self._place.read("tsa.cer")
        if self._own is None or self._own[0] != raw:
            try:
                self._own = (raw, x509.Certificate.load(raw, strict=True), tsa_key(self._place))
            except (ValueError, TypeError) as problem:
                raise CaDamaged(file="tsa.cer") from problem
        return self._own[1], self._own[2]

    def _serial(self) -> int:
        # Not a counter: a restored backup would count again what was given out already. 152 bits of chance do not meet.
        return int.from_bytes(b"\1" + self._world.random_bytes(19))

    def _time(self) -> dt.datetime | None:
        """Return the time to stamp, or None while the clock cannot be believed: it went back, or away from its own ticking."""
        with self._lock:
            now, ticks = self._world.now_ms(), self._world.ticks_s()
            drift = (now - self._at) - round((ticks - self._ticks) * 1000)
            if self._marked < 0:
                raw = self._place.read("clock") if self._place.has("clock") else b"0"
                self._marked = int(raw) if raw.isdigit() else 0
            if now < self._marked - _TOLERANCE_MS:
                return None
            if abs(drift) > _TOLERANCE_MS:
                # Set by somebody or by NTP: taken over, once; a clock that was set back below the mark was refused above.
                self._at, self._ticks = now, ticks
                return None
            self._at, self._ticks = now, ticks
            if now >= self._marked + _MARK_EVERY_MS or self._marked == 0:
                self._place.write(b"%d" % now, "clock")
            self._marked = max(self._marked, now)
            return dt.datetime.fromtimestamp(now / 1000, dt.UTC)
