"""The header (where am I, sync, lock, rehearsal) and the status line (saved, clock, last delivery)."""

import datetime as dt

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.core.clock import local
from app.gui.contracts import FrameFacts
from app.gui.texts import tr
from app.gui.texts.spans import span
from app.gui.theme import Space, Type, current
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, sized

ROOMY = 800
LEAST_TITLE, LEAST_DETAIL = 112, 64


class Header(QFrame):
    """Breadcrumb, title and context at the left; what is always true at the right."""

    back = Signal()
    parent_wanted = Signal(str)
    sync_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "header")
        sized(self, height=Space.HEADER)
        line = hbox(self, margin=(20, 0), gap=Space.BETWEEN)
        self._back = icon_button("back", tr("shell.back"), self.back.emit, shortcut="Alt+Left")
        line.addWidget(self._back)
        self._crumb = button("", self._to_parent, kind="link")
        self._parent = ""
        line.addWidget(self._crumb)
        self._arrow = label("›", "muted")
        line.addWidget(self._arrow)
        self.title = ElidedLabel("", "section", in_middle=True)
        self.detail = ElidedLabel("", "muted")
        self._heading = _Heading(self.title, self.detail)
        line.addWidget(self._heading, 1)
        self.rehearsal = label(tr("shell.rehearsal"), "mark")
        self.rehearsal.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.rehearsal.setToolTip(tr("shell.rehearsal_about"))
        line.addWidget(self.rehearsal)
        self.sync = button("", self.sync_wanted.emit, kind="pill")
        line.addWidget(self.sync)
        self.lock = button(tr("shell.lock"), self.lock_wanted.emit, kind="pill")
        self.lock.setToolTip(f"{tr('shell.lock')}  Ctrl+L")
        line.addWidget(self.lock)
        self.show_crumbs("", "", can_go_back=False)
        self.show_facts(FrameFacts())

    def show_crumbs(self, parent: str, parent_title: str, *, can_go_back: bool) -> None:
        """Show the way back and the place this page belongs to."""
        self._parent = parent
        self._back.setVisible(can_go_back)
        self._crumb.setText(parent_title)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the way to the parent out where the name needs the room; 返回 and the rail remain."""
        super().resizeEvent(event)
        self._fit()

    def show_heading(self, title: str, detail: str) -> None:
        """Show what the page is about."""
        self.title.setText(title)
        self.detail.setText(detail)
        self._heading.place()

    def show_facts(self, facts: FrameFacts) -> None:
        """Show rehearsal and the state of sync."""
        self.rehearsal.setVisible(facts.rehearsal)
        words, tone = sync_words(facts)
        self.sync.setText(words)
        self.sync.setAccessibleName(tr("shell.sync_open", state=words))
        self.sync.set_tone(tone)

    def _fit(self) -> None:
        roomy = self.width() >= current().px(ROOMY)
        for part in (self._crumb, self._arrow):
            part.setVisible(bool(self._parent) and roomy)
        self.rehearsal.setText(tr("shell.rehearsal" if roomy else "shell.rehearsal_short"))

    def _to_parent(self) -> None:
        self.parent_wanted.emit(self._parent)


class _Heading(QWidget):
    """Title and detail in one line. The title is cut last: the detail takes what it leaves, or nothing."""

    def __init__(self, title: ElidedLabel, detail: ElidedLabel) -> None:
        super().__init__()
        self._title, self._detail = title, detail
        for one in (title, detail):
            one.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        current().changed.connect(self.place)

    def sizeHint(self) -> QSize:
        """As wide as both."""
        return QSize(sum(self._wanted()) + current().px(Space.BETWEEN), current().px(Space.HIT))

    def minimumSizeHint(self) -> QSize:
        """A few words."""
        return QSize(current().px(LEAST_TITLE), current().px(Space.HIT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out."""
        super().resizeEvent(event)
        self._place()

    def place(self) -> None:
        """Share the width out among new words."""
        self.updateGeometry()
        self._place()

    def _wanted(self) -> tuple[int, int]:
        theme = current()
        fonts = (theme.font(Type.SECTION, bold=True), theme.font())
        texts = (self._title.text(), self._detail.text())
        widths = [
            QFontMetrics(font).horizontalAdvance(text) + 2 for font, text in zip(fonts, texts, strict=True)
        ]
        return widths[0], widths[1] if texts[1] else 0

    def _place(self) -> None:
        title, detail = self._wanted()
        gap = current().px(Space.BETWEEN) if detail else 0
        free = max(self.width() - gap, 0)
        left = free - title
        if left < min(detail, current().px(LEAST_DETAIL)):
            left, gap = 0, 0
        title = min(title, self.width() - left - gap)
        self._title.setGeometry(0, 0, title, self.height())
        self._detail.setGeometry(title + gap, 0, left, self.height())
        self._title.setToolTip("  ".join(filter(None, (self._title.text(), self._detail.text()))))


