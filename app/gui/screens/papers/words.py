"""How papers, their states and their values read."""

import datetime as dt

from app.core.clock import local
from app.core.documents import SignerLine
from app.core.guards import GuardLevel
from app.core.money import format_cny, from_fen
from app.core.papers import Service, Value
from app.gui.screens.papers.lines import Line, Stage, Step
from app.gui.texts import tr

Mark = tuple[str, str]
MARKS: dict[str, Mark] = {
    Stage.MISSING: ("ring", "none"), Stage.DRAFT: ("edit", "open"), Stage.ISSUED: ("sign", "accent"),
    Stage.SIGNED: ("check", "ok"), Stage.SERVED: ("check", "ok"), Stage.VOID: ("void", "none"),
}  # fmt: skip
GUARD_MARKS: dict[str, Mark] = {
    GuardLevel.BLOCK: ("cross", "bad"), GuardLevel.WARN: ("warning", "open"), GuardLevel.NOTE: ("notice", "none"),
}  # fmt: skip
SHOWN_FIELDS = 3


def mark_of(line: Line) -> Mark:
    """Return shape and colour of a line."""
    if line.is_forbidden or (line.need.is_warned and line.stage is Stage.MISSING):
        return ("warning", "bad")
    return MARKS[Stage.ISSUED if line.step is Step.SIGN else line.stage]


def stage_words(line: Line) -> str:
    """Return the state in a word or two."""
    return tr(f"papers.stage.{line.stage}")


def stage_tone(line: Line) -> str:
    """Return the colour of the state."""
    return "bad" if line.need.is_warned and line.stage is Stage.MISSING else MARKS[line.stage][1]


def level_words(line: Line) -> str:
    """Return whether the work asks for it."""
    return tr(f"papers.level.{line.need.level}")


def step_words(line: Line) -> str:
    """Return the next step as a verb; empty where there is none."""
    return "" if line.step is Step.NONE else tr(f"papers.step.{line.step}")


def who(line: SignerLine) -> str:
    """Return capacity and name of a signer."""
    words = line.label or tr(f"documents.role.{line.role}")
    return f"{words} {line.name}".strip()


def signed_by(line: Line) -> tuple[str, ...]:
    """Return who has signed all pages or refused."""
    asked = [one for one in line.signers if one.pages]
    return tuple(who(one) for one in asked if set(one.pages) <= set(one.signed))


def waiting(line: Line) -> tuple[str, ...]:
    """Return who has still to sign."""
    return tuple(who(one) for one in line.signers if set(one.pages) - set(one.signed))


def about(line: Line) -> str:
    """Return what to know of a line: number, who signed, what it lacks, or when it is needed."""
    parts = [line.number + (tr("papers.interim_mark") if line.is_interim else "")] if line.number else []
    if line.is_forbidden:
        parts.append(tr("papers.forbidden_because", reason=line.need.when or "—"))
    match line.stage:
        case Stage.MISSING:
            parts += [_need_words(line)]
        case Stage.DRAFT:
            parts += [lacks_words(line)]
        case Stage.VOID:
            reason = line.paper.void_reason if line.paper is not None else None
            parts += [tr("papers.void_because", reason=reason or "—")]
        case _:
            parts += _signing_words(line)
    return " · ".join(part for part in parts if part)


def lacks_words(line: Line) -> str:
    """Return what keeps a draft from being issued, in one line."""
    found = []
    if line.lacks:
        shown = "、".join(line.lacks[:SHOWN_FIELDS])
        found.append(tr("papers.lacks_more" if len(line.lacks) > SHOWN_FIELDS else "papers.lacks", count=len(line.lacks), names=shown))
    if line.blocks:
        found.append(tr("papers.blocked", count=line.blocks))
    return tr("widgets.comma").join(found) or tr("papers.ready")


def service_words(service: Service) -> str:
    """Return how and when a paper was served."""
    words = tr("papers.served", day=service.effective_on.isoformat(), method=tr(f"papers.method.{service.method}"))
    return f"{words} {service.receiver}".strip() if service.void_reason is None else tr("papers.served_void", words=words)


def spoken(line: Line) -> str:
    """Return a line as it is read out."""
    parts = (line.title, level_words(line), stage_words(line), about(line), step_words(line))
    return tr("widgets.comma").join(part for part in parts if part)


def instant(at: dt.datetime) -> str:
    """Return an instant to the minute, time of China."""
    return f"{local(at):%Y-%m-%d %H:%M}"


def value_words(kind: str, value: Value | None) -> str:
    """Return a value as one line of text."""
    if value is None or value in ("", ()):
        return "—"
    if kind == "money" and isinstance(value, int):
        return format_cny(from_fen(value))
    if kind == "minute" and isinstance(value, str):
        return instant(dt.datetime.fromisoformat(value))
    if isinstance(value, tuple):
        return "；".join(row if isinstance(row, str) else "／".join(cell for cell in row if cell) for row in value)
    return str(value).replace("\n", " ")


def _need_words(line: Line) -> str:
    parts = []
    if line.need.level == "conditional" and line.need.when:
        parts.append(line.need.when)
    if line.others:
        parts.append(tr("papers.or_one_of", titles="、".join(line.others)))
    if line.is_composed:
        parts.append(tr("papers.composed"))
    return tr("widgets.comma").join(parts)


def _signing_words(line: Line) -> list[str]:
    left, done = waiting(line), signed_by(line)
    found = [tr("papers.waiting", names="、".join(left))] if left else []
    if done:
        found.append(tr("papers.signed_by", names="、".join(done)))
    counting = [one for one in line.services if one.void_reason is None]
    return found + [service_words(one) for one in counting[:1]]
