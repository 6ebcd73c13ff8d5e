"""The account that the server gave this laptop's user: roles, rights, and until when they hold."""

from app.core.membership import Deed, Membership
from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.screens.settings.parts import Part
from app.gui.screens.sync.enrol_notes import day_words, role_words
from app.gui.screens.sync.words import moment_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized

FACTS = ("user", "roles", "may", "login", "confirm", "contact", "limit")


class AccountPart(Part):
    """Who one is on the server; log in again, or out."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        card = sized(Card(tr("settings.part.account"), gap=Space.BETWEEN), max_width=640)
        card.body.addWidget(label(tr("settings.account.text"), "muted", wrap=True))
        self.facts = {name: label(tr("settings.account.none"), "body", wrap=True) for name in FACTS}
        for name, value in self.facts.items():
            row = hbox(gap=Space.BETWEEN)
            words = sized(label(tr(f"settings.account.{name}"), "secondary"), width=128)
            words.setBuddy(value)
            row.addWidget(words)
            row.addWidget(value, 1)
            card.body.addLayout(row)
        row = hbox(gap=Space.BETWEEN)
        row.addStretch(1)
        self.log_out_button = button(tr("settings.account.log_out"), self.log_out)
        self.log_in_button = button(tr("settings.account.log_in"), self.log_in, kind="primary")
        for one in (self.log_out_button, self.log_in_button):
            one.hide()
            row.addWidget(one)
        card.body.addLayout(row)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def read(self) -> None:
        """Read what the server last said."""
        self.context.runner.run_read(self.context.services.memberships.get, self._show, owner=self, key="account")

    def log_in(self) -> None:
        """Open the page that asks for the password."""
        self.context.go("sync", login=True)

    def log_out(self) -> None:
        """Let the server forget who is here."""
        log_out = self.context.services.memberships.log_out
        self.log_out_button.setEnabled(False)
        self.context.runner.run_long(lambda _: log_out(), self._logged_out, self._failed, owner=self)

    def _logged_out(self, outcome: Outcome[Membership]) -> None:
        self.log_out_button.setEnabled(True)
        self.context.notices.toast(tr("settings.account.logged_out"))
        self._show(outcome.value)

    def _failed(self, error: BaseException) -> None:
        self.log_out_button.setEnabled(True)
        self.context.notices.error(error)

    def _show(self, member: Membership) -> None:
        none = tr("settings.account.none")
        has_server = member.contact_at is not None
        words = {
            "user": member.user or none,
            "roles": role_words(member),
            "may": may_words(member) if has_server else none,
            "login": day_words(member.login_until),
            "confirm": day_words(member.confirm_until),
            "contact": moment_words(member.contact_at) if member.contact_at is not None else none,
            "limit": day_words(member.limit_at),
        }
        for name, text in words.items():
            self.facts[name].setText(text)
        self.log_in_button.setVisible(member.is_person)
        self.log_out_button.setVisible(member.is_person and not member.needs_login)


def may_words(member: Membership) -> str:
    """Return what may be done with this office's records."""
    if not member.denied:
        return tr("settings.account.may.all")
    deeds = tr("widgets.and").join(tr(f"sync.member.deed.{deed}") for deed in Deed if deed in member.denied)
    return tr("settings.account.may.not", deeds=deeds)
