"""Documents (文书): composed, frozen, signed page by page, handed over."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.documents.view import DocumentsScreen

    return DocumentsScreen(context)


SCREENS = (ScreenSpec("documents", "shell.documents", "document", _make, order=60),)
