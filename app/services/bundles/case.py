"""A case in one file (一案一卷): documents in legal order, index, originals, proofs, and what to check them with."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.documents import Document
from app.core.errors import Refused
from app.core.evidence import Evidence
from app.core.ids import InspectionId
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.db.repos import documents, evidence, inspections, registers, tasks
from app.media.errors import FileDamaged, FileMissing
from app.services.bundles.archive import CaseWriter
from app.services.bundles.order import place_of
from app.services.bundles.sealing import Sealing
from app.services.checkpoints import last_known, proofs_of
from app.services.pages import Pages
from app.services.store import Store
from app.services.written import exported
from forms.listing import Listing, print_listing
from forms.manifest import page_digests
from forms.model import RecordMeta
from resources import path as shipped

SUFFIX = ".yfcase.zip"
_CHUNK = 1 << 20
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_README = """{title}

本文件是一个案卷（一案一卷），任何电脑都能打开，不需要安装验方。

文书          按法定次序排列的文书（PDF）；次序和页码见“案卷目录.pdf”
证据          证据原件，与取得时逐字节相同
核验          清单、核验工具

怎样核验有没有被改动过
1. 用浏览器（Chrome、Edge 或 Firefox 的新版本）打开“核验/核验.html”，把整个案卷文件（{suffix}）拖进去。不需要联网。
2. 或者：python 核验/yanfang_verify.py 案卷文件
3. 或者：yanfang verify 案卷文件
核验会说明哪些内容相符、哪些不符以及原因。公钥请与{authority}公布的公钥比对：只有公钥属实，签名才说明是谁签的。
"""


@dataclass(frozen=True, slots=True)
class Bundled:
    """What was put into a case. `absent`: pieces of evidence whose original is not on this laptop."""

    file: Path
    documents: int
    pages: int
    evidence: int
    absent: int


class Cases:
    """Write cases."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pages = Pages(store)
        self._sealing = Sealing(store, self._pages)

    def known_keys(self) -> tuple[str, ...]:
        """Return the public keys that an authority publishes: of this device, and of the server that it knows."""
        with self._store.db.read() as unit:
            head = last_known(unit)
        return (self._store.db.writer.key.public_hex, *((head.key,) if head else ()))

    def export(
        self, inspection: InspectionId, to: Path, report: Report = silent, cancel: CancelToken | None = None
    ) -> Outcome[Bundled]:
        """Write the case of an inspection, whole or not at all, and note it in the journal; any thread.

        Raises:
            Refused: `case.nothing_signed`, `evidence.damaged`, `document.not_here`, `document.export_failed`.
            Cancelled: Between two files; nothing is left.
        """
        cancel = cancel or CancelToken()
        with self._store.db.read() as unit:
            visit = inspections.get(unit, inspection)
            task = tasks.get(unit, visit.task)
            place = registers.institution(unit, visit.institution)
            office = registers.office(unit)
            papers = {
                row.document: row.kind
                for row in unit.sql(
                    "SELECT kind, document FROM paper WHERE document IS NOT NULL AND (inspection = ? OR task = ?)",
                    (inspection, visit.task),
                )
            }
            found = {one.id: one for one in documents.of(unit, inspection)}
            for document in papers:
                if document not in found:
                    found[document] = documents.get(unit, document)
            pieces = evidence.of(unit, inspection)
            stored = {row.sha256: row.stored for row in unit.sql("SELECT sha256, stored FROM sync_blob WHERE owner = ?", (inspection,))}
            done = [one for one in found.values() if one.is_complete]
            proofs = proofs_of(unit, [one.id for one in done])
            voided = {
                row.document
                for row in unit.sql("SELECT p.document FROM paper p JOIN paper_void v ON v.paper = p.id WHERE v._deleted = 0")
            }
        if not done:
            raise Refused("case.nothing_signed")
        done.sort(key=lambda one: place_of(one, papers.get(one.id, "")))
        meta = RecordMeta(office.name, task.number, task.number, rehearsal=office.rehearsal or place.rehearsal)
        title = f"{place.name}　{task.title}"
        total, count = len(done) + len(pieces) + 1, 0

        def step() -> None:
            nonlocal count
            count += 1
            cancel.check()
            report(Progress("bundle", count, total))

        with exported(to) as part, CaseWriter(part) as case:
            rows: list[tuple[str, ...]] = []
            page = 1
            for number, document in enumerate(done, 1):
                step()
                pages = self._add_document(case, number, document)
                span = f"{page}—{page + pages - 1}" if pages > 1 else str(page)
                shown = f"{document.title}（已作废）" if document.id in voided else document.title
                rows.append((str(number), document.number, shown, str(pages), span))
                page += pages
            absent = []
            for piece in pieces:
                step()
                if not self._add_evidence(case, piece, stored.get(piece.sha256)):
                    absent.append(piece.sha256)
            step()
            listing = Listing(
                "案卷目录",
                head=(("案卷", title), ("当事人", place.name), ("立卷单位", office.name), ("文书", f"{len(done)} 件 {page - 1} 页"),
                      ("证据原件", f"{len(pieces) - len(absent)} 份")),
                columns=(("序号", 1), ("文号", 4), ("文书名称", 4), ("页数", 1), ("页次", 2)),
                rows=(*rows, *((f"证{one.number}", one.sha256[:16], one.caption or one.file_name, "", "原件") for one in pieces)),
            )  # fmt: skip
            _put(case, "案卷目录.pdf", print_listing(listing, meta, {"list": True}, self._sealing.sign), "index")
            readme = _README.format(title=title, authority=office.name, suffix=SUFFIX)
            _put(case, "说明.txt", b"\xef\xbb\xbf" + readme.replace("\n", "\r\n").encode(), "readme")
            for name, source in (("核验.html", "verify.html"), ("yanfang_verify.py", "yanfang_verify.py")):
                _put(case, f"核验/{name}", shipped(f"verify/{source}").read_bytes(), "verifier")
            about: Mapping[str, object] = {
                "title": title, "number": task.number, "authority": office.name, "rehearsal": meta.rehearsal,
                "absent": absent, "checkpoints": proofs,
            }  # fmt: skip
            case.finish(about, self._sealing.sign)
        with self._store.db.write() as unit:
            unit.custody("export", inspection, inspection, case=to.name)
            made = Bundled(to, len(done), page - 1, len(pieces) - len(absent), len(absent))
            return Outcome(made, unit.changed)

    def _add_document(self, case: CaseWriter, number: int, document: Document) -> int:
        pdf = self._sealing.kept(document.id)
        pages = len(page_digests(pdf))
        name = f"文书/{number:02d} {_UNSAFE.sub('_', document.title)} {_UNSAFE.sub('_', document.number)}"
        _put(case, f"{name}.pdf", pdf, "document", title=document.title, number=document.number, pages=pages)
        certified = self._sealing.certified(document.id)
        if certified is not None:  # the same pages once more, as exported, with the signatures by certificate
            _put(case, f"{name}（证书签名）.pdf", certified, "document", title=document.title, number=document.number, pages=0)
        return pages

    def _add_evidence(self, case: CaseWriter, piece: Evidence, stored: str | None) -> bool:
        if stored is None or not self._store.files.has(stored):
            return False
        name = f"证据/证{piece.number:04d} {_UNSAFE.sub('_', piece.file_name)}"
        try:
            digest = case.add(name, self._chunks(stored), piece.size_bytes, "evidence", number=f"证{piece.number}")
        except (FileDamaged, FileMissing) as error:
            raise Refused("evidence.damaged", number=piece.number) from error
        if digest != piece.sha256:
            raise Refused("evidence.damaged", number=piece.number)
        return True

    def _chunks(self, stored: str) -> Iterator[bytes]:
        yield from self._store.files.chunks(stored, _CHUNK)


def _put(case: CaseWriter, path: str, data: bytes, role: str, **more: object) -> None:
    case.add(path, (data,), len(data), role, **more)
