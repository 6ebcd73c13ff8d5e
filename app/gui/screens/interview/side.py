"""Beside the transcript: who is asked, the notice of rights, and the question bank."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.interviews import InterviewView, Subject
from app.core.readings import Heard
from app.gui.screens.interview import words
from app.gui.screens.interview.bank import BankPane
from app.gui.screens.interview.person import SubjectForm
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.flow import Flow
from app.gui.widgets.labels import badge, label, set_tone
from app.gui.widgets.layout import scrolled, sized, vbox


class Side(QStackedWidget):
    """Summary and bank, or the whole form of the person. `rights_answered` carries the words to be recorded."""

    subject_edited = Signal(object)
    rights_answered = Signal(str)
    rights_wanted = Signal()
    read_out = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        first = QWidget()
        column = vbox(first, margin=(8, 8, 16, 16), gap=Space.INSIDE)
        person = Card(tr("interview.subject"), margin=Space.BETWEEN, gap=Space.HAIR)
        self.edit_button = button(tr("interview.subject_edit"), self._edit, kind="link")
        person.head.addWidget(self.edit_button)
        self._who, self._reach = label("", wrap=True), label("", "secondary", wrap=True)
        person.body.addWidget(self._who)
        person.body.addWidget(self._reach)
        column.addWidget(person)
        rights = Card(tr("interview.rights"), margin=Space.BETWEEN, gap=Space.HAIR)
        self.rights_mark = badge("", "open")
        rights.head.addWidget(self.rights_mark)
        self._notice = label(tr("interview.rights_text"), "secondary", wrap=True)
        rights.body.addWidget(self._notice)
        line = Flow()
        self.knows = button(tr("interview.rights_known"), self._known)
        self.recuses = button(tr("interview.rights_recusal"), self._recusal, kind="quiet")
        line.add(self.knows)
        line.add(self.recuses)
        rights.body.addWidget(line)
        self._recusal_note = label(tr("interview.recusal_note"), "error", wrap=True)
        rights.body.addWidget(self._recusal_note)
        column.addWidget(rights)
        check = Card(tr("interview.check"), margin=Space.BETWEEN, gap=Space.HAIR)
        self.read_note = label("", "secondary", wrap=True)
        check.body.addWidget(self.read_note)
        ways = Flow()
        self.aloud = button(tr("interview.check_aloud"), self._read_aloud, icon="read-aloud")
        self.own = button(tr("interview.check_own"), self._read_by_themselves, kind="quiet")
        ways.add(self.aloud)
        ways.add(self.own)
        check.body.addWidget(ways)
        column.addWidget(check)
        box = Card(margin=Space.BETWEEN)
        self.bank = BankPane()
        box.body.addWidget(self.bank)
        column.addWidget(box, 1)
        sized(self.bank.list, min_height=132)
        self.addWidget(scrolled(first))
        self.form = SubjectForm()
        self.form.edited.connect(self.subject_edited)
        inner = QWidget()
        page = vbox(inner, margin=(8, 8, 16, 16))
        whole = Card(tr("interview.subject"), margin=Space.BETWEEN)
        self.done_button = button(tr("interview.subject_done"), self._done)
        whole.head.addWidget(self.done_button)
        whole.body.addWidget(self.form)
        page.addWidget(whole)
        page.addStretch(1)
        self.addWidget(scrolled(inner))

    @property
    def is_editing(self) -> bool:
        """Whether the whole form is shown."""
        return self.currentIndex() == 1

    def show_view(self, view: InterviewView, *, read_only: bool) -> None:
        """Show person, notice and bank of an interview."""
        one = view.interview
        who, reach = words.subject_lines(one.subject)
        self._who.setText(who)
        self._reach.setText(reach)
        self._reach.setVisible(bool(reach))
        self.form.show_subject(one.subject)
        self.form.set_read_only(read_only)
        self.edit_button.setText(tr("interview.subject_show" if read_only else "interview.subject_edit"))
        answer = next((turn.answer for turn in one.turns if turn.fixed == "rights"), "")
        known = one.rights_acknowledged
        self.rights_mark.setText(tr("interview.rights_done" if known else "interview.rights_open"))
        set_tone(self.rights_mark, "ok" if known else "open")
        for part in (self.knows, self.recuses):
            part.setVisible(not read_only and not known)
        self._notice.setVisible(not known)
        self._recusal_note.setVisible(words.asks_for_recusal(answer))
        self.read_note.setText(words.reading(view.readings) if view.readings else tr("interview.check_about"))
        for part in (self.aloud, self.own):
            part.setVisible(not read_only)
        self.bank.show_bank(view.bank)
        self.bank.list.setEnabled(not read_only)

    def close_form(self) -> bool:
        """Return from the form; False if it was not open."""
        if not self.is_editing:
            return False
        self._done()
        return True

    def flush(self) -> None:
        """Hand over what was typed."""
        self.form.flush()

    def subject(self) -> Subject:
        """Return the person as written."""
        return self.form.subject

    def _edit(self) -> None:
        self.setCurrentIndex(1)
        self.form.fields["name"].setFocus()

    def _done(self) -> None:
        self.form.flush()
        self.setCurrentIndex(0)
        self.edit_button.setFocus()

    def _read_aloud(self) -> None:
        self.read_out.emit(Heard.ALOUD)

    def _read_by_themselves(self) -> None:
        self.read_out.emit(Heard.SELF)

    def _known(self) -> None:
        self.rights_answered.emit(tr("interview.rights_known_words"))

    def _recusal(self) -> None:
        self.rights_wanted.emit()
