"""What the user must know of his membership: terms that end, rights he has not, feeds that are gone."""

import datetime as dt
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel

from app.core.clock import local
from app.core.membership import Deed, Limit, Membership
from app.gui import icons
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import emptied, hbox

LOGIN_SOON = dt.timedelta(days=5)
CONFIRM_SOON = dt.timedelta(days=10)
LIMIT_SOON = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence with its shape; `action` is `login`, `read` or empty."""

    icon: str
    tone: str
    words: str
    action: str = ""


def notes_of(member: Membership, now: dt.datetime) -> tuple[Note, ...]:
    """Return what is to be said now, the gravest first."""
    notes: list[Note] = []
    if member.limit is not Limit.NONE:
        notes.append(Note("warning", "bad", tr(f"sync.member.limit.{member.limit}", since=day_words(member.contact_at))))
    elif member.limit_at is not None and member.limit_at - now < LIMIT_SOON:
        notes.append(Note("time", "open", tr("sync.member.limit.soon", day=day_words(member.limit_at))))
    if member.is_person and not member.needs_login and member.login_until and member.login_until - now < LOGIN_SOON:
        notes.append(Note("time", "open", tr("sync.member.login.soon", day=day_words(member.login_until)), "login"))
    if member.confirm_until is not None and member.confirm_until - now < CONFIRM_SOON:
        notes.append(Note("time", "open", tr("sync.member.confirm.soon", day=day_words(member.confirm_until))))
    if member.denied:
        notes.append(Note("void", "none", denied_words(member)))
    for feed in member.leaving:
        notes.append(Note("time", "none", tr("sync.member.leaving", feed=feed_words(feed))))
    for gone in member.left:
        words = tr("sync.member.left", feed=feed_words(gone.feed), rows=gone.rows, files=gone.files)
        notes.append(Note("notice", "open", words, "read"))
    return tuple(notes)


def denied_words(member: Membership) -> str:
    """Return why the server would refuse this person's work, and what becomes of it."""
    if not member.roles:
        return tr("sync.member.denied.nobody")
    if member.is_elsewhere:
        return tr("sync.member.denied.elsewhere", office=member.office)
    deeds = tr("widgets.and").join(tr(f"sync.member.deed.{deed}") for deed in Deed if deed in member.denied)
    return tr("sync.member.denied", roles=role_words(member), deeds=deeds)


def role_words(member: Membership) -> str:
    """Return the names of the roles, each once."""
    return tr("widgets.and").join(dict.fromkeys(tr(f"sync.member.role.{role}") for role, _ in member.roles)) or "—"


def feed_words(feed: str) -> str:
    """Return what a feed is: `机关 610100 的记录`."""
    kind, _, name = feed.partition(":")
    known = {"s": "office", "x": "task", "lib": "library"}
    return tr(f"sync.member.feed.{known.get(kind, 'office')}", name=name)


def day_words(instant: dt.datetime | None) -> str:
    """Return a day as people write it, a dash for none."""
    return f"{local(instant):%Y-%m-%d}" if instant is not None else "—"


class NotesCard(Card):
    """Shows the notes; `login_wanted` and `read` come from their buttons."""

    login_wanted = Signal()
    read = Signal()

    def __init__(self) -> None:
        super().__init__(gap=Space.INSIDE)
        self.notes: tuple[Note, ...] = ()

    def put(self, notes: tuple[Note, ...]) -> None:
        """Show these, or nothing at all."""
        self.setVisible(bool(notes))
        if notes == self.notes:
            return
        self.notes = notes
        emptied(self.body)
        for note in notes:
            row = hbox(gap=Space.INSIDE)
            shape = QLabel()
            shape.setPixmap(icons.pixmap(note.icon, note.tone, 18))
            row.addWidget(shape)
            row.addWidget(label(note.words, "strong" if note.tone == "bad" else "body", wrap=True), 1)
            if note.action == "login":
                row.addWidget(button(tr("sync.login.renew"), self.login_wanted.emit))
            elif note.action == "read":
                row.addWidget(button(tr("sync.member.read"), self.read.emit))
            self.body.addLayout(row)
