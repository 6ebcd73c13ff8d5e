"""Open the window; the services are built behind its first picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def open_window(home: Path | None, secret: str | None = None) -> int:
    """Open the window over a profile and return the exit code; with `secret` it unlocks by itself (rehearsal only)."""
    from app.gui.run import run

    return run(_factory(home, secret), [], prefs_file=None if home is None else home / "window.ini")


def _factory(home: Path | None, secret: str | None) -> Callable[[], Any]:
    def build() -> Any:
        from app.bootstrap import open_services

        services = open_services(home)
        if secret is not None:
            services.vault.unlock(secret)
        return services

    return build
