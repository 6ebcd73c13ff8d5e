"""A UKey, as far as a computer can be one: SoftHSM2; skipped where it is missing."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from forms.pades import errors
from forms.pades.keys import open_token, token_certificates
from forms.pades.reports import Level
from forms.pades.signing import sign
from forms.pades.validation import validate
from forms.verify import verify
from sync.server.ca.forming import Purpose
from tests.unit.pades.kit import NOON, PASSPHRASE, ZHANG, Bureau, hashes_of, small

DRIVERS = [
    *Path("/usr/lib").glob("**/libsofthsm2.so"), *Path("/usr/local/lib").glob("**/libsofthsm2.so"),
    *Path("/opt/homebrew/lib").glob("**/libsofthsm2.so"), *Path("C:/SoftHSM2/lib").glob("softhsm2-x64.dll"),
]  # fmt: skip
pytestmark = pytest.mark.skipif(
    not DRIVERS or shutil.which("softhsm2-util") is None, reason="SoftHSM2 is not installed"
)


@pytest.fixture(scope="module")
def slots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The library reads its settings once per process: all tokens of this module live in one folder."""
    folder = tmp_path_factory.mktemp("tokens")
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n", "utf-8")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    yield folder
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def token(folder: Path, label: str, bureau: Bureau, name: str = "张三") -> None:
    """A token with a key made on it and the office's certificate for that key: the key never leaves it."""
    run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", "123456")
    raw, made = _key_and_certificate(bureau, name)
    file = folder / f"{label}.p8"
    file.write_bytes(raw)
    run("softhsm2-util", "--import", str(file), "--token", label, "--label", name, "--id", "A1", "--pin", "123456")
    library = pkcs11.lib(str(DRIVERS[0]))
    library.reinitialize()
    with library.get_token(token_label=label).open(rw=True, user_pin="123456") as session:
        session.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.LABEL: name,
                pkcs11.Attribute.ID: b"\xa1",
                pkcs11.Attribute.SUBJECT: b"",
                pkcs11.Attribute.VALUE: made,
            }
        )


def _key_and_certificate(bureau: Bureau, name: str) -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(65537, 2048)
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    made = bureau.authority.issue_for(PASSPHRASE, asked.public_bytes(Encoding.PEM), name, Purpose.INSPECTOR)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), made.der


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert done.returncode == 0, done.stderr + done.stdout


def test_a_token_signs_and_keeps_its_key(slots: Path, bureau: Bureau) -> None:
    token(slots, "zhang", bureau)
    (found,) = [one for one in token_certificates(DRIVERS[0]) if one.token == "zhang"]
    assert (found.certificate.name, found.id) == ("张三", "a1")
    with open_token(DRIVERS[0], "zhang", "123456", found.id) as key:
        done = sign(small().pdf, key, ZHANG, NOON, ask=bureau.stamping.answer)
    assert done.level == "B-T"
    report = validate(done.pdf, bureau.anchors, NOON)
    assert report.is_valid
    assert report.signatures[0].level is Level.B_T
    assert verify(done.pdf, hashes_of(small())).is_intact


def test_what_is_wrong_with_a_token_is_told_apart(slots: Path, bureau: Bureau, tmp_path: Path) -> None:
    token(slots, "li", bureau, "李四")
    with pytest.raises(errors.WrongPassword), open_token(DRIVERS[0], "li", "654321"):
        pass
    with pytest.raises(errors.NoToken), open_token(DRIVERS[0], "nobody", "123456"):
        pass
    with pytest.raises(errors.NoCertificate), open_token(DRIVERS[0], "li", "123456", "ff"):
        pass
    with pytest.raises(errors.NoDriver), open_token(tmp_path / "none.so", "li", "123456"):
        pass
    (tmp_path / "junk.so").write_bytes(b"junk")
    with pytest.raises(errors.NoDriver):
        token_certificates(tmp_path / "junk.so")


def test_a_token_taken_out_while_signing_is_told(slots: Path, bureau: Bureau) -> None:
    before = set(slots.iterdir())
    token(slots, "wang", bureau, "王五")
    (own,) = [one for one in slots.iterdir() if one.is_dir() and one not in before]
    with pytest.raises(errors.TokenRemoved), open_token(DRIVERS[0], "wang", "123456") as key:
        shutil.rmtree(own)  # what this library keeps its token in
        sign(small().pdf, key, ZHANG, NOON)
