"""Find rows as somebody types: by a part of their texts, or by the first letters of their name in pinyin.

For letters each character of a name is replaced by a sign for the set of letters that its readings begin with: 长 is found
by `c` and by `z`. Going through fifty thousand rows one by one takes some milliseconds, and nothing has to be kept sorted.
"""

import re
import unicodedata
from collections.abc import Callable

_PRIVATE = 0xE000


class Signs:
    """One sign of Unicode's private area for every set of letters that occurs."""

    def __init__(self, letters_of: Callable[[str], str]) -> None:
        self._letters_of = letters_of
        self._sign_of_set: dict[str, str] = {}
        self._sign_of: dict[int, str | None] = {}

    def spelled(self, name: str) -> str:
        """Return a name as signs; characters without letters are left out."""
        for one in set(name):
            if ord(one) not in self._sign_of:
                letters = self._letters_of(one)
                self._sign_of[ord(one)] = self._sign(letters) if letters else None
        return name.translate(self._sign_of)

    def pattern(self, letters: str) -> "re.Pattern[str]":
        """Return what finds these letters in spelled names."""
        classes = (
            "".join(sign for known, sign in self._sign_of_set.items() if one in known) for one in letters
        )
        return re.compile("".join(f"[{signs}]" if signs else "(?!)" for signs in classes))

    def _sign(self, letters: str) -> str:
        return self._sign_of_set.setdefault(letters, chr(_PRIVATE + len(self._sign_of_set)))


class TextIndex:
    """Texts of rows by place; `find` answers with places."""

    def __init__(self, letters_of: Callable[[str], str]) -> None:
        """Begin empty; `letters_of` gives all letters that the readings of a character begin with."""
        self._signs = Signs(letters_of)
        self._texts: list[str] = []
        self._spelled: list[str] = []

    def put(self, place: int, name: str, others: str) -> None:
        """Set the texts of a row, or add one behind the last; the name is also found by letters."""
        text, spelled = folded(f"{name} {others}"), self._signs.spelled(folded(name))
        if place == len(self._texts):
            self._texts.append(text)
            self._spelled.append(spelled)
        else:
            self._texts[place], self._spelled[place] = text, spelled

    def find(self, typed: str) -> set[int] | None:
        """Return the places of rows that hold every word typed; None for all of them where nothing is typed."""
        found: set[int] | None = None
        for word in folded(typed).split():
            having = self._places(word)
            found = having if found is None else found & having
        return found

    def _places(self, word: str) -> set[int]:
        found = {place for place, text in enumerate(self._texts) if word in text}
        if word.isascii() and word.isalnum() and not word.isdigit():
            has = self._signs.pattern(word).search
            found.update([place for place, spelled in enumerate(self._spelled) if has(spelled)])
        return found


def folded(text: str) -> str:
    """Return a text as it is compared: one width, small letters, one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
