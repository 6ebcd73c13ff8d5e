"""The steps of the main job in one line: ① 准备 … ⑥ 送达."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.layout import hbox, restyle, rule, sized


class Steps(QWidget):
    """Named steps; done ones carry a check, the current one the accent. `chosen` carries the step's name."""

    chosen = Signal(str)

    def __init__(self, steps: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setAccessibleName(tr("widgets.steps"))
        line = hbox(self, gap=Space.HAIR)
        self._titles = dict(steps)
        self._buttons: dict[str, QPushButton] = {}
        for at, (name, title) in enumerate(steps):
            if at:
                line.addWidget(sized(rule(), width=20), 0, Qt.AlignmentFlag.AlignVCenter)
            made = QPushButton(title)
            made.setProperty("kind", "step")
            made.setProperty("step", name)
            made.clicked.connect(self._clicked)
            self._buttons[name] = made
            line.addWidget(made)
        line.addStretch(1)

    def show_state(self, now: str, done: Sequence[str], *, closed: Sequence[str] = ()) -> None:
        """Say which step is current, which are done and which cannot be entered yet."""
        for name, made in self._buttons.items():
            title = self._titles[name]
            made.setText(f"✓ {title}" if name in done else title)
            made.setEnabled(name not in closed)
            key = "widgets.step_now" if name == now else "widgets.step_done" if name in done else ""
            made.setAccessibleName(tr(key, title=title) if key else title)
            restyle(made, tone="accent" if name == now else "ok" if name in done else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between steps with the arrows."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def _clicked(self) -> None:
        sender = self.sender()
        self.chosen.emit(str(sender.property("step")))
