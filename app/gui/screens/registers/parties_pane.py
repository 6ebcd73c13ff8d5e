"""Third parties: who helps under which contract, until when, with which people."""

from collections.abc import Callable
from functools import partial
from typing import Any

from app.core.outcome import Outcome
from app.core.staff import Staff, ThirdParty
from app.gui.screen import Context
from app.gui.screens.registers import ops
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.pane import RegisterPane
from app.gui.screens.registers.rows import Column
from app.gui.screens.registers.third_party_form import ThirdPartyForm
from app.gui.screens.registers.today import today
from app.gui.texts import tr
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState


class PartiesPane(RegisterPane):
    """Third parties with their contracts; the program keeps their people out of inspectors and experts."""

    form: ThirdPartyForm

    def __init__(self, context: Context) -> None:
        self._known = ops.Everybody((), Staff(), (), {})
        columns: tuple[Column[ThirdParty], ...] = (
            Column(tr("registers.party.name"), lambda one: one.name, share=2, is_strong=True),
            Column(tr("registers.party.kind"), lambda one: tr(f"registers.party_kind.{one.kind}")),
            Column(tr("registers.party.contract"), lambda one: one.contract, share=1, is_spare=True),
            Column(
                tr("registers.party.valid_to"), _validity_words, order=lambda one: str(one.valid_to or "~"),
                mark=lambda one: ("check", "ok") if one.is_under_contract(today()) else ("warning", "bad"),
            ),
            Column(tr("registers.party.people"), lambda one: str(len(self._names(one)) or ""), is_number=True),
        )  # fmt: skip
        listing = ListPane(
            columns, lambda one: one.id,
            EmptyState(
                "people", tr("registers.parties.empty.title"), tr("registers.parties.empty.text"),
                action=tr("registers.parties.new"),
            ),
            name=tr("registers.parties.list"), search=tr("registers.parties.search"),
            prefs=context.prefs, memory="parties",
        )  # fmt: skip
        listing.bar.addStretch(1)
        super().__init__(context, listing, ThirdPartyForm())
        self.form.removed.connect(self._ask_remove)

    def read(self, wanted: str | None = None) -> None:
        """Read all third parties; the search narrows what was read."""
        self._wanted = wanted or self._wanted
        services = self._context.services
        self._context.runner.run_read(lambda: ops.everybody(services, ""), self._show, owner=self, key="find")

    def count_words(self, shown: int) -> str:
        """Return how many third parties are shown."""
        return tr("registers.parties.count", shown=shown)

    def saver(self) -> Callable[[Any], Outcome[Any]]:
        """Return the use case that saves a third party."""
        save: Callable[[Any], Outcome[Any]] = self._context.services.staff.save_third_party
        return save

    def show_more(self, entry: ThirdParty | None) -> None:
        """Show who of it is on record."""
        self.form.show_people(self._names(entry) if entry is not None else ())

    def _ask_remove(self, party: ThirdParty) -> None:
        self.question = ConfirmDialog(
            self, tr("registers.party.remove.title", name=party.name), tr("registers.party.remove.text"),
            tr("registers.party.remove"), danger=True,
        )  # fmt: skip
        self.question.accepted.connect(partial(self._remove, party))
        self.question.open()

    def _remove(self, party: ThirdParty) -> None:
        remove = self._context.services.staff.remove_third_party
        self._context.runner.run_write(lambda: remove(party.id), self._removed, self._context.notices.error, owner=self)

    def _removed(self, _outcome: Outcome[str]) -> None:
        self.form.put(self.form.empty)
        self._back()
        self._context.notices.toast(tr("registers.party.removed"))
        self.read()

    def _names(self, party: ThirdParty) -> tuple[str, ...]:
        return tuple(one.name for one in self._known.people if one.organisation == party.id)

    def _show(self, known: ops.Everybody) -> None:
        self._known = known
        self.show_rows(known.parties, is_narrowed=False)
        if self.form.shown.id:
            self.show_more(self.form.shown)


def _validity_words(one: ThirdParty) -> str:
    if one.valid_to is None:
        return tr("registers.party.open_end")
    return tr(
        "registers.party.until" if one.is_under_contract(today()) else "registers.party.over",
        day=one.valid_to,
    )
