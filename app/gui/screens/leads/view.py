"""The leads: a list with what is due, the form, one lead, and who keeps reporters."""

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.clock import today
from app.core.leads import OPEN, Keeper, KeeperId, LeadId, LeadLine, LeadState
from app.core.outcome import Outcome
from app.gui.screen import Context, Screen
from app.gui.screens.leads.detail import LeadDetail
from app.gui.screens.leads.dialogs import KeepersDialog
from app.gui.screens.leads.form import LeadForm
from app.gui.screens.leads.words import due_of, due_words, state_mark, state_words
from app.gui.screens.registers.listing import ListPane, Pills, on_key
from app.gui.screens.registers.rows import Column
from app.gui.screens.tasks.words import due_mark
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import hbox, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

FILTERS: dict[str, frozenset[LeadState]] = {
    "open": OPEN,
    "done": frozenset(LeadState) - OPEN,
    "all": frozenset(LeadState),
}
TABLES = {"lead", "lead_reporter", "lead_look", "lead_keeper", "task", "institution", "person", "sync"}


def columns() -> tuple[Column[LeadLine], ...]:
    """Return the columns of the list; nothing of a reporter is among them."""
    return (
        Column(tr("leads.column.institution"), lambda line: line.institution_name, share=3, is_strong=True),
        Column(tr("leads.column.content"), lambda line: line.lead.content, share=5),
        Column(
            tr("leads.column.due"), due_words, order=lambda line: str(due_of(line).on or "~"),
            mark=lambda line: due_mark(due_of(line)),
        ),
        Column(
            tr("leads.column.state"), state_words, order=lambda line: tuple(LeadState).index(line.lead.state), mark=state_mark
        ),
        Column(tr("leads.column.channel"), lambda line: tr(f"leads.channel.{line.lead.channel}"), is_extra=True),
        Column(
            tr("leads.column.named"), lambda line: tr("leads.real_name" if line.lead.is_real_name else "leads.anonymous"),
            is_spare=True,
        ),
        Column(tr("leads.column.handler"), lambda line: line.handler_name, is_extra=True),
        Column(tr("leads.column.number"), lambda line: line.lead.number, is_spare=True),
    )  # fmt: skip


