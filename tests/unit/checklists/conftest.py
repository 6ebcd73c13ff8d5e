"""A small sheet with one item of every kind."""

from collections.abc import Callable

import pytest

from checklists.reading import read_template
from checklists.schema import Template

HEAD = """
id: TST
version: 1
title: 试验清单
subject: 试验
source: 试验
applies: {kinds: [pharmacy]}
"""
BASIS = "basis: [{law: 医疗保障基金使用监督管理条例, article: 38, item: 3}], source: 试验, violations: [V13]"
SHEET = f"""{HEAD}
sections:
  - id: TST-1
    title: 第一部分
    items:
      - {{code: TST-1, question: 问, look_at: 看, kind: state, {BASIS}}}
      - {{code: TST-2, question: 问, look_at: 看, kind: state_amount, show_when: 'failed("TST-1")', {BASIS}}}
      - code: TST-3
        question: 问
        look_at: 看
        kind: rows
        columns: fees
        required_when: 'failed("TST-1")'
        violations: [V13]
        basis: [{{law: 医疗保障基金使用监督管理条例, article: 38, item: 3}}]
        source: 试验
        rules:
          - {{code: contradicts, when: passed() and any_row(row.price > 100), severity: block, message: 矛盾}}
      - {{code: TST-4, question: 问, look_at: 看, kind: percent, unit: "%", minimum: 0, maximum: 100, {BASIS}}}
      - {{code: TST-5, question: 问, look_at: 看, kind: date, {BASIS}}}
      - {{code: TST-6, question: 问, look_at: 看, kind: choice, choices: [好, 差], {BASIS}}}
  - id: TST-2nd
    title: 第二部分
    show_when: level == "三级"
    items:
      - {{code: TST-7, question: 问, look_at: 看, kind: text, {BASIS}}}
tables:
  fees:
    - {{name: patient, title: 患者, kind: text, required: true}}
    - {{name: quantity, title: 数量, kind: decimal, required: true}}
    - {{name: price, title: 单价, kind: money, required: true}}
    - {{name: amount, title: 金额, kind: money, required: true, total: true, formula: quantity * price}}
"""


@pytest.fixture
def sheet_text() -> str:
    return SHEET


@pytest.fixture
def sheet() -> Template:
    return read_template(SHEET.encode(), "TST/v01.yaml")


@pytest.fixture
def read() -> Callable[[str], Template]:
    return lambda text: read_template(text.encode(), "TST/v01.yaml")
