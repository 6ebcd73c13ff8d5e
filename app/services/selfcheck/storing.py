"""Keeping self-checks: the exact bytes of a package, files in the vault, templates at exactly their versions."""

import dataclasses
from collections.abc import Sequence

from app.core.errors import Refused
from app.core.ids import InspectionId, derived_id
from app.core.self_checks import Anomaly, GivenFile, SelfCheck, TemplateRef
from app.db.repos import self_checks as stored
from app.db.unit import WriteUnit
from app.media.vault_files import Stored
from app.services.checklists import Checklists
from app.services.document_files import keep_blob
from app.services.store import Store
from checklists.schema import Template
from forms.manifest import Covered, Sealer


def keep(store: Store, unit: WriteUnit, check: SelfCheck, content: bytes, anomalies: Sequence[Anomaly]) -> None:
    """Store a self-check with its package's exact JSON and its anomalies."""
    unit.put("self_check", check.id, stored.fields(check))
    made = store.files.put(content)
    name = f"{check.title}.json"
    put_file(unit, check.id, -1, GivenFile(made.sha256, name, stored.PACKAGE_MIME, made.size_bytes), made)
    for n, one in enumerate(anomalies):
        unit.put("self_check_anomaly", one.id, stored.anomaly_fields(check.id, n, one))


def put_file(unit: WriteUnit, check_id: str, position: int, one: GivenFile, made: Stored) -> None:
    """List a file of the vault as one of a self-check; sync carries it like any other: what is appended is fetched."""
    keep_blob(unit, InspectionId(""), made.sha256, made.sm3, made.size_bytes, one.mime, made.name)
    row = file_row(check_id, position, one)
    fields = stored.file_fields(check_id, position, dataclasses.replace(one, sm3=made.sm3))
    if unit.sql("SELECT 1 FROM self_check_file WHERE id = ?", (row,)):
        unit.put("self_check_file", row, fields)
    else:
        unit.append("self_check_file", row, fields)


def file_row(check_id: str, position: int, one: GivenFile) -> str:
    """Return the row of a file: what is appended is fixed, so under another name, caption or place it is another row."""
    return derived_id(*map(str, stored.file_fields(check_id, position, dataclasses.replace(one, sm3="")).values()))


def pinned_all(checklists: Checklists, refs: Sequence[TemplateRef]) -> tuple[Template, ...]:
    """Return exactly these versions.

    Raises:
        Refused: `template.unknown`, `template.changed`.
    """
    found = []
    for ref in refs:
        template = checklists.template(ref.template, ref.version)
        if template.digest != ref.digest:
            raise Refused("template.changed", template=ref.template, version=ref.version)
        found.append(template)
    return tuple(found)


def sealer(store: Store) -> Sealer:
    """Return what puts this installation's seal on something."""
    key = store.db.writer.key

    def seal(covered: Covered) -> tuple[str, str]:
        return key.public_hex, key.sign(covered.message())

    return seal
