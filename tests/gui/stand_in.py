"""What stands where the frame would: it keeps what a screen says and where it wants to go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.gui.runner import Failure


@dataclass(kw_only=True)
class StandIn:
    """Hears notices and takes ways instead of the frame."""

    toasts: list[str] = field(default_factory=list)
    actions: list[Callable[[], object] | None] = field(default_factory=list)
    banners: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    went: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def toast(self, text: str, *, action: str = "", on_action: Callable[[], object] | None = None) -> None:
        self.toasts.append(text)
        self.actions.append(on_action)

    def banner(
        self, text: str, *, tone: str = "bad", action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        self.banners.append(text)

    def error(self, error: BaseException, retry: Callable[[], None] | None = None) -> None:
        self.errors.append(error)

    def withdraw(self, error: BaseException) -> None:
        self.errors.remove(error)

    def failed(self, failure: Failure) -> None:
        self.errors.append(failure.error)

    def go(self, name: str, **params: Any) -> None:
        self.went.append((name, params))

    def back(self) -> None:
        self.went.append(("back", {}))
