"""Play the main job on the rehearsal office through the same services as the window: nothing is drawn or faked here
but the photos and the handwriting."""

import datetime as dt
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.core.evidence import Link, TargetKind
from app.core.findings import Finding
from app.core.ids import DocumentId, InspectionId, PersonId, TaskId
from app.core.inspections import Party
from app.core.interviews import Subject
from app.core.money import from_fen
from app.media.exif import Position
from app.media.sample import make_sample_photo
from app.services.checklists import Checklists
from app.services.documents import Documents
from app.services.evidence import EvidenceService
from app.services.findings import Findings
from app.services.inspections import Inspections
from app.services.interviews import Interviews
from app.services.signing import Strokes
from app.services.tasks import Tasks

Say = Callable[[str], None]
_STOCK = (
    {"product": "阿莫西林胶囊", "spec": "0.25g×24粒", "batch": "演练A01", "book": "120", "counted": "96", "price": "15.50"},
    {"product": "二甲双胍片", "spec": "0.5g×48片", "batch": "演练B07", "book": "80", "counted": "62", "price": "23.00"},
    {"product": "连花清瘟胶囊", "spec": "0.35g×24粒", "batch": "演练C11", "book": "60", "counted": "52", "price": "14.80"},
)
_ANSWERS = {
    "licence": "看清楚了。",
    "truth": "听明白了，我会如实回答。",
    "rights": "知道了，不申请回避。",
    "addition": "没有补充。",
    "checked": "看过了，与我说的一致。",
}
_ASKED = (
    ("贵店药品的购进、销售和盘点由谁负责，多久盘点一次？", "由我负责，店员协助，一般每季度盘点一次，最近一次没有做书面记录。"),
    ("现场盘点的三个品种账面数量与实物数量不一致，原因是什么？", "有的是销售后没有及时入账，有的是调给了别的门店，没有留下单据。"),
    ("柜台内发现的生活用品是否用医保个人账户结算过？", "有过，收银员按品名相近的药品结算，具体笔数要查系统。"),
)


class Stage(Protocol):
    """The services that the play needs."""

    @property
    def checklists(self) -> Checklists: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def inspections(self) -> Inspections: ...
    @property
    def evidence(self) -> EvidenceService: ...
    @property
    def findings(self) -> Findings: ...
    @property
    def interviews(self) -> Interviews: ...
    @property
    def documents(self) -> Documents: ...


@dataclass(frozen=True, slots=True)
class Played:
    """What the play left: the inspection, its record and the exported PDF."""

    inspection: InspectionId
    record: DocumentId
    interview_record: DocumentId
    pdf: Path
    sha256: str


def check(stage: Stage, task_id: TaskId, now: dt.datetime, *, share: float = 1.0) -> InspectionId:
    """Start the visit and answer the sheet; `share` of the items only, for a visit that is under way."""
    task = stage.tasks.get(task_id)
    first, second = task.members[:2]
    inspection = stage.inspections.start(
        task_id,
        inspectors=(first, second),
        recorder=second,
        place="",
        party=Party("周其真", "男", "", "店长", "000-0000-1001"),
        licence_shown=True,
        recusal_answer="不申请回避。",
    ).value
    failing = {"SGF-1.04": _stock, "SGF-2.03": _goods, "SGF-3.01": _price_tags}
    for named in task.templates:
        template = stage.checklists.template(named)
        items = template.items[: math.ceil(len(template.items) * share)]
        for item in items:
            if item.code in failing:
                failing[item.code](stage, inspection, now)
                continue
            shown = stage.checklists.visible(
                template, stage.inspections.view(inspection).sheets[0].answers, task.institution
            )
            if item.code not in shown:
                continue
            if item.kind.value == "date":
                stage.inspections.answer(inspection, template.id, item.code, state="pass", value="2023-01-05")
            else:
                stage.inspections.answer(inspection, template.id, item.code, state="pass")
    return inspection


def interview(stage: Stage, inspection: InspectionId, asker: PersonId, recorder: PersonId) -> DocumentId:
    """Ask the head of the shop, sign on the spot, and return the signed interview record."""
    subject = Subject(
        name="周其真", gender="男", birth="1984-05-06", id_no="（演练）990199********0017", phone="000-0000-1001",
        post="店长", address="云栖市青禾区春晓路3号（演练）", relation="被检查单位负责人",
    )  # fmt: skip
    asked = stage.interviews.start(inspection, subject=subject, place="店内办公室", asker=asker, recorder=recorder).value
    for question, answer in _ASKED:
        stage.interviews.answer(stage.interviews.ask(asked.id, question).value.id, answer)
    for turn in stage.interviews.view(asked.id).interview.turns:
        if turn.fixed:
            stage.interviews.answer(turn.id, _ANSWERS[turn.fixed])
    stage.interviews.finish(asked.id)
    document = stage.documents.freeze_interview(asked.id).value
    sign_all(stage, document.id)
    return document.id


