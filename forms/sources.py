"""The names of what a field can be filled from. The program fills what it knows; all else stays with a person.

Besides these a field may name `papers.<paper id>.<field id>`: the value of a paper issued before in the same case, and
`papers.<paper id>.number` or `papers.<paper id>.issued_on`.
"""

SOURCES: frozenset[str] = frozenset(
    {
        # The authority, with what its papers print of it.
        "office.name", "office.short_name", "office.address", "office.postcode", "office.contact", "office.phone",
        "office.reconsideration", "office.court", "office.treasury_account", "office.fund_account",
        # This paper.
        "issue.number", "issue.date", "issue.parent_number",
        # The institution inspected.
        "institution.name", "institution.credit_code", "institution.insurance_code", "institution.kind",
        "institution.address", "institution.legal_person", "institution.responsible", "institution.phone",
        # The task and the inspection.
        "task.number", "task.title", "task.basis", "task.source", "task.nature", "task.approval_number", "task.content",
        "task.due", "task.times_this_year",
        # The plan that the task belongs to: `plan.course` are its stages, a line each.
        "plan.goal", "plan.course", "plan.data_period", "plan.discipline",
        "inspection.method", "inspection.place", "inspection.started_at", "inspection.ended_at",
        "inspection.date", "inspection.situation", "inspection.party_opinion",
        "inspectors", "recorder", "assistants", "assistants.count",
        "party.name", "party.sex", "party.id_number", "party.post", "party.phone", "witness.name",
        # What was established: `findings.table` has the columns 违规行为, 依据, 例次, 金额.
        "findings.table", "findings.facts", "findings.basis", "findings.total_fen", "findings.count",
        "findings.period",
        # `evidence.table` has the columns 编号, 名称, 取得时间, 校验值.
        "evidence.table", "evidence.count",
    }
)  # fmt: skip
PAPERS_PREFIX = "papers."
