"""The inspection screen: the step bar, and the step that is being worked on."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget

from app.core.ids import InspectionId, TaskId
from app.core.inspections import Blocker, InspectionState
from app.core.outcome import Outcome
from app.gui.messages import sentence
from app.gui.screen import Context, Screen
from app.gui.screens.inspection import ops
from app.gui.screens.inspection.check import CheckPane
from app.gui.screens.inspection.findings_pane import FindingsPane
from app.gui.screens.inspection.ops import Ahead
from app.gui.screens.inspection.prepare import PreparePane
from app.gui.screens.inspection.review import ReviewPane, jump_of
from app.gui.screens.inspection.session import Session
from app.gui.texts import tr
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.camera import KEYS as CAMERA_KEYS
from app.gui.widgets.camera_devices import cameras
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import key_hint, label
from app.gui.widgets.layout import hbox, rule, vbox
from app.gui.widgets.notices import Note
from app.gui.widgets.steps import Steps

if TYPE_CHECKING:
    from app.core.outcome import Change

STEPS = ("prepare", "check", "interview", "review", "sign", "deliver")
DONE_STATES = (InspectionState.SIGNED, InspectionState.CLOSED)


class InspectionScreen(Screen):
    """Prepare, check, review; the other steps are screens of their own."""

    made_later = ("prepare", "review", "findings")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._task: TaskId | None = None
        self._step = "check"
        self._start_with = ""
        self._wanted_item: tuple[str, str] | None = None
        self._offered = False
        self.session = Session(context, self)
        self.check = CheckPane(context, self.session)
        self._build()
        self._wire()

    @cached_property
    def prepare(self) -> PreparePane:
        """Step ①."""
        made = PreparePane()
        made.start_wanted.connect(self._start)
        made.edited.connect(self.session.set_details)
        made.continue_wanted.connect(self._continue)
        self._stack.addWidget(made)
        self._show_prepared(made)
        return made

    @cached_property
    def review(self) -> ReviewPane:
        """Step ④."""
        made = ReviewPane()
        made.edited.connect(self.session.set_details)
        made.jump_wanted.connect(self._jump)
        made.documents_wanted.connect(self._to_documents)
        made.papers_wanted.connect(self._to_papers)
        self._stack.addWidget(made)
        return made

    @cached_property
    def findings(self) -> FindingsPane:
        """What was found, in step ②."""
        return self.check.findings

    def open(self, **params: Any) -> None:
        """Open by `inspection` or `task`; `step` and `item` (`(template, code)`) say where."""
        inspection = params.get("inspection") or params.get("inspection_id")
        task = params.get("task") or params.get("task_id")
        self._start_with = str(params.get("step") or "")
        self._wanted_item = params.get("item")
        if inspection is not None:
            self._open_inspection(InspectionId(str(inspection)))
        elif task is not None:
            self._task = TaskId(str(task))
            wanted, services = self._task, self.context.services
            self.context.runner.run_read(
                lambda: ops.newest(services, wanted), self._found, owner=self, key="task"
            )
        elif self.session.id is None:
            self._stack.setCurrentWidget(self._nothing)

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read again what concerns this inspection."""
        self.session.refresh(changes)
        if self._step == "review" and self.session.id is not None and ops.touches(changes, self.session.id):
            self._read_blockers()

    def leave(self) -> bool:
        """Hand over everything typed; the writes are in line before the screen goes."""
        self._flush()
        return True

    def escape(self) -> bool:
        """Close what is open over the list."""
        return self._step == "check" and self.check.escape()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        keys = (
            ("1 2 3 4", "answer"), ("↑ ↓ J K", "move"), ("Enter", "next"), ("Space", "detail"),
            ("P / Ctrl+P", "photos"), ("F / Ctrl+F", "finding"), ("N", "note"), ("Z", "undo"), ("/", "search"),
            ("Tab", "cells"), ("Ctrl+V", "paste"), ("Ctrl+Delete", "row_remove"),
        )  # fmt: skip
        shown = [(key, tr(f"inspection.key_{name}")) for key, name in keys]
        if cameras():
            shown.insert(5, (CAMERA_KEYS, tr("camera.take")))
        return tuple(shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give letters that no field wanted to the list."""
        if self._step == "check" and not self.check.list.hasFocus() and event.text().strip():
            self.check.list.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Hand over everything typed when the screen goes, also when the program locks."""
        self._flush()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the sections by a button where there is no room for them."""
        super().resizeEvent(event)
        self._offer_panes()

    def show_step(self, step: str) -> None:
        """Go to a step, or to the screen of it."""
        self._flush()
        inspection = self.session.id
        if step == "interview" and inspection is not None:
            self.context.go("interview", inspection=inspection)
        elif step == "sign" and inspection is not None:
            self.context.go("documents", inspection=inspection)
        elif step == "deliver":
            self.context.go("sync")
        elif step in ("prepare", "check", "review"):
            self._enter(step)

    def _build(self) -> None:
        column = vbox(self, gap=0)
        bar = hbox(margin=(16, 6, 16, 6), gap=8)
        self._sections_button = button(tr("inspection.sections"), self._toggle_sections, icon="menu")
        self._detail_button = icon_button("widen", tr("inspection.toggle_detail"), self.check.toggle_detail)
        for one in (self._sections_button, self._detail_button):
            one.hide()
        self._steps = Steps([(step, tr(f"inspection.step_{step}")) for step in STEPS])
        self._left = label("", "secondary")
        bar.addWidget(self._sections_button)
        bar.addWidget(self._steps, 1)
        bar.addWidget(self._left)
        self._enter_hint = key_hint("Enter")
        self._enter_hint.setToolTip(tr("inspection.key_next"))
        bar.addWidget(self._enter_hint)
        bar.addWidget(self._detail_button)
        column.addLayout(bar)
        column.addWidget(rule())
        self._note = Note("", "open")
        self._note.hide()
        holder = vbox(margin=(16, 8, 16, 0))
        holder.addWidget(self._note)
        column.addLayout(holder)
        self._stack = QStackedWidget()
        self._nothing = EmptyState(
            "task", tr("inspection.none_open"), tr("inspection.none_open_detail"),
            action=tr("inspection.to_tasks"), on_action=self._to_tasks,
        )  # fmt: skip
        for page in (self._nothing, self.check):
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)
        for keys, wish in (("Ctrl+P", "p"), ("Ctrl+F", "f")):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setObjectName(wish)
            shortcut.activated.connect(self._shortcut)
        self._show_steps()

    def _wire(self) -> None:
        self._steps.chosen.connect(self.show_step)
        self.session.loaded.connect(self._loaded)
        self.session.reloaded.connect(self._show_visit)
        self.session.painted.connect(self._show_figures)
        self.check.interview_wanted.connect(self._to_interview)

    def _open_inspection(self, inspection: InspectionId) -> None:
        if inspection != self.session.id:
            self._flush()
            self.session.open(inspection)
        elif self.session.view is not None:
            self.session.refresh(())
            self._enter(self._start_with or self._step)
            self._go_to_wanted()
        if not self._offered:
            self._offered = True
            services = self.context.services
            self.context.runner.run_read(
                lambda: ops.violations(services), self.check.offer, owner=self
            )

    def _found(self, found: "InspectionId | Ahead") -> None:
        if not isinstance(found, Ahead):
            self._open_inspection(found)
            return
        self._flush()
        self.session.close()
        self.prepare.show_ahead(found)
        self.set_heading(
            found.place.name, tr("inspection.heading_task", number=found.task.number, sheets=found.task.title)
        )
        self._left.setText("")
        self._note.hide()
        self._enter("prepare")

    def _loaded(self) -> None:
        if (self._start_with or "check") == "check":
            self._stack.setCurrentWidget(self.check)  # Before it is filled: at its width the items are measured once.
        self.check.show_session()
        self._show_visit()
        self._show_figures()
        self._enter(self._start_with or "check")
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        if self._wanted_item is not None:
            wanted, self._wanted_item = self._wanted_item, None
            self._enter("check")
            self.check.go_to((wanted[0], wanted[1]))

    def _show_visit(self) -> None:
        opened, view = self.session.opened, self.session.view
        if opened is None or view is None:
            return
        sheets = "、".join(
            tr("inspection.sheet", title=t.subject or t.title, version=t.version) for t in opened.templates
        )
        self.set_heading(
            view.institution_name, tr("inspection.heading_task", number=view.task_number, sheets=sheets)
        )
        if "prepare" in self.__dict__:
            self._show_prepared(self.prepare)
        self._note.setVisible(self.session.is_locked)
        if self.session.is_locked:
            self._note.say(tr(f"inspection.locked_{view.state}"))

    def _show_prepared(self, pane: PreparePane) -> None:
        opened, view = self.session.opened, self.session.view
        if opened is not None and view is not None:
            pane.show_visit(view.inspection, opened.people, locked=self.session.is_locked)

    def _show_figures(self) -> None:
        picture, view = self.session.picture, self.session.view
        if picture is None or view is None:
            return
        counts = picture.counts
        self._left.setText(
            tr("inspection.left", count=counts.open) if counts.open else tr("inspection.left_none")
        )
        if self._step == "review":
            figures = (view.finding_count, view.amount_cny, view.evidence_count)
            self.review.show_visit(view.inspection, counts, figures, locked=self.session.is_locked)
        self._show_steps()

    def _show_steps(self) -> None:
        view, picture = self.session.view, self.session.picture
        done = []
        if view is not None and picture is not None:
            opened = self.session.opened
            done.append("prepare")
            done += ["check"] if not picture.counts.open else []
            done += ["interview"] if opened is not None and opened.interviewed else []
            done += ["review"] if view.state is not InspectionState.OPEN else []
            done += ["sign"] if view.state in DONE_STATES else []
            done += ["deliver"] if view.state is InspectionState.CLOSED else []
        closed = () if view is not None else ("check", "interview", "review", "sign", "deliver")
        self._steps.show_state(self._step, [step for step in done if step != self._step], closed=closed)

    def _enter(self, step: str) -> None:
        self._step = step if step in ("prepare", "review") else "check"
        self._stack.setCurrentWidget(getattr(self, self._step))
        self._offer_panes()
        self._enter_hint.setVisible(self._step == "check")
        self._show_steps()
        if self._step == "review":
            self._show_figures()
            self._read_blockers()
        elif self._step == "check":
            self.check.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read_blockers(self) -> None:
        inspection, services = self.session.id, self.context.services
        if inspection is not None:
            # In line with the writes, so that an answer given a moment ago is counted.
            self.context.runner.run_long(
                lambda _: ops.blockers(services, inspection),
                self.review.show_blockers,
                owner=self,
                writes=True,
            )

    def _start(self, wanted: dict[str, Any]) -> None:
        task, services = self._task, self.context.services
        if task is not None:
            self.context.runner.run_write(
                lambda: ops.start(services, task, wanted), self._started, self._not_started, owner=self
            )

    def _started(self, outcome: Outcome[InspectionId]) -> None:
        self._start_with = "check"
        self._open_inspection(outcome.value)

    def _not_started(self, error: BaseException) -> None:
        self.prepare.allow_start()
        if hasattr(error, "code"):
            self.prepare.show_refusal(sentence(error))
        else:
            self.context.notices.error(error)

    def _jump(self, blocker: Blocker) -> None:
        where = jump_of(blocker)
        if where == "item":
            self._enter("check")
            self.check.go_to((blocker.template, blocker.item))
        elif where == "finding":
            self._enter("check")
            self.check.show_finding_list()
        elif where == "opinion":
            self.review.take_opinion()
        elif where == "interview":
            self._to_interview()
        elif where == "task":
            self._to_tasks()
        else:
            self._enter("prepare")

    def _shortcut(self) -> None:
        if self._step == "check":
            self.check.do(self.sender().objectName())

    def _offer_panes(self) -> None:
        for one in (self._sections_button, self._detail_button):
            one.setVisible(self._step == "check" and self.check.is_narrow)

    def _toggle_sections(self) -> None:
        self.check.toggle_sections()

    def _continue(self) -> None:
        self._enter("check")

    def _to_interview(self) -> None:
        self.show_step("interview")

    def _to_documents(self) -> None:
        self.show_step("sign")

    def _to_papers(self) -> None:
        self._flush()
        self.context.go("papers", inspection=self.session.id)

    def _to_tasks(self) -> None:
        self.context.go("tasks")

    def _flush(self) -> None:
        for step in ("prepare", "check", "review"):
            if step in self.__dict__:
                getattr(self, step).flush()
