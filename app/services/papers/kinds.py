"""The kinds of papers, as they hold on a day in the office's province."""

import datetime as dt
from collections.abc import Mapping

from app.core.errors import Refused
from app.core.papers import ServiceMethod
from app.core.places import Office
from app.core.tasks import Nature, Task, TaskKind
from forms import model, registry
from forms.errors import NoSuchPaper
from forms.law import Rule
from forms.papers import Level, Paper, Path
from forms.sources import SOURCES

# As the options of the receipt name them.
METHODS: Mapping[ServiceMethod, str] = {
    ServiceMethod.DIRECT: "直接送达",
    ServiceMethod.MAIL: "邮寄送达",
    ServiceMethod.LEFT: "留置送达",
    ServiceMethod.ELECTRONIC: "电子送达",
    ServiceMethod.ANNOUNCED: "公告送达",
}
# Which of the records that are composed from the inspection itself are which kinds of paper.
RECORDS: Mapping[type, str] = {
    model.OnsiteRecord: "record",
    model.ChecklistSheet: "record",
    model.FindingsStatement: "findings",
    model.EvidenceList: "evidence",
    model.InterviewRecord: "interview",
}


def every() -> Mapping[str, Paper]:
    """Return all kinds by id, in the order of the file of a case."""
    return registry.papers()


def kind(kind_id: str) -> Paper:
    """Return one kind.

    Raises:
        Refused: `paper.kind_unknown`.
    """
    try:
        return registry.paper(kind_id)
    except NoSuchPaper as error:
        raise Refused("paper.kind_unknown", kind=kind_id[:60]) from error


def region(office: Office) -> str:
    """Return the office's division code, empty where its code is none."""
    return office.code if office.code.isascii() and office.code.isdigit() and len(office.code) in (2, 4, 6) else ""


def edition(paper: Paper, on: dt.date, office: Office) -> model.Edition:
    """Return title, words and labels of a kind."""
    return registry.wording().edition(paper, on, region(office))


def hints(paper: Paper, on: dt.date, office: Office) -> Mapping[str, str]:
    """Return what to tell beside each field."""
    return registry.wording().hints(paper, on, region(office))


def rule(rule_id: str, on: dt.date, office: Office) -> Rule:
    """Return a figure of the law that is in force."""
    return registry.wording().rule(rule_id, on, region(office))


def path_of(task: Task) -> Path:
    """Return which path of work a task takes. Source: domain report 4.2 and 3.5 (投诉举报, 转办交办, 数据监测 are 个案检查)."""
    match task.nature:
        case Nature.AGREEMENT:
            return Path.AGREEMENT_AUDIT
        case Nature.SELF_CHECK:
            return Path.SELF_CHECK
        case Nature.SUPERVISION:
            return Path.SUPERVISION
        case Nature.ADMINISTRATIVE:
            if task.kind is TaskKind.SPECIAL:
                return Path.SPECIAL
            single = (TaskKind.COMPLAINT, TaskKind.TRANSFER, TaskKind.DATA)
            return Path.COMPLAINT if task.kind in single else Path.RANDOM_DAILY


def forbidden(paper: Paper, path: Path) -> str:
    """Return why a path must not have this kind of paper; empty if it may."""
    return next((one.when or "—" for one in paper.needs if one.path is path and one.level is Level.FORBIDDEN), "")


def words_of(path: Path) -> set[str]:
    """Return the 文种 of the papers that a path needs in any case."""
    return {
        one.number_word
        for one in every().values()
        if one.number_word and any(need.path is path and need.level is Level.REQUIRED for need in one.needs)
    }


def office_facts() -> frozenset[str]:
    """Return what a paper may print of the office beyond its name, as `office_fact` names it."""
    known = {"name", "short_name"}
    return frozenset(one.removeprefix("office.") for one in SOURCES if one.startswith("office.")) - known
