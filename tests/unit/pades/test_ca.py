"""The office's own certificates: issued, revoked, listed; time-stamps that others can check."""

import datetime as dt
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core, crl, tsp, x509
from cryptography import x509 as checks
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import insert

from forms.pades.keys import open_p12
from forms.pades.reports import Level
from forms.pades.validation import validate
from sync.server.app import open_office
from sync.server.ca import errors
from sync.server.ca.archive import Archived, prolong_all
from sync.server.ca.authority import LEAST_PASSPHRASE, Authority, Reason
from sync.server.ca.forming import Purpose
from sync.server.ca.keeper import Keeper
from sync.server.ca.place import Place
from sync.server.ca.prolonging import prolong, proofs_of
from sync.server.ca.stamping import Stamping
from sync.server.db import schema
from tests.unit.pades.kit import DAY, NOON, OFFICE, PASSPHRASE, PASSWORD, Bureau, signed_by_two, small

DIGEST = hashlib.sha256(b"words").digest()


def request(digest: bytes = DIGEST, algorithm: str = "sha256", **more: Any) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest}
    return bytes(tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True, **more}).dump())


def granted(answer: bytes) -> Any:
    """What the token says; fails where there is none."""
    said = tsp.TimeStampResp.load(answer)
    assert said["status"]["status"].native == "granted"
    return said["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed


def refusal(answer: bytes) -> set[str]:
    """Why there is no token: an answer with nothing but a status (RFC 3161 2.4.2)."""
    whole = core.Sequence.load(answer, strict=True)
    assert len(whole.native) == 1
    said = tsp.PKIStatusInfo.load(whole[0].dump())
    assert said["status"].native == "rejection"
    return set(said["fail_info"].native)


def test_a_certificate_says_that_it_is_internal_and_what_it_is_for(bureau: Bureau) -> None:
    issued = {one.purpose: x509.Certificate.load(one.der) for one in bureau.authority.all()}
    for one in issued.values():
        assert one.subject.native["organizational_unit_name"] == "内部证书 Internal"
        notice = one.certificate_policies_value.native[0]["policy_qualifiers"][0]["qualifier"]["explicit_text"]
        assert "非依法设立的电子认证服务机构" in notice
        assert one.crl_distribution_points_value.native[0]["distribution_point"] == ["http://ca.example/v1/ca/root.crl"]
        assert one.key_usage_value.native == {"digital_signature", "non_repudiation"}
    assert issued[Purpose.TSA].extended_key_usage_value.native == ["time_stamping"]
    assert "extended_key_usage" in issued[Purpose.TSA].critical_extensions
    assert issued[Purpose.INSPECTOR].extended_key_usage_value is None


def test_the_root_opens_with_its_passphrase_alone(bureau: Bureau) -> None:
    for wrong in ("", PASSPHRASE[:-1], PASSPHRASE + " "):
        with pytest.raises(errors.WrongPassphrase):
            bureau.authority.issue(wrong, "王五", Purpose.INSPECTOR, PASSWORD)
    assert len(bureau.authority.all()) == 4
    assert b"PRIVATE" not in bureau.place.read("root.p12")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_keys_are_readable_by_the_server_alone(bureau: Bureau) -> None:
    for name in ("root.p12", "tsa.key"):
        assert (bureau.folder / name).stat().st_mode & 0o077 == 0


def test_there_is_one_root(bureau: Bureau, tmp_path: Path) -> None:
    with pytest.raises(errors.CaExists):
        bureau.authority.begin(OFFICE, PASSPHRASE)
    nowhere = Authority(Place(tmp_path / "none"), bureau.clock.world)
    with pytest.raises(errors.CaMissing):
        nowhere.all()
    with pytest.raises(errors.WeakPassphrase):
        nowhere.begin(OFFICE, "x" * (LEAST_PASSPHRASE - 1))
    with pytest.raises(errors.BadName):
        nowhere.begin("长" * 65, PASSPHRASE)
    assert not (tmp_path / "none").exists()


def test_a_revoked_certificate_stands_in_the_list_with_its_reason(bureau: Bureau) -> None:
    zhang = next(one for one in bureau.authority.all() if one.name == "张三")
    before = crl.CertificateList.load(bureau.place.read("root.crl"))
    bureau.clock.forward(DAY)
    gone = bureau.authority.revoke(PASSPHRASE, zhang.serial.lower(), Reason.KEY)
    assert (gone.revoked_at, gone.reason) == (NOON + DAY, Reason.KEY)
    after = crl.CertificateList.load(bureau.place.read("root.crl"))
    (row,) = after["tbs_cert_list"]["revoked_certificates"].native
    assert f"{row['user_certificate']:X}" == zhang.serial
    assert after.crl_number_value.native > before.crl_number_value.native
    with pytest.raises(errors.RevokedAlready):
        bureau.authority.revoke(PASSPHRASE, zhang.serial, Reason.OTHER)
    with pytest.raises(errors.SerialUnknown):
        bureau.authority.revoke(PASSPHRASE, "ABCDEF", Reason.OTHER)


def test_the_lists_number_grows_though_the_clock_goes_back(bureau: Bureau) -> None:
    first = crl.CertificateList.load(bureau.authority.renew_list(PASSPHRASE)).crl_number_value.native
    bureau.clock.now -= 99 * DAY
    assert crl.CertificateList.load(bureau.authority.renew_list(PASSPHRASE)).crl_number_value.native > first


def test_a_tokens_request_gets_the_name_the_office_gives(bureau: Bureau) -> None:
    key = rsa.generate_private_key(65537, 2048)
    claimed = x509_name("市长")
    asked = checks.CertificateSigningRequestBuilder().subject_name(claimed).sign(key, hashes.SHA256())
    for form in (Encoding.PEM, Encoding.DER):
        made = bureau.authority.issue_for(PASSPHRASE, asked.public_bytes(form), "王五", Purpose.INSPECTOR)
        assert made.name == "王五"
        assert "市长" not in x509.Certificate.load(made.der).subject.human_friendly
    spoilt = bytearray(asked.public_bytes(Encoding.DER))
    spoilt[-5] ^= 1
    weak = checks.CertificateSigningRequestBuilder().subject_name(claimed).sign(rsa.generate_private_key(65537, 1024), hashes.SHA256())
    for bad in (bytes(spoilt), b"junk", b"", weak.public_bytes(Encoding.DER)):
        with pytest.raises(errors.BadRequest):
            bureau.authority.issue_for(PASSPHRASE, bad, "王五", Purpose.INSPECTOR)


def x509_name(name: str) -> checks.Name:
    return checks.Name([checks.NameAttribute(checks.NameOID.COMMON_NAME, name)])


def test_an_issued_file_opens_with_its_password_alone(bureau: Bureau) -> None:
    made, raw = bureau.authority.issue(PASSPHRASE, "王五", Purpose.INSPECTOR, PASSWORD, days=30)
    key = open_p12(raw, PASSWORD)
    assert (key.certificate.name, key.certificate.serial) == ("王五", made.serial)
    assert key.certificate.not_after == NOON + 30 * DAY
    with pytest.raises(errors.WeakPassphrase):
        bureau.authority.issue(PASSPHRASE, "王五", Purpose.INSPECTOR, "short")


def test_a_stamp_says_the_digest_the_time_and_the_question(bureau: Bureau) -> None:
    said = granted(bureau.stamping.answer(request(nonce=77)))
    assert said["message_imprint"]["hashed_message"].native == DIGEST
    assert said["gen_time"].native == NOON
    assert said["nonce"].native == 77


def test_serial_numbers_never_repeat_not_even_after_a_restored_backup(bureau: Bureau, tmp_path: Path) -> None:
    stamping = bureau.stamping
    seen = [granted(stamping.answer(request()))["serial_number"].native for _ in range(60)]
    shutil.copytree(bureau.folder, tmp_path / "restored")
    restored = Stamping(Place(tmp_path / "restored"), bureau.clock.world)
    seen += [granted(one.answer(request()))["serial_number"].native for one in (restored, bureau.stamping) for _ in range(60)]
    assert len(set(seen)) == 180


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (b"", "bad_data_format"),
        (b"junk", "bad_data_format"),
        (request(hashlib.sha1(b"").digest(), "sha1"), "bad_alg"),
        (request(b"short"), "bad_alg"),
        (request(req_policy="1.2.3.4"), "unaccepted_policy"),
    ],
)
def test_what_cannot_be_stamped_is_answered_with_the_reason(bureau: Bureau, asked: bytes, why: str) -> None:
    assert refusal(bureau.stamping.answer(asked)) == {why}


