"""Leads in the window over a real store: registered, taken through their steps, the reporter behind the wall."""


from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from app.core.leads import LeadState, Reporter
from app.core.tasks import TaskKind
from app.gui.screens.leads.dialogs import LookDialog, StepDialog
from app.gui.screens.leads.view import LeadsScreen
from app.gui.screens.tasks.view import TasksScreen
from app.gui.texts import tr
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.forms import FormRow
from tests.gui.registers_office import LONG, Desk, judge_models, nameless

PASSWORD = "keeper-2468"
WHO = Reporter("范小棠", "13900001234")


def lead(desk: Desk, reporter: Reporter | None = WHO) -> str:
    if reporter is not None and not desk.services.leads.wall.keepers():
        desk.services.leads.wall.become_keeper(PASSWORD)
    place = desk.institution("仁和大药房")
    return desk.services.leads.add(
        channel="phone", content="反映该店串换药品。", institution=place.id, reporter=reporter
    ).value


def said(widget: QWidget) -> str:
    """Return every word that a widget shows or holds."""
    words = [one.text() for one in widget.findChildren(QLabel)] + [one.text() for one in widget.findChildren(QLineEdit)]
    words += [one.toPlainText() for one in widget.findChildren(QPlainTextEdit)]
    return "\n".join(words)


