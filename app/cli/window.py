"""Open the window; the services are built behind its first picture."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def open_window(home: Path | None, secret: str | None = None) -> int:
    """Open the window over a profile and return the exit code; with `secret` it unlocks by itself (rehearsal only)."""
    from app.gui.run import run

    prefs_file = None if home is None else home / "window.ini"
    return run(_factory(home, secret), [], prefs_file=prefs_file, load_rest=_load_rest)


def open_self_check(package: Path, home: Path | None = None) -> int:
    """Open the window of an institution that fills in a package, over a store of its own, and return the exit code."""
    from app.gui.institution import first_page, screens
    from app.gui.run import run

    def build() -> Any:
        from app.bootstrap import open_services, self_check_services
        from app.services.selfcheck.filling import home_of

        return self_check_services(open_services(home or home_of(package, os.environ)))

    return run(
        build, [], prefs_file=None if home is None else home / "window.ini", find_screens=lambda: screens(package),
        first_page=lambda services, runner, needs: first_page(package, services, runner, needs),
        load_rest=_load_rest,
    )  # fmt: skip


def _load_rest() -> None:
    from app.bootstrap import load_rest

    load_rest()


def _factory(home: Path | None, secret: str | None) -> Callable[[], Any]:
    def build() -> Any:
        from app.bootstrap import open_services

        services = open_services(home)
        if secret is not None:
            services.vault.unlock(secret)
        return services

    return build