def sync_words(facts: FrameFacts) -> tuple[str, str]:
    """Return the words and the tone of the sync pill."""
    if facts.limit:
        return tr(f"shell.sync_limit_{facts.limit}"), "bad"
    if facts.is_asking:
        return tr("shell.sync_asking", count=facts.pending), ""
    if facts.needs_login:
        return tr("shell.sync_login", count=facts.pending), "open"
    if facts.problems:
        return tr("shell.sync_problems", count=facts.problems), "bad"
    if facts.by_packet and facts.pending:
        return tr("shell.sync_packets", count=facts.pending), ""
    if not facts.enrolled and not facts.by_packet:
        return (
            (tr("shell.sync_offline", count=facts.pending), "")
            if facts.pending
            else (tr("shell.sync_offline_idle"), "")
        )
    if facts.is_syncing and facts.pending:
        return tr("shell.sync_running", count=facts.pending), ""
    if facts.is_paused:
        return tr("shell.sync_paused", count=facts.pending), "open"
    if facts.offline_since is not None:
        since = f"{local(facts.offline_since):%m-%d %H:%M}"
        return tr("shell.sync_offline_since", since=since, count=facts.pending), ""
    if facts.pending:
        return tr("shell.sync_pending", count=facts.pending), ""
    return tr("shell.sync_done"), "ok"


class Ribbon(QFrame):
    """A thin violet line over everything in a rehearsal office."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "ribbon")
        self.setAccessibleName(tr("shell.rehearsal_about"))
        self.setToolTip(tr("shell.rehearsal_about"))
        sized(self, height=3)


class StatusLine(QFrame):
    """The bottom line, in words."""

    help_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "status")
        sized(self, height=Space.STATUS + 1)
        line = hbox(self, margin=(20, 0), gap=Space.CARD)
        self.saved, self.clock, self.delivered = label("", "hint"), label("", "hint"), label("", "hint")
        self.rehearsal = label(tr("shell.rehearsal"), "hint", tone="rehearsal")
        for one in (self.saved, self.clock, self.delivered, self.rehearsal):
            line.addWidget(one)
            one.hide()
        line.addStretch(1)
        self.note = label("", "hint")
        line.addWidget(self.note)
        line.addWidget(label(tr("shell.press_help"), "hint"))

    def show_saved(self, at: dt.datetime) -> None:
        """Say when the last write was durable."""
        self.saved.setText(tr("shell.saved", time=f"{local(at):%H:%M:%S}"))
        self.saved.show()

    def show_busy(self, on: bool) -> None:
        """Say that something is under way."""
        self.note.setText(tr("shell.loading") if on else "")

    def show_facts(self, facts: FrameFacts) -> None:
        """Say how far the clock is off, when the server was last reached, and whether this is practice."""
        self.clock.setVisible(facts.clock_offset_s is not None)
        if facts.clock_offset_s is not None:
            self.clock.setText(tr("shell.clock_offset", span=span(abs(facts.clock_offset_s))))
        self.delivered.setVisible(facts.last_sync_at is not None)
        if facts.last_sync_at is not None:
            self.delivered.setText(tr("shell.last_sync", time=f"{local(facts.last_sync_at):%m-%d %H:%M}"))
        self.rehearsal.setVisible(facts.rehearsal)
