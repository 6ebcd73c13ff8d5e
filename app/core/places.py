"""Institutions (定点医药机构) and people (检查人员) as the registers know them."""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from app.core.ids import InstitutionId, PersonId

LONE_OFFICE = "office"  # code of an office that shares its server with no other
_CODE_AT_MOST = 40


class InstitutionKind(StrEnum):
    """Kinds of inspected institutions; a template says which it is for."""

    PHARMACY = "pharmacy"
    HOSPITAL = "hospital"
    COMMUNITY = "community"
    CLINIC = "clinic"
    LONG_TERM_CARE = "ltc"
    SUPPLIER = "supplier"
    AGENCY = "agency"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Institution:
    """One inspected institution.

    Attributes:
        level: 三级, 二级, 一级 or 未定级; empty where it has no meaning.
        ownership: `public`, `private` or empty.
        credit_code: Unified social credit code (统一社会信用代码), 18 characters.
        medins_code: National medical-insurance code of the institution (医保编码).
        rehearsal: Fictional, for practice only.
        division: Administrative division by GB/T 2260, 6 to 12 digits; the first six are the county.
        latitude, longitude: Decimal texts of degrees; empty where unknown.
        pooling: Outpatient pooling (门诊统筹): `open`, `closed` or empty.
        agreement: Service agreement (服务协议): `active`, `suspended`, `ended` or empty.
        agreement_to: Last day of the agreement, or None.
        credit_grade: `A`, `B`, `C`, `D` or empty.
        chain: Name of the chain or head office that it belongs to.
        parent: Id of the head office of a branch, where that stands in the register.
        status: `active`, `closed`, `suspended` or `deregistered`; empty is taken as active.
        no_code_reason: Why there is no credit code (暂无), where there is none.
        complaints: Complaints and reports on record (投诉举报).
        violations: Serious violations on record.
        joint: Under a joint agreement of city and county (市区共同定点).
        paid_fen: What the fund paid in `paid_year`, fen; None where unknown.
        source, stated_on: Where the row comes from, and of which day that was.
        batch: Import that made the row, or empty.
        grade: 特等, 甲等, 乙等 or 丙等 of its level (等次); empty where it has none or it is unknown.
    """

    id: InstitutionId
    name: str
    kind: InstitutionKind
    level: str = ""
    ownership: str = ""
    credit_code: str = ""
    medins_code: str = ""
    address: str = ""
    legal_rep: str = ""
    head: str = ""
    phone: str = ""
    licence_no: str = ""
    rehearsal: bool = False
    division: str = ""
    latitude: str = ""
    longitude: str = ""
    pooling: str = ""
    agreement: str = ""
    agreement_no: str = ""
    agreement_to: dt.date | None = None
    credit_grade: str = ""
    chain: str = ""
    parent: str = ""
    status: str = ""
    no_code_reason: str = ""
    complaints: int = 0
    violations: int = 0
    joint: bool = False
    paid_fen: int | None = None
    paid_year: int | None = None
    source: str = ""
    stated_on: dt.date | None = None
    batch: str = ""
    grade: str = ""


class Role(StrEnum):
    """What a person of the office may be on a visit. Experts and assistants only assist."""

    INSPECTOR = "inspector"
    EXPERT = "expert"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the office or lent to it.

    Attributes:
        licence_no: Law-enforcement licence (执法证号); empty for people who only assist.
        licence_from: First day of validity, or None where unknown.
        licence_to: Last day of validity, or None where unknown.
        unit: Where the person works (所在单位).
        specialities: What an expert is asked for, in own words.
        division: Home district, 6 to 12 digits of GB/T 2260; a draw may send people elsewhere.
        organisation: Id of the third party that sent the person; empty for people of the office.
        issuer: Who issued the licence (发证机关).
        batch: Import that made the row, or empty.
    """

    id: PersonId
    name: str
    role: Role = Role.INSPECTOR
    licence_no: str = ""
    licence_from: dt.date | None = None
    licence_to: dt.date | None = None
    phone: str = ""
    is_active: bool = True
    unit: str = ""
    specialities: tuple[str, ...] = ()
    division: str = ""
    organisation: str = ""
    issuer: str = ""
    batch: str = ""

    def may_inspect_on(self, day: dt.date) -> bool:
        """Return whether a licence valid on this day is on record; people of a third party never inspect.

        Source: 行政处罚法 42, 55 (two licensed officers, licence shown).
        """
        return (
            self.role is Role.INSPECTOR
            and not self.organisation
            and bool(self.licence_no.strip())
            and (self.licence_from is None or self.licence_from <= day)
            and (self.licence_to is None or day <= self.licence_to)
        )


@dataclass(frozen=True, slots=True)
class Office:
    """The authority this installation works for.

    Attributes:
        code: Division code or another short code; names the feed its records travel in.
        short_name: 机关简称 used in document numbers.
        rehearsal: The whole office is for practice; every screen and page says so.
    """

    name: str
    code: str
    short_name: str
    rehearsal: bool
    me: PersonId


def office_code(text: str) -> str | None:
    """Return an office's code as it was typed, also with the wide letters of an input method; None if it is none."""
    code = unicodedata.normalize("NFKC", text).strip()
    fits = len(code) <= _CODE_AT_MOST and code.isascii() and code[:1].isalnum() and code.replace("-", "").isalnum()
    return code if fits else None
