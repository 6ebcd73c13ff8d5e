"""Commands about interviews."""

from typing import Annotated

import typer

from app.bootstrap import Services
from app.cli.terms import AsJson, Home, find_inspection, find_person, office, say
from app.core.errors import Refused
from app.core.ids import InterviewId
from app.core.interviews import Interview, Subject

cli = typer.Typer(help="询问笔录", no_args_is_help=True)
Asked = Annotated[str, typer.Argument(help="询问编号")]


@cli.command()
def start(
    inspection: Annotated[str, typer.Argument(help="检查编号，或任务号")],
    subject: Annotated[str, typer.Option(help="被询问人姓名")],
    asker: Annotated[str, typer.Option(help="询问人")],
    recorder: Annotated[str, typer.Option(help="记录人")],
    gender: Annotated[str, typer.Option(help="性别")] = "",
    id_no: Annotated[str, typer.Option(help="身份证号")] = "",
    post: Annotated[str, typer.Option(help="职务")] = "",
    phone: Annotated[str, typer.Option(help="电话")] = "",
    relation: Annotated[str, typer.Option(help="与本案关系")] = "",
    place: Annotated[str, typer.Option(help="询问地点")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """开始询问；规定的首问和末问自动列出。"""
    who = Subject(subject, gender, "", id_no, phone, post, "", relation)
    with office(home) as services:
        made = services.interviews.start(
            find_inspection(services, inspection), subject=who, place=place, asker=find_person(services, asker),
            recorder=find_person(services, recorder),
        ).value  # fmt: skip
    say(made, f"询问已开始：{made.id}\n{_transcript(made)}", as_json=as_json)


@cli.command()
def ask(
    interview: Asked,
    question: Annotated[str, typer.Argument(help="问题原文；或规定问题的名称（licence、truth、rights、addition、checked）")],
    answer: Annotated[str, typer.Argument(help="答复原话")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """问一个问题并记下答复。"""
    with office(home) as services:
        record = services.interviews.view(InterviewId(interview)).interview
        fixed = next((turn for turn in record.turns if turn.fixed == question), None)
        turn = fixed or services.interviews.ask(record.id, question).value
        said = services.interviews.answer(turn.id, answer).value
    say(said, f"问：{said.question}\n答：{said.answer}", as_json=as_json)


@cli.command()
def show(interview: Asked, home: Home = None, as_json: AsJson = False) -> None:
    """显示询问笔录和题库。"""
    with office(home) as services:
        view = services.interviews.view(InterviewId(interview))
    say(view, _transcript(view.interview), as_json=as_json)


@cli.command("list")
def list_(
    inspection: Annotated[str, typer.Argument(help="检查编号，或任务号")], home: Home = None, as_json: AsJson = False
) -> None:
    """列出一次检查的全部询问。"""
    with office(home) as services:
        found = services.interviews.of(find_inspection(services, inspection))
    say({"interviews": found}, "\n".join(f"{one.id}  {one.subject.name}" for one in found), as_json=as_json)


@cli.command()
def finish(interview: Asked, home: Home = None, as_json: AsJson = False) -> None:
    """结束询问并生成待签字的笔录。"""
    with office(home) as services:
        _must_exist(services, interview)
        services.interviews.finish(InterviewId(interview))
        document = services.documents.freeze_interview(InterviewId(interview)).value
    say(document, f"询问已结束，待签字文书：{document.id}（{len(document.pages)} 页）", as_json=as_json)


def _must_exist(services: Services, interview: str) -> None:
    if not interview:
        raise Refused("interview.unknown")
    services.interviews.view(InterviewId(interview))


def _transcript(interview: Interview) -> str:
    lines = []
    for turn in interview.turns:
        if turn.is_removed:
            gone = (change.struck for change in (*turn.question_changes, *turn.answer_changes))
            lines.append(f"〔已撤去，划线保留〕{'／'.join(gone)}")
            continue
        lines.append(f"问：{turn.question}" + (f"〔{turn.fixed}〕" if turn.fixed else ""))
        lines.append(f"答：{turn.answer}")
    return "\n".join(lines)
