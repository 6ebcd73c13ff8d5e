"""How the interview speaks: times, elapsed minutes, the state of a turn. No Qt."""

import datetime as dt
import re
from html import escape

from app.core.clock import local
from app.core.interviews import Interview, Subject, Turn
from app.core.readings import Change, Reading
from app.gui.texts import tr

_MINUTE = 60
_RECUSAL = re.compile(r"(?<!不)(?<!无需)(?<!没有)申请.{0,6}回避|要求.{0,6}回避")


def clock(instant: dt.datetime) -> str:
    """Return 14:32."""
    return local(instant).strftime("%H:%M")


def minute(instant: dt.datetime) -> str:
    """Return 2026年11月22日14时32分, as it is printed."""
    at = local(instant)
    return f"{at.year}年{at.month}月{at.day}日{at.hour:02d}时{at.minute:02d}分"


def elapsed(since: dt.datetime, until: dt.datetime) -> str:
    """Return how long an interview lasts, in whole minutes."""
    minutes = max(0, int((until - since).total_seconds()) // _MINUTE)
    if minutes < _MINUTE:
        return tr("interview.minutes", minutes=minutes)
    return tr("interview.hours", hours=minutes // _MINUTE, minutes=minutes % _MINUTE)


def traced(text: str, made: tuple[Change, ...]) -> str:
    """Return rich text in which what was struck is legible and what is new is underlined, as it will be printed."""
    shown, done = "", 0
    for one in made:
        shown += escape(text[done : one.at]) + f"<s>{escape(one.struck)}</s>"
        done = one.at + one.added
        shown += f"<u>{escape(text[one.at : done])}</u>"
    return (shown + escape(text[done:])).replace("\n", "<br>")


def reading(readings: tuple[Reading, ...]) -> str:
    """Return when the record was last read out or read, and what that means for whoever changes it."""
    last = readings[-1]
    return tr(f"interview.read_{last.heard}", time=clock(last.at), name=last.name, by=last.by_name)


def unanswered(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return the questions without an answer."""
    return tuple(turn for turn in turns if not turn.is_answered)


def asks_for_recusal(answer: str) -> bool:
    """Return whether an answer seems to ask for recusal; a hint for the officers, never a decision."""
    return bool(_RECUSAL.search(answer))


def subject_lines(subject: Subject) -> tuple[str, str]:
    """Return the person in two lines: who, and how to reach them."""
    who = "，".join(part for part in (subject.name, subject.gender, subject.birth, subject.post, subject.relation) if part)
    reach = "　".join(part for part in (subject.phone, subject.id_no, subject.address) if part)
    return who, reach


def state(one: Interview) -> str:
    """Return whether an interview lasts or since when it is over."""
    if one.ended_at is None:
        return tr("interview.running")
    return tr("interview.ended_at", time=clock(one.ended_at))
