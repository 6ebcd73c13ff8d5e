"""送达回证: the day signed on it is the day of service."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Paper, Path, Rows, Signatures, Signing
from forms.shared import INSPECTIONS, required

PAPER = Paper(
    id="service_receipt",
    entry=14,
    title="送达回证",
    source=Basis.PENALTY,
    basis=("{law.decision_service.clause}", "{law.announcement.clause}"),
    file_order=900,
    fields=(
        Field("paper_title", "送达文书", wide=True, hint="文书名称；由待送达的文书带入"),
        Field("paper_number", "文书文号", required=False),
        Field("copies", "份数", FieldKind.NUMBER),
        Field("receiver_name", "受送达人", source="institution.name", wide=True),
        Field("service_place", "送达地点", source="institution.address", wide=True),
        Field(
            "method",
            "送达方式",
            FieldKind.CHOICE,
            options=("直接送达", "邮寄送达", "留置送达", "电子送达", "公告送达"),
            hint="电子送达应有受送达人签署的电子送达确认书",
        ),
        Field("served_at", "送达时间", FieldKind.MINUTE, hint="填写到分；以签收日期为送达日期"),
        Field("proxy", "代收人", required=False),
        Field("proxy_relation", "与受送达人关系", required=False),
        Field("refusal", "拒收理由", FieldKind.LONG_TEXT, required=False, hint="留置送达时写明拒收情况和见证人"),
        Field("witness", "见证人", required=False, source="witness.name"),
        Field("witness_unit", "见证人单位", required=False),
        Field("servers", "送达人", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
        Field("remarks", "备注", FieldKind.LONG_TEXT, required=False),
    ),
    body=(
        Rows(
            (
                "paper_title",
                "paper_number",
                "copies",
                "receiver_name",
                "service_place",
                "method",
                "served_at",
                "proxy",
                "proxy_relation",
                "refusal",
                "witness",
                "witness_unit",
                "servers",
                "remarks",
            )
        ),
        Signatures(("receiver", "proxy", "witness", "servers")),
        Blank(),
    ),
    signings=(
        Signing("receiver", Role.RECEIVER, "受送达人（签名或者盖章）", required=False),
        Signing("proxy", Role.RECEIVER, "代收人", names="proxy", required=False),
        Signing("witness", Role.WITNESS, "见证人", names="witness", required=False),
        Signing("servers", Role.SERVER, "送达人", names="servers"),
    ),
    needs=required(*INSPECTIONS, Path.PENALTY),
)
