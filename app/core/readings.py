"""That a record was read out or read (宣读、阅看) before it was signed, and what of it was changed since."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import accumulate, pairwise

from app.core.ids import DocumentId, InspectionId, InterviewId, PersonId

SEEN, SUMMARY, OPINION = "seen/", "summary", "opinion"
_ISLAND = 3
_WORDS = re.compile(r"[0-9A-Za-z.,%]+|.", re.DOTALL)


class Heard(StrEnum):
    """`ALOUD`: it was read out to the person; `SELF`: the person read it."""

    ALOUD = "aloud"
    SELF = "self"


@dataclass(frozen=True, slots=True)
class Reading:
    """One person knows what a record says. Whatever is changed in it from then on stays visible.

    Attributes:
        interview: Of an interview; the pages were not composed yet where `document` is None.
        role: As a `SignerRole` says it.
        by: The officer who read it out, or who gave it to be read.
        words: What it said, by what it is about (`about_…`); only where it was not signed yet.
    """

    id: str
    inspection: InspectionId
    role: str
    name: str
    heard: Heard
    by: PersonId
    by_name: str
    at: dt.datetime
    interview: InterviewId | None = None
    document: DocumentId | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A place of a text that was changed: the words struck there, and how many characters from `at` on are new."""

    at: int
    struck: str
    added: int


def about_question(turn: str) -> str:
    """Return what the words of a question are kept under."""
    return f"question/{turn}"


def about_answer(turn: str) -> str:
    """Return what the words of an answer are kept under."""
    return f"answer/{turn}"


def about_seen(template: str, item: str = "") -> str:
    """Return what an observation on an item, or the count of a whole template, is kept under."""
    return f"{SEEN}{template}/{item}"


def versions(readings: Sequence[Reading]) -> dict[str, tuple[str, ...]]:
    """Return what was read, oldest first, by what it is about; what was still empty was not read."""
    found: dict[str, tuple[str, ...]] = {}
    for reading in sorted(readings, key=lambda one: (one.at, one.id)):
        for about, text in reading.words.items():
            known = found.get(about, ())
            if text.strip() and (not known or known[-1] != text):
                found[about] = (*known, text)
    return found


def changes(texts: Sequence[str]) -> tuple[Change, ...]:
    """Return what was struck and added on the way from the first text to the last, none of the earlier words lost."""
    if len(texts) < 2:
        return ()
    marks = [(char, "kept") for char in texts[0]]
    for before, after in pairwise(texts):
        marks = _corrected(marks, before, after)
    found: list[Change] = []
    live, state = 0, "kept"
    for char, mark in marks:
        if mark == "struck":
            if state != "struck":
                found.append(Change(live, char, 0))
            else:
                found[-1] = Change(found[-1].at, found[-1].struck + char, 0)
        else:
            if mark == "added":
                last = found.pop() if state != "kept" else Change(live, "", 0)
                found.append(Change(last.at, last.struck, last.added + 1))
            live += 1
        state = mark
    return tuple(found)


def _corrected(marks: list[tuple[str, str]], before: str, after: str) -> list[tuple[str, str]]:
    """Strike out and add in a text that is marked already."""
    made: list[tuple[str, str]] = []
    at = 0  # in `marks`; what was struck before stays where it is
    for first, last, new in _edits(before, after):
        for is_gone, count in ((False, first[1] - first[0]), (True, last - first[1])):
            while count:
                char, mark = marks[at]
                at += 1
                count -= mark != "struck"
                made.append((char, "struck" if is_gone else mark))
        made += [(char, "added") for char in new]
    return made + marks[at:]


def _edits(before: str, after: str) -> list[tuple[tuple[int, int], int, str]]:
    """Return `((kept from, struck from), struck to, new words)` in order.

    A number is struck as a whole, and what stands between two changes too closely with them: a hand strikes out words,
    not letters here and there.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    starts, begins = list(accumulate(map(len, old), initial=0)), list(accumulate(map(len, new), initial=0))
    found = []
    a = b = kept = 0
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        first, last = starts[block.a], starts[block.a + block.size]
        begin, end = begins[block.b], begins[block.b + block.size]
        is_edge = (first, begin) == (0, 0) or (last, end) == (len(before), len(after))
        if last - first < _ISLAND and not is_edge:
            continue
        if first > a or begin > b:
            found.append(((kept, a), first, after[b:begin]))
            kept = first
        a, b = last, end
    return found
