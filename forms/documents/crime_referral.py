"""涉嫌犯罪案件移送书: with report, list and what else the law names; a penalty never takes its place.

Source: 行政执法机关移送涉嫌犯罪案件的规定; 医疗保障基金使用监督管理条例 art. 48.
"""

from forms.papers import Basis, Blank, Field, FieldKind, Head, Paper, Path, Prose, SealPlace, Words, rows
from forms.shared import CONTACT, ISSUED, NOT_IN_AUDIT, NOT_INSPECTING, OFFICE_PHONE, SEAL, conditional

_HEAD = (
    Field("cause", "案件名称", source="papers.case_filing_approval.cause", wide=True),
    Field("institution", "涉案单位（人）", source="institution.name", wide=True),
    Field("responsible", "主要负责人", required=False, source="institution.responsible"),
    Field("amount", "涉案金额", FieldKind.MONEY, source="findings.total_fen"),
    Field("approved_at", "批准移送时间", FieldKind.MINUTE, hint="正职负责人批准；批准后应在法定时限内移送"),
    Field("officers", "承办人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="crime_referral",
    entry=21,
    title="涉嫌犯罪案件移送书",
    source=Basis.PENALTY,
    basis=("{law.crime_transfer.clause}", "《医疗保障基金使用监督管理条例》第四十八条"),
    file_order=650,
    number_word="罪移",
    copies="本移送书一式三份，一份送公安机关，一份抄送人民检察院，一份存卷。",
    companions=("crime_referral_list", "crime_referral_receipt"),
    fields=(
        Field("police", "受移送机关", example="云岭市公安局"),
        *_HEAD,
        Field("facts", "涉嫌犯罪事实", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("nature", "涉嫌罪名和依据", FieldKind.LONG_TEXT, example="涉嫌诈骗，《中华人民共和国刑法》有关规定"),
        Field("annexes", "随附材料", FieldKind.LONG_TEXT,
              example="一、涉嫌犯罪案件情况的调查报告；二、涉案物品清单；三、有关检验报告或者鉴定意见。"),
        Field("procuratorate", "抄送", example="云岭市人民检察院"),
        CONTACT,
        OFFICE_PHONE,
        ISSUED,
    ),
    words=(
        ("address", "{police}："),
        ("opening", "本机关在查处下列案件中，发现其涉嫌犯罪。依照{law.crime_transfer.clause}，现将案件移送你机关。"),
        ("head_facts", "涉嫌犯罪事实"),
        ("head_nature", "涉嫌罪名和依据"),
        ("head_annexes", "随附材料"),
        ("answer", "请自接受移送之日起{law.police_reply}内依法作出是否立案的决定，并书面告知本机关；"
         "不予立案的，请说明理由并退回案卷材料。"),
        ("contact", "联系人：{contact}　　联系电话：{office_phone}　　抄送：{procuratorate}"),
    ),
    body=(
        Words("address", indent=False),
        Words("opening"),
        rows(_HEAD),
        Head("head_facts"), Prose("facts"),
        Head("head_nature"), Prose("nature"),
        Head("head_annexes"), Prose("annexes"),
        Words("answer"),
        Words("contact"),
        SealPlace("seal", "issued_on"),
        Blank(),
    ),
    signings=(SEAL,),
    needs=(*conditional("涉嫌犯罪的", Path.PENALTY), *NOT_IN_AUDIT, *NOT_INSPECTING),
)  # fmt: skip
