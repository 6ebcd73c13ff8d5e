"""How documents, signers and digests read."""

import datetime as dt

from app.core.clock import local
from app.core.documents import Document, DocumentKind, DocumentState, DocumentView, SignerLine, SignerRole
from app.gui.screens.documents.ops import ListLine
from app.gui.texts import tr

Mark = tuple[str, str]
OFFICERS = (SignerRole.INSPECTOR_1, SignerRole.INSPECTOR_2, SignerRole.RECORDER)
OUTSIDERS = (SignerRole.PARTY, SignerRole.SUBJECT)
STATE_MARKS: dict[str, Mark] = {
    "open": ("ring", "none"),
    DocumentState.FROZEN: ("sign", "open"),
    DocumentState.SIGNING: ("sign", "accent"),
    DocumentState.SIGNED: ("check", "ok"),
    DocumentState.AMENDED: ("edit", "ok"),
}


def state_of(line: ListLine) -> str:
    """Return the state of a list line; `open` for a record still to be composed."""
    return "open" if line.view is None else str(line.view.document.state)


def state_words(state: str) -> str:
    """Return a state in a word or two."""
    return tr(f"documents.state.{state}")


def role_words(role: SignerRole) -> str:
    """Return who signs, as the paper says it."""
    return tr(f"documents.role.{role}")


def title_of(line: ListLine) -> str:
    """Return what kind of paper a line is."""
    return tr("documents.kind.record") if line.view is None else line.view.document.title


def who(line: SignerLine) -> str:
    """Return role and name of a signer."""
    return f"{line.label or role_words(line.role)} {line.name}".strip()


def heard_words(view: DocumentView, role: SignerRole) -> str:
    """Return how and when a signer last got to know what the document says; empty where nobody noted it."""
    told = [one for one in view.readings if one.role == role]
    return tr(f"documents.read_{told[-1].heard}", time=f"{local(told[-1].at):%H:%M}") if told else ""


def left(line: SignerLine) -> tuple[int, ...]:
    """Return the pages a signer still has to sign."""
    return tuple(page for page in line.pages if page not in line.signed)


def signer_progress(line: SignerLine) -> str:
    """Return how far one signer is."""
    if line.refused_reason:
        return tr("documents.signer.refused")
    if not line.pages:
        return tr("documents.signer.none")
    return tr("documents.signer.pages", done=len(set(line.signed) & set(line.pages)), all=len(line.pages))


def state_and_progress(line: ListLine) -> str:
    """Return the state, and how many of the signers are done while it is being signed."""
    words = state_words(state_of(line))
    if line.view is None or line.view.document.state is not DocumentState.SIGNING:
        return words
    asked = [one for one in line.view.signers if one.pages]
    return f"{words} {tr('documents.people', done=sum(not left(one) for one in asked), all=len(asked))}"


def next_words(view: DocumentView | None) -> str:
    """Return whose turn it is."""
    if view is None:
        return tr("documents.next.compose")
    waiting = next((one for one in view.signers if one.role is view.next_role), None)
    if waiting is None or view.next_page is None:
        return ""
    return tr(f"documents.next.{'seal' if is_seal(waiting) else 'sign'}", who=who(waiting), page=view.next_page)


def instant(at: dt.datetime) -> str:
    """Return an instant to the minute, Chinese local time."""
    return f"{local(at):%Y-%m-%d %H:%M}"


def day(at: dt.datetime) -> str:
    """Return the day of an instant in China."""
    return f"{local(at):%Y-%m-%d}"


def short_hash(digest: str) -> str:
    """Return the first eight digits of a digest as they are printed on the page: `3F2A-91BC`."""
    return f"{digest[:4]}-{digest[4:8]}".upper()


def grouped(digest: str) -> str:
    """Return a whole digest in groups of eight, to be compared by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def file_name(view: DocumentView) -> str:
    """Return a file name that says what it is and that every system takes."""
    raw = f"{view.institution_name}_{view.document.title}_{view.document.number}"
    return "".join("_" if one in '<>:"/\\|?*\n\r\t' else one for one in raw).strip(". ")[:120] + ".pdf"


def is_locked(document: Document) -> bool:
    """Say whether somebody has signed."""
    return document.state is not DocumentState.FROZEN


def may_refuse(role: SignerRole) -> bool:
    """Say whether this signer can refuse; officers sign what they wrote, a witness what was seen."""
    return role not in (*OFFICERS, SignerRole.WITNESS)


def is_seal(line: SignerLine) -> bool:
    """Say whether this place is for a seal, which nobody draws by hand; a place that may be signed or sealed is not."""
    return line.label.endswith("章") and "签" not in line.label


def is_correction(document: Document) -> bool:
    """Say whether this is an amendment."""
    return document.kind is DocumentKind.AMENDMENT
