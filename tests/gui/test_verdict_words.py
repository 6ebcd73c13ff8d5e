"""The window says in English what the verifiers say in Chinese, and in Chinese the same."""

import ast
import inspect
import re

import pytest

from app.core.errors import Refused
from app.gui.messages import sentence
from app.gui.verdicts import said
from app.services import verifying
from resources.verify import yanfang_verify

CHINESE = re.compile(r"[\u4e00-\u9fff]")
OTHERS = {"told", "main"}  # what the command line says around them
PARTS = {"文书", "案卷", "证据", "证据原件", "文件", "7被改动：7", "7：7", "核验/清单.json", "、"}


def sentences() -> set[str]:
    """Return what the verifiers can say, with a 7 for each value."""
    found = set()
    for module in (verifying, yanfang_verify):
        tree = ast.parse(inspect.getsource(module))
        tree.body = [one for one in tree.body if not (isinstance(one, ast.FunctionDef) and one.name in OTHERS)]
        inner = {id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values}
        docs = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
        for one in ast.walk(tree):
            if isinstance(one, ast.JoinedStr):
                text = "".join(part.value if isinstance(part, ast.Constant) else "7" for part in one.values)
            elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in inner | docs:
                text = one.value
            else:
                continue
            if CHINESE.search(text):
                found.add(text)
    return found


def test_whatever_a_verifier_can_say_is_said_in_english(english: None) -> None:
    assert len(sentences()) > 50
    assert {one for one in sentences() if CHINESE.search(said(one))} == PARTS & sentences()


def test_an_error_that_names_what_a_verifier_found_does_so_in_english(english: None) -> None:
    error = Refused("selfcheck.tampered", file="a.zip", reason="案卷清单被改动")
    assert not CHINESE.search(sentence(error))


def test_in_chinese_the_words_stay_the_verifiers_own() -> None:
    assert all(said(one) == one for one in sentences())


@pytest.mark.parametrize(
    ("chinese", "expected"),
    [
        ("检录1号：57 条日志的内容、签名和次序相符", "检录1号: 57 lines of the journal: content, signatures and order fit"),
        ("文书/甲.pdf：检录1号：日志第 3 行的签名无效", "Invalid signature: 文书/甲.pdf: 检录1号: line 3 of the journal"),
        ("导出设备的公钥属实", "The public key is genuine: the device that exported it"),
        ("检录1号 证2 的原件不在案卷内", "The original is not in the case: 检录1号 evidence 2"),
        ("第 2、5 页的字形不是验方所用字库的字形", "Pages with glyphs that are not of this program's fonts: 2, 5"),
        ("案卷中多出或缺少文件：照片 证2.jpg", "Files too many or missing in the case: 照片 证2.jpg"),
        ("证据原件被改动：证据/甲：乙.jpg", "An original of evidence was changed: 证据/甲：乙.jpg"),
        ("甲：乙", "甲：乙"),
    ],
)
def test_names_and_numbers_come_through(english: None, chinese: str, expected: str) -> None:
    assert said(chinese) == expected
