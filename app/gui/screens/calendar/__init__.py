"""The calendar (日历) of planned visits, deadlines and workload."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.calendar.view import CalendarScreen

    return CalendarScreen(context)


SCREENS = (ScreenSpec("calendar", "calendar.title", "calendar", _make, order=21, parent="tasks"),)