def test_a_clock_that_went_back_stamps_nothing_until_it_has_caught_up(bureau: Bureau) -> None:
    stamping = bureau.stamping
    granted(stamping.answer(request()))
    bureau.clock.now -= DAY
    assert refusal(stamping.answer(request())) == {"time_not_available"}
    assert refusal(bureau.stamping.answer(request())) == {"time_not_available"}  # nor after a restart
    bureau.clock.forward(DAY)
    granted(bureau.stamping.answer(request()))


def test_a_clock_that_jumps_forward_is_believed_only_when_it_stays_there(bureau: Bureau) -> None:
    stamping = bureau.stamping
    granted(stamping.answer(request()))
    bureau.clock.now += dt.timedelta(hours=3)  # its ticking knows nothing of three hours
    assert refusal(stamping.answer(request())) == {"time_not_available"}
    granted(stamping.answer(request()))


def test_stamps_end_with_the_services_certificate_until_it_is_renewed(bureau: Bureau) -> None:
    bureau.clock.forward(3700 * DAY)
    stamping = bureau.stamping
    assert refusal(stamping.answer(request())) == {"time_not_available"}
    bureau.authority.renew_stamping(PASSPHRASE)
    granted(stamping.answer(request()))


def test_openssl_accepts_the_stamp(bureau: Bureau, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    bureau.clock.now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    fresh = Bureau(tmp_path / "now", bureau.clock)
    fresh.authority.begin(OFFICE, PASSPHRASE)
    (tmp_path / "q.tsq").write_bytes(request(nonce=5))
    (tmp_path / "r.tsr").write_bytes(fresh.stamping.answer(request(nonce=5)))
    root = checks.load_der_x509_certificate(fresh.place.read("root.cer"))
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    command = ["openssl", "ts", "-verify", "-in", "r.tsr", "-queryfile", "q.tsq", "-CAfile", "root.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert "Verification: OK" in done.stdout, done.stderr


def test_only_whole_signed_files_get_proofs(bureau: Bureau) -> None:
    proofs, now = proofs_of(bureau.place), bureau.clock.now
    pdf = signed_by_two(bureau)
    torn = bytearray(pdf)
    torn[3000] ^= 1
    for bad, why in ((small().pdf, "unsigned"), (bytes(torn), "changed")):
        with pytest.raises(errors.NotPdf) as refused:
            prolong(bad, proofs, bureau.stamping, now)
        assert refused.value.params["reason"] == why
    for junk in (b"", b"%PDF-1.7", pdf[:-3000]):
        with pytest.raises(errors.NotPdf):
            prolong(junk, proofs, bureau.stamping, now)


def test_without_a_list_that_is_good_now_there_is_no_proof(bureau: Bureau, template: Bureau, tmp_path: Path) -> None:
    pdf = signed_by_two(bureau)
    with pytest.raises(errors.NoProof):
        prolong(pdf, proofs_of(bureau.place), bureau.stamping, NOON + 200 * DAY)
    other = Bureau(tmp_path / "other", bureau.clock)  # of the same name, with another key
    other.authority.begin(OFFICE, PASSPHRASE)
    with pytest.raises(errors.NoProof):
        prolong(pdf, proofs_of(other.place), bureau.stamping, NOON)
    (bureau.folder / "root.crl").write_bytes(b"junk")
    with pytest.raises(errors.CaDamaged):
        proofs_of(bureau.place)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A real server process whose authority was made by command."""
    data = tmp_path_factory.mktemp("served")
    (data / "pass").write_text(PASSPHRASE, "utf-8")
    (data / "word").write_text(PASSWORD, "utf-8")
    command(data, "init", "--office", OFFICE, "--passphrase-file", str(data / "pass"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "sync.server.cli", "serve", "--data", str(data), "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            urllib.request.urlopen(url + "/healthz", timeout=5).close()
            break
        except OSError:
            time.sleep(0.2)
    yield url, data
    server.terminate()
    server.wait(20)


def command(data: Path, *words: str, fails: bool = False) -> Any:
    return server_command(data, "ca", *words, fails=fails)


def server_command(data: Path, *words: str, fails: bool = False) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "sync.server.cli", *words, "--data", str(data), "--json"],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode != 0) is fails, done.stderr
    return json.loads(done.stderr if fails else done.stdout)


def test_the_commands_issue_list_revoke_and_export(served: tuple[str, Path], tmp_path: Path) -> None:
    _, data = served
    secrets = ("--passphrase-file", str(data / "pass"))
    made = command(
        data, "issue", "--name", "张三", "--to", str(tmp_path / "z.p12"), "--password-file", str(data / "word"), *secrets
    )
    assert open_p12((tmp_path / "z.p12").read_bytes(), PASSWORD).certificate.serial == made["serial"]
    assert command(data, "revoke", made["serial"], "--reason", "keyCompromise", *secrets)["reason"] == "keyCompromise"
    listed = {one["name"]: one["revoked_at"] for one in command(data, "list")["certificates"]}
    assert listed["张三"]
    assert listed[f"{OFFICE}内部时间戳服务"] is None
    command(data, "export", str(tmp_path / "out"))
    assert crl.CertificateList.load((tmp_path / "out" / "root.crl").read_bytes()).native
    assert command(data, "init", "--office", OFFICE, *secrets, fails=True)["code"] == "ca.exists"
    wrong = ("--passphrase-file", str(data / "word"))
    assert command(data, "crl", *wrong, fails=True)["code"] == "ca.passphrase"


def test_a_backup_brings_the_authority_back_without_the_key_that_nobody_seals(served: tuple[str, Path], tmp_path: Path) -> None:
    _, data = served
    secrets = ("--passphrase-file", str(data / "pass"))
    assert server_command(data, "doctor")["warnings"] == []
    made = server_command(data, "backup", "--to", str(tmp_path / "b"))
    folder = Path(made["folder"])
    assert made["ca_files"] == sum(one.is_file() for one in (folder / "ca").rglob("*"))
    assert not (folder / "ca" / "tsa.key").exists()
    new = tmp_path / "new"
    key = ("--key", str(data / "server.key")) if (data / "server.key").exists() else ()
    server_command(new, "restore", "--from", str(folder), *key)
    server_command(new, "recover")
    assert command(new, "list") == command(data, "list")
    assert [one["code"] for one in server_command(new, "doctor")["warnings"]] == ["doctor.ca_no_stamp"]
    command(new, "crl", "--days", "3", *secrets)
    command(new, "renew-stamp", *secrets)
    assert [one["code"] for one in server_command(new, "doctor")["warnings"]] == ["doctor.ca_list"]


def test_root_list_and_stamps_are_served_to_anybody(served: tuple[str, Path]) -> None:
    url, data = served
    with urllib.request.urlopen(url + "/v1/ca/root.cer", timeout=20) as answer:
        assert answer.read() == (data / "ca" / "root.cer").read_bytes()
    with urllib.request.urlopen(url + "/v1/ca/root.crl", timeout=20) as answer:
        assert answer.headers["content-type"] == "application/pkix-crl"
    asked = urllib.request.Request(url + "/v1/tsa", request(), {"content-type": "application/timestamp-query"})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        said = granted(answer.read())
    assert abs(said["gen_time"].native - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(url + "/v1/tsa", b"x" * 20_000), timeout=20)
    assert refused.value.code == 413


def test_every_signed_file_the_server_received_gets_its_proofs_once(bureau: Bureau, tmp_path: Path) -> None:
    office = open_office(tmp_path / "data", bureau.clock.world)
    files = {"signed": signed_by_two(bureau), "unsigned": small().pdf, "junk": b"%PDF-1.7 torn"}
    digests = {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()}
    for name, raw in files.items():
        office.blobs.store.put(digests[name], iter([raw]))
        with office.database.write() as unit:
            values = {"sha256": digests[name], "sm3": "", "size": len(raw), "mime": "application/pdf", "stored_ms": 0}
            unit.execute(insert(schema.blob).values(**values))

    def again() -> Archived:
        return prolong_all(office, bureau.place, bureau.stamping, again_after=365 * DAY)

    first = again()
    assert first.prolonged == (digests["signed"],)
    assert [digest for digest, _ in first.refused] == [digests["junk"]]
    kept = (bureau.folder / "prolonged" / f"{digests['signed']}.pdf").read_bytes()
    assert kept.startswith(files["signed"])
    assert {one.level for one in validate(kept, bureau.anchors, bureau.clock.now).signatures} == {Level.B_LTA}
    assert (again().prolonged, again().enough) == ((), 1)
    bureau.clock.forward(400 * DAY)
    bureau.authority.renew_list(PASSPHRASE)
    assert again().prolonged == (digests["signed"],)
    bureau.clock.forward(400 * DAY)  # the list has run out: what has no proof now waits, and stops nobody else
    last = again()
    assert [digest for digest, _ in last.refused] == sorted(digests[name] for name in ("junk", "signed"))
    assert digests["signed"] not in last.seen
    assert digests["unsigned"] in last.seen
    office.database.close()


def test_a_running_server_gives_proofs_to_what_comes_in_by_itself(bureau: Bureau, tmp_path: Path) -> None:
    office = open_office(tmp_path / "data", bureau.clock.world)
    keeper = Keeper(office, bureau.folder, every_s=0.05)
    keeper.start()
    try:
        raw = signed_by_two(bureau)
        digest = hashlib.sha256(raw).hexdigest()
        office.blobs.store.put(digest, iter([raw]))
        with office.database.write() as unit:
            values = {"sha256": digest, "sm3": "", "size": len(raw), "mime": "application/pdf", "stored_ms": 0}
            unit.execute(insert(schema.blob).values(**values))
        made = bureau.folder / "prolonged" / f"{digest}.pdf"
        for _ in range(600):
            if made.is_file():
                break
            time.sleep(0.05)
        assert validate(made.read_bytes(), bureau.anchors, bureau.clock.now).is_valid
    finally:
        keeper.stop()
        office.database.close()
