"""Papers of the week's case that waits for signatures."""

from pathlib import Path
from typing import Any

from staging import Camera, shrink


def wall(camera: Camera, stage: Any) -> None:
    """The case that is waiting for signatures, with papers in every state."""
    papers, task = stage.services.papers, _paper_task(stage)
    if not papers.of_task(task):
        for kind in ("inspection_approval", "inspection_notice"):
            made = papers.draft(kind, task).value.id
            _complete(papers, made)
            papers.issue(made)
        papers.serve(
            papers.of_task(task)[-1].id, "mail", served_at=stage.clock(), receiver="周其真", tracking="EMS 1000000000001"
        )
        wrong = papers.draft("evidence_request", task).value.id
        _complete(papers, wrong)
        papers.void(papers.issue(wrong).value.id, "证据名称写错，重新制发")
        papers.draft("rectification_order", task)
    camera.go("papers", task=task)


def paper(camera: Camera, stage: Any) -> None:
    """A draft, some of it filled from the data and some by hand."""
    wall(camera, stage)
    papers = stage.services.papers
    order = next(one.id for one in papers.of_task(_paper_task(stage)) if one.kind == "rectification_order")
    papers.fill(order, {"violated": "《医疗保障基金使用监督管理条例》第十五条", "credit_code": "91990199MA00000017"})
    camera.go("papers", paper=order)


def _paper_task(stage: Any) -> Any:
    document = stage.services.documents.view(stage.signing).document
    return stage.services.inspections.view(document.inspection).inspection.task


def _complete(papers: Any, paper: Any) -> None:
    """Fill in what the data leaves to a person, with the examples of the forms."""
    from app.services.demo import cast
    from forms.registry import paper as kind_of

    papers.set_office_facts(
        {"address": "云栖市青禾区演练路1号", "phone": "000-0000-0000", "contact": "程砚秋", "court": "青禾区人民法院",
         "reconsideration": "云栖市青禾区人民政府", "postcode": "990199", "treasury_account": "演练国库", "fund_account": "演练专户"}
    )  # fmt: skip
    people = tuple((one.name, one.licence_no) for one in cast.PEOPLE)
    for one in (paper, *papers.view(paper).companions):
        kind = kind_of(papers.get(one).kind)
        values: dict[str, Any] = {}
        for field in papers.view(one).fields:
            if not field.problem:
                continue
            example = kind.field_of(field.id).example
            match field.kind:
                case "choice":
                    values[field.id] = field.options[0]
                case "checks":
                    values[field.id] = (field.options or ("其他",))[:1]
                case "date":
                    values[field.id] = "2026-11-30"
                case "minute":
                    values[field.id] = "2026-11-18T16:30+08:00"
                case "number":
                    values[field.id] = 3
                case "money":
                    values[field.id] = 128_400
                case "people":
                    values[field.id] = people
                case "table":
                    values[field.id] = tuple(
                        tuple("1" if sort != "text" else "演练" for _, sort in field.columns) for _ in range(2)
                    )
                case _:
                    values[field.id] = example or f"（演练）{field.label}"
        papers.fill(one, values)


def sheets(out: Path, stage: Any) -> None:
    """Lay the first pages of ten papers side by side."""
    from PIL import Image

    papers, task = stage.services.papers, _paper_task(stage)
    kinds = (
        "inspection_approval", "inspection_plan", "inspection_notice", "sampling_record", "preservation_decision",
        "rectification_order", "result_notice", "penalty_prior_notice", "penalty_decision", "service_receipt",
    )  # fmt: skip
    pictures = []
    for kind in kinds:
        made = papers.draft(kind, task).value.id
        _complete(papers, made)
        page = papers.preview_pages(made, 0.86)[0]
        pictures.append(Image.frombytes("RGB", (page.width, page.height), page.rgb))
        papers.discard(made)
    wide, high, gap = pictures[0].width, pictures[0].height, 14
    for part in (0, 1):
        sheet = Image.new("RGB", (5 * (wide + gap) + gap, high + 2 * gap), "#DCE1E8")
        for at, picture in enumerate(pictures[5 * part : 5 * part + 5]):
            sheet.paste(picture, (gap + at * (wide + gap), gap))
        target = out / f"papers-{part + 1}.png"
        sheet.save(target)
        shrink(target)
