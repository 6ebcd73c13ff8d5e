"""Signing complete documents by certificate, and judging such signatures."""

import datetime as dt
import hashlib
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.core.clock import to_ms
from app.core.documents import Document, SignerRole
from app.core.errors import Refused
from app.core.ids import DocumentId
from app.core.outcome import Change, Outcome
from app.db.repos import documents
from app.services.bundles.sealing import Sealing
from app.services.document_files import append_file, keep_blob
from app.services.pades_keys import Certificates, told
from app.services.pades_trust import SigningTrust
from app.services.store import Store
from app.services.written import exported
from forms.errors import UnreadablePdf
from forms.pades.places import Place
from forms.pades.reports import Report, Verdict
from sync.client import stamps
from sync.protocol.errors import SyncError

# What reads PDFs and certificates is loaded when it is first needed: the program starts without it.
if TYPE_CHECKING:
    from forms.pades.signing import Signed
    from forms.pades.stamps import Ask

CERTIFIED = "certified"
BUREAU = Place("Bureau", "机关印章")
_INSPECTORS = {
    SignerRole.INSPECTOR_1: "检查人员",
    SignerRole.INSPECTOR_2: "检查人员",
    SignerRole.RECORDER: "记录人",
}
_TOLERANCE = dt.timedelta(minutes=5)
_ASK_AGAIN_MS = 3_600_000
_PROOF = b"/ETSI.RFC3161"
log = logging.getLogger(__name__)


class Archive(Protocol):
    """The server, as far as it appends proofs to what was signed."""

    def prolonged(self, sha256: str) -> bytes | None:
        """Return a file with its proofs, or None where there are none yet."""


@dataclass(frozen=True, slots=True)
class SignedFile:
    """What signing gave.

    Attributes:
        level: `B-T` with a time-stamp, `B-B` without.
        no_stamp: Code of what to say where a time-stamp was wanted and there is none; empty otherwise.
    """

    pdf: bytes
    signer: str
    field: str
    level: str
    no_stamp: str = ""


