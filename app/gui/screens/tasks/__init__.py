"""Tasks (检查任务): the list and the form."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.tasks.view import TasksScreen

    return TasksScreen(context)


SCREENS = (ScreenSpec("tasks", "shell.tasks", "task", _make, order=20),)
