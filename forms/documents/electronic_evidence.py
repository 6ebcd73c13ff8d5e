"""电子数据提取笔录: device, path, file, size, digest, method; who took it and who was there."""

from forms.model import ColumnKind, Role
from forms.papers import (
    Basis,
    Blank,
    Closing,
    Column,
    Field,
    FieldKind,
    Grid,
    Head,
    Level,
    Need,
    Paper,
    Path,
    Prose,
    Signing,
    rows,
)
from forms.shared import ENDED, INSPECTIONS, STARTED, required

_HEAD = (
    STARTED,
    ENDED,
    Field("institution", "被检查单位", source="institution.name", wide=True),
    Field("place", "提取地点", source="inspection.place", wide=True),
    Field("provider", "提供人", source="party.name"),
    Field("provider_post", "身份职务", required=False, source="party.post"),
    Field("inspectors", "提取人", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("witness", "见证人", required=False, source="witness.name"),
    Field("device", "设备名称编号", example="收银台主机 D-0021"),
    Field("system", "系统名称版本", example="药店管理系统 5.2"),
    Field("account", "登录账号", example="admin01"),
    Field("system_time", "系统时间核对", example="与北京时间一致"),
)

PAPER = Paper(
    id="electronic_evidence",
    entry=11,
    title="电子数据提取笔录",
    source=Basis.PRACTICE,
    basis=("《中华人民共和国行政处罚法》第四十六条、第五十五条",),
    file_order=255,
    fields=(
        *_HEAD,
        Field("method", "提取方法和过程", FieldKind.LONG_TEXT,
              example="由提供人登录系统，导出2025年度医保结算明细，现场计算校验值后刻录光盘封存。"),
        Field(
            "files",
            "提取文件",
            FieldKind.TABLE,
            columns=(
                Column("文件名", share=4),
                Column("原始路径", share=4),
                Column("大小（字节）", ColumnKind.NUMBER, 2.4),
                Column("校验值（SHA-256）", share=6),
            ),
            rows_at_least=1,
        ),
        Field("storage", "存储介质及封存", FieldKind.LONG_TEXT, example="只读光盘一张，编号GP-01，已封存。"),
    ),
    words=(
        ("head_method", "提取方法和过程"),
        ("head_files", "提取的电子数据"),
        ("head_storage", "存储介质及封存情况"),
        ("closing", "以上电子数据在我在场时从上述设备提取，未作改动，校验值与现场计算一致，记录属实。"),
    ),
    body=(
        rows(_HEAD),
        Head("head_method"), Prose("method"),
        Head("head_files"), Grid("files"),
        Head("head_storage"), Prose("storage"),
        Blank(),
        Closing("closing", "provider"),
    ),
    signings=(
        Signing("provider", Role.PROVIDER, "提供人", names="provider", every_page=True),
        Signing("inspectors", Role.INSPECTOR, "提取人", names="inspectors", every_page=True),
        Signing("witness", Role.WITNESS, "见证人", names="witness", every_page=True, required=False),
    ),
    needs=(
        *required(*INSPECTIONS, instead="evidence"),
        Need(Path.AGREEMENT_AUDIT, Level.CONDITIONAL, when="提取结算系统数据作为稽核依据的"),
    ),
)  # fmt: skip
