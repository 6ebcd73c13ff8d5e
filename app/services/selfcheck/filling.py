"""The institution's side: the same program over a small encrypted store of the institution's own.

A self-check is filled in as an inspection of the institution by itself, so that answers, detail rows, evidence, undo and
the journal are those of every inspection. Replies to anomalies, promises and the statement stand beside it.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from app.core.clock import local, to_ms, today
from app.core.errors import Refused
from app.core.evidence import Evidence
from app.core.ids import InspectionId, InstitutionId, PersonId, SelfCheckId, TaskId, derived_id
from app.core.inspections import Inspection, Party
from app.core.outcome import Outcome
from app.core.places import Role
from app.core.self_checks import (
    Anomaly,
    Filled,
    GivenFile,
    GivenItem,
    Package,
    Promise,
    Reply,
    SelfCheck,
    SelfCheckState,
    Statement,
)
from app.core.tasks import Nature, Task, TaskKind, TaskState
from app.db.repos import evidence, inspections, registers, tasks
from app.db.repos import self_checks as stored
from app.db.unit import ReadUnit, WriteUnit
from app.services.checklists import Checklists, given_of
from app.services.selfcheck import packing, report
from app.services.selfcheck.form_layout import asked_items
from app.services.selfcheck.packing import Asked
from app.services.selfcheck.storing import keep, pinned_all, sealer
from app.services.store import Store
from app.services.vault import VaultService
from app.services.written import exported
from app.settings.profile import find_profile
from checklists import tables
from checklists.schema import Template
from sync.protocol.admission import fingerprint

OFFICE_CODE = "self-check"
SEAL_KEY = ("seal", stored.SEAL_CAPTION)  # what evidence of the sealed page is linked to
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FillingView:
    """All that the institution's window shows of one self-check.

    Attributes:
        visit: The inspection that holds the answers.
        office_print: Fingerprint of who issued the package, to be compared by telephone.
        assessed: Items that have a result, of `items`.
        sealed_pages: Scanned pages with the seal that were added.
        exported_at: When a return was last written, or None.
    """

    check: SelfCheck
    package: Package
    visit: InspectionId
    office_print: str
    anomalies: tuple[Anomaly, ...]
    promises: tuple[Promise, ...]
    items: int
    assessed: int
    failed: int
    declared_cny: Decimal
    sealed_pages: int
    exported_at: dt.datetime | None
    is_late: bool


class Filling:
    """Take a package in, fill it in, print the report, write the return."""

    def __init__(self, store: Store, checklists: Checklists, vault: VaultService) -> None:
        self._store, self._checklists, self._vault = store, checklists, vault

    def read(self, path: Path) -> tuple[Asked, str]:
        """Return what a package asks and the fingerprint of who issued it; opens and stores nothing.

        Raises:
            Refused: As `packing.open_package`, and `selfcheck.template_missing` where this program lacks a version.
        """
        asked = packing.open_package(path)
        self._pinned(asked.package)
        return asked, fingerprint(asked.key)

    def setup(self, path: Path, person: str, secret: str) -> Outcome[str]:
        """Make the institution's own store, take the package in, and return the recovery key, shown once.

        Raises:
            Refused: As `read`; `vault.exists`, `vault.too_short`, `person.name_missing`.
        """
        asked, _ = self.read(path)
        made = self._vault.setup(asked.package.place.name, person, "", secret, asked.package.rehearsal, code=OFFICE_CODE)
        taken = self._take_in(asked)
        return Outcome(made.value, made.changed | taken.changed)

    def take_in(self, path: Path) -> Outcome[SelfCheckId]:
        """Take a further package in; one that is there already is only found again.

        Raises:
            Refused: As `read`; `selfcheck.other_institution`.
        """
        asked, _ = self.read(path)
        with self._store.db.read() as unit:
            others = unit.sql("SELECT DISTINCT institution FROM self_check WHERE _deleted = 0")
        if any(row.institution != asked.package.place.id for row in others):
            raise Refused("selfcheck.other_institution", name=asked.package.place.name)
        return self._take_in(asked)

    def targets(self, visit: InspectionId) -> tuple[tuple[str, str, str], ...]:
        """Return what evidence of a self-check may prove beside its items: target, short and full name of each anomaly.

        None for an inspection that is no self-check.
        """
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT id FROM self_check WHERE _deleted = 0")
            found = [one for row in rows if visit_of(row.id) == visit for one in stored.anomalies(unit, row.id)]
        named = tuple(("/".join(anomaly_key(n)), anomaly_key(n)[1], one.question) for n, one in enumerate(found))
        is_self_check = any(visit_of(row.id) == visit for row in rows)
        return (*named, ("/".join(SEAL_KEY), stored.SEAL_CAPTION, stored.SEAL_CAPTION)) if is_self_check else ()

    def all(self) -> tuple[SelfCheck, ...]:
        """Return the self-checks of this store, the newest first."""
        with self._store.db.read() as unit:
            rows = unit.sql("SELECT id FROM self_check WHERE _deleted = 0 ORDER BY issued_at DESC, id DESC")
            return tuple(stored.get(unit, row.id) for row in rows)

    def view(self, check_id: SelfCheckId) -> FillingView:
        """Return all that is shown of one.

        Raises:
            Refused: `selfcheck.unknown`, `selfcheck.not_here`.
        """
        package = self._package(check_id)
        with self._store.db.read() as unit:
            check = stored.get(unit, check_id)
            found = self._filled(unit, check, package)
            pages = sum(one.is_seal_page for one in found.files)
        states = [one.state for one in found.answers]
        return FillingView(
            check, package, visit_of(check_id), fingerprint(check.issuer), found.anomalies, found.promises, len(states),
            len(states) - states.count("open"), states.count("fail"), found.declared_cny, pages, check.returned_at,
            today(self._store.now()) > check.due_on,
        )  # fmt: skip

    def say(self, check_id: SelfCheckId, **said: str) -> Outcome[SelfCheck]:
        """Write parts of the statement: responsible, post, phone, period, course, measures.

        Raises:
            Refused: `selfcheck.unknown`, `value.control_character`.
        """
        unknown = said.keys() - set(stored.STATEMENT_FIELDS)
        if unknown:
            raise TypeError(f"unknown: {sorted(unknown)}")
        with self._store.db.write() as unit:
            stored.get(unit, check_id)
            unit.put("self_check", check_id, {name: text.strip() for name, text in said.items()})
            return Outcome(stored.get(unit, check_id), unit.changed)

    def reply(
        self,
        check_id: SelfCheckId,
        anomaly_id: str,
        reply: Reply | str,
        *,
        nature: str = "",
        declared_cny: Decimal | None = None,
        grounds: str = "",
    ) -> Outcome[Anomaly]:
        """Answer an anomaly: 属实 with its nature and amount, or 不属实 with its grounds.

        Raises:
            Refused: `selfcheck.anomaly_unknown`, `money.invalid`.
        """
        with self._store.db.write() as unit:
            known = {one.id: (n, one) for n, one in enumerate(stored.anomalies(unit, check_id))}
            if anomaly_id not in known:
                raise Refused("selfcheck.anomaly_unknown")
            position, old = known[anomaly_id]
            reply = Reply(reply)
            amount = declared_cny if reply is Reply.CONFIRMED else None
            new = dataclasses.replace(old, reply=reply, nature=nature.strip(), declared_cny=amount, grounds=grounds.strip())
            unit.put("self_check_anomaly", anomaly_id, stored.anomaly_fields(check_id, position, new))
            return Outcome(new, unit.changed)

    def promise(
        self, check_id: SelfCheckId, amount_cny: Decimal, by_on: dt.date, note: str = "", promise_id: str = ""
    ) -> Outcome[Promise]:
        """Promise a refund, or change a promise.

        Raises:
            Refused: `selfcheck.unknown`, `selfcheck.promise_empty`, `money.invalid`.
        """
        if amount_cny <= 0:
            raise Refused("selfcheck.promise_empty")
        with self._store.db.write() as unit:
            stored.get(unit, check_id)
            row = promise_id or self._store.new_id()
            known = stored.promises(unit, check_id)
            position = next((n for n, one in enumerate(known) if one.id == row), len(known))
            made = Promise(amount_cny, by_on, note.strip(), row)
            unit.put("refund_promise", row, stored.promise_fields(check_id, position, made))
            return Outcome(made, unit.changed)

    def withdraw(self, check_id: SelfCheckId, promise_id: str) -> Outcome[None]:
        """Take a promise back before it is sent."""
        with self._store.db.write() as unit:
            if promise_id not in {one.id for one in stored.promises(unit, check_id)}:
                raise Refused("selfcheck.promise_unknown")
            unit.delete("refund_promise", promise_id)
            return Outcome(None, unit.changed)

    def missing(self, check_id: SelfCheckId) -> tuple[str, ...]:
        """Return what a return lacks, as names: `responsible`, `items`, `anomalies`, `amounts`, `seal`; only the first stops it."""
        view = self.view(check_id)
        package = view.package
        with self._store.db.read() as unit:
            found = self._filled(unit, view.check, package)
        unclear = any(one.reply is Reply.CONFIRMED and one.declared_cny is None for one in found.anomalies) or any(
            one.reply is Reply.DENIED and not one.grounds for one in found.anomalies
        )
        return tuple(
            name
            for name, is_missing in (
                ("responsible", not found.statement.responsible),
                ("items", view.assessed < view.items),
                ("anomalies", any(one.reply is Reply.OPEN for one in found.anomalies)),
                ("amounts", unclear),
                ("course", not found.statement.course),
                ("seal", not view.sealed_pages),
            )
            if is_missing
        )

    def report_pdf(self, check_id: SelfCheckId) -> bytes:
        """Return the self-check report as it stands.

        Raises:
            Refused: `selfcheck.unknown`, `selfcheck.not_here`.
        """
        package = self._package(check_id)
        with self._store.db.read() as unit:
            found = self._filled(unit, stored.get(unit, check_id), package)
        return report.report_pdf(package, self._pinned(package), found, self._store.now())

    def save_report(self, check_id: SelfCheckId, to: Path) -> Outcome[Path]:
        """Write the report to a file, to be printed and sealed.

        Raises:
            Refused: `document.export_failed`.
        """
        pdf = self.report_pdf(check_id)
        with exported(to) as part:
            part.write_bytes(pdf)
        return Outcome(to)

    def export(self, check_id: SelfCheckId, to: Path) -> Outcome[Filled]:
        """Write the return: answers, replies, promises, evidence and report, sealed by this installation.

        It may be written again after changes; the office takes the first that reaches it.

        Raises:
            Refused: `selfcheck.responsible_missing`, `selfcheck.file_not_here`, `document.export_failed`, and what
                `packing.check_proof` refuses.
        """
        package, content = self._package(check_id), self._content(check_id)
        with self._store.db.read() as unit:
            check = stored.get(unit, check_id)
            found = self._filled(unit, check, package)
            places = self._places(unit, visit_of(check_id))
        if not found.statement.responsible:
            raise Refused("selfcheck.responsible_missing")
        if any(one.sha256 not in places for one in found.files):
            raise Refused("selfcheck.file_not_here")
        for one in found.files:
            packing.check_proof(one.file_name, one.size_bytes)
        now = self._store.now()
        pdf = report.report_pdf(package, self._pinned(package), found, now)
        files = ((one, self._bytes(places[one.sha256])) for one in found.files)
        title = f"{package.title}（{package.place.name}）自查结果"
        packing.write_return(to, content, found, local(now).replace(microsecond=0), pdf, files, title, sealer(self._store))
        with self._store.db.write() as unit:
            unit.put("self_check", check_id, {"state": str(SelfCheckState.RETURNED), "returned_at": to_ms(now)})
            unit.custody("export", check_id)
            return Outcome(found, unit.changed)

    def _take_in(self, asked: Asked) -> Outcome[SelfCheckId]:
        package = asked.package
        with self._store.db.write() as unit:
            if unit.sql("SELECT 1 FROM self_check WHERE id = ? AND _deleted = 0", (package.id,)):
                return Outcome(package.id)
            now, me = self._store.minute(), self._store.me
            unit.put("institution", package.place.id, registers.institution_fields(package.place))
            check = SelfCheck(
                package.id, package.place.id, package.kind, package.title, package.templates, package.due_on,
                package.issued_at, contractor=package.contractor, basis=package.basis, package=asked.digest,
                issuer=asked.key, statement=Statement(responsible=registers.person(unit, me).name),
            )  # fmt: skip
            keep(self._store, unit, check, asked.content, package.anomalies)
            self._begin(unit, package, now, me)
            return Outcome(package.id, unit.changed)

    def _begin(self, unit: WriteUnit, package: Package, now: dt.datetime, me: PersonId) -> None:
        """Open the inspection of the institution by itself; what is not asked of it is not applicable."""
        task = Task(
            TaskId(derived_id(package.id, "task")), package.title, package.title, Nature.SELF_CHECK, TaskKind.SPECIAL,
            InstitutionId(package.place.id), tuple(one.template for one in package.templates), (me,), package.due_on,
            package.basis, state=TaskState.IN_PROGRESS,
        )  # fmt: skip
        unit.put("task", task.id, tasks.fields(task))
        visit = Inspection(visit_of(package.id), task.id, task.institution, (me,), me, now, package.place.address, party=Party())
        unit.put("inspection", visit.id, inspections.fields(visit))
        unit.put("person", me, registers.person_fields(dataclasses.replace(registers.person(unit, me), role=Role.ASSISTANT)))
        for position, (ref, template) in enumerate(zip(package.templates, self._pinned(package), strict=True)):
            unit.put("sheet", derived_id(visit.id, ref.template), {
                "inspection": visit.id, "template": ref.template, "version": ref.version, "digest": ref.digest,
                "position": position,
            })  # fmt: skip
            asked = {item.code for item in asked_items(template, ref)}
            for item in template.items:
                if item.code not in asked:
                    unit.put("answer", derived_id(visit.id, template.id, item.code), {
                        "inspection": visit.id, "template": template.id, "item": item.code, "state": "na",
                        "note": "不属于本单位承办的业务", "answered_at": to_ms(now), "answered_by": me,
                    })  # fmt: skip

    def _filled(self, unit: ReadUnit, check: SelfCheck, package: Package) -> Filled:
        visit = visit_of(check.id)
        sheets = {one.ref.template: one for one in inspections.sheets(unit, visit)}
        pieces = [one for one in evidence.of(unit, visit) if one.voided_reason is None]
        proofs = _by_target(pieces)
        answers = []
        for ref, template in zip(package.templates, self._pinned(package), strict=True):
            given = given_of(sheets[template.id].answers) if template.id in sheets else {}
            for item in asked_items(template, ref):
                one = given.get(item.code)
                files = proofs.get(f"{template.id}/{item.code}", ())
                if one is None:
                    answers.append(GivenItem(template.id, item.code, evidence=files))
                    continue
                rows = tuple(dict(row) for row in one.rows if not tables.is_blank(item, row))
                amount = tables.amount_of(item, one)
                answers.append(GivenItem(
                    template.id, item.code, str(one.state), one.value, one.count, amount,
                    "\n".join(part for part in (one.detail, one.note) if part), rows, files,
                ))  # fmt: skip
        replies = tuple(
            dataclasses.replace(one, evidence=proofs.get("/".join(anomaly_key(n)), ()))
            for n, one in enumerate(stored.anomalies(unit, check.id))
        )
        return Filled(tuple(answers), replies, stored.promises(unit, check.id), _files(pieces), check.statement)

    def _places(self, unit: ReadUnit, visit: InspectionId) -> Mapping[str, str]:
        rows = unit.sql(
            "SELECT e.sha256, b.stored FROM evidence e JOIN sync_blob b ON b.sha256 = e.sha256"
            " WHERE e.inspection = ? AND b.stored IS NOT NULL",
            (visit,),
        )
        return {row.sha256: row.stored for row in rows}

    def _bytes(self, name: str) -> Iterator[bytes]:
        return self._store.files.chunks(name, _CHUNK)

    def _content(self, check_id: SelfCheckId) -> bytes:
        with self._store.db.read() as unit:
            name = stored.package_of(unit, check_id)
        if name is None:
            raise Refused("selfcheck.not_here")
        return self._store.files.read(name)

    def _package(self, check_id: SelfCheckId) -> Package:
        content = self._content(check_id)
        with self._store.db.read() as unit:
            check = stored.get(unit, check_id)
        if hashlib.sha256(content).hexdigest() != check.package:
            raise Refused("selfcheck.damaged", reason="package")
        return packing.read_package(content)

    def _pinned(self, package: Package) -> tuple[Template, ...]:
        try:
            return pinned_all(self._checklists, package.templates)
        except Refused as error:
            raise Refused("selfcheck.template_missing", **error.params) from error


def visit_of(check_id: str) -> InspectionId:
    """Return the inspection in which an institution fills a self-check in."""
    return InspectionId(derived_id(check_id, "inspection"))


def anomaly_key(place: int) -> tuple[str, str]:
    """Return what evidence of an anomaly is linked to; its place in the package counts from 0."""
    return "anomaly", f"异常{place + 1}"


def home_of(package: Path, environ: Mapping[str, str]) -> Path:
    """Return the folder of the store in which an institution fills in what this office asks of it; touches nothing.

    Raises:
        Refused: As `packing.open_package`.
    """
    asked = packing.open_package(package).package
    office = find_profile(None, environ).home
    return office.with_name(f"{office.name}-self-check") / derived_id(asked.office_code, asked.office, asked.place.id)[:13]


def _by_target(pieces: Sequence[Evidence]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for piece in pieces:
        for link in piece.links:
            found[link.target] = (*found.get(link.target, ()), piece.sha256)
    return found


def _files(pieces: Sequence[Evidence]) -> tuple[GivenFile, ...]:
    seal = "/".join(SEAL_KEY)
    return tuple(
        GivenFile(
            one.sha256, one.file_name, one.mime, one.size_bytes, one.sm3, one.caption,
            is_seal_page=any(link.target == seal for link in one.links),
        )
        for one in pieces
    )  # fmt: skip
