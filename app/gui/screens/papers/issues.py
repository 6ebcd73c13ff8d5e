"""What speaks against issuing a draft: fields that lack something, and what the law holds against it, with its source."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.core.guards import GuardResult
from app.core.papers import PaperView
from app.gui import icons
from app.gui.messages import sentence_of
from app.gui.screens.papers.words import GUARD_MARKS
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import emptied, hbox, sized, vbox

_SHOWN_FIELDS = 8


class Issues(QFrame):
    """`field_wanted` carries the id of a field that lacks something."""

    field_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "surface")
        self.setAccessibleName(tr("papers.issues"))
        self._shown: object = None
        self.count = 0
        self._column = vbox(self, margin=(Space.CARD, Space.BETWEEN), gap=Space.INSIDE)

    def show_view(self, view: PaperView) -> None:
        """Show what stands in the way of a draft, worst first."""
        lacks = tuple((one.id, one.label) for one in view.fields if one.problem)
        shown = (lacks, view.guards, view.incomplete)
        if shown == self._shown:
            return
        self._shown = shown
        emptied(self._column)
        self.count = len(lacks) + len(view.guards) + len(view.incomplete)
        if not self.count:
            self._line("check", "ok", tr("papers.ready"))
        for guard in view.guards:
            self._guard(guard)
        if lacks:
            self._line("cross", "bad", tr("papers.issue_lacks", count=len(lacks)))
            for field, name in lacks[:_SHOWN_FIELDS]:
                link = button(name, self._jump, kind="link")
                link.setProperty("field", field)
                self._column.addWidget(link)
            if len(lacks) > _SHOWN_FIELDS:
                self._column.addWidget(label(tr("papers.issue_more", count=len(lacks) - _SHOWN_FIELDS), "hint"))
        if view.incomplete:
            self._line("cross", "bad", tr("papers.issue_companions", count=len(view.incomplete)))
        self._column.addStretch(1)

    def _guard(self, guard: GuardResult) -> None:
        name, tone = GUARD_MARKS[guard.level]
        words = sentence_of(f"blocker.{guard.code}", dict(guard.params))
        self._line(name, tone, f"{tr(f'documents.severity.{guard.level}')}　{words}", guard.source)

    def _line(self, name: str, tone: str, words: str, source: str = "") -> None:
        holder = QWidget()
        row = hbox(holder, gap=Space.INSIDE)
        picture = label()
        picture.setPixmap(icons.pixmap(name, tone, 18))
        row.addWidget(sized(picture, width=20), 0, Qt.AlignmentFlag.AlignTop)
        text = vbox(gap=0)
        text.addWidget(label(words, wrap=True))
        if source:
            text.addWidget(label(source, "hint", wrap=True))
        row.addLayout(text, 1)
        self._column.addWidget(holder)

    def _jump(self) -> None:
        self.field_wanted.emit(str(self.sender().property("field")))
