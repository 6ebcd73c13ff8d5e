"""Step ②: sections at the left, the items in the middle, everything about the current one at the right."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from app.core.findings import Finding
from app.core.ids import RowId
from app.core.inspections import Answer
from app.gui.checklist.editor import Editor
from app.gui.checklist.editors import editor_for
from app.gui.screen import Context
from app.gui.screens.inspection.detail import DetailPane
from app.gui.screens.inspection.findings_pane import FindingsPane
from app.gui.screens.inspection.item_list import ItemList
from app.gui.screens.inspection.ledger import Key
from app.gui.screens.inspection.models import ItemsModel, SectionsModel
from app.gui.screens.inspection.picture import Line, Only, next_open
from app.gui.screens.inspection.sections import SectionsPane
from app.gui.screens.inspection.session import Session
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import hbox, rule, sized, vbox
from checklists.schema import AnswerKind, Item, Violation

LEFT_UNITS, RIGHT_UNITS = 196, 332
NARROW_UNITS = 1000
SLIM_UNITS = 720
RIGHT_SLIM_UNITS = 272
ON_DEMAND = (AnswerKind.ROWS, AnswerKind.STATE_AMOUNT)


class CheckPane(QWidget):
    """The three panes, kept in step with the session; `plain` without what only inspectors do."""

    interview_wanted = Signal()

    def __init__(self, context: Context, session: Session, *, plain: bool = False) -> None:
        super().__init__()
        self._is_plain = plain
        self._context, self._session = context, session
        self._kept: set[Key] = set()
        self._asked: set[Key] = set()
        self._edited: Key | None = None
        self._with_sections = self._is_alone = False
        self._items, self._sections = ItemsModel(), SectionsModel()
        self._items.setParent(self)
        self._sections.setParent(self)
        self.sections = SectionsPane(self._sections)
        self.list = ItemList(self._items)
        self.detail = DetailPane(context, plain=plain)
        self._violations: tuple[Violation, ...] = ()
        self._build()
        self._wire()

    @cached_property
    def findings(self) -> FindingsPane:
        """The findings, in the place of the detail."""
        made = FindingsPane(self._context)
        made.closed.connect(self._close_findings)
        made.offer(self._violations)
        self._right.addWidget(made)
        self._load_findings(made)
        return made

    def offer(self, violations: tuple[Violation, ...]) -> None:
        """Take the dictionary that findings choose from."""
        self._violations = violations
        if "findings" in self.__dict__:
            self.findings.offer(violations)

    def show_session(self) -> None:
        """Show a freshly read inspection from its first item not assessed."""
        for line in (self._line, self._centre):
            line.activate()  # Now, not in the next turn: items are measured once, at the width they are shown at.
        self._kept.clear()
        self._asked.clear()
        self.list.set_locked(self._session.is_locked)
        self.sections.clear()
        self._right.setCurrentWidget(self.detail)
        self._paint(is_new=True)
        row = next_open(self._items.rows, -1)
        if self._items.rowCount():
            self.list.go_to_row(row or 0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def repaint_all(self) -> None:
        """Show the picture as it is now; the current item stays."""
        self._paint(is_new=False)

    def _paint(self, *, is_new: bool) -> None:
        picture = self._session.picture
        if picture is None:
            return
        self.list.set_locked(self._session.is_locked)
        self._items.set_rows(picture.listed(self.sections.only, self.sections.search.text(), self._kept))
        first = next_open(self._items.rows, -1) or 0 if is_new else 0
        self._sections.set_rows(picture.sections)
        self.sections.show_counts(picture.counts)
        self._middle.setCurrentWidget(self.list if self._items.rowCount() else self._empty)
        if not self.list.currentIndex().isValid() and self._items.rowCount():
            self.list.go_to_row(first)
        self._show_line(self.list.line)
        if "findings" in self.__dict__:
            self._load_findings(self.findings)

    def _load_findings(self, pane: FindingsPane) -> None:
        if self._session.id is not None:
            pane.load(self._session.id, self._session.findings, locked=self._session.is_locked)

    def go_to(self, key: Key) -> None:
        """Bring an item into sight, taking a filter back that hides it."""
        if not self.list.go_to(key):
            self.sections.clear()
            self.list.go_to(key)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def do(self, wish: str) -> None:
        """Do what a key asks for: next, detail, p, f, n, z, search."""
        actions = {
            "next": self.next_item,
            "detail": self._open_detail,
            "p": self.detail.strip.choose_photos,
            "f": self.open_finding,
            "n": self._take_note,
            "z": self._undo,
            "search": self._search,
        }
        actions[wish]()

    def next_item(self) -> None:
        """Go to the next item not assessed."""
        row = next_open(self._items.rows, self.list.currentIndex().row())
        if row is None:
            self._context.notices.toast(tr("inspection.all_assessed"))
            return
        self.list.go_to_row(row)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_finding(self) -> None:
        """Open the finding of the current item, or draft one."""
        line = self.list.line
        if line is None or self._session.is_locked or self._is_plain:
            return
        self.flush()
        target = f"{line.key[0]}/{line.key[1]}"
        known = next((finding for finding in self._session.findings if target in finding.items), None)
        self._show_findings()
        if known is not None:
            self.findings.open_finding(known)
        else:
            self.findings.draft(line.key)

    def show_finding_list(self) -> None:
        """Show all findings."""
        self._show_findings()
        if self._session.findings:
            self.findings.open_finding(self._session.findings[0])

    def escape(self) -> bool:
        """Close what is open over the list; False where nothing is."""
        if self._right.currentWidget() is not self.detail:
            self._close_findings()
            return True
        if self.sections.clear():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if not self.list.hasFocus():
            self.flush()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def flush(self) -> None:
        """Hand over at once everything that was typed."""
        if self.list.editor is not None:
            self.list.editor.flush()
        self.detail.flush()
        if "findings" in self.__dict__:
            self.findings.flush()

    def toggle_sections(self) -> None:
        """Show the sections instead of the detail where there is no room for both."""
        self._with_sections = not self._with_sections
        self._fit()

    def toggle_detail(self) -> None:
        """Leave the whole width to the items where it is little, or show what is beside them again."""
        self._is_alone = not self._is_alone or self._with_sections
        self._with_sections = False
        self._fit()

    @property
    def is_narrow(self) -> bool:
        """Whether there is room for two panes only."""
        return self.width() < current().px(NARROW_UNITS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show two or three panes."""
        super().resizeEvent(event)
        self._fit()

    def _build(self) -> None:
        self._empty = EmptyState(
            "search", tr("inspection.nothing_listed"), tr("inspection.nothing_listed_detail")
        )
        self._middle = QStackedWidget()
        self._middle.addWidget(self.list)
        self._middle.addWidget(self._empty)
        self._right = QStackedWidget()
        self._right_units = 0
        self._right.addWidget(self.detail)
        sized(self.sections, width=LEFT_UNITS)
        sized(self._right, width=RIGHT_UNITS)
        self._left_rule: QFrame = rule(vertical=True)
        self._right_rule: QFrame = rule(vertical=True)
        self._line = line = hbox(self, gap=0)
        line.addWidget(self.sections)
        line.addWidget(self._left_rule)
        centre = QWidget()
        self._centre = vbox(centre, margin=(16, 8, 4, 8))
        self._centre.addWidget(self._middle)
        line.addWidget(centre, 1)
        line.addWidget(self._right_rule)
        line.addWidget(self._right)

    def _wire(self) -> None:
        self.list.answered.connect(self._answered)
        self.list.current_changed.connect(self._moved)
        self.list.key_wanted.connect(self.do)
        self.sections.section_wanted.connect(self._go_to_section)
        self.sections.only_changed.connect(self._narrow)
        self.sections.search_changed.connect(self._narrow)
        self.detail.noted.connect(self._noted)
        self.detail.finding_wanted.connect(self.open_finding)
        self.detail.finding_opened.connect(self._open_known)
        self.detail.interview_wanted.connect(self.interview_wanted)
        self.detail.next_wanted.connect(self.next_item)
        self.detail.strip.opened.connect(self._open_evidence)
        self._session.painted.connect(self.repaint_all)
        self._session.rolled_back.connect(self._rolled_back)
        self._session.undone.connect(self._undone)

    def _answered(self, key: Key, state: str) -> None:
        self._kept.add(key)
        self.flush()
        if self._session.ledger.shown(key).state != state:
            self._session.answer(key, {"state": state})

    def _noted(self, key: Key, text: str) -> None:
        self._session.answer(key, {"note": text})

    def _moved(self, line: Line | None) -> None:
        if self.list.editor is not None:
            self.list.editor.flush()
        self._show_line(line)

    def _show_line(self, line: Line | None) -> None:
        if self._session.id is None:
            return
        self.detail.show_line(self._session.id, line, self._session.findings, locked=self._session.is_locked)
        if line is None:
            self._set_editor(None, None)
            return
        self.sections.show_section(line.template, line.section)
        wanted = self._needs_editor(line.item, line.answer, line.key)
        if self._edited != line.key or (self.list.editor is None) is wanted:
            self._set_editor(line.key, editor_for(line.item) if wanted else None)
        if self.list.editor is not None:
            self.list.editor.show_answer(line.answer)

    def _needs_editor(self, item: Item, answer: Answer, key: Key) -> bool:
        if item.kind is AnswerKind.STATE and not item.columns:
            return False
        has_content = (
            bool(answer.rows)
            or answer.count is not None
            or answer.amount_cny is not None
            or bool(answer.detail)
        )
        return item.kind not in ON_DEMAND or answer.state == "fail" or has_content or key in self._asked

    def _set_editor(self, key: Key | None, editor: Editor | None) -> None:
        if editor is not None:
            editor.set_read_only(self._session.is_locked)
            editor.edited.connect(self._edited_fields)
            editor.row_kept.connect(self._row_kept)
            editor.row_removed.connect(self._row_removed)
        self.list.set_editor(editor, key)
        self._edited = key

    def _edited_fields(self, fields: dict[str, object]) -> None:
        if self._edited is not None:
            self._session.answer(self._edited, fields)

    def _row_kept(self, row: RowId | None, cells: dict[str, str]) -> None:
        if self._edited is not None:
            self._session.put_row(self._edited, row, cells)

    def _row_removed(self, row: RowId) -> None:
        if self._edited is not None:
            self._session.remove_row(self._edited, row)

    def _rolled_back(self, key: Key) -> None:
        line = self.list.line
        if line is not None and line.key == key:
            self._set_editor(None, None)
            self._show_line(line)

    def _open_detail(self) -> None:
        line = self.list.line
        if line is None:
            return
        self._asked.add(line.key)
        self._show_line(line)
        if self.list.editor is not None:
            self.list.editor.take_focus()
        else:
            self._take_note()

    def _take_note(self) -> None:
        self._right.setCurrentWidget(self.detail)
        self._show_right()
        self.detail.take_note()

    def _undo(self) -> None:
        self.flush()
        self._session.undo()

    def _undone(self, key: Key | None) -> None:
        if key is None:
            self._context.notices.toast(tr("inspection.nothing_to_undo"))
            return
        self.go_to(key)
        self._context.notices.toast(tr("inspection.undone", code=key[1]))

    def _search(self) -> None:
        if self.is_narrow and not self._with_sections:
            self.toggle_sections()
        self.sections.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sections.search.selectAll()

    def _go_to_section(self, template: str, section: str) -> None:
        rows = self._items.rows
        row = next(
            (
                place
                for place, line in enumerate(rows)
                if (line.template, line.section) == (template, section)
            ),
            None,
        )
        if row is None:
            self.sections.clear()
            rows = self._items.rows
            row = next(
                (p for p, line in enumerate(rows) if (line.template, line.section) == (template, section)),
                None,
            )
        if row is not None:
            self.list.go_to_row(row)
            self.list.scrollTo(self._items.index(row, 0), ItemList.ScrollHint.PositionAtTop)

    def _narrow(self, _what: Only | str) -> None:
        self._kept.clear()
        self.repaint_all()

    def _open_known(self, finding: Finding) -> None:
        self._show_findings()
        self.findings.open_finding(finding)

    def _open_evidence(self, piece: object) -> None:
        self._context.go("evidence", inspection=self._session.id, evidence=getattr(piece, "id", None))

    def _show_findings(self) -> None:
        self._right.setCurrentWidget(self.findings)
        self._show_right()

    def _close_findings(self) -> None:
        self.findings.flush()
        self._right.setCurrentWidget(self.detail)
        self._fit()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_right(self) -> None:
        self._with_sections = self._is_alone = False
        self._fit()

    def _fit(self) -> None:
        narrow = self.is_narrow
        units = RIGHT_SLIM_UNITS if self.width() < current().px(SLIM_UNITS) else RIGHT_UNITS
        if units != self._right_units:  # giving sizes again would resize again
            self._right_units = units
            sized(self._right, width=units)
        for part in (self.sections, self._left_rule):
            part.setVisible(not narrow or self._with_sections)
        for part in (self._right, self._right_rule):
            part.setVisible(not narrow or not (self._with_sections or self._is_alone))
