"""The steps of the main job in one line: ✓ 准备 — ② 检查 … ⑥ 送达."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.gui.texts import tr
from app.gui.theme import Space, Type, current
from app.gui.widgets.layout import hbox, restyle, rule, sized

NUMBERS = "①②③④⑤⑥⑦⑧⑨"
RULE = 20
AIR = 16


class Steps(QWidget):
    """Named steps: a check where one is done, else its number; the current one in the accent.

    Where there is little room the lines go first, then the words of every step but the current one; they stay as
    tooltips. `chosen` carries the step's name.
    """

    chosen = Signal(str)

    def __init__(self, steps: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setAccessibleName(tr("widgets.steps"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line = hbox(self, gap=Space.HAIR)
        self._titles = dict(steps)
        self._marks = {name: NUMBERS[at] for at, (name, _) in enumerate(steps)}
        self._now, self._done = "", frozenset[str]()
        self._shown: tuple[object, ...] = ()
        self._buttons: dict[str, QPushButton] = {}
        self._rules: list[QWidget] = []
        for at, (name, title) in enumerate(steps):
            if at:
                self._rules.append(sized(rule(), width=RULE))
                line.addWidget(self._rules[-1], 0, Qt.AlignmentFlag.AlignVCenter)
            made = QPushButton(title)
            made.setProperty("kind", "step")
            made.setProperty("step", name)
            made.clicked.connect(self._clicked)
            self._buttons[name] = made
            line.addWidget(made)
        line.addStretch(1)

    def show_state(self, now: str, done: Sequence[str], *, closed: Sequence[str] = ()) -> None:
        """Say which step is current, which are done and which cannot be entered yet."""
        self._now, self._done = now, frozenset(done)
        for name, made in self._buttons.items():
            title = self._titles[name]
            made.setEnabled(name not in closed)
            key = "widgets.step_now" if name == now else "widgets.step_done" if name in done else ""
            made.setAccessibleName(tr(key, title=title) if key else title)
            restyle(made, tone="accent" if name == now else "ok" if name in done else "")
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as all words with their lines."""
        return QSize(self._width(lines=True, words=True), current().px(Space.HIT))

    def minimumSizeHint(self) -> QSize:
        """As wide as the marks and the words of the current step."""
        return QSize(self._width(lines=False, words=False), current().px(Space.HIT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again after a switch of font or scale."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self._buttons:
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between steps with the arrows."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        lines = self.width() >= self._width(lines=True, words=True)
        words = lines or self.width() >= self._width(lines=False, words=True)
        shown = (lines, words, self._now, self._done)
        if shown == self._shown:
            return
        self._shown = shown
        for one in self._rules:
            one.setVisible(lines)
        for name, made in self._buttons.items():
            made.setText(self._words(name, whole=words))
            made.setToolTip("" if words else self._titles[name])

    def _words(self, name: str, *, whole: bool) -> str:
        mark = "✓" if name in self._done and name != self._now else self._marks[name]
        return f"{mark} {self._titles[name]}" if whole or name == self._now else mark

    def _width(self, *, lines: bool, words: bool) -> int:
        theme = current()
        metrics = QFontMetrics(theme.font(Type.BODY, bold=True))
        texts = [self._words(name, whole=words) for name in self._buttons]
        width = sum(metrics.horizontalAdvance(text) + theme.px(AIR) for text in texts)
        gaps = len(texts) + (len(self._rules) if lines else 0)
        return width + gaps * theme.px(Space.HAIR) + (len(self._rules) * theme.px(RULE) if lines else 0)

    def _clicked(self) -> None:
        sender = self.sender()
        self.chosen.emit(str(sender.property("step")))
