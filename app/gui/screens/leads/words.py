"""How a lead reads: its state, what is due, and the steps it can take."""

from app.core.leads import OPEN, STEPS, LeadLine, LeadState
from app.gui.screens.tasks.due import Due, due
from app.gui.texts import tr

Mark = tuple[str, str]
_MARKS: dict[LeadState, Mark] = {
    LeadState.REGISTERED: ("ring", "open"),
    LeadState.ACCEPTED: ("edit", "accent"),
    LeadState.CHECKED: ("search", "accent"),
    LeadState.CLOSED: ("check", "ok"),
    LeadState.REJECTED: ("dash", "none"),
    LeadState.TRANSFERRED: ("export", "none"),
}


def state_words(line: LeadLine) -> str:
    """Return the state of a lead in one word."""
    return tr(f"leads.state.{line.lead.state}")


def state_mark(line: LeadLine) -> Mark:
    """Return its shape and colour."""
    return _MARKS[line.lead.state]


def due_of(line: LeadLine) -> Due:
    """Return how near the nearer of both deadlines is."""
    days = [one.due for one in (line.check, line.answer) if one is not None]
    return due(min(days) if days else None, line.days_left)


def due_words(line: LeadLine) -> str:
    """Return what is due and when."""
    found = due_of(line)
    if found.on is None:
        return "—"
    what = "check" if line.check is not None and line.check.due == found.on else "answer"
    return tr(f"leads.due.{what}.{found.urgency}", days=found.days, date=found.on.isoformat())


def steps(line: LeadLine) -> tuple[str, ...]:
    """Return what can be done with a lead now, in the order of the buttons."""
    lead, found = line.lead, []
    after = STEPS[lead.state]
    if LeadState.ACCEPTED in after:
        found += ["accept", "reject"]
    if lead.state in (LeadState.REGISTERED, LeadState.ACCEPTED):
        found += ["task"]
        if not lead.extended:
            found += ["extend"]
    if LeadState.CHECKED in after:
        found += ["check"]
    if lead.is_real_name and lead.decided_on is not None and lead.replied_on is None:
        found += ["reply"]
    if LeadState.CLOSED in after:
        found += ["close"]
    if LeadState.TRANSFERRED in after:
        found += ["transfer"]
    if lead.state in OPEN and lead.number.startswith("临-"):
        found += ["number"]
    return tuple(found)
