"""What leaves the office as a whole, and what comes back to be checked: a month's volume, and verifying files."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.archive.view import ArchiveScreen

    return ArchiveScreen(context)


SCREENS = (ScreenSpec("archive", "archive.title", "verified", _make, order=62, parent="documents"),)
