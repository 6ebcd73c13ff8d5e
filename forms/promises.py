"""What the promises of those who take part in an inspection share."""

from forms.model import Role
from forms.papers import Basis, Blank, Closing, Field, FieldKind, Paper, Path, Signing, Words, rows
from forms.shared import conditional, required


def promise(
    paper_id: str, title: str, file_order: int, basis: str, points: tuple[str, str, str, str], closing: str
) -> Paper:
    """Return one promise of four points."""
    head = (
        Field("name", "承诺人", example="周牧之"),
        Field("unit", "所在单位", example="云岭正衡会计师事务所"),
        Field("subject", "参加的工作", source="task.title", wide=True),
        Field("signed_on", "承诺日期", FieldKind.DATE, source="issue.date"),
    )
    named = tuple(zip(("one", "two", "three", "four"), points, strict=True))
    return Paper(
        id=paper_id,
        entry=30,
        title=title,
        source=Basis.PRACTICE,
        basis=(basis,),
        file_order=file_order,
        fields=head,
        words=(("opening", "本人参加医疗保障基金监督检查工作，郑重承诺："), *named, ("closing", closing)),
        body=(
            rows(head),
            Words("opening"),
            *(Words(name) for name, _ in named),
            Blank(),
            Closing("closing", "promiser", refusal=False),
        ),
        signings=(Signing("promiser", Role.MEMBER, "承诺人", names="name"),),
        needs=(
            *required(Path.THIRD_PARTY),
            *conditional("参加检查的人员", Path.RANDOM_DAILY, Path.SPECIAL, Path.COMPLAINT),
        ),
    )
