"""The first page (今日): what waits today and where everything stands."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.home.view import HomeScreen

    return HomeScreen(context)


SCREENS = (ScreenSpec("home", "shell.home", "home", _make, order=10),)
