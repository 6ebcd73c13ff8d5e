"""What signatures are judged and shown by on this laptop: roots, lists, the seal's picture, the time-stamp service."""

import datetime as dt
import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.clock import to_ms
from app.core.errors import Refused, Unavailable
from app.core.outcome import Outcome
from app.db.unit import ReadUnit
from app.media.seals import read_seal
from app.services.pades_keys import read_file, told
from app.services.store import Store
from forms.pades.trust import Anchors
from sync.client import stamps
from sync.client.runs import is_first_of_day
from sync.protocol.errors import SyncError

log = logging.getLogger(__name__)
# What reads PDFs and certificates is loaded when it is first needed: the program starts without it.
if TYPE_CHECKING:
    from forms.pades.seals import Seal


@dataclass(frozen=True, slots=True)
class Trusted:
    """What a person sees of it.

    Attributes:
        roots: Names of the roots that are believed.
        list_until: Until when the newest list of revoked certificates holds; None where there is none.
        service: Address of the time-stamp service, empty where there is none.
        seal: Picture of the seal (PNG), empty where there is none.
    """

    roots: tuple[str, ...]
    list_until: dt.datetime | None
    service: str
    seal: bytes


class SigningTrust:
    """Keep what signatures are judged and shown by; safe for several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def trust(self, file: Path, *, public: bool = False) -> Outcome[str]:
        """Take in a root (of the office, or of a licensed authority) or a list of revoked certificates; return which.

        Raises:
            Refused: `certificate.file_unreadable`, `certificate.no_root`.
        """
        return self._keep_trust(read_file(file), file.name, public=public)

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

    def refresh(self) -> None:
        """Fetch the server's list again where the office's root is believed and the last one came a day ago or earlier."""
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT kind, max(added_at) AS at FROM signing_file WHERE kind IN ('office', 'list') GROUP BY kind")
        at = {row.kind: row.at for row in rows}
        if "office" in at and is_first_of_day(at.get("list"), to_ms(self._store.now())):
            try:
                self.update_from_server()
            except (Refused, Unavailable) as error:  # the next run tries again, and the list here holds on
                log.warning("trust.not_refreshed code=%s", error.code)

    def told(self) -> Trusted:
        """Return what a person sees of it."""
        from forms.pades.judging import list_until, name_of

        anchors, seal = self.anchors(), self._only("seal")
        until = [found for one in anchors.lists if (found := list_until(one)) is not None]
        return Trusted(
            tuple(name_of(one) for one in (*anchors.office, *anchors.public)), max(until, default=None), self.service(),
            bytes(seal.content) if seal is not None else b"",
        )  # fmt: skip

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

        raw = read_file(png)
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


def _first(unit: ReadUnit, kind: str) -> Any:
    rows = unit.sql(
        "SELECT name, content FROM signing_file WHERE kind = ? ORDER BY added_at DESC LIMIT 1", (kind,)
    )
    return rows[0] if rows else None


def _seal(raw: bytes, diameter_mm: float) -> "Seal":
    from forms.pades.seals import Seal

    pixels = read_seal(raw)
    return Seal(pixels.width, pixels.height, pixels.rgb, pixels.alpha, diameter_mm)