def findings(stage: Stage, inspection: InspectionId) -> None:
    """Note a finding for each failed item that may be a violation of the regulation."""
    for item, opinion in (("SGF-1.04", "agree"), ("SGF-2.03", "object")):
        draft: Finding = stage.findings.draft_from_item(inspection, "SGF", item)
        stage.findings.save(
            replace(
                draft,
                facts=draft.facts or "现场检查所见，详见检查表及证据。",
                period_from=dt.date(2026, 1, 1),
                period_to=dt.date(2026, 10, 31),
                calculation="按现场盘点差异数量乘以购进单价计算" if item == "SGF-1.04" else "",
                opinion=opinion,
                opinion_text="部分为调拨，愿补充单据" if opinion == "object" else "",
            )
        )


def record(stage: Stage, inspection: InspectionId, out: Path) -> tuple[DocumentId, str]:
    """Freeze the record, let everyone sign, export it; return it with the digest of the PDF."""
    stage.inspections.set_details(
        inspection,
        situation="检查人员出示执法证件、说明来意并告知权利义务后，在店长陪同下查看营业场所、库房、进销存系统和票据。",
        party_opinion="检查情况属实，对现场盘点差异部分将补充调拨单据。",
    )
    document = stage.documents.freeze_record(inspection).value
    sign_all(stage, document.id)
    stage.documents.export(document.id, out)
    return document.id, hashlib.sha256(out.read_bytes()).hexdigest()


def play(stage: Stage, task_id: TaskId, now: dt.datetime, out: Path, say: Say = lambda _: None) -> Played:
    """Do the whole main job on one pharmacy task and leave the signed PDF at `out`."""
    task = stage.tasks.get(task_id)
    say("check")
    inspection = check(stage, task_id, now)
    say("interview")
    asked = interview(stage, inspection, task.members[0], task.members[1])
    say("findings")
    findings(stage, inspection)
    say("record")
    document, digest = record(stage, inspection, out)
    stage.inspections.close(inspection)
    return Played(inspection, document, asked, out, digest)


def sign_all(stage: Stage, document_id: DocumentId) -> None:
    """Let each signer sign all pages that wait for them, in order."""
    while True:
        view = stage.documents.view(document_id)
        if view.next_role is None:
            return
        line = next(one for one in view.signers if one.role is view.next_role)
        left = [page for page in line.pages if page not in line.signed]
        stage.documents.sign(document_id, view.next_role, left, handwriting(line.name), aspect=0.4)


def handwriting(name: str) -> Strokes:
    """Return strokes that look like a quick hand on a pad 0.4 as high as wide; they depend on the name only."""
    strokes = []
    seed = hashlib.sha256(name.encode()).digest()
    for number in range(3 + len(name)):
        a, b, c = seed[number], seed[number + 8], seed[number + 16]
        left = 0.08 + 0.78 * number / (3 + len(name))
        stroke = []
        for step in range(14):
            t = step / 13
            x = left + (0.10 + a / 2600) * t + 0.015 * math.sin(t * 9 + b)
            y = 0.2 + 0.11 * math.sin(t * (3 + b % 4) + c / 40) * (1 - 0.3 * t)
            stroke.append((min(x, 0.99), min(max(y, 0.02), 0.38), number * 160 + step * 9, 0.35 + 0.5 * math.sin(math.pi * t)))
        strokes.append(tuple(stroke))
    return tuple(strokes)


def _photo(stage: Stage, inspection: InspectionId, item: str, title: str, lines: tuple[str, ...], now: dt.datetime) -> None:
    content = make_sample_photo(title, lines, now, Position(31.2304, 121.4737))
    results = stage.evidence.take(
        inspection, [(f"{item}-{title}.jpg", content)], links=[Link(TargetKind.ITEM, f"SGF/{item}")], place="营业场所"
    ).value
    evidence = results[0].evidence
    if evidence is not None:
        stage.evidence.caption(evidence, title)


def _stock(stage: Stage, inspection: InspectionId, now: dt.datetime) -> None:
    item = "SGF-1.04"
    for row in _STOCK:
        stage.inspections.put_row(inspection, "SGF", item, row)
    stage.inspections.answer(
        inspection, "SGF", item, state="fail", detail="现场抽盘 3 个品种，实物均少于账面，未见盘点和调拨记录。",
        note="店长当场确认盘点结果。", count=3,
    )  # fmt: skip
    names = [f"{row['product']}　账面 {row['book']}　实盘 {row['counted']}" for row in _STOCK]
    _photo(stage, inspection, item, "现场盘点表", tuple(names), now)
    _photo(stage, inspection, item, "库房货架", ("库房东侧第二排货架",), now)


def _goods(stage: Stage, inspection: InspectionId, now: dt.datetime) -> None:
    stage.inspections.answer(
        inspection, "SGF", "SGF-2.03", state="fail", count=6, amount_cny=from_fen(38_640),
        detail="收银台左侧货架摆放洗发水、牙膏等生活用品 6 种。",
    )  # fmt: skip
    _photo(stage, inspection, "SGF-2.03", "生活用品货架", ("收银台左侧货架，生活用品 6 种",), now)


def _price_tags(stage: Stage, inspection: InspectionId, now: dt.datetime) -> None:
    stage.inspections.answer(
        inspection, "SGF", "SGF-3.01", state="fail", count=2, detail="抽查 20 个品种，2 个品种无价签。"
    )
    _photo(stage, inspection, "SGF-3.01", "无价签品种", ("抽查 20 个品种，2 个品种无价签",), now)
