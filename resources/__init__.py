"""Files the program ships with: fonts, icons, style sheets, translations."""

from importlib.resources import files
from pathlib import Path


def path(name: str) -> Path:
    """Return the path of a shipped file, in the source tree and in the frozen program alike."""
    return Path(str(files(__name__).joinpath(name)))
