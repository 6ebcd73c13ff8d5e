"""卷内目录: the first page of a whole record."""

from forms.kit.document import Context, Document
from forms.kit.flow import Slot
from forms.kit.parts import Blank, Fields, Heading, Part, Title
from forms.kit.tables import Cell, Table, label
from forms.kit.wording import joined, minute
from forms.model import Cover


def compose(cover: Cover, context: Context) -> list[Part]:
    """Return the parts of the cover."""
    head = Fields(
        (
            (("被检查单位", cover.institution.name),),
            (("信用代码", cover.institution.credit_code), ("医保编码", cover.institution.insurance_code)),
            (("检查机关", context.authority),),
            (("检查时间", minute(cover.inspected_at)), ("任务编号", context.task_number)),
            (("检查人员", joined([f"{one.name}（{one.licence_no}）" for one in cover.inspectors])),),
            *(((("更正文书", context.amends),),) if context.amends else ()),
        )
    )
    rows = tuple(
        (
            Cell(str(number), "center"),
            Cell(title),
            Cell(f"{first}" if first == last else f"{first}—{last}", "center"),
            Cell(str(last - first + 1), "center"),
        )
        for number, (title, first, last) in enumerate(context.contents, 1)
    )
    header = (tuple(label(text) for text in ("序号", "文书名称", "页次", "页数")),)
    table = Table((1.2, 7, 2, 1.4), rows, header=header)
    return [Title(cover.title, context.number), head, Heading("卷内文书目录"), table, Blank()]


def slots(cover: Cover) -> tuple[Slot, ...]:
    """Return who signs every page: nobody signs a table of contents."""
    return ()


DOCUMENT = Document("cover", "卷内目录", Cover, compose, slots)
