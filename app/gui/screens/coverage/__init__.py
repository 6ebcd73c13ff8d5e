"""Coverage and reports (统计): how far plans are, what is to be reported, who ranks where."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.coverage.view import CoverageScreen

    return CoverageScreen(context)


SCREENS = (ScreenSpec("coverage", "coverage.title", "chart", _make, order=70),)
