"""The interview (询问笔录): one officer asks, one records, the transcript stands as it will be printed."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.interview.view import InterviewScreen

    return InterviewScreen(context)


SCREENS = (ScreenSpec("interview", "interview.title", "interview", _make, order=22, parent="tasks"),)
