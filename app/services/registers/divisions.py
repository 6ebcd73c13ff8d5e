"""The list of administrative divisions that comes along."""

import resources
from app.core.divisions import Divisions


def shipped_divisions() -> Divisions:
    """Read the list; some thousand lines, so whoever asks often keeps it."""
    return Divisions.parse(resources.path("divisions/divisions.csv").read_text("utf-8"))
