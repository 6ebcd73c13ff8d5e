"""The bus: one signal that says which rows changed, for every screen that cares."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.core.outcome import Change


class Bus(QObject):
    """Carries changes from writes to screens, on the GUI thread.

    `changed` carries a `tuple[Change, ...]`, never empty. A screen connects through `Screen.refresh`; only models and
    widgets that outlive a screen connect themselves, to a bound method.
    """

    changed = Signal(object)

    def publish(self, outcome: Any) -> None:
        """Emit what an `Outcome` changed; anything without `changed` says nothing."""
        changes: tuple[Change, ...] = tuple(getattr(outcome, "changed", ()))
        if changes:
            self.changed.emit(changes)
