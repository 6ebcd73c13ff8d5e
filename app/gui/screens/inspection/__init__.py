"""The inspection (现场检查): where an inspector spends the day."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.inspection.view import InspectionScreen

    return InspectionScreen(context)


SCREENS = (ScreenSpec("inspection", "inspection.title", "task", _make, order=20, parent="tasks"),)
