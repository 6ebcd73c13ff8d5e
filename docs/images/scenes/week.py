"""The week of an office: one case delivered, one waiting for signatures, one under way, with a real server beside it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from staging import Camera, Clock, Server, Studio

from scenes import week_papers, week_registers, week_sync


@dataclass
class Stage:
    """The services with the things on stage: the visit under way, its interview, the record that is being signed."""

    studio: Studio
    services: Any
    clock: Clock
    running: Any = None
    interview: Any = None
    signing: Any = None
    signed: Any = None


def take(studio: Studio) -> None:
    """Take the pictures."""
    if studio.wants("first-run"):
        _first_run(studio)
    if studio.wish.only == "first-run":
        return
    with studio.server() as server:
        stage = _furnish(studio, server)
        with studio.opened(stage.services) as camera:
            for name, act in SCENES.items():
                if studio.wants(name, *(("inspection-dark",) if name == "inspection" else ())):
                    act(camera, stage)
                    camera.take(name)
                    if name == "inspection":
                        camera.take("inspection-dark", "dark")
            if studio.wants("papers-1", "papers-2"):
                week_papers.sheets(studio.wish.out, stage)


def _first_run(studio: Studio) -> None:
    from app.services.demo import cast

    with studio.opened(studio.services("new")) as camera:
        page = camera.window.page
        page.office.setText(cast.OFFICE)
        page.person.setText(cast.PEOPLE[0].name)
        page.licence.setText(cast.PEOPLE[0].licence_no)
        page.rehearsal.setChecked(True)
        camera.take("first-run")


def _furnish(studio: Studio, server: Server) -> Stage:
    from app.core.interviews import Subject
    from app.core.tasks import Nature, TaskKind
    from app.services.demo import cast, play

    services, made = studio.office()
    clock = studio.clock
    stage = Stage(studio, services, clock)
    clock.go_on(minutes=20)
    services.sync.enrol(server.url, server.code())
    stage.signed = play.play(services, made.tasks[2], clock(), studio.folder / "record.pdf")
    services.sync.run()
    clock.go_on(hours=1, minutes=6)
    other = services.institutions.find(cast.PLACES[3].name)[0]
    third = services.tasks.create(
        title="定点零售药店日常检查（演练）", nature=Nature.ADMINISTRATIVE, kind=TaskKind.RANDOM, institution=other.id,
        templates=("SGF",), members=made.inspectors[:2], due_on=dt.date(2026, 11, 20), approval_no="演练审〔2026〕9号",
    ).value  # fmt: skip
    inspection = play.check(services, third.id, clock())
    play.interview(services, inspection, *made.inspectors[:2])
    play.findings(services, inspection)
    services.inspections.set_details(
        inspection, situation="检查人员出示执法证件、说明来意并告知权利义务后，在店长陪同下查看营业场所和票据。",
        party_opinion="检查情况属实。",
    )  # fmt: skip
    record = services.documents.freeze_record(inspection).value
    view = services.documents.view(record.id)
    line = next(one for one in view.signers if one.role is view.next_role)
    services.documents.sign(record.id, line.role, list(line.pages), play.handwriting(line.name), aspect=0.4)
    stage.signing = record.id
    clock.go_on(hours=2)
    stage.running = play.check(services, made.tasks[0], clock(), share=0.6)
    clock.go_on(minutes=25)
    asked = services.interviews.start(
        stage.running,
        subject=Subject(
            name="周其真", gender="男", birth="1984-05-06", id_no="（演练）990199********0017", phone="000-0000-1001",
            post="店长", address="云栖市青禾区春晓路3号（演练）", relation="被检查单位负责人",
        ),
        place="店内办公室", asker=made.inspectors[0], recorder=made.inspectors[1],
    ).value  # fmt: skip
    for question, answer in play._ASKED:
        services.interviews.answer(services.interviews.ask(asked.id, question).value.id, answer)
    for turn in services.interviews.view(asked.id).interview.turns:
        if turn.fixed in ("licence", "truth", "rights"):
            services.interviews.answer(turn.id, play._ANSWERS[turn.fixed])
    stage.interview = asked.id
    clock.go_on(minutes=7)
    return stage


def _home(camera: Camera, stage: Stage) -> None:
    camera.go("home")


def _tasks(camera: Camera, stage: Stage) -> None:
    camera.go("tasks")


def _inspection(camera: Camera, stage: Stage) -> None:
    camera.go("inspection", inspection=stage.running, item=("SGF", "SGF-1.04"))


def _interview(camera: Camera, stage: Stage) -> None:
    camera.go("interview", interview=stage.interview)


def _evidence(camera: Camera, stage: Stage) -> None:
    camera.go("evidence", inspection=stage.running)


def _documents(camera: Camera, stage: Stage) -> None:
    camera.go("documents", inspection=stage.signed.inspection)


def _signing(camera: Camera, stage: Stage) -> None:
    camera.go("documents", document=stage.signing)


def _settings(camera: Camera, stage: Stage) -> None:
    camera.go("settings", part="look")


def _archive(camera: Camera, stage: Stage) -> None:
    """A month to be bound, and two files: one as it was signed, one with a changed byte."""
    good = stage.studio.folder / "现场检查笔录.pdf"
    bad = good.with_name("现场检查笔录（收到的）.pdf")
    stage.services.documents.export(stage.signed.record, good)
    raw = bytearray(good.read_bytes())
    raw[raw.index(b"stream\n") + 200] ^= 1
    bad.write_bytes(bytes(raw))
    screen = camera.go("archive")
    screen.checking.check((good, bad))
    camera.settle()


def _copy(camera: Camera, stage: Stage) -> None:
    """The question before a copy is made, over the signed document."""
    camera.go("documents", document=stage.signed.record).signing.deliver.copy.click()
    camera.settle()
    camera.over(camera.window.frame.screen_now.signing.copying.dialog)


def _certificates(camera: Camera, stage: Stage) -> None:
    """A certificate of the office's own authority, its root and list."""
    from app.services.demo import cast
    from sync.server.ca.authority import Authority
    from sync.server.ca.forming import Purpose
    from sync.server.ca.place import Place
    from sync.server.world import World, real_world

    real, folder = real_world(), stage.studio.folder
    world = World(lambda: int(stage.clock().timestamp() * 1000), real.random_bytes, real.ticks_s)
    authority = Authority(Place(folder), world)
    authority.begin(cast.OFFICE, "yanlian-246810")
    (folder / "one.p12").write_bytes(authority.issue("yanlian-246810", cast.PEOPLE[0].name, Purpose.INSPECTOR, "yanlian-246810")[1])
    for name in ("root.cer", "root.crl"):
        stage.services.signing_trust.trust(folder / name)
    stage.services.certificates.add_file(folder / "one.p12", "yanlian-246810")
    camera.go("settings", part="certificates")


SCENES: dict[str, Callable[[Camera, Stage], None]] = {
    "home": _home,
    "tasks": _tasks,
    "registers": week_registers.registers,
    "inspection": _inspection,
    "interview": _interview,
    "evidence": _evidence,
    "documents": _documents,
    "signing": _signing,
    "wall": week_papers.wall,
    "paper": week_papers.paper,
    "sync": week_sync.sync,
    "settings": _settings,
    "packets": week_sync.packets,
    "team": week_sync.team,
    "troubles": week_sync.troubles,
    "archive": _archive,
    "copy": _copy,
    "certificates": _certificates,
    "registers-people": week_registers.people,
    "registers-columns": week_registers.columns,
    "registers-check": week_registers.check,
    "registers-conflicts": week_registers.conflicts,
}
PICTURES = ("first-run", *SCENES, "inspection-dark", "papers-1", "papers-2")
