"""Where the header of a table is: in the first row, below a title or instructions, or nowhere."""

import re
from collections.abc import Callable, Sequence
from typing import Final

_LOOKED_AT: Final = 40
_MAX_LABEL: Final = 40
# How names of columns end, and names of fields in exports.
_LABEL: Final = re.compile(
    r"(?:名|名称|姓名|代码|编码|编号|证号|账号|号码|类型|类别|性质|等级|级别|序号|说明|备注|日期|时间|数量|单位|对象|地址|电话|金额|状态"
    r"|区划|来源|标识|途|范式|周期|频次|频度|别名|字段值|字段名|值域|规格|方式|年月|性别|年龄|负责人|法定代表人|人员|专业|有效期|起|止|位|数|率|价|厂家)"
    r"(?:\(.*\))?[:：*]?"
)
_FIELD_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_. ]*")
_NUMBER: Final = re.compile(r"[\d\s.,:/%+\-]+")


def find_header(rows: Sequence[Sequence[str]], is_known: Callable[[str], bool]) -> int | None:
    """Return the index of the row that names the columns, or None where the table begins without one.

    Args:
        is_known: Whether a label is the name of a field that the caller looks for.
    """
    best: tuple[int, int, int] | None = None
    for at, row in enumerate(rows[:_LOOKED_AT]):
        texts = [cell for cell in row if cell]
        if not texts or len(set(texts)) * 2 <= len(texts):
            continue  # a merged title, a row of types
        if any(len(text) > _MAX_LABEL for text in texts) or any(map(_NUMBER.fullmatch, texts)):
            continue
        known = sum(map(is_known, texts))
        labels = sum(1 for text in texts if is_known(text) or _LABEL.fullmatch(_tail(text)) or _FIELD_NAME.fullmatch(text))
        if known < 2 and labels * 2 < len(texts):
            continue
        if len(texts) == 1 and not known:
            continue
        # The first of equals: a row of data that looks like labels stands below the header.
        score = (known, labels, -at)
        if best is None or score > best:
            best = score
    return -best[2] if best else None


def _tail(text: str) -> str:
    """Return the end of a label, where its meaning stands."""
    plain = text.rstrip(":：*＊ ")
    for length in (4, 3, 2, 1):
        if len(plain) >= length and _LABEL.fullmatch(plain[-length:]):
            return plain[-length:]
    return plain
