"""Small preferences that are neither secret nor evidence; a spoiled file costs a preference, never a start."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.settings import atomic
from app.settings.errors import ProfileUnwritable

Theme = Literal["system", "light", "dark"]
_THEMES: dict[str, Theme] = {"system": "system", "light": "light", "dark": "dark"}
SCALE_PERCENT = range(80, 301)
IDLE_LOCK_MINUTES = range(1, 121)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the user chose on this machine.

    Attributes:
        scale_percent: Size of the interface, 80 to 300.
        idle_lock_minutes: Minutes without a key or click until the program locks, 1 to 120.
        last_backup_at: Instant of the last good daily backup, UTC.
    """

    theme: Theme = "system"
    scale_percent: int = 100
    idle_lock_minutes: int = 5
    last_backup_at: dt.datetime | None = None


def load_preferences(path: Path) -> Preferences:
    """Read what can be read; every missing or senseless value is its default."""
    tree = _tree(path)
    default = Preferences()
    return Preferences(
        theme=_THEMES.get(str(tree.get("theme")), default.theme),
        scale_percent=_whole(tree.get("scale_percent"), SCALE_PERCENT, default.scale_percent),
        idle_lock_minutes=_whole(tree.get("idle_lock_minutes"), IDLE_LOCK_MINUTES, default.idle_lock_minutes),
        last_backup_at=_instant(tree.get("last_backup_at")),
    )


def save_preferences(path: Path, preferences: Preferences) -> None:
    """Write the preferences; what another version wrote beside them stays.

    Raises:
        ProfileUnwritable: The former ones are still there.
    """
    at = preferences.last_backup_at
    tree = {
        **_tree(path),
        "theme": preferences.theme,
        "scale_percent": preferences.scale_percent,
        "idle_lock_minutes": preferences.idle_lock_minutes,
        "last_backup_at": at and at.isoformat(),
    }
    try:
        atomic.write_whole(path, json.dumps(tree, ensure_ascii=False, indent=1).encode("utf-8"))
    except OSError as error:
        raise ProfileUnwritable(path.parent, error.strerror or type(error).__name__) from error


def _tree(path: Path) -> dict[str, Any]:
    try:
        tree = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _whole(value: object, allowed: range, default: int) -> int:
    return value if type(value) is int and value in allowed else default


def _instant(value: object) -> dt.datetime | None:
    try:
        instant = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return instant if instant is not None and instant.tzinfo is not None else None
