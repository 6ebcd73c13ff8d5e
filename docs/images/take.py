"""Take the pictures of the README from the real program: a rehearsal office, the real window, a real server.

    .venv/bin/python docs/images/take.py [--only NAME] [--out DIR] [--scale 1.5] [--theme dark] [--language en]

The clock of program and server stands at one moment, so that dates, deadlines and times are the same in each run; ids
and hashes are not.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1366, 768
LIMIT = 250_000
START = dt.datetime(2026, 11, 18, 1, 12, tzinfo=dt.UTC)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> dt.datetime:
        return self.at

    def go_on(self, **by: float) -> None:
        """Let some time pass."""
        self.at += dt.timedelta(**by)


@dataclass
class Stage:
    """The services with the things on stage: the visit under way, its interview, the record that is being signed."""

    services: Any
    clock: Clock
    running: Any = None
    interview: Any = None
    signing: Any = None
    signed: Any = None
    rest: Any = None


def main() -> None:
    """Take all pictures, or those asked for."""
    wish = _arguments()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("YANFANG_NO_KEYRING", "1")
    if wish.serve:
        _serve(wish.serve)
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if wish.factor != 1:
        os.environ["QT_SCALE_FACTOR"] = str(wish.factor)
    clock = Clock()
    import app.core.clock

    app.core.clock.now = clock
    import app.services.sync_schedule

    app.services.sync_schedule.BEGIN_S = 86_400.0  # the pictures show what waits, not a run that happens to be under way
    wish.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _take(wish, clock, Path(folder))
    if wish.factor == 1 and not wish.only and not wish.plain:
        again = [sys.executable, __file__, "--factor", "2", "--only", "inspection", "--out", str(wish.out)]
        subprocess.run(again, check=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--theme", default="")
    parser.add_argument("--language", default="zh_cn")
    parser.add_argument("--factor", type=float, default=1)
    parser.add_argument("--plain", action="store_true", help="without the dark and the doubled pictures")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _take(wish: argparse.Namespace, clock: Clock, folder: Path) -> None:
    from PySide6.QtWidgets import QApplication

    from app.gui.prefs import Prefs
    from app.gui.run import application, build

    app: QApplication = application(["yanfang"])
    prefs = Prefs(folder / "window.ini")
    prefs.set("language", wish.language)
    prefs.set("scale", wish.scale)
    prefs.set("theme", wish.theme or "light")
    window, runner = build(app, prefs, now=clock)
    window.resize(WIDTH, HEIGHT)
    window.show()
    camera = Camera(app, window, runner, wish)
    wanted = [name for name in (wish.only,) if name]
    if not wanted or wanted == ["first-run"]:
        _first_run(camera, folder / "new")
    if wanted == ["first-run"]:
        runner.close()
        return
    with _server(folder / "server") as (url, code):
        stage = _furnish(folder / "office", clock, url, code)
        window.open_with(lambda: stage.services)
        camera.settle()
        for name, act in SCENES.items():
            if (not wanted or name in wanted) and camera.has(PAGE.get(name, name)):
                act(camera, stage)
                camera.take(name)
                if name == "inspection" and not wish.plain:
                    camera.take("inspection-dark", "dark")
        if not wanted or "paper" in wanted:
            _sheets(wish.out, stage)
        window.close()
        runner.close()
        stage.services.close()


class Camera:
    """Works the window like a person and takes its picture when nothing moves any more."""

    def __init__(self, app: Any, window: Any, runner: Any, wish: argparse.Namespace) -> None:
        self.app, self.window, self.runner, self.wish = app, window, runner, wish
        self.front: Any = None

    def has(self, name: str) -> bool:
        """Return whether there is such a screen."""
        return name in self.window.frame._specs

    def go(self, name: str, **params: Any) -> Any:
        """Open a screen and return it."""
        self.window.frame.go(name, **params)
        self.settle()
        return self.window.frame.screen_now

    def settle(self) -> None:
        """Wait until nothing is under way."""
        import time

        quiet = 0
        for _ in range(2000):
            self.app.processEvents()
            time.sleep(0.01)
            quiet = quiet + 1 if self.runner.is_idle else 0
            if quiet > 40:
                return
        raise TimeoutError("the window does not come to rest")

    def key(self, *keys: Any) -> None:
        """Press keys where the focus is."""
        from PySide6.QtTest import QTest

        for one in keys:
            QTest.keyClick(self.app.focusWidget() or self.window, one)
        self.settle()

    def over(self, dialog: Any) -> None:
        """Show a dialog in the next picture: what stands before a window is not part of it."""
        self.front = dialog
        self.settle()

    def _lay(self, picture: Any) -> None:
        from PySide6.QtGui import QColor, QPainter

        above, ratio = self.front.grab(), picture.devicePixelRatio()
        painter = QPainter(picture)
        painter.fillRect(0, 0, picture.width(), picture.height(), QColor(20, 30, 40, 90))
        painter.drawPixmap(
            int((picture.width() / ratio - above.width() / ratio) / 2), int((picture.height() / ratio - above.height() / ratio) / 2), above
        )
        painter.end()

    def take(self, name: str, theme: str = "") -> None:
        """Save the window as a small PNG, for a moment in another theme if asked."""
        from app.gui.theme import current

        usual = current().mode
        if theme:
            current().apply(theme)
        self.settle()
        suffix = "-2x" if self.wish.factor == 2 else ""
        target = self.wish.out / f"{name}{suffix}.png"
        picture = self.window.grab()
        if self.front is not None and self.front.isVisible():
            self._lay(picture)
            self.front.close()
            self.front = None
        picture.save(str(target))
        if theme:
            current().apply(usual)
        _shrink(target)
        print(target.name, target.stat().st_size // 1024, "KiB")


def _shrink(target: Path) -> None:
    from PIL import Image

    picture = Image.open(target).convert("RGB")
    picture.save(target, optimize=True)
    if target.stat().st_size > LIMIT:
        picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(target, optimize=True)


def _first_run(camera: Camera, home: Path) -> None:
    from app.bootstrap import open_services
    from app.services.demo import cast

    services = open_services(home, clock=Clock(), costs=_cheap())
    camera.window.open_with(lambda: services)
    camera.settle()
    page = camera.window.page
    page.office.setText(cast.OFFICE)
    page.person.setText(cast.PEOPLE[0].name)
    page.licence.setText(cast.PEOPLE[0].licence_no)
    page.rehearsal.setChecked(True)
    camera.take("first-run")
    services.close()


def _furnish(home: Path, clock: Clock, url: str, code: Callable[[], str]) -> Stage:
    """Make an office in the middle of its week: one case delivered, one waiting for signatures, one under way."""
    from app.bootstrap import open_services
    from app.core.interviews import Subject
    from app.core.tasks import Nature, TaskKind
    from app.services.demo import cast, play
    from app.services.demo.furnish import furnish

    services = open_services(home, clock=clock, costs=_cheap())
    stage = Stage(services, clock)
    first = cast.PEOPLE[0]
    services.vault.setup(
        cast.OFFICE, first.name, first.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    made = furnish(services, clock())
    clock.go_on(minutes=20)
    services.sync.enrol(url, code())
    stage.signed = play.play(services, made.tasks[2], clock(), home / "record.pdf")
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


def _cheap() -> Any:
    from app.settings.key_slots import Argon2, Costs

    return Costs(Argon2(64, 1, 1), Argon2(64, 1, 1))


@contextmanager
def _server(data: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """Run the real server in a process of its own, at the same moment."""
    process = subprocess.Popen([sys.executable, __file__, "--serve", str(data)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]

        def code() -> str:
            from sync.server.app import open_office
            from sync.server.devices import DEFAULT_GRANTS

            office = open_office(data, _still_world())
            try:
                return str(office.devices.issue_code("inspector", DEFAULT_GRANTS, 3_600_000 * 48).code)
            finally:
                office.database.close()

        yield url, code
    finally:
        process.terminate()
        process.wait(10)


def _still_world() -> Any:
    from sync.server.world import real_world

    at = int((START + dt.timedelta(minutes=20)).timestamp() * 1000)
    return replace(real_world(), now_ms=lambda: at)


def _serve(data: Path) -> None:
    from sync.server import cli, terminal

    terminal.real_world = _still_world
    cli.cli(["serve", "--data", str(data), "--port", "0", "--json"])


def _home(camera: Camera, stage: Stage) -> None:
    camera.go("home")


def _tasks(camera: Camera, stage: Stage) -> None:
    camera.go("tasks")


def _registers(camera: Camera, stage: Stage) -> None:
    camera.go("registers")


def _inspection(camera: Camera, stage: Stage) -> None:
    camera.go("inspection", inspection=stage.running, item=("SGF", "SGF-1.04"))


def _review(camera: Camera, stage: Stage) -> None:
    camera.go("inspection", inspection=stage.running, step="review")


def _interview(camera: Camera, stage: Stage) -> None:
    camera.go("interview", interview=stage.interview)


def _evidence(camera: Camera, stage: Stage) -> None:
    camera.go("evidence", inspection=stage.running)


def _documents(camera: Camera, stage: Stage) -> None:
    camera.go("documents", inspection=stage.signed.inspection)


def _signing(camera: Camera, stage: Stage) -> None:
    camera.go("documents", document=stage.signing)


def _wall(camera: Camera, stage: Stage) -> None:
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


def _paper(camera: Camera, stage: Stage) -> None:
    """A draft, some of it filled from the data and some by hand."""
    _wall(camera, stage)
    papers = stage.services.papers
    order = next(one.id for one in papers.of_task(_paper_task(stage)) if one.kind == "rectification_order")
    papers.fill(order, {"violated": "《医疗保障基金使用监督管理条例》第十五条", "credit_code": "91990199MA00000017"})
    camera.go("papers", paper=order)


def _paper_task(stage: Stage) -> Any:
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


def _sheets(out: Path, stage: Stage) -> None:
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
        _shrink(target)
        print(target.name, target.stat().st_size // 1024, "KiB")


def _sync(camera: Camera, stage: Stage) -> None:
    camera.go("sync")


def _settings(camera: Camera, stage: Stage) -> None:
    camera.go("settings", part="look")


def _packets(camera: Camera, stage: Stage) -> None:
    """Three days after an export, with a team-mate and a stick that is not there."""
    from app.gui.screens.sync.packets_places import Stick
    from sync.protocol.chain import DeviceKey
    from sync.protocol.packets_keys import Card

    packets = stage.services.packets
    packets.add_mate(Card.of("01a00000-0000-7000-8000-000000000002", "检查二组-2号机", DeviceKey.from_seed(bytes(32))).text)
    packets.export(stage.services.profile.home / "stick")
    camera.window.idle.stop()  # it would take three days for an absence
    stage.clock.go_on(days=3)
    place = camera.go("sync", tab="packets").packets.place
    place._timer.stop()
    place.choose("E:/")
    place.put([Stick("E:/", "KINGSTON", 28_300_000_000)])


def _team(camera: Camera, stage: Stage) -> None:
    """A relay that a team-mate has just come to."""
    import platform

    from app.bootstrap import open_services
    from app.services import relay
    from app.services.demo import cast

    relay.addresses, relay.make_code = lambda: ("192.168.43.5",), lambda _chance: "K7MW2QTA"
    usual, platform.node = platform.node, lambda: "检查一组-2号机"
    packets = stage.services.packets
    mate = open_services(stage.services.profile.home / "mate", clock=stage.clock, costs=_cheap())
    person = cast.PEOPLE[1]
    mate.vault.setup(
        cast.OFFICE, person.name, person.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
    )
    packets.add_mate(mate.packets.card_text())
    mate.packets.add_mate(packets.card_text())
    camera.go("home")
    pane = camera.go("sync", tab="team").team
    pane.open_relay()
    camera.settle()
    status = stage.services.relay.status()
    mate.relay.meet("127.0.0.1:" + status.addresses[0].rpartition(":")[2], status.code)
    mate.close()
    platform.node = usual
    pane._look()
    camera.settle()


def _troubles(camera: Camera, stage: Stage) -> None:
    """One line that the server was too old for, and a server that was set back."""
    from app.core.syncing import Network, SyncPolicy
    from app.db import sync_refused
    from app.services.sync_local import LocalSide

    db = stage.services.sync._store.db
    store = LocalSide(db, SyncPolicy(), Network.UNKNOWN)
    store.set_aside(next(one.op for one in reversed(store.pending(500)) if b'"t":"answer"' in one.data), "future_schema")
    sync_refused.note_incident(db, sync_refused.EPOCH, "before", "after")
    camera.go("sync", tab="troubles")


def _archive(camera: Camera, stage: Stage) -> None:
    """A month to be bound, and two files: one as it was signed, one with a changed byte."""
    import tempfile

    good = Path(tempfile.mkdtemp()) / "现场检查笔录.pdf"
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
    import tempfile

    from app.services.demo import cast
    from sync.server.ca.authority import Authority
    from sync.server.ca.forming import Purpose
    from sync.server.ca.place import Place
    from sync.server.world import World, real_world

    real, folder = real_world(), Path(tempfile.mkdtemp())
    world = World(lambda: int(stage.clock().timestamp() * 1000), real.random_bytes, real.ticks_s)
    authority = Authority(Place(folder), world)
    authority.begin(cast.OFFICE, "yanlian-246810")
    (folder / "one.p12").write_bytes(authority.issue("yanlian-246810", cast.PEOPLE[0].name, Purpose.INSPECTOR, "yanlian-246810")[1])
    for name in ("root.cer", "root.crl"):
        stage.services.signing_trust.trust(folder / name)
    stage.services.certificates.add_file(folder / "one.p12", "yanlian-246810")
    camera.go("settings", part="certificates")


def _register_people(camera: Camera, stage: Stage) -> None:
    """Somebody who is away for some days and has to stay away from an institution and a chain."""
    from PySide6.QtWidgets import QScrollArea

    from app.core.ids import InstitutionId
    from app.core.staff import Absence, Interest, ThirdParty, ThirdPartyKind

    services = stage.services
    known = {one.name for one in services.staff.third_parties()}
    if "云栖正信会计师事务所（演练）" not in known:
        services.staff.save_third_party(
            ThirdParty("", "云栖正信会计师事务所（演练）", ThirdPartyKind.ACCOUNTING, "青医保购〔2026〕3号", dt.date(2026, 12, 31))
        )
    person = next(one for one in services.people.find() if one.may_inspect_on(START.date()))
    first = dt.date(2026, 11, 16)
    services.staff.save_absence(Absence("", person.id, first, first + dt.timedelta(days=4), "年休假"))
    place = services.institutions.find(limit=1)[0]
    services.staff.save_interest(Interest("", person.id, place.id, ground="配偶任职"))
    services.staff.save_interest(Interest("", person.id, InstitutionId(""), "康宁堂", "曾任职"))
    screen = camera.go("registers", person=person.id)
    bar = screen.people.form.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    camera.settle()


def _register_file() -> Path:
    """Return a list as a district's office has it: a title above the header, totals below, GB 18030."""
    rows = ["云栖市青禾区定点医药机构名录（演练）,,,,,", "序号,机构名称,统一社会信用代码,机构等级,地址,联系电话"]
    rows += [
        f"{n},青禾区惠民药店第{n}分店（演练）,,{'二级' if n % 3 else '未定级'},青禾区康宁路{n}号,0571-5550{n:04d}" for n in range(1, 31)
    ]
    rows += ["31,,,,,", "合计,31,,,,", "备注：截至2026年10月底,,,,,"]
    path = Path(tempfile.mkdtemp()) / "青禾区定点医药机构名录.csv"
    path.write_bytes("\n".join(rows).encode("gb18030"))
    return path


