"""Everything about the current line of the wall: state, number, who signed, what is missing, how it was served."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.gui.messages import sentence_of
from app.gui.screens.papers.lines import Line, Stage
from app.gui.screens.papers.words import (
    GUARD_MARKS,
    instant,
    level_words,
    service_words,
    signed_by,
    stage_tone,
    stage_words,
    waiting,
)
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import badge, label, selectable
from app.gui.widgets.layout import emptied, hbox, scrolled, vbox


class LineDetail(QFrame):
    """Words only: what can be done stands at the foot of the wall."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "surface")
        self.setAccessibleName(tr("papers.detail"))
        self._line: Line | None = None
        inner = QWidget()
        self._column = vbox(inner, margin=Space.CARD, gap=Space.INSIDE)
        vbox(self, gap=0).addWidget(scrolled(inner))

    def show_line(self, line: Line | None) -> None:
        """Show a line, or nothing."""
        if line == self._line:
            return
        self._line = line
        emptied(self._column)
        if line is None:
            return
        column = self._column
        column.addWidget(label(line.title, "section", wrap=True))
        marks = hbox(gap=Space.HAIR)
        marks.addWidget(badge(level_words(line), "none"))
        marks.addWidget(badge(stage_words(line), stage_tone(line)))
        marks.addStretch(1)
        column.addLayout(marks)
        if line.number:
            column.addWidget(selectable(line.number, "strong"))
        if line.is_interim:
            _say(column, tr("papers.interim_about"))
        if line.need.when:
            key = "papers.forbidden_because" if line.is_forbidden else "papers.when"
            _part(column, tr("papers.detail_need"), (tr(key, reason=line.need.when),))
        if line.others:
            _part(column, tr("papers.detail_instead"), line.others)
        if line.stage is Stage.MISSING and line.is_composed:
            _say(column, tr("papers.composed"))
        if line.stage is Stage.VOID and line.paper is not None:
            _part(column, tr("papers.detail_void"), (line.paper.void_reason or "—",))
        if line.paper is not None and line.paper.issued_at is not None:
            _say(column, tr("papers.issued_at", time=instant(line.paper.issued_at)))
        _part(column, tr("papers.detail_lacks"), line.lacks)
        _part(column, tr("papers.detail_waiting"), waiting(line))
        _part(column, tr("papers.detail_signed"), signed_by(line))
        _part(column, tr("papers.detail_served"), tuple(service_words(one) for one in line.services))
        for guard in line.guards:
            words = sentence_of(f"blocker.{guard.code}", dict(guard.params))
            column.addWidget(badge(tr(f"documents.severity.{guard.level}"), GUARD_MARKS[guard.level][1]))
            column.addWidget(label(words, wrap=True))
            column.addWidget(label(guard.source, "hint", wrap=True))
        column.addStretch(1)


def _part(column: QVBoxLayout, title: str, words: tuple[str, ...]) -> None:
    if not words:
        return
    column.addSpacing(Space.HAIR)
    column.addWidget(label(title, "secondary"))
    for one in words:
        column.addWidget(label(one, wrap=True))


def _say(column: QVBoxLayout, words: str) -> None:
    column.addWidget(label(words, "muted", wrap=True))
