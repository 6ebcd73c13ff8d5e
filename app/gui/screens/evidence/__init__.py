"""The evidence wall (证据): every photo and file of one inspection."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.evidence.view import EvidenceScreen

    return EvidenceScreen(context)


SCREENS = (ScreenSpec("evidence", "shell.evidence", "evidence", _make, order=50),)
