"""Plans (检查计划): the list, making one from a template, the editor."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.plans.view import PlansScreen

    return PlansScreen(context)


SCREENS = (ScreenSpec("plans", "shell.plans", "plan", _make, order=30),)
