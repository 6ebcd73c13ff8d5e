"""Colours, sizes and fonts: the only place where one is named.

A widget asks `current()` for the theme; what it lays out goes through `app.gui.widgets.layout`, so that scale and
colours change live. Never write a colour, a pixel size or a font anywhere else.
"""

from app.gui.theme.live import Theme, current, install
from app.gui.theme.tokens import DARK, LIGHT, Palette, Space, Type

__all__ = ["DARK", "LIGHT", "Palette", "Space", "Theme", "Type", "current", "install"]
