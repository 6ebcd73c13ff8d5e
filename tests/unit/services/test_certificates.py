"""Certificates on a laptop: kept, reached, signed with; what is told when something is in the way."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app.core.errors import AppError
from app.gui import messages
from app.gui.texts import LANGUAGES, area
from app.services.demo import cast
from app.services.pades import BUREAU, CertificateSigning
from app.services.pades_keys import Certificates
from app.settings.secrets import OsKeyring
from forms.pades import errors as pades_errors
from forms.pades.reports import Level, Problem
from forms.pades.trust import Trust
from forms.verify import page_hashes, verify
from sync.server.ca.authority import Authority, Reason
from sync.server.ca.forming import Purpose
from sync.server.ca.place import Place
from sync.server.ca.stamping import Stamping
from sync.server.world import real_world
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk, open_home, whole
from tests.unit.settings.stores import MemoryBackend

PASSPHRASE, PASSWORD = "根密钥口令根密钥口令根密钥", "zhang-2026"
NAMES = {"zhang": ("张三", Purpose.INSPECTOR), "li": ("李四", Purpose.INSPECTOR), "seal": (cast.OFFICE, Purpose.SEAL)}


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office's authority, with a file for each of its people and its seal."""
    folder = tmp_path_factory.mktemp("authority")
    authority = Authority(Place(folder), real_world())
    authority.begin(cast.OFFICE, PASSPHRASE)
    for file, (name, purpose) in NAMES.items():
        (folder / f"{file}.p12").write_bytes(authority.issue(PASSPHRASE, name, purpose, PASSWORD)[1])
    picture = Image.new("RGBA", (400, 400))
    ImageDraw.Draw(picture).ellipse((10, 10, 390, 390), outline=(200, 0, 0, 255), width=20)
    picture.save(folder / "seal.png")
    return folder


@pytest.fixture
def service(ca: Path) -> Iterator[str]:
    """A time-stamp service on a real socket."""
    stamping = Stamping(Place(ca), real_world())

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = ca / self.path.rpartition("/")[2]
            self.answer(file.read_bytes() if self.path.startswith("/v1/ca/") else None)

        def do_POST(self) -> None:
            self.answer(stamping.answer(self.rfile.read(int(self.headers["content-length"]))))

        def answer(self, said: bytes | None) -> None:
            said, status = (b"", 404) if said is None else (said, 200)
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/tsa"
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(signed: Desk, ca: Path) -> Desk:
    keep = signed.services.signing_trust
    keep.trust(ca / "root.cer")
    keep.trust(ca / "root.crl")
    return signed


def add(desk: Desk, ca: Path, file: str) -> str:
    return desk.services.certificates.add_file(ca / f"{file}.p12", PASSWORD).value.fingerprint


def refused(call: Callable[[], object]) -> AppError:
    with pytest.raises(AppError) as told:
        call()
    assert told.value.code in messages.catalogue("zh_cn")
    return told.value


def test_a_complete_record_is_signed_by_two_and_sealed_and_travels_as_a_file_of_its_own(desk: Desk, ca: Path, service: str) -> None:
    services, record = desk.services, desk.record
    assert record is not None
    services.signing_trust.set_service(service)
    services.signing_trust.set_seal(ca / "seal.png")
    bare = services.documents.exported(record)
    for file, as_bureau in (("zhang", False), ("li", False), ("seal", True)):
        done = services.certificate_signing.sign_document(record, add(desk, ca, file), PASSWORD, as_bureau=as_bureau)
        assert done.value.level == "B-T"
        assert any(change.table == "document_file" for change in done.changed)
    pdf = services.certificate_signing.certified(record)
    assert pdf is not None
    report = services.certificate_signing.check(pdf)
    assert report.is_valid
    assert [one.field for one in report.signatures] == ["Signer1", "Signer2", BUREAU.name]
    assert [one.certificate.name for one in report.signatures if one.certificate] == [name for name, _ in NAMES.values()]
    assert {(one.level, one.trust) for one in report.signatures} == {(Level.B_T, Trust.OFFICE)}
    assert pdf.startswith(bare)
    seals = [one.field for one in report.signatures if one.shows]
    assert verify(pdf, page_hashes(pdf), seals).is_intact
    whole(services)


def test_the_signed_file_is_there_after_a_restart_and_is_exported_as_it_is(desk: Desk, ca: Path, clock: Clock, tmp_path: Path) -> None:
    record = desk.record
    assert record is not None
    done = desk.services.certificate_signing.sign_document(record, add(desk, ca, "zhang"), PASSWORD, stamp=False).value
    desk.services.close()
    again = open_home(desk.home, clock)
    try:
        again.vault.unlock(cast.SECRET)
        again.certificate_signing.export(record, tmp_path / "signed.pdf")
        assert (tmp_path / "signed.pdf").read_bytes() == done.pdf
        assert [one.certificate.name for one in again.certificates.all()] == ["张三"]
        assert again.certificate_signing.check(done.pdf).is_valid
    finally:
        again.close()


