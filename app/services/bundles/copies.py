"""Copies of signed documents for others, with what does not concern them left out."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.clock import local
from app.core.errors import Refused
from app.core.ids import DocumentId
from app.core.outcome import Outcome
from app.db.repos import documents
from app.services.bundles.redaction import Profile, profile, profiles, redacted, suspected
from app.services.bundles.sealing import Sealing
from app.services.pages import Pages
from app.services.store import Store
from app.services.written import exported
from forms.listing import Listing, print_listing
from forms.render import Volume

CODE = "YF1"
"""What the text of a copy's QR code begins with; number of the document and 32 digits of the signed PDF follow."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was written.

    Attributes:
        of: SHA-256 of the signed PDF.
        code: Content of its QR code.
    """

    file: Path
    of: str
    code: str


class Copies:
    """Make copies."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pages = Pages(store)
        self._sealing = Sealing(store, self._pages)

    def profiles(self) -> tuple[Profile, ...]:
        """Return the kinds of copies."""
        return tuple(profiles().values())

    def suspected(self, document_id: DocumentId, kind: str) -> tuple[str, ...]:
        """Return names that a copy would still mention in running text, as far as a program can tell.

        Raises:
            Refused: `copy.profile_unknown`.
        """
        chosen = profile(kind)
        volumes = (self._redacted(self._pages.volume(one), chosen, ()) for one in self._pages.parts(document_id))
        return tuple(dict.fromkeys(name for one in volumes if one is not None for name in suspected(one.sections)))

    def make(self, document_id: DocumentId, kind: str, to: Path, names: tuple[str, ...] = ()) -> Outcome[Copied]:
        """Write a copy of a signed document, whole or not at all, and note it in the journal.

        Args:
            names: Words to be masked besides what the profile masks, each at least two characters.

        Raises:
            Refused: `copy.profile_unknown`, `copy.unsigned`, `copy.nothing_left`, `document.export_failed`.
        """
        chosen = profile(kind)
        with self._store.db.read() as unit:
            document = documents.get(unit, document_id)
            signers = list(dict.fromkeys(one.name for one in document.signatures if one.name))
        if not document.is_complete:
            raise Refused("copy.unsigned")
        names = tuple(dict.fromkeys(plain for one in names if len(plain := one.strip()) > 1))
        parts = (self._redacted(self._pages.volume(one), chosen, names) for one in self._pages.parts(document_id))
        volumes = [one for one in parts if one is not None]
        if not volumes:
            raise Refused("copy.nothing_left", profile=chosen.title)
        of = hashlib.sha256(self._sealing.exported(document_id)).hexdigest()
        code = f"{CODE} {document.number} {of[:32]}"
        signed = max(local(one.signed_at) for one in document.signatures)
        listing = Listing(
            chosen.title,
            head=(
                ("文书", f"{document.title}　{document.number}"),
                ("签字", f"{signed:%Y-%m-%d}　{'、'.join(signers) if chosen.signers else '签字人姓名从略'}　签名见原件"),
                ("依据", chosen.source),
                ("原件校验值", of),
            ),
            text=(
                f"本件由原件的数据重新编排而成，略去或遮盖了{chosen.title}不应载明的内容；未略去的内容与原件一致。",
                "核对方法：扫描二维码，取得文号和原件校验值的前 32 位，与制作机关所存原件或者公布的校验值比对；"
                "持有原件电子文件的，可以用核验工具直接比对。",
            ),
            code=(code, "扫描后核对：本件所依据的原件，是不是签字的那一份"),
        )
        meta = replace(volumes[0].meta, document_number=document.number)
        about = {"copy": {"profile": chosen.id, "title": chosen.title, "of": of, "number": document.number}}
        pdf = print_listing(listing, meta, about, self._sealing.sign, volumes)
        with exported(to) as part:
            part.write_bytes(pdf)
        with self._store.db.write() as unit:
            unit.custody("export", document_id, document.inspection or None, copy=chosen.id, sha256=hashlib.sha256(pdf).hexdigest())
            return Outcome(Copied(to, of, code), unit.changed)

    def _redacted(self, volume: Volume, chosen: Profile, names: tuple[str, ...]) -> Volume | None:
        sections = redacted(volume.sections, chosen, names)
        meta = replace(volume.meta, authority=f"{volume.meta.authority}（{chosen.title}）")
        return Volume(sections, meta) if sections else None
