"""Registers brought in from files over a real store: read is always imported, merged and rejected."""

import csv
import dataclasses
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bootstrap import Services
from app.core.errors import Refused
from app.core.ids import InstitutionId
from app.core.places import Institution, InstitutionKind, Person, Role
from app.core.progress import Cancelled, CancelToken, Progress
from app.core.registers import PERSON, Columns, FactState, Imported, ImportKind
from app.core.staff import ThirdParty, ThirdPartyKind
from app.gui import messages
from app.sheets.reading import read_book
from sync.protocol.lines import parse
from tests.unit.services.desks import Desk, Templates

XLS = Path(__file__).parents[1] / "sheets" / "data" / "register.xls"
GOOD, OTHER = "91350100M000100Y43", "91110000600037341L"
HEADER = ["机构名称", "统一社会信用代码", "医保编码", "地址", "联系电话", "机构等级"]


def write(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def bring(office: Desk, path: Path, kind: ImportKind = ImportKind.INSTITUTIONS, **more: object) -> Imported:
    result = office.services.registers.bring_in(path, kind, **more).value
    assert result.read == result.imported + result.merged + len(result.rejected)
    return result


def codes(result: Imported) -> list[str]:
    return [note.code.removeprefix("import.") for note in result.warnings]


def named(office: Desk, name: str) -> Institution:
    (found,) = [one for one in office.services.institutions.find(name) if one.name == name]
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "名录.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_list_is_brought_in_whatever_its_encoding(office: Desk, file: Path, encoding: str) -> None:
    rows = [
        ["白山市名录"],
        ["填报：江源"],
        HEADER,
        ["康宁大药房", GOOD, "P22060500001", "江源区正岔街道1号", "0439-1", "无"],
    ]
    result = bring(office, write(file, rows, encoding), source="医保局名册", stated_on=dt.date(2026, 11, 1))
    assert (result.read, result.imported) == (1, 1)
    found = named(office, "康宁大药房")
    assert (found.kind, found.credit_code, found.medins_code) == (
        InstitutionKind.PHARMACY,
        GOOD,
        "P22060500001",
    )
    assert (found.level, found.division, found.phone) == ("未定级", "220605", "0439-1")
    assert (found.source, found.stated_on, found.batch) == ("医保局名册", dt.date(2026, 11, 1), result.batch)
    assert found.rehearsal  # as everything in an office for practice


def test_an_old_workbook_with_a_title_merged_cells_and_a_total_is_read(office: Desk) -> None:
    result = bring(office, XLS)
    assert (result.read, result.imported) == (3, 2)
    assert [(one.note.row, one.note.code) for one in result.rejected] == [(5, "import.total_row")]
    found = named(office, "福泰大药房")
    assert (found.division, found.credit_code, found.no_code_reason) == ("220605", "", "暂无")
    assert found.agreement_to == dt.date(2026, 12, 31)
    assert codes(result).count("phone_masked") == 1
    assert "credit_code_check_digit" in codes(result)  # warned, and brought in all the same


def test_codes_of_levels_are_read_and_an_unknown_one_is_told_with_its_row(office: Desk, file: Path) -> None:
    levels = ["02", "2", "７", "14", "99", "Ⅲ级甲等"]
    names = [f"江源区第{n}医院" for n in "一二三四五六"]
    rows = [["fixmedins_name", "addr", "hosp_lv"], *([name, "正岔街道1号", level] for name, level in zip(names, levels, strict=True))]
    result = bring(office, write(file, rows))
    assert (result.read, result.imported, len(result.rejected)) == (6, 6, 0)
    assert [(named(office, name).level, named(office, name).grade) for name in names] == [
        ("三级", "甲等"), ("三级", "甲等"), ("二级", "丙等"), ("一级", ""), ("", ""), ("三级", "甲等"),
    ]  # fmt: skip
    assert [(one.row, one.params["value"]) for one in result.warnings if one.code == "import.cell_unread"] == [(6, "99")]
    assert "level_coded" not in codes(result)


def test_codes_in_a_column_of_words_are_read_and_pointed_out_once(office: Desk, file: Path) -> None:
    rows = [["机构名称", "医院等级"], ["甲医院", "05"], ["乙医院", "05"], ["丙医院", "3"]]
    result = bring(office, write(file, rows))
    assert [(one.code, one.row, one.params["value"]) for one in result.warnings if one.params.get("value") in ("05", "3")] == [
        ("import.level_coded", 2, "05"), ("import.cell_unread", 4, "3"),
    ]  # fmt: skip
    assert [named(office, name).level for name in ("甲医院", "乙医院", "丙医院")] == ["二级", "二级", ""]


def test_a_heading_over_several_columns_belongs_to_each_of_them(office: Desk, tmp_path: Path) -> None:
    path = tmp_path / "人员.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    page.merge_range("A1:A2", "姓名")
    page.merge_range("B1:B2", "执法证号")
    page.merge_range("C1:D1", "执法证有效期")
    page.write_row("C2", ["起", "止"])
    page.write_row("A3", ["赵一", "22060091", "2024-01-01", "2028-12-31"])
    book.close()
    assert bring(office, path, ImportKind.INSPECTORS).imported == 1
    (found,) = office.services.people.find("赵一")
    assert (found.licence_from, found.licence_to) == (dt.date(2024, 1, 1), dt.date(2028, 12, 31))


def test_without_a_header_the_columns_are_known_by_what_stands_in_them(office: Desk, file: Path) -> None:
    rows = [["江源康宁大药房", "江源区正岔街道1号", GOOD], ["江源福泰大药房", "江源区正岔街道2号", OTHER]]
    assert bring(office, write(file, rows)).imported == 2
    assert named(office, "江源福泰大药房").credit_code == OTHER


def test_rows_that_are_no_rows_are_rejected_with_their_reason(office: Desk, file: Path) -> None:
    rows = [
        HEADER, ["", GOOD], ["123"], HEADER, ["备注：以上数据截至十一月"], ["合计", "3"], ["总计", "1 203 家"], [], ["康" * 300],
        ["康宁诊所"],
    ]  # fmt: skip
    result = bring(office, write(file, rows))
    assert (result.read, result.imported) == (8, 1)
    reasons = [one.note.code.removeprefix("import.") for one in result.rejected]
    assert reasons == ["name_missing", "name_odd", "header_again", "remark_row", "total_row", "total_row", "too_long"]


def test_mended_rows_come_in_with_the_file_of_rejected_ones(office: Desk, file: Path, tmp_path: Path) -> None:
    result = bring(office, write(file, [HEADER, ["", GOOD, "", "江源区正岔街道1号"], ["康宁诊所"]]))
    mended = tmp_path / "待修改.xlsx"
    office.services.registers.write_rejected(
        mended, result, lambda note: messages.sentence_of(note.code, dict(note.params))
    )
    rows = read_book(mended).sheets[0].rows
    assert rows[0] == [*HEADER, "原行号", "退回原因"]
    assert rows[1][-2:] == ["2", "缺少名称（姓名）。"]
    again = write(file, [rows[0], ["江源中医诊所", *rows[1][1:]]])
    assert bring(office, again).imported == 1
    assert named(office, "江源中医诊所").credit_code == GOOD


def test_the_same_file_twice_changes_nothing(office: Desk, file: Path) -> None:
    write(
        file, [HEADER, ["康宁诊所", GOOD, "", "江源区正岔街道1号"], ["福泰诊所", "", "", "江源区正岔街道2号"]]
    )
    first = bring(office, file)
    outcome = office.services.registers.bring_in(file, ImportKind.INSTITUTIONS)
    assert (outcome.value.imported, outcome.value.merged, outcome.value.batch) == (0, 2, "")
    assert not outcome.changed
    assert codes(outcome.value)[0] == "file_again"
    assert [one.id for one in office.services.registers.batches()] == [first.batch]


@pytest.mark.parametrize(
    ("second", "merged"),
    [
        (["另一个名字", "", "H22060500001", "别处"], True),  # the national code is one place
        (["康宁诊所", GOOD, "", ""], True),
        (["康宁诊所（江源）", GOOD, "", ""], True),
        (["康宁分院", GOOD, "", "江源区松树镇9号"], False),  # one legal person, another place
        (["康宁诊所", GOOD, "H22060500002", "江源区正岔街道1号"], False),
        (["康宁诊所", "", "", "白山市江源区正岔街道1号"], True),
        (["康宁诊所", "", "", ""], True),  # by the name alone
        (["康宁诊所", "", "", "江源区松树镇9号"], False),
        (["康宁诊所", OTHER, "", "江源区正岔街道1号"], False),
        (["福泰诊所", "", "", "江源区正岔街道1号"], False),
    ],
)
def test_duplicates_are_found_by_code_and_by_name_with_address(
    office: Desk, file: Path, second: list[str], merged: bool
) -> None:
    first = ["康宁诊所", GOOD, "H22060500001", "吉林省白山市江源区正岔街道1号"]
    alone = bring(office, write(file, [HEADER, first, second]))
    assert alone.merged == int(merged)
    assert alone.imported == 2 - int(merged)


def test_where_several_fit_nobody_but_a_person_can_tell(office: Desk, file: Path) -> None:
    rows = [HEADER, ["康宁诊所", "", "", "正岔街道1号"], ["康宁诊所", "", "", "松树镇2号"], ["康宁诊所"]]
    result = bring(office, write(file, rows))
    assert [one.note.code for one in result.rejected] == ["import.ambiguous"]
    assert "looks_like" in codes(result)


def test_gaps_are_filled_and_what_differs_overwrites_nothing(office: Desk, file: Path) -> None:
    registers = office.services.registers
    old = [HEADER, ["康宁诊所", GOOD, "", "江源区正岔街道1号", "138****0001", ""]]
    bring(office, write(file, old), source="旧名册", stated_on=dt.date(2025, 1, 1))
    new = [HEADER, ["康宁诊所", GOOD, "H22060500001", "江源区松树镇9号", "13812340001", "一级"]]
    result = bring(office, write(file, new), source="新名册", stated_on=dt.date(2026, 1, 1))
    assert (result.merged, result.filled, result.conflicts) == (1, 3, 1)
    found = named(office, "康宁诊所")
    assert (found.medins_code, found.level, found.phone) == ("H22060500001", "一级", "13812340001")
    assert found.address == "江源区正岔街道1号"
    (conflict,) = registers.conflicts(row=found.id)
    assert (conflict.standing, conflict.standing_source, conflict.standing_on) == (
        "江源区正岔街道1号", "旧名册", dt.date(2025, 1, 1),
    )  # fmt: skip
    assert (conflict.fact.value, conflict.fact.source, conflict.fact.stated_on) == (
        "江源区松树镇9号", "新名册", dt.date(2026, 1, 1),
    )  # fmt: skip
    assert bring(office, file, source="又一次").conflicts == 0  # it is not asked twice

    registers.decide(conflict.fact.id, take=True)
    assert named(office, "康宁诊所").address == "江源区松树镇9号"
    states = [(one.value, one.state) for one in registers.history(found.id) if one.field == "address"]
    assert sorted(states) == [("江源区松树镇9号", FactState.TAKEN), ("江源区正岔街道1号", FactState.FORMER)]
    with pytest.raises(Refused, match=r"fact\.decided"):
        registers.decide(conflict.fact.id, take=False)


def test_a_row_that_is_stored_already_says_in_its_one_line_what_a_later_row_adds(office: Desk, file: Path) -> None:
    others = [[f"第{number}诊所", "", f"H220605{number:05}", f"江源区{number}号", "", ""] for number in range(1, 1300)]
    first, last = ["首家诊所", "", "H22060500000", "", "", ""], ["首家诊所", "", "H22060500000", "江源区一路", "0439-1", "一级"]
    result = bring(office, write(file, [HEADER, first, *others, last]))
    assert (result.imported, result.merged, result.conflicts) == (1300, 1, 0)
    row = named(office, "首家诊所")
    assert (row.address, row.level) == ("江源区一路", "一级")
    with office.services.registers._store.db.read() as unit:
        (shown,) = unit.sql("SELECT * FROM institution WHERE id = ?", (row.id,))
        (found,) = unit.sql("SELECT line FROM sync_op WHERE op = ?", (shown._ver,))
        said = dict(parse(bytes(found.line)).rows)[row.id]
        count = unit.sql("SELECT count(*) AS n FROM sync_op WHERE tbl = 'institution'")[0].n
    assert (said["address"], said["phone"]) == ("江源区一路", "0439-1")
    assert said == {name: shown._mapping[name] for name in said}
    assert count < 100


def test_the_grade_of_a_hospital_is_kept_beside_its_level_and_exported_with_it(office: Desk, file: Path) -> None:
    bring(office, write(file, [HEADER, ["江源区人民医院", GOOD, "", "正岔街道1号", "", "三级甲等"]]))
    found = named(office, "江源区人民医院")
    assert (found.level, found.grade) == ("三级", "甲等")
    out = file.with_name("out.xlsx")
    office.services.registers.export(out, ImportKind.INSTITUTIONS, [found.id])
    cells = [cell for row in read_book(out).sheets[0].rows for cell in row]
    assert "三级甲等" in cells


def test_what_was_decided_against_is_kept_and_not_asked_again(office: Desk, file: Path) -> None:
    bring(office, write(file, [HEADER, ["康宁诊所", GOOD, "", "正岔街道1号", "", "一级"]]))
    again = [HEADER, ["康宁诊所", GOOD, "", "正岔街道1号", "", "二级"]]
    assert bring(office, write(file, again)).conflicts == 1
    (conflict,) = office.services.registers.conflicts()
    office.services.registers.decide(conflict.fact.id, take=False)
    assert named(office, "康宁诊所").level == "一级"
    assert bring(office, file).conflicts == 0


def test_a_whole_import_is_undone_but_for_what_was_used_since(office: Desk, file: Path) -> None:
    registers, institutions = office.services.registers, office.services.institutions
    standing = institutions.save(
        Institution(InstitutionId(""), "康宁诊所", InstitutionKind.CLINIC, credit_code=GOOD)
    ).value
    rows = [
        HEADER,
        ["康宁诊所", GOOD, "H22060500001", "正岔街道1号"],
        ["福泰诊所"],
        ["长寿诊所"],
        ["和仁诊所"],
    ]
    result = bring(office, write(file, rows))
    changed, used = named(office, "长寿诊所"), named(office, "和仁诊所")
    office.services.institutions.save(dataclasses.replace(changed, head="周其真"))
    office.services.tasks.create(
        title="x", nature="administrative", kind="routine", institution=used.id, templates=("SGF",),
        members=(office.inspectors[0],), due_on=None,
    )  # fmt: skip
    undone = registers.undo(result.batch).value
    assert (undone.removed, undone.restored, set(undone.kept)) == (1, 3, {changed.id, used.id})
    assert [one.name for one in institutions.find("福泰诊所")] == []
    back = institutions.get(standing.id)
    assert (back.medins_code, back.address, back.credit_code) == ("", "", GOOD)
    assert registers.history(standing.id) == ()
    with pytest.raises(Refused, match=r"import\.undone"):
        registers.undo(result.batch)


def test_what_was_undone_can_be_brought_in_again(office: Desk, file: Path) -> None:
    rows = [HEADER, ["康宁诊所", GOOD, "H22060500001", "正岔街道1号", "0439-1"]]
    office.services.registers.undo(bring(office, write(file, rows)).batch)
    again = bring(office, write(file, [HEADER, ["康宁诊所", GOOD, "H22060500001", "", ""]]))
    assert again.imported == 1
    assert (named(office, "康宁诊所").phone, named(office, "康宁诊所").address) == ("", "")


def test_one_code_gives_the_same_id_on_every_laptop(office: Desk, desk_of: object, file: Path) -> None:
    write(file, [HEADER, ["康宁诊所", GOOD, "H22060500001"]])
    bring(office, file)
    other: Desk = desk_of("office")
    bring(other, file)
    assert named(office, "康宁诊所").id == named(other, "康宁诊所").id


def test_a_dry_run_and_a_cancelled_one_leave_nothing(office: Desk, file: Path) -> None:
    write(file, [HEADER, *([f"康宁诊所{number}号店"] for number in range(1200))])
    before = len(office.services.institutions.find(limit=5000))
    assert bring(office, file, dry_run=True).imported == 1200
    cancel, told = CancelToken(), list[Progress]()

    def tell(progress: Progress) -> None:
        told.append(progress)
        if progress.what == "import_write":
            cancel.cancel()

    with pytest.raises(Cancelled):
        office.services.registers.bring_in(file, ImportKind.INSTITUTIONS, report=tell, cancel=cancel)
    assert {one.what for one in told} == {"import_read", "import_write"}
    assert len(office.services.institutions.find(limit=5000)) == before
    assert office.services.registers.batches() == ()


def test_the_columns_that_a_person_chose_are_remembered_for_the_same_header(office: Desk, file: Path) -> None:
    header = ["甲", "乙栏", "机构名称"]
    write(file, [header, ["福泰诊所", "正岔街道1号", "x"]])
    fields = {0: "name", 1: "address"}
    assert bring(office, file, columns=Columns("", 1, fields, {"kind": "clinic"})).imported == 1
    assert named(office, "福泰诊所").kind is InstitutionKind.CLINIC
    write(file, [header, ["和仁之家", "正岔街道2号", "x"]])
    preview = office.services.registers.look(file, ImportKind.INSTITUTIONS)
    assert preview.is_remembered
    assert preview.columns == Columns(
        "", 1, fields
    )  # what all rows of that file had in common was said of that file
    assert [(one.label, one.field) for one in preview.listed] == [
        ("甲", "name"),
        ("乙栏", "address"),
        ("机构名称", ""),
    ]
    assert bring(office, file).imported == 1


def test_columns_can_be_written_down_by_letter_and_by_label(office: Desk, file: Path) -> None:
    write(file, [["甲", "乙"], ["福泰诊所", "正岔街道1号"]])
    told = json.dumps({"header": 1, "fields": {"A": "name", "乙": "address"}})
    columns = office.services.registers.read_map(file, ImportKind.INSTITUTIONS, told)
    assert columns.fields == {0: "name", 1: "address"}
    for wrong in ("", "[]", '{"fields":{"丙":"name"}}', '{"fields":{"A":"name"},"header":99}'):
        with pytest.raises(Refused, match=r"import\.map_invalid"):
            office.services.registers.read_map(file, ImportKind.INSTITUTIONS, wrong)
    for fields, code in (
        ({0: "address"}, "no_name_column"),
        ({0: "x"}, "field_unknown"),
        ({0: "name", 1: "name"}, "field_twice"),
    ):
        with pytest.raises(Refused, match=f"import.{code}"):
            bring(office, file, columns=Columns("", 1, fields))


def test_inspectors_and_experts_come_in_and_third_parties_stay_out(office: Desk, file: Path) -> None:
    party = office.services.staff.save_third_party(
        ThirdParty("", "众安公司", ThirdPartyKind.INSURER, "", None)
    ).value
    office.services.people.save(Person("", "来协助", Role.ASSISTANT, organisation=party.id))
    rows = [
        ["姓名", "执法证号", "有效期", "工作单位", "专业", "手机"],
        ["赵 一", "22069001", "2024.1.1至2028年12月31日", "江源区医保局", "药学、财务", "138****0001"],
        ["钱二", "", "", "江源区医保局", "", ""],
        ["赵一", "22069001", "", "", "", "13812340001"],
        ["孙三", "22069001", "", "", "", ""],
        ["李四", "22069004", "2028-01-01至2024-01-01", "", "", ""],
        ["来协助", "", "", "", "", ""],
    ]
    result = bring(office, write(file, rows), ImportKind.INSPECTORS)
    assert (result.imported, result.merged) == (2, 1)
    assert [one.note.code.removeprefix("import.") for one in result.rejected] == [
        "licence_taken",
        "licence_period",
        "third_party",
    ]
    (zhao,) = office.services.people.find("赵一")
    assert (zhao.licence_to, zhao.specialities, zhao.phone) == (
        dt.date(2028, 12, 31),
        ("药学", "财务"),
        "13812340001",
    )
    assert "licence_missing" in codes(result)
    expert = bring(
        office, write(file, [["姓名", "专业"], ["周专家", "骨科"], ["赵一", ""]]), ImportKind.EXPERTS
    )
    assert (expert.imported, expert.merged) == (1, 1)
    assert "other_role" in codes(expert)
    assert office.services.people.find("赵一")[0].role is Role.INSPECTOR
    assert office.services.registers.conflicts(PERSON) == ()


def test_what_is_exported_comes_back_as_it_was(
    office: Desk, desk_of: object, file: Path, tmp_path: Path
) -> None:
    header = [
        *HEADER,
        "机构性质",
        "门诊统筹",
        "协议状态",
        "协议到期日",
        "信用等级",
        "基金支付额（万元）",
        "投诉举报数",
        "营业状态",
        "经度",
        "纬度",
    ]
    row = ["=康宁大药房", GOOD, "P22060500001", "江源区正岔街道1号", "0439-1", "无", "民营", "是", "中止", "2027-06-30", "B级", "12.5",
           "3", "停业", "126.5", "42.1"]  # fmt: skip
    bring(office, write(file, [header, row]))
    out = tmp_path / "导出.xlsx"
    count = office.services.registers.export(out, ImportKind.INSTITUTIONS)
    other: Desk = desk_of("office")
    result = bring(other, out)
    assert (result.read, result.imported, result.merged, result.conflicts) == (count, 1, count - 1, 0)
    mine, theirs = named(office, "=康宁大药房"), named(other, "=康宁大药房")
    for field in Institution.__slots__:
        if field not in ("batch", "source", "stated_on"):
            assert getattr(mine, field) == getattr(theirs, field), field
    assert (mine.paid_fen, mine.agreement, mine.credit_grade, mine.status) == (
        12_500_000,
        "suspended",
        "B",
        "suspended",
    )


def test_a_day_beyond_belief_is_told_and_not_taken(office: Desk, file: Path) -> None:
    rows = [["机构名称", "协议到期日"], ["甲药店", "0026-01-01"], ["乙药店", "20991231"], ["丙药店", "2999/1/1"]]
    result = bring(office, write(file, rows))
    assert [note.row for note in result.warnings if note.code == "import.cell_unread"] == [2, 4]
    assert [named(office, name).agreement_to for name, _ in rows[1:]] == [None, dt.date(2099, 12, 31), None]


def test_a_licence_until_the_year_9999_has_no_end(office: Desk, file: Path) -> None:
    rows = [["姓名", "执法证号", "有效期"], ["甲", "L9001", "2024年1月1日至9999年12月31日"], ["乙", "L9002", "2024-01-01 — 2028-01-01"]]
    result = bring(office, write(file, rows), ImportKind.INSPECTORS)
    assert codes(result) == []
    found = [next(one for one in office.services.people.find(name) if one.licence_no == number) for name, number, _ in rows[1:]]
    assert [(one.licence_from, one.licence_to) for one in found] == [
        (dt.date(2024, 1, 1), None), (dt.date(2024, 1, 1), dt.date(2028, 1, 1)),
    ]  # fmt: skip


def test_the_day_on_which_an_agreement_ends_does_not_end_it(office: Desk, file: Path) -> None:
    header = ["机构名称", "协议状态", "信用等级"]
    rows = [["甲药店", "正常，2099年12月31日到期", "Ａ级"], ["乙药店", "2099-12-31到期", "B"], ["丙药店", "已到期", "c"]]
    result = bring(office, write(file, [header, *rows]))
    assert [(named(office, name).agreement, named(office, name).credit_grade) for name, *_ in rows] == [
        ("active", "A"), ("", "B"), ("ended", "C"),
    ]  # fmt: skip
    assert [(note.row, note.params["field"]) for note in result.warnings if note.code == "import.cell_unread"] == [(3, "协议状态")]


def test_a_former_name_is_entered_with_its_source(office: Desk) -> None:
    registers = office.services.registers
    place = office.services.institutions.find()[0]
    registers.record(
        "institution", place.id, "name", "旧名", source="市监局登记", stated_on=dt.date(2020, 1, 1)
    )
    assert [(one.value, one.state) for one in registers.history(place.id)] == [("旧名", FactState.FORMER)]
    with pytest.raises(Refused, match=r"fact\.source_missing"):
        registers.record("institution", place.id, "name", "旧名", source=" ", stated_on=None)
    with pytest.raises(Refused, match=r"fact\.field_unknown"):
        registers.record("institution", place.id, "nothing", "x", source="x", stated_on=None)


def test_every_note_has_a_sentence_in_both_languages() -> None:
    sources = Path(__file__).parents[3] / "app" / "services" / "registers"
    text = "".join(file.read_text("utf-8") for file in sources.glob("*.py"))
    told = set(re.findall(r'"(import\.[a-z_]+)"', text))
    told |= {
        f"import.{code}_{doubt}"
        for code in ("credit_code", "medins_code")
        for doubt in ("length", "character")
    }
    told |= {"import.credit_code_check_digit", "import.division_shape", "import.division_unknown"}
    told -= {"import.division_"}
    for language in ("zh_cn", "en"):
        assert told <= messages.catalogue(language).keys()


@pytest.fixture(scope="module")
def empty(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    desk = templates.copy("office", tmp_path_factory.mktemp("any") / "home")
    yield desk.services
    desk.services.close()


_CELL = st.sampled_from(
    ["", " ", "机构名称", "姓名", "地址", "合计", "备注：无", "康宁诊所", "福泰大药房", "正岔街道1号", GOOD, "P22060500001", "暂无",
     "138****0001", "二甲", "220605", "110228", "2026/1/5", "1e9", "-", "=1+1", "NaN", "9" * 40, "有效期", "赵一", "22069001"]
) | st.text(max_size=8)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.lists(_CELL, max_size=7), max_size=8), st.sampled_from(list(ImportKind)))
def test_whatever_the_table_no_row_is_lost_and_nothing_but_a_refusal_is_raised(
    empty: Services, tmp_path: Path, rows: list[list[str]], kind: ImportKind
) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    path = tmp_path / "a.csv"
    path.write_bytes(stream.getvalue().encode("utf-8", "surrogatepass"))
    try:
        preview = empty.registers.look(path, kind)
        result = empty.registers.bring_in(path, kind, dry_run=len(rows) % 2 == 0).value
    except Refused:
        return
    assert result.read == result.imported + result.merged + len(result.rejected) == preview.rows