class LeadsScreen(Screen):
    """All leads; Enter opens the current one."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._lines: tuple[LeadLine, ...] = ()
        self._keepers: tuple[Keeper, ...] = ()
        self.dialog: KeepersDialog | None = None
        empty = EmptyState("flag", tr("leads.empty.title"), tr("leads.empty.text"), action=tr("leads.new"), on_action=self.new)
        self.list = ListPane(
            columns(), lambda line: line.lead.id, empty, name=tr("leads.list"), search=tr("leads.search"),
            prefs=context.prefs, memory="leads", is_tall=True,
        )  # fmt: skip
        self.pills = Pills(tr("leads.filter"), [(key, tr(f"leads.filter.{key}")) for key in FILTERS])
        self.pills.chosen.connect(self._filter)
        self.list.bar.addWidget(self.pills)
        self.list.bar.addStretch(1)
        self.new_button = button(tr("leads.new"), self.new, kind="primary", icon="add")
        self.list.bar.addWidget(self.new_button)
        self.list.cleared.connect(self._show_all)
        self.list.table.opened.connect(self._open)
        page = QWidget()
        column = vbox(page, margin=Space.PAGE, gap=Space.BETWEEN)
        column.addWidget(self.list, 1)
        foot = hbox(gap=Space.INSIDE)
        foot.addWidget(self.list.count)
        foot.addStretch(1)
        self.keepers_button = button(tr("leads.keepers"), self.show_keepers, icon="key")
        self.open_button = button(tr("leads.open"), self._open_current, icon="next")
        foot.addWidget(self.keepers_button)
        foot.addWidget(self.open_button)
        column.addLayout(foot)
        self.form, self.detail = LeadForm(context, self._today), LeadDetail(context, self._today)
        self.form.finished.connect(self._form_finished)
        self.form.keepers_wanted.connect(self.show_keepers)
        self.detail.left.connect(self._show_list)
        self.detail.edit_wanted.connect(self._edit)
        self.stack = QStackedWidget()
        for one in (page, self.form, self.detail):
            self.stack.addWidget(one)
        vbox(self).addWidget(self.stack)
        on_key(self, "Ctrl+N", self.new)
        on_key(self.detail, "Ctrl+E", self.detail._edit)
        on_key(self.detail, "Ctrl+R", self.detail.look)

    def open(self, **params: Any) -> None:
        """Show the list, the form (`new=True`), or one lead (`lead`)."""
        self.set_heading(tr("leads.title"))
        self._read()
        if params.get("lead"):
            self._open_lead(LeadId(params["lead"]))
        elif params.get("new"):
            self.new()
        else:
            self._show_list()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload where a lead or what it is shown with changed."""
        if not changes or any(change.table in TABLES for change in changes):
            self._read()
            if self.stack.currentWidget() is self.detail:
                self.detail.reload()

    def escape(self) -> bool:
        """Leave the form or the lead."""
        if self.stack.currentIndex() > 0:
            self._show_list()
            return True
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (("Ctrl+F", "find"), ("Ctrl+N", "new"), ("Enter", "open"), ("Ctrl+E", "edit"), ("Ctrl+R", "look"))
        return tuple((keys, tr(f"leads.key.{name}")) for keys, name in names)

    def new(self) -> None:
        """Begin a new lead."""
        self._begin(None)

    def show_keepers(self) -> None:
        """Show who keeps reporters."""
        self.dialog = KeepersDialog(self, self._keepers, self.context.services.office.get().me)
        self.dialog.keep_wanted.connect(self._keep)
        self.dialog.admit_wanted.connect(self._admit)
        self.dialog.end_wanted.connect(self._ask_end)
        self.dialog.open()

    def _today(self) -> dt.date:
        return today(self.context.services.clock())

    def _read(self) -> None:
        leads = self.context.services.leads
        self.context.runner.run_read(lambda: (leads.lines(), leads.wall.keepers()), self._show, owner=self, key="leads")

    def _show(self, found: tuple[tuple[LeadLine, ...], tuple[Keeper, ...]]) -> None:
        self._lines, self._keepers = found
        self._filter(self.pills.value)
        self.new_button.setVisible(bool(self._lines))

    def _filter(self, key: str) -> None:
        shown = [line for line in self._lines if line.lead.state in FILTERS[key]]
        self.list.put(shown, is_narrowed=len(shown) < len(self._lines))
        count, whole = self.list.model.rowCount(), len(self._lines)
        self.list.count.setText(tr("leads.count" if count == whole else "leads.count.of", shown=count, all=whole))
        self.open_button.setEnabled(count > 0)

    def _show_all(self) -> None:
        self.pills.choose("all")

    def _begin(self, line: LeadLine | None) -> None:
        self.form.begin(line, may_seal=any(one.is_active for one in self._keepers))
        self.stack.setCurrentWidget(self.form)
        self.set_heading(tr("leads.title"), self.form.heading)

    def _edit(self, line: LeadLine | None) -> None:
        if line is not None and line.lead.state in OPEN:
            self._begin(line)

    def _open_current(self) -> None:
        line = self.list.table.current()
        if line is not None:
            self._open(line)

    def _open(self, line: LeadLine) -> None:
        self._open_lead(line.lead.id)

    def _open_lead(self, lead: LeadId) -> None:
        self.detail.open(lead)
        self.stack.setCurrentWidget(self.detail)
        self.set_heading(tr("leads.title"), tr("leads.detail"))

    def _show_list(self) -> None:
        self.stack.setCurrentIndex(0)
        self.set_heading(tr("leads.title"))
        self.list.table.setFocus()

    def _form_finished(self, lead: object) -> None:
        self._read()
        if isinstance(lead, str):
            self._open_lead(LeadId(lead))
        else:
            self._show_list()

    def _keep(self, password: str) -> None:
        wall = self.context.services.leads.wall
        self.context.runner.run_write(lambda: wall.become_keeper(password), self._kept, self._failed, owner=self)

    def _kept(self, outcome: Outcome[Any]) -> None:
        key = "leads.keepers.made" if outcome.value.is_active else "leads.keepers.asked"
        self.context.notices.toast(tr(key, fingerprint=outcome.value.fingerprint))
        if self.stack.currentWidget() is self.form:
            self._keepers = (*self._keepers, outcome.value)
            self.form.allow_reporter(any(one.is_active for one in self._keepers))

    def _admit(self, keeper: str, password: str) -> None:
        wall = self.context.services.leads.wall
        self.context.runner.run_write(
            lambda: wall.admit(KeeperId(keeper), password), self._admitted, self._failed, owner=self
        )

    def _ask_end(self, keeper: Keeper) -> None:
        dialog = ConfirmDialog(
            self, tr("leads.keepers.end.title", name=keeper.name), tr("leads.keepers.end.text"), tr("leads.keepers.end"), danger=True
        )
        dialog.accepted.connect(partial(self._end, keeper))
        dialog.open()

    def _end(self, keeper: Keeper) -> None:
        wall = self.context.services.leads.wall
        self.context.runner.run_write(lambda: wall.end_keeper(keeper.id), self._ended, self._failed, owner=self)

    def _ended(self, outcome: Outcome[Keeper]) -> None:
        self.context.notices.toast(tr("leads.keepers.end.done", name=outcome.value.name))

    def _admitted(self, outcome: Outcome[int]) -> None:
        self.context.notices.toast(tr("leads.keepers.admitted", count=outcome.value))

    def _failed(self, error: BaseException) -> None:
        self.context.notices.error(error)