def test_a_lead_is_registered_with_its_reporter_sealed_and_the_form_forgets_him(desk: Desk) -> None:
    desk.services.leads.wall.become_keeper(PASSWORD)
    screen = desk.open(LeadsScreen, new=True)
    desk.settle()
    screen.new()
    form = screen.form
    form.named.setText("桥头那家药店")
    form.content.setPlainText("反映串换药品。")
    form.reporter["name"].setText(WHO.name)
    form.reporter["phone"].setText(WHO.phone)
    desk.qtbot.keyClick(form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert desk.errors == []
    [line] = desk.services.leads.lines()
    assert (line.institution_name, line.lead.is_real_name, line.sealed) == ("桥头那家药店", True, 1)
    assert screen.stack.currentWidget() is screen.detail
    assert WHO.name not in said(screen)
    assert WHO.phone not in said(screen)


def test_without_a_keeper_no_reporter_can_be_entered_until_somebody_becomes_one(desk: Desk) -> None:
    screen = desk.open(LeadsScreen, new=True)
    assert not screen.form.reporter["name"].isEnabled()
    screen.show_keepers()
    screen.dialog.password.setText(PASSWORD)
    screen.dialog.keep_button.click()
    desk.settle()
    assert screen.form.reporter["name"].isEnabled()
    assert [one.is_active for one in desk.services.leads.wall.keepers()] == [True]


def test_a_form_that_lacks_something_says_what_and_saves_nothing(desk: Desk) -> None:
    screen = desk.open(LeadsScreen, new=True)
    screen.form.save()
    desk.settle()
    assert screen.form._content_row.error == tr("leads.form.need.content")
    assert screen.form._named_row.error == tr("leads.form.need.named")
    assert desk.services.leads.lines() == ()


def test_the_reporter_is_shown_after_reason_and_password_and_wiped_when_the_dialog_closes(desk: Desk) -> None:
    found = lead(desk)
    screen = desk.open(LeadsScreen, lead=found)
    screen.detail.look()
    dialog = screen.detail.dialog
    assert isinstance(dialog, LookDialog)
    assert not dialog.done_button.isEnabled()
    dialog.reason.setText("电话告知立案决定")
    dialog.password.setText("not the one")
    dialog.done_button.click()
    desk.settle()
    assert dialog.rows[1].error
    assert not dialog.shown.text()
    dialog.password.setText(PASSWORD)
    dialog.done_button.click()
    desk.settle()
    assert WHO.name in dialog.shown.text()
    assert WHO.phone in dialog.shown.text()
    shown = dialog.shown
    texts: list[str] = []
    dialog.finished.connect(lambda: texts.append(shown.text()))
    dialog.reject()
    assert texts == [""]
    desk.settle()
    assert "电话告知立案决定" in said(screen.detail)
    assert WHO.name not in said(screen.detail)


def test_somebody_who_is_no_keeper_cannot_even_ask(desk: Desk) -> None:
    screen = desk.open(LeadsScreen, lead=lead(desk, None))
    assert screen.detail.look_button.isHidden()
    assert tr("leads.wall.none") in said(screen.detail)


def test_a_lead_goes_its_way_by_its_buttons(desk: Desk) -> None:
    found = lead(desk)
    screen = desk.open(LeadsScreen, lead=found)

    def step(name: str, words: str = "") -> None:
        screen.detail.buttons[name].click()
        dialog = screen.detail.dialog
        assert isinstance(dialog, StepDialog)
        dialog.words.setPlainText(words)
        assert dialog.done_button.isEnabled()
        dialog.done_button.click()
        desk.settle()

    assert screen.detail.buttons["check"].isHidden()
    step("accept")
    step("check", "查实串换3次。")
    assert not screen.detail.buttons["reply"].isHidden()
    step("reply", "电话告知已立案。")
    step("close")
    assert desk.errors == []
    assert desk.services.leads.lines()[0].lead.state is LeadState.CLOSED
    assert all(one.isHidden() for one in screen.detail.buttons.values())


def test_a_step_that_needs_words_waits_for_them(desk: Desk) -> None:
    screen = desk.open(LeadsScreen, lead=lead(desk))
    screen.detail.do("reject")
    dialog = screen.detail.dialog
    assert isinstance(dialog, StepDialog)
    assert not dialog.done_button.isEnabled()
    dialog.words.setPlainText("不属于本机关")
    assert dialog.done_button.isEnabled()
    dialog.reject()


def test_the_task_of_a_lead_is_made_in_the_task_form(desk: Desk) -> None:
    found = lead(desk)
    second = desk.person("李卓", "22060013")
    screen = desk.open(LeadsScreen, lead=found)
    screen.detail.do("task")
    assert desk.went == [("tasks", {"new": True, "lead": found})]
    tasks = desk.open(TasksScreen, new=True, lead=found)
    assert "反映该店串换药品" in tasks.form.known.toPlainText()
    assert WHO.name not in said(tasks)
    tasks.form.members.model.tick([desk.services.office.get().me, second.id])
    tasks.form.save()
    desk.settle()
    assert desk.errors == []
    [line] = desk.services.tasks.lines()
    assert (line.task.kind, line.task.lead) == (TaskKind.COMPLAINT, found)
    assert desk.services.leads.lines()[0].lead.state is LeadState.ACCEPTED


def test_search_finds_what_was_said_and_not_who_said_it(desk: Desk) -> None:
    lead(desk)
    screen = desk.open(LeadsScreen)
    model = screen.list.model
    for text, count in (("串换", 1), (WHO.name, 0), (WHO.phone, 0), ("仁和", 1)):
        model.narrow(text)
        assert model.rowCount() == count


def test_a_lead_as_long_as_they_come_fits_the_window(desk: Desk) -> None:
    found = desk.services.leads.add(channel="letter", content=LONG * 20, named=LONG).value
    screen = desk.open(LeadsScreen)
    assert screen.minimumSizeHint().width() <= 1190
    screen.open(lead=found)
    desk.settle()
    assert screen.minimumSizeHint().width() <= 1190


def test_everything_has_a_name_and_the_models_hold(desk: Desk) -> None:
    lead(desk)
    screen = desk.open(LeadsScreen)
    judge_models(screen)
    screen.new()
    desk.settle()
    assert nameless(screen) == []
    assert len(screen.keys()) == 5


def test_a_keeper_ends_in_the_window_and_the_last_one_cannot(desk: Desk) -> None:
    wall = desk.services.leads.wall
    first = wall.become_keeper(PASSWORD).value
    screen = desk.open(LeadsScreen)
    screen.show_keepers()
    screen.dialog.end_buttons[0].click()
    question = next(one for one in screen.findChildren(ConfirmDialog))
    question.yes.click()
    desk.settle()
    assert [error.code for error in desk.errors] == ["lead.keeper_last"]
    desk.errors.clear()
    other = desk.person("第二名保管人", "22060199").id
    with wall._store.db.write() as unit:
        public = unit.sql("SELECT public FROM lead_keeper")[0].public
        unit.put("lead_keeper", "k2", {"person": other, "public": public, "added_by": first.person, "added_at": 1})
    screen.refresh(())
    desk.settle()
    screen.show_keepers()
    assert screen.dialog.end_buttons[0].accessibleName().endswith(tr("leads.keepers.end"))
    assert not nameless(screen.dialog)
    screen._end(first)
    desk.settle()
    assert [one.id for one in wall.keepers() if one.is_active] == ["k2"]


def test_a_number_in_a_later_text_is_doubted_and_a_sealed_reporter_is_hinted_at(desk: Desk) -> None:
    found = lead(desk)
    line = desk.services.leads.line(desk.services.leads.find(found))
    dialog = StepDialog(desk.open(LeadsScreen), "reject", line, (), lambda: line.lead.received_on)
    desk.qtbot.addWidget(dialog)
    row = next(one for one in dialog.findChildren(FormRow) if one.field is dialog.words)
    assert row.hint == tr("leads.words.hint")
    dialog.words.setPlainText("已电话 139 0000 1234 告知")
    assert row.doubt == tr("leads.words.number")
    dialog.words.setPlainText("已电话告知，金额 13900001234567 分")
    assert row.doubt == ""
