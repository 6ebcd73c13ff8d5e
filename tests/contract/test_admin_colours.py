"""The administrators' page has the program's colours."""

import re
from importlib import resources

from app.gui.theme.tokens import DARK, LIGHT, Palette

NAMES = {
    "back": "surface0", "paper": "surface1", "line": "line", "text": "text1", "soft": "text2", "link": "accent",
    "main": "accent", "on-main": "on_accent", "good": "ok", "good-back": "ok_soft", "warn": "open", "bad": "bad",
    "bad-back": "bad_soft",
}  # fmt: skip


def test_the_page_has_the_colours_of_the_program_in_light_and_in_dark() -> None:
    style = resources.files("sync.server.admin").joinpath("static", "admin.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    for text, palette in ((light, LIGHT), (dark, DARK)):
        found = {name: _long(value) for name, value in re.findall(r"--([a-z-]+): (#[0-9a-f]+)", text)}
        assert found == {name: _of(palette, token) for name, token in NAMES.items()}


def _of(palette: Palette, token: str) -> str:
    colour: str = getattr(palette, token)
    return colour.lower()


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
