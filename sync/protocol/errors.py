"""The root of every error of sync; sentences for people live with whoever shows them."""

from typing import ClassVar


class SyncError(Exception):
    """Carry a stable code and its parameters; never a sentence."""

    code: ClassVar[str] = "sync.error"
    retryable: ClassVar[bool] = False

    def __init__(self, **params: str | int) -> None:
        super().__init__(self.code, params)
        self.params = params

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in sorted(self.params.items()))
        return f"{self.code}({shown})"
