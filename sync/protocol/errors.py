"""The root of every error of sync; sentences for people live with whoever shows them."""


class SyncError(Exception):
    """Carry a stable code and its parameters; never a sentence."""

    code: str = "sync.error"
    retryable: bool = False

    def __init__(self, **params: str | int) -> None:
        super().__init__(self.code, params)
        self.params = params

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in sorted(self.params.items()))
        return f"{self.code}({shown})"
