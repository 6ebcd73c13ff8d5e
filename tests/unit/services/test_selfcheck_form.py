"""The Excel form of a self-check: what is typed in comes back as it was typed, or every wrong cell is named."""

import datetime as dt
import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bootstrap import Services
from app.core.errors import Refused
from app.core.ids import InstitutionId, SelfCheckId
from app.core.places import Institution, InstitutionKind
from app.core.self_checks import Anomaly, CheckedKind, Package, Reply, SelfCheckState, TemplateRef
from app.services.selfcheck import form_layout as lay
from app.services.selfcheck import packing
from app.services.selfcheck.anomaly_lists import read_anomalies, write_template
from app.services.selfcheck.codec import Malformed, load
from app.services.selfcheck.form_reading import FormWrong, form_of, read_form
from app.services.selfcheck.form_writing import write_form
from checklists.registry import Registry
from tests.e2e.conftest import Clock
from tests.unit.services import selfchecks as world
from tests.unit.services.desks import Templates, photo
from tests.unit.services.selfchecks import typed_form

REGISTRY = Registry.load()
ZCM, ZCJ, ZCS = (REGISTRY.get(name) for name in ("ZCM", "ZCJ", "ZCS"))
HOSPITAL = Institution(InstitutionId("h"), "演练医院", InstitutionKind.HOSPITAL)
TEXTS = st.text(st.characters(whitelist_categories=("L", "N", "P"), blacklist_characters=";；,，、"), min_size=1, max_size=40)
MONEY = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999999"), places=2)


def package(*templates: str, anomalies: tuple[Anomaly, ...] = ()) -> Package:
    found = [REGISTRY.get(name) for name in templates]
    refs = tuple(TemplateRef(one.id, one.version, one.digest) for one in found)
    day, at = dt.date(2026, 5, 31), dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    return Package(SelfCheckId("s"), "演练局", "990199", HOSPITAL, CheckedKind.INSTITUTION, "自查", "方案", refs, anomalies, day, at)


ASKED = package("ZCM", anomalies=(Anomaly("a1", "再入院", "ZCM-01", "一季度", Decimal("10")), Anomaly("a2", "重复收费")))


def wrong(cells: dict[tuple[str, int, int], object], asked: Package = ASKED) -> dict[str, str]:
    templates = tuple(REGISTRY.get(one.template) for one in asked.templates)
    with pytest.raises(FormWrong) as caught:
        read_form(typed_form(asked, "d", templates, cells), asked, templates, {})
    return {f"{one.sheet}!{one.cell}": one.reason for one in caught.value.faults}


def row_of(code: str) -> int:
    return lay.FIRST_ROW + next(n for n, item in enumerate(ZCM.items) if item.code == code)


def test_an_empty_form_comes_back_as_nothing_answered() -> None:
    content = write_form(ASKED, "d" * 64, (ZCM,))
    assert form_of(content) == ("s", "d" * 64)
    filled = read_form(content, ASKED, (ZCM,), {}).filled
    assert {one.state for one in filled.answers} == {"open"}
    assert [one.item for one in filled.answers] == [one.code for one in ZCM.items]
    assert [one.question for one in filled.anomalies] == ["再入院", "重复收费"]
    assert filled.declared_cny == 0
    assert content == write_form(ASKED, "d" * 64, (ZCM,))


def test_the_form_is_locked_but_for_what_is_to_be_filled_in_and_offers_the_answers() -> None:
    with zipfile.ZipFile(io.BytesIO(write_form(ASKED, "d" * 64, (ZCM,)))) as box:
        sheets = [box.read(name).decode() for name in sorted(box.namelist()) if name.startswith("xl/worksheets/sheet")]
        book = box.read("xl/workbook.xml").decode()
    assert all("<sheetProtection" in one for one in sheets)
    assert any("符合,不符合,不适用,未检查" in one for one in sheets)
    assert any("属实,不属实" in one for one in sheets)
    assert re.search(r'name="_yanfang"[^>]*state="veryHidden"', book)


