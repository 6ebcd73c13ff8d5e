"""Asking: the package that an institution gets."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path

from app.core.clock import today
from app.core.errors import Refused
from app.core.ids import InstitutionId, SelfCheckId
from app.core.outcome import Outcome
from app.core.places import Institution
from app.core.self_checks import Anomaly, CheckedKind, Package, SelfCheck, TemplateRef
from app.db.repos import registers
from app.db.repos import self_checks as stored
from app.services.selfcheck import offers, packing
from app.services.selfcheck.anomaly_lists import belonging
from app.services.selfcheck.form_layout import asked_items
from app.services.selfcheck.form_writing import write_form
from app.services.selfcheck.register import Register
from app.services.selfcheck.storing import keep, pinned_all, sealer
from app.services.written import exported
from checklists.schema import Template
from sync.protocol.admission import fingerprint

_README = """{title}

发出单位：{office}
填报单位：{place}
填报期限：{due}
发出单位的设备指纹：{print}（请与发出单位电话核对，以防有人冒充）

填写方法，任选一种：
1. 用验方填写（推荐）：安装验方，首次打开时选“机构自查”，选中本文件。填完后“导出自查结果”，把导出的文件交回。
   也可以在命令行运行：yanfang --self-check 本文件
2. 用 Excel 或 WPS 填写：解压本文件，填写“自查表.xlsx”，把它和佐证材料放在一个文件夹里一并交回。

请不要改动本文件的内容：改动过的文件无法填写和交回。
本文件和填好交回的文件都没有加密，谁拿到谁就能看，请妥善保管和传递。
"""


class Issuing(Register):
    """Issue packages and write them to files."""

    def offered(self, institution: InstitutionId, kind: CheckedKind, contractor: str = "") -> tuple[TemplateRef, ...]:
        """Return the checklists for such an institution, those made for it only."""
        with self._store.db.read() as unit:
            place = registers.institution(unit, institution)
        found = [one for one in self._checklists.all() if offers.fits(one, kind, str(place.kind))]
        return tuple(offers.ref_of(one, contractor) for one in found)

    def ref(self, template: str, contractor: str = "") -> TemplateRef:
        """Return the newest version of a checklist as it would be asked.

        Raises:
            Refused: `template.unknown`.
        """
        return offers.ref_of(self._checklists.template(template), contractor)

    def fingerprint(self) -> str:
        """Return the fingerprint of this laptop, which institutions see on what it issues."""
        return fingerprint(self._store.db.writer.key.public_hex)

    def issue(
        self,
        institution: InstitutionId,
        *,
        kind: CheckedKind | str,
        due_on: dt.date,
        title: str,
        basis: str = "",
        contractor: str = "",
        templates: Sequence[TemplateRef] = (),
        anomalies: Sequence[Anomaly] = (),
        plan: str = "",
        note: str = "",
    ) -> Outcome[SelfCheck]:
        """Ask an institution to check itself; `export` writes the file for it.

        Args:
            templates: Exact versions; those offered where none are given.

        Raises:
            Refused: `institution.unknown`, `selfcheck.title_missing`, `selfcheck.due_past`, `selfcheck.nothing_asked`,
                `selfcheck.question_missing`, `selfcheck.list_items`, `template.unknown`, `template.changed`.
        """
        kind, now = CheckedKind(kind), self._store.now()
        if not title.strip():
            raise Refused("selfcheck.title_missing")
        if due_on < today(now):
            raise Refused("selfcheck.due_past", day=due_on.isoformat())
        refs = tuple(templates) or self.offered(institution, kind, contractor)
        pinned = zip(pinned_all(self._checklists, refs), refs, strict=True)
        items = {item.code for template, ref in pinned for item in asked_items(template, ref)}
        if not refs and not anomalies:
            raise Refused("selfcheck.nothing_asked")
        if any(not one.question.strip() for one in anomalies):
            raise Refused("selfcheck.question_missing")
        asked = tuple(dataclasses.replace(one, id=one.id or self._store.new_id()) for one in belonging(anomalies, items))
        with self._store.db.write() as unit:
            place = registers.institution(unit, institution)
            office = registers.office(unit)
            rows = unit.sql("SELECT title FROM plan WHERE id = ?", (plan,)) if plan else ()
            package = Package(
                SelfCheckId(self._store.new_id()), office.name, office.code, _public(place), kind, title.strip(),
                basis.strip(), refs, asked, due_on, now.replace(microsecond=0), contractor,
                str(rows[0].title) if rows else "", office.rehearsal or place.rehearsal,
            )  # fmt: skip
            content = packing.package_bytes(package)
            check = SelfCheck(
                package.id, institution, kind, package.title, refs, due_on, package.issued_at, contractor=contractor,
                plan=plan, basis=package.basis, package=hashlib.sha256(content).hexdigest(), issuer=self._store.me,
                note=note.strip(),
            )  # fmt: skip
            keep(self._store, unit, check, content, asked)
            return Outcome(check, unit.changed)

    def export(self, check_id: SelfCheckId, to: Path) -> Outcome[Path]:
        """Write the package for the institution: the questions, the Excel form, how to fill it in, sealed by this laptop.

        Raises:
            Refused: `selfcheck.unknown`, `selfcheck.not_here`, `document.export_failed`, `template.unknown`.
        """
        content, package, templates = self._package(check_id)
        digest = hashlib.sha256(content).hexdigest()
        readme = _README.format(
            title=package.title, office=package.office, place=package.place.name, due=package.due_on.isoformat(),
            print=self.fingerprint(),
        )  # fmt: skip
        form = write_form(package, digest, templates)
        packing.write_package(to, content, form, readme, f"{package.title}（{package.place.name}）", sealer(self._store))
        with self._store.db.write() as unit:
            unit.custody("export", check_id, sha256=digest)
            return Outcome(to, unit.changed)

    def export_form(self, check_id: SelfCheckId, to: Path) -> Outcome[Path]:
        """Write the Excel form alone.

        Raises:
            Refused: As `export`.
        """
        content, package, templates = self._package(check_id)
        with exported(to) as part:
            part.write_bytes(write_form(package, hashlib.sha256(content).hexdigest(), templates))
        return Outcome(to)

    def _package(self, check_id: SelfCheckId) -> tuple[bytes, Package, tuple[Template, ...]]:
        with self._store.db.read() as unit:
            stored.get(unit, check_id)
            name = stored.package_of(unit, check_id)
        if name is None:
            raise Refused("selfcheck.not_here")
        content = self._store.files.read(name)
        package = packing.read_package(content)
        return content, package, pinned_all(self._checklists, package.templates)



def _public(place: Institution) -> Institution:
    """Return what an institution may read of itself: not what the office thinks of it."""
    return Institution(
        place.id, place.name, place.kind, place.level, place.ownership, place.credit_code, place.medins_code, place.address,
        grade=place.grade,
    )
