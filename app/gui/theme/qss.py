"""The one style sheet, made from the tokens. Widgets choose a look by the dynamic property `kind`."""

from collections.abc import Callable

from app.gui.theme.tokens import Palette, Space, Type

Px = Callable[[float], int]


def sheet(c: Palette, px: Px, marks: str) -> str:
    """Return the style sheet of one palette at one scale; `marks` is the folder of `write_marks`."""
    return "\n".join(
        (_base(c, px), _labels(c, px), _buttons(c, px), _inputs(c, px), _choices(c, px, marks), _frames(c, px), _views(c, px))
    )


def _base(c: Palette, px: Px) -> str:
    return f"""
QWidget {{ color: {c.text1}; }}
QMainWindow, QDialog, QWidget[kind="page"] {{ background: {c.surface0}; }}
QWidget[kind="surface"] {{ background: {c.surface1}; }}
QScrollArea {{ border: 0; background: transparent; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QToolTip {{ background: {c.surface1}; color: {c.text1}; border: 1px solid {c.line}; padding: {px(4)}px {px(8)}px; }}
QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(12)}px; margin: 0; }}
QScrollBar::handle {{ background: {c.line}; border-radius: {px(4)}px; margin: {px(2)}px; }}
QScrollBar::handle:vertical {{ min-height: {px(36)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(36)}px; }}
QScrollBar::handle:hover {{ background: {c.text3}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
QSplitter::handle {{ background: {c.line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QMenu {{ background: {c.surface1}; border: 1px solid {c.line}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(8)}px {px(24)}px {px(8)}px {px(12)}px; border-radius: {px(4)}px; }}
QMenu::item:selected {{ background: {c.accent_soft}; color: {c.accent}; }}
QMenu::separator {{ height: 1px; background: {c.line}; margin: {px(4)}px; }}
"""


def _labels(c: Palette, px: Px) -> str:
    tones = "\n".join(
        f'QLabel[tone="{tone}"] {{ color: {c.tone(tone)}; }}'
        for tone in ("ok", "bad", "none", "open", "accent", "rehearsal")
    )
    badges = "\n".join(
        f'QLabel[kind="badge"][tone="{tone}"] {{ background: {c.soft(tone)}; color: {c.tone(tone)}; }}'
        for tone in ("ok", "bad", "none", "open", "accent", "rehearsal")
    )
    return f"""
QLabel {{ background: transparent; }}
QLabel[kind="title"] {{ font-size: {px(Type.TITLE)}px; font-weight: 600; }}
QLabel[kind="section"] {{ font-size: {px(Type.SECTION)}px; font-weight: 600; }}
QLabel[kind="strong"] {{ font-weight: 600; }}
QLabel[kind="secondary"] {{ color: {c.text2}; font-size: {px(Type.SECONDARY)}px; }}
QLabel[kind="muted"] {{ color: {c.text2}; }}
QLabel[kind="hint"] {{ color: {c.text3}; font-size: {px(Type.SECONDARY)}px; }}
QLabel[kind="number"] {{ font-size: {px(Type.TITLE)}px; font-weight: 600; }}
QLabel[kind="error"] {{ color: {c.bad}; font-size: {px(Type.SECONDARY)}px; }}
QLabel[kind="key"] {{ color: {c.text2}; font-size: {px(Type.SECONDARY)}px; border: 1px solid {c.line};
  border-radius: {px(4)}px; padding: 0 {px(6)}px; background: {c.surface1}; }}
QLabel[kind="badge"] {{ font-size: {px(Type.SECONDARY)}px; border-radius: {px(4)}px; padding: {px(1)}px {px(8)}px; }}
QLabel[kind="mark"] {{ font-size: {px(Type.SECONDARY)}px; border-radius: {px(12)}px; padding: 0 {px(10)}px;
  min-height: {px(24)}px; background: {c.rehearsal_soft}; color: {c.rehearsal}; border: 1px solid {c.rehearsal}; }}
QLabel[kind="secret"] {{ font-size: {px(Type.TITLE)}px; font-weight: 600; background: {c.surface2};
  border-radius: {px(Space.RADIUS)}px; padding: {px(16)}px; }}
{tones}
{badges}
"""


