"""Errors as the program speaks of them: a stable code and its parameters; the sentences live in `gui/messages.py`."""


class AppError(Exception):
    """Something the user is told.

    Attributes:
        code: Stable, dotted (`inspection.closed`); never matched by text.
        params: Values for the sentence, printable.
        retryable: Whether doing the same again may help.
    """

    retryable = False

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({inside})"


class Refused(AppError):
    """A rule of the domain says no; nothing was changed."""


class Unavailable(AppError):
    """Disk, database, network or keyring failed; nothing was changed and trying again may help."""

    retryable = True
