"""The working part of the window: rail, header, one screen at a time, status line. Exists only while unlocked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from app.core.clock import Now
from app.gui.bus import Bus
from app.gui.contracts import FrameFacts, frame_facts
from app.gui.messages import sentence
from app.gui.prefs import Prefs
from app.gui.pulse import SyncPulse
from app.gui.runner import Failure, Runner
from app.gui.screen import PLACE_KEYS, Context, Screen, ScreenSpec
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.camera_devices import watch
from app.gui.widgets.header import Header, Ribbon, StatusLine
from app.gui.widgets.help import HelpOverlay, Keys
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.gui.widgets.notices import BannerStack, Toast
from app.gui.widgets.rail import Rail
from app.gui.widgets.terms import TermsStrip, grey

HISTORY = 30
FACTS_SOON_MS = 600
ROOMY = 1000
LEAST_WIDTH, LEAST_HEIGHT = 600, 360  # units


@dataclass(frozen=True, slots=True)
class Place:
    """A screen with the parameters it was opened with."""

    name: str
    params: tuple[tuple[str, Any], ...]


class Frame(QWidget):
    """Makes screens when they are first needed, moves between them, and tells each what changed while it was hidden."""

    lock_wanted = Signal()
    titled = Signal(str)

    def __init__(
        self, services: Any, runner: Runner, bus: Bus, prefs: Prefs, specs: tuple[ScreenSpec, ...], now: Now
    ) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self._services, self._runner, self._now = services, runner, now
        self._prefs = prefs
        self._specs = {spec.name: spec for spec in specs}
        self._places = [spec for spec in specs if not spec.parent]
        self._screens: dict[str, Screen] = {}
        self._missed: dict[str, list[Any]] = {}
        self._past: list[Place] = []
        self._here: Place | None = None
        self._facts = FrameFacts()
        self._is_spreading_sync = False
        self.context = Context(services, runner, bus, self.go, self.back, self, prefs)
        self._facts_soon = QTimer(self)
        self._facts_soon.setSingleShot(True)
        self._facts_soon.setInterval(FACTS_SOON_MS)
        self._facts_soon.timeout.connect(self._facts_due)
        self._build()
        self._pulse = SyncPulse(getattr(services, "sync_loop", None), self)
        self._pulse.beat.connect(self._beat)
        # From the next turn on: what unlocking itself tells in this one is in what the first screen reads.
        QTimer.singleShot(0, self, self._listen)
        runner.failed.connect(self._show_failure)
        runner.saved.connect(self._note_saved)
        runner.busy.connect(self.status.show_busy)

    @property
    def screen_now(self) -> Screen | None:
        """The screen in front."""
        return self._screens.get(self._here.name) if self._here is not None else None

    @property
    def title(self) -> str:
        """What the page in front is called, for the title of the window."""
        shown = self.screen_now
        return shown.heading[0] if shown is not None else ""

    @property
    def place_names(self) -> tuple[str, ...]:
        """Names of the rail's entries in their order."""
        return tuple(spec.name for spec in self._places)

    def go(self, name: str, **params: Any) -> None:
        """Open a screen; the one in front may refuse by `leave`."""
        if name not in self._specs:
            self.toast(tr("shell.unknown_screen"))
            self._mark_place()
            return
        place = Place(name, tuple(sorted(params.items())))
        if not self._may_leave():
            self._mark_place()
            return
        if self._here is not None and self._here != place:
            self._past = [*self._past[-HISTORY:], self._here]
        self._open(place)

    def back(self) -> None:
        """Return to the place before."""
        if self._past and self._may_leave():
            self._open(self._past.pop())

    def refresh_all(self) -> None:
        """Reload the screen in front and the frame, as after unlocking; hidden screens reload when they come back."""
        for name in self._screens:
            self._missed[name] = []
        self._catch_up()
        self.refresh_facts()
        if self.screen_now is not None:
            self.screen_now.setFocus(Qt.FocusReason.OtherFocusReason)

    def ahead(self) -> Iterator[None]:
        """Make every screen that was not visited yet, and stop after each short step of that."""
        watch()
        yield
        for spec in self._specs.values():
            if spec.name not in self._screens:
                screen = self._made(spec)
                yield
                self._seat(screen)
                yield
            yield from self._screens[spec.name].ahead()

    def refresh_facts(self) -> None:
        """Ask again for what the frame says."""
        self._runner.run_read(
            lambda: frame_facts(self._services), self._show_facts, _ignore, owner=self, key="facts"
        )

    def toast(self, text: str, *, action: str = "", on_action: Callable[[], object] | None = None) -> None:
        """Say briefly that something was done."""
        self.toasts.say(text, action=action, on_action=on_action)

    def banner(
        self, text: str, *, tone: str = "bad", action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        """Show what happened and one button, until dealt with."""
        self.banners.add(text, tone=tone, action=action, on_action=on_action)

    def error(self, error: BaseException, retry: Callable[[], None] | None = None) -> None:
        """Show the sentence of an error."""
        self.banner(sentence(error), action=tr("widgets.retry") if retry else "", on_action=retry)

    def withdraw(self, error: BaseException) -> None:
        """Take the banner of an error away."""
        self.banners.take_away(sentence(error))

    def show_help(self) -> None:
        """Show the keys of this page and of every page."""
        shown = self.screen_now
        HelpOverlay(self, shown.keys() if shown is not None else (), self._keys())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Bring what the Tab key comes to into sight in every place that scrolls; Qt does so only in those it came from."""
        has_moved = super().focusNextPrevChild(forward)
        target = self.focusWidget()
        around = target.parentWidget() if target is not None else None
        while has_moved and around is not None and around is not self:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(target)
            around = around.parentWidget()
        return has_moved

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Collapse the rail where the page would else be cramped (a small window, or a large scale)."""
        super().resizeEvent(event)
        self._fit_rail()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what no widget wanted: Esc and `?`."""
        if event.key() == Qt.Key.Key_Escape:
            shown = self.screen_now
            if shown is None or not shown.escape():
                self.back()
        elif event.key() == Qt.Key.Key_Question or event.text() == "？":
            self.show_help()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        outer = vbox(self, gap=0)
        self.ribbon = Ribbon()
        self.ribbon.hide()
        outer.addWidget(self.ribbon)
        line = hbox(gap=0)
        outer.addLayout(line, 1)
        titles = [(one.name, tr(one.title), one.icon, keys) for one, keys in self._keyed()]
        self.rail = Rail(titles)
        self.rail.chosen.connect(self.go)
        self.rail.toggled.connect(self._remember_rail)
        current().changed.connect(self._fit_rail)
        line.addWidget(self.rail)
        column = vbox(gap=0)
        line.addLayout(column, 1)
        self.header, self.status = Header(), StatusLine()
        self.header.back.connect(self.back)
        self.header.parent_wanted.connect(self.go)
        self.header.sync_wanted.connect(self._go_sync)
        self.header.sync.setVisible(hasattr(self._services, "sync"))
        self.header.lock_wanted.connect(self.lock_wanted)
        self.banners = BannerStack()
        self._stack = QStackedWidget()
        column.addWidget(self.header)
        self.terms = TermsStrip()
        self.terms.opened.connect(self._go_sync)
        column.addWidget(self.terms)
        column.addWidget(self.banners)
        column.addWidget(scrolled(_Room(self._stack)), 1)
        column.addWidget(self.status)
        self.toasts = Toast(self)

    def _open(self, place: Place) -> None:
        spec = self._specs[place.name]
        screen = self._made(spec)
        self._seat(screen)
        if self._here is None or self._here.name != place.name:
            self.banners.clear()
        self._here = place
        self._stack.setCurrentWidget(screen)
        if not screen.heading[0]:
            screen.heading = (tr(spec.title), "")
        self._mark_place()
        parent = self._specs.get(spec.parent)
        self.header.show_crumbs(spec.parent, tr(parent.title) if parent else "", can_go_back=bool(self._past))
        self._missed.pop(place.name, None)
        screen.open(**dict(place.params))
        self.header.show_heading(*screen.heading)
        self.titled.emit(self.title)
        QTimer.singleShot(0, self, self._show_terms)
        screen.setFocus(Qt.FocusReason.OtherFocusReason)

    def _made(self, spec: ScreenSpec) -> Screen:
        screen = self._screens.get(spec.name)
        if screen is None:
            screen = spec.factory(self.context)
            screen.heading_changed.connect(self._heading_changed)
            self._screens[spec.name] = screen
        return screen

    def _seat(self, screen: Screen) -> None:
        if self._stack.indexOf(screen) < 0:
            self._stack.addWidget(screen)

    def _may_leave(self) -> bool:
        shown = self.screen_now
        return shown is None or shown.leave()

    def _mark_place(self) -> None:
        if self._here is not None:
            spec = self._specs[self._here.name]
            self.rail.show_place(spec.parent or spec.name)

    def _heading_changed(self, title: str, detail: str) -> None:
        if self.sender() is self.screen_now:
            self.header.show_heading(title, detail)
            self.titled.emit(title)

    def _listen(self) -> None:
        self.context.bus.changed.connect(self._spread)

    def _loop_phase(self) -> str:
        return str(getattr(getattr(self._services, "sync_loop", None), "phase", ""))

    def _spread(self, changes: tuple[Any, ...]) -> None:
        loop = getattr(self._services, "sync_loop", None)
        if loop is not None and not self._is_spreading_sync:
            loop.changed()
        for name in self._screens:
            self._missed.setdefault(name, []).extend(changes)
        self._catch_up()
        if self.isVisible() and not self._facts_soon.isActive():
            self._facts_soon.start()

    def _facts_due(self) -> None:
        if self.isVisible():
            self.refresh_facts()

    def _catch_up(self) -> None:
        shown = self.screen_now
        if not self.isVisible():
            return  # Locked: the store is closed; unlocking reloads.
        if shown is not None and self._here is not None and self._here.name in self._missed:
            shown.refresh(tuple(self._missed.pop(self._here.name)))

    def _show_failure(self, failure: Failure) -> None:
        if self.isVisible():
            self.error(failure.error, failure.retry)

    def _beat(self, pulse: Any) -> None:
        """Show that a run is under way, and tell the screens what it brought."""
        if pulse.progress is not None or not self.isVisible():
            return
        if pulse.outcome is not None:
            self._is_spreading_sync = True
            self.context.bus.publish(pulse.outcome)
            self._is_spreading_sync = False
        self._show_facts(self._facts)
        self._facts_soon.start()

    def _show_facts(self, facts: FrameFacts) -> None:
        self._facts = facts = replace(facts, is_syncing=self._loop_phase() == "running")
        self.header.show_facts(facts)
        self.status.show_facts(facts)
        self._show_terms()
        self.ribbon.setVisible(facts.rehearsal)
        self.rail.show_person(facts.person, facts.licence_no, facts.office)
        self.rail.show_count("sync", facts.problems)

    def _show_terms(self) -> None:
        self.terms.show_facts(self._facts, is_said=self._here is not None and self._here.name == "sync")
        if self.screen_now is not None:
            grey(self.screen_now, self._facts)

    def _note_saved(self) -> None:
        self.status.show_saved(self._now())

    def _go_sync(self) -> None:
        self.go("sync")

    def _fit_rail(self) -> None:
        narrow = self._prefs.text("rail") == "narrow" or self.width() < current().px(ROOMY)
        if narrow != self.rail.is_narrow:
            self.rail.set_narrow(narrow)

    def _remember_rail(self, narrow: bool) -> None:
        self._prefs.set("rail", "narrow" if narrow else "wide")

    def _keyed(self) -> Iterator[tuple[ScreenSpec, str]]:
        """Give each place with its keys, if there are any left for it."""
        for number, one in enumerate(self._places):
            yield one, PLACE_KEYS[number] if number < len(PLACE_KEYS) else ""

    def _keys(self) -> Keys:
        places = [(keys, tr("shell.help_go", title=tr(one.title))) for one, keys in self._keyed()]
        return (
            *places,
            ("Esc Alt+←", tr("shell.help_back")),
            ("Tab Shift+Tab", tr("shell.help_move")),
            ("F1 ?", tr("shell.help_help")),
            ("Ctrl+L", tr("shell.help_lock")),
        )


class _Room(QWidget):
    """Where the screens stand: never smaller than the one in front can be worked with, and scrolled as a whole where the
    window is. A screen that scrolls by itself takes the room there is.

    Without a layout: it would ask for the height the pages prefer, and their lists would no longer scroll by themselves.
    """

    def __init__(self, stack: QStackedWidget) -> None:
        super().__init__()
        self._stack = stack
        stack.setParent(self)
        stack.currentChanged.connect(self._fit)
        current().changed.connect(self._fit)
        sized(self, min_width=LEAST_WIDTH)

    def event(self, event: QEvent) -> bool:
        """Ask anew how high the screen in front must be when it has changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the screens all of it."""
        super().resizeEvent(event)
        self._stack.setGeometry(self.rect())

    def _fit(self) -> None:
        shown = self._stack.currentWidget()
        if shown is None:
            return
        around, parts = 0, _parts(shown)
        while (
            len(parts) == 1
            and isinstance(stack := parts[0], QStackedWidget)
            and (page := stack.currentWidget())
        ):
            around += shown.minimumSizeHint().height() - stack.minimumSizeHint().height()
            shown, parts = page, _parts(page)
        is_scrolled = any(isinstance(one, QScrollArea) for one in parts)
        least = shown.minimumSizeHint().height() + around
        self.setMinimumHeight(least if is_scrolled else max(least, current().px(LEAST_HEIGHT)))


def _parts(page: QWidget) -> list[QWidget | None]:
    """Return what stands in a page, one below the other."""
    layout = page.layout()
    items = [layout.itemAt(place) for place in range(layout.count())] if layout is not None else []
    return [one.widget() for one in items if one is not None]


def _ignore(_error: BaseException) -> None:
    """The frame says less when its facts cannot be read; the page in front tells why."""
