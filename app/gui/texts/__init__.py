"""Interface words by key, in zh_CN (complete, the default) and en. Imports no Qt: the command line uses it too.

A key is `area.name`; its text is `TEXTS["name"]` in `app/gui/texts/zh_cn/<area>.py` and `en/<area>.py`. Add a file of
your own area in both folders; `python -m app.gui.texts.check` says what is missing. Parameters are `{named}`, and
`{count:row|rows}` gives the first word where the count is 1, else the second.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from string import Formatter

LANGUAGES = ("zh_cn", "en")


class _Choice:
    """The language of this process: one window, one language."""

    language = "zh_cn"


def set_language(language: str) -> None:
    """Choose `zh_cn` or `en` for every text asked for from now on.

    Raises:
        ValueError: If there is no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language}")
    _Choice.language = language


def language() -> str:
    """Return the chosen language."""
    return _Choice.language


@cache
def area(language: str, name: str) -> dict[str, str]:
    """Return the texts of one area in one language.

    Raises:
        KeyError: If the area does not exist.
    """
    try:
        module = import_module(f"app.gui.texts.{language}.{name}")
    except ModuleNotFoundError as error:
        raise KeyError(f"no text area {name!r} in {language}") from error
    texts: dict[str, str] = module.TEXTS
    return texts


def tr(key: str, **params: object) -> str:
    """Return the text of a key in the chosen language (Chinese where that lacks it), with its parameters filled in.

    Raises:
        KeyError: If the key or a parameter is missing; a missing text is a bug found by the check.
    """
    where, _, name = key.partition(".")
    text = _found(_Choice.language, where, name) or area(LANGUAGES[0], where)[name]
    return filled(text, params) if params else text


def known(area: str, name: str, **params: object) -> str:
    """Return the text of a name that another program may have given, or the name where there is none."""
    try:
        return tr(f"{area}.{name}", **params)
    except KeyError:
        return name


def filled(text: str, params: Mapping[str, object]) -> str:
    """Return a text with its parameters filled in.

    Raises:
        KeyError: If the parameters lack one of the text.
    """
    return _WORDS.vformat(text, (), params) if "|" in text else text.format_map(params)


class _Words(Formatter):
    """Knows one from many."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return the word that goes with a count, or the value itself."""
        one, bar, many = format_spec.partition("|")
        if bar:
            return one if str(value) == "1" else many
        return str(super().format_field(value, format_spec))


_WORDS = _Words()


def _found(language: str, where: str, name: str) -> str | None:
    try:
        return area(language, where).get(name)
    except KeyError:
        return None
