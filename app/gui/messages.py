"""Error codes as sentences, in Chinese and English. Imports no Qt: the command line speaks them too.

A sentence is `ERRORS["code"]` in `app/gui/texts/<language>/errors_<area>.py`, with the error's `params` as `{named}`
parts. `python -m app.gui.texts.check` finds codes without a sentence.
"""

import pkgutil
from functools import cache
from importlib import import_module

from app.gui import texts
from app.gui.verdicts import said

BUG = "program.bug"


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every sentence of one language by code."""
    package = import_module(f"app.gui.texts.{language}")
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("errors"):
            found.update(import_module(f"{package.__name__}.{module.name}").ERRORS)
    return found


def sentence(error: BaseException, language: str | None = None) -> str:
    """Return what the user is told of an error; one without a `code` of ours is a bug of the program and said to be one."""
    params = getattr(error, "params", {})
    params = dict(params) if isinstance(params, dict) else {}
    if isinstance(params.get("reason"), str):
        params["reason"] = said(params["reason"])
    return sentence_of(code_of(error), params, language)


def code_of(error: BaseException) -> str:
    """Return the code of an error; `BUG` for one that is not ours. Those of the database have a code of their own, without a dot."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) and "." in code else BUG


def sentence_of(code: str, params: dict[str, object], language: str | None = None) -> str:
    """Return the sentence of a code from the wire or a report; an unknown code is named, so that support can find it."""
    sentences = catalogue(language or texts.language())
    template = sentences.get(code)
    if template is None:
        return sentences["program.unknown"].format(code=code)
    return texts.filled(template, _Gaps(params))


class _Gaps(dict[str, object]):
    """Parameters of a sentence; a missing one is left out rather than hiding the sentence."""

    def __missing__(self, _name: str) -> str:
        return "—"
