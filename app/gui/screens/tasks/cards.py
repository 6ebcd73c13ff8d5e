"""What stands beside the task list for a while: a draw that waits for its tasks, the question before cancelling."""

from PySide6.QtWidgets import QLineEdit

from app.core.ids import TaskId
from app.core.progress import Progress
from app.core.task_views import WaitingDraw
from app.core.tasks import TaskLine
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import line_edit
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, sized


class DrawnCard(Card):
    """Says that a draw's institutions have no tasks yet, and makes them."""

    def __init__(self) -> None:
        super().__init__(margin=Space.BETWEEN)
        self.draw: WaitingDraw | None = None
        self.setAccessibleName(tr("tasks.drawn"))
        row = hbox(gap=Space.INSIDE)
        self.what = ElidedLabel("", "strong")
        row.addWidget(self.what, 1)
        self.made = button(tr("tasks.drawn.do"), icon="add")
        row.addWidget(self.made)
        self.body.addLayout(row)
        self.hide()

    def show_draws(self, draws: tuple[WaitingDraw, ...]) -> None:
        """Show the first draw that waits, or nothing."""
        self.draw = draws[0] if draws else None
        if self.draw is not None:
            told = tr("tasks.drawn.what", plan=self.draw.plan_title, number=self.draw.number, count=self.draw.missing)
            self.what.setText(told + (tr("tasks.drawn.replaced", count=self.draw.replaced) if self.draw.replaced else ""))
        self.made.setEnabled(True)
        self.setVisible(self.draw is not None)

    def show_progress(self, progress: Progress) -> None:
        """Say how many tasks are made."""
        self.what.setText(tr("tasks.drawn.progress", done=progress.done, all=progress.total))


class CancelCard(Card):
    """Asks for the reason right below the list; what stays and what follows is said."""

    def __init__(self) -> None:
        super().__init__()
        self.task: TaskId | None = None
        self.setAccessibleName(tr("tasks.cancel.title"))
        self.what = label("", "strong", wrap=True)
        self.body.addWidget(self.what)
        self.body.addWidget(label(tr("tasks.cancel.text"), "muted", wrap=True))
        row = hbox(gap=Space.INSIDE)
        self.reason: QLineEdit = line_edit(tr("tasks.cancel.reason"), hint=tr("tasks.cancel.reason.hint"))
        self.confirmed = button(tr("tasks.cancel.do"), kind="danger")
        self.kept = button(tr("tasks.cancel.keep"))
        name = label(tr("tasks.cancel.reason"), "secondary")
        name.setBuddy(self.reason)
        row.addWidget(name)
        row.addWidget(sized(self.reason, min_width=160), 1)
        row.addWidget(self.confirmed)
        row.addWidget(self.kept)
        self.body.addLayout(row)
        self.reason.textChanged.connect(self._judge)
        self.reason.returnPressed.connect(self.confirmed.click)
        self._judge("")
        self.hide()

    def ask(self, line: TaskLine) -> None:
        """Show the question for one task."""
        self.task = line.task.id
        self.what.setText(tr("tasks.cancel.what", institution=line.institution_name, number=line.task.number))
        self.reason.clear()
        self.show()
        self.reason.setFocus()

    def _judge(self, text: str) -> None:
        self.confirmed.setEnabled(bool(text.strip()))
