"""Read what a camera says about time and place, and doubt it aloud."""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

CHINA: Final = dt.timezone(dt.timedelta(hours=8))
DATE_MISSING: Final = "date_missing"
DATE_ZERO: Final = "date_zero"
DATE_INVALID: Final = "date_invalid"
DATE_FUTURE: Final = "date_future"
ZONE_ASSUMED: Final = "zone_assumed"
GPS_ZERO: Final = "gps_zero"
GPS_INVALID: Final = "gps_invalid"
_FUTURE_GRACE: Final = dt.timedelta(minutes=5)
_TIME: Final = re.compile(r"(\d{4})[:/.-](\d{1,2})[:/.-](\d{1,2})[ T](\d{1,2}):(\d{1,2}):(\d{1,2})")
_OFFSET: Final = re.compile(r"([+-])(\d{2}):?(\d{2})")


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees on WGS 84, north and east positive, seven decimals (a centimetre)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class CameraTime:
    """When the camera says it took the picture, in UTC, with what is doubtful about it."""

    taken_at: dt.datetime | None
    flags: tuple[str, ...] = ()


def read_time(text: str, offset: str, now: dt.datetime) -> CameraTime:
    """Read DateTimeOriginal and OffsetTimeOriginal; without an offset, Chinese time is assumed and flagged.

    Source: CIPA DC-008 (Exif 3.0), 4.6.6.4.
    """
    text = text.strip(" \0")
    if not text:
        return CameraTime(None, (DATE_MISSING,))
    if not text.strip("0:-/. T"):
        return CameraTime(None, (DATE_ZERO,))
    match = _TIME.match(text)
    if match is None:
        return CameraTime(None, (DATE_INVALID,))
    if match[1] == "0000":
        return CameraTime(None, (DATE_ZERO,))
    zone = _zone(offset)
    try:
        local = dt.datetime(*(int(part) for part in match.groups()), tzinfo=zone or CHINA)  # type: ignore[misc,arg-type]
        taken_at = local.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return CameraTime(None, (DATE_INVALID,))
    assumed = () if zone else (ZONE_ASSUMED,)
    late = (DATE_FUTURE,) if taken_at > now + _FUTURE_GRACE else ()
    return CameraTime(taken_at, assumed + late)


def read_position(gps: Mapping[int, object]) -> tuple[Position | None, tuple[str, ...]]:
    """Return the position of a GPS directory (tags 1 to 4) and what is doubtful; 0,0 is no position.

    Source: CIPA DC-008 (Exif 3.0), 4.6.7.
    """
    if 2 not in gps and 4 not in gps:
        return None, ()
    latitude = _degrees(gps.get(2), gps.get(1), "S", 90)
    longitude = _degrees(gps.get(4), gps.get(3), "W", 180)
    if latitude is None or longitude is None:
        return None, (GPS_INVALID,)
    if latitude == 0 and longitude == 0:
        return None, (GPS_ZERO,)
    return Position(latitude, longitude), ()


def _zone(offset: str) -> dt.timezone | None:
    match = _OFFSET.fullmatch(offset.strip(" \0"))
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    return dt.timezone(dt.timedelta(minutes=-minutes if match[1] == "-" else minutes))


def _degrees(parts: object, side: object, negative: str, limit: int) -> float | None:
    if not isinstance(parts, Sequence) or isinstance(parts, str | bytes) or not 1 <= len(parts) <= 3:
        return None
    try:
        value = math.fsum(float(part) / (1, 60, 3600)[power] for power, part in enumerate(parts))
    except (TypeError, ValueError, ArithmeticError):
        return None
    if not math.isfinite(value) or not 0 <= value <= limit:
        return None
    text = side.decode("latin-1") if isinstance(side, bytes) else str(side or "")
    return round(-value if text.strip(" \0").upper() == negative else value, 7)
