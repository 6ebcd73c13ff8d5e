"""The program tried on itself in a folder of its own: the same run from source and frozen must say the same.

What is found by scanning (templates, documents, screens) is empty in a program that was packed without it, and nothing
else would notice before the inspector does.
"""

import datetime as dt
import hashlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from pathlib import Path

from app.core.clock import now
from app.core.evidence import Link, TargetKind
from app.core.ids import InspectionId, Uuid7
from app.media.preview import page_text, render_page
from app.media.sample import make_sample_photo
from app.services.checklists import Checklists
from app.services.demo import cast
from app.services.demo.furnish import furnish
from app.services.evidence import EvidenceService
from app.services.inspections import Inspections
from app.services.institutions import Institutions
from app.services.office import OfficeService
from app.services.people import People
from app.services.store import Store
from app.services.tasks import Tasks
from app.services.vault import VaultService
from app.settings.profile import find_profile
from app.settings.secrets import NO_KEYRING
from checklists.registry import Registry
from forms import model as paper
from forms.glyphs import missing_glyphs
from forms.registry import documents
from forms.render import render
from forms.verify import verify

# A fixed instant: the photo and the PDF must come out byte for byte the same wherever this runs.
_AT = dt.datetime(2026, 3, 5, 1, 30, tzinfo=dt.UTC)
_TEMPLATE, _ITEM, _NOTE = "SGF", "SGF-1.01", "自检：䶮㛃玥堃喆，涉及金额 1,234.50 元。"
# By name and without importing them: the window may lack what it needs to open, and still be packed whole.
_SCANNED = {
    "screens": "app.gui.screens",
    "texts_zh_cn": "app.gui.texts.zh_cn",
    "texts_en": "app.gui.texts.en",
    "migrations": "app.db.migrations.versions",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everything there is."""

    templates: int
    items: int
    violations: int
    documents: int
    screens: int
    texts_zh_cn: int
    texts_en: int
    migrations: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing tried: its name, whether it went well, and what was seen."""

    name: str
    ok: bool
    seen: str


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What the program found out about itself; the same for the same version, whatever the machine."""

    ok: bool
    counts: Counts
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Office:
    """The services this needs, over one profile."""

    vault: VaultService
    office: OfficeService
    institutions: Institutions
    people: People
    tasks: Tasks
    inspections: Inspections
    evidence: EvidenceService
    store: Store
    database: Path


def run(home: Path) -> SelfTest:
    """Try everything in an empty folder; takes a few seconds and leaves the folder to the caller.

    Raises:
        AppError, MediaError, ImportError: What is broken or missing in this program, as it shows itself.
    """
    registry = Registry.load()
    counts = _counts(registry)
    steps = (
        Step("registries", all(_values(counts)), f"{sum(_values(counts))}"),
        Step("templates", not registry.changed_since_release(), ", ".join(registry.changed_since_release())),
        _glyphs(registry),
        *_store(home, registry),
        *_pdf(),
    )
    return SelfTest(all(step.ok for step in steps), counts, steps)


def text(result: SelfTest) -> str:
    """Return the result as lines for a terminal."""
    lines = [f"{name:<12} {getattr(result.counts, name)}" for name in Counts.__slots__]
    lines += [f"{'ok' if step.ok else 'FAILED':<6} {step.name:<10} {step.seen}".rstrip() for step in result.steps]
    return "\n".join(lines)


def _values(counts: Counts) -> list[int]:
    return [int(getattr(counts, name)) for name in Counts.__slots__]


def _counts(registry: Registry) -> Counts:
    templates = registry.all()
    scanned = {name: _modules_in(package) for name, package in _SCANNED.items()}
    return Counts(
        templates=len(templates),
        items=sum(len(template.items) for template in templates),
        violations=len(registry.violations()),
        documents=len(documents()),
        **scanned,
    )


def _modules_in(package: str) -> int:
    spec = importlib.util.find_spec(package)
    return len(list(pkgutil.iter_modules(spec.submodule_search_locations))) if spec else 0


def _glyphs(registry: Registry) -> Step:
    """Look whether every character that a template or the violation dictionary prints is in the faces."""
    words = [item.question + item.look_at + item.capture for template in registry.all() for item in template.items]
    words += [violation.title for violation in registry.violations()]
    missing = missing_glyphs("".join((*words, _NOTE)))
    return Step("glyphs", not missing, "".join(missing))


def _open(home: Path, registry: Registry) -> _Office:
    # No keyring: the test must neither ask for one nor leave anything in it.
    environ = {NO_KEYRING: "1"}
    profile = find_profile(home, environ)
    store = Store(now, Uuid7())
    checklists = Checklists(registry, store, now)
    return _Office(
        vault=VaultService(store, profile, environ),
        office=OfficeService(store),
        institutions=Institutions(store),
        people=People(store),
        tasks=Tasks(store, checklists),
        inspections=Inspections(store, checklists),
        evidence=EvidenceService(store),
        store=store,
        database=profile.database,
    )


def _store(home: Path, registry: Registry) -> tuple[Step, ...]:
    office = _open(home, registry)
    try:
        inspection, photo = _write(office)
        before = _journal(office)
    finally:
        office.vault.close()
    head = office.database.read_bytes()[:16]
    again = _open(home, registry)
    try:
        again.vault.unlock(cast.SECRET)
        answer = again.inspections.view(inspection).sheets[0].answers[_ITEM]
        kept = again.evidence.of(inspection)
        return (
            Step("store", not head.startswith(b"SQLite format"), "encrypted"),
            Step("answer", (answer.state, answer.note) == ("pass", _NOTE), answer.state),
            Step("journal", 0 < before <= _journal(again) and _has_line(again, inspection), "answer"),
            photo,
            Step("evidence", [one.status for one in kept] == ["ok"], kept[0].sha256 if kept else ""),
        )
    finally:
        again.vault.close()


def _write(office: _Office) -> tuple[InspectionId, Step]:
    first = cast.PEOPLE[0]
    office.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    made = furnish(office, now())
    inspection = office.inspections.start(
        made.tasks[0], inspectors=made.inspectors[:2], recorder=made.inspectors[1], place=""
    ).value
    office.inspections.answer(inspection, _TEMPLATE, _ITEM, state="pass", note=_NOTE)
    photo = make_sample_photo("自检", ("自检照片",), _AT)
    link = Link(TargetKind.ITEM, f"{_TEMPLATE}/{_ITEM}")
    taken = office.evidence.take(inspection, [("selftest.jpg", photo)], links=[link]).value[0]
    small = office.evidence.thumbnail(taken.evidence) if taken.evidence else None
    return inspection, Step("photo", taken.status == "ok" and bool(small), taken.reason or taken.status)


def _journal(office: _Office) -> int:
    with office.store.db.read() as unit:
        return int(unit.sql("SELECT count(*) AS n FROM sync_op")[0].n)


def _has_line(office: _Office, inspection: InspectionId) -> bool:
    with office.store.db.read() as unit:
        return bool(unit.sql("SELECT 1 FROM sync_op WHERE tbl = 'answer' AND owner = ?", (inspection,)))


def _pdf() -> tuple[Step, ...]:
    place = paper.Institution("自检药店（演练）", "", "", "定点零售药店", "云栖市青禾区春晓路3号")
    people = tuple(paper.Inspector(player.name, player.licence_no) for player in cast.PEOPLE[:2])
    record = paper.OnsiteRecord(
        place, people, people[1], paper.Person("周其真"), _AT, _AT, place.address, "自检", summary=_NOTE
    )
    meta = paper.RecordMeta(cast.OFFICE, "自检〔2026〕1号", rehearsal=True)
    rendered = render([record], meta)
    read = "".join(page_text(rendered.pdf, number) for number in range(len(rendered.pages)))
    read = "".join(read.split())
    wanted = (place.name, _NOTE, *(person.licence_no for person in people))
    lost = [words for words in wanted if "".join(words.split()) not in read]
    drawn = render_page(rendered.pdf, 0, 0.5)
    hashes = [page.content_hash for page in rendered.pages]
    return (
        Step("pdf", not lost and not rendered.fallbacks, "、".join(lost) or rendered.sha256),
        Step("picture", len(set(drawn.rgb)) > 2, hashlib.sha256(drawn.rgb).hexdigest()),
        Step("pages", verify(rendered.pdf, hashes).is_intact, str(len(hashes))),
    )
