"""Programs measured in processes of their own."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def environment(cache: Path) -> dict[str, str]:
    """Return this environment for a child that finds its modules compiled, as on every start but the first.

    Args:
        cache: Folder for the compiled modules; the first child fills it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(cache)}
    return {"QT_QPA_PLATFORM": "offscreen", **kept, **own}