class CertificateSigning:
    """Sign by certificate; safe for several threads, one signature of a document at a time."""

    def __init__(
        self, store: Store, certificates: Certificates, trust: SigningTrust, sealing: Sealing
    ) -> None:
        self._store, self._certificates, self._trust, self._sealing = store, certificates, trust, sealing
        self._asked: dict[str, int] = {}
        self._proved: set[str] = set()

    def sign(
        self,
        pdf: bytes,
        fingerprint: str,
        password: str | None = None,
        *,
        place: Place | None = None,
        as_bureau: bool = False,
        stamp: bool = True,
        reason: str = "",
    ) -> Outcome[SignedFile]:
        """Add a signature to any finished PDF.

        Args:
            fingerprint: Of the certificate, or enough of its beginning.
            password: Of the file, or PIN of the token; None takes the one remembered.
            place: Field to sign in; the next free one where None.
            as_bureau: Lay the bureau's seal over the date at the end.
            stamp: Ask the time-stamp service; where it does not answer, the signature is made without (`no_stamp`).

        Raises:
            Refused: `certificate.*` what opening the key refuses; `pades.expired`, `pades.not_yet_valid`, `pades.key_usage`,
                `pades.clock`, `pades.field_signed`, `pades.broken_before`, `pades.not_signable`.
            Unavailable: `pades.no_token`, `pades.token_removed`.
        """
        from forms.pades import signing

        now = self._store.now()
        held = self._certificates.get(fingerprint)
        seal = self._trust.seal() if as_bureau else None
        service = self._trust.service() if stamp else ""
        field = place or (BUREAU if as_bureau else Place(_free_name(pdf), "签名"))
        with self._certificates.opened(held, password) as key, told():
            made = signing.sign(
                pdf, key, field, now, ask=_asking(service) if service else None, seal=seal, reason=reason
            )
        with self._store.db.write() as unit:
            digest = hashlib.sha256(made.pdf).hexdigest()
            unit.custody(
                "certificate_signed", digest, certificate=held.fingerprint, level=made.level, field=made.field
            )
            return Outcome(_told(made, wanted=stamp, asked=bool(service)), unit.changed)

    def sign_document(
        self,
        document_id: DocumentId,
        fingerprint: str,
        password: str | None = None,
        *,
        as_bureau: bool = False,
        stamp: bool = True,
    ) -> Outcome[SignedFile]:
        """Add a signature to a complete document as it is exported, and keep the file; it travels with the document.

        Raises:
            Refused: `document.unsigned` where somebody has yet to sign by hand; `pades.clock` where now is before one of
                those signatures; what `sign` refuses.
            Unavailable: As `sign`.
        """
        with self._store.db.read() as unit:
            document = documents.get(unit, document_id)
        if not document.is_complete:
            raise Refused("document.unsigned")
        now = self._store.now()
        latest = max((one.signed_at for one in document.signatures), default=document.frozen_at)
        if latest > now + _TOLERANCE:
            raise Refused(
                "pades.clock", now=now.isoformat(" ", "minutes"), known=latest.isoformat(" ", "minutes")
            )
        pdf = self.certified(document_id)
        if pdf is None:
            pdf = self._prepared(document)
        place = BUREAU if as_bureau else _next_place(pdf, document)
        done = self.sign(
            pdf, fingerprint, password, place=place, as_bureau=as_bureau, stamp=stamp, reason=document.title
        )
        return replace(done, changed=done.changed | self._keep(document, done.value.pdf))

    def certified(self, document_id: DocumentId) -> bytes | None:
        """Return a document with its signatures by certificate, the newest file; None where it has none.

        Raises:
            Refused: `document.not_here` where that file has not come to this laptop yet: going on from an older one, or
                from none, would leave out who has signed since.
        """
        with self._store.db.read() as unit:
            rows = unit.sql(
                "SELECT b.stored FROM document_file f LEFT JOIN sync_blob b ON b.sha256 = f.sha256"
                " WHERE f.document = ? AND f.kind = ? ORDER BY f.made_at DESC, f.id DESC LIMIT 1",
                (document_id, CERTIFIED),
            )
        if not rows:
            return None
        if rows[0].stored is None:
            raise Refused("document.not_here")
        return self._store.files.read(str(rows[0].stored))

    def export(self, document_id: DocumentId, to: Path) -> Outcome[Path]:
        """Write the file with its signatures by certificate, whole or not at all.

        Raises:
            Refused: `certificate.not_signed`, `document.export_failed`.
        """
        pdf = self.certified(document_id)
        if pdf is None:
            raise Refused("certificate.not_signed")
        with exported(to) as part:
            part.write_bytes(pdf)
        with self._store.db.write() as unit:
            owner = documents.get(unit, document_id).inspection or None
            unit.custody("export", document_id, owner, sha256=hashlib.sha256(pdf).hexdigest())
            return Outcome(to, unit.changed)

    def after_sync(self, door: Archive) -> bool:
        """Take in the proofs that the server has appended to files signed here; return whether something came.

        The longer file must begin with the very bytes that were signed; it is kept as the document's newest.
        """
        now, came = to_ms(self._store.now()), False
        with self._store.db.read() as unit:
            rows = unit.sql(
                "SELECT f.document, f.sha256, b.stored, max(f.made_at) FROM document_file f JOIN sync_blob b ON b.sha256 = f.sha256"
                " WHERE f.kind = ? AND b.state = 'remote' AND b.receipt_seq IS NOT NULL AND b.stored IS NOT NULL GROUP BY f.document",
                (CERTIFIED,),
            )
        for row in rows:
            if row.sha256 in self._proved or 0 <= now - self._asked.get(row.sha256, -_ASK_AGAIN_MS) < _ASK_AGAIN_MS:
                continue
            self._asked[row.sha256] = now
            signed = self._store.files.read(str(row.stored))
            if _PROOF in signed:
                self._proved.add(row.sha256)
                continue
            try:
                longer = door.prolonged(row.sha256)
            except SyncError as problem:
                log.warning("pades.prolonged code=%s", problem.code)
                return came
            if longer is None or not longer.startswith(signed):
                continue
            if not all(one.is_intact for one in self.check(longer).signatures):
                log.warning("pades.prolonged code=broken")
                continue
            with self._store.db.read() as unit:
                document = documents.get(unit, DocumentId(row.document))
            self._keep(document, longer)
            came = True
        return came

    def check(self, pdf: bytes) -> Report:
        """Judge all signatures by certificate of a file; never fails for a broken one."""
        from forms.pades.validation import validate

        return validate(pdf, self._trust.anchors(), self._store.now())

    def _prepared(self, document: Document) -> bytes:
        """Return the document as exported, with a field for each inspector and the bureau."""
        from forms.pades import signing
        from forms.pades.seals import find_seal_place

        pdf = self._sealing.exported(document.id)
        seal = self._trust.seal()
        bureau = BUREAU
        if seal is not None:
            try:
                bureau = Place(BUREAU.name, BUREAU.title, find_seal_place(pdf, seal))
            except UnreadablePdf as error:
                raise Refused("pades.not_signable", reason="make") from error
        with told():
            return signing.prepare(pdf, [*_places(document), bureau])

    def _keep(self, document: Document, pdf: bytes) -> frozenset[Change]:
        stored = self._store.files.put(pdf)
        now = to_ms(self._store.now())
        with self._store.db.write() as unit:
            keep_blob(
                unit,
                document.inspection,
                stored.sha256,
                stored.sm3,
                stored.size_bytes,
                "application/pdf",
                stored.name,
            )
            append_file(
                unit,
                self._store.new_id(),
                document.inspection,
                document.id,
                CERTIFIED,
                stored.sha256,
                stored.size_bytes,
                now,
            )
            return unit.changed


def _places(document: Document) -> list[Place]:
    roles = dict.fromkeys(one.role for one in document.signatures if one.role in _INSPECTORS)
    return [Place(f"Signer{n}", _INSPECTORS[SignerRole(role)]) for n, role in enumerate(roles, 1)]


def _next_place(pdf: bytes, document: Document) -> Place:
    """Return the next field prepared for a person, or one more."""
    name = _free_name(pdf)
    return next((one for one in _places(document) if one.name == name), Place(name, "签名"))


def _free_name(pdf: bytes) -> str:
    from forms.pades import signing

    with told():
        taken = signing.signed_fields(pdf)
    return next(name for n in range(1, len(taken) + 2) if (name := f"Signer{n}") not in taken)


def _asking(url: str) -> "Ask":
    def ask(request: bytes) -> bytes:
        try:
            return stamps.ask_stamp(url, request)
        except SyncError as error:
            raise OSError(error.code) from error

    return ask


def _told(made: "Signed", *, wanted: bool, asked: bool) -> SignedFile:
    missing = wanted and made.level == "B-B"
    why = ("certificate.stamp_silent" if asked else "certificate.stamp_nowhere") if missing else ""
    return SignedFile(made.pdf, made.certificate.name, made.field, made.level, why)


__all__ = ["BUREAU", "CertificateSigning", "Report", "SignedFile", "Verdict"]