def _buttons(c: Palette, px: Px) -> str:
    radius = px(Space.RADIUS)
    # The focus ring takes the place of the border, so that nothing moves when focus arrives.
    return f"""
QPushButton {{ background: {c.surface1}; color: {c.text1}; border: 1px solid {c.line}; border-radius: {radius}px;
  padding: 0 {px(14)}px; min-height: {px(Space.HIT) - 2}px; }}
QPushButton:hover {{ background: {c.surface2}; }}
QPushButton:pressed {{ background: {c.line}; }}
QPushButton:focus {{ border: 2px solid {c.accent}; padding: 0 {px(14) - 1}px; min-height: {px(Space.HIT) - 4}px; }}
QPushButton:disabled {{ color: {c.text3}; background: {c.surface2}; border-color: {c.surface2}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}
QPushButton[kind="primary"] {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ background: {c.accent_hover}; border-color: {c.accent_hover}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {c.text1}; }}
QPushButton[kind="primary"]:disabled {{ background: {c.surface2}; color: {c.text3}; border-color: {c.surface2}; }}
QPushButton[kind="danger"] {{ background: {c.surface1}; color: {c.bad}; border-color: {c.bad}; font-weight: 600; }}
QPushButton[kind="danger"]:hover {{ background: {c.bad_soft}; }}
QPushButton[kind="danger"]:focus {{ border: 2px solid {c.bad}; }}
QPushButton[kind="quiet"] {{ background: transparent; border-color: transparent; color: {c.text2}; }}
QPushButton[kind="quiet"]:hover {{ background: {c.surface2}; color: {c.text1}; }}
QPushButton[kind="quiet"]:focus {{ border: 2px solid {c.accent}; }}
QPushButton[kind="icon"] {{ background: transparent; border-color: transparent; padding: 0; }}
QPushButton[kind="icon"]:hover {{ background: {c.surface2}; }}
QPushButton[kind="icon"]:focus {{ border: 2px solid {c.accent}; padding: 0; }}
QPushButton[kind="step"] {{ background: transparent; border-color: transparent; padding: 0 {px(6)}px; color: {c.text2};
  min-height: {px(28)}px; }}
QPushButton[kind="step"]:hover {{ color: {c.accent}; }}
QPushButton[kind="step"]:focus {{ border: 2px solid {c.accent}; padding: 0 {px(5)}px; min-height: {px(26)}px; }}
QPushButton[kind="step"]:disabled {{ color: {c.text3}; background: transparent; }}
QPushButton[kind="step"][tone="accent"] {{ color: {c.accent}; font-weight: 600; }}
QPushButton[kind="step"][tone="ok"] {{ color: {c.ok}; }}
QPushButton[kind="link"] {{ background: transparent; border: 0; color: {c.accent}; padding: 0 {px(4)}px; text-align: left;
  min-height: {px(24)}px; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="link"]:focus {{ border: 2px solid {c.accent}; border-radius: {px(4)}px; }}
QPushButton[kind="pill"] {{ border-radius: {px(12)}px; min-height: {px(24)}px; padding: 0 {px(10)}px; color: {c.text2};
  font-size: {px(Type.SECONDARY)}px; }}
QPushButton[kind="pill"]:focus {{ border: 2px solid {c.accent}; min-height: {px(24) - 2}px; padding: 0 {px(10) - 1}px; }}
QPushButton[kind="pill"]:checked, QPushButton[kind="pill"][tone="accent"] {{ background: {c.accent_soft};
  color: {c.accent}; border-color: {c.accent}; }}
QPushButton[kind="pill"][tone="rehearsal"] {{ background: {c.rehearsal_soft}; color: {c.rehearsal};
  border-color: {c.rehearsal}; }}
QPushButton[kind="pill"][tone="open"] {{ background: {c.open_soft}; color: {c.open}; border-color: {c.open}; }}
QPushButton[kind="pill"][tone="bad"] {{ background: {c.bad_soft}; color: {c.bad}; border-color: {c.bad}; }}
QPushButton[kind="pill"][tone="ok"] {{ color: {c.ok}; }}
"""


def _inputs(c: Palette, px: Px) -> str:
    boxes = "QLineEdit, QComboBox, QPlainTextEdit, QTextEdit, QSpinBox, QAbstractSpinBox"
    return f"""
{boxes} {{ background: {c.surface1}; color: {c.text1}; border: 1px solid {c.line}; border-radius: {px(Space.RADIUS)}px;
  padding: 0 {px(10)}px; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QLineEdit, QComboBox, QSpinBox, QAbstractSpinBox {{ min-height: {px(Space.HIT) - 2}px; }}
QPlainTextEdit, QTextEdit {{ padding: {px(6)}px {px(8)}px; }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus {{
  border: 2px solid {c.accent}; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ padding: 0 {px(10) - 1}px; min-height: {px(Space.HIT) - 4}px; }}
QPlainTextEdit:focus, QTextEdit:focus {{ padding: {px(6) - 1}px {px(8) - 1}px; }}
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QComboBox[invalid="true"] {{ border-color: {c.bad}; }}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled, QTextEdit:disabled {{ background: {c.surface2};
  color: {c.text2}; }}
QLineEdit[readOnly="true"] {{ background: {c.surface2}; }}
QComboBox::drop-down {{ border: 0; width: {px(24)}px; }}
QComboBox QAbstractItemView {{ background: {c.surface1}; border: 1px solid {c.line}; outline: 0;
  selection-background-color: {c.accent_soft}; selection-color: {c.accent}; padding: {px(4)}px; }}
"""


