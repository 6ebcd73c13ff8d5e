"""The few settings of an institution's window."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from app.gui.screen import Context
from app.gui.screens.settings.backups import BackupsPart
from app.gui.screens.settings.checks import AboutPart
from app.gui.screens.settings.parts import LookPart, Part, SafetyPart
from app.gui.screens.settings.view import SettingsScreen


class InstitutionSettings(SettingsScreen):
    """Look, secret, backups."""

    kinds: ClassVar[Mapping[str, Callable[[Context], Part]]] = {
        "look": LookPart, "safety": SafetyPart, "backups": BackupsPart, "about": AboutPart,
    }  # fmt: skip
