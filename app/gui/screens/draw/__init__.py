"""The double-random draw (双随机抽取): freeze, publish, seed, draw, result, history."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.draw.view import DrawScreen

    return DrawScreen(context)


SCREENS = (ScreenSpec("draw", "draws.title", "verified", _make, order=31, parent="plans"),)
