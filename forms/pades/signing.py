"""Signing a finished PDF: the file as it was, and a signature behind it."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pkcs11.exceptions import PKCS11Error
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.stamp import StaticStampStyle

from forms.pades.certificates import Certificate, require_usable
from forms.pades.errors import (
    AlreadySigned,
    BrokenBefore,
    ClockSetBack,
    NotSignable,
    StampFailed,
    TokenRemoved,
)
from forms.pades.keys import Key
from forms.pades.places import Place
from forms.pades.reading import BROKEN, embedded, is_genuine, opened
from forms.pades.seals import Seal, find_seal_place, require_fit, style
from forms.pades.stamps import Ask, Stamps

_TOLERANCE = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Signed:
    """A file that has one signature more.

    Attributes:
        level: `B-T` with a time-stamp, `B-B` without.
        no_stamp: Why there is no time-stamp although one was asked for; empty otherwise.
    """

    pdf: bytes
    field: str
    certificate: Certificate
    level: str
    no_stamp: str = ""


def prepare(pdf: bytes, places: Sequence[Place]) -> bytes:
    """Return the file with empty fields for all who will sign: later ones then only fill in what the first one saw.

    Raises:
        NotSignable: If it is no PDF, is encrypted or signed already.
    """
    reader = opened(pdf)
    if embedded(reader):
        raise NotSignable(reason="signed")
    try:
        writer = IncrementalPdfFileWriter.from_reader(reader)
        for place in places:
            fields.append_signature_field(writer, _spec(place))
        return _written(writer)
    except BROKEN as error:
        raise NotSignable(reason=type(error).__name__) from error


def sign(
    pdf: bytes,
    key: Key,
    place: Place,
    now: dt.datetime,
    *,
    ask: Ask | None = None,
    seal: Seal | None = None,
    reason: str = "",
) -> Signed:
    """Add a signature; the first one also certifies that nothing but signatures may follow.

    Args:
        place: Used as prepared where the file has it, made otherwise.
        ask: Carries a request to a time-stamp service; a service that does not answer leaves B-B.
        seal: Laid over the place, or over the date at the end where the place says nothing.
        reason: Why it is signed; stands in the signature.

    Raises:
        Expired, NotYetValid, WrongKeyUsage: If the certificate may not sign now.
        ClockSetBack: If an earlier signature is later than now, or the service's time is not ours.
        BrokenBefore, AlreadySigned, NotSignable, SealUnfit, TokenRemoved: As their names say.
    """
    require_usable(key.certificate, now)
    if seal is not None:
        require_fit(seal)
        if place.seal is None:
            place = Place(place.name, place.title, find_seal_place(pdf, seal))
    reader = opened(pdf)
    job = _Job(key, place, now, seal, reason, is_first=_require_ready(reader, place, now))
    why = ""
    if ask is not None:
        try:
            return Signed(_signed(reader, job, Stamps(ask, now)), place.name, key.certificate, "B-T")
        except StampFailed as error:
            why, reader = str(error.params["reason"]), opened(pdf)
    return Signed(_signed(reader, job, None), place.name, key.certificate, "B-B", why)


def signed_fields(pdf: bytes) -> frozenset[str]:
    """Return the names of the fields that are signed, time-stamps included.

    Raises:
        NotSignable: If it is no PDF that can be signed.
    """
    return frozenset(one.field_name for one in embedded(opened(pdf)))


@dataclass(frozen=True, slots=True)
class _Job:
    key: Key
    place: Place
    now: dt.datetime
    seal: Seal | None
    reason: str
    is_first: bool


def _require_ready(reader: Any, place: Place, now: dt.datetime) -> bool:
    """Return whether this will be the first signature; refuse to sign over what does not hold or comes from the future."""
    found = embedded(reader)
    try:
        for one in found:
            one.compute_integrity_info()
            if not one.summarise_integrity_info()["docmdp_ok"] or not is_genuine(one):
                raise BrokenBefore(field=one.field_name, problem="changed")
            if one.field_name == place.name:
                raise AlreadySigned(field=place.name)
            claimed = one.self_reported_timestamp
            if claimed is not None and claimed > now + _TOLERANCE:
                raise ClockSetBack(now=now.isoformat(" ", "minutes"), known=claimed.isoformat(" ", "minutes"))
    except BROKEN as error:
        raise BrokenBefore(field="", problem=type(error).__name__) from error
    return not found


def _signed(reader: Any, job: _Job, stamps: Stamps | None) -> bytes:
    meta = signers.PdfSignatureMetadata(
        field_name=job.place.name,
        md_algorithm="sha256",
        reason=job.reason or None,
        subfilter=SigSeedSubFilter.PADES,
        certify=job.is_first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    look = style(job.seal) if job.seal is not None else StaticStampStyle(border_width=0)
    out = BytesIO()
    try:
        writer = IncrementalPdfFileWriter.from_reader(reader)
        signer = _At(
            meta, job.key.signer, timestamper=stamps, stamp_style=look, new_field_spec=_spec(job.place)
        )
        signer.at = job.now
        room = None if stamps is not None else _room(job.key)
        asyncio.run(signer.async_sign_pdf(writer, output=out, bytes_reserved=room))
    except PKCS11Error as error:
        raise TokenRemoved(reason=type(error).__name__) from error
    except (SigningError, *BROKEN) as error:
        raise NotSignable(reason=type(error).__name__) from error
    return out.getvalue()


def _room(key: Key) -> int:
    """Return the hexadecimal digits that a signature without time-stamp surely fits in; the library would sign twice to know."""
    names = {one.sha256: len(one.dump()) for one in (key.signer.signing_cert, *key.signer.cert_registry)}
    return 2 * (sum(names.values()) + 4096)


class _At(signers.PdfSigner):
    """A signer that takes the time it is given, not the machine's."""

    at: dt.datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        """Begin as every signer does, at our time."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


def _spec(place: Place) -> Any:
    box: Any = None  # the library's own type says whole points, its writer takes any
    if place.seal is not None:
        rect = place.seal.rect
        box = (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
    return SigFieldSpec(
        place.name,
        on_page=place.seal.page if place.seal is not None else -1,
        box=box,
        readable_field_name=place.title,
        field_mdp_spec=FieldMDPSpec(FieldMDPAction.INCLUDE, [place.name]),
    )


def _written(writer: Any) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
