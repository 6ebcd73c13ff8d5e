"""Evidence: taken in as it came, linked, captioned, ordered, voided with a reason, never deleted."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.core.errors import Refused
from app.core.evidence import Evidence, IntakeResult, Link, TargetKind
from app.core.ids import EvidenceId, InspectionId
from app.core.outcome import Change, Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.db.repos import evidence, inspections, registers, tasks
from app.db.repos.values import instant, texts
from app.db.tables import PREVIEW
from app.db.unit import ReadUnit, WriteUnit
from app.media.errors import FileDamaged, MediaError
from app.media.intake import Taken
from app.media.stamp import Stamp, stamped
from app.services.store import Store
from app.services.written import exported
from sync.protocol.files import PREVIEW_BYTES, PREVIEW_MIME, SMALL_BYTES

CHUNK_BYTES = 1 << 20
PRIORITY_PAPER, PRIORITY_ORIGINAL = 1, 3
FileSource = Path | tuple[str, bytes]


class EvidenceService:
    """Take in, show, link, caption, order, void and export evidence."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(
        self,
        inspection: InspectionId,
        files: Sequence[FileSource],
        *,
        links: Sequence[Link] = (),
        place: str = "",
        report: Report = silent,
        cancel: CancelToken | None = None,
    ) -> Outcome[tuple[IntakeResult, ...]]:
        """Bring files in, each in its own transaction: bytes safe on disk first, then row and line.

        A file that cannot be taken does not stop the others. Bytes that are already evidence of this inspection are
        linked again, not doubled. Runs in any thread; needs no window.

        Raises:
            Refused: `record.locked` once somebody has signed, `inspection.unknown`.
            Cancelled: Between two files; what was taken stays.
        """
        with self._store.db.read() as unit:
            inspections.get(unit, inspection)
            inspections.must_be_unsigned(unit, inspection, "evidence")
        results: list[IntakeResult] = []
        changed: set[Change] = set()
        for result, touched in self._take_all(inspection, files, links, place, cancel or CancelToken()):
            results.append(result)
            changed |= touched
            report(Progress("intake", len(results), len(files)))
        if cancel is not None and len(results) < len(files):
            cancel.check()
        return Outcome(tuple(results), frozenset(changed))

    def of(
        self, inspection: InspectionId, *, target: Link | None = None, with_voided: bool = True
    ) -> tuple[Evidence, ...]:
        """Return evidence in list order, optionally only what is linked to a target."""
        with self._store.db.read() as unit:
            return tuple(
                one
                for one in evidence.of(unit, inspection)
                if (target is None or target in one.links) and (with_voided or one.voided_reason is None)
            )

    def thumbnail(self, evidence_id: EvidenceId) -> bytes | None:
        """Return the small picture (JPEG), or None where there is none; until the original came, the one that its laptop made."""
        return self._derived(evidence_id, "thumbnail") or self._preview(evidence_id)

    def rendition(self, evidence_id: EvidenceId) -> bytes | None:
        """Return the upright picture for reading and printing (JPEG, at most 1600 px), or None."""
        return self._derived(evidence_id, "rendition")

    def original(self, evidence_id: EvidenceId) -> Iterator[bytes]:
        """Give the original bytes in pieces.

        Raises:
            Refused: `evidence.not_here` where the bytes are on another laptop.
        """
        with self._store.db.read() as unit:
            stored = self._stored(unit, evidence.get(unit, evidence_id))
        yield from self._store.files.chunks(stored, CHUNK_BYTES)

    def export_original(self, evidence_id: EvidenceId, to: Path) -> Outcome[None]:
        """Write the original bytes to a file, verified while they are written, and note the export in the journal.

        Raises:
            Refused: `evidence.not_here`, `evidence.damaged` where the bytes are not those that were taken in,
                `document.export_failed` where the folder does not take it.
        """
        with self._store.db.read() as unit:
            piece = evidence.get(unit, evidence_id)
        digest = hashlib.sha256()
        try:
            with exported(to) as part:
                with part.open("wb") as out:
                    for chunk in self.original(evidence_id):
                        digest.update(chunk)
                        out.write(chunk)
                if digest.hexdigest() != piece.sha256:
                    raise Refused("evidence.damaged", number=piece.number)
        except FileDamaged as error:
            raise Refused("evidence.damaged", number=piece.number) from error
        with self._store.db.write() as unit:
            unit.custody("export", evidence_id, piece.inspection, sha256=piece.sha256)
            return Outcome(None, unit.changed)

    def stamped(self, evidence_id: EvidenceId) -> bytes:
        """Return a copy (JPEG) with time, place, task, number and short digest written below it; a derivative.

        Raises:
            Refused: `evidence.no_picture`.
        """
        with self._store.db.read() as unit:
            piece = evidence.get(unit, evidence_id)
            visit = inspections.get(unit, piece.inspection)
            task = tasks.get(unit, visit.task)
            place = registers.institution(unit, visit.institution)
            rehearsal = registers.office(unit).rehearsal
        picture = self.rendition(evidence_id)
        if picture is None:
            raise Refused("evidence.no_picture", number=piece.number)
        return stamped(
            picture,
            Stamp(
                taken_at=piece.taken_at,
                place=piece.place or place.name,
                task=task.number,
                number=f"证{piece.number}",
                sha256=piece.sha256,
                mark="演练" if rehearsal else "",
            ),
        )

    def caption(self, evidence_id: EvidenceId, text: str) -> Outcome[Evidence]:
        """Say what it shows.

        Raises:
            Refused: `record.locked`, `record.voided`.
        """
        with self._store.db.write() as unit:
            unit.put("evidence", evidence_id, {"caption": text.strip()})
            return Outcome(evidence.get(unit, evidence_id), unit.changed)

    def link(self, evidence_id: EvidenceId, link: Link) -> Outcome[Evidence]:
        """Link it to an item, finding or interview.

        Raises:
            Refused: `record.locked`.
        """
        with self._store.db.write() as unit:
            piece = evidence.get(unit, evidence_id)
            inspections.must_be_unsigned(unit, piece.inspection, "evidence")
            self._add_links(unit, piece.inspection, evidence_id, [link])
            return Outcome(evidence.get(unit, evidence_id), unit.changed)

    def unlink(self, evidence_id: EvidenceId, link: Link) -> Outcome[Evidence]:
        """Take a link away; the evidence stays.

        Raises:
            Refused: `record.locked`.
        """
        with self._store.db.write() as unit:
            for row in evidence.link_rows(unit, evidence_id, link):
                unit.delete("evidence_link", row)
            return Outcome(evidence.get(unit, evidence_id), unit.changed)

    def move(self, evidence_id: EvidenceId, to_number: int) -> Outcome[None]:
        """Give it another place in the list; numbers follow the order until the record is signed, voided ones keep theirs.

        Raises:
            Refused: `evidence.unknown`, `record.locked`, `record.voided`.
        """
        with self._store.db.write() as unit:
            moved = evidence.get(unit, evidence_id)
            if moved.voided_reason is not None:
                raise Refused("record.voided", table="evidence")
            listed = evidence.of(unit, moved.inspection)
            order = [one for one in listed if one.voided_reason is None and one.id != evidence_id]
            places = [one.number for one in listed if one.voided_reason is None]
            order.insert(sum(place < to_number for place in places), moved)
            for place, one in zip(places, order, strict=True):
                unit.put("evidence", one.id, {"position": place})
            return Outcome(None, unit.changed)

    def void(self, evidence_id: EvidenceId, reason: str) -> Outcome[Evidence]:
        """Mark it void with a reason; bytes, number and row stay.

        Raises:
            Refused: `evidence.reason_missing`, `record.locked`, `record.voided`.
        """
        if not reason.strip():
            raise Refused("evidence.reason_missing")
        with self._store.db.write() as unit:
            unit.void("evidence", evidence_id, reason.strip())
            return Outcome(evidence.get(unit, evidence_id), unit.changed)

    def _take_all(
        self,
        inspection: InspectionId,
        files: Sequence[FileSource],
        links: Sequence[Link],
        place: str,
        cancel: CancelToken,
    ) -> Iterator[tuple[IntakeResult, frozenset[Change]]]:
        """Take files one after another; while one is looked at, the next is already read and kept."""
        known: dict[int, EvidenceId] = {}

        def new_paths() -> Iterator[Path]:
            for number, source in enumerate(files):
                if cancel.is_cancelled:
                    return
                if isinstance(source, Path):
                    same = self._known(inspection, source)
                    if same is None:
                        yield source
                    else:
                        known[number] = same

        if any(not isinstance(source, Path) for source in files):
            for name, content in ((s.name, s) if isinstance(s, Path) else s for s in files):
                if cancel.is_cancelled:
                    return
                yield self._keep(inspection, name, self._look_at(inspection, name, content), links, place)
            return
        taking = self._store.intake.take_many(new_paths(), self._store.now())
        for path, taken in taking:
            yield self._keep(inspection, path.name, taken, links, place)
        for number, evidence_id in sorted(known.items()):
            source = files[number]
            name = source.name if isinstance(source, Path) else source[0]
            yield self._keep(inspection, name, evidence_id, links, place)

    def _look_at(self, inspection: InspectionId, name: str, content: Path | bytes) -> Taken | MediaError | EvidenceId:
        known = self._known(inspection, content)
        if known is not None:
            return known
        try:
            return self._store.intake.take(content, self._store.now(), name=name)
        except MediaError as error:
            return error

    def _keep(
        self,
        inspection: InspectionId,
        name: str,
        taken: Taken | MediaError | EvidenceId,
        links: Sequence[Link],
        place: str,
    ) -> tuple[IntakeResult, frozenset[Change]]:
        """Write row, line and links of a file whose bytes are safe."""
        if isinstance(taken, MediaError):
            return IntakeResult(name, "failed", None, taken.code), frozenset()
        with self._store.db.write() as unit:
            inspections.must_be_unsigned(unit, inspection, "evidence")
            known = evidence.same_bytes(unit, inspection, taken.sha256) if isinstance(taken, Taken) else taken
            if known is not None:
                self._add_links(unit, inspection, known, links)
                return IntakeResult(name, "duplicate", known), unit.changed
            assert isinstance(taken, Taken)
            evidence_id = EvidenceId(self._store.new_id())
            self._keep_blob(unit, inspection, taken)
            unit.append("evidence", evidence_id, self._fields(inspection, taken, place))
            self._keep_preview(unit, inspection, evidence_id, taken)
            last = unit.sql("SELECT count(*) AS n FROM evidence WHERE inspection = ?", (inspection,))[0].n
            unit.put("evidence", evidence_id, {"position": last})
            self._add_links(unit, inspection, evidence_id, links)
            return IntakeResult(name, str(taken.status), evidence_id, taken.reason or None), unit.changed

    def _known(self, inspection: InspectionId, content: Path | bytes) -> EvidenceId | None:
        """Return the evidence with these bytes; hashes only where the size is known, so that new files are read once."""
        try:
            size = content.stat().st_size if isinstance(content, Path) else len(content)
            with self._store.db.read() as unit:
                if not unit.sql("SELECT 1 FROM evidence WHERE inspection = ? AND size_bytes = ?", (inspection, size)):
                    return None
            if isinstance(content, Path):
                with content.open("rb") as opened:
                    digest = hashlib.file_digest(opened, "sha256").hexdigest()
            else:
                digest = hashlib.sha256(content).hexdigest()
        except OSError:
            return None  # taking it will say what is wrong
        with self._store.db.read() as unit:
            return evidence.same_bytes(unit, inspection, digest)

    def _keep_blob(self, unit: WriteUnit, inspection: InspectionId, taken: Taken) -> None:
        unit.local(
            "INSERT INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state, stored, thumbnail,"
            " rendition) VALUES (?, ?, ?, ?, (SELECT scope FROM sync_self), ?, ?, 'local', ?, ?, ?)"
            " ON CONFLICT(sha256) DO UPDATE SET stored = coalesce(stored, excluded.stored),"
            " thumbnail = coalesce(thumbnail, excluded.thumbnail), rendition = coalesce(rendition, excluded.rendition),"
            " state = CASE state WHEN 'want' THEN 'local' ELSE state END,"
            f" priority = CASE priority WHEN {PREVIEW} THEN excluded.priority ELSE priority END",
            (
                taken.sha256, taken.sm3, taken.size_bytes, taken.mime, inspection, PRIORITY_ORIGINAL,
                taken.original, taken.thumbnail, taken.rendition,
            ),
        )  # fmt: skip

    def _keep_preview(self, unit: WriteUnit, inspection: InspectionId, evidence_id: EvidenceId, taken: Taken) -> None:
        """Let the small picture go ahead of the photo, as a row and a file of their own that count as nothing."""
        small = taken.small
        if small is None or small.size_bytes > PREVIEW_BYTES or taken.size_bytes <= SMALL_BYTES:
            return
        unit.local(
            "INSERT OR IGNORE INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state, stored)"
            f" VALUES (?, '', ?, ?, (SELECT scope FROM sync_self), ?, {PREVIEW}, 'local', ?)",
            (small.sha256, small.size_bytes, PREVIEW_MIME, inspection, small.name),
        )
        unit.append(
            "preview",
            self._store.new_id(),
            {
                "inspection": inspection, "evidence": evidence_id, "sha256": small.sha256, "mime": PREVIEW_MIME,
                "size_bytes": small.size_bytes,
            },
        )  # fmt: skip

    def _fields(
        self, inspection: InspectionId, taken: Taken, place: str
    ) -> dict[str, str | int | bool | None]:
        return {
            "inspection": inspection, "kind": str(taken.kind), "status": str(taken.status),
            "file_name": taken.original_name, "mime": taken.mime, "sha256": taken.sha256, "sm3": taken.sm3,
            "size_bytes": taken.size_bytes, "width": taken.width, "height": taken.height,
            "orientation": taken.orientation, "taken_at": instant(taken.taken_at),
            "latitude": f"{taken.gps.latitude:.7f}" if taken.gps else None,
            "longitude": f"{taken.gps.longitude:.7f}" if taken.gps else None,
            "flags": texts((*taken.flags, *((taken.reason,) if taken.reason else ()))),
            "added_at": instant(self._store.now()), "added_by": self._store.me, "place": place.strip(),
        }  # fmt: skip

    def _add_links(
        self, unit: WriteUnit, inspection: InspectionId, evidence_id: EvidenceId, links: Sequence[Link]
    ) -> None:
        for link in dict.fromkeys(links):
            if evidence.link_rows(unit, evidence_id, link):
                continue
            unit.put(
                "evidence_link",
                self._store.new_id(),
                {
                    "inspection": inspection,
                    "evidence": evidence_id,
                    "target_kind": str(TargetKind(link.target_kind)),
                    "target": link.target,
                },
            )

    def _stored(self, unit: ReadUnit, piece: Evidence) -> str:
        rows = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ?", (piece.sha256,))
        if not rows or rows[0].stored is None:
            raise Refused("evidence.not_here", number=piece.number)
        return str(rows[0].stored)

    def _derived(self, evidence_id: EvidenceId, which: str) -> bytes | None:
        with self._store.db.read() as unit:
            rows = unit.sql(
                f"SELECT b.{which} AS name, b.stored, b.sha256, e.status, e.file_name FROM evidence e"
                " JOIN sync_blob b ON b.sha256 = e.sha256 WHERE e.id = ?",
                (evidence_id,),
            )
        if not rows:
            return None
        row = rows[0]
        if row.name is None and row.stored is not None and row.status == "ok":
            self._look_again(row.sha256, row.stored, row.file_name or "")
            with self._store.db.read() as unit:
                row = unit.sql(f"SELECT {which} AS name FROM sync_blob WHERE sha256 = ?", (row.sha256,))[0]
        return self._store.files.read(row.name) if row.name else None

    def _preview(self, evidence_id: EvidenceId) -> bytes | None:
        """Return another laptop's small picture, decoded and drawn anew behind the fence: nobody here made it."""
        wanted = (
            "SELECT p.sha256, b.stored, b.thumbnail FROM preview p JOIN sync_blob b ON b.sha256 = p.sha256"
            f" WHERE p.evidence = ? AND p._deleted = 0 AND b.priority = {PREVIEW} AND b.stored IS NOT NULL ORDER BY p.id LIMIT 1"
        )
        with self._store.db.read() as unit:
            found = unit.sql(wanted, (evidence_id,))
        if found and found[0].thumbnail is None:
            self._look_again(found[0].sha256, found[0].stored, "")
            with self._store.db.read() as unit:
                found = unit.sql(wanted, (evidence_id,))
        return self._store.files.read(found[0].thumbnail) if found and found[0].thumbnail else None

    def _look_again(self, sha256: str, stored: str, name: str) -> None:
        """Make the pictures of a file that came from another laptop, or that could not be kept before."""
        taken = self._store.intake.look_again(stored, self._store.now(), name=name)
        if taken.thumbnail is None:
            return
        with self._store.db.write() as unit:
            unit.local(
                "UPDATE sync_blob SET thumbnail = ?, rendition = ? WHERE sha256 = ?",
                (taken.thumbnail, taken.rendition, sha256),
            )
