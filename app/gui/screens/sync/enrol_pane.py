"""The part of the sync page about who is behind this laptop: waiting at the door, logging in, terms and rights."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.clock import now
from app.core.membership import Membership
from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.screens.sync.enrol_login import LoginCard
from app.gui.screens.sync.enrol_notes import NotesCard, notes_of
from app.gui.screens.sync.enrol_waiting import WaitingCard
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.layout import hbox, vbox


class MemberPane(QWidget):
    """Shows one thing at a time; `changed` says that the page is to be read anew, `failed` carries what was refused."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.waiting, self.login, self.notes = WaitingCard(), LoginCard(), NotesCard()
        column = vbox(self, gap=Space.BETWEEN)
        column.addWidget(self.notes)
        for card in (self.waiting, self.login):
            row = hbox()  # in a row its wrapped words are measured at the width it really gets
            row.addWidget(card)
            row.addStretch(0)
            column.addLayout(row)
        for one in (self.notes, self.waiting, self.login):
            one.hide()
        self._is_renewing = False
        self._member = Membership()
        self.waiting.looked.connect(context.services.sync_loop.now)
        self.waiting.withdrawn.connect(self._withdraw)
        self.login.wanted.connect(self._log_in)
        self.login.left.connect(self._leave)
        self.notes.login_wanted.connect(self.renew)
        self.notes.read.connect(self._read)
        self.hide()

    def put(self, member: Membership) -> None:
        """Show how things stand."""
        was_hidden = self.login.isHidden()
        self._member = member
        asking = member.asking
        self.waiting.setVisible(asking is not None)
        if asking is not None:
            self.waiting.put(asking)
        self.login.setVisible(member.needs_login or (self._is_renewing and member.is_person))
        self.login.put(member)
        self.notes.put(notes_of(member, now()))
        self.setVisible(not (self.waiting.isHidden() and self.login.isHidden() and self.notes.isHidden()))
        if was_hidden and not self.login.isHidden():
            self.login.focus_first()

    def renew(self) -> None:
        """Ask for the password before it must be given."""
        self._is_renewing = True
        self.put(self._member)

    def ask(self, server: str) -> None:
        """Ask a server to be let in."""
        ask = self.context.services.memberships.ask
        self.context.runner.run_long(lambda _: ask(server), self._done, self._failed, owner=self)

    def _withdraw(self) -> None:
        withdraw = self.context.services.memberships.withdraw
        self.context.runner.run_write(withdraw, self._done, self._failed, owner=self)

    def _read(self) -> None:
        read = self.context.services.memberships.read
        self.context.runner.run_write(read, self._done, self._failed, owner=self)

    def _leave(self) -> None:
        self._is_renewing = False
        self.put(self._member)

    def _log_in(self, user: str, password: str, digits: str) -> None:
        log_in = self.context.services.memberships.log_in
        # A server that does not answer must not hold up what is being written: this waits beside the writer.
        self.context.runner.run_long(
            lambda _: log_in(user, password, digits), self._logged_in, self.login.fail, owner=self
        )

    def _logged_in(self, outcome: Outcome[Membership]) -> None:
        self._is_renewing = False
        self.login.succeed()
        self.context.notices.toast(tr("sync.login.done", user=outcome.value.user))
        self.context.services.sync_loop.now()
        self._done(outcome)

    def _done(self, outcome: Outcome[Membership]) -> None:
        self.put(outcome.value)
        self.changed.emit()

    def _failed(self, error: Any) -> None:
        self.context.notices.error(error)
        self.failed.emit(error)
