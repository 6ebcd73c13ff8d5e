"""What can be wrong with a template file: a stable code and its parameters, sentences live elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one place of a file.

    Attributes:
        line: Counted from 1; 0 where the file as a whole is meant.
        place: Path inside the file, like `sections[0].items[2].basis`.
        detail: What was found or is missing, short.
    """

    code: str
    file: str
    line: int
    place: str
    detail: str = ""

    def __str__(self) -> str:
        found = f" ({self.detail})" if self.detail else ""
        return f"{self.file}:{self.line}: {self.code} at {self.place or 'top'}{found}"


class ChecklistError(Exception):
    """Root of what this package raises.

    Attributes:
        code: Stable, dotted.
        params: Printable values for the sentence.
    """

    retryable = False

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({inside})"


class TemplateBroken(ChecklistError):
    """A file cannot be used; `faults` says everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        super().__init__(
            first.code, file=first.file, line=first.line, place=first.place, detail=first.detail, faults=len(faults)
        )
        self.faults = faults


class TemplateUnknown(ChecklistError):
    """No template, version or violation of this name is installed."""


class ExpressionBroken(ChecklistError):
    """A condition or formula cannot be understood; `at` is the position in its text, from 0."""