@settings(max_examples=12)
@given(
    st.lists(st.sampled_from(["符合", "不符合", "不适用", "未检查"]), min_size=14, max_size=14),
    st.lists(st.tuples(TEXTS, MONEY, st.integers(0, 10**6), st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))), max_size=4),
    TEXTS, MONEY, st.dates(dt.date(2020, 1, 1), dt.date(2099, 1, 1)),
)  # fmt: skip
def test_whatever_is_typed_comes_back(
    states: list[str], rows: list[tuple[str, Decimal, int, dt.date]], text: str, amount: Decimal, day: dt.date
) -> None:
    code = "ZCM-03"
    states[2] = "不符合"
    cells: dict[tuple[str, int, int], object] = {
        ("自查表", lay.FIRST_ROW + n, lay.STATE): state for n, state in enumerate(states)
    }
    cells["自查表", row_of(code), lay.DETAIL] = text
    for n, (fact, money, cases, on) in enumerate(rows, lay.FIRST_ROW):
        for column, value in enumerate((code, "一季度", fact, cases, float(money), "退回", float(money), on)):
            cells["明细1", n, column] = value
    cells |= {
        (lay.ANOMALIES, lay.FIRST_ROW, lay.A_REPLY): "属实", (lay.ANOMALIES, lay.FIRST_ROW, lay.A_DECLARED): float(amount),
        (lay.ANOMALIES, lay.FIRST_ROW + 1, lay.A_REPLY): "不属实", (lay.ANOMALIES, lay.FIRST_ROW + 1, lay.A_GROUNDS): text,
        (lay.PROMISES, lay.FIRST_ROW, lay.P_AMOUNT): float(amount), (lay.PROMISES, lay.FIRST_ROW, lay.P_DAY): day,
        (lay.ABOUT, lay.STATEMENT_ROW + 1, 1): text,
    }  # fmt: skip
    filled = read_form(typed_form(ASKED, "d", (ZCM,), cells), ASKED, (ZCM,), {}).filled
    assert [one.state for one in filled.answers] == [lay.STATES[state] for state in states]
    item = filled.answers[2]
    assert item.amount_cny == (sum((money for _, money, _, _ in rows), Decimal(0)) if rows else None)
    assert [row["refunded_on"] for row in item.rows] == [on.isoformat() for *_, on in rows]
    first, second = filled.anomalies
    assert (first.reply, first.declared_cny, second.reply) == (Reply.CONFIRMED, amount, Reply.DENIED)
    assert [(one.amount_cny, one.by_on) for one in filled.promises] == [(amount, day)]
    assert item.detail == second.grounds == filled.statement.responsible


def test_every_wrong_cell_is_named_by_its_address_with_the_reason() -> None:
    n = lay.FIRST_ROW
    assert wrong({
        ("自查表", n, lay.STATE): "有问题",
        ("自查表", n + 1, lay.AMOUNT): "约三千",
        ("自查表", n + 2, lay.COUNT): 1.5,
        ("自查表", n + 3, lay.STATE): "符合",
        ("自查表", n + 3, lay.AMOUNT): 12,
        ("自查表", n + 4, lay.AMOUNT): -3,
        ("自查表", n + 5, lay.VALUE): "12",
        ("自查表", n + 6, lay.QUESTION): "改过的问题",
        ("自查表", n + 7, lay.AMOUNT): 1.234,
        (lay.ANOMALIES, n, lay.A_REPLY): "属实",
        (lay.ANOMALIES, n + 1, lay.A_REPLY): "不属实",
        (lay.ANOMALIES, n + 2, lay.A_QUESTION): "多出的一行",
        (lay.PROMISES, n, lay.P_AMOUNT): 100,
        (lay.PROMISES, n + 1, lay.P_DAY): "六月底",
    }) == {
        "自查表!D4": "“有问题”不在可选项之内：符合、不符合、不适用、未检查",
        "自查表!H5": "不是有效的数字",
        "自查表!G6": "应为整数",
        "自查表!D7": "填了金额，结果却不是“不符合”",
        "自查表!H8": "不能为负数",
        "自查表!E9": "这一项不填数值",
        "自查表!B10": "锁定的内容被改动，应为“有无医用耗材超比例加价？”",
        "自查表!H11": "金额最多两位小数",
        "异常数据!H4": "属实的应填写确认金额，没有金额的填 0",
        "异常数据!I5": "不属实的应写明理由或佐证依据",
        "异常数据!A6": "表格之外多出一行",
        "退款承诺!B4": "没有填写承诺退回日期",
        "退款承诺!A5": "没有填写金额",
        "退款承诺!B5": "不是有效的日期，应写作 2026-03-01",
    }  # fmt: skip


