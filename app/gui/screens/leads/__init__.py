"""Leads (举报线索): the register, each lead's way, and the wall before who reported it."""

from app.gui.screen import Context, Screen, ScreenSpec


def _make(context: Context) -> Screen:
    from app.gui.screens.leads.view import LeadsScreen

    return LeadsScreen(context)


SCREENS = (ScreenSpec("leads", "leads.title", "flag", _make, order=22, parent="tasks"),)
