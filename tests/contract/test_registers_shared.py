"""Public registers and workbooks as offices have them: every row is accounted for, every header is found."""

import os
from collections import Counter
from pathlib import Path

import pytest

from app.core.errors import Refused
from app.core.registers import Imported, ImportKind
from app.services.registers.columns import header_of
from app.sheets.headers import find_header
from app.sheets.reading import read_book
from tests.unit.services.desks import new_office

SHARED = Path(os.environ.get("YANFANG_SHARED") or Path(__file__).parents[3] / "shared") / "data"
REGISTERS = SHARED / "registers"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not REGISTERS.is_dir(), reason="no shared input files")]

# Row of the header in the file, from 1, and its first labels.
HEADERS = {
    "rules/两库/【第一批】药品规则库(限定性别对象).xlsx": [(1, "药品通用名", "药品说明"), (1, "药品通用名", "序号")],
    "rules/两库/【第一批】项目规则库(限定年龄对象).xlsx": [(1, "项目名称", "国标代码")],
    "rules/两库/【第一批】项目规则库(限定性别对象).xlsx": [(1, "项目名称", "项目说明")],
    "rules/两库/【第七批 】项目规则库（重复收费）.xlsx": [(1, "序号", "频度")],
    "rules/两库/【第五批】药品规则库（限定机构等级）.xlsx": [(1, "药品通用名", "药品说明"), (1, "药品通用名", "序号")],
    "rules/两库/【第八批-1】项目规则库（限定频次）.xlsx": [(1, "序号", "项目名称")],
    "rules/dictionaries/b.1.01-材料分类字典.csv": [(1, "类目编码", "类目名称")],
    "rules/dictionaries/b.1.04-医嘱频次字典.csv": [(1, "英文名称", "中文名称")],
    "rules/dictionaries/b.1.05-字段码值字典.csv": [(1, "字段名", "字段值")],
    "rules/dictionaries/b.1.08-规则分类字典.csv": [(1, "问题性质", "项目来源")],
    "rules/dictionaries/b.2.08-项目重复规则.csv": [(1, "主项编码", "主项名称")],
    "templates/医保数据提取表/fee_list_d.xlsx": [(1, "bkkp_sn", "mdtrt_id")],
    "templates/医保数据提取表/mdtrt_d.xlsx": [(1, "mdtrt_id", "medins_setl_id")],
    "templates/医保数据提取表/setl_d.xlsx": [(1, "setl_id", "clr_optins")],
    "templates/医保数据提取表/setl_list_diag_d.xlsx": [(1, "setl_list_diag_id", "setl_id")],
    "templates/医保数据提取表/setl_list_oprn_d.xlsx": [(1, "setl_list_oprn_id", "setl_id")],
    "templates/机构数据提取表/1.1-机构执业信息提取表.xlsx": [(7, "序号", "机构编码")],
    "templates/机构数据提取表/2.2-机构门诊结算提取表.xlsx": [(14, "序号", "机构编码")],
    "templates/机构数据提取表/5.1-机构药库结转提取表.xlsx": [(7, "年月", "机构编码")],
    "templates/机构数据提取表/5.3-机构药库消耗提取表.xlsx": [(8, "序号", "机构编码")],
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_header_of_a_published_table_is_found(name: str) -> None:
    found = []
    for sheet in read_book(SHARED / name).sheets:
        at = find_header(sheet.rows, lambda _: False)
        assert at is not None, sheet.name
        found.append((at + 1, *sheet.rows[at][:2]))
    assert found == HEADERS[name]


def test_the_table_of_institutions_is_found_below_its_instructions() -> None:
    (sheet,) = read_book(SHARED / "templates/机构数据提取表/1.1-机构执业信息提取表.xlsx").sheets
    assert header_of(sheet, ImportKind.INSTITUTIONS) == 7


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(Refused, match=r"sheet\.empty"):
        read_book(SHARED / "templates/settlement_field_dictionary.csv")


def test_the_public_registers_lose_no_row(tmp_path: Path) -> None:
    services = new_office(tmp_path / "home", code="330200")

    def bring(name: str) -> Imported:
        result = services.registers.bring_in(REGISTERS / name, ImportKind.INSTITUTIONS).value
        assert result.read == result.imported + result.merged + len(result.rejected)
        return result

    try:
        hospitals = bring("wuhan2020map/data_20200211030250.json")
        assert (hospitals.read, hospitals.imported, hospitals.merged, len(hospitals.rejected)) == (6753, 6715, 38, 0)
        told = Counter(note.code for note in hospitals.warnings)
        assert told["import.phone_masked"] == 1075
        unread = [note.params for note in hospitals.warnings if note.code == "import.cell_unread"]
        assert {one["value"] for one in unread} == {"市级", "省级", "市级机构", "社区卫生服务中心"}
        found = services.institutions.find(limit=10_000)
        assert {one.level for one in found} == {"三级", "二级", "一级", "未定级", ""}
        designated = [one for one in found if one.agreement == "active"]
        assert 711 - hospitals.merged <= len(designated) <= 711

        pharmacies = bring("ningbo_pharmacies.txt")
        assert (pharmacies.read, pharmacies.imported, len(pharmacies.rejected)) == (1292, 1292, 0)
        assert pharmacies.header == ()

        beijing = bring("beijing_126_gbk.csv")
        assert (beijing.read, beijing.imported + beijing.merged) == (126, 126)
        assert beijing.merged > 0  # some are in the register of 27 provinces
        (one,) = [one for one in services.institutions.find("玉泉医院") if one.batch == beijing.batch]
        assert (one.longitude, one.latitude, one.division) == ("116.24658", "39.907778", "110107")

        undone = services.registers.undo(hospitals.batch).value
        assert undone.removed + len(undone.kept) == hospitals.imported
        assert len(undone.kept) <= beijing.merged
    finally:
        services.close()
