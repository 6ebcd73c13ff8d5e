"""The few settings of an institution's window."""

from app.gui.screen import Context
from app.gui.screens.settings.backups import BackupsPart
from app.gui.screens.settings.checks import AboutPart
from app.gui.screens.settings.parts import LookPart, Part, SafetyPart
from app.gui.screens.settings.view import SettingsScreen


class InstitutionSettings(SettingsScreen):
    """Look, secret, backups."""

    def _made(self, context: Context) -> dict[str, Part]:
        return {
            "look": LookPart(context), "safety": SafetyPart(context), "backups": BackupsPart(context), "about": AboutPart(context),
        }  # fmt: skip
