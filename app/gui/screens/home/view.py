"""The first page: one column of what waits, one of what ends and what the server has."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

from app.core import clock
from app.gui import icons
from app.gui.screen import Context, Screen
from app.gui.screens.home import ops
from app.gui.screens.home.digest import SHOWN_DEADLINES, SHOWN_TASKS, Digest
from app.gui.screens.home.parts import SignLine, VisitCard, deadline_line, ruled
from app.gui.screens.registers.listing import on_key
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import beside_or_below, emptied, hbox, scrolled, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

SIDE_BY_SIDE = 860
SHOWN_TO_SIGN = 4


class HomeScreen(Screen):
    """Today: go on with the newest inspection, or start the next."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._shown: Digest | None = None
        self._primary: Button | None = None
        inner = QWidget()
        self._columns: QBoxLayout = hbox(inner, margin=Space.PAGE, gap=Space.CARD)
        self._left, self._right = vbox(gap=Space.BETWEEN), vbox(gap=Space.BETWEEN)
        self._columns.addLayout(self._left, 5)
        self._columns.addLayout(self._right, 2)
        vbox(self).addWidget(scrolled(inner))
        on_key(self, "Ctrl+Return", self.go_on)
        on_key(self, "Ctrl+N", self._new_task)
        current().changed.connect(self._redraw)

    def open(self, **params: Any) -> None:
        """Read everything anew."""
        today = _today()
        weekday = tr(f"home.weekday.{today.weekday()}")
        self.set_heading(tr("home.title"), tr("home.date", month=today.month, day=today.day, weekday=weekday))
        self._read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read everything anew; the page is a summary of all tables."""
        self._read()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        return (("Ctrl+Enter", tr("home.key.primary")), ("Ctrl+N", tr("home.key.new")))

    def go_on(self) -> None:
        """Do the one thing that waits first."""
        if self._primary is not None:
            self._primary.click()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below one another where the window is narrow."""
        super().resizeEvent(event)
        beside_or_below(self._columns, event.size().width(), SIDE_BY_SIDE)

    def _read(self) -> None:
        services = self.context.services
        self.context.runner.run_read(lambda: ops.read(services, _today), self._show, owner=self, key="digest")

    def _redraw(self) -> None:
        shown, self._shown = self._shown, None
        if shown is not None:
            self._show(shown)

    def _show(self, digest: Digest) -> None:
        if digest == self._shown:
            return
        self._shown = digest
        focused = self.focusWidget()
        held = focused.accessibleName() if isinstance(focused, Button) else None
        former = set(self.findChildren(Button))
        emptied(self._left)
        emptied(self._right)
        self._primary = None
        self._show_visits(digest)
        if digest.to_sign:
            self._left.addWidget(self._sign_card(digest))
        self._left.addWidget(self._delivery_card(digest))
        self._left.addStretch(1)
        self._right.addWidget(_deadline_card(digest))
        self._right.addStretch(1)
        self._give_focus(held, former)

    def _give_focus(self, held: str | None, former: set[Button]) -> None:
        fresh = (one for one in self.findChildren(Button) if one not in former)
        again = next((one for one in fresh if held is not None and one.accessibleName() == held), None)
        if again is not None:
            again.setFocus()

    def _show_visits(self, digest: Digest) -> None:
        head = hbox()
        head.addWidget(label(tr("home.visits"), "section"))
        head.addStretch(1)
        is_empty = not digest.visits
        if len(digest.visits) > SHOWN_TASKS:
            head.addWidget(
                button(tr("home.visits.all", count=len(digest.visits)), self._all_tasks, kind="link")
            )
        new = button(tr("home.new_task"), self._new_task, kind="primary" if is_empty else "plain", icon="add")
        head.addWidget(new)
        self._left.addLayout(head)
        for place, visit in enumerate(digest.visits[:SHOWN_TASKS]):
            kind = tr(f"registers.kind.{visit.line.institution_kind}")
            card = VisitCard(visit, kind, is_first=place == 0)
            card.chosen.connect(self._go_visit)
            self._left.addWidget(card)
            if place == 0:
                self._primary = card.button
        if is_empty:
            self._primary = new
            none = Card()
            none.body.addWidget(label(tr("home.visits.empty.title"), "strong"))
            none.body.addWidget(label(tr("home.visits.empty.text"), "muted", wrap=True))
            self._left.addWidget(none)

    def _sign_card(self, digest: Digest) -> Card:
        card = Card(tr("home.sign"))
        lines: list[QWidget] = []
        for view in digest.to_sign[:SHOWN_TO_SIGN]:
            line = SignLine(view)
            line.chosen.connect(self._go_sign)
            lines.append(line)
        ruled(card.body, lines)
        left = len(digest.to_sign) - SHOWN_TO_SIGN
        if left > 0:
            card.body.addWidget(label(tr("home.sign.more", count=left), "secondary"))
        return card

    def _delivery_card(self, digest: Digest) -> Card:
        card, sums = Card(tr("home.delivery"), gap=Space.BETWEEN), digest.delivery
        card.head.addWidget(button(tr("home.delivery.details"), self._go_sync, kind="link"))
        is_whole = not (sums.lines_here or sums.files_here)
        lines, files = (sums.lines, sums.files) if is_whole else (sums.lines_here, sums.files_here)
        words = tr(f"home.delivery.{'whole' if is_whole else 'here'}", lines=f"{lines:,}", files=f"{files:,}")
        card.body.addLayout(_marked(("cloud-ok", "ok") if is_whole and sums.lines else ("upload", "open"), words))
        if sums.attention:
            card.body.addLayout(_marked(("warning", "bad"), tr("home.delivery.attention", count=sums.attention)))
        card.body.addWidget(label(_last_words(digest), "secondary", wrap=True))
        return card

    def _go_visit(self, task: str) -> None:
        self.context.go("inspection", task=task)

    def _go_sign(self, inspection: str, document: str) -> None:
        self.context.go("documents", document=document, inspection=inspection)

    def _go_sync(self) -> None:
        self.context.go("sync")

    def _all_tasks(self) -> None:
        self.context.go("tasks")

    def _new_task(self) -> None:
        self.context.go("tasks", new=True)


def _marked(mark: tuple[str, str], words: str) -> QBoxLayout:
    row = hbox(gap=Space.INSIDE)
    shape = QLabel()
    shape.setPixmap(icons.pixmap(*mark, 18))
    row.addWidget(shape)
    row.addWidget(label(words, "strong", wrap=True), 1)
    return row


def _deadline_card(digest: Digest) -> Card:
    card = Card(tr("home.deadlines"))
    if not digest.deadlines:
        card.body.addWidget(label(tr("home.deadlines.empty"), "muted", wrap=True))
    ruled(card.body, [deadline_line(one) for one in digest.deadlines[:SHOWN_DEADLINES]])
    return card


def _last_words(digest: Digest) -> str:
    status = digest.status
    if status.enrolment is None:
        return tr("home.delivery.by_packet" if status.by_packet else "home.delivery.not_enrolled")
    if status.policy.is_paused:
        return tr("home.delivery.paused")
    if status.offline_since is not None:
        return tr("home.delivery.offline", since=clock.local(status.offline_since).strftime("%Y-%m-%d %H:%M"))
    if status.last_success_at is None:
        return tr("home.delivery.never")
    return tr("home.delivery.last", when=clock.local(status.last_success_at).strftime("%Y-%m-%d %H:%M"))


def _today() -> dt.date:
    return clock.today(clock.now())