def test_rows_name_their_item_and_their_figures_must_agree() -> None:
    n = lay.FIRST_ROW
    whole = dict(enumerate(("ZCM-03", "一季度", "重复收费", 3, 12.5, "退回"), 0))
    cells = {("明细1", n, column): value for column, value in whole.items()}
    assert wrong({**cells, ("自查表", row_of("ZCM-03"), lay.STATE): "不符合", ("自查表", row_of("ZCM-03"), lay.AMOUNT): 13}) == {
        "自查表!H6": "与明细合计 12.50 元不符；有明细的可以不填"
    }
    assert wrong({**cells, ("明细1", n, 0): "ZCM-99"}) == {"明细1!A4": "“ZCM-99”不是本表可选的编号"}
    assert wrong(cells) == {"自查表!D6": "填了明细、例数或金额，没有选择结果"}
    assert wrong({**cells, ("明细1", n, 4): "", ("自查表", row_of("ZCM-03"), lay.STATE): "不符合"}) == {
        "明细1!E4": "“涉及金额”没有填写"
    }


def test_figures_and_choices_of_other_lists_are_judged_by_their_own_bounds() -> None:
    asked = package("ZCS")
    items = [item.code for item in ZCS.items]
    place = {code: lay.FIRST_ROW + items.index(code) for code in ("ZCS-1.5", "ZCS-2.3", "ZCS-3.4")}
    assert wrong({
        ("自查表", place["ZCS-1.5"], lay.VALUE): 5000, ("自查表", place["ZCS-2.3"], lay.VALUE): 101,
        ("自查表", place["ZCS-3.4"], lay.VALUE): "很好",
    }, asked).keys() == {f"自查表!E{place[code] + 1}" for code in place}  # fmt: skip


def test_a_missing_sheet_a_foreign_workbook_and_no_workbook_are_told_apart(tmp_path: Path) -> None:
    write_template(tmp_path / "list.xlsx")
    with pytest.raises(Refused, match="not_a_form"):
        form_of((tmp_path / "list.xlsx").read_bytes())
    with pytest.raises(Refused, match="not_a_form"):
        form_of(b"PK\x03\x04 nothing")
    other = package("ZCM")  # without anomalies: their sheet is not there
    with pytest.raises(FormWrong) as caught:
        read_form(typed_form(other, "d", (ZCM,), {}), ASKED, (ZCM,), {})
    assert "异常数据!A1" in [f"{one.sheet}!{one.cell}" for one in caught.value.faults]


def test_the_noise_of_a_spreadsheet_is_not_taken_for_fen() -> None:
    cells: dict[tuple[str, int, int], object] = {
        ("自查表", row_of("ZCM-03"), lay.STATE): "不符合", ("自查表", row_of("ZCM-03"), lay.AMOUNT): 0.1 + 0.2,
    }  # fmt: skip
    filled = read_form(typed_form(ASKED, "d", (ZCM,), cells), ASKED, (ZCM,), {}).filled
    assert filled.answers[2].amount_cny == Decimal("0.30")


