"""The design tokens: two palettes, the type scale and the spacing grid. Plain values, no Qt."""

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode, as `#RRGGBB`.

    Attributes:
        surface0: Window.
        surface1: Card, rail, header.
        surface2: Inset: table heads, tracks, hovered rows.
        line: One-pixel borders, never darker.
        text1: Body. `text2` secondary, `text3` hints only (below 4.5:1, never for what must be read).
        accent: The one primary action, focus, selection; `accent_soft` behind a selected row.
        on_accent: Text on the accent.
        ok, bad, none, open: The four answers, each with a soft background; never colour alone.
        rehearsal: Worn by practice data everywhere.
        scrim: What dims the window behind a dialog.
    """

    name: str
    surface0: str
    surface1: str
    surface2: str
    line: str
    text1: str
    text2: str
    text3: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    ok: str
    ok_soft: str
    bad: str
    bad_soft: str
    none: str
    none_soft: str
    open: str
    open_soft: str
    rehearsal: str
    rehearsal_soft: str
    scrim: str
    ink: str
    paper: str

    @property
    def is_dark(self) -> bool:
        """Whether this is the dark mode."""
        return self.name == "dark"

    def soft(self, tone: str) -> str:
        """Return the soft background that belongs to a tone (`ok`, `bad`, `none`, `open`, `accent`, `rehearsal`)."""
        return str(getattr(self, f"{tone}_soft"))

    def tone(self, tone: str) -> str:
        """Return the foreground of a tone by its name."""
        return str(getattr(self, tone))


LIGHT = Palette(
    name="light",
    surface0="#F6F7F9",
    surface1="#FFFFFF",
    surface2="#EEF1F5",
    line="#DCE1E8",
    text1="#1B2430",
    text2="#55606E",
    text3="#8792A0",
    accent="#0B6E8A",
    accent_hover="#095B73",
    accent_soft="#E1F0F4",
    on_accent="#FFFFFF",
    ok="#1E7F4F",
    ok_soft="#EAF6EF",
    bad="#B3261E",
    bad_soft="#FBE7E5",
    none="#6B7684",
    none_soft="#EEF1F5",
    open="#A86400",
    open_soft="#FFF4E0",
    rehearsal="#6A3FA0",
    rehearsal_soft="#F0E8FA",
    scrim="#1B2430",
    ink="#101820",
    paper="#FFFFFF",
)
DARK = Palette(
    name="dark",
    surface0="#14171C",
    surface1="#1B1F26",
    surface2="#242A33",
    line="#313844",
    text1="#E8ECF2",
    text2="#A9B3C0",
    text3="#768293",
    accent="#4FB3CC",
    accent_hover="#6CC4DA",
    accent_soft="#17333C",
    on_accent="#0C1A1F",
    ok="#54B988",
    ok_soft="#16301F",
    bad="#F2867E",
    bad_soft="#3A1D1C",
    none="#98A3B1",
    none_soft="#242A33",
    open="#E0A84B",
    open_soft="#3A2E17",
    rehearsal="#B08CE0",
    rehearsal_soft="#2A2138",
    scrim="#000000",
    ink="#101820",
    paper="#FFFFFF",
)


class Type(IntEnum):
    """Font sizes in pixels at 100 % (96 dpi): 9, 10.5, 12 and 16 points."""

    SECONDARY = 12
    BODY = 14
    SECTION = 16
    TITLE = 21


class Space(IntEnum):
    """The 4-pixel grid at 100 %."""

    HAIR = 4
    INSIDE = 8
    BETWEEN = 12
    CARD = 16
    PAGE = 24
    RADIUS = 6
    HIT = 36
    ANSWER = 44
    RAIL = 176
    RAIL_NARROW = 56
    HEADER = 48
    STATUS = 24
