"""How meeting on site reads: who came to the relay, and what a visit brought."""

from app.core.relay import Met, RelayStatus, Visitor
from app.gui.messages import sentence_of
from app.gui.screens.sync.words import Mark, size_words
from app.gui.texts import tr

_GROUP = 4


def code_words(code: str) -> str:
    """Return a pairing code as it is read out: `ABCD 2345`."""
    return " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def is_alone(relay: RelayStatus) -> bool:
    """Return whether this laptop is in no network, so that nobody can come."""
    return all(one.startswith("127.") for one in relay.addresses)


def visitor_words(one: Visitor) -> str:
    """Return what a visitor brought and fetched, and what went wrong."""
    if one.problem:
        return sentence_of(one.problem, {})
    if one.is_busy:
        return tr("sync_team.visitor.busy")
    return tr("widgets.comma").join(_counts(one)) or tr("sync_team.visitor.nothing")


def left_words(one: Visitor) -> str:
    """Return what a visitor had brought and fetched when the relay closed."""
    if one.problem or not one.is_busy:
        return visitor_words(one)
    return tr("widgets.comma").join([*_counts(one), tr("sync_team.visitor.cut")])


def visitor_mark(one: Visitor) -> Mark:
    """Return the shape and colour of a visitor."""
    if one.problem:
        return ("warning", "bad")
    return ("sync", "accent") if one.is_busy else ("check", "ok")


def met_words(met: Met, *, stayed: bool) -> tuple[str, ...]:
    """Return what came and went in a visit, and what did not."""
    lines, files = sum(one.lines for one in met.imported), sum(one.files for one in met.imported)
    gave, got = _counted("gave", met.lines, met.files), _counted("got", lines, files)
    said = [
        tr("sync_team.met", name=met.relay),
        tr("sync_team.met.gave", what=gave, size=size_words(met.size_bytes)) if gave else tr("sync_team.met.gave.nothing"),
        tr("sync_team.met.got", what=got) if got else tr("sync_team.met.nothing"),
    ]
    if met.files_left:
        said.append(tr("sync_team.met.left", count=met.files_left))
    if met.damaged:
        said.append(tr("sync_packets.exported.damaged", count=met.damaged))
    said += [sentence_of(one.code, dict(one.params or {})) for one in met.imported if one.code]
    return tuple(said if stayed else (*said, tr("sync_team.met.again")))


def _counts(one: Visitor) -> list[str]:
    brought = [
        tr(f"sync_team.visitor.{name}", count=f"{getattr(one, name):,}") for name in ("lines", "files") if getattr(one, name)
    ]
    parts = [tr("sync_team.visitor.brought") + tr("widgets.and").join(brought)] if brought else []
    if one.files_fetched:
        parts.append(tr("sync_team.visitor.fetched", count=f"{one.files_fetched:,}"))
    return parts


def _counted(way: str, lines: int, files: int) -> str:
    parts = [tr(f"sync_team.met.{way}.lines", count=f"{lines:,}")] if lines else []
    return tr("widgets.and").join([*parts, tr("sync_team.met.files", count=f"{files:,}")] if files else parts)
