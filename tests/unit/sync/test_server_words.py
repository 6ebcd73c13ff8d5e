"""The server's Chinese sentences are written with Chinese punctuation, and there is a word for what it shows."""

import ast
import re
from collections.abc import Iterator

import pytest

from sync.protocol.lines import Kind
from sync.server import words
from sync.server.intake import CHAIN_HOLE, FUTURE_SCHEMA, NO_PARENT, UNKNOWN_SIGNER
from sync.server.people import reasons
from tests.unit.sync.kit import ROOT

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")
# Between Latin words they are right. A colon inside a code (x:2026, s3://) is no punctuation; "\0" stands for a value.
HALF_WIDTH = re.compile(
    r"(?<![A-Za-z])[,;!?()]|[,;!?()](?!\s?[A-Za-z])|:(?=[\u3400-\u9fff\0\s]|$)|(?<=[\u3400-\u9fff\0]):"
)


def sentences(source: str) -> Iterator[str]:
    """Yield the texts of a module in which Chinese is more than a word in brackets."""
    tree, parts = ast.parse(source), set[int]()
    texts: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts |= {id(one) for one in node.values}
            texts.append("".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            texts.append(node.value)
    for text in texts:
        if 3 * len(HAN.findall(text)) >= max(1, len(LATIN.findall(text))):
            yield text


@pytest.mark.parametrize(
    ("source", "is_right"),
    [
        ('f"设备已停用:{name}"', False),
        ('f"{name}:{n} 包"', False),
        ('"端口,0 为任选"', False),
        ('"数据范围（x:…），如 s:610100"', True),
        ('"本单位内部证书。Internal; not issued by others."', True),
        ('"""Keep somebody out of a task (回避); again is no error."""', True),
    ],
)
def test_half_width_punctuation_is_seen(source: str, is_right: bool) -> None:
    assert is_right is not any(HALF_WIDTH.search(one) for one in sentences(source))


def test_chinese_sentences_have_chinese_punctuation() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), text)
        for path in sorted((ROOT / "sync" / "server").rglob("*.py"))
        for text in sentences(path.read_text("utf-8"))
        if HALF_WIDTH.search(text)
    ]
    assert found == []


def test_pages_have_chinese_punctuation() -> None:
    beside = re.compile(r"[\u3400-\u9fff][,;:!?()]|[,;:!?(][\u3400-\u9fff]")
    pages = sorted((ROOT / "sync" / "server" / "admin" / "templates").glob("*.html"))
    assert pages
    assert [(one.name, beside.findall(one.read_text("utf-8"))) for one in pages if beside.search(one.read_text("utf-8"))] == []


def test_every_kind_and_reason_of_the_quarantine_has_a_chinese_word() -> None:
    assert set(Kind) == words.KINDS.keys()
    own = {CHAIN_HOLE, FUTURE_SCHEMA, NO_PARENT, UNKNOWN_SIGNER, "other_scope"}
    assert own | {reasons.FORBIDDEN, reasons.REVOKED, reasons.AFTER_REVOCATION} <= words.REASONS.keys()
    assert words.STAYS.keys() == own | {reasons.AFTER_REVOCATION}
