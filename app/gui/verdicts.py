"""What the verifiers say, in the language of the window. They speak Chinese only: one of them leaves with every case."""

import re
from functools import cache
from string import Formatter

from app.gui.texts import LANGUAGES, area, language, tr

_COUNTS, _LISTS = ("count", "page", "wanted", "found"), ("pages", "fields")
_WORDS = ("who", "what", "evidence")  # what the verifiers name in words of their own
_LOOSE = ("evidence", "within")  # these would fit much else: they are tried last


def said(sentence: str) -> str:
    """Return a verifier's sentence in the language of the window, unchanged where there is none for it."""
    return sentence if language() == LANGUAGES[0] else _translated(sentence) or sentence


def _translated(sentence: str) -> str | None:
    for name, pattern in _patterns().items():
        found = pattern.fullmatch(sentence)
        if found is None:
            continue
        params = found.groupdict()
        params |= {one: _translated(params[one]) or params[one] for one in _WORDS if one in params}
        params |= {one: params[one].replace("、", tr("widgets.and")) for one in _LISTS if one in params}
        if name == "within":
            inner = _translated(params["said"])
            if inner is None:
                continue
            params["said"] = inner
        return tr(f"verdicts.{name}", **params)
    return None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    texts = area(LANGUAGES[0], "verdicts")
    return {name: re.compile(_pattern(texts[name]), re.DOTALL) for name in sorted(texts, key=_LOOSE.__contains__)}


def _pattern(text: str) -> str:
    """Return what a Chinese sentence with these parameters looks like."""
    parts = Formatter().parse(text)
    return "".join(re.escape(words) + (rf"(?P<{name}>{_any(name)})" if name else "") for words, name, _, _ in parts)


def _any(name: str) -> str:
    return r"\d+" if name in _COUNTS else ".+?"
