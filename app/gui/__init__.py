"""The window: PySide6's only home."""
