"""A draft being completed: its form, its pages beside it, what stands in the way of issuing it."""

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QWidget

from app.core.ids import TaskId
from app.core.papers import Paper, PaperId, PaperState, PaperView
from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.screens.papers.form import PaperForm
from app.gui.screens.papers.issues import Issues
from app.gui.screens.papers.ops import Opened
from app.gui.screens.papers.preview import Ask, Preview
from app.gui.screens.registers.listing import Pills, on_key
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import ElidedLabel
from app.gui.widgets.layout import hbox, rule, scrolled, sized, vbox

ROOM_FOR_BOTH = 940
TABS = ("form", "preview", "issues")
LEAST_ISSUES, ISSUES = 148, 220


class DraftPane(QWidget):
    """Shows one draft. What is written leaves by `filled` and `returned`; `preview_of` draws its pages, in any thread."""

    filled = Signal(object, str, object)
    returned = Signal(str)
    refill_wanted = Signal()
    issue_wanted = Signal()
    discard_wanted = Signal()
    back_wanted = Signal()
    paper_wanted = Signal(object)

    def __init__(self, runner: Runner, today: Callable[[], dt.date], preview_of: Callable[[PaperId], Ask]) -> None:
        super().__init__()
        self._today, self._preview_of = today, preview_of
        self.view: PaperView | None = None
        self.form: PaperForm | None = None
        column = vbox(self, gap=0)
        bar = hbox(margin=(Space.CARD, 6, Space.CARD, 6), gap=Space.INSIDE)
        bar.addWidget(button(tr("papers.title"), self.back_wanted.emit, kind="quiet", icon="back"))
        self.tabs = Pills(tr("papers.parts"), [(one, tr(f"papers.tab.{one}")) for one in TABS])
        self.tabs.chosen.connect(self._fit)
        bar.addWidget(self.tabs)
        self.family = QComboBox()
        self.family.setAccessibleName(tr("papers.family"))
        self.family.activated.connect(self._to_paper)
        bar.addWidget(sized(self.family, max_width=300))
        bar.addStretch(1)
        self.outdated = button(tr("papers.refill_changed"), self.refill_wanted.emit, icon="undo")
        bar.addWidget(self.outdated)
        column.addLayout(bar)
        column.addWidget(rule())
        middle = hbox(gap=0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        middle.addWidget(self._area, 1)
        self._rule = rule(vertical=True)
        middle.addWidget(self._rule)
        self._side = QWidget()
        side = vbox(self._side, gap=0)
        self.preview = Preview(runner)
        side.addWidget(self.preview, 1)
        self._side_rule = rule()
        side.addWidget(self._side_rule)
        self.issues = Issues()
        self.issues.field_wanted.connect(self.go_to)
        self._issues_area = scrolled(self.issues)
        side.addWidget(self._issues_area)
        middle.addWidget(self._side, 1)
        column.addLayout(middle, 1)
        column.addWidget(rule())
        foot = hbox(margin=(Space.CARD, Space.INSIDE), gap=Space.INSIDE)
        self.discard = button(tr("papers.do.discard"), self.discard_wanted.emit, icon="delete")
        foot.addWidget(self.discard)
        self._state = ElidedLabel("", "secondary")
        foot.addWidget(self._state, 1)
        self.issue = button(tr("papers.issue"), self.issue_wanted.emit, kind="primary", icon="verified")
        self.issue.setToolTip("Ctrl+Enter")
        foot.addWidget(self.issue)
        column.addLayout(foot)
        on_key(self, "Ctrl+Return", self.issue.click)
        self._fit()

    @property
    def task(self) -> TaskId | None:
        """The task of the draft that is shown."""
        return self.view.paper.task if self.view is not None else None

    def show_draft(self, found: Opened) -> None:
        """Show a draft; the same one keeps the place in its form."""
        view = found.view
        fresh = self.view is None or self.view.paper.id != view.paper.id
        if fresh:
            self.flush()
            self.form = PaperForm(view.paper.id, view.fields, found.people, self._today)
            self.form.filled.connect(self.filled)
            self.form.returned.connect(self.returned)
            self.form.reached.connect(self._bring)
            self._area.setWidget(self.form)
            self.tabs.choose("form")
        self._show_family(view.paper, found.companions)
        self.show_view(view, fresh=fresh)
        if fresh and self.form is not None:
            first = next((one.id for one in view.fields if one.problem), view.fields[0].id if view.fields else "")
            self.go_to(first)

    def show_view(self, view: PaperView, *, fresh: bool = False) -> None:
        """Show what is stored now, and draw the pages if they may have changed."""
        changed = self.view is None or self.view.fields != view.fields
        self.view = view
        if self.form is not None and not fresh:
            self.form.show_fields(view.fields)
        self.issues.show_view(view)
        words = tr("papers.tab.issues")
        self.tabs.rename("issues", f"{words} {self.issues.count}" if self.issues.count else words)
        self.outdated.setVisible(any(one.is_outdated for one in view.fields))
        is_companion = view.paper.parent is not None
        self.issue.setVisible(not is_companion)
        self.discard.setVisible(not is_companion)
        self.issue.setEnabled(view.paper.state is PaperState.DRAFT)
        self._state.setText(self._state_words(view))
        if fresh or changed:
            self.preview.show_pages_of(self._preview_of(view.paper.id), fresh=fresh)

    def go_to(self, field: str) -> None:
        """Put the cursor into a field and bring it into sight."""
        if not self._is_roomy:
            self.tabs.choose("form")
        if self.form is not None:
            self.form.go_to(field)

    def say_refused(self, paper: PaperId, field: str, error: BaseException) -> None:
        """Say beside a field that what stands there was not kept."""
        row = self.form.rows.get(field) if self.form is not None else None
        if row is not None and self.view is not None and self.view.paper.id == paper:
            row.say_refused(sentence(error))

    def show_issues(self) -> None:
        """Bring what stands in the way into sight."""
        if not self._is_roomy:
            self.tabs.choose("issues")

    def flush(self) -> None:
        """Hand over everything typed."""
        if self.form is not None:
            self.form.flush()

    def forget(self) -> None:
        """Show the next draft as a new one."""
        self.view = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the preview behind a tab where there is no room beside the form."""
        super().resizeEvent(event)
        self._fit()

    def _bring(self, row: QWidget) -> None:
        self._area.ensureWidgetVisible(row)

    @property
    def _is_roomy(self) -> bool:
        return self.width() >= current().px(ROOM_FOR_BOTH)

    def _fit(self, *_: object) -> None:
        roomy, tab = self._is_roomy, self.tabs.value
        self.tabs.setVisible(not roomy)
        self._area.setVisible(roomy or tab == "form")
        self._side.setVisible(roomy or tab != "form")
        self._rule.setVisible(roomy)
        self._side_rule.setVisible(roomy)
        self.preview.setVisible(roomy or tab == "preview")
        self._issues_area.setVisible(roomy or tab == "issues")
        sized(self._issues_area, min_height=LEAST_ISSUES if roomy else 0, max_height=ISSUES if roomy else 10_000)

    def _state_words(self, view: PaperView) -> str:
        if view.paper.parent is not None:
            return tr("papers.companion")
        lacks = sum(bool(one.problem) for one in view.fields)
        blocks = sum(one.is_block for one in view.guards)
        if not lacks and not blocks and not view.incomplete:
            return tr("papers.ready")
        parts = [tr("papers.issue_lacks", count=lacks)] if lacks else []
        parts += [tr("papers.blocked", count=blocks)] if blocks else []
        parts += [tr("papers.issue_companions", count=len(view.incomplete))] if view.incomplete else []
        return tr("widgets.comma").join(parts)

    def _show_family(self, paper: Paper, family: tuple[Paper, ...]) -> None:
        self.family.setVisible(len(family) > 1)
        self.family.clear()
        for one in family:
            self.family.addItem(one.title, one.id)
        self.family.setCurrentIndex(self.family.findData(paper.id))

    def _to_paper(self, at: int) -> None:
        self.paper_wanted.emit(PaperId(str(self.family.itemData(at))))
