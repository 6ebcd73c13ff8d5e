"""One lead: what it says, how far it is, what can be done now, and the wall before who reported it."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.core.clock import local
from app.core.leads import LeadId, LeadLine, Look
from app.core.outcome import Outcome
from app.gui.messages import sentence
from app.gui.screen import Context
from app.gui.screens.leads.dialogs import LookDialog, Step, StepDialog
from app.gui.screens.leads.words import due_words, state_words, steps
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import beside_or_below, emptied, grid, hbox, restyle, scrolled, vbox
from app.gui.widgets.parsing import money_text

SIDE_BY_SIDE = 760
STEPS = ("accept", "task", "check", "reply", "close", "extend", "reject", "transfer", "number")


class LeadDetail(QWidget):
    """A lead and its steps. `left` goes back to the list, `edit_wanted` carries the line."""

    left = Signal()
    edit_wanted = Signal(object)

    def __init__(self, context: Context, today: Callable[[], dt.date]) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self._context, self._today, self._lead = context, today, LeadId("")
        self._people: tuple[tuple[str, str], ...] = ()
        self.line: LeadLine | None = None
        self._is_new = False
        self.dialog: StepDialog | LookDialog | None = None
        inner = QWidget()
        self._columns: QBoxLayout = hbox(inner, margin=(24, 20), gap=Space.CARD)
        self._said, self._way = Card(tr("leads.detail.said")), Card(tr("leads.detail.way"))
        self._wall = Card(tr("leads.detail.reporter"))
        self._facts, self._done_facts = grid(gap=Space.INSIDE), grid(gap=Space.INSIDE)
        for facts, card in ((self._facts, self._said), (self._done_facts, self._way)):
            facts.setColumnStretch(1, 1)
            card.body.addLayout(facts)
        self.wall_words = label("", "muted", wrap=True)
        self.look_button = button(tr("leads.look"), self.look, icon="show")
        self._looks = vbox(gap=Space.HAIR)
        self._wall.body.addWidget(self.wall_words)
        self._wall.body.addWidget(self.look_button)
        self._wall.body.addLayout(self._looks)
        left, right = vbox(gap=Space.CARD), vbox(gap=Space.CARD)
        left.addWidget(self._said)
        left.addStretch(1)
        right.addWidget(self._way)
        right.addWidget(self._wall)
        right.addStretch(1)
        self._columns.addLayout(left, 1)
        self._columns.addLayout(right, 1)
        column = vbox(self)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(self._foot())

    def open(self, lead: LeadId) -> None:
        """Show a lead."""
        self._lead, self._is_new = lead, True
        self.reload()

    def reload(self) -> None:
        """Read the lead anew."""
        services, lead = self._context.services, self._lead

        def read() -> tuple[LeadLine, tuple[Look, ...], bool, tuple[tuple[str, str], ...]]:
            leads = services.leads
            people = tuple((one.id, one.name) for one in services.people.find() if one.is_active)
            return leads.line(lead), leads.wall.looks(lead), leads.wall.may_look(), people

        self._context.runner.run_read(read, self._show, owner=self, key="lead")

    def do(self, name: str) -> None:
        """Ask what a step needs, or go to where it is done."""
        if self.line is None or name not in steps(self.line):
            return
        if name == "task":
            self._context.go("tasks", new=True, lead=self._lead)
        elif name == "number":
            leads, lead = self._context.services.leads, self._lead
            self._context.runner.run_write(lambda: leads.assign_number(lead), self._stepped, self._failed, owner=self)
        else:
            self.dialog = StepDialog(self, name, self.line, self._people, self._today)
            self.dialog.told.connect(self._step)
            self.dialog.open()

    def look(self) -> None:
        """Ask why the reporter is looked at."""
        if self.line is not None and self.look_button.isEnabled():
            self.dialog = LookDialog(self, self.line)
            self.dialog.told.connect(self._look)
            self.dialog.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below one another where the window is narrow."""
        super().resizeEvent(event)
        beside_or_below(self._columns, event.size().width(), SIDE_BY_SIDE)

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = hbox(foot, margin=(24, 12), gap=Space.INSIDE)
        row.addWidget(button(tr("leads.back"), self._leave, icon="back"))
        self.edit_button = button(tr("leads.edit"), self._edit, icon="edit")
        row.addWidget(self.edit_button)
        row.addStretch(1)
        self.buttons: dict[str, Button] = {}
        for name in reversed(STEPS):
            made = self.buttons[name] = button(tr(f"leads.step.{name}"), partial(self.do, name))
            row.addWidget(made)
        return foot

    def _show(self, found: tuple[LeadLine, tuple[Look, ...], bool, tuple[tuple[str, str], ...]]) -> None:
        self.line, looks, may_look, self._people = found
        line, lead, able = self.line, self.line.lead, steps(self.line)
        main = next((name for name in STEPS if name in able), "")
        for name, made in self.buttons.items():
            made.setVisible(name in able)
            restyle(made, kind="primary" if name == main else "plain")
        if main and self._is_new:
            self.buttons[main].setFocus(Qt.FocusReason.OtherFocusReason)
        self._is_new = False
        self.edit_button.setVisible(bool(able))
        _fill(self._facts, (
            ("number", lead.number), ("institution", line.institution_name),
            ("named", lead.named if lead.named != line.institution_name else ""),
            ("content", lead.content), ("amount", money_text(lead.amount_cny) if lead.amount_cny is not None else ""),
            ("channel", tr(f"leads.channel.{lead.channel}")), ("received", lead.received_on.isoformat()),
            ("alike", tr("leads.alike", numbers="、".join(line.alike)) if line.alike else ""),
        ))  # fmt: skip
        _fill(self._done_facts, (
            ("state", state_words(line)), ("due", due_words(line)), ("handler", line.handler_name),
            ("extended", lead.extended), ("tasks", "、".join(line.task_numbers)), ("outcome", lead.outcome),
            ("decision", f"{tr(f'leads.decision.{lead.decision}')}　{lead.decided_on}" if lead.decision else ""),
            ("reply", f"{lead.replied_on}　{lead.reply}" if lead.replied_on else ""), ("transfer", lead.transfer),
            ("reason", lead.reason), ("closed", lead.closed_on.isoformat() if lead.closed_on else ""),
        ))  # fmt: skip
        key = "none" if not line.sealed else "real" if lead.is_real_name else "sealed"
        self.wall_words.setText(tr(f"leads.wall.{key}") + ("" if may_look or not line.sealed else tr("leads.wall.not_keeper")))
        self.look_button.setVisible(bool(line.sealed))
        self.look_button.setEnabled(may_look)
        emptied(self._looks)
        for one in looks:
            self._looks.addWidget(selectable(
                tr("leads.looked", at=f"{local(one.at):%Y-%m-%d %H:%M}", name=one.name, reason=one.reason), "secondary"
            ))  # fmt: skip

    def _step(self, told: Step) -> None:
        leads, lead = self._context.services.leads, self._lead
        calls: dict[str, Callable[[], Outcome[Any]]] = {
            "accept": lambda: leads.accept(lead, told.person or None),
            "reject": lambda: leads.reject(lead, told.words),
            "extend": lambda: leads.extend(lead, told.words),
            "check": lambda: leads.checked(lead, told.words, told.decision, told.day),
            "reply": lambda: leads.reply(lead, told.words, told.day),
            "close": lambda: leads.close(lead, unanswered=told.words),
            "transfer": lambda: leads.transfer(lead, told.to, told.words),
        }
        self.dialog = None
        self._context.runner.run_write(calls[told.name], self._stepped, self._failed, owner=self)

    def _stepped(self, outcome: Outcome[Any]) -> None:
        self._context.notices.toast(tr("leads.stepped", number=outcome.value.number))
        self.reload()

    def _look(self, reason: str, password: str) -> None:
        wall, lead = self._context.services.leads.wall, self._lead
        self._context.runner.run_write(
            lambda: wall.look(lead, reason, password), self._looked, self._not_looked, owner=self
        )

    def _looked(self, outcome: Outcome[Any]) -> None:
        if isinstance(self.dialog, LookDialog):
            self.dialog.show_reporter(outcome.value)
        self.reload()

    def _not_looked(self, error: BaseException) -> None:
        if isinstance(self.dialog, LookDialog):
            self.dialog.say(sentence(error))

    def _failed(self, error: BaseException) -> None:
        self._context.notices.error(error)

    def _edit(self) -> None:
        self.edit_wanted.emit(self.line)

    def _leave(self) -> None:
        self.left.emit()


def _fill(facts: Any, pairs: tuple[tuple[str, str], ...]) -> None:
    emptied(facts)
    for row, (name, text) in enumerate((name, text) for name, text in pairs if text):
        facts.addWidget(label(tr(f"leads.fact.{name}"), "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
        facts.addWidget(selectable(text), row, 1)