def test_nobody_begins_anew_while_a_colleagues_signature_is_on_its_way(desk: Desk, ca: Path) -> None:
    assert desk.record is not None
    record, signing = desk.record, desk.services.certificate_signing
    signing.sign_document(record, add(desk, ca, "zhang"), PASSWORD, stamp=False)
    with signing._store.db.write() as unit:  # as it stands when the row has come and the file has not
        unit.local("UPDATE sync_blob SET stored = NULL WHERE sha256 IN (SELECT sha256 FROM document_file WHERE kind = 'certified')")
    second = add(desk, ca, "li")
    assert refused(lambda: signing.sign_document(record, second, PASSWORD, stamp=False)).code == "document.not_here"


def test_an_unfinished_record_is_not_signed(frozen: Desk, ca: Path) -> None:
    record = frozen.record
    assert record is not None
    mine = add(frozen, ca, "zhang")
    assert refused(lambda: frozen.services.certificate_signing.sign_document(record, mine, PASSWORD)).code == "document.unsigned"
    assert frozen.services.certificate_signing.certified(record) is None
    assert refused(lambda: frozen.services.certificate_signing.export(record, Path("x"))).code == "certificate.not_signed"


def test_a_silent_service_leaves_a_signature_that_says_so(desk: Desk, ca: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        desk.services.signing_trust.set_service(f"http://127.0.0.1:{closed.getsockname()[1]}/tsa")
    assert desk.record is not None
    done = desk.services.certificate_signing.sign_document(desk.record, add(desk, ca, "zhang"), PASSWORD).value
    assert (done.level, done.no_stamp) == ("B-B", "certificate.stamp_silent")
    desk.services.signing_trust.set_service("")  # this laptop knows no server
    again = desk.services.certificate_signing.sign_document(desk.record, add(desk, ca, "li"), PASSWORD).value
    assert (again.level, again.no_stamp) == ("B-B", "certificate.stamp_nowhere")
    for code in (done.no_stamp, again.no_stamp):
        assert "B-B" in messages.sentence_of(code, {})


def test_root_and_list_come_from_the_server_and_the_root_once(signed: Desk, ca: Path, service: str) -> None:
    keep, url = signed.services.signing_trust, service.removesuffix("/tsa")
    assert refused(keep.update_from_server).code == "sync.not_enrolled"
    assert keep.update_from_server(url).value == ("office", "list")
    before = keep.anchors()
    assert (len(before.office), len(before.lists)) == (1, 1)
    # Another root at the same address is not believed: the first one is asked for its list alone.
    assert keep.update_from_server(url).value == ("list",)
    assert keep.anchors().office == before.office
    assert refused(lambda: keep.update_from_server(url + "/nothing")).code == "certificate.server_silent"


def test_wrong_passwords_and_files_are_told(desk: Desk, ca: Path, tmp_path: Path) -> None:
    keep, sign = desk.services.certificates, desk.services.certificate_signing.sign_document
    assert desk.record is not None
    record, trust = desk.record, desk.services.signing_trust
    assert refused(lambda: keep.add_file(ca / "zhang.p12", "wrong")).code == "pades.wrong_password"
    assert refused(lambda: keep.add_file(ca / "root.cer", PASSWORD)).code == "pades.key_unreadable"
    assert refused(lambda: keep.add_file(ca / "none.p12", PASSWORD)).code == "certificate.file_unreadable"
    assert refused(lambda: trust.trust(ca / "seal.png")).code == "certificate.no_root"
    assert refused(lambda: trust.set_seal(ca / "root.cer")).code == "certificate.file_unreadable"
    assert refused(lambda: trust.set_service("ftp://x")).code == "certificate.bad_address"
    assert refused(lambda: keep.get("00")).code == "certificate.unknown"
    assert refused(lambda: keep.add_token(tmp_path / "driver.so")).code == "pades.no_driver"
    mine = add(desk, ca, "zhang")
    assert refused(lambda: sign(record, mine, "wrong")).code == "pades.wrong_password"
    assert refused(lambda: sign(record, mine)).code == "certificate.password_missing"
    assert desk.services.certificate_signing.certified(record) is None


def test_a_file_that_stays_where_it_is_must_be_there_and_the_same(desk: Desk, ca: Path, tmp_path: Path) -> None:
    keep, sign = desk.services.certificates, desk.services.certificate_signing.sign_document
    assert desk.record is not None
    record = desk.record
    place = tmp_path / "stick.p12"
    place.write_bytes((ca / "zhang.p12").read_bytes())
    mine = keep.add_file(place, PASSWORD, copy=False).value
    assert mine.kind == "path"
    place.write_bytes((ca / "li.p12").read_bytes())
    assert refused(lambda: sign(record, mine.fingerprint, PASSWORD)).code == "certificate.replaced"
    place.unlink()
    assert refused(lambda: sign(record, mine.fingerprint, PASSWORD)).code == "certificate.file_unreadable"
    place.write_bytes((ca / "zhang.p12").read_bytes())
    assert sign(record, mine.fingerprint, PASSWORD, stamp=False).value.signer == "张三"


def test_a_certificate_out_of_its_time_and_a_clock_set_back_are_told(desk: Desk, ca: Path, clock: Clock) -> None:
    sign = desk.services.certificate_signing.sign_document
    assert desk.record is not None
    record, mine = desk.record, add(desk, ca, "zhang")
    for ahead, code in ((2000, "pades.expired"), (-400, "pades.clock")):
        clock.ahead = dt.timedelta(days=ahead)
        assert refused(lambda: sign(record, mine, PASSWORD)).code == code
    clock.ahead = dt.timedelta(days=-400)
    assert desk.record is not None
    pdf = desk.services.documents.exported(desk.record)
    assert refused(lambda: desk.services.certificate_signing.sign(pdf, mine, PASSWORD)).code == "pades.not_yet_valid"


def test_a_password_is_remembered_only_where_the_system_keeps_it(desk: Desk, ca: Path) -> None:
    assert desk.record is not None
    plain = desk.services.certificates
    mine = add(desk, ca, "zhang")
    assert refused(lambda: plain.remember_password(mine, PASSWORD)).code == "certificate.no_keyring"
    keyring = OsKeyring(MemoryBackend())
    keep = Certificates(plain._store, lambda: keyring)
    signing = CertificateSigning(plain._store, keep, desk.services.signing_trust, desk.services.certificate_signing._sealing)
    keep.remember_password(mine, PASSWORD)
    assert signing.sign_document(desk.record, mine, stamp=False).value.signer == "张三"
    keep.remove(mine)
    assert keep.all() == ()
    assert keyring.get(f"certificate-{mine[:32]}") is None


def test_a_revoked_colleague_and_a_changed_file_are_named(desk: Desk, ca: Path, tmp_path: Path) -> None:
    signing = desk.services.certificate_signing
    assert desk.record is not None
    pdf = signing.sign_document(desk.record, add(desk, ca, "li"), PASSWORD, stamp=False).value.pdf
    torn = bytearray(pdf)
    torn[5000] ^= 1
    assert signing.check(bytes(torn)).signatures[0].problems[0] is Problem.CHANGED
    assert signing.check(b"junk").problem == "no_pdf"
    shutil.copytree(ca, tmp_path / "later")
    authority = Authority(Place(tmp_path / "later"), real_world())
    serial = next(one.serial for one in authority.all() if one.name == "李四")
    authority.revoke(PASSPHRASE, serial, Reason.KEY)
    desk.services.signing_trust.trust(tmp_path / "later" / "root.crl")
    assert signing.check(pdf).signatures[0].problems == (Problem.REVOKED,)


def test_neither_password_nor_key_nor_name_lies_open_in_the_profile(desk: Desk, ca: Path) -> None:
    add(desk, ca, "zhang")
    desk.services.close()
    secret = [PASSWORD.encode(), "张三".encode(), (ca / "zhang.p12").read_bytes()[200:260]]
    for file in desk.home.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            assert not any(word in raw for word in secret), file


def test_every_refusal_of_the_package_has_its_sentence_in_both_languages() -> None:
    found, todo = [], [pades_errors.PadesError]
    while todo:
        above = todo.pop()
        todo += above.__subclasses__()
        found += above.__subclasses__()
    for language in LANGUAGES:
        assert {one.code for one in found} - set(messages.catalogue(language)) == set()
        assert {f"problem.{one}" for one in Problem} - set(area(language, "pades")) == set()
        assert {f"trust.{one}" for one in Trust} - set(area(language, "pades")) == set()


def test_the_command_line_signs_and_checks(desk: Desk, ca: Path, tmp_path: Path) -> None:
    desk.services.close()
    (tmp_path / "word").write_text(PASSWORD, "utf-8")

    def yanfang(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", *words, "--home", str(desk.home)], capture_output=True, encoding="utf-8", check=False,
            timeout=120, env={**os.environ, "YANFANG_NO_KEYRING": "1", "YANFANG_PIN": cast.SECRET},
        )  # fmt: skip

    assert yanfang("certificate", "add", str(ca / "zhang.p12"), "--password-file", str(tmp_path / "word")).returncode == 0
    out = tmp_path / "signed.pdf"
    done = yanfang(
        "certificate", "sign", str(desk.record), "--password-file", str(tmp_path / "word"), "--no-stamp", "--out", str(out)
    )
    assert (done.returncode, "B-B" in done.stdout) == (0, True), done.stderr
    told = yanfang("certificate", "check", str(out))
    assert (told.returncode, "成立" in told.stdout, "非依法设立" in told.stdout) == (0, True, True), told.stdout + told.stderr
    torn = bytearray(out.read_bytes())
    torn[5000] ^= 1
    out.write_bytes(torn)
    told = yanfang("certificate", "check", str(out))
    assert (told.returncode, "已被改动" in told.stdout, told.stderr) == (1, True, "")