def _register_columns(camera: Camera, stage: Stage) -> None:
    screen = camera.go("registers-import", kind="institutions")
    screen.file.source.setText("青禾区医保中心")
    screen.choose(_register_file())
    camera.settle()


def _register_check(camera: Camera, stage: Stage) -> None:
    _register_columns(camera, stage)
    screen = camera.window.frame.screen_now
    screen.columns.next_button.click()
    camera.settle()


def _register_conflicts(camera: Camera, stage: Stage) -> None:
    """Two sources that say different things of one institution."""
    from app.core.registers import ImportKind

    place = next(one for one in stage.services.institutions.find() if one.medins_code)
    path = Path(tempfile.mkdtemp()) / "市局名录.csv"
    path.write_text(f"机构名称,医保编码,地址,联系电话\n{place.name},{place.medins_code},青禾区长宁路18号,0571-55501234", "utf-8")
    stage.services.registers.bring_in(path, ImportKind.INSTITUTIONS, source="云栖市医保局名录", stated_on=dt.date(2026, 10, 31))
    camera.go("registers-conflicts", about="institution")


SCENES: dict[str, Callable[[Camera, Stage], None]] = {
    "home": _home,
    "tasks": _tasks,
    "registers": _registers,
    "inspection": _inspection,
    "review": _review,
    "interview": _interview,
    "evidence": _evidence,
    "documents": _documents,
    "signing": _signing,
    "wall": _wall,
    "paper": _paper,
    "sync": _sync,
    "settings": _settings,
    "packets": _packets,
    "team": _team,
    "troubles": _troubles,
    "archive": _archive,
    "copy": _copy,
    "certificates": _certificates,
    "registers-people": _register_people,
    "registers-columns": _register_columns,
    "registers-check": _register_check,
    "registers-conflicts": _register_conflicts,
}
PAGE = {
    "review": "inspection", "signing": "documents", "wall": "papers", "paper": "papers", "packets": "sync", "team": "sync",
    "troubles": "sync", "copy": "documents", "certificates": "settings",
    "registers-people": "registers", "registers-columns": "registers-import", "registers-check": "registers-import",
}  # fmt: skip

if __name__ == "__main__":
    main()
