"""Settings over a real office."""


from PySide6.QtWidgets import QApplication

from app.gui.screens.settings.checks import components
from app.gui.screens.settings.view import SettingsScreen
from app.gui.theme import Theme
from app.gui.widgets.confirm import ConfirmDialog
from tests.gui.registers_office import SECRET, Desk, judge_models, nameless


def test_the_office_is_renamed(desk: Desk) -> None:
    screen = desk.open(SettingsScreen, part="office")
    part = screen.part("office")
    assert part.name.text() == "江源区医疗保障局"
    part.name.setText("江源市医疗保障局")
    part.save()
    desk.settle()
    assert desk.errors == []
    assert desk.services.office.get().name == "江源市医疗保障局"


def test_an_office_without_a_name_is_not_saved(desk: Desk) -> None:
    screen = desk.open(SettingsScreen, part="office")
    screen.part("office").name.setText(" ")
    screen.part("office").save()
    desk.settle()
    assert desk.services.office.get().name == "江源区医疗保障局"


def test_mode_and_size_change_at_once_and_are_remembered(desk: Desk, theme: Theme) -> None:
    screen = desk.open(SettingsScreen, part="look")
    part = screen.part("look")
    part.mode.choose("dark")
    part.scale.choose("1.5")
    assert (theme.colors.name, theme.scale) == ("dark", 1.5)
    assert (desk.prefs.text("theme"), desk.prefs.number("scale", 1.0)) == ("dark", 1.5)
    part.language.choose("en")
    assert desk.prefs.text("language") == "en"


def test_minutes_until_the_lock_are_remembered(desk: Desk) -> None:
    screen = desk.open(SettingsScreen, part="safety")
    part = screen.part("safety")
    part.idle.setCurrentIndex(part.idle.findData(30))
    assert desk.prefs.number("idle_minutes", 0) == 30


def test_the_secret_is_changed_only_with_the_old_one_and_typed_twice(desk: Desk) -> None:
    screen = desk.open(SettingsScreen, part="safety")
    part = screen.part("safety")

    def fill(old: str, new: str, again: str) -> None:
        for field, text in zip(part._fields, (old, new, again), strict=True):
            field.setText(text)
        part.change()
        desk.settle()

    fill(SECRET, "another horse entirely", "another horse")
    assert desk.toasts == []
    fill("wrong secret here", "another horse entirely", "another horse entirely")
    assert [getattr(one, "code", "") for one in desk.errors] == ["vault.wrong_secret"]
    fill(SECRET, "another horse entirely", "another horse entirely")
    assert desk.toasts == ["口令已更换，恢复密钥不变"]
    assert [field.text() for field in part._fields] == ["", "", ""]
    desk.services.vault.lock()
    desk.services.vault.unlock("another horse entirely")


def test_a_backup_is_made_and_restored_after_the_consequence_was_named(desk: Desk) -> None:
    screen = desk.open(SettingsScreen, part="backups")
    part = screen.part("backups")
    assert part.list.empty.isVisible()
    assert not part.restore_button.isEnabled()
    part.make()
    desk.settle()
    assert desk.errors == []
    assert part.list.model.rowCount() == 1
    desk.institution("备份之后才登记的药房")
    part.restore()
    [dialog] = part.findChildren(ConfirmDialog)
    assert "此后在本机所做的改动会从界面上消失" in dialog.accessibleName()
    assert dialog.no.isDefault()
    dialog.accept()
    desk.settle()
    assert desk.errors == []
    assert desk.services.institutions.find() == ()
    assert desk.went[-1] == ("home", {})


def test_the_self_check_lists_what_is_sound(desk: Desk) -> None:
    screen = desk.open(SettingsScreen, part="doctor")
    part = screen.part("doctor")
    part.run()
    desk.settle()
    model = part.list.model
    assert model.rowCount() == 5
    assert {str(model.index(row, 1).data()) for row in range(5)} == {"正常"}
    assert not any("doctor." in str(model.index(row, 0).data()) for row in range(5))
    part.copy()
    assert QApplication.clipboard().text().count("\n") == 5


def test_components_are_listed_with_version_and_licence() -> None:
    found = {one.name.lower().replace("_", "-"): one for one in components()}
    assert found["pyside6-essentials"].licence.startswith("LGPL")
    assert found["yanfang"].version


def test_every_control_has_a_name_and_models_hold(desk: Desk) -> None:
    screen = desk.open(SettingsScreen)
    judge_models(screen)
    for part in ("look", "safety", "backups", "doctor", "about"):
        screen.pills.choose(part)
        desk.settle()
    assert nameless(screen) == []


def test_a_new_recovery_key_is_shown_until_its_last_group_was_typed_and_then_opens(desk: Desk) -> None:
    screen = desk.open(SettingsScreen, part="safety")
    card = screen.part("safety").recovery
    card.ask()
    [dialog] = screen.findChildren(ConfirmDialog)
    assert dialog.no.isDefault()
    dialog.accept()
    desk.settle()
    groups = card.shown.text().split()
    assert len(groups) > 4
    card.typed.setText("WRONG")
    card.put_away()
    assert card.shown.isVisible()
    assert desk.toasts == []
    card.typed.setText(groups[-1])
    card.put_away()
    assert card.shown.text() == ""
    assert desk.toasts == ["恢复密钥已更换，口令不变"]
    desk.services.vault.lock()
    desk.services.vault.unlock_with_recovery("-".join(groups))


def test_what_comes_inside_the_components_is_named_with_its_licence() -> None:
    found = {one.name: one.licence for one in components()}
    assert found["FFmpeg"].startswith("LGPL")
    assert found["Noto Sans SC"].startswith("OFL")
