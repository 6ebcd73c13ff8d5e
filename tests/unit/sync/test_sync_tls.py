"""The same over TLS, with an authority of our own."""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.client.errors import NotNow, Untrusted
from sync.client.http import ServerDoor
from tests.unit.sync.kit import ROOT, new_id, wall_ms


def make_certificate(folder: Path, until_days: int = 1) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=9))
        .not_valid_after(now + dt.timedelta(days=until_days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_file, key_file


@contextmanager
def serving(folder: Path, certificate: Path, key: Path) -> Iterator[dict[str, str]]:
    command = [
        sys.executable, "-m", "sync.server.cli", "serve", "--data", str(folder / "data"), "--host", "localhost",
        "--port", "0", "--tls-cert", str(certificate), "--tls-key", str(key), "--json",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            assert process.wait(15) in (0, -15, 1)


def test_a_door_opens_only_to_a_server_whose_certificate_it_trusts(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    with serving(tmp_path, certificate, key) as said:
        assert said["url"].startswith("https://localhost:")
        with ServerDoor(said["url"], wall_ms, new_id, verify=str(certificate)) as door:
            assert door.hello().server == said["server"]
        with ServerDoor(said["url"], wall_ms, new_id) as door, pytest.raises(Untrusted):
            door.hello()
        other_name = said["url"].replace("localhost", "127.0.0.1")
        with ServerDoor(other_name, wall_ms, new_id, verify=str(certificate)) as door, pytest.raises(Untrusted):
            door.hello()


def test_a_certificate_that_has_run_out_is_told_apart_from_a_server_that_cannot_be_reached(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, until_days=-1)
    with (
        serving(tmp_path, certificate, key) as said,
        ServerDoor(said["url"], wall_ms, new_id, verify=str(certificate)) as door,
        pytest.raises(NotNow),
    ):
        door.hello()
