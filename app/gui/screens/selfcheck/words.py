"""How a self-check reads: states, amounts, answers, verdicts as words and marks."""

import datetime as dt
from decimal import Decimal

from app.core import clock
from app.core.self_checks import (
    Anomaly,
    ComparedLine,
    PromiseState,
    Reply,
    SelfCheckLine,
    SelfCheckState,
    Verdict,
)
from app.gui.texts import tr

Mark = tuple[str, str]
_STATES: dict[SelfCheckState, Mark] = {
    SelfCheckState.ISSUED: ("time", "open"),
    SelfCheckState.RETURNED: ("receipt", "accent"),
    SelfCheckState.COMPARED: ("check", "ok"),
    SelfCheckState.CANCELLED: ("dash", "none"),
}
_ANSWERS: dict[str, Mark] = {"pass": ("check", "ok"), "fail": ("cross", "bad"), "na": ("dash", "none"), "open": ("ring", "open")}
_REPLIES: dict[Reply, Mark] = {Reply.OPEN: ("ring", "open"), Reply.CONFIRMED: ("cross", "bad"), Reply.DENIED: ("check", "ok")}
_PROMISES: dict[PromiseState, Mark] = {
    PromiseState.PROMISED: ("time", "open"), PromiseState.PART: ("money", "open"), PromiseState.PAID: ("check", "ok"),
}  # fmt: skip
_VERDICTS: dict[Verdict, Mark] = {
    Verdict.BOTH_CLEAN: ("check", "ok"), Verdict.BOTH_FOUND: ("check", "ok"), Verdict.FOUND_CLEAN: ("check", "ok"),
    Verdict.FOUND_MORE: ("warning", "bad"), Verdict.FOUND_ONLY: ("warning", "bad"),
    Verdict.DECLARED_ONLY: ("notice", "open"), Verdict.NOT_LOOKED_AT: ("dash", "none"),
}  # fmt: skip


def money(amount: Decimal | None) -> str:
    """Return an amount, empty where there is none."""
    return "" if amount is None else f"{amount:,.2f}"


def state_words(line: SelfCheckLine) -> str:
    """Return the state, or how long it is overdue."""
    if line.is_overdue and line.days_left is not None:
        return tr("selfcheck.overdue", days=-line.days_left)
    if line.days_left is not None:
        return tr("selfcheck.waiting", days=line.days_left)
    return tr(f"selfcheck.state.{line.check.state}")


def state_mark(line: SelfCheckLine) -> Mark:
    """Return the shape and colour of the state."""
    return ("warning", "bad") if line.is_overdue else _STATES[line.check.state]


def refund_words(line: SelfCheckLine) -> str:
    """Return what was paid of what was promised."""
    if not line.promised_cny:
        return ""
    return tr("selfcheck.refund", paid=money(line.paid_cny), promised=money(line.promised_cny))


def refund_mark(line: SelfCheckLine) -> Mark | None:
    """Return a mark where a promise is broken or kept."""
    if line.is_broken:
        return "warning", "bad"
    return ("check", "ok") if line.promised_cny and line.paid_cny >= line.promised_cny else None


def answer_words(state: str) -> str:
    """Return the state of an answer."""
    return tr(f"selfcheck.answer.{state}")


def answer_mark(state: str) -> Mark:
    """Return its shape and colour."""
    return _ANSWERS[state]


def reply_words(one: Anomaly) -> str:
    """Return what was said to an anomaly."""
    return tr(f"selfcheck.reply.{one.reply}")


def reply_mark(one: Anomaly) -> Mark:
    """Return its shape and colour."""
    return _REPLIES[one.reply]


def promise_mark(state: PromiseState) -> Mark:
    """Return the shape and colour of a promise."""
    return _PROMISES[state]


def verdict_words(one: ComparedLine) -> str:
    """Return how declared and found stand to one another."""
    return tr(f"selfcheck.verdict.{one.verdict}")


def verdict_mark(one: ComparedLine) -> Mark:
    """Return its shape and colour."""
    return _VERDICTS[one.verdict]


def both(state: str, amount: Decimal | None) -> str:
    """Return an answer with its amount."""
    return f"{answer_words(state)}　{money(amount)}".strip()


def today() -> dt.date:
    """Return the day in China."""
    return clock.today(clock.now())
