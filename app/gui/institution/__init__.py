"""The window of an institution that checks itself (机构自查): no registers, no server, one package."""

from pathlib import Path
from typing import Any

from app.gui.runner import Runner
from app.gui.screen import Context, Screen, ScreenSpec


def screens(package: Path) -> tuple[ScreenSpec, ...]:
    """Return the screens of the window that fills in a package."""

    def fill(context: Context) -> Screen:
        from app.gui.institution.fill import FillScreen

        return FillScreen(context, package)

    return (
        ScreenSpec("fill", "institution.title", "selfcheck", fill, order=10),
        ScreenSpec("evidence", "institution.proofs", "evidence", _evidence, order=20),
        ScreenSpec("settings", "shell.settings", "settings", _settings, order=90),
    )


def first_page(package: Path, services: Any, runner: Runner, needs: str) -> Any:
    """Return the page of the first start: what is asked by whom, who is responsible, a secret."""
    from app.gui.institution.first import InstitutionFirstPage

    return InstitutionFirstPage(services.filling, package, runner, needs=needs)


def _evidence(context: Context) -> Screen:
    from app.gui.screens.evidence.view import EvidenceScreen

    return EvidenceScreen(context)


def _settings(context: Context) -> Screen:
    from app.gui.institution.settings import InstitutionSettings

    return InstitutionSettings(context)
