"""The certificates this laptop signs with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.clock import to_ms
from app.core.errors import Refused, Unavailable
from app.core.outcome import Outcome
from app.media.errors import MediaError
from app.services.store import Store
from app.settings.secrets import SecretStore
from forms.pades.certificates import Certificate, read_certificate
from forms.pades.errors import PadesError

# What reads PDFs and certificates is loaded when it is first needed: the program starts without it.
if TYPE_CHECKING:
    from forms.pades.keys import Key

_MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A certificate this laptop can sign with.

    Attributes:
        kind: `file` (kept here, under its own password), `path` (a PKCS#12 file elsewhere), `token` (UKey).
        place: The file or the token's driver; empty for `file`.
    """

    certificate: Certificate
    kind: str
    place: str
    token: str = ""
    key_id: str = ""

    @property
    def fingerprint(self) -> str:
        """Return what names it everywhere."""
        return self.certificate.fingerprint


class Certificates:
    """Keep certificates; safe for several threads."""

    def __init__(self, store: Store, secrets: Callable[[], SecretStore | None]) -> None:
        self._store, self._secrets = store, secrets

    def all(self) -> tuple[HeldCertificate, ...]:
        """Return them, the newest first."""
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT * FROM signing_certificate ORDER BY added_at DESC, fingerprint")
        return tuple(_held(row) for row in rows)

    def add_file(self, file: Path, password: str, *, copy: bool = True) -> Outcome[HeldCertificate]:
        """Take in a PKCS#12 file; the password is tried and forgotten.

        Args:
            copy: Keep the file in the encrypted store; otherwise it stays where it is and is read when it is needed.

        Raises:
            Refused: `pades.wrong_password`, `pades.key_unreadable`, `certificate.file_unreadable`.
        """
        from forms.pades.keys import open_p12

        raw = read_file(file)
        with told():
            key = open_p12(raw, password)
        held = HeldCertificate(
            key.certificate, "file" if copy else "path", "" if copy else str(file.absolute())
        )
        return self._add(held, key.der, raw if copy else None)

    def add_token(self, driver: Path, token: str = "", key_id: str = "") -> Outcome[HeldCertificate]:
        """Remember a certificate on a token that is plugged in now; no PIN is needed.

        Raises:
            Refused: `pades.no_driver`, `pades.no_certificate` where there is none, or several and none named.
            Unavailable: `pades.no_token`, `pades.token_removed`.
        """
        from forms.pades.keys import token_certificates

        with told():
            found = [
                one
                for one in token_certificates(driver)
                if token in ("", one.token) and key_id.lower() in ("", one.id)
            ]
        if len(found) != 1:
            raise Refused("pades.no_certificate", label=token, found=len(found))
        one = found[0]
        held = HeldCertificate(one.certificate, "token", str(driver.absolute()), one.token, one.id)
        return self._add(held, one.der, None)

    def remove(self, fingerprint: str) -> Outcome[None]:
        """Forget a certificate and its password; a copy kept here is gone with it.

        Raises:
            Refused: `certificate.unknown`.
        """
        self.get(fingerprint)
        with self._store.db.write() as unit:
            unit.local("DELETE FROM signing_certificate WHERE fingerprint = ?", (fingerprint,))
            unit.custody("certificate_removed", fingerprint)
            unit.note("signing_certificate", fingerprint)
            changed = unit.changed
        self.forget_password(fingerprint)
        return Outcome(None, changed)

    def get(self, fingerprint: str) -> HeldCertificate:
        """Return one by its fingerprint, or by enough of its beginning.

        Raises:
            Refused: `certificate.unknown`.
        """
        found = [one for one in self.all() if fingerprint and one.fingerprint.startswith(fingerprint.lower())]
        if len(found) != 1:
            raise Refused("certificate.unknown", text=fingerprint)
        return found[0]

    def remember_password(self, fingerprint: str, password: str) -> None:
        """Keep a password in the system's password store; only where the office allows signing without asking.

        Raises:
            Refused: `certificate.unknown`, `certificate.no_keyring`.
            Unavailable: `keyring.unavailable`.
        """
        held, keyring = self.get(fingerprint), self._secrets()
        if keyring is None:
            raise Refused("certificate.no_keyring")
        keyring.put(_secret_name(held.fingerprint), password)

    def forget_password(self, fingerprint: str) -> None:
        """Take a password out of the password store, if it is there."""
        keyring = self._secrets()
        if keyring is not None:
            keyring.delete(_secret_name(fingerprint))

    @contextmanager
    def opened(self, held: HeldCertificate, password: str | None) -> "Iterator[Key]":
        """Hold the key open.

        Args:
            password: Of the file, or PIN of the token; None takes the one remembered.

        Raises:
            Refused: `certificate.password_missing`, `pades.wrong_password` and what else opening refuses.
            Unavailable: `pades.no_token`, `pades.token_removed`.
        """
        from forms.pades.keys import open_p12, open_token

        secret = password
        if secret is None:
            keyring = self._secrets()
            secret = keyring.get(_secret_name(held.fingerprint)) if keyring is not None else None
        if secret is None:
            raise Refused("certificate.password_missing", name=held.certificate.name)
        with told():
            if held.kind == "token":
                with open_token(Path(held.place), held.token, secret, held.key_id) as key:
                    yield key
                return
            key = open_p12(self._sealed(held), secret)
            if key.certificate.fingerprint != held.fingerprint:
                raise Refused("certificate.replaced", name=held.certificate.name)
            yield key

    def _sealed(self, held: HeldCertificate) -> bytes:
        if held.kind == "path":
            return read_file(Path(held.place))
        with self._store.db.read() as unit:
            (row,) = unit.sql(
                "SELECT sealed FROM signing_certificate WHERE fingerprint = ?", (held.fingerprint,)
            )
        return bytes(row.sealed)

    def _add(self, held: HeldCertificate, der: bytes, sealed: bytes | None) -> Outcome[HeldCertificate]:
        with self._store.db.write() as unit:
            unit.local(
                "INSERT OR REPLACE INTO signing_certificate"
                "(fingerprint, kind, place, token, key_id, certificate, sealed, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    held.fingerprint,
                    held.kind,
                    held.place,
                    held.token,
                    held.key_id,
                    der,
                    sealed,
                    to_ms(self._store.now()),
                ),
            )
            unit.custody("certificate_added", held.fingerprint, kind=held.kind)
            unit.note("signing_certificate", held.fingerprint)
            return Outcome(held, unit.changed)


@contextmanager
def told() -> Iterator[None]:
    """Turn what the leaves refuse into the program's errors, with the same code."""
    try:
        yield
    except PadesError as error:
        kind = Unavailable if error.retryable else Refused
        raise kind(error.code, **error.params) from error
    except MediaError as error:
        raise Refused("certificate.file_unreadable", file=str(error.params.get("name", ""))) from error


def _held(row: Any) -> HeldCertificate:
    return HeldCertificate(
        read_certificate(bytes(row.certificate)), row.kind, row.place, row.token, row.key_id
    )


def _secret_name(fingerprint: str) -> str:
    return f"certificate-{fingerprint[:32]}"


def read_file(file: Path) -> bytes:
    """Return a small file.

    Raises:
        Refused: `certificate.file_unreadable`.
    """
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise Refused("certificate.file_unreadable", file=file.name)
        return file.read_bytes()
    except OSError as error:
        raise Refused("certificate.file_unreadable", file=file.name) from error
