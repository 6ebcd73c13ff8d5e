"""Official papers (文书): what a task still needs, drafts and their forms, issuing, serving, exporting."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.papers.view import PapersScreen

    return PapersScreen(context)


SCREENS = (ScreenSpec("papers", "papers.title", "folder", _make, order=61, parent="documents"),)
