"""The templates against the list of items they were written from, where that list lies beside the checkout."""

import json
from pathlib import Path

import pytest

from checklists.registry import Registry

LIST = Path(__file__).parents[3] / "shared" / "domain" / "checklists.json"
KINDS = {
    "YN": "state", "YNA": "state_amount", "ROW": "rows", "NUM": "number", "PCT": "percent", "DAT": "date",
    "SEL": "choice", "TXT": "text",
}  # fmt: skip

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not LIST.exists(), reason="no shared input beside the checkout")]


def test_codes_kinds_and_counts_are_those_of_the_list() -> None:
    listed = [(one["template"], one["code"], KINDS[one["answer_type"]]) for one in json.loads(LIST.read_text("utf-8"))]
    installed = [
        (template.id, item.code, item.kind.value) for template in Registry.load().all() for item in template.items
    ]
    assert len(listed) == 340
    assert sorted(installed) == sorted(listed)