def test_a_filled_form_and_its_files_arrive_and_a_wrong_one_leaves_nothing(
    templates: Templates, tmp_path: Path, clock: Clock
) -> None:
    desk = templates.copy("office", tmp_path / "office", clock)
    services: Services = desk.services
    made = world.ask(services, tmp_path)
    content = packing.open_package(made.file).content
    asked = packing.read_package(content)
    folder = tmp_path / "交回"
    folder.mkdir()
    (folder / "清单.jpg").write_bytes(photo("清单"))
    n = lay.FIRST_ROW
    cells: dict[tuple[str, int, int], object] = {("自查表", n + i, lay.STATE): "符合" for i in range(14)}
    cells |= {
        ("自查表", row_of("ZCM-03"), lay.STATE): "不符合", ("自查表", row_of("ZCM-03"), lay.AMOUNT): 88.5,
        ("自查表", row_of("ZCM-03"), lay.PROOF): "清单.jpg；没有的.pdf", (lay.ABOUT, lay.STATEMENT_ROW + 1, 1): "闻一舟",
        (lay.ANOMALIES, n, lay.A_REPLY): "属实", (lay.ANOMALIES, n, lay.A_DECLARED): 0,
    }  # fmt: skip
    form = folder / "自查表.xlsx"
    form.write_bytes(typed_form(asked, made.check.package, (ZCM,), {**cells, ("自查表", n, lay.AMOUNT): "多少"}))
    with pytest.raises(Refused, match="cells"):
        services.self_checks.take_back(form)
    view = services.self_checks.view(made.check.id)
    assert (view.line.check.state, view.filled.answers, view.filled.files) == (SelfCheckState.ISSUED, (), ())
    form.write_bytes(typed_form(asked, "0" * 64, (ZCM,), cells))
    with pytest.raises(Refused, match="foreign"):
        services.self_checks.take_back(form)
    strange = cells | {("自查表", row_of("ZCM-03"), lay.PROOF): "清单.jpg；脚本.exe"}
    (folder / "脚本.exe").write_bytes(b"MZ")
    form.write_bytes(typed_form(asked, made.check.package, (ZCM,), strange))
    with pytest.raises(Refused, match="proof_kind"):
        services.self_checks.take_back(form)
    with (folder / "清单.mp4").open("wb") as endless:
        endless.truncate((500 << 20) + 1)
    form.write_bytes(typed_form(asked, made.check.package, (ZCM,), cells | {("自查表", row_of("ZCM-03"), lay.PROOF): "清单.mp4"}))
    with pytest.raises(Refused, match="too_large"):
        services.self_checks.take_back(form)
    (folder / "清单.mp4").unlink()
    assert services.self_checks.view(made.check.id).filled.files == ()
    form.write_bytes(typed_form(asked, made.check.package, (ZCM,), cells))
    back = services.self_checks.take_back(form).value
    assert (back.open_items, back.unreplied, back.absent) == (0, 1, ("自查表!J6 没有的.pdf",))
    view = services.self_checks.view(made.check.id)
    assert (view.line.check.declared_cny, view.line.check.returned_key) == (Decimal("88.50"), "")
    assert [one.file_name for one in view.filled.files] == ["清单.jpg"]
    assert view.stored >= {view.filled.files[0].sha256}
    assert services.self_checks.take_back(form).value.was_known
    services.close()


def test_anomalies_come_from_a_table_and_wrong_rows_are_named(tmp_path: Path) -> None:
    table = tmp_path / "异常.csv"
    table.write_bytes("某局异常数据\n项目,时间段,金额,异常情况,来源\nZCM-01,一季度,\"1,200.5\",再入院,智能监控\n,,,,\n,二月,1.2万,透析,\n".encode("gb18030"))
    found = read_anomalies(table)
    assert [(one.item, one.period, one.amount_cny, one.question, one.source) for one in found] == [
        ("ZCM-01", "一季度", Decimal("1200.50"), "再入院", "智能监控"), ("", "二月", Decimal("12000.00"), "透析", ""),
    ]  # fmt: skip
    table.write_text("项目,金额,异常情况\nZCM-01,很多,再入院\nZCM-02,5,\n", "utf-8")
    with pytest.raises(Refused) as caught:
        read_anomalies(table)
    assert caught.value.params == {"count": 2, "rows": "第 2 行：金额“很多”无法识别；第 3 行：没有写明异常情况"}
    write_template(tmp_path / "空表.xlsx")
    assert read_anomalies(tmp_path / "空表.xlsx") == ()
    table.write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(Refused, match="list_columns"):
        read_anomalies(table)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due_on", "2026-02-30"), ("kind", "company"), ("templates", {}), ("anomalies", [{"id": "a"}]), ("title", 5),
        ("rehearsal", "yes"), ("issued_at", "2026-04-01T00:00:00"), ("secret", "x"), ("place", None),
    ],
)  # fmt: skip
def test_a_package_that_is_not_of_its_form_is_refused(name: str, value: object) -> None:
    tree = json.loads(packing.package_bytes(ASKED))["package"]
    assert load(Package, tree) == ASKED
    with pytest.raises(Malformed):
        load(Package, {**tree, name: value})
