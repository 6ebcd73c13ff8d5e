"""What is asked before a plan takes a step: who approved it, why it comes back or ends, why the cap does not hold."""

from PySide6.QtWidgets import QWidget

from app.core.plans import Ground
from app.gui.screen import Context
from app.gui.screens.plans.fields import LineField, TextField, choice
from app.gui.screens.registers.place_line import PlaceLine
from app.gui.texts import tr
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.forms import FormRow

_WIDTH = 460


class _Question(Asked):
    """Fields above a verb and a way out; the verb waits until what is required is written."""

    def __init__(self, parent: QWidget, title: str, verb: str) -> None:
        super().__init__(parent, title, _WIDTH)
        self._required: list[LineField | TextField] = []
        self.yes = button(verb, self.accept, kind="primary")
        self.yes.setDefault(True)
        self.answer(button(tr("widgets.cancel"), self.reject), self.yes)

    def _row(self, name: str, field: QWidget, *, hint: str = "", required: bool = False) -> None:
        self.column.addWidget(FormRow(name, field, hint=hint, required=required))
        if required and isinstance(field, LineField | TextField):
            self._required.append(field)
            field.textChanged.connect(self._check)

    def _check(self) -> None:
        self.yes.setEnabled(all(one.value() for one in self._required))


class ApprovalQuestion(_Question):
    """Who approved the plan, under which number."""

    def __init__(self, parent: QWidget, number: str) -> None:
        super().__init__(parent, tr("plans.approve.title"), tr("plans.step.approve"))
        self.by, self.approval_no = LineField(tr("plans.approve.by")), LineField(tr("plans.approve.no"))
        self.number = LineField(tr("plans.field.number"), tr("plans.field.number.hint"))
        self.number.put(number)
        self._row(tr("plans.approve.by"), self.by, required=True, hint=tr("plans.approve.by.hint"))
        self._row(tr("plans.approve.no"), self.approval_no, required=True)
        self._row(tr("plans.field.number"), self.number)
        self._check()


class ExemptionQuestion(_Question):
    """Why the yearly cap does not hold, for one institution or the whole plan."""

    def __init__(self, parent: QWidget, context: Context, told: str) -> None:
        super().__init__(parent, tr("plans.exempt"), tr("plans.exempt.add"))
        self.place = PlaceLine(context, tr("plans.exempt.place"))
        self.place.textChanged.connect(lambda _: self._check())
        self.ground = choice(
            tr("plans.exempt.ground"), [(str(one), tr(f"plans.ground.{one}")) for one in Ground]
        )
        self.note = TextField(tr("plans.exempt.note"))
        self._row(tr("plans.exempt.place"), self.place, hint=tr("plans.exempt.place.hint"))
        self._row(tr("plans.exempt.ground"), self.ground, hint=told)
        self._row(tr("plans.exempt.note"), self.note, required=True, hint=tr("plans.exempt.note.hint"))
        self._check()

    def _check(self) -> None:
        super()._check()
        if self.place.is_open:  # a name that is none of the register is not the whole plan
            self.yes.setEnabled(False)
