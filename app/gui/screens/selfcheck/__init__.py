"""Self-checks (自查): what institutions were asked, what came back, and what inspectors found beside it."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.selfcheck.view import SelfCheckScreen

    return SelfCheckScreen(context)


SCREENS = (ScreenSpec("selfcheck", "shell.selfcheck", "selfcheck", _make, order=35),)
