"""The certificates this laptop signs with, and what signatures are judged and shown by."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.clock import to_ms
from app.core.errors import Refused, Unavailable
from app.core.outcome import Outcome
from app.db.unit import ReadUnit
from app.media.errors import MediaError
from app.media.seals import read_seal
from app.services.store import Store
from app.settings.secrets import SecretStore
from forms.pades.certificates import Certificate, read_certificate
from forms.pades.errors import PadesError
from forms.pades.trust import Anchors
from sync.client import stamps
from sync.protocol.errors import SyncError

# What reads PDFs and certificates is loaded when it is first needed: the program starts without it.
if TYPE_CHECKING:
    from forms.pades.keys import Key
    from forms.pades.seals import Seal

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
    """Keep certificates and trust; safe for several threads."""

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

        raw = _read(file)
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

    def trust(self, file: Path, *, public: bool = False) -> Outcome[str]:
        """Take in a root (of the office, or of a licensed authority) or a list of revoked certificates; return which.

        Raises:
            Refused: `certificate.file_unreadable`, `certificate.no_root`.
        """
        return self._keep_trust(_read(file), file.name, public=public)

    def update_from_server(self, url: str = "") -> Outcome[tuple[str, ...]]:
        """Fetch the office's root and newest list from the server; the root only while none is trusted yet.

        Args:
            url: Of the server; the one this laptop is registered at where empty.

        Raises:
            Refused: `sync.not_enrolled`, `certificate.no_root`.
            Unavailable: `certificate.server_silent`.
        """
        base = (url or self._server()).rstrip("/")
        if not base:
            raise Refused("sync.not_enrolled")
        wanted = [stamps.LIST_PATH] if self.anchors().office else [stamps.ROOT_PATH, stamps.LIST_PATH]
        found = []
        changed: frozenset[Any] = frozenset()
        for path in wanted:
            try:
                raw = stamps.fetch(base + path)
            except SyncError as error:
                raise Unavailable("certificate.server_silent", reason=error.code) from error
            kept = self._keep_trust(raw, path.rpartition("/")[2], public=False)
            found.append(kept.value)
            changed |= kept.changed
        return Outcome(tuple(found), changed)

    def anchors(self) -> Anchors:
        """Return what signatures are judged by."""
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT kind, content FROM signing_file")
        of = {
            kind: tuple(bytes(row.content) for row in rows if row.kind == kind)
            for kind in ("office", "public", "list")
        }
        return Anchors(of["office"], of["public"], of["list"])

    def set_seal(self, png: Path, diameter_mm: float = 42.0) -> Outcome[None]:
        """Take in the picture of the bureau's seal: PNG, transparent where it shows nothing.

        Raises:
            Refused: `pades.seal_unfit`, `certificate.file_unreadable`.
        """
        from forms.pades.seals import require_fit

        raw = _read(png)
        with told():
            require_fit(_seal(raw, diameter_mm))
        return self._keep("seal", f"{diameter_mm:g}", raw, alone=True)

    def seal(self) -> "Seal | None":
        """Return the bureau's seal, if it was given."""
        row = self._only("seal")
        return _seal(bytes(row.content), float(row.name)) if row is not None else None

    def set_service(self, url: str) -> Outcome[None]:
        """Name another time-stamp service than the server's; an empty address takes the server's again.

        Raises:
            Refused: `certificate.bad_address`.
        """
        if url and not url.startswith(("https://", "http://")):
            raise Refused("certificate.bad_address", url=url)
        return self._keep("service", "", url.encode("utf-8"), alone=True)

    def service(self) -> str:
        """Return the address of the time-stamp service; empty where there is none."""
        row = self._only("service")
        if row is not None and bytes(row.content):
            return bytes(row.content).decode("utf-8")
        server = self._server()
        return server.rstrip("/") + stamps.STAMP_PATH if server else ""

    def _server(self) -> str:
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT server FROM sync_self")
        return str(rows[0].server or "") if rows else ""

    def _sealed(self, held: HeldCertificate) -> bytes:
        if held.kind == "path":
            return _read(Path(held.place))
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

    def _keep_trust(self, raw: bytes, name: str, *, public: bool) -> Outcome[str]:
        from forms.pades.judging import is_authority, is_list

        kind = "list" if is_list(raw) else ("public" if public else "office") if is_authority(raw) else ""
        if not kind:
            raise Refused("certificate.no_root", file=name)
        return Outcome(kind, self._keep(kind, name, raw, alone=False).changed)

    def _keep(self, kind: str, name: str, raw: bytes, *, alone: bool) -> Outcome[None]:
        digest = hashlib.sha256(kind.encode("ascii") + raw).hexdigest()
        with self._store.db.write() as unit:
            if alone:
                unit.local("DELETE FROM signing_file WHERE kind = ?", (kind,))
            unit.local(
                "INSERT OR REPLACE INTO signing_file(sha256, kind, name, content, added_at) VALUES (?, ?, ?, ?, ?)",
                (digest, kind, name, raw, to_ms(self._store.now())),
            )
            unit.custody("signing_file_taken", digest, kind=kind)
            unit.note("signing_file", digest)
            return Outcome(None, unit.changed)

    def _only(self, kind: str) -> Any:
        with self._store.db.read() as unit:
            return _first(unit, kind)


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


def _first(unit: ReadUnit, kind: str) -> Any:
    rows = unit.sql(
        "SELECT name, content FROM signing_file WHERE kind = ? ORDER BY added_at DESC LIMIT 1", (kind,)
    )
    return rows[0] if rows else None


def _held(row: Any) -> HeldCertificate:
    return HeldCertificate(
        read_certificate(bytes(row.certificate)), row.kind, row.place, row.token, row.key_id
    )


def _seal(raw: bytes, diameter_mm: float) -> "Seal":
    from forms.pades.seals import Seal

    pixels = read_seal(raw)
    return Seal(pixels.width, pixels.height, pixels.rgb, pixels.alpha, diameter_mm)


def _secret_name(fingerprint: str) -> str:
    return f"certificate-{fingerprint[:32]}"


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise Refused("certificate.file_unreadable", file=file.name)
        return file.read_bytes()
    except OSError as error:
        raise Refused("certificate.file_unreadable", file=file.name) from error
