"""How a task reads: its deadline, state and progress as words and a mark `(icon, token)`."""

import datetime as dt

from app.core.tasks import TaskLine, TaskState
from app.gui.screens.tasks.due import Due, Urgency
from app.gui.texts import tr

Mark = tuple[str, str]
TONES = {
    Urgency.OVERDUE: "bad",
    Urgency.TODAY: "open",
    Urgency.SOON: "open",
    Urgency.LATER: "none",
    Urgency.NONE: "none",
}
_DUE_MARKS: dict[Urgency, Mark] = {
    Urgency.OVERDUE: ("warning", "bad"),
    Urgency.TODAY: ("time", "open"),
    Urgency.SOON: ("time", "open"),
}
_STATE_MARKS: dict[TaskState, Mark] = {
    TaskState.ASSIGNED: ("ring", "open"),
    TaskState.IN_PROGRESS: ("edit", "accent"),
    TaskState.SIGNED: ("sign", "ok"),
    TaskState.CLOSED: ("check", "ok"),
    TaskState.CANCELLED: ("dash", "none"),
}


def date_words(day: dt.date | None) -> str:
    """Return a day as `2026-11-22`, empty where there is none."""
    return "" if day is None else day.isoformat()


def due_words(due: Due) -> str:
    """Return a deadline in words: how near it is and the day."""
    if due.on is None:
        return tr("tasks.due.unset")
    shown = Urgency.LATER if due.urgency is Urgency.NONE else due.urgency
    return tr(f"tasks.due.{shown}", days=due.days, date=date_words(due.on))


def due_mark(due: Due) -> Mark | None:
    """Return the shape and colour of a deadline that needs an eye, or None."""
    return _DUE_MARKS.get(due.urgency)


def state_words(state: TaskState) -> str:
    """Return the state of a task in one word."""
    return tr(f"tasks.state.{state}")


def state_mark(state: TaskState) -> Mark:
    """Return the shape and colour of a state."""
    return _STATE_MARKS[state]


def progress_words(line: TaskLine) -> str:
    """Return how far the newest inspection of a task is; empty before its start."""
    if line.progress is None:
        return ""
    done, whole = line.progress
    key = "tasks.progress.failed" if line.failed else "tasks.progress"
    return tr(key, done=done, all=whole, failed=line.failed)


def source_words(line: TaskLine) -> str:
    """Return where a task comes from: its plan, its lead, or its kind."""
    return line.plan_title or line.lead_number or tr(f"tasks.kind.{line.task.kind}")
