"""One inspection on the screen: paints answers at once, saves them through the runner, and takes paint back."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.core.findings import Finding
from app.core.ids import InspectionId, RowId
from app.core.inspections import Answer, Inspection, InspectionState, InspectionView
from app.core.outcome import Change, Outcome
from app.core.places import Institution
from app.gui.screen import Context
from app.gui.screens.inspection import ops
from app.gui.screens.inspection.ledger import Key, Ledger
from app.gui.screens.inspection.ops import Opened
from app.gui.screens.inspection.picture import Picture
from checklists.schema import Problem, Template


class Session(QObject):
    """Holds what is shown of one inspection.

    `painted` fires after every change of the picture, `rolled_back` carries the item whose change was not saved,
    `undone` the item that was taken back or None, `loaded` after a first reading, `reloaded` after a further one.
    """

    loaded = Signal()
    reloaded = Signal()
    painted = Signal()
    rolled_back = Signal(object)
    undone = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._place: Institution | None = None
        self._own: set[Change] = set()
        self.id: InspectionId | None = None
        self.view: InspectionView | None = None
        self.ledger = Ledger()
        self.picture: Picture | None = None
        self.findings: tuple[Finding, ...] = ()
        self.opened: Opened | None = None

    @property
    def is_locked(self) -> bool:
        """Whether answers may no longer change: pages are frozen, or somebody has signed."""
        return self.view is None or self.view.state is not InspectionState.OPEN

    def open(self, inspection: InspectionId) -> None:
        """Read an inspection; `loaded` follows."""
        self.id = inspection
        self.view, self.picture, self.opened = None, None, None
        self.ledger = Ledger()
        self._own.clear()
        self._read_first()

    def close(self) -> None:
        """Show no inspection."""
        self.id, self.view, self.picture, self.opened = None, None, None, None

    def refresh(self, changes: tuple[Change, ...]) -> None:
        """Read again what others changed; own answers are painted already."""
        if self.id is None or not ops.touches(changes, self.id):
            return
        foreign = set(changes) - self._own
        self._own -= set(changes)
        if foreign or not changes:
            self._read(self._take_again) if self.view is not None else self._read_first()

    def answer(self, key: Key, fields: Mapping[str, Any]) -> None:
        """Paint and save fields of an answer."""
        inspection, services, given = self.id, self._context.services, dict(fields)
        if inspection is None or self.is_locked:
            return
        self._save(
            key, given, lambda: ops.answer(services, inspection, key, given), lambda: self.answer(key, given)
        )

    def put_row(self, key: Key, row: RowId | None, cells: Mapping[str, str]) -> None:
        """Save a detail row; the table has painted it."""
        inspection, services, given = self.id, self._context.services, dict(cells)
        if inspection is not None and not self.is_locked:
            self._save(key, {}, lambda: ops.put_row(services, inspection, key, row, given), None)

    def remove_row(self, key: Key, row: RowId) -> None:
        """Take a detail row out; the table has painted it."""
        inspection, services = self.id, self._context.services
        if inspection is not None and not self.is_locked:
            self._save(key, {}, lambda: ops.remove_row(services, inspection, row), None)

    def undo(self) -> None:
        """Take the last answer back; `undone` follows."""
        inspection, services = self.id, self._context.services
        if inspection is not None and not self.is_locked:
            self._context.runner.run_write(
                lambda: ops.undo(services, inspection),
                self._took_back,
                self._context.notices.error,
                owner=self,
            )

    def set_details(self, details: Mapping[str, Any]) -> None:
        """Save details of the visit."""
        inspection, services, given = self.id, self._context.services, dict(details)
        if inspection is not None:
            self._context.runner.run_write(
                lambda: services.inspections.set_details(inspection, **given), self._took_details, owner=self
            )

    def _read(self, done: Callable[[tuple[Opened, int]], object]) -> None:
        inspection, services, revision = self.id, self._context.services, self.ledger.revision
        if inspection is None:
            return
        self._context.runner.run_read(
            lambda: (ops.read(services, inspection), revision), done, owner=self, key="view"
        )

    def _read_first(self) -> None:
        inspection, services = self.id, self._context.services
        if inspection is None:
            return
        self._context.runner.run_read(
            lambda: self._drawn(ops.read(services, inspection)), self._take, owner=self, key="view"
        )

    def _drawn(self, opened: Opened) -> tuple[Opened, Picture]:
        """Return the picture of what was read; on the reader's thread, touching nothing of this object's state."""
        place, checklists = opened.place, self._context.services.checklists
        return opened, Picture(
            opened.templates,
            Ledger(opened.view.sheets),
            lambda template, answers: checklists.visible_at(template, answers, place),
            lambda template, answers: checklists.problems_at(template, answers, place),
            opened.of_mates,
        )

    def _take(self, read: tuple[Opened, Picture]) -> None:
        opened, picture = read
        if opened.view.inspection.id != self.id:
            return
        self._adopt(opened)
        picture.judge_by(self._visible, self._problems)
        self.ledger, self.picture = picture.ledger, picture
        self.loaded.emit()

    def _take_again(self, read: tuple[Opened, int]) -> None:
        opened, revision = read
        if opened.view.inspection.id != self.id or self.picture is None:
            return
        if not self.ledger.reload(opened.view.sheets, revision):
            self._read(self._take_again)
            return
        self._adopt(opened)
        self.picture.of_mates = opened.of_mates
        for template in self.picture.templates:
            self.picture.refresh(template.id)
        self.reloaded.emit()
        self.painted.emit()

    def _adopt(self, opened: Opened) -> None:
        self.opened, self.view, self._place, self.findings = (
            opened,
            opened.view,
            opened.place,
            opened.findings,
        )

    def _save(
        self,
        key: Key,
        fields: dict[str, Any],
        write: Callable[[], Outcome[Answer]],
        again: Callable[[], None] | None,
    ) -> None:
        ledger = self.ledger
        ticket = ledger.propose(key, fields)
        self._paint(key)

        def saved(outcome: Outcome[Answer]) -> None:
            ledger.confirm(ticket, outcome.value)
            if ledger is self.ledger:
                self._own |= outcome.changed
                self._paint(key)

        def failed(error: BaseException) -> None:
            ledger.reject(ticket)
            if ledger is self.ledger:
                self._paint(key)
                self.rolled_back.emit(key)
            self._context.notices.error(error, again if getattr(error, "retryable", False) else None)

        self._context.runner.run_write(write, saved, failed, owner=self)

    def _took_back(self, outcome: Outcome[Answer | None]) -> None:
        answer = outcome.value
        if answer is None:
            self.undone.emit(None)
            return
        self.ledger.put(answer)
        self._own |= outcome.changed
        key = (answer.template, answer.item)
        self._paint(key)
        self.undone.emit(key)

    def _took_details(self, outcome: Outcome[Inspection]) -> None:
        if self.id == outcome.value.id and self.id is not None:
            self._read(self._take_again)

    def _paint(self, key: Key) -> None:
        if self.picture is not None:
            self.picture.refresh(key[0])
            self.painted.emit()

    def _visible(self, template: Template, answers: Mapping[str, Answer]) -> frozenset[str]:
        found: frozenset[str] = self._context.services.checklists.visible_at(template, answers, self._place)
        return found

    def _problems(self, template: Template, answers: Mapping[str, Answer]) -> tuple[Problem, ...]:
        found: tuple[Problem, ...] = self._context.services.checklists.problems_at(
            template, answers, self._place
        )
        return found
