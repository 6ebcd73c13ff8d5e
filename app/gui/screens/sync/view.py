"""The page of synchronisation: enrolment, the run, the receipt wall, conflicts, the log, and how it runs by itself."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QWidget

from app.core.ids import InspectionId
from app.core.membership import Membership
from app.core.outcome import Outcome
from app.core.syncing import (
    ConflictLine,
    Enrolment,
    Incident,
    Phase,
    RunLine,
    SyncPolicy,
    SyncStatus,
    Trouble,
)
from app.gui.messages import sentence_of
from app.gui.pulse import SyncPulse
from app.gui.screen import Context, Screen
from app.gui.screens.registers.listing import ListPane, Pills, on_key
from app.gui.screens.registers.rows import Column
from app.gui.screens.sync.conflicts import ConflictsPane
from app.gui.screens.sync.enrol import EnrolCard
from app.gui.screens.sync.enrol_pane import MemberPane
from app.gui.screens.sync.packets import PacketsPane
from app.gui.screens.sync.policy import PolicyPane
from app.gui.screens.sync.receipts import ReceiptsPane
from app.gui.screens.sync.state import StateCard, leads
from app.gui.screens.sync.team import TeamPane
from app.gui.screens.sync.troubles import TroublesPane
from app.gui.screens.sync.words import moment_words, run_words
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import hbox, scrolled, vbox
from app.gui.widgets.pages import Pages

if TYPE_CHECKING:
    from app.core.outcome import Change

LEAST_LIST, LEAST_PANE = 272, 200
QUIET_MS = 400
P = TypeVar("P", bound=QWidget)
TABS = ("receipts", "conflicts", "troubles", "packets", "team", "log", "policy")


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything this page shows beside the receipts, read in one go."""

    status: SyncStatus
    conflicts: tuple[ConflictLine, ...]
    decided: tuple[ConflictLine, ...]
    runs: tuple[RunLine, ...]
    troubles: tuple[Trouble, ...]
    incidents: tuple[Incident, ...]
    member: Membership


