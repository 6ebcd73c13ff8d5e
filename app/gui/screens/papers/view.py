"""The screen of official papers: the tasks, the wall of one, the form of a draft."""

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.clock import local
from app.core.ids import InspectionId, TaskId
from app.core.outcome import Outcome
from app.core.papers import Paper, PaperId, PaperView
from app.gui.screen import Context, Screen
from app.gui.screens.papers import ops
from app.gui.screens.papers.acting import Acting
from app.gui.screens.papers.draft import DraftPane
from app.gui.screens.papers.kinds import KindDialog, offered
from app.gui.screens.papers.lines import Line, Wall
from app.gui.screens.papers.ops import Ahead, Desk, Opened
from app.gui.screens.papers.preview import Ask
from app.gui.screens.papers.tasks import TaskList
from app.gui.screens.papers.wall import WallPane
from app.gui.texts import tr
from app.gui.widgets.layout import vbox

if TYPE_CHECKING:
    from app.core.outcome import Change


class PapersScreen(Screen):
    """Shows a draft (`paper`), the wall of a `task` or of the task of an `inspection`, else all tasks."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._task: TaskId | None = None
        self._paper: PaperId | None = None
        self._chosen = ""
        self._wall: Wall | None = None
        self.tasks = TaskList(context.prefs)
        self.wall = WallPane()
        self.draft = DraftPane(context.runner, self._today, self._preview_of)
        self.acting = Acting(context, self)
        self.asking = self.acting.asking
        self.stack = QStackedWidget()
        for page in (self.tasks, self.wall, self.draft):
            self.stack.addWidget(page)
        vbox(self).addWidget(self.stack)
        self._wire()

    def open(self, **params: Any) -> None:
        """Show what the parameters name."""
        task, inspection, paper = params.get("task"), params.get("inspection"), params.get("paper")
        self.draft.flush()
        self._paper = PaperId(str(paper)) if paper else None
        self._task = TaskId(str(task)) if task else self._task if paper else None
        if self._paper is not None:
            self.draft.forget()
            self._read_draft()
        elif self._task is not None:
            self._read_wall()
        elif inspection:
            desk, wanted = self._desk, InspectionId(str(inspection))
            self.context.runner.run_read(lambda: ops.task_of(desk, wanted), self._found_task, owner=self, key="task")
        else:
            self.set_heading(tr("papers.title"))
            self._show(self.tasks)
            self._read_tasks()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read again what is shown if it may have changed."""
        if not ops.touches(changes):
            return
        if self._paper is not None:
            self._read_draft()
        elif self._task is not None:
            self._read_wall()
        else:
            self._read_tasks()

    def leave(self) -> bool:
        """Hand over everything typed."""
        self.draft.flush()
        return True

    def escape(self) -> bool:
        """Go from a draft to its wall, and from a wall to where one came from."""
        if self._paper is not None and self._task is not None:
            self._to_wall()
            return True
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of the page in front."""
        if self.stack.currentWidget() is self.draft:
            names: tuple[tuple[str, str], ...] = (
                ("Tab", "field"), ("Ctrl+Enter", "issue"), ("Ctrl+Enter / Ctrl+Delete", "rows"), ("Esc", "wall"),
            )  # fmt: skip
        else:
            names = (("↑ ↓", "move"), ("Enter", "step"), ("N", "new"), ("Ctrl+F", "find"))
        return tuple((keys, tr(f"papers.key.{name}")) for keys, name in names)

    def _wire(self) -> None:
        wall, draft, tasks, asking = self.wall, self.draft, self.tasks, self.asking
        wall.acted.connect(self._act)
        wall.new_wanted.connect(self._ask_kind)
        wall.back_wanted.connect(self._to_tasks)
        wall.case_wanted.connect(self._ask_case)
        draft.filled.connect(self._fill)
        draft.returned.connect(self._refill)
        draft.refill_wanted.connect(self._refill_changed)
        draft.issue_wanted.connect(self._ask_issue)
        draft.discard_wanted.connect(self._ask_discard)
        draft.back_wanted.connect(self._to_wall)
        draft.paper_wanted.connect(self._to_paper)
        tasks.opened.connect(self._to_task)
        tasks.papers_wanted.connect(self.acting.ask_papers)
        tasks.cases_wanted.connect(self.acting.ask_cases)
        tasks.office_wanted.connect(self.acting.ask_office)
        asking.issue_confirmed.connect(self._issue)
        asking.discard_confirmed.connect(self._discard)
        self.acting.drafted.connect(self._drafted)
        self.acting.use(wall.under_way, tasks)

    @property
    def _desk(self) -> Desk:
        desk: Desk = self.context.services
        return desk

    def _today(self) -> dt.date:
        return local(self._desk.clock()).date()

    def _preview_of(self, paper: PaperId) -> Ask:
        return partial(ops.pages, self._desk, paper)

    def _show(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)

    # --- The tasks and the wall ---

    def _read_tasks(self) -> None:
        desk = self._desk
        self.context.runner.run_read(lambda: ops.task_lines(desk), self.tasks.show_tasks, owner=self, key="tasks")

    def _found_task(self, task: TaskId) -> None:
        self._task = task
        self._read_wall()

    def _read_wall(self) -> None:
        desk, task = self._desk, self._task
        if task is not None:
            self.context.runner.run_read(lambda: ops.wall(desk, task), self._show_wall, owner=self, key="wall")

    def _show_wall(self, wall: Wall) -> None:
        if self._paper is not None or wall.task.id != self._task:
            return
        fresh = self.stack.currentWidget() is not self.wall
        self._wall = wall
        self.set_heading(wall.institution, tr("papers.heading", number=wall.task.number))
        self.wall.show_wall(wall)
        self._show(self.wall)
        if fresh:
            self.wall.choose(self._chosen)
            self.wall.focus_list()

    def _act(self, action: str, line: Line) -> None:
        self._chosen = line.key
        if self._wall is not None:
            self.acting.act(action, line, self._wall)

    def _ask_kind(self) -> None:
        wall = self._wall
        if wall is not None:
            needs = {one.need.kind: (one.need.level, one.need.when) for one in wall.lines}
            dialog = KindDialog(self, offered(self._desk.papers.kinds(), needs))
            dialog.chosen.connect(self._draft_kind)
            dialog.open()

    def _draft_kind(self, kind: str) -> None:
        if self._task is not None:
            self.acting.draft(kind, self._task)

    def _drafted(self, paper: Paper) -> None:
        self._chosen = str(paper.id)
        self.context.notices.toast(tr("papers.drafted", title=paper.title))
        self.context.go("papers", paper=paper.id, task=paper.task)

    def _ask_case(self) -> None:
        if self._wall is not None:
            self.acting.ask_case(self._wall)

    # --- One draft ---

    def _read_draft(self) -> None:
        desk, paper = self._desk, self._paper
        if paper is not None:
            self.context.runner.run_read(
                lambda: ops.opened(desk, paper), self._show_draft, self._no_draft, owner=self, key="draft"
            )

    def _show_draft(self, found: Opened) -> None:
        paper = found.view.paper
        if paper.id != self._paper:
            return
        self._task = paper.task
        if paper.document is not None:
            # Issued meanwhile, here or on another laptop: its pages are what there is to be seen now.
            self._paper = None
            self.context.go("documents", document=paper.document, inspection=paper.inspection, task=paper.task)
            return
        self.set_heading(found.view.institution_name, tr("papers.heading_draft", title=paper.title))
        self._show(self.draft)
        self.draft.show_draft(found)

    def _no_draft(self, error: BaseException) -> None:
        """A draft thrown away meanwhile: its wall is the place to be."""
        if getattr(error, "code", "") == "paper.unknown" and self._task is not None:
            self._to_wall()
        else:
            self.context.notices.error(error)

    def _fill(self, paper: PaperId, field: str, value: Any) -> None:
        desk, refused = self._desk, partial(self._not_filled, paper, field)
        self.context.runner.run_write(lambda: ops.fill(desk, paper, {field: value}), self._filled, refused, owner=self)

    def _refill(self, field: str) -> None:
        desk, paper = self._desk, self._paper
        if paper is not None:
            self.context.runner.run_write(lambda: desk.papers.refill(paper, (field,)), self._filled, owner=self)

    def _refill_changed(self) -> None:
        desk, paper = self._desk, self._paper
        if paper is not None:
            self.context.runner.run_write(lambda: desk.papers.refill(paper), self._filled, owner=self)

    def _filled(self, outcome: Outcome[PaperView]) -> None:
        if outcome.value.paper.id == self._paper:
            self.draft.show_view(outcome.value)

    def _not_filled(self, paper: PaperId, field: str, error: BaseException) -> None:
        self.draft.say_refused(paper, field, error)
        self.context.notices.error(error)

    def _ask_issue(self) -> None:
        """Hand over what is being typed first; the question is read in line behind it."""
        self.draft.flush()
        desk, paper = self._desk, self._paper
        if paper is not None:
            self.context.runner.run_long(lambda _: ops.ahead(desk, paper), self._ahead, owner=self, writes=True)

    def _ahead(self, ahead: Ahead) -> None:
        if ahead.view.paper.id != self._paper:
            return
        self.draft.show_view(ahead.view)
        if ahead.view.is_issuable:
            self.asking.ask_issue(ahead)
        else:
            self.draft.show_issues()
            self.context.notices.banner(tr("papers.not_issuable", title=ahead.view.paper.title), tone="open")

    def _issue(self, also: tuple[str, ...]) -> None:
        desk, paper = self._desk, self._paper
        if paper is not None:
            self.context.runner.run_write(lambda: desk.papers.issue(paper, also=also), self._issued, owner=self)

    def _issued(self, outcome: Outcome[Paper]) -> None:
        paper = outcome.value
        self._paper = None
        words = "papers.issued_interim" if paper.interim else "papers.issued"
        self.context.notices.toast(tr(words, title=paper.title, number=paper.number))
        self._chosen = str(paper.id)
        self.context.go("documents", document=paper.document, inspection=paper.inspection, task=paper.task)

    def _ask_discard(self) -> None:
        view = self.draft.view
        if view is not None:
            self.acting.ask_discard(view.paper)

    def _discard(self) -> None:
        self.acting.discard(self._discarded)

    def _discarded(self, _outcome: object) -> None:
        self.context.notices.toast(tr("papers.discarded"))
        if self._paper is not None:
            self._paper = None
            self._to_wall()

    def _to_wall(self) -> None:
        if self._task is not None:
            self.context.go("papers", task=self._task)

    def _to_tasks(self) -> None:
        self.context.go("papers")

    def _to_task(self, task: TaskId) -> None:
        self.context.go("papers", task=task)

    def _to_paper(self, paper: PaperId) -> None:
        self.context.go("papers", paper=paper, task=self._task)
