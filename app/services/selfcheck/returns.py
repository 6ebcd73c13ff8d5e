"""Taking back: what an institution filled in is judged whole before anything of it is stored."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.core.clock import today
from app.core.errors import Refused
from app.core.ids import derived_id
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.core.self_checks import Filled, GivenFile, SelfCheck, SelfCheckState
from app.db.repos import self_checks as stored
from app.db.unit import WriteUnit
from app.media.vault_files import Stored
from app.services.selfcheck import packing
from app.services.selfcheck.form_reading import form_of, read_form
from app.services.selfcheck.issuing import Issuing
from app.services.selfcheck.storing import file_row, pinned_all, put_file
from app.services.selfcheck.taking import judged, with_paid
from sync.protocol.admission import fingerprint

_MIMES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf"}
_MOST_FORM = 64 << 20


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of a returned file.

    Attributes:
        was_known: It had been taken before; nothing changed.
        open_items: Items that were not assessed.
        absent: Files that an Excel form names and that were not given with it.
    """

    check: SelfCheck
    was_known: bool = False
    is_late: bool = False
    open_items: int = 0
    unreplied: int = 0
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A return that was read and judged, of either kind."""

    check: SelfCheck
    filled: Filled
    key: str = ""
    filled_on: dt.date | None = None
    absent: tuple[str, ...] = ()


class Returns(Issuing):
    """Take back sealed returns and Excel forms."""

    def take_back(
        self,
        path: Path,
        *,
        proofs: Path | None = None,
        late_note: str = "",
        replace: bool = False,
        report: Report = silent,
        cancel: CancelToken | None = None,
    ) -> Outcome[TakenBack]:
        """Take back what an institution filled in, in the program or in the Excel form: all of it, or nothing.

        The same file a second time changes nothing.

        Args:
            proofs: Folder with the files that an Excel form names; the folder of the form where None.
            late_note: Why it is taken after its day.
            replace: Let a further return take the place of an earlier one; the journal keeps both.

        Raises:
            Refused: `selfcheck.not_a_package`, `selfcheck.tampered`, `selfcheck.damaged`, `selfcheck.is_a_package`,
                `selfcheck.foreign`, `selfcheck.cancelled`, `selfcheck.late`, `selfcheck.returned_already`,
                `selfcheck.returned_newer` where what came before was filled in later,
                `selfcheck.not_a_form`, `selfcheck.not_here`, `selfcheck.foreign_form`, `selfcheck.proof_kind`,
                `selfcheck.too_large`, `selfcheck.paid_promise_gone`, and `selfcheck.cells` (`FormWrong`) with every wrong cell.
            Cancelled: Between two files; nothing is stored.
        """
        cancel = cancel or CancelToken()
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise Refused("selfcheck.not_a_package", file=path.name) from error
        is_form = packing.is_form(path)
        read = self._read_form(path, proofs or path.parent) if is_form else self._read_return(path)
        check, found = read.check, read.filled
        if check.returned_package == digest:
            return Outcome(TakenBack(check, was_known=True))
        self._may_come(check, read.filled_on, replace=replace)
        is_late = today(self._store.now()) > check.due_on
        if is_late and not late_note.strip():
            days = (today(self._store.now()) - check.due_on).days
            raise Refused("selfcheck.late", due=check.due_on.isoformat(), days=days)
        kept = self._keep_files(path, found, proofs or path.parent, report, cancel, is_form=is_form)
        with self._store.db.write() as unit:
            check = dataclasses.replace(
                stored.get(unit, check.id), state=SelfCheckState.RETURNED, returned_at=self._store.now(),
                returned_package=digest, returned_key=fingerprint(read.key) if read.key else "", late_note=late_note.strip(),
                declared_cny=found.declared_cny, statement=found.statement,
                returned_by=self._store.me, filled_on=read.filled_on,
            )  # fmt: skip
            self._store_return(unit, check, found, kept)
            open_items = sum(one.state == "open" for one in found.answers)
            unreplied = sum(one.reply == "open" for one in found.anomalies)
            return Outcome(TakenBack(check, False, is_late, open_items, unreplied, read.absent), unit.changed)

    def _known(self, check_id: str, digest: str, file: str, key: str = "") -> SelfCheck:
        """Return the self-check whose package was answered: one that this office issued, in a signed line, to the last byte."""
        with self._store.db.read() as unit:
            try:
                check = stored.get(unit, check_id)
            except Refused:
                check = None
        if check is None or check.package != digest:
            mark = fingerprint(key) if key else ""
            raise Refused("selfcheck.foreign" if mark else "selfcheck.foreign_form", file=file, mark=mark)
        return check

    def _may_come(self, check: SelfCheck, filled_on: dt.date | None, *, replace: bool) -> None:
        if check.state is SelfCheckState.CANCELLED:
            raise Refused("selfcheck.cancelled")
        if check.state is not SelfCheckState.ISSUED and not replace:
            if filled_on and check.filled_on and filled_on < check.filled_on:
                raise Refused("selfcheck.returned_newer", day=check.filled_on.isoformat(), given=filled_on.isoformat())
            day = today(check.returned_at).isoformat() if check.returned_at else ""
            raise Refused("selfcheck.returned_already", day=day)

    def _read_return(self, path: Path) -> _Read:
        back = packing.open_return(path)
        check = self._known(back.asked.package.id, back.asked.digest, path.name, back.key)
        for one in back.filled.files:
            packing.check_proof(one.file_name, one.size_bytes)
        found = judged(back.asked.package, pinned_all(self._checklists, back.asked.package.templates), back.filled)
        return _Read(check, found, back.key, today(back.filled_at))

    def _read_form(self, path: Path, folder: Path) -> _Read:
        if path.stat().st_size > _MOST_FORM:
            raise Refused("selfcheck.too_large", file=path.name, most=_MOST_FORM >> 20)
        content = path.read_bytes()
        check = self._known(*form_of(content), path.name)
        _, package, templates = self._package(check.id)
        # A link may lead out of the folder.
        there = {one.name: one for one in sorted(folder.iterdir()) if one.is_file() and not one.is_symlink() and one != path}
        read = read_form(content, package, templates, {name: name for name in there})
        proofs = [*(one.evidence for one in read.filled.answers), *(one.evidence for one in read.filled.anomalies)]
        named = {name for names in proofs for name in names}
        files = {name: _described(there[name]) for name in sorted(named)}
        found = dataclasses.replace(
            read.filled,
            answers=tuple(dataclasses.replace(one, evidence=_digests(one.evidence, files)) for one in read.filled.answers),
            anomalies=tuple(dataclasses.replace(one, evidence=_digests(one.evidence, files)) for one in read.filled.anomalies),
            files=tuple({one.sha256: one for one in files.values()}.values()),
        )
        return _Read(check, judged(package, templates, found), absent=read.absent)

    def _keep_files(
        self, path: Path, found: Filled, folder: Path, report: Report, cancel: CancelToken, *, is_form: bool
    ) -> dict[str, Stored]:
        kept: dict[str, Stored] = {}
        if is_form:
            for n, one in enumerate(found.files):
                cancel.check()
                kept[one.sha256] = self._keep_one(one, folder / one.file_name)
                report(Progress("intake", n + 1, len(found.files)))
            return kept
        with packing.proofs_in(path) as box:
            for n, one in enumerate(found.files):
                cancel.check()
                with box.open(packing.PROOFS + one.sha256) as stream:
                    kept[one.sha256] = self._keep_one(one, stream)
                report(Progress("intake", n + 1, len(found.files)))
        return kept

    def _keep_one(self, one: GivenFile, source: Path | IO[bytes]) -> Stored:
        made = self._store.files.put(source)
        if made.sha256 != one.sha256:  # it changed while it was read
            raise Refused("selfcheck.tampered", file=one.file_name, reason="")
        return made

    def _store_return(self, unit: WriteUnit, check: SelfCheck, found: Filled, kept: Mapping[str, Stored]) -> None:
        old = stored.promises(unit, check.id)
        promises = with_paid(old, found.promises)
        unit.put("self_check", check.id, stored.fields(check))
        for answer in found.answers:
            row = derived_id(check.id, answer.template, answer.item)
            unit.put("self_check_answer", row, stored.item_fields(check.id, answer))
        for n, anomaly in enumerate(found.anomalies):
            unit.put("self_check_anomaly", anomaly.id, stored.anomaly_fields(check.id, n, anomaly))
        rows = [derived_id(check.id, "promise", str(n)) for n in range(len(promises))]
        for n, (row, promise) in enumerate(zip(rows, promises, strict=True)):
            unit.put("refund_promise", row, stored.promise_fields(check.id, n, promise))
        for gone in {one.id for one in old} - set(rows):
            unit.delete("refund_promise", gone)
        given = {file_row(check.id, n, one) for n, one in enumerate(found.files)}
        for row in stored.file_rows(unit, check.id) - given:  # of a former return
            unit.delete("self_check_file", row)
        for n, one in enumerate(found.files):
            put_file(unit, check.id, n, one, kept[one.sha256])



def _described(path: Path) -> GivenFile:
    packing.check_proof(path.name, path.stat().st_size)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    mime = _MIMES.get(path.suffix.lower(), "application/octet-stream")
    return GivenFile(digest, path.name, mime, path.stat().st_size)



def _digests(names: Sequence[str], files: Mapping[str, GivenFile]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(files[name].sha256 for name in names))
