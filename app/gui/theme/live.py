"""The live theme of the running application: mode and scale switch without a restart."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from app.gui.theme import qss
from app.gui.theme.tokens import DARK, LIGHT, Palette, Type
from resources import path

FAMILY = "Noto Sans SC"
FALLBACKS = (
    FAMILY,
    "Source Han Sans SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
)
FONT_FILES = ("fonts/NotoSansSC_400Regular.ttf", "fonts/NotoSansSC_700Bold.ttf")
MODES = ("light", "dark", "system")
SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)
LAID = "yfLaid"
SIZES = "yfSizes"
DRESSED = "yfDressed"


class Theme(QObject):
    """Colours and sizes in force; `changed` fires after a switch was applied to every window."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.mode = "light"
        self.scale = 1.0
        self.colors: Palette = LIGHT
        self._sheet = ""
        self._fonts: dict[tuple[int, bool], QFont] = {}
        self._marks = QTemporaryDir()
        app.setStyle("Fusion")
        for name in FONT_FILES:
            QFontDatabase.addApplicationFont(str(path(name)))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def finish(self) -> None:
        """Paint the marks of boxes and lists; after the first paint, which has none, and before any form."""
        from app.gui.theme.marks import write_marks

        for palette in (LIGHT, DARK):
            write_marks(Path(self._marks.path()), palette)

    def px(self, units: float) -> int:
        """Return units of the grid as pixels at the current scale."""
        return round(units * self.scale)

    def color(self, token: str) -> QColor:
        """Return a palette token as a colour."""
        return QColor(self.colors.tone(token))

    def font(self, size: Type = Type.BODY, *, bold: bool = False) -> QFont:
        """Return the interface font at a step of the type scale; digits are tabular by design of the face."""
        pixels = self.px(size)
        made = self._fonts.get((pixels, bold))
        if made is None:
            made = QFont()
            made.setFamilies(list(FALLBACKS))
            made.setPixelSize(pixels)
            made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._fonts[pixels, bold] = made
        # A copy shares the face that Qt has found for it, which a new font would look for again.
        return QFont(made)

    def apply(self, mode: str | None = None, scale: float | None = None) -> None:
        """Switch mode (`light`, `dark`, `system`) and scale (1.0 to 2.0) of every open window."""
        self.mode = mode if mode in MODES else self.mode
        self.scale = min(2.0, max(1.0, scale)) if scale is not None else self.scale
        self.colors = self._wanted()
        self._app.setFont(self.font())
        self._app.setPalette(_qt_palette(self.colors))
        self._sheet = qss.sheet(self.colors, self.px, self._marks.path().replace("\\", "/"))
        for window in self._app.topLevelWidgets():
            if window.property(DRESSED):
                window.setStyleSheet(self._sheet)
            self.refit(window)
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Give a top-level window the style sheet, now and after every switch; what is inside inherits it.

        Not the application: Qt would then style a page anew each time a part of it is put into another while it is
        built, which more than doubles the time that takes.
        """
        window.setProperty(DRESSED, True)
        window.setStyleSheet(self._sheet)

    def refit(self, root: QWidget) -> None:
        """Give every layout and sized widget below `root` its margins and sizes at the current scale."""
        for layout in root.findChildren(QLayout):
            self.fit_layout(layout)
        for widget in (root, *root.findChildren(QWidget)):
            self.fit_widget(widget)

    def lay(self, layout: QLayout, margins: tuple[int, int, int, int], gap: int) -> None:
        """Give a layout its margins (left, top, right, bottom) and gap in units, now and after every switch."""
        layout.setProperty(LAID, [*margins, gap])
        left, top, right, bottom = map(self.px, margins)
        layout.setContentsMargins(left, top, right, bottom)
        layout.setSpacing(self.px(gap))

    def fit_layout(self, layout: QLayout) -> None:
        """Apply the remembered margins and gap of one layout."""
        if LAID.encode() in layout.dynamicPropertyNames():
            left, top, right, bottom, gap = (self.px(float(side)) for side in layout.property(LAID))
            layout.setContentsMargins(left, top, right, bottom)
            layout.setSpacing(gap)

    def fit_widget(self, widget: QWidget) -> None:
        """Apply the remembered fixed, minimum and maximum sizes of one widget."""
        if SIZES.encode() not in widget.dynamicPropertyNames():
            return
        for setter, units in widget.property(SIZES).items():
            getattr(widget, str(setter))(self.px(float(units)))

    def _wanted(self) -> Palette:
        if self.mode == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self.mode == "dark" else LIGHT

    def _system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self.mode == "system" and self._wanted() is not self.colors:
            self.apply()


def install(app: QApplication, mode: str = "light", scale: float = 1.0) -> Theme:
    """Give the application its theme, once, and apply it."""
    theme = _of(app)
    if theme is None:
        theme = Theme(app)
        theme.setObjectName("theme")
    theme.apply(mode, scale)
    return theme


def current() -> Theme:
    """Return the theme of the running application; installs the light one if none is there yet."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a theme needs a QApplication")
    return _of(app) or install(app)


def _of(app: QApplication) -> Theme | None:
    return app.findChild(Theme, "theme", Qt.FindChildOption.FindDirectChildrenOnly)


def _qt_palette(colors: Palette) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    pairs = {
        role.Window: colors.surface0,
        role.WindowText: colors.text1,
        role.Base: colors.surface1,
        role.AlternateBase: colors.surface2,
        role.Text: colors.text1,
        role.Button: colors.surface1,
        role.ButtonText: colors.text1,
        role.ToolTipBase: colors.surface1,
        role.ToolTipText: colors.text1,
        role.PlaceholderText: colors.text3,
        role.Highlight: colors.accent,
        role.HighlightedText: colors.on_accent,
        role.Link: colors.accent,
        role.LinkVisited: colors.accent,
        role.Mid: colors.line,
        role.Dark: colors.line,
        role.Light: colors.surface1,
    }
    for key, value in pairs.items():
        palette.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(colors.text3))
    return palette
