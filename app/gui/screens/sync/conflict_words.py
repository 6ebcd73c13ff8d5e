"""How a conflict reads: what it is about, both values, who wrote them, and what may be done."""

import difflib
import html
import re

from app.core.clock import from_ms
from app.core.syncing import ConflictLine, Hand
from app.gui.screens.sync.words import moment_words
from app.gui.texts import known, tr

LONG = 24
SIGNED_REASONS = ("excluded_by_signature", "late_after_signature", "double_sign")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SENTENCE = re.compile(r"[^，。；：！？、\n]*[，。；：！？、\n]|[^，。；：！？、\n]+")
_SIGN = re.compile(r"[0-9][0-9,.:]*|[A-Za-z]+|.", re.DOTALL)
_MOST_CHARS = 600
_YES_NO = ("licence_shown", "is_active", "rehearsal", "rights_acknowledged")
_TRUE = ("True", "true", "1")


def where_words(line: ConflictLine) -> str:
    """Return what a conflict is about, in words where there are some, else as stored."""
    return tr("sync.conflict.where", table=known("sync_fields.table", line.table), field=known("sync_fields.field", line.field))


def row_words(line: ConflictLine) -> str:
    """Return which row a conflict is in, empty where that is only an id."""
    return line.title or ("" if _ID.fullmatch(line.row) else line.row)


def reason_words(line: ConflictLine) -> str:
    """Return why there are two values, where that needs a sentence."""
    return "" if line.reason == "concurrent" else known("sync.conflict.reason", line.reason)


def value_words(line: ConflictLine, value: str) -> str:
    """Return one of two values as it is read."""
    if line.field == "_deleted":
        return tr("sync_fields.value.gone" if value in _TRUE else "sync_fields.value.kept")
    if line.field == "_sign":
        return tr("sync_fields.value.signature")
    if not value.strip():
        return tr("sync.conflict.blank")
    if line.field in _YES_NO and value in ("0", "1"):
        return tr("sync_fields.value.yes" if value == "1" else "sync_fields.value.no")
    if line.field == "amount_fen" and value.lstrip("-").isdigit():
        return f"￥{int(value) / 100:,.2f}"
    if line.field.endswith("_at") and value.isdigit():
        return moment_words(from_ms(int(value)))
    return known("sync_fields.value", value) if line.field == "state" else value


def typed_words(line: ConflictLine) -> str:
    """Return what stands as somebody would type it, amounts in yuan."""
    if line.field == "amount_fen" and line.current.lstrip("-").isdigit():
        return f"{int(line.current) / 100:.2f}"
    return line.current


def hand_words(hand: Hand, name: str = "") -> str:
    """Return who wrote a value, on which laptop and when."""
    laptop = tr("sync.hand.here") if hand.is_here else (tr("sync.hand.there", device=hand.device) if hand.device else "")
    when = moment_words(hand.at) if hand.at else ""
    return " · ".join(part for part in (hand.name or name, laptop, when) if part)


def decided_words(line: ConflictLine) -> str:
    """Return who settled a conflict and for what, and what stands now where that is neither of the two."""
    who = hand_words(line.decided_by) if line.decided_by is not None else ""
    if line.current == line.other and line.stood != line.other:
        how = tr("sync.conflict.how.other" if line.stood is not None else "sync.conflict.how.other_unknown")
    elif line.stood is None:
        return tr("sync.conflict.decided", who=who)
    elif line.current == line.stood:
        how = tr("sync.conflict.how.current")
    else:
        how = tr("sync.conflict.how.new", value=value_words(line, line.current), who=hand_words(line.by))
    return tr("sync.conflict.decided.how", who=who, how=how)


def is_long(line: ConflictLine) -> bool:
    """Return whether both values are texts in which a difference is hard to see."""
    return line.field not in ("state", "_deleted", "_sign", "_row") and min(len(line.current), len(line.other)) >= LONG


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    """Return two texts as one: pieces that are in both (`same`), in the first only (`gone`), in the second (`new`).

    By characters and whole numbers where the texts are short, else by clauses, so that a page is compared in no time.
    """
    unit = _SENTENCE if max(len(before), len(after)) > _MOST_CHARS else _SIGN
    one, two = unit.findall(before), unit.findall(after)
    found: list[tuple[str, str]] = []
    for verb, i, j, k, m in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if verb == "equal":
            found.append(("same", "".join(one[i:j])))
            continue
        found += [(kind, text) for kind, text in (("gone", "".join(one[i:j])), ("new", "".join(two[k:m]))) if text]
    return found


def diff_html(before: str, after: str, *, gone: str, new: str) -> str:
    """Return the difference as rich text: struck where it is only in the first, underlined where only in the second.

    Args:
        gone, new: Colours; the line through and below says the same without them.
    """
    parts = []
    for kind, text in pieces(before, after):
        shown = html.escape(text).replace("\n", "<br>")
        if kind == "gone":
            shown = f'<s style="color:{gone}">{shown}</s>'
        elif kind == "new":
            shown = f'<u style="color:{new}">{shown}</u>'
        parts.append(shown)
    return "".join(parts)
