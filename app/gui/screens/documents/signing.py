"""One document, page by page, beside the pad or what follows the last signature."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.documents import DocumentKind, DocumentState, DocumentView, SignerRole
from app.core.ids import DocumentId
from app.core.inspections import InspectionState
from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.screens.documents import ops
from app.gui.screens.documents.aloud import turned
from app.gui.screens.documents.asking import Asking
from app.gui.screens.documents.copying import Copying
from app.gui.screens.documents.deliver import DeliverPane
from app.gui.screens.documents.ops import Handover
from app.gui.screens.documents.pad import PadPane
from app.gui.screens.documents.pages import PageStore
from app.gui.screens.documents.printing import Printing
from app.gui.screens.documents.sheet import SheetView
from app.gui.screens.documents.strip import Strip
from app.gui.screens.documents.toolbar import PageBar, StateStrip
from app.gui.screens.documents.words import is_correction, left, who
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.layout import hbox, rule, sized, vbox

SIDE = 352
SIDE_SLIM = 308
ROOM_FOR_SIDE = 720
ROOM_FOR_STRIP = 980


class SigningPane(QWidget):
    """Signs, refuses, takes paper; exports, prints and hands over once everybody has signed."""

    case_wanted = Signal()
    document_wanted = Signal(object)
    discard_wanted = Signal(object)
    aloud_wanted = Signal()
    amend_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, context: Context, store: PageStore) -> None:
        super().__init__()
        self._context, self._store = context, store
        self._view: DocumentView | None = None
        self._amendment: DocumentId | None = None
        self._role: SignerRole | None = None
        self._page = 1
        self._said = ""
        self.asking = Asking(self, context.prefs)
        self.copying = Copying(context, self)
        self.printing = Printing(context.services, context.runner, self)
        self.bar = PageBar(tr("documents.back_to_case"))
        self.state = StateStrip()
        self.strip = Strip(store)
        self.sheet = SheetView(store)
        self.pad, self.deliver = PadPane(), DeliverPane()
        self._build()
        self._wire()

    @property
    def view(self) -> DocumentView | None:
        """What is shown."""
        return self._view

    @property
    def page(self) -> int:
        """The page in front."""
        return self._page

    @property
    def role(self) -> SignerRole | None:
        """Who has the pad."""
        return self._role

    def show_view(self, view: DocumentView, state: InspectionState, amendment: DocumentId | None) -> None:
        """Show a document; the same one keeps page and signer where they still make sense."""
        fresh = self._view is None or self._view.document.id != view.document.id
        stood = self._view
        self._view, self._amendment = view, amendment
        if fresh:
            self._said = ""
            self._page, self._role = view.next_page or 1, view.next_role
        self._page = min(self._page, len(view.document.pages))
        if self._role is None or view.next_role is None:
            self._role = view.next_role
        self._show_state()
        if view.next_role is None:
            if (
                fresh
                or stood is None
                or stood.next_role is not None
                or stood.document.state != view.document.state
            ):
                self.deliver.show_view(view, state)
                self._hand_over()
            elif self.deliver.close_case.isHidden() is (state is InspectionState.SIGNED):
                self.deliver.close_case.setVisible(state is InspectionState.SIGNED)
                self.deliver.next_paper.setVisible(state is not InspectionState.SIGNED)
        self._side.setCurrentWidget(self.deliver if view.next_role is None else self.pad)
        self._show()

    def turn(self, by: int) -> None:
        """Go by pages; 0 is the first, a large number the last."""
        if self._view is not None:
            self.go_to(turned(self._page, by, len(self._view.document.pages)))

    def go_to(self, page: int) -> None:
        """Show a page."""
        if self._view is not None and page != self._page:
            self._page = page
            self._show()

    def sign_now(self) -> None:
        """Press the primary button from the keyboard."""
        if self._side.currentWidget() is self.pad:
            self.pad.sign.click()

    def take_paper(self, file: Path) -> None:
        """Take in the picture of the paper that the current signer signed."""
        view, role, services = self._view, self._role, self._context.services
        if view is not None and role is not None:
            self._write(lambda: ops.paper(services, view.document.id, role, file))

    def export_to(self, file: Path) -> None:
        """Export the document as it stands."""
        view, services = self._view, self._context.services
        if view is not None:
            self.asking.remember_export(file)
            self._context.runner.run_write(
                lambda: ops.export(services, view.document.id, file), self._exported, owner=self
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the small pictures out where the page needs the room."""
        super().resizeEvent(event)
        px = current().px
        sized(self._side, width=SIDE if self.width() >= px(ROOM_FOR_SIDE) else SIDE_SLIM)
        roomy = self.width() >= px(ROOM_FOR_STRIP)
        self.strip.setVisible(roomy)
        self._strip_rule.setVisible(roomy)

    def _build(self) -> None:
        line = hbox(self, gap=0)
        main = vbox(gap=0)
        main.addWidget(self.bar)
        main.addWidget(rule())
        middle = hbox(gap=0)
        self._strip_rule = rule(vertical=True)
        middle.addWidget(self.strip)
        middle.addWidget(self._strip_rule)
        reading = vbox(gap=0)
        strip = vbox(margin=(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, 0))
        strip.addWidget(self.state)
        reading.addLayout(strip)
        page = vbox(margin=(0, Space.INSIDE, 0, 0))
        page.addWidget(self.sheet)
        reading.addLayout(page, 1)
        middle.addLayout(reading, 1)
        main.addLayout(middle, 1)
        line.addLayout(main, 1)
        line.addWidget(rule(vertical=True))
        self._side = sized(QStackedWidget(), width=SIDE)
        self._side.addWidget(self.pad)
        self._side.addWidget(self.deliver)
        line.addWidget(self._side)

    def _wire(self) -> None:
        self.bar.back.connect(self.case_wanted)
        self.bar.turned.connect(self.turn)
        self.bar.zoomed.connect(self._zoomed)
        self.strip.page_wanted.connect(self.go_to)
        self.sheet.turned.connect(self.turn)
        self.state.acted.connect(self._act_on_state)
        pad, deliver = self.pad, self.deliver
        pad.sign_wanted.connect(self._sign)
        pad.page_wanted.connect(self.go_to)
        pad.rest_wanted.connect(self._ask_rest)
        pad.signer_wanted.connect(self._take_pad)
        pad.aloud_wanted.connect(self.aloud_wanted)
        pad.refuse_wanted.connect(self._ask_refusal)
        pad.paper_wanted.connect(self._ask_paper)
        deliver.export_wanted.connect(self._ask_export)
        deliver.print_wanted.connect(self._print)
        deliver.copy_wanted.connect(self._ask_copy)
        deliver.amend_wanted.connect(self.amend_wanted)
        deliver.close_wanted.connect(self.close_wanted)
        deliver.next_wanted.connect(self.case_wanted)
        asking = self.asking
        asking.refused.connect(self._refuse)
        asking.print_wanted.connect(self._print)
        asking.paper_chosen.connect(self.take_paper)
        asking.rest_confirmed.connect(self._sign)
        asking.export_chosen.connect(self.export_to)
        self.printing.finished.connect(self._printed)
        self.printing.failed.connect(self._context.notices.error)
        for keys, slot in (
            ("PgDown", self.bar.following.click), ("PgUp", self.bar.previous.click),
            ("Ctrl+Return", self.sign_now), ("Ctrl+0", self.bar.zoom.click),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _show(self) -> None:
        view = self._view
        if view is None:
            return
        document = view.document
        self.sheet.show_page(document, self._page)
        self.bar.show_page(document, self._page, self.sheet.zoom)
        signer = next((one for one in view.signers if one.role is self._role), None)
        self.strip.show_pages(view, signer, self._page)
        if self._role is not None:
            self.pad.show_turn(view, self._role, self._page, said=self._said)

    def _show_state(self) -> None:
        view = self._view
        if view is None:
            return
        state = view.document.state
        if state is DocumentState.FROZEN and view.document.kind is DocumentKind.PAPER:
            self.state.say(tr("papers.strip_issued"), "open", "notice")
        elif state is DocumentState.FROZEN:
            self.state.say(tr("documents.strip_frozen"), "open", "notice", tr("documents.discard"))
        elif state is DocumentState.SIGNING:
            self.state.say(tr("documents.strip_locked"), "accent", "lock")
        elif state is DocumentState.AMENDED:
            action = tr("documents.to_amendment") if self._amendment is not None else ""
            self.state.say(tr("documents.strip_amended"), "open", "edit", action)
        elif is_correction(view.document):
            self.state.say(tr("documents.strip_correction"), "ok", "verified", tr("documents.to_amended"))
        else:
            self.state.say(tr("documents.strip_signed"), "ok", "verified")

    def _act_on_state(self) -> None:
        if self._view is None:
            return
        document = self._view.document
        if document.state is DocumentState.FROZEN:
            self.discard_wanted.emit(document.id)
        elif document.state is DocumentState.AMENDED and self._amendment is not None:
            self.document_wanted.emit(self._amendment)
        elif document.amends is not None:
            self.document_wanted.emit(document.amends)

    def _zoomed(self, steps: int) -> None:
        self.sheet.zoom_by(steps) if steps else self.sheet.set_zoom(1.0)
        self._show()

    def _take_pad(self, role: SignerRole) -> None:
        view = self._view
        if view is None:
            return
        self._role = role
        line = next(one for one in view.signers if one.role is role)
        due = left(line)
        if due and self._page not in due:
            self._page = due[0]
        self._show()
        self.pad.pad.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sign(self, pages: tuple[int, ...]) -> None:
        view, role, strokes, services = self._view, self._role, self.pad.strokes, self._context.services
        if view is not None and role is not None and pages:
            aspect, name = self.pad.pad.aspect, self.pad.signer_name
            self._write(lambda: ops.sign(services, view.document.id, role, pages, strokes, aspect, name))

    def _write(self, call: Callable[[], Outcome[DocumentView]]) -> None:
        self.pad.set_busy()
        self._context.runner.run_write(call, self._signed, self._not_signed, owner=self)

    def _signed(self, outcome: Outcome[DocumentView]) -> None:
        """Go on to the signer's next page, else to the next signer."""
        view, role = outcome.value, self._role
        self._said = ""
        if self._view is None or view.document.id != self._view.document.id:
            return
        line = next((one for one in view.signers if one.role is role), None)
        due = left(line) if line is not None else ()
        self.pad.pad.clear()
        if not due:
            if line is not None:
                words = "documents.refused_done" if line.refused_reason else "documents.signer_done"
                self._said = tr(words, who=who(line))
            self._role = view.next_role
            line = next((one for one in view.signers if one.role is self._role), None)
            due = left(line) if line is not None else ()
            self._page = due[0] if due else self._page
        else:
            self._page = next((page for page in due if page > self._page), due[0])
        # The state of the inspection follows with the reading that the change causes.
        self.show_view(view, InspectionState.SIGNING, self._amendment)
        after = self.pad.pad if self._role is not None else self.deliver.export
        after.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_signed(self, error: BaseException) -> None:
        self.pad.released()
        self._context.notices.error(error)

    def _ask_rest(self, pages: tuple[int, ...]) -> None:
        if self.pad.line is not None:
            self.asking.ask_rest(self.pad.line, pages)

    def _ask_refusal(self) -> None:
        if self.pad.line is not None:
            self.asking.ask_refusal(self.pad.line)

    def _refuse(self, reason: str, witness: str, is_recorded: bool) -> None:
        view, role, services = self._view, self._role, self._context.services
        if view is not None and role is not None:
            self._write(lambda: ops.refuse(services, view.document.id, role, reason, witness, is_recorded))

    def _ask_paper(self) -> None:
        if self.pad.line is not None:
            self.asking.ask_paper(self.pad.line)

    def _ask_export(self) -> None:
        if self._view is not None:
            self.asking.ask_export(self._view)

    def _ask_copy(self) -> None:
        if self._view is not None:
            self.copying.ask(self._view)

    def _exported(self, outcome: Outcome[Handover]) -> None:
        self.deliver.show_handover(outcome.value)
        self._context.notices.toast(tr("documents.exported", file=outcome.value.file))

    def _print(self) -> None:
        if self._view is not None:
            self.printing.ask(self._view.document)

    def _printed(self, pages: int) -> None:
        if pages:
            self._context.notices.toast(tr("documents.printed", count=pages))
        else:
            self._context.notices.banner(tr("documents.not_printed"))

    def _hand_over(self) -> None:
        view, services = self._view, self._context.services
        if view is not None:
            wanted = view.document.id
            self._context.runner.run_read(
                lambda: ops.handover(services, wanted), self._handed_over, owner=self, key="handover"
            )

    def _handed_over(self, handover: Handover) -> None:
        self.deliver.show_handover(handover)
