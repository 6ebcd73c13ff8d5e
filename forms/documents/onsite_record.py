"""现场检查笔录: what was told, what was seen, what the party said.

Source: 行政处罚法 art. 55; GB/T 9704-2012 for the layout.
"""

from forms.kit.document import Context, Document, inspector_slots, party_slot, witness_slots
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Paragraph, Part, Statement, Title
from forms.kit.revisions import Revised
from forms.kit.wording import day, joined, minute
from forms.model import Exchange, Inspector, OnsiteRecord, Role, Signer
from forms.papers import Basis, Level, Need, Paper, Path
from forms.shared import INSPECTIONS, NOT_INSPECTING, required

_NOTICES = (
    Exchange(
        "我们是{authority}的执法人员，这是我们的执法证件（已出示），请过目确认。"
        "今天依法对你单位进行现场检查，请予配合，如实提供有关资料和情况。",
        "",
    ),
    Exchange(
        "你（单位）依法享有陈述权、申辩权；认为检查人员与本案有直接利害关系或者有其他关系可能影响公正执法的，"
        "有权申请回避。你是否申请回避？",
        "",
    ),
)
_WORDS = "以上笔录我已看过（已向我宣读），以上情况属实。"


def compose(record: OnsiteRecord, context: Context) -> list[Part]:
    """Return the parts of the record."""
    parts: list[Part] = [Title("现场检查笔录", context.number), _head(record, context)]
    parts.append(Heading("告知事项"))
    for notice in record.notices or _NOTICES:
        text = notice.question.replace("{authority}", context.authority or "本机关")
        parts += [Paragraph(text, lead="告知："), Paragraph(notice.answer, lead="答复：")]
    parts.append(Heading("检查情况"))
    party, count = party_slot(record.party), len(record.observations)
    if record.summary or record.summary_revisions or not record.observations:
        parts.append(Revised(record.summary, record.summary_revisions, party, count))
    for number, seen in enumerate(record.observations, 1):
        refs = [f"检查项：{joined(seen.items)}"] if seen.items else []
        refs += [f"证据：{joined(seen.evidence)}"] if seen.evidence else []
        tail = f"（{'；'.join(refs)}）" if refs else ""
        parts.append(Revised(seen.text, seen.revisions, party, number - 1, before=f"{number}．", behind=tail))
    parts += [
        Heading("现场证据"),
        Paragraph(f"{joined(record.evidence)}，详见证据清单。" if record.evidence else ""),
        Heading("当事人意见"),
        Revised(record.party_opinion, record.opinion_revisions, party, count + 1),
        Blank(is_last=False),
        Statement(_WORDS, party),
    ]
    return parts


def _head(record: OnsiteRecord, context: Context) -> Fields:
    at, party = record.institution, record.party
    rows: list[tuple[tuple[str, str], ...]] = [
        (("检查事项", record.subject),),
        (("任务编号", context.task_number), ("检查方式", record.method)),
        (("开始时间", minute(record.started_at)), ("结束时间", minute(record.ended_at))),
        (("检查地点", record.place),),
        (("被检查单位", at.name),),
        (("信用代码", at.credit_code), ("医保编码", at.insurance_code)),
        (("单位地址", at.address),),
        (("法定代表人", at.legal_person), ("负责人", at.responsible)),
        (("联系电话", at.phone), ("机构类别", at.kind)),
        (("现场负责人", party.name), ("性别职务", "　".join(filter(None, (party.sex, party.post))))),
        (("身份证号", party.id_number), ("联系电话", party.phone)),
    ]
    rows += [
        (("检查人员", one.name), ("执法证号", f"{one.licence_no}{_validity(one)}"))
        for one in record.inspectors
    ]
    rows.append((("记录人", record.recorder.name), ("执法证号", record.recorder.licence_no)))
    for witness in record.witnesses:
        rows.append((("见证人", witness.name), ("单位职务", f"{witness.employer}{witness.post}")))
    rows.append((("检查依据", "\n".join(record.basis)),))
    return Fields(tuple(rows))


def _validity(inspector: Inspector) -> str:
    return f"\n有效期至{day(inspector.valid_until)}" if inspector.valid_until else ""


def slots(record: OnsiteRecord) -> tuple[Slot, ...]:
    """Return who signs every page."""
    recorder = Slot(Signer(Role.RECORDER, record.recorder.name), "记录人")
    return (
        party_slot(record.party),
        *inspector_slots(record.inspectors),
        recorder,
        *witness_slots(record.witnesses),
    )


DOCUMENT = Document("onsite_record", "现场检查笔录", OnsiteRecord, compose, slots)
PAPER = Paper(
    id="onsite_record",
    entry=4,
    title=DOCUMENT.title,
    source=Basis.STANDARD,
    basis=("《行政检查文书基本格式文本（试行）》", "《中华人民共和国行政处罚法》第五十五条"),
    file_order=200,
    number_word="检",
    needs=(
        *required(*INSPECTIONS),
        Need(Path.PENALTY, Level.CONDITIONAL, when="调查中进行现场检查的"),
        *NOT_INSPECTING,
    ),
    record=OnsiteRecord,
)
