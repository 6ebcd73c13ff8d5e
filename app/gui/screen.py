"""What a screen is, and what it is handed. Import this, not the shell.

To add a screen: make a package `app/gui/screens/<noun>/` whose `__init__.py` holds `SCREENS: tuple[ScreenSpec, ...]`
with factories that import the view inside (so that the window starts fast). The catalogue finds it.

    def _make(context: Context) -> Screen:
        from app.gui.screens.tasks.view import TasksScreen
        return TasksScreen(context)

    SCREENS = (ScreenSpec("tasks", "shell.tasks", "task", _make, order=20),)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner

if TYPE_CHECKING:
    from app.core.outcome import Change

PLACE_KEYS = tuple(f"Ctrl+{one}" for one in "123456789,")  # of the rail's places; Ctrl+0 is the usual size of a page


class Notices(Protocol):
    """How a screen speaks: a toast for what went well, a banner for what needs a person."""

    def toast(self, text: str, *, action: str = "", on_action: Callable[[], object] | None = None) -> None:
        """Say briefly that something was done; `action` is mostly "撤销"."""

    def banner(
        self, text: str, *, tone: str = "bad", action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        """Show what happened and one button; it stays until it is dealt with or closed."""

    def error(self, error: BaseException, retry: Callable[[], None] | None = None) -> None:
        """Show the sentence of an error as a banner, with a retry where that can help."""

    def withdraw(self, error: BaseException) -> None:
        """Take the banner of an error away: what it speaks of is past."""


class Go(Protocol):
    """Moves the window to another screen."""

    def __call__(self, name: str, **params: Any) -> None:
        """Open screen `name` with `params`; the current screen may refuse by `leave()`."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a screen gets.

    Attributes:
        services: The services bundle of `app.services` (its type is known there, the frame does not care).
        runner: Threads: `run_read`, `run_write`, `run_long`.
        bus: Changes of every write.
        go: `go("inspection", inspection_id=...)`.
        back: Return to the screen before.
        notices: Toasts, banners, errors.
        prefs: Remembered window preferences.
    """

    services: Any
    runner: Runner
    bus: Bus
    go: Go
    back: Callable[[], None]
    notices: Notices
    prefs: Prefs


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """One screen of the window.

    Attributes:
        name: Stable name for `go`.
        title: Text key of the title (`shell.tasks`).
        icon: A meaning of `app.gui.icons.NAMES`.
        factory: Makes the screen; called once, at first use.
        order: Place in the rail; Ctrl+1..9 follow the rail's order.
        parent: Name of the rail entry a deeper screen belongs to; empty for a rail entry of its own.
    """

    name: str
    title: str
    icon: str
    factory: Callable[[Context], "Screen"]
    order: int = 100
    parent: str = ""


class Screen(QWidget):
    """One page of the window. Subclass, build in `__init__`, load in `open`.

    `self.context` is there; results come back through `context.runner` with `owner=self`. A screen is made once and
    kept; `open` may come again with other parameters.

    Attributes:
        made_later: Names of the cached properties that hold what is not seen at first. Whoever needs one gets it made; all
            at once would block the window for a moment.
    """

    made_later: ClassVar[tuple[str, ...]] = ()
    heading_changed = Signal(str, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.heading: tuple[str, str] = ("", "")
        self.setProperty("kind", "page")

    def open(self, **params: Any) -> None:
        """Show what the parameters name; called each time the screen comes to the front by `go`."""

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload what the changes touch; an empty tuple means everything (after unlocking). Only called while visible;
        a hidden screen gets what it missed when it comes back."""

    def ahead(self) -> Iterator[None]:
        """Make what is `made_later`, and stop after each."""
        for name in self.made_later:
            if name not in self.__dict__:
                getattr(self, name)
                yield

    def leave(self) -> bool:
        """Return False to stay, after having said why; must be quick, everything is saved already."""
        return True

    def escape(self) -> bool:
        """Use the Esc key (close a panel, clear a search); False lets the window go back."""
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return this screen's keys as (keys, what they do) for the help overlay."""
        return ()

    def set_heading(self, title: str, detail: str = "") -> None:
        """Name what is shown in the header: the object's own words first, then context."""
        self.heading = (title, detail)
        self.heading_changed.emit(title, detail)
