"""Certificates and the seal in the settings, over a real store and certificates of a real office authority."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from app.gui.screens.settings.certificates import CertificatesPart, SecretDialog
from app.gui.screens.settings.view import SettingsScreen
from app.gui.widgets.confirm import ConfirmDialog
from tests.gui.registers_office import Desk, nameless
from tests.unit.pades.kit import PASSWORD, Bureau, found


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    return found(tmp_path_factory.mktemp("bureau") / "ca")


@pytest.fixture
def part(desk: Desk) -> Iterator[CertificatesPart]:
    screen = desk.open(SettingsScreen, part="certificates")
    found_part = screen.part("certificates")
    assert isinstance(found_part, CertificatesPart)
    yield found_part
    screen.hide()  # the screen lives until here


def test_a_certificate_file_is_registered_with_its_password_and_removed_again(
    desk: Desk, part: CertificatesPart, bureau: Bureau
) -> None:
    assert nameless(part) == []
    file = bureau.folder / "p12" / "张三.p12"
    part._file_chosen(str(file))
    [dialog] = part.findChildren(SecretDialog)
    dialog.secret.setText("wrong password")
    dialog.yes.click()
    desk.settle()
    assert len(desk.errors) == 1
    assert part.list.model.rowCount() == 0
    part.add_file(file, PASSWORD, copy=True)
    desk.settle()
    assert part.list.model.rowCount() == 1
    assert part.list.table.current().certificate.name == "张三"
    part.remove_button.click()
    [question] = part.findChildren(ConfirmDialog)
    question.yes.click()
    desk.settle()
    assert part.list.model.rowCount() == 0
    assert desk.services.certificates.all() == ()


def test_roots_and_lists_that_are_taken_are_named_and_anything_else_is_refused(
    desk: Desk, part: CertificatesPart, bureau: Bureau, tmp_path: Path
) -> None:
    assert "还没有" in part.standing.text()
    for name in ("root.cer", "root.crl"):
        part.trust(bureau.folder / name)
        desk.settle()
    assert "内部签名根证书" in part.standing.text()
    assert "吊销列表有效至" in part.standing.text()
    (tmp_path / "x.cer").write_bytes(b"nothing")
    part.trust(tmp_path / "x.cer")
    desk.settle()
    assert len(desk.errors) == 1


def test_the_seal_and_the_address_of_the_time_stamp_service_are_kept(
    desk: Desk, part: CertificatesPart, tmp_path: Path
) -> None:
    image = QImage(600, 600, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    painter.setPen(QColor("#d01010"))
    painter.drawEllipse(10, 10, 580, 580)
    painter.end()
    image.save(str(tmp_path / "seal.png"))
    part.set_seal(tmp_path / "seal.png")
    desk.settle()
    assert desk.errors == []
    assert not part.picture.pixmap().isNull()
    part.service.setText("https://tsa.example/stamp")
    part.service_button.click()
    desk.settle()
    assert desk.services.signing_trust.service() == "https://tsa.example/stamp"
    part.service.setText("tsa.example")
    part.service_button.click()
    desk.settle()
    assert len(desk.errors) == 1
