"""Settings (设置) of this installation."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.settings.view import SettingsScreen

    return SettingsScreen(context)


SCREENS = (ScreenSpec("settings", "shell.settings", "settings", _make, order=90),)
