"""The registers: institutions (机构) and people (人员)."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.registers.view import RegistersScreen

    return RegistersScreen(context)


SCREENS = (ScreenSpec("registers", "shell.registers", "institution", _make, order=40),)
