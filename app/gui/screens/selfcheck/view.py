"""Self-checks in the window: the register, one of them, and the form that asks an institution."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from app.core.ids import SelfCheckId
from app.core.self_checks import SelfCheckLine, SelfCheckState
from app.gui.runner import Work
from app.gui.screen import Context, Screen
from app.gui.screens.registers.listing import ListPane, Pills, on_key
from app.gui.screens.registers.rows import Column
from app.gui.screens.selfcheck import words
from app.gui.screens.selfcheck.detail import DetailPage
from app.gui.screens.selfcheck.issue import IssueForm
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

TABLES = {"self_check", "self_check_anomaly", "self_check_answer", "self_check_reminder", "refund_promise", "institution"}
FILTERS = ("all", "waiting", "overdue", "returned", "compared", "cancelled")
_LATE, _TWICE, _OLDER = "selfcheck.late", "selfcheck.returned_already", "selfcheck.returned_newer"


class SelfCheckScreen(Screen):
    """Ctrl+N asks an institution, Ctrl+I takes back what came, Enter opens one, Esc goes back to the register."""

    made_later = ("detail", "form")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._lines: tuple[SelfCheckLine, ...] = ()
        self._coming: tuple[Path, dict[str, Any]] | None = None
        self._wanted: str | None = None
        empty = EmptyState(
            "selfcheck", tr("selfcheck.empty.title"), tr("selfcheck.empty.text"), action=tr("selfcheck.new"), on_action=self.new
        )
        self.list = ListPane(
            _columns(), lambda line: line.check.id, empty, name=tr("selfcheck.list"), search=tr("selfcheck.search"),
            prefs=context.prefs, memory="selfcheck", is_tall=True,
        )  # fmt: skip
        self.pills = Pills(tr("selfcheck.filter"), [(key, tr(f"selfcheck.filter.{key}")) for key in FILTERS])
        self.pills.chosen.connect(self._filter)
        self.list.bar.addWidget(self.pills)
        self.list.bar.addStretch(1)
        self.import_button = button(tr("selfcheck.import"), self.choose_return, icon="download")
        self.new_button = button(tr("selfcheck.new"), self.new, kind="primary", icon="add")
        for one in (self.import_button, self.new_button):
            self.list.bar.addWidget(one)
        self.list.cleared.connect(self._show_all)
        self.list.table.opened.connect(self._open_line)
        self.list.model.modelReset.connect(self._count)
        page = QWidget()
        column = vbox(page, margin=Space.PAGE, gap=Space.BETWEEN)
        self.rule = label("", "secondary", tone="open", wrap=True)
        self.rule.hide()
        column.addWidget(self.list, 1)
        column.addWidget(self.rule)
        foot = hbox(gap=Space.INSIDE)
        foot.addWidget(self.list.count)
        foot.addStretch(1)
        self.table_button = button(tr("selfcheck.export_register"), self.export_register, icon="export")
        foot.addWidget(self.table_button)
        self.open_button = button(tr("selfcheck.open"), self._open_current, icon="next")
        foot.addWidget(self.open_button)
        column.addLayout(foot)
        self.stack = QStackedWidget()
        self.stack.addWidget(page)
        vbox(self).addWidget(self.stack)
        on_key(self, "Ctrl+N", self.new)
        on_key(self, "Ctrl+I", self.choose_return)

    @cached_property
    def detail(self) -> DetailPage:
        """One self-check."""
        made = DetailPage(self.context)
        made.import_wanted.connect(self.choose_return)
        self.stack.addWidget(made)
        return made

    @cached_property
    def form(self) -> IssueForm:
        """What asks an institution."""
        made = IssueForm(self.context)
        made.finished.connect(self._issued)
        self.stack.addWidget(made)
        return made

    def open(self, **params: Any) -> None:
        """Show the register, one self-check (`self_check`), or the form (`new=True`, perhaps with `institution`)."""
        self.set_heading(tr("selfcheck.title"))
        self._wanted = None
        if params.get("new"):
            self.new(params.get("institution"))
        elif params.get("self_check"):
            self.show_one(SelfCheckId(str(params["self_check"])))
        else:
            self.stack.setCurrentIndex(0)
        self._read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload what changed."""
        if changes and not any(change.table in TABLES for change in changes):
            return
        self._read()
        if isinstance(shown := self.stack.currentWidget(), DetailPage):
            shown.read()

    def escape(self) -> bool:
        """Go back to the register."""
        if self.stack.currentIndex() == 0:
            return False
        self._show_list()
        return True

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (("Ctrl+F", "find"), ("Ctrl+N", "new"), ("Ctrl+I", "import"), ("Enter", "open"), ("Esc", "back"))
        return tuple((keys, tr(f"selfcheck.key.{name}")) for keys, name in names)

    def new(self, institution: str | None = None) -> None:
        """Ask an institution."""
        self.form.begin(institution if isinstance(institution, str) else None)
        self.stack.setCurrentWidget(self.form)
        self.form.focus_first()

    def show_one(self, check_id: SelfCheckId) -> None:
        """Show one self-check."""
        self.detail.open(check_id)
        self.stack.setCurrentWidget(self.detail)

    def choose_return(self) -> None:
        """Ask for the file that came back."""
        name, _ = QFileDialog.getOpenFileName(self, tr("selfcheck.choose_return"), "", tr("selfcheck.return_files"))
        if name:
            self.take_back(Path(name))

    def export_register(self) -> None:
        """Write what the list shows as a workbook."""
        name, _ = QFileDialog.getSaveFileName(self, tr("selfcheck.export_register"), tr("selfcheck.register_name"))
        rows = [self.list.model.at(row) for row in range(self.list.model.rowCount())]
        shown = tuple(one.check.id for one in rows if isinstance(one, SelfCheckLine))
        desk = self.context.services.self_checks
        if name and shown:
            self.context.runner.run_read(
                lambda: desk.export_register(Path(name), shown), self._exported, self.context.notices.error, owner=self
            )

    def _exported(self, outcome: Any) -> None:
        self.context.notices.toast(tr("selfcheck.register_written", count=outcome.value))

    def take_back(self, path: Path, **more: Any) -> None:
        """Take back what an institution filled in; late and further returns are asked about."""
        desk = self.context.services.self_checks
        self._coming = (path, more)

        def work(job: Work) -> Any:
            return desk.take_back(path, **more, report=job.report, cancel=job.token)

        self.import_button.setEnabled(False)
        self.context.runner.run_long(work, self._taken, self._not_taken, owner=self, writes=True)

    def _taken(self, outcome: Any) -> None:
        self.import_button.setEnabled(True)
        back = outcome.value
        notices = self.context.notices
        if back.was_known:
            notices.toast(tr("selfcheck.known"))
        else:
            notices.toast(tr("selfcheck.taken", amount=words.money(back.check.declared_cny) or "0.00"))
        left = [
            tr("selfcheck.left_items", count=back.open_items) if back.open_items else "",
            tr("selfcheck.left_replies", count=back.unreplied) if back.unreplied else "",
            tr("selfcheck.left_files", names="、".join(back.absent[:5])) if back.absent else "",
        ]
        if any(left):
            notices.banner("　".join(one for one in left if one), tone="open")
        self.show_one(back.check.id)

    def _not_taken(self, error: BaseException) -> None:
        self.import_button.setEnabled(True)
        code = getattr(error, "code", "")
        if code not in (_LATE, _TWICE, _OLDER) or self._coming is None:
            self.context.notices.error(error)
            return
        params = getattr(error, "params", {})
        if code == _LATE:
            dialog = ConfirmDialog(
                self, tr("selfcheck.late_ask"), tr("selfcheck.late_means", **params), tr("selfcheck.late_take"),
                ask_reason=tr("selfcheck.late_note"),
            )  # fmt: skip
            dialog.accepted.connect(lambda: self._again(late_note=dialog.reason))
        else:
            means = tr("selfcheck.twice_older" if code == _OLDER else "selfcheck.twice_means", **params)
            dialog = ConfirmDialog(self, tr("selfcheck.twice_ask"), means, tr("selfcheck.twice_take"))
            dialog.accepted.connect(lambda: self._again(replace=True))
        dialog.open()

    def _again(self, **more: Any) -> None:
        if self._coming is not None:
            path, before = self._coming
            self.take_back(path, **{**before, **more})

    def _issued(self, check: object) -> None:
        if check is None:
            self._show_list()
            return
        self.show_one(SelfCheckId(str(check)))
        self.detail.export_package()

    def _read(self) -> None:
        desk = self.context.services.self_checks
        self.context.runner.run_read(lambda: (desk.lines(), desk.neglected()[0]), self._show, owner=self, key="lines")

    def _show(self, found: tuple[tuple[SelfCheckLine, ...], Any]) -> None:
        self._lines, rule = found
        self.new_button.setVisible(bool(self._lines))  # an empty list has its own
        overdue = sum(one.is_overdue for one in self._lines)
        self.rule.setText(tr("selfcheck.rule", count=overdue, text=rule.text, clause=rule.clause))
        self.rule.setVisible(bool(overdue))
        self.pills.rename("overdue", tr("selfcheck.filter.overdue_count", count=overdue) if overdue else tr("selfcheck.filter.overdue"))
        self._filter(self.pills.value)

    def _filter(self, key: str) -> None:
        shown = [one for one in self._lines if _is_shown(one, key)]
        self.list.put(shown, is_narrowed=len(shown) < len(self._lines))

    def _show_all(self) -> None:
        self.pills.choose("all")

    def _count(self) -> None:
        self.list.count.setText(tr("selfcheck.count", count=self.list.model.rowCount()))
        for one in (self.open_button, self.table_button):
            one.setEnabled(bool(self.list.model.rowCount()))

    def _show_list(self) -> None:
        self.set_heading(tr("selfcheck.title"))
        self.stack.setCurrentIndex(0)
        self.list.table.setFocus()
        self._read()

    def _open_line(self, line: SelfCheckLine) -> None:
        self.show_one(line.check.id)

    def _open_current(self) -> None:
        line = self.list.table.current()
        if isinstance(line, SelfCheckLine):
            self.show_one(line.check.id)


