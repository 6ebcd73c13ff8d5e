"""The registers: institutions (机构), people (人员) and third parties, what they are imported from, and where sources differ."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.registers.view import RegistersScreen

    return RegistersScreen(context)


def _make_import(context: Context) -> Screen:
    from app.gui.screens.registers.importing import ImportScreen

    return ImportScreen(context)


def _make_conflicts(context: Context) -> Screen:
    from app.gui.screens.registers.conflicts import ConflictsScreen

    return ConflictsScreen(context)


SCREENS = (
    ScreenSpec("registers", "shell.registers", "institution", _make, order=40),
    ScreenSpec(
        "registers-import", "registers.import.title", "download", _make_import, order=41, parent="registers"
    ),
    ScreenSpec(
        "registers-conflicts",
        "registers.conflict.title",
        "warning",
        _make_conflicts,
        order=42,
        parent="registers",
    ),
)
