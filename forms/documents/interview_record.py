"""询问笔录: the notice, then questions and answers as they were given.

Source: 行政处罚法 art. 55; 公安机关办理行政案件程序规定 art. 77 (every page signed).
"""

from forms.kit.document import Context, Document, witness_slots
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Paragraph, Part, Statement, Title
from forms.kit.revisions import Revised
from forms.kit.wording import day, minute
from forms.model import InterviewRecord, Role, Signer
from forms.papers import Basis, Paper, Path
from forms.shared import INSPECTIONS, NOT_INSPECTING, conditional

_RIGHTS = (
    "我们是{authority}的执法人员，现向你出示执法证件，请过目确认。现就有关问题依法向你询问，"
    "请如实回答，不得作虚假陈述、隐瞒事实或者提供伪证，否则将承担相应的法律责任。",
    "你依法享有陈述权、申辩权；认为询问人、记录人与本案有直接利害关系或者有其他关系可能影响公正执法的，"
    "有权申请回避；有权核对笔录，对记载有误或者遗漏之处提出更正或者补充。",
)
_WORDS = "以上笔录我已看过（已向我宣读），与我所说一致，记录属实。"


def compose(record: InterviewRecord, context: Context) -> list[Part]:
    """Return the parts of the record."""
    parts: list[Part] = [Title("询问笔录", context.number), _head(record)]
    parts.append(Heading("权利义务告知"))
    parts += [
        Paragraph(text.replace("{authority}", context.authority or "本机关"))
        for text in record.rights or _RIGHTS
    ]
    parts.append(Heading("询问内容"))
    party = slots(record)[0]
    for number, turn in enumerate(record.turns):
        asked = Revised(turn.question, turn.question_revisions, party, len(record.turns) + number, lead="问：")
        parts += [asked, Revised(turn.answer, turn.revisions, party, number, lead="答：")]
    if not record.turns:
        parts.append(Paragraph(""))
    return [*parts, Blank(is_last=False), Statement(_WORDS, party)]


def _head(record: InterviewRecord) -> Fields:
    who = record.respondent
    rows: list[tuple[tuple[str, str], ...]] = [
        (("询问事由", record.subject), ("询问次数", f"第{record.session}次")),
        (("开始时间", minute(record.started_at)), ("结束时间", minute(record.ended_at))),
        (("询问地点", record.place),),
        (("询问人", record.asker.name), ("执法证号", record.asker.licence_no)),
        (("记录人", record.recorder.name), ("执法证号", record.recorder.licence_no)),
        (("被询问人", who.name), ("性别", who.sex)),
        (("出生日期", day(who.born_on)), ("联系电话", who.phone)),
        (("身份证号", who.id_number),),
        (("工作单位", who.employer or (record.institution.name if record.institution else "")),),
        (("职务", who.post), ("与本案关系", who.relation)),
        (("住址", who.address),),
    ]
    if record.guardian:
        rows.append((("监护人", record.guardian.name), ("与其关系", record.guardian.relation)))
    if record.interpreter:
        rows.append((("翻译人员", record.interpreter.name), ("工作单位", record.interpreter.employer)))
    rows += [(("见证人", one.name), ("单位职务", f"{one.employer}{one.post}")) for one in record.witnesses]
    return Fields(tuple(rows))


def slots(record: InterviewRecord) -> tuple[Slot, ...]:
    """Return who signs every page."""
    found = [
        Slot(Signer(Role.PARTY, record.respondent.name), "被询问人"),
        Slot(Signer(Role.INSPECTOR, record.asker.name), "询问人"),
        Slot(Signer(Role.RECORDER, record.recorder.name), "记录人"),
    ]
    if record.guardian:
        found.append(Slot(Signer(Role.GUARDIAN, record.guardian.name), "监护人"))
    if record.interpreter:
        found.append(Slot(Signer(Role.INTERPRETER, record.interpreter.name), "翻译人员"))
    return (*found, *witness_slots(record.witnesses))


DOCUMENT = Document("interview_record", "询问笔录", InterviewRecord, compose, slots)
PAPER = Paper(
    id="interview_record",
    entry=5,
    title=DOCUMENT.title,
    source=Basis.STANDARD,
    basis=("《行政检查文书基本格式文本（试行）》", "《中华人民共和国行政处罚法》第五十五条"),
    file_order=220,
    number_word="询",
    needs=(*conditional("需要询问有关人员的", *INSPECTIONS, Path.PENALTY), *NOT_INSPECTING),
    record=InterviewRecord,
)
