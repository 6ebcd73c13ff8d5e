"""Icons: the only door to qtawesome. One family (Phosphor, regular stroke), coloured from the theme.

Loading the icon fonts costs more than a window's first paint: nothing here is called before that.
"""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt
from PySide6.QtGui import QIcon, QPixmap

from app.gui.theme import current

FAMILY = "ph"
_KEPT = "icon-font"
NAMES = {
    "home": "house",
    "task": "clipboard-text",
    "plan": "list-bullets",
    "institution": "buildings",
    "person": "user",
    "people": "users",
    "evidence": "image",
    "camera": "camera",
    "document": "file-text",
    "pdf": "file-pdf",
    "file": "file",
    "attach": "paperclip",
    "sync": "arrows-clockwise",
    "settings": "gear",
    "lock": "lock-simple",
    "help": "question",
    "search": "magnifying-glass",
    "add": "plus",
    "close": "x",
    "check": "check",
    "cross": "x",
    "dash": "minus",
    "ring": "circle",
    "warning": "warning",
    "notice": "info",
    "delete": "trash",
    "edit": "pencil-simple",
    "back": "arrow-left",
    "next": "caret-right",
    "previous": "caret-left",
    "down": "caret-down",
    "up": "caret-up",
    "menu": "list",
    "widen": "arrows-out-line-horizontal",
    "interview": "chat-text",
    "sign": "pen-nib",
    "print": "printer",
    "export": "export",
    "download": "download-simple",
    "upload": "upload-simple",
    "cloud": "cloud",
    "cloud-ok": "cloud-check",
    "offline": "cloud-slash",
    "key": "key",
    "show": "eye",
    "hide": "eye-slash",
    "folder": "folder",
    "folder-open": "folder-open",
    "copy": "copy",
    "flag": "flag",
    "note": "note-pencil",
    "time": "clock",
    "place": "map-pin",
    "filter": "funnel",
    "more": "dots-three",
    "undo": "arrow-counter-clockwise",
    "light": "sun",
    "dark": "moon",
    "system": "desktop",
    "verified": "shield-check",
    "fingerprint": "fingerprint",
    "qr": "qr-code",
    "link": "link",
    "money": "currency-cny",
    "chart": "chart-bar",
    "calendar": "calendar-blank",
    "read-aloud": "speaker-high",
    "refuse": "hand",
    "void": "prohibit",
    "receipt": "tray",
    "database": "database",
    "finding": "warning-circle",
    "selfcheck": "check-square-offset",
}


def icon(name: str, token: str = "text2") -> QIcon:
    """Return an icon by its meaning, in a colour token of the theme.

    Raises:
        KeyError: If the family has no such meaning; add it to `NAMES`.
    """
    colors = current().colors
    made: QIcon = _font().icon(
        f"{FAMILY}.{NAMES[name]}",
        color=colors.tone(token),
        color_disabled=colors.text3,
        color_selected=colors.accent,
    )
    return made


def pixmap(name: str, token: str = "text2", size: int = 18) -> QPixmap:
    """Return an icon as a pixmap of `size` grid units."""
    edge = current().px(size)
    return icon(name, token).pixmap(QSize(edge, edge))


def library() -> Any:
    """Return qtawesome; importing it takes long: the first time do it off the GUI thread."""
    import qtawesome

    return qtawesome


def load(_library: object = None) -> None:
    """Load the icon font while nobody waits for it."""
    _font()


def _font() -> Any:
    """Return the application's icon font, loading it on first use."""
    app = QCoreApplication.instance()
    if app is None:
        raise RuntimeError("icons need an application")
    found = app.findChild(QObject, _KEPT, Qt.FindChildOption.FindDirectChildrenOnly)
    if found is not None:
        return found
    qtawesome = library()
    # This one family, not the twelve that qtawesome.icon loads: the window stands still meanwhile.
    folder = Path(qtawesome.__file__).parent / "fonts"
    face, names = (next(folder.glob(f"phosphor-{one}")).name for one in ("[0-9]*.ttf", "charmap-*.json"))
    font = qtawesome.IconicFont((FAMILY, face, names))
    font.setObjectName(_KEPT)
    font.setParent(app)
    return font
