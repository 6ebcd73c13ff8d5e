"""The same record by other engines: ReportLab as its guide shows it (platypus), and WeasyPrint."""

import base64
import importlib
import importlib.util
import io
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

import resources
from bench.record import META
from bench.replay import FILES
from forms.kit import parts, tables
from forms.kit.document import Context
from forms.kit.flow import BOTTOM, FOOTER_Y, LEFT, PAGE_HEIGHT, PAGE_WIDTH, WIDTH
from forms.kit.pictures import Pictures, _caption
from forms.model import Section
from forms.registry import document_for

_TOP = 105.0
_PICTURE = (212.0, 132.0)
_GRID = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
_ALIGN = {"left": 0, "center": 1, "right": 2}


def composed(sections: Sequence[Section]) -> list[parts.Part]:
    """Return what the documents are composed of, before any layout."""
    context = Context(META.authority, META.document_number, META.task_number)
    return [part for section in sections for part in document_for(type(section)).compose(section, context)]


def platypus(composition: Sequence[parts.Part], file_of: Callable[[bytes], str]) -> bytes:
    """Print with ReportLab's page layout, as its settings are; pictures come from files, its quickest way."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), leftMargin=LEFT, rightMargin=PAGE_WIDTH - LEFT - WIDTH,
        topMargin=_TOP, bottomMargin=BOTTOM + 52, title="现场检查笔录",
    )  # fmt: skip
    story = [flowable for part in composition for flowable in _flowables(part, file_of)]
    document.build(story, onFirstPage=_frame, onLaterPages=_frame)
    return out.getvalue()


def weasyprint_or_why() -> tuple[Callable[[Sequence[parts.Part]], bytes] | None, str]:
    """Return a printer by WeasyPrint with its version, or None with the reason why there is none."""
    if importlib.util.find_spec("weasyprint") is None:
        return None, "WeasyPrint is not installed (dependency group `bench`)"
    try:
        weasyprint: Any = importlib.import_module("weasyprint")
    except OSError as error:
        return None, f"WeasyPrint does not find its libraries ({str(error).splitlines()[0][:80]})"

    def write(composition: Sequence[parts.Part]) -> bytes:
        found: bytes = weasyprint.HTML(string=page(composition)).write_pdf()
        return found

    return write, str(weasyprint.__version__)


def page(composition: Sequence[parts.Part]) -> str:
    """Return the record as HTML; pictures are inside, so that none can be missing."""
    faces = "".join(
        f"@font-face{{font-family:{name};src:url({resources.path(f'fonts/{file}').as_uri()})}}"
        for name, file in FILES.items()
    )
    style = (
        f"@page{{size:A4;margin:{_TOP}pt 26mm {BOTTOM + 52}pt 28mm;@bottom-center{{content:'第 ' counter(page) ' 页';"
        "font:10.5pt FS}}body{font:14pt/24pt FS;margin:0}h1{font:22pt FS;text-align:center}h2{font:14pt FB}"
        "p{text-indent:2em;margin:0}table{border-collapse:collapse;width:100%;table-layout:fixed;margin-bottom:8pt}"
        "td{border:.5pt solid black;line-height:1.42;padding:4pt}.l{font-family:FB;background:#eee;text-align:center}"
        "img{width:212pt;height:132pt;object-fit:contain}thead{display:table-header-group}"
    )
    return f"<meta charset=utf-8><style>{faces}{style}</style>" + "".join(_html(part) for part in composition)


def _frame(canvas: Any, document: Any) -> None:
    canvas.setFont("FS", 10.5)
    canvas.drawCentredString(PAGE_WIDTH / 2, FOOTER_Y, f"第 {document.page} 页")
    canvas.setFont("FS", 8)
    for number, label in enumerate(("当事人：周其真", "检查人员：程砚秋", "检查人员：陆知遥")):
        canvas.rect(LEFT + number * WIDTH / 3, BOTTOM, WIDTH / 3, 44)
        canvas.drawString(LEFT + number * WIDTH / 3 + 3, BOTTOM + 34, label)


def _style(size: float, *, font: str = "FS", align: str = "left", indent: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        "one", fontName=font, fontSize=size, leading=size * 1.42, alignment=_ALIGN[align], wordWrap="CJK",
        firstLineIndent=indent,
    )  # fmt: skip


def _said(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _flowables(part: parts.Part, file_of: Callable[[bytes], str]) -> Iterator[Any]:
    match part:
        case parts.Title():
            yield _said(part.text, _style(22, align="center"))
            yield _said(part.number, _style(12, align="center"))
        case parts.Heading():
            yield _said(part.text, _style(14, font="FB"))
        case parts.Paragraph():
            yield _said(part.lead + part.text, _style(part.size, indent=2 * part.size))
        case parts.Fields():
            yield _table(tables.Table((1.0,) * 12, tuple(parts._field_row(row) for row in part.rows)))
        case tables.Table():
            yield _table(part)
            yield Spacer(1, 8)
        case Pictures():
            yield _pictures(part, file_of)
        case parts.Statement():
            yield _said(part.words, _style(10.5))
            yield Spacer(1, 100)
        case _:
            yield _said("以下空白", _style(10.5, font="FB", align="center"))


def _table(table: tables.Table) -> Table:
    scale = WIDTH / sum(table.widths)
    rows, style = [], list(_GRID)
    for y, row in enumerate((*table.header, *table.rows)):
        cells: list[Any] = []
        for cell in row:
            x = len(cells)
            face = "FB" if cell.label else "FS"
            cells.append(_said(cell.text or "／", _style(cell.size, font=face, align=cell.align)))
            cells += [""] * (cell.span - 1)
            if cell.span > 1:
                style.append(("SPAN", (x, y), (x + cell.span - 1, y)))
            if cell.shaded:
                style.append(("BACKGROUND", (x, y), (x + cell.span - 1, y), colors.Color(0.93, 0.93, 0.93)))
        rows.append(cells)
    made = Table(rows, colWidths=[share * scale for share in table.widths], repeatRows=len(table.header))
    made.setStyle(TableStyle(style))
    return made


def _pictures(part: Pictures, file_of: Callable[[bytes], str]) -> Table:
    pairs = [part.evidence[i : i + 2] for i in range(0, len(part.evidence), 2)]
    rows = [
        [
            [
                Image(file_of(one.thumbnail or b""), *_PICTURE, kind="proportional"),
                _said(_caption(one), _style(8)),
            ]
            for one in pair
        ]
        for pair in pairs
    ]
    made = Table(rows, colWidths=[WIDTH / 2] * 2)
    made.setStyle(TableStyle(_GRID))
    return made


def _html(part: parts.Part) -> str:
    match part:
        case parts.Title():
            return f"<h1>{escape(part.text)}</h1><div>{escape(part.number)}</div>"
        case parts.Heading():
            return f"<h2>{escape(part.text)}</h2>"
        case parts.Paragraph():
            return f'<p style="font-size:{part.size}pt">{escape(part.lead + part.text)}</p>'
        case parts.Fields():
            return _html_table(tables.Table((1.0,) * 12, tuple(parts._field_row(row) for row in part.rows)))
        case tables.Table():
            return _html_table(part)
        case Pictures():
            return _html_pictures(part)
        case parts.Statement():
            return f'<p>{escape(part.words)}</p><div style="height:100pt"></div>'
        case _:
            return "<div>以下空白</div>"


def _html_table(table: tables.Table) -> str:
    def row(cells: tables.Row) -> str:
        inner = "".join(
            f'<td colspan={c.span} class={"l" if c.label else "t"} style="font-size:{c.size}pt;text-align:{c.align}">'
            f"{escape(c.text or '／').replace(chr(10), '<br>')}</td>"
            for c in cells
        )
        return f"<tr>{inner}</tr>"

    head, body = "".join(map(row, table.header)), "".join(map(row, table.rows))
    columns = "".join(f'<col style="width:{100 * w / sum(table.widths):.2f}%">' for w in table.widths)
    return f"<table>{columns}<thead>{head}</thead><tbody>{body}</tbody></table>"


def _html_pictures(part: Pictures) -> str:
    cells = [
        f'<td style="font-size:8pt"><img src="data:image/jpeg;base64,{base64.b64encode(one.thumbnail or b"").decode()}">'
        f"<br>{escape(_caption(one)).replace(chr(10), '<br>')}</td>"
        for one in part.evidence
    ]
    rows = "".join(f"<tr>{''.join(cells[i : i + 2])}</tr>" for i in range(0, len(cells), 2))
    return f"<table>{rows}</table>"
