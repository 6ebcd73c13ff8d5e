"""Window preferences: what the user's eyes are used to. Nothing about cases, nothing secret."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings


class Prefs:
    """Small values by name, remembered in an INI file: `theme`, `scale`, `language`, `geometry`, table columns."""

    def __init__(self, file: Path | None = None) -> None:
        self._settings = (
            QSettings(str(file), QSettings.Format.IniFormat)
            if file is not None
            else QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Yanfang", "window")
        )

    def text(self, name: str, default: str = "") -> str:
        """Return a text, or the default."""
        value = self._settings.value(name, default)
        return value if isinstance(value, str) else default

    def number(self, name: str, default: float) -> float:
        """Return a number, or the default where the stored text is none."""
        try:
            return float(self.text(name, str(default)))
        except ValueError:
            return default

    def blob(self, name: str) -> QByteArray | None:
        """Return stored bytes such as a window's geometry."""
        value = self._settings.value(name)
        return value if isinstance(value, QByteArray) else None

    def set(self, name: str, value: str | float | QByteArray) -> None:
        """Remember a value."""
        self._settings.setValue(name, value if isinstance(value, QByteArray) else str(value))
