"""Where the header stands."""

import pytest

from app.sheets.headers import find_header


def _known(label: str) -> bool:
    return label in ("机构名称", "地址", "name")


HEADER = ["序号", "机构名称", "地址"]
DATA = ["1", "安康大药房", "正岔街道1号"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([HEADER, DATA], 0),
        ([["名录", "", ""], HEADER, DATA], 1),
        ([["名录"] * 3, ["填报单位：江源区医疗保障局", "", "2026年11月"], [], HEADER, DATA], 3),
        (
            [
                [
                    "说明：机构名称按许可证填写，不得简写，地址写到门牌号，联系人写负责人本人的姓名和手机号码",
                    "",
                    "",
                ],
                ["字符型"] * 3,
                HEADER,
            ],
            2,
        ),
        ([DATA, DATA], None),
        ([["安康大药房", "正岔街道1号"], ["福泰大药房", "正岔街道2号"]], None),
        ([["药品代码", "药品通用名", "限定类型"], ["XA01", "甲片", "限定性别对象"]], 0),
        ([["fixmedins_code", "setl_id"]], 0),
        ([["name"], ["安康大药房"]], 0),
        ([["安康大药房"], ["福泰大药房"]], None),
        ([], None),
    ],
)
def test_the_header_is_found_below_titles_and_instructions(
    rows: list[list[str]], expected: int | None
) -> None:
    assert find_header(rows, _known) == expected
