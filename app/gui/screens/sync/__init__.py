"""Synchronisation: enrolment, receipts (回执) and what two people changed differently."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.sync.view import SyncScreen

    return SyncScreen(context)


SCREENS = (ScreenSpec("sync", "shell.sync", "sync", _make, order=80),)