class SyncScreen(Screen):
    """What the server has, and what it has not. Runs go on in the background; F5 or the button begins one at once."""

    made_later = TABS

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.loop = context.services.sync_loop
        self.pulse = SyncPulse(self.loop, self)
        self.state, self.enrol, self.member = StateCard(), EnrolCard(), MemberPane(context)
        self._leads = False
        self._picture: Picture | None = None
        self._asked = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(QUIET_MS)
        self._soon.timeout.connect(self._read)
        self._build()
        self.state.wanted.connect(self.run)
        self.state.stopped.connect(self.stop)
        self.state.paused.connect(self._pause)
        self.state.led.connect(self._lead)
        self.enrol.wanted.connect(self._enrol)
        self.enrol.asked.connect(self.member.ask)
        self.member.changed.connect(self._member_changed)
        self.member.failed.connect(self._member_changed)
        self.tabs.chosen.connect(self._turn)
        self.pulse.beat.connect(self._beat)
        on_key(self, "F5", self.run)

    @cached_property
    def receipts(self) -> ReceiptsPane:
        """Where each piece is proven to be."""
        made = ReceiptsPane(self.context)
        made.opened.connect(self._open)
        return self._added(made)

    @cached_property
    def conflicts(self) -> ConflictsPane:
        """What a person has to choose."""
        made = ConflictsPane()
        made.kept.connect(self._keep)
        return self._added(made)

    @cached_property
    def troubles(self) -> TroublesPane:
        """What the server refused."""
        made = TroublesPane(self.context)
        made.sent.connect(self.loop.now)
        return self._added(made)

    @cached_property
    def packets(self) -> PacketsPane:
        """The way by packets."""
        made = PacketsPane(self.context)
        made.read_wanted.connect(self._read)
        return self._added(made)

    @cached_property
    def team(self) -> TeamPane:
        """The way by the laptops of the team."""
        made = TeamPane(self.context)
        made.read_wanted.connect(self._read)
        return self._added(made)

    @cached_property
    def log(self) -> ListPane:
        """The runs."""
        made = ListPane(
            _run_columns(), lambda one: one.began_at.isoformat(), EmptyState("sync", tr("sync.log.empty")),
            name=tr("sync.tab.log"),
        )  # fmt: skip
        return self._added(made)

    @cached_property
    def policy(self) -> PolicyPane:
        """When runs begin by themselves."""
        made = PolicyPane()
        made.wanted.connect(self._set_policy)
        return self._added(made)

    def open(self, **params: Any) -> None:
        """Read everything anew; `tab` may name one of `TABS`, otherwise what needs a person comes to the front."""
        self.set_heading(tr("sync.title"))
        if params.get("tab") in TABS:
            self.tabs.choose(str(params["tab"]))
        self._leads = "tab" not in params and self.tabs.value == TABS[0]
        if params.get("login"):
            self.member.renew()
        if self.loop.phase is Phase.RUNNING:
            self.state.begin()
        self._read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read everything anew when it is quiet: every change is one more line to be sent."""
        self._soon.start()

    def escape(self) -> bool:
        """Come back from the lines of one record."""
        if self.tabs.value == "packets":
            return self.packets.close_status()
        return self.tabs.value == "receipts" and self.receipts.close_detail()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (("F5", "run"), ("Enter", "detail"), ("Ctrl+F", "find"), ("Ctrl+E", "export"), ("Ctrl+C", "copy"))
        return tuple((keys, tr(f"sync.key.{name}")) for keys, name in names)

    def run(self) -> None:
        """Send and fetch what is pending, at once."""
        if self.state.isHidden():
            return
        self._asked = True
        self.state.begin()
        self.loop.now()

    def stop(self) -> None:
        """Stop the run after the piece it is at; what was receipted stays receipted."""
        self._asked = False
        self.loop.cancel()
        self.state.finish(tr("sync.stopped"))

    def _build(self) -> None:
        self.tabs = Pills(tr("sync.title"), [(key, tr(f"sync.tab.{key}")) for key in TABS])
        whole = QWidget()
        vbox(self).addWidget(scrolled(whole))
        column = vbox(whole, margin=Space.PAGE, gap=Space.BETWEEN)
        column.addWidget(self.member)
        column.addWidget(self.state)
        beside = hbox()  # in a row its wrapped words are measured at the width it really gets
        beside.addWidget(self.enrol)
        beside.addStretch(0)
        column.addLayout(beside)
        row = hbox()
        row.addWidget(self.tabs)
        row.addStretch(1)
        column.addLayout(row)
        self.stack = _Pages()
        self.stack.setCurrentWidget(self.receipts)
        column.addWidget(self.stack, 1)
        self.state.hide()
        self.enrol.hide()

    def _beat(self, pulse: Any) -> None:
        """Follow a run: who asked for it sees its progress, others only what came of it."""
        if pulse.phase is Phase.RUNNING:
            if self._asked and pulse.progress is not None:
                self.state.begin()
                self.state.show_progress(pulse.progress)
            return
        if self._asked and (pulse.outcome is not None or pulse.error is not None):
            self._asked = False
            self.state.finish(_outcome_words(pulse.outcome.value) if pulse.outcome is not None else "")
            if pulse.error is not None:
                again = self.run if getattr(pulse.error, "retryable", False) else None
                self.context.notices.error(pulse.error, again)
        self._soon.start()

    def _pause(self, wanted: bool) -> None:
        if self._picture is not None:
            self._set_policy(replace(self._picture.status.policy, is_paused=wanted))

    def _set_policy(self, policy: SyncPolicy) -> None:
        set_policy = self.context.services.sync.set_policy
        self.context.runner.run_write(lambda: set_policy(policy), self._policy_set, owner=self)

    def _policy_set(self, outcome: Outcome[SyncPolicy]) -> None:
        self.loop.take_policy(outcome.value)
        self._read()

    def _enrol(self, server: str, code: str) -> None:
        enrol = self.context.services.sync.enrol
        # A server that does not answer must not hold up what is being written: this waits beside the writer.
        self.context.runner.run_long(
            lambda _: enrol(server, code), self._enrolled, self._not_enrolled, owner=self
        )

    def _enrolled(self, outcome: Outcome[Enrolment]) -> None:
        self.enrol.set_working(False)
        self.enrol.code.clear()
        self.context.notices.toast(tr("sync.enrolled", server=outcome.value.server))
        self._read()

    def _member_changed(self, _error: object = None) -> None:
        self.enrol.set_working(False)
        self._read()

    def _not_enrolled(self, error: BaseException) -> None:
        self.enrol.set_working(False)
        self.context.notices.error(error)

    def _read(self) -> None:
        sync, members = self.context.services.sync, self.context.services.memberships
        troubles = self.context.services.sync_troubles
        def picture() -> Picture:
            return Picture(
                sync.status(), sync.conflicts(), sync.decided(), sync.runs(), troubles.lines(), troubles.incidents(),
                members.get(),
            )  # fmt: skip

        self.context.runner.run_read(picture, self._show, owner=self, key="picture")
        self.receipts.read()

    def _read_way(self) -> None:
        """Read what the tab in front shows beside the picture."""
        if self.tabs.value == "packets":
            self.packets.read()
        elif self.tabs.value == "team":
            self.team.read(can_ask=self._picture is not None and self._picture.status.enrolment is not None)

    def _lead(self, lead: str) -> None:
        self.tabs.choose("receipts" if lead == "lost" else lead)
        if lead == "lost":
            self.receipts.only.choose("trouble")

    def _show(self, picture: Picture) -> None:
        self._picture, status = picture, picture.status
        self._dress(picture)
        self.member.put(picture.member)
        self.state.put(status, sentence_of(status.last_error, {}) if status.last_error else "")
        for place in range(self.stack.count()):
            self._put(self.stack.widget(place))
        for name, lines in (("conflicts", picture.conflicts), ("troubles", picture.troubles)):
            key = f"sync.tab.{name}.count" if lines else f"sync.tab.{name}"
            self.tabs.rename(name, tr(key, count=len(lines)))
        if self._leads and (wanted := leads(status)):
            self._lead(wanted[0])
        self._leads = False
        self._read_way()

    def _added(self, pane: P) -> P:
        self.stack.addWidget(pane)
        self._put(pane)
        return pane

    def _put(self, pane: QWidget | None) -> None:
        """Show what was read last in a pane, where it shows any of it."""
        seen = self._picture
        if seen is None:
            return
        match pane:
            case PolicyPane():
                pane.put(seen.status)
            case ListPane():
                pane.put(seen.runs)
            case ConflictsPane():
                pane.put(seen.conflicts, seen.decided)
            case TroublesPane():
                pane.put(seen.troubles, seen.incidents)

    def _turn(self, key: str) -> None:
        self.stack.setCurrentWidget(getattr(self, key))
        if self._picture is not None:
            self._dress(self._picture)
        self._read_way()

    def _dress(self, picture: Picture) -> None:
        """Show the state where some server is known; enrolment above the receipts, or where packets are the way taken."""
        status = picture.status
        is_enrolled, tab = status.enrolment is not None, self.tabs.value
        self.state.setVisible(is_enrolled or status.by_packet)
        self.state.set_brief(tab != "receipts")
        is_wanted = tab == ("policy" if status.by_packet else "receipts")
        self.enrol.setVisible(not is_enrolled and picture.member.asking is None and is_wanted)

    def _keep(self, conflict: str, side: str, text: str) -> None:
        resolve = self.context.services.sync.resolve
        self.context.runner.run_write(
            lambda: resolve(conflict, side, text), self._kept, self._not_kept, owner=self
        )

    def _kept(self, _outcome: object) -> None:
        self.context.notices.toast(tr("sync.conflict.resolved"))
        self._read()

    def _not_kept(self, error: BaseException) -> None:
        self.conflicts.open.again()
        self.context.notices.error(error)

    def _open(self, inspection: str) -> None:
        self.context.go("inspection", inspection_id=InspectionId(inspection))


class _Pages(Pages):
    """Pages that scroll by themselves; the whole scrolls only where that has no room."""

    def minimumSizeHint(self) -> QSize:
        """The least size of the page in front, with room for some lines of a list or for a piece of what scrolls by itself."""
        is_list = isinstance(self.currentWidget(), ReceiptsPane | ListPane)
        return super().minimumSizeHint().expandedTo(QSize(0, current().px(LEAST_LIST if is_list else LEAST_PANE)))


def _outcome_words(report: Any) -> str:
    key = "sync.done" if report.is_complete else "sync.done.partly"
    words = tr(key, pushed=report.pushed, files=report.files_sent, pulled=report.pulled)
    if report.files_at_work:
        words += "　" + tr("sync.done.at_work", files=report.files_at_work)
    if report.refused:
        words += "　" + tr("sync.done.refused", refused=report.refused)
    return words


def _run_columns() -> tuple[Column[RunLine], ...]:
    return (
        Column(tr("sync.log.when"), lambda one: moment_words(one.ended_at), order=lambda one: one.ended_at),
        Column(tr("sync.log.times"), lambda one: f"{one.times:,}", order=lambda one: one.times, is_number=True),
        Column(
            tr("sync.log.what"), lambda one: run_words(one, sentence_of(one.error, {}) if one.error else ""), share=1,
            mark=lambda one: ("check", "ok") if one.error is None else ("warning", "open"),
        ),
    )  # fmt: skip
