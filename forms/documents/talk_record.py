"""约谈记录: what was said and what was promised."""

from forms.model import Role
from forms.papers import Basis, Blank, Closing, Field, FieldKind, Head, Paper, Path, Prose, Signing, rows
from forms.shared import ENDED, STARTED, conditional

_HEAD = (
    STARTED,
    ENDED,
    Field("place", "约谈地点", source="papers.talk_notice.place", wide=True),
    Field("institution", "被约谈单位", source="institution.name", wide=True),
    Field("party", "被约谈人", source="party.name"),
    Field("party_post", "职务", required=False, source="party.post"),
    Field("inspectors", "约谈人", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("recorder", "记录人", FieldKind.PEOPLE, source="recorder", rows_at_least=1),
    Field("notice_number", "约谈通知文号", required=False, source="papers.talk_notice.number"),
)

PAPER = Paper(
    id="talk_record",
    entry=22,
    title="约谈记录",
    source=Basis.PRACTICE,
    basis=("《医疗保障基金使用监督管理条例》第三十八条、第三十九条",),
    file_order=445,
    fields=(
        *_HEAD,
        Field("topic", "约谈内容", FieldKind.LONG_TEXT, source="papers.talk_notice.topic"),
        Field("reply", "被约谈人陈述", FieldKind.LONG_TEXT, example="承认管理疏漏，已开展内部排查。"),
        Field("demands", "整改要求", FieldKind.LONG_TEXT, example="十五日内完成整改并报告。"),
        Field("promise", "整改承诺", FieldKind.LONG_TEXT, example="按要求完成整改，接受复查。"),
    ),
    words=(
        ("head_topic", "约谈内容"),
        ("head_reply", "被约谈人陈述"),
        ("head_demands", "整改要求"),
        ("head_promise", "整改承诺"),
        ("closing", "以上记录我已看过（已向我宣读），记录属实，所作承诺将如期履行。"),
    ),
    body=(
        rows(_HEAD),
        Head("head_topic"), Prose("topic"),
        Head("head_reply"), Prose("reply"),
        Head("head_demands"), Prose("demands"),
        Head("head_promise"), Prose("promise"),
        Blank(),
        Closing("closing", "party"),
    ),
    signings=(
        Signing("party", Role.PARTY, "被约谈人", names="party", every_page=True),
        Signing("inspectors", Role.INSPECTOR, "约谈人", names="inspectors", every_page=True),
        Signing("recorder", Role.RECORDER, "记录人", names="recorder", every_page=True),
    ),
    needs=conditional("进行约谈的", Path.RANDOM_DAILY, Path.SPECIAL, Path.COMPLAINT, Path.AGREEMENT_AUDIT, Path.PENALTY),
)  # fmt: skip
