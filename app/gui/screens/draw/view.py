"""The draw: its history, the announcement, one draw."""

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from app.core.clock import local, today
from app.core.draws import Draw, DrawSheet, DrawState, PickLine, Wish
from app.core.outcome import Outcome
from app.core.plans import PlanState
from app.gui.screen import Context, Screen
from app.gui.screens.draw import words
from app.gui.screens.draw.announcing import AnnouncingPage
from app.gui.screens.draw.opened import OpenedPage
from app.gui.screens.registers.listing import ListPane, on_key
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import vbox
from app.services import draw_words

if TYPE_CHECKING:
    from app.core.outcome import Change

_TABLES = frozenset({"draw", "draw_pick", "draw_staff", "plan"})
_DRAWABLE = (PlanState.APPROVED, PlanState.RUNNING)
_MARKS = {
    DrawState.FROZEN: ("time", "open"),
    DrawState.DRAWN: ("check", "ok"),
    DrawState.VOID: ("void", "text3"),
}


class DrawScreen(Screen):
    """Ctrl+N announces a draw; Ctrl+Enter does what the page is for; Esc goes back to the list."""

    made_later = ("announcing", "page")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.list = self._history()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        vbox(self, margin=Space.PAGE).addWidget(self.stack)
        self.list.table.opened.connect(self._open_line)
        on_key(self, "Ctrl+N", self.new)

    @cached_property
    def announcing(self) -> AnnouncingPage:
        """What announces a draw."""
        made = AnnouncingPage()
        made.looked.connect(self._look)
        made.frozen.connect(self._freeze)
        made.given_up.connect(self.show_list)
        self.stack.addWidget(made)
        return made

    @cached_property
    def page(self) -> OpenedPage:
        """The draw that is open."""
        made = OpenedPage(self.context.services.clock)
        for signal, call in (
            (made.drawn, self._draw), (made.replaced, self._replace), (made.printed, self._print),
            (made.exported, self._export), (made.withdrawn, self._withdraw), (made.again, self._again),
            (made.tasked, self._tasks),
        ):  # fmt: skip
            signal.connect(call)
        self.stack.addWidget(made)
        return made

    def open(self, **params: Any) -> None:
        """Show the history; `draw` opens one, `plan` what is to be done for a plan, `new` begins one."""
        if params.get("draw"):
            self.show_draw(str(params["draw"]))
        elif params.get("new"):
            self._begin("")
        elif params.get("plan"):
            self._for_plan(str(params["plan"]))
        else:
            self.show_list()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload what changed."""
        if changes and not {change.table for change in changes} & _TABLES:
            return
        self._read()
        if isinstance(shown := self.stack.currentWidget(), OpenedPage) and shown.shown is not None:
            self.show_draw(shown.shown.draw.id)

    def escape(self) -> bool:
        """Go back to the list."""
        if self.stack.currentWidget() is self.list:
            return False
        self.show_list()
        return True

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (("Ctrl+N", "new"), ("Enter", "open"), ("Ctrl+Enter", "do"), ("Ctrl+P", "print"))
        return tuple((keys, tr(f"draws.key.{name}")) for keys, name in names)

    def show_list(self) -> None:
        """Show the history."""
        self._front(self.list)
        self.set_heading(tr("draws.title"))
        self._read()

    def show_draw(self, draw_id: str) -> None:
        """Show one draw."""
        self._run_read(lambda: self.context.services.draws.sheet(draw_id), self._shown, "draw")

    def new(self) -> None:
        """Announce a draw."""
        self._begin("")

    def _for_plan(self, plan: str) -> None:
        """Go on with what was announced; without any draw of the plan begin one."""
        made = self.context.services.draws.of_plan(plan)
        waiting = next((one for one in made if one.state is DrawState.FROZEN), None)
        if waiting is not None:
            self.show_draw(waiting.id)
        elif made:
            self.show_list()
        else:
            self._begin(plan)

    def _begin(self, plan: str, former: Draw | None = None) -> None:
        self._front(self.announcing)
        self.set_heading(tr("draws.redraw") if former else tr("draws.new"))
        services = self.context.services
        plans = [line.plan for line in services.plans.lines() if line.plan.state in _DRAWABLE]
        if not plans:
            self.context.notices.banner(tr("draws.no_plan"), tone="open")
        self.announcing.begin(plans, today(services.clock()), plan=plan, former=former)

    def _look(self, plan: str, wish: Wish) -> None:
        sources = tuple((kind, words or "—") for kind, words in wish.sources)
        asked = Wish(wish.on_day, sources, wish.reserve, wish.apart)
        self._run_read(
            lambda: self.context.services.draws.preview(plan, asked), self.announcing.show_preview, "preview"
        )

    def _freeze(self, plan: str, wish: Wish, reason: str) -> None:
        draws, former = self.context.services.draws, self.announcing.former
        self._run_write(
            lambda: draws.freeze(plan, wish, former.id if former else None, reason),
            lambda outcome: self.show_draw(outcome.value.id),
        )

    def _draw(self, sources: Any, witnesses: Any) -> None:
        draws, draw_id = self.context.services.draws, self._id()
        self._run_write(lambda: draws.run(draw_id, sources, witnesses), self._drawn)

    def _drawn(self, outcome: Outcome[DrawSheet]) -> None:
        self.context.notices.toast(tr("draws.done"))
        self._shown(outcome.value)

    def _replace(self, pick: PickLine) -> None:
        self._ask(
            tr("draws.replace.title", name=pick.name), tr("draws.replace.text"), tr("draws.replace"),
            lambda why: self.context.services.draws.use_reserve(self._id(), pick.id, why),
        )  # fmt: skip

    def _withdraw(self) -> None:
        self._ask(
            tr("draws.withdraw.title"), tr("draws.withdraw.text"), tr("draws.withdraw"),
            lambda why: self.context.services.draws.withdraw(self._id(), why),
        )  # fmt: skip

    def _again(self) -> None:
        if self.page.shown is not None:
            self._begin("", self.page.shown.draw)

    def _tasks(self) -> None:
        tasks, draw_id = self.context.services.tasks, self._id()
        self._run_write(lambda: tasks.from_draw(draw_id), self._tasked)

    def _tasked(self, outcome: Any) -> None:
        self.context.notices.toast(
            tr("draws.tasked", made=len(outcome.value.made), known=outcome.value.known),
            action=tr("draws.tasked.open"), on_action=lambda: self.context.go("tasks"),
        )  # fmt: skip

    def _print(self) -> None:
        self._save("PDF (*.pdf)", "pdf", self.context.services.draws.print_to)

    def _export(self) -> None:
        self._save("JSON Lines (*.jsonl)", "jsonl", self.context.services.draws.export_to)

    def _save(self, kind: str, ending: str, write: Any) -> None:
        if self.page.shown is None:
            return
        draw_id, number = self._id(), self.page.shown.draw.number
        place, _ = QFileDialog.getSaveFileName(self, tr("draws.save"), f"{tr('draws.title')}{number}.{ending}", kind)
        if place:
            self.context.runner.run_write(
                lambda: Outcome(write(draw_id, Path(place))), self._saved, self.context.notices.error, owner=self
            )

    def _saved(self, outcome: Outcome[Path]) -> None:
        self.context.notices.toast(tr("draws.saved", file=outcome.value.name))

    def _ask(self, title: str, text: str, verb: str, call: Any) -> None:
        dialog = ConfirmDialog(self, title, text, verb, ask_reason=tr("draws.reason"))
        # The reason is taken at once: the dialog is gone when the writer comes to it.
        dialog.accepted.connect(lambda: self._run_write(partial(call, dialog.reason), lambda _: None))
        dialog.open()

    def _id(self) -> Any:
        assert self.page.shown is not None
        return self.page.shown.draw.id

    def _shown(self, shown: DrawSheet) -> None:
        self._front(self.page)
        self.page.put(shown)
        self.set_heading(shown.draw.title, shown.draw.number)

    def _read(self) -> None:
        self._run_read(self.context.services.draws.of_plan, self.list.put, "draws")

    def _open_line(self, line: Draw) -> None:
        self.show_draw(line.id)

    def _front(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)

    def _run_read(self, ask: Any, done: Any, key: str) -> None:
        self.context.runner.run_read(ask, done, self.context.notices.error, owner=self, key=key)

    def _run_write(self, do: Any, done: Any) -> None:
        self.context.runner.run_write(do, done, self.context.notices.error, owner=self)

    def _history(self) -> ListPane:
        columns: tuple[Column[Draw], ...] = (
            Column(tr("draws.plan"), lambda one: one.title, share=3, is_strong=True),
            Column(tr("draws.col.state"), lambda one: words.state(one.state), mark=lambda one: _MARKS[one.state]),
            Column(tr("draws.col.number"), lambda one: one.number),
            Column(tr("draws.col.frozen_at"), lambda one: f"{local(one.frozen_at):%Y-%m-%d %H:%M}"),
            Column(tr("draws.digest"), lambda one: draw_words.grouped(one.digest[:16], 8), is_spare=True),
            Column(tr("draws.reason"), lambda one: one.reason, share=1, is_spare=True),
        )
        empty = EmptyState(
            "verified", tr("draws.empty"), tr("draws.empty.text"), action=tr("draws.new"), on_action=self.new
        )
        pane = ListPane(
            columns, lambda one: one.id, empty, name=tr("draws.title"), search=tr("draws.search"),
            prefs=self.context.prefs, memory="draws", is_tall=True,
        )  # fmt: skip
        pane.bar.addStretch(1)
        pane.bar.addWidget(button(tr("draws.new"), self.new, kind="primary", icon="add"))
        return pane
