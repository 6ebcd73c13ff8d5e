"""Fields and signings that many papers have in common."""

from forms.model import Role
from forms.papers import Field, FieldKind, Level, Need, Path, Signing

NAME = Field("institution", "单位名称", source="institution.name", wide=True)
CREDIT_CODE = Field("credit_code", "信用代码", required=False, source="institution.credit_code")
INSURANCE_CODE = Field("insurance_code", "医保编码", required=False, source="institution.insurance_code")
ADDRESS = Field("address", "地址", source="institution.address", wide=True)
RESPONSIBLE = Field("responsible", "负责人", required=False, source="institution.responsible")
LEGAL_PERSON = Field("legal_person", "法定代表人", required=False, source="institution.legal_person")
PHONE = Field("phone", "联系电话", required=False, source="institution.phone")
INSTITUTION = (NAME, CREDIT_CODE, INSURANCE_CODE, ADDRESS, LEGAL_PERSON, RESPONSIBLE, PHONE)

INSPECTORS = Field("inspectors", "检查人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2)
STARTED = Field("started_at", "开始时间", FieldKind.MINUTE, source="inspection.started_at", hint="填写到分")
ENDED = Field("ended_at", "结束时间", FieldKind.MINUTE, source="inspection.ended_at", hint="填写到分")
ISSUED = Field("issued_on", "日期", FieldKind.DATE, source="issue.date")
CONTACT = Field("contact", "联系人", source="office.contact")
OFFICE_PHONE = Field("office_phone", "联系电话", source="office.phone")
OFFICE_ADDRESS = Field("office_address", "地址", source="office.address")
RECONSIDERATION = Field("reconsideration", "行政复议机关", source="office.reconsideration")
COURT = Field("court", "人民法院", source="office.court")

SEAL = Signing("seal", Role.SEAL, "机关印章")
RECEIVER = Signing("receiver", Role.RECEIVER, "签收人（签名或者盖章）")
PARTY = Signing("party", Role.PARTY, "当事人", names="party")
OFFICERS = Signing("officers", Role.INSPECTOR, "检查人员", names="inspectors")
WITNESS = Signing("witness", Role.WITNESS, "见证人", names="witness", required=False)
HANDLER = Signing("handler", Role.HANDLER, "承办人")
SECTION_HEAD = Signing("section_head", Role.SECTION_HEAD, "承办机构负责人")
HEAD = Signing("head", Role.HEAD, "机关负责人")

# An institution's own work and a supervisor's visit are no inspection: nothing may look like one.
# Source: 国办发〔2024〕54号 (不得以观摩、督导、考察等名义行检查之实).
NOT_INSPECTING = (
    Need(Path.SELF_CHECK, Level.FORBIDDEN, when="自查由机构自行开展，没有执法人员"),
    Need(Path.SUPERVISION, Level.FORBIDDEN, when="不得以观摩、督导、考察等名义行检查之实"),
)
# The agreement track has no powers of the penalty track. Source: domain 4.2.
NOT_IN_AUDIT = (Need(Path.AGREEMENT_AUDIT, Level.FORBIDDEN, when="协议稽核不采取行政强制和行政处罚措施"),)

INSPECTIONS = (Path.RANDOM_DAILY, Path.SPECIAL, Path.COMPLAINT, Path.THIRD_PARTY)


def required(*paths: Path, instead: str = "") -> tuple[Need, ...]:
    """Return that these paths need the paper, or one of its group."""
    return tuple(Need(path, Level.REQUIRED, instead) for path in paths)


def conditional(when: str, *paths: Path) -> tuple[Need, ...]:
    """Return that these paths need the paper in one case."""
    return tuple(Need(path, Level.CONDITIONAL, when=when) for path in paths)
