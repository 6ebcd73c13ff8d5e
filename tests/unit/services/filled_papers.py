"""Drafts completed as a person would, and signed by everybody."""

import datetime as dt

from app.bootstrap import Services
from app.core.clock import now, today
from app.core.documents import DocumentState
from app.core.papers import FieldView, Paper, PaperId, Value
from app.services.demo import cast
from app.services.demo.play import handwriting
from tests.unit.services.desks import HAND, photo

PEOPLE = ((cast.PEOPLE[0].name, cast.PEOPLE[0].licence_no), (cast.PEOPLE[1].name, cast.PEOPLE[1].licence_no))
FACTS = {
    "address": "青禾区演练路1号", "postcode": "310000", "contact": "程砚秋", "phone": "0571-00000000",
    "reconsideration": "青禾区人民政府", "court": "青禾区人民法院", "treasury_account": "国库演练户", "fund_account": "财政专户演练户",
}  # fmt: skip


def word(field: FieldView) -> Value:
    """Return something that may stand in a field."""
    match field.kind:
        case "choice":
            return field.options[0]
        case "checks":
            return (field.options[0],) if field.options else ("其他",)
        case "date":
            return (today(now()) + dt.timedelta(days=8)).isoformat()
        case "minute":
            return "2099-11-30T14:30+08:00"
        case "number" | "money":
            return 3
        case "people":
            return (*PEOPLE, ("何雁回", "演练执法990199003"))
        case "table":
            return (tuple("1" for _ in field.columns), tuple("2" for _ in field.columns))
    return f"演练：{field.label}"


def complete(services: Services, paper: PaperId) -> None:
    """Fill in what is missing, in the companions too."""
    services.papers.set_office_facts(FACTS)
    for one in (paper, *services.papers.view(paper).companions):
        for _ in range(3):
            missing = {field.id: word(field) for field in services.papers.view(one).fields if field.problem}
            if missing:
                services.papers.fill(one, missing)


def drafted(services: Services, kind: str, task: object) -> PaperId:
    """Draft and complete a paper."""
    made = services.papers.draft(kind, task).value.id
    complete(services, made)
    return made


def take(services: Services, kind: str, first: int = 1, last: int = 20) -> None:
    """Give this laptop numbers by hand."""
    services.numbers.take(kind, first, last, "办公室文号登记簿第1页")


def issued(services: Services, kind: str, task: object, **more: object) -> Paper:
    """Draft, complete and issue a paper."""
    return services.papers.issue(drafted(services, kind, task), **more).value


def sign_everybody(services: Services, paper: Paper, folder: object) -> None:
    """Sign every place in order; seals come back as photographed paper."""
    assert paper.document is not None
    scan = folder / "scan.jpg"
    scan.write_bytes(photo("盖章原件"))
    while (view := services.documents.view(paper.document)).next_role is not None:
        line = next(one for one in view.signers if one.role is view.next_role)
        if "章" in line.label and "签" not in line.label:
            services.documents.paper(paper.document, line.role, scan)
            continue
        left = tuple(page for page in line.pages if page not in line.signed)
        name = line.name or "周其真"
        services.documents.sign(paper.document, line.role, left, handwriting(name) or HAND, "" if line.name else name, aspect=0.4)
    assert services.documents.view(paper.document).document.state is DocumentState.SIGNED
