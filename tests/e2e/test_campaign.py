"""A campaign from empty registers to coverage: two laptops, a real server, and a draw sheet that anyone can check."""

import csv
import dataclasses
import datetime as dt
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

import resources
from app.bootstrap import Services
from app.core.draws import DrawSheet, Source, SourceKind, Wish
from app.core.ids import PlanId, TaskId
from app.core.plan_dates import Every
from app.core.plans import Content, Plan, PlanState
from app.core.registers import ImportKind
from app.core.tallies import Figure
from app.services.demo import play
from tests.e2e.conftest import Clock
from tests.unit.services.desks import new_office
from tests.unit.sync.kit import ServerProcess

DICE = (str(SourceKind.DICE10), "十面骰子二十枚，现场掷出")
SEED = "31415926535897932384"
PHARMACIES, HOSPITALS = 40, 3
WITNESSES = ("周其真", "何书衡")


def table(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with file.open("w", encoding="gb18030", newline="") as out:
        csv.writer(out).writerows([header, *rows])
    return file


def fill_registers(office: Services, folder: Path) -> None:
    """Bring in what the office has as tables: institutions without a code, inspectors with licences."""
    places = [
        (f"第{n}大药房", "零售药店", "", "民营", "530102", f"青石路{n}号") for n in range(1, PHARMACIES + 1)
    ]
    places += [
        (f"第{n}人民医院", "医院", "三级", "公立", "530103", f"云台路{n}号") for n in range(1, HOSPITALS + 1)
    ]
    file = table(
        folder / "名录.csv", ("机构名称", "机构类别", "等级", "机构性质", "行政区划代码", "地址"), places
    )
    told = office.registers.bring_in(file, ImportKind.INSTITUTIONS).value
    assert (told.read, told.imported, told.merged, told.rejected) == (
        PHARMACIES + HOSPITALS,
        PHARMACIES + HOSPITALS,
        0,
        (),
    )
    people = [(f"检查员{n}", f"演练执法99{n:03}", "2030-12-31", "530112") for n in range(1, 7)]
    file = table(folder / "人员.csv", ("姓名", "执法证号", "有效期至", "行政区划代码"), people)
    told = office.registers.bring_in(file, ImportKind.INSPECTORS).value
    assert (told.read, told.imported, told.rejected) == (6, 6, ())


def make_plan(office: Services) -> Plan:
    """Make the plan of the 双随机 seed from its template, for a campaign of now, and have it approved."""
    made = office.plans.create("SSJ").value
    today = office.statistics.today()
    groups = tuple(
        dataclasses.replace(one, contents=(Content("SGF"),)) if one.title == "定点零售药店组" else one
        for one in made.groups
    )
    changed = dataclasses.replace(
        made,
        groups=groups,
        stages=(),
        period_from=today - dt.timedelta(1),
        period_to=today + dt.timedelta(60),
    )
    office.plans.edit(changed)
    office.plans.submit(made.id)
    office.plans.approve(made.id, by="顾清和", approval_no="检审〔2026〕1号")
    started = office.plans.start(made.id).value
    assert started.state is PlanState.RUNNING
    assert started.lock_days == 90
    return started


def draw_of(office: Services, plan: PlanId, clock: Clock) -> DrawSheet:
    """Announce the draw, let a minute pass, throw the dice and draw before witnesses."""
    announced = office.draws.freeze(plan, Wish(office.statistics.today(), (DICE,))).value
    assert len(announced.digest) == 64
    clock.ahead += dt.timedelta(minutes=1)
    thrown = Source(SourceKind.DICE10, DICE[1], SEED, clock())
    clock.ahead += dt.timedelta(minutes=1)
    return office.draws.run(announced.id, (thrown,), WITNESSES).value


def verify(*words: object) -> subprocess.CompletedProcess[str]:
    program = resources.path("verify/verify_draw.py")
    return subprocess.run(
        [sys.executable, "-I", str(program), *map(str, words)], capture_output=True, text=True, encoding="utf-8",
        check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def inspect(laptop: Services, task: TaskId, clock: Clock) -> None:
    """Visit a pharmacy and have the record signed."""
    visit = play.check(laptop, task, clock())
    first, second = laptop.tasks.get(task).members[:2]
    play.interview(laptop, visit, first, second)
    play.findings(laptop, visit)
    laptop.inspections.set_details(visit, situation="查看营业场所和票据。", party_opinion="情况属实。")
    play.sign_all(laptop, laptop.documents.freeze_record(visit).value.id)


def test_a_campaign_from_empty_registers_to_coverage(
    server: ServerProcess, tmp_path: Path, clock: Clock
) -> None:
    bureau = uuid.uuid4().hex[:12]
    a, b = (new_office(tmp_path / name, clock, player, bureau) for player, name in enumerate("ab"))
    try:
        assert a.institutions.find() == ()
        fill_registers(a, tmp_path)
        plan = make_plan(a)
        sheet = draw_of(a, plan.id, clock)
        assert len(a.tasks.from_draw(sheet.draw.id).value.made) == 3
        tasks = {line.institution_name: line.task for line in a.tasks.lines()}
        # Three in a hundred, rounded up: of forty pharmacies two, of three hospitals one.
        assert sorted(name[-2:] for name in tasks) == ["医院", "药房", "药房"]
        assert all(len(one.members) == 2 and one.plan == plan.id for one in tasks.values())

        for laptop in (a, b):
            laptop.sync.enrol(server.url, server.code(f"s:{bureau}"))
        for laptop in (a, b, a):
            assert laptop.sync.run().value.is_complete
        assert {line.institution_name: line.task for line in b.tasks.lines()} == tasks
        assert b.plans.get(plan.id) == a.plans.get(plan.id)

        before = b.statistics.overview(Every.ONCE, plan=plan.id).report
        pharmacies = next(one for one in before.groups if one.title == "定点零售药店组")
        assert (len(pharmacies.objects), pharmacies.wanted, len(pharmacies.chosen), pharmacies.done) == (
            40,
            2,
            2,
            (),
        )
        task = next(one for name, one in tasks.items() if name.endswith("药房"))
        inspect(b, task.id, clock)
        for laptop in (b, a):
            assert laptop.sync.run().value.is_complete
        for laptop in (a, b):
            report = laptop.statistics.overview(Every.ONCE, plan=plan.id).report
            pharmacies = next(one for one in report.groups if one.title == "定点零售药店组")
            assert pharmacies.done == (task.institution,)
            assert (pharmacies.missing, report.whole.value(Figure.VISITS)) == (1, 1)
            assert report.whole.value(Figure.PROBLEMS) == 2

        judge_the_sheet(a, sheet, tmp_path)
        for laptop in (a, b):
            assert all(one.ok for one in laptop.doctor.run())
    finally:
        a.close()
        b.close()


def judge_the_sheet(office: Services, sheet: DrawSheet, folder: Path) -> None:
    """The stand-alone program accepts the sheet and its PDF, and refuses both after one changed digit."""
    digest = sheet.draw.digest
    for file in (folder / "抽取.jsonl", folder / "抽取表.pdf"):
        (office.draws.print_to if file.suffix == ".pdf" else office.draws.export_to)(sheet.draw.id, file)
        done = verify(file, digest)
        assert done.returncode == 0, done.stderr
        assert SEED in done.stdout
        content = file.read_bytes()
        at = content.rindex(SEED.encode())
        changed = folder / f"改动{file.suffix}"
        changed.write_bytes(content[:at] + b"4" + content[at + 1 :])
        refused = verify(changed, digest)
        assert refused.returncode != 0
        assert "不通过" in refused.stderr
