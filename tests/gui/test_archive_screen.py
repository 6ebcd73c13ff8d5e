"""Copies for others, a month's volume and verifying, in the window over a real office with a signed record."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.core.clock import now, today
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screens.archive.view import ArchiveScreen
from app.gui.screens.documents.copying import CopyDialog
from app.gui.theme import Theme
from tests.gui.registers_office import nameless
from tests.gui.test_documents import Desk, office, visit

TOLD = "患者钱多多于店内等候，未购药。"


@pytest.fixture
def desk(tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    services = office(tmp_path / "home")
    made = Desk(services, runner, bus, prefs, qtbot)
    inspection = visit(services)
    services.inspections.set_details(inspection, party_opinion=TOLD)
    made.compose(inspection)
    made.sign_all()
    yield made
    services.close()


def archive(desk: Desk) -> ArchiveScreen:
    screen = ArchiveScreen(desk.screen.context)
    desk.qtbot.addWidget(screen)
    screen.resize(1190, 695)
    screen.show()
    screen.open()
    desk.settle()
    return screen


def test_a_copy_masks_what_its_kind_masks_and_the_names_that_were_confirmed(desk: Desk, tmp_path: Path) -> None:
    desk.screen.signing.deliver.copy.click()
    desk.settle()
    [dialog] = desk.screen.findChildren(CopyDialog)
    assert [box.text() for box in dialog.found] == ["钱多多"]
    assert nameless(dialog) == []
    dialog.more.setText("王敏，店内")
    given: list[object] = []
    dialog.told.disconnect()
    dialog.told.connect(lambda kind, names: given.append((kind, names)))
    dialog.yes.click()
    assert given == [("party", ("钱多多", "王敏", "店内"))]
    copying = desk.screen.signing.copying
    copying.choose("party", ("钱多多",))
    file = tmp_path / "副本.pdf"
    copying.copy_to(file)
    desk.settle()
    text = "".join(page.extract_text() for page in PdfReader(file).pages)
    assert "钱多多" not in text
    assert "钱某某" in text
    assert "副本.pdf" in desk.toasts[-1]
    assert desk.errors == []


def test_the_volume_of_a_month_is_bound_and_another_month_has_none(desk: Desk, tmp_path: Path) -> None:
    screen = archive(desk)
    card = screen.binding
    assert nameless(screen) == []
    assert "1" in card.count.text()
    card.bind_to(tmp_path / "汇编.pdf")
    desk.settle()
    assert len(PdfReader(tmp_path / "汇编.pdf").pages) > 2
    assert "汇编.pdf" in desk.toasts[-1]
    card.earlier.click()
    desk.settle()
    assert not card.do.isEnabled()
    first = today(now()).replace(day=1)
    assert card.month == (first - dt.timedelta(days=1)).replace(day=1)


def test_a_file_is_called_as_signed_and_after_one_changed_byte_it_is_not(desk: Desk, tmp_path: Path) -> None:
    good, bad = tmp_path / "笔录.pdf", tmp_path / "改过.pdf"
    desk.screen.signing.export_to(good)
    desk.settle()
    raw = bytearray(good.read_bytes())
    at = raw.index(b"stream\n") + 200
    raw[at] ^= 1
    bad.write_bytes(bytes(raw))
    (tmp_path / "无关.txt").write_text("x", "utf-8")
    screen = archive(desk)
    screen.checking.check((good, bad, tmp_path / "无关.txt"))
    desk.settle()
    said = [[one.text() for one in box.findChildren(QLabel)] for box in screen.checking.verdicts]
    assert [words[0] for words in said] == ["相符", "不符", "无法判断"]
    assert desk.errors == []


def test_in_english_a_verdict_has_no_chinese_but_names(desk: Desk, tmp_path: Path, english: None) -> None:
    good, bad = tmp_path / "record.pdf", tmp_path / "changed.pdf"
    desk.screen.signing.export_to(good)
    desk.settle()
    raw = good.read_bytes()
    bad.write_bytes(raw.replace(b"stream\n", b"stream\r", 1))
    screen = archive(desk)
    screen.checking.check((good, bad))
    desk.settle()
    said = [re.sub(r"\S+〔\d+〕\d+号", "", box.accessibleName()) for box in screen.checking.verdicts]
    assert [one.splitlines()[0] for one in said] == ["record.pdf As signed", "changed.pdf Changed"]
    assert not re.search(r"[\u4e00-\u9fff]", "".join(said))


def test_keys_that_cannot_be_read_are_told(desk: Desk, tmp_path: Path) -> None:
    screen = archive(desk)
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.save(str(tmp_path / "x.png"))
    screen.checking.take_keys(tmp_path / "x.png")
    screen.checking.check((tmp_path / "x.png",))
    desk.settle()
    assert len(desk.errors) == 1
    assert screen.checking.do.isEnabled()
