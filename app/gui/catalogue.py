"""Find the screens: every package below `app/gui/screens` that has `SCREENS`."""

import pkgutil
from functools import cache
from importlib import import_module

from app.gui.screen import ScreenSpec


@cache
def find_screens() -> tuple[ScreenSpec, ...]:
    """Return all screens in the order of the rail.

    Raises:
        ValueError: If two screens share a name.
    """
    package = import_module("app.gui.screens")
    found: list[ScreenSpec] = []
    for module in pkgutil.iter_modules(package.__path__):
        if module.ispkg:
            found.extend(getattr(import_module(f"{package.__name__}.{module.name}"), "SCREENS", ()))
    names = [spec.name for spec in found]
    if len(set(names)) != len(names):
        raise ValueError(f"two screens with one name: {sorted(names)}")
    return tuple(sorted(found, key=lambda spec: (spec.order, spec.name)))
