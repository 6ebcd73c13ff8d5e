"""A text whose letters are turned round by unseen signs does not pass for another one in the window."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.gui.screens.registers.view import RegistersScreen
from app.gui.signs import seen
from app.gui.theme import Theme, Type
from app.gui.widgets.delegates import draw_badge, draw_text
from app.gui.widgets.labels import ElidedLabel, label, selectable
from tests.gui.registers_office import Desk

TURNED, WRITTEN_OUT = "药房\u202etxt", "药房[U+202E]txt"


def test_each_sign_of_direction_is_written_out_and_nothing_else() -> None:
    signs = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    assert seen(signs) == "".join(f"[U+{ord(one):04X}]" for one in signs)
    plain = "仁和大药房　\u200d䶮 ئۇيغۇر\n(1)"
    assert seen(plain) == plain


def test_labels_write_them_out(qtbot: QtBot, theme: Theme) -> None:
    for made in (label(TURNED), selectable(TURNED), ElidedLabel(TURNED)):
        qtbot.addWidget(made)
        assert made.text() == WRITTEN_OUT
        made.setText(TURNED + "!")
        assert made.text() == WRITTEN_OUT + "!"
    assert made.toolTip() == WRITTEN_OUT + "!"


def test_painted_rows_write_them_out(theme: Theme) -> None:
    def painted(text: str) -> QImage:
        image = QImage(300, 60, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        draw_text(painter, QRectF(0, 0, 300, 30), text, "#000000", Type.BODY)
        draw_badge(painter, QRectF(0, 30, 300, 30), text, "bad")
        painter.end()
        return image

    assert painted(TURNED) == painted(WRITTEN_OUT)
    assert painted(TURNED) != painted("药房txt")


def test_a_list_writes_them_out_and_form_copy_and_store_keep_the_text_as_it_is(desk: Desk) -> None:
    desk.institution(TURNED)
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    assert pane.list.model.index(0, 0).data() == WRITTEN_OUT
    assert pane.list.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == WRITTEN_OUT
    assert pane.form.name.text() == TURNED
    pane.list.table.copy()
    assert TURNED in QGuiApplication.clipboard().text()
    pane.form.lines["address"].setText("解放路 1 号")
    pane.form.save()
    desk.settle()
    [kept] = desk.services.institutions.find()
    assert (kept.name, kept.address) == (TURNED, "解放路 1 号")
