"""The prescribed first and last questions of an interview record.

Source: domain report 4.1 no. 5 (identity and licence, duty of truth and liability for false statements, right to ask
for recusal and to make statements; last: additions, record checked). 行政处罚法 42, 43, 45, 55.
"""

from dataclasses import dataclass

OPENING_STEP = 10
CLOSING_AT = 1_000_000


@dataclass(frozen=True, slots=True)
class FixedQuestion:
    """One prescribed question; `name` tells what its answer means."""

    name: str
    text: str


def opening(authority: str, officers: tuple[tuple[str, str], tuple[str, str]], institution: str) -> tuple[FixedQuestion, ...]:
    """Return the first questions; officers are (name, licence number), the one who asks first."""
    (asker, asker_no), (recorder, recorder_no) = officers
    return (
        FixedQuestion(
            "licence",
            f"我们是{authority}的执法人员{asker}（执法证号{asker_no}）、{recorder}（执法证号{recorder_no}），"
            "这是我们的执法证件（出示证件），请你过目。你看清楚了吗？",
        ),
        FixedQuestion(
            "truth",
            f"我们就{institution}使用医疗保障基金的有关情况依法向你询问。你应当如实回答，不得隐瞒、作虚假陈述，"
            "否则将承担相应的法律责任。你听明白了吗？",
        ),
        FixedQuestion(
            "rights",
            "你依法享有陈述、申辩的权利；认为执法人员与本案有直接利害关系或者有其他关系可能影响公正执法的，"
            "有权申请回避。你是否申请回避？",
        ),
    )


def closing() -> tuple[FixedQuestion, ...]:
    """Return the last questions."""
    return (
        FixedQuestion("addition", "对以上情况，你还有什么需要补充的吗？"),
        FixedQuestion("checked", "请你核对以上笔录（或者向你宣读），与你所说的是否一致？"),
    )
