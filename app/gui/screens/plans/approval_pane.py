"""Discipline, exemptions from the cap, what is to be seen to, and where the plan comes from."""

import dataclasses
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.clock import local
from app.core.plan_checks import Remark, Weight
from app.core.plans import Plan
from app.gui.messages import sentence_of
from app.gui.screens.plans.fields import Columns, TextField
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import badge, label, selectable
from app.gui.widgets.layout import emptied, hbox, scrolled, vbox
from checklists.plan_templates import PlanTemplate

TONES = {Weight.BLOCK: "bad", Weight.WARN: "open", Weight.HINT: "none"}


class ApprovalPane(QWidget):
    """`exempt_wanted` asks for a ground why the cap does not hold."""

    changed = Signal()
    exempt_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        inner = Columns()
        left, right = inner.left, inner.right
        self.seen_to, self.limits = Card(tr("plans.remarks")), Card(tr("plans.limits"))
        self.discipline_card, self.origin = Card(tr("plans.discipline")), Card(tr("plans.origin"))
        self.approval = Card(tr("plans.approval"))
        self._remarks, self._exemptions, self._sources = (
            vbox(gap=Space.INSIDE),
            vbox(gap=Space.INSIDE),
            vbox(gap=Space.INSIDE),
        )
        self.seen_to.body.addLayout(self._remarks)
        self.limits.body.addLayout(self._exemptions)
        self.exempt_button = button(tr("plans.exempt"), self._exempt, icon="add")
        self.limits.body.addWidget(self.exempt_button)
        self._approved = selectable("", "body")
        self.approval.body.addWidget(self._approved)
        self._draws = label("", "body", wrap=True)
        self.approval.body.addWidget(self._draws)
        self.discipline = TextField(tr("plans.discipline"), height=168, hint=tr("plans.discipline.hint"))
        self.discipline_card.body.addWidget(self.discipline)
        self.origin.body.addLayout(self._sources)
        for card in (self.seen_to, self.limits, self.approval):
            left.addWidget(card)
        for card in (self.discipline_card, self.origin):
            right.addWidget(card)
        left.addStretch(1)
        right.addStretch(1)
        vbox(self).addWidget(scrolled(inner))
        self.discipline.left.connect(self.changed)

    def put(self, plan: Plan, template: PlanTemplate | None, places: Mapping[str, str], draws: str) -> None:
        """Show a plan, the template it was made from, names of exempted institutions, how often it was drawn."""
        self.discipline.put("\n".join(plan.discipline))
        emptied(self._exemptions)
        cap = tr("plans.limits.cap", cap=plan.yearly_cap) if plan.yearly_cap else tr("plans.limits.no_cap")
        lock = tr("plans.limits.lock", days=plan.lock_days) if plan.lock_days else tr("plans.limits.no_lock")
        self._exemptions.addWidget(label(f"{cap}　{lock}", "secondary", wrap=True))
        for one in plan.exemptions:
            whom = tr("plans.exempt.one", name=places.get(one.institution, "—")) if one.institution else tr("plans.exempt.all")
            self._exemptions.addWidget(
                label(tr("widgets.said", who=tr(f"plans.ground.{one.ground}"), words=f"{one.note} {whom}".strip()), wrap=True)
            )
        self._approved.setText(_approval_words(plan))
        self._draws.setText(tr("plans.drawn", told=draws))
        self._draws.setVisible(bool(draws))
        emptied(self._sources)
        self.origin.setVisible(template is not None)
        if template is not None:
            self._sources.addWidget(
                label(f"{template.title}　{template.id} v{template.version}", "strong", wrap=True)
            )
            self._sources.addWidget(label(template.source, "secondary", wrap=True))
            for quote in template.quotes:
                self._sources.addWidget(label(f"“{quote.says}”", "secondary", wrap=True))

    def put_remarks(self, remarks: Sequence[Remark]) -> None:
        """Show what is to be seen to."""
        emptied(self._remarks)
        for one in remarks:
            line = hbox(gap=Space.INSIDE)
            line.addWidget(badge(tr(f"plans.weight.{one.weight}"), TONES[one.weight]))
            line.addWidget(label(sentence_of(one.code, dict(one.params)), wrap=True), 1)
            self._remarks.addLayout(line)
        if not remarks:
            self._remarks.addWidget(label(tr("plans.remarks.none"), "secondary", wrap=True))

    def apply(self, plan: Plan) -> Plan:
        """Return the plan with the discipline as it stands here."""
        return dataclasses.replace(plan, discipline=self.discipline.lines())

    def lock(self, is_open: bool, *, is_ended: bool) -> None:
        """Let it be changed, or only exemptions be added."""
        self.discipline.setReadOnly(not is_open)
        self.exempt_button.setEnabled(not is_ended)

    def _exempt(self) -> None:
        self.exempt_wanted.emit()


def _approval_words(plan: Plan) -> str:
    if plan.approved_at is None:
        return tr("plans.approval.none") + (
            f"\n{tr('plans.reason', reason=plan.reason)}" if plan.reason else ""
        )
    said = tr(
        "plans.approval.words",
        by=plan.approved_by,
        no=plan.approval_no,
        day=local(plan.approved_at).date(),
        number=plan.number,
    )
    return said + (f"\n{tr('plans.reason', reason=plan.reason)}" if plan.reason else "")
