"""证据复制（提取）单: copies that the provider confirms to agree with the originals."""

from forms.model import ColumnKind, Role
from forms.papers import (
    Basis,
    Blank,
    Closing,
    Column,
    Field,
    FieldKind,
    Grid,
    Level,
    Need,
    Paper,
    Path,
    Signing,
    rows,
)
from forms.shared import INSPECTIONS, required

_HEAD = (
    Field("institution", "提供单位", source="institution.name", wide=True),
    Field("provider", "提供人", source="party.name"),
    Field("provider_post", "身份职务", required=False, source="party.post"),
    Field("original_place", "原件存放处", source="inspection.place", wide=True),
    Field("inspectors", "复制人", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("copied_at", "复制时间", FieldKind.MINUTE, source="inspection.started_at"),
    Field("method", "复制方式", FieldKind.CHECKS, options=("复印", "拍照", "扫描", "抄录")),
)

PAPER = Paper(
    id="evidence_copy",
    entry=11,
    title="证据复制（提取）单",
    source=Basis.PRACTICE,
    basis=("《中华人民共和国行政处罚法》第四十六条",),
    file_order=250,
    fields=(
        *_HEAD,
        Field(
            "pieces",
            "证据材料",
            FieldKind.TABLE,
            source="evidence.table",
            columns=(
                Column("证据编号", share=1.8),
                Column("证据名称", share=5),
                Column("来源", share=3.5),
                Column("页数", ColumnKind.NUMBER, 1.5, total=True),
                Column("证明内容", share=4),
            ),
            rows_at_least=1,
        ),
    ),
    words=(("closing", "以上复制件经核对与原件一致，原件由我单位保存。"),),
    body=(rows(_HEAD), Grid("pieces"), Blank(), Closing("closing", "provider")),
    signings=(
        Signing("provider", Role.PROVIDER, "提供人（签名并盖章）", names="provider", every_page=True),
        Signing("inspectors", Role.INSPECTOR, "复制人", names="inspectors", every_page=True),
    ),
    needs=(
        *required(*INSPECTIONS, instead="evidence"),
        Need(Path.AGREEMENT_AUDIT, Level.CONDITIONAL, when="复制账目、单据、病历作为稽核依据的"),
    ),
)
