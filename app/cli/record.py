"""Commands about documents: compose, sign, refuse, export."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, find_inspection, office, say
from app.core.documents import DocumentKind, DocumentState, DocumentView, SignerRole
from app.core.errors import Refused
from app.core.ids import DocumentId
from app.services.demo.play import handwriting
from app.services.signing import Strokes

cli = typer.Typer(help="文书与签字", no_args_is_help=True)
Which = Annotated[str, typer.Argument(help="检查编号或任务号（现场检查笔录），或文书编号")]


@cli.command()
def freeze(inspection: Which, home: Home = None, as_json: AsJson = False) -> None:
    """生成待签字的现场检查笔录。"""
    with office(home) as services:
        document = services.documents.freeze_record(find_inspection(services, inspection)).value
    say(document, f"已生成 {document.number}：{len(document.pages)} 页，{document.id}", as_json=as_json)


@cli.command()
def sign(
    which: Which,
    role: Annotated[SignerRole | None, typer.Option(help="签字人；不给出时轮到谁签谁")] = None,
    strokes: Annotated[Path | None, typer.Option(help="笔迹文件：JSON，每笔是一列点，每点四个数：x、y、毫秒、压力")] = None,
    rehearsal_hand: Annotated[bool, typer.Option("--rehearsal-hand", help="以演练笔迹由全部签字人签完（仅限演练单位）")] = False,
    refuse: Annotated[str | None, typer.Option(help="拒绝签字的理由")] = None,
    witness: Annotated[str, typer.Option(help="拒签时的见证人")] = "",
    paper: Annotated[Path | None, typer.Option(help="已手写签字的纸质文书照片")] = None,
    page: Annotated[list[int] | None, typer.Option(help="签字的页，默认为全部待签页")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """逐页签字、记录拒签，或取回纸质签字。尚未生成文书时先生成。"""
    with office(home) as services:
        document = find_document(services, which, compose=True)
        while True:
            view = services.documents.view(document)
            turn = role or view.next_role
            if turn is None or (role is not None and not _left(view, role)):
                break
            if refuse is not None:
                services.documents.refuse(document, turn, refuse, witness)
            elif paper is not None:
                services.documents.paper(document, turn, paper)
            else:
                name = next((line.name for line in view.signers if line.role is turn), "")
                ink = hand(services, name) if rehearsal_hand else read_strokes(strokes)
                services.documents.sign(document, turn, page or _left(view, turn), ink)
            if not rehearsal_hand or role is not None:
                break
        view = services.documents.view(document)
    waiting = "全部签字完成" if view.next_role is None else f"下一位：{view.next_role}，第 {view.next_page} 页"
    say(view, f"{view.document.title} {view.document.number}：{waiting}", as_json=as_json)


@cli.command()
def export(
    which: Which,
    out: Annotated[Path, typer.Option(help="PDF 文件")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """导出 PDF。"""
    with office(home) as services:
        document = find_document(services, which, compose=False)
        services.documents.export(document, out)
        view = services.documents.view(document)
    say({"pdf": out, "document": view.document}, f"已导出：{out}", as_json=as_json)


def find_document(services: Services, which: str, *, compose: bool) -> DocumentId:
    """Return the document that was meant, composing the record of an inspection where asked.

    Raises:
        Refused: `document.unknown`, what composing refuses.
    """
    known = {view.document.id for view in services.documents.recent(10_000)}
    if which in known:
        return DocumentId(which)
    inspection = find_inspection(services, which)
    records = [one for one in services.documents.of(inspection) if one.kind is DocumentKind.RECORD]
    if records and (not compose or records[-1].state is not DocumentState.FROZEN):
        return records[-1].id
    if not compose:
        raise Refused("document.unknown")
    return services.documents.freeze_record(inspection).value.id


def _left(view: DocumentView, role: SignerRole) -> tuple[int, ...]:
    line = next((one for one in view.signers if one.role is role), None)
    return tuple(page for page in line.pages if page not in line.signed) if line else ()


def hand(services: Services, name: str) -> Strokes:
    """Return the rehearsal's handwriting of a name.

    Raises:
        Refused: `demo.real_office`.
    """
    if not services.office.get().rehearsal:
        raise Refused("demo.real_office")
    return handwriting(name)


def read_strokes(path: Path | None) -> Strokes:
    """Read strokes from a file.

    Raises:
        Refused: `document.no_strokes`, `cli.strokes`.
    """
    if path is None:
        raise Refused("document.no_strokes")
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        return [[(float(x), float(y), int(t), float(p)) for x, y, t, p in stroke] for stroke in tree]
    except (OSError, ValueError, TypeError) as error:
        raise Refused("cli.strokes", file=path.name) from error
