"""Words of a draw on the window, in its language; what is printed is Chinese always and stands in `draw_words`."""

from collections.abc import Sequence

from app.core.draws import TEAMS, Draw, DrawSheet, DrawState, Earlier, LeftOut, Missing, Source, Twice
from app.gui.screens.registers.fields import name_of
from app.gui.texts import known, tr

ROLES = ("leader", "inspector", "expert", "assistant", "team")


def state(one: DrawState) -> str:
    """Return where a draw stands."""
    return tr(f"draws.state.{one}")


def role(name: str) -> str:
    """Return what somebody is in a team; the title of a group is what it is."""
    return tr(f"draws.role.{name}") if name in ROLES else name


def source(one: Source) -> str:
    """Return where digits come from."""
    return tr("widgets.said", who=tr(f"draws.source.{one.kind}"), words=one.label)


def why(one: LeftOut) -> str:
    """Return why somebody was left out."""
    match one.code:
        case "status":
            return known("draws.why.status", one.detail)
        case "agreement":
            return tr(f"draws.why.agreement.{'suspended' if one.detail == 'suspended' else 'ended'}")
        case "apart":
            return tr(f"draws.why.apart.{'chain' if one.detail == 'chain' else 'place'}")
        case "licence" if not one.detail:
            return tr("draws.why.licence.none")
        case "dropped":
            number, _, fields = one.detail.partition("|")
            if not fields:
                return tr("draws.why.dropped.gone", number=number)
            names = tr("widgets.and").join(name_of(field, "institution") for field in fields.split(","))
            return tr("draws.why.dropped", number=number, fields=names)
    return known("draws.why", one.code, detail=one.detail)


def shortage(one: Missing) -> str:
    """Return why no team could be made for an institution."""
    if one.role in (TEAMS, "team"):
        return tr(f"draws.short.{one.role}", needed=one.needed, pool=one.pool)
    bars = (("load", one.load), ("home", one.home), ("interest", one.interest))
    told = tr("widgets.and").join(tr(f"draws.short.{name}", count=count) for name, count in bars if count)
    words = tr("draws.short", role=role(one.role), needed=one.needed, pool=one.pool)
    return words + (tr("draws.short.of_these", told=told) if told else "")


def counted(earlier: Sequence[Earlier | Draw]) -> str:
    """Return how often something was announced, taken back and drawn again for the plan."""
    if not earlier:
        return ""
    void = [one for one in earlier if one.state is DrawState.VOID]
    back = sum(one.drawn_at is None for one in void)
    parts = [tr(f"draws.counted.{name}", n=n) for name, n in (("back", back), ("again", len(void) - back)) if n]
    words = tr("draws.counted", n=len(earlier))
    return words + (tr("draws.counted.of_these", told=tr("widgets.and").join(parts)) if parts else "")


def liked(shown: DrawSheet) -> str:
    """Return how often something was announced for plans like this one, before and after it was frozen."""
    counts = (("before", shown.before.like), ("since", shown.since))
    return tr("widgets.semicolon").join(tr(f"draws.liked.{name}", told=counted(found)) for name, found in counts if found)


def visited(one: Twice) -> str:
    """Return how often somebody in several groups is visited where he is drawn in each."""
    return tr("draws.visited.joined" if one.is_joined else "draws.visited.apart")