def _choices(c: Palette, px: Px, marks: str) -> str:
    boxes = "QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator, QMenu::indicator"
    return f"""
QCheckBox, QRadioButton {{ spacing: {px(8)}px; min-height: {px(Space.HIT)}px; background: transparent; }}
{boxes} {{ width: {px(16)}px; height: {px(16)}px; background: {c.surface1}; border: 1px solid {c.text3};
  border-radius: {px(4)}px; }}
QRadioButton::indicator {{ border-radius: {px(8)}px; }}
QMenu::indicator {{ margin-left: {px(6)}px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {c.accent}; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked, QMenu::indicator:checked {{ background: {c.accent};
  border-color: {c.accent}; image: url("{marks}/tick-{c.name}.png"); }}
QRadioButton::indicator:checked {{ background: {c.accent}; border-color: {c.accent};
  image: url("{marks}/dot-{c.name}.png"); }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {c.accent}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ background: {c.surface2}; border-color: {c.line}; }}
QCheckBox::indicator:checked:disabled, QRadioButton::indicator:checked:disabled {{ background: {c.text3};
  border-color: {c.text3}; }}
QCheckBox:focus, QRadioButton:focus {{ color: {c.accent}; }}
QComboBox::down-arrow {{ image: url("{marks}/arrow-{c.name}.png"); width: {px(14)}px; height: {px(14)}px; }}
"""


def _frames(c: Palette, px: Px) -> str:
    radius = px(Space.RADIUS)
    banners = "\n".join(
        f'QFrame[kind="banner"][tone="{tone}"] {{ background: {c.soft(tone)}; border: 1px solid {c.tone(tone)};'
        f" border-radius: {radius}px; }}"
        for tone in ("ok", "bad", "none", "open", "accent", "rehearsal")
    )
    return f"""
QFrame[kind="card"] {{ background: {c.surface1}; border: 1px solid {c.line}; border-radius: {radius}px; }}
QFrame[kind="inset"] {{ background: {c.surface2}; border: 0; border-radius: {radius}px; }}
QFrame[kind="popup"] {{ background: {c.surface1}; border: 1px solid {c.line}; border-radius: {radius}px; }}
QFrame[kind="toast"] {{ background: {c.text1}; border-radius: {radius}px; }}
QFrame[kind="toast"] QLabel {{ color: {c.surface1}; }}
QFrame[kind="toast"] QPushButton {{ color: {c.surface1}; background: transparent; text-decoration: underline; }}
QFrame[kind="toast"] QPushButton:focus {{ border: 2px solid {c.surface1}; }}
QFrame[kind="drop"] {{ background: transparent; border: 1px dashed {c.text3}; border-radius: {radius}px; }}
QFrame[kind="drop"][hot="true"] {{ background: {c.accent_soft}; border: 2px dashed {c.accent}; }}
QFrame[kind="drop"]:focus {{ border: 2px dashed {c.accent}; }}
QFrame[kind="rule"] {{ background: {c.line}; border: 0; }}
QFrame[kind="rail"] {{ background: {c.surface1}; border: 0; border-right: 1px solid {c.line}; }}
QFrame[kind="header"] {{ background: {c.surface1}; border: 0; border-bottom: 1px solid {c.line}; }}
QFrame[kind="status"] {{ background: {c.surface1}; border: 0; border-top: 1px solid {c.line}; }}
QFrame[kind="ribbon"] {{ background: {c.rehearsal}; border: 0; }}
{banners}
QProgressBar {{ background: {c.surface2}; border: 0; border-radius: {px(3)}px; min-height: {px(6)}px; max-height: {px(6)}px; }}
QProgressBar::chunk {{ background: {c.accent}; border-radius: {px(3)}px; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{ background: transparent; color: {c.text2}; padding: {px(8)}px {px(12)}px; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {c.accent}; border-bottom-color: {c.accent}; font-weight: 600; }}
QTabBar::tab:focus {{ color: {c.accent}; }}
QTabWidget::pane {{ border: 0; border-top: 1px solid {c.line}; }}
"""


def _views(c: Palette, px: Px) -> str:
    return f"""
QAbstractItemView {{ background: {c.surface1}; color: {c.text1}; border: 1px solid {c.line}; outline: 0;
  border-radius: {px(Space.RADIUS)}px; selection-background-color: {c.accent_soft}; selection-color: {c.text1}; }}
QAbstractItemView:focus {{ border: 1px solid {c.accent}; }}
QAbstractItemView[kind="bare"] {{ border: 0; background: transparent; border-radius: 0; }}
QTableView {{ gridline-color: transparent; }}
QTableView::item {{ padding: 0 {px(8)}px; border-bottom: 1px solid {c.line}; }}
QTableView::item:selected {{ background: {c.accent_soft}; color: {c.text1}; }}
QHeaderView {{ background: {c.surface2}; border: 0; }}
QHeaderView::section {{ background: {c.surface2}; color: {c.text2}; border: 0; border-bottom: 1px solid {c.line};
  padding: {px(6)}px {px(8) + 3}px; font-size: {px(Type.SECONDARY)}px; }}
QHeaderView::section:hover {{ color: {c.text1}; }}
QTableCornerButton::section {{ background: {c.surface2}; border: 0; }}
"""
