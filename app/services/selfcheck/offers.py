"""Which checklists each kind of institution checks itself against."""

from app.core.self_checks import CheckedKind, Contractor, TemplateRef
from checklists.schema import Section, Template

SELF_CHECK = "医保基金使用问题自查自纠"  # as the titles of the lists of seed plan 003 begin
# Beside the part for all of them each contractor answers the part for its work. Source: seed plan 003, 二（三）.
_PARTS = {Contractor.INSURER: "商业保险", Contractor.IT: "信息技术", Contractor.ACCOUNTING: "会计师"}
_FOR_ALL = "全部"
_KINDS = {CheckedKind.AGENCY: "agency", CheckedKind.CONTRACTOR: "other"}


def is_self_check(template: Template) -> bool:
    """Return whether a checklist is made for institutions to check themselves."""
    return template.title.startswith(SELF_CHECK)


def fits(template: Template, kind: CheckedKind, institution_kind: str) -> bool:
    """Return whether a checklist is made for such an institution."""
    wanted = _KINDS.get(kind, institution_kind)
    return is_self_check(template) and (not template.applies.kinds or wanted in template.applies.kinds)


def ref_of(template: Template, contractor: str = "") -> TemplateRef:
    """Return the reference that is asked for; of a checklist with parts for contractors, those of this one."""
    parts = tuple(one.id for one in template.sections if _is_for(one, contractor)) if contractor else ()
    return TemplateRef(template.id, template.version, template.digest, parts if len(parts) < len(template.sections) else ())


def _is_for(section: Section, contractor: str) -> bool:
    others = [word for one, word in _PARTS.items() if one != contractor]
    return section.title.startswith(_FOR_ALL) or not any(word in section.title for word in others)