def _is_shown(line: SelfCheckLine, key: str) -> bool:
    state = line.check.state
    match key:
        case "waiting":
            return state is SelfCheckState.ISSUED and not line.is_overdue
        case "overdue":
            return line.is_overdue
        case "all":
            return True
        case _:
            return state == key


def _columns() -> tuple[Column[SelfCheckLine], ...]:
    return (
        Column(tr("selfcheck.column.institution"), lambda one: one.institution_name, share=6, is_strong=True),
        Column(tr("selfcheck.column.title"), lambda one: one.check.title, share=3, is_spare=True),
        Column(tr("selfcheck.column.kind"), lambda one: tr(f"selfcheck.kind.{one.check.kind}"), is_extra=True),
        Column(tr("selfcheck.column.due"), lambda one: one.check.due_on.isoformat()),
        Column(
            tr("selfcheck.column.state"), words.state_words, mark=words.state_mark,
            order=lambda one: (tuple(SelfCheckState).index(one.check.state), one.days_left or 0),
        ),
        Column(
            tr("selfcheck.column.declared"), lambda one: words.money(one.check.declared_cny), is_number=True,
            order=lambda one: one.check.declared_cny or 0,
        ),
        Column(tr("selfcheck.column.refund"), words.refund_words, mark=words.refund_mark, order=lambda one: one.promised_cny),
        Column(tr("selfcheck.column.reminders"), lambda one: str(one.reminders or ""), is_spare=True, is_number=True),
        Column(tr("selfcheck.column.plan"), lambda one: one.plan_title, is_extra=True),
    )  # fmt: skip
