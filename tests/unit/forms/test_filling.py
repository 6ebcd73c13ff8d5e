"""What was filled in is judged field by field, and whatever stands there can be printed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import model as m
from forms.filling import Problem, problems, ticked
from forms.papers import Column, ColumnKind, Field, FieldKind, Paper
from forms.registry import paper, papers
from forms.render import render
from tests.unit.forms import samples
from tests.unit.forms.filled import filled, typical
from tests.unit.forms.reading import text_of

NOTICE = paper("penalty_prior_notice")
LIST = paper("preservation_list")
VALUES = st.one_of(
    st.text(max_size=20),
    st.integers(-(10**13), 10**13),
    st.lists(st.text(max_size=8), max_size=3).map(tuple),
    st.lists(st.lists(st.text(max_size=8), max_size=7).map(tuple), max_size=3).map(tuple),
)


def judged(one: Paper, **changes: m.Value) -> list[tuple[str, str]]:
    return [(found.field, found.code) for found in problems(one, typical(one, **changes))]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("facts", "", "missing"),
        ("facts", 3, "wrong_kind"),
        ("fine", "7356.00", "wrong_kind"),
        ("hearing", "也许", "not_an_option"),
        ("issued_on", "2026-02-30", "not_a_day"),
        ("issued_on", "明天", "not_a_day"),
        ("issued_on", "0026-03-05", "not_a_day"),
        ("no_such_field", "x", "unknown"),
    ],
)
def test_a_value_that_does_not_fit_is_told(field: str, value: m.Value, code: str) -> None:
    assert judged(NOTICE, **{field: value}) == [(field, code)]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("things", (), "missing"),
        ("things", "一箱处方", "wrong_kind"),
        ("things", (("处方", "A4", "3", "完好"),), "row_width"),
        ("things", (("处方", "A4", "三", "完好", "库房"),), "not_a_number"),
        ("inspectors", (("陈知行", "云A-1"),), "too_few_rows"),
        ("made_at", "2026-04-10T09:30:00", "not_an_instant"),
        ("made_at", "九点半", "not_an_instant"),
        ("made_at", "9999-04-10T09:30:00+08:00", "not_an_instant"),
    ],
)
def test_a_row_a_person_or_an_instant_that_does_not_fit_is_told(field: str, value: m.Value, code: str) -> None:
    assert judged(LIST, **{field: value}) == [(field, code)]


def test_an_end_before_its_start_is_told() -> None:
    record = paper("talk_record")
    at = {"started_at": "2026-04-10T09:30:00+08:00", "ended_at": "2026-04-10T09:29:00+08:00"}
    assert problems(record, typical(record, **at)) == (Problem("ended_at", "before_start"),)
    # The same minute, told in two zones, is no contradiction.
    at["ended_at"] = "2026-04-10T01:30:00+00:00"
    assert problems(record, typical(record, **at)) == ()


def test_what_need_not_be_there_may_be_missing() -> None:
    assert judged(NOTICE, fine="", other_penalty="", return_amount="") == []
    told = text_of(render([filled(NOTICE, typical(NOTICE, fine="", return_amount=""))], samples.META).pdf)
    assert "处以罚款" not in told
    assert "责令退回" not in told


def test_an_amount_is_printed_in_figures_and_in_words() -> None:
    told = text_of(render([filled(NOTICE, typical(NOTICE, fine=735_600))], samples.META).pdf)
    assert "处以罚款7,356.00元（人民币柒仟叁佰伍拾陆元整）。" in told


def test_the_columns_of_a_table_are_added_up_on_paper() -> None:
    rows = (("甲", "乙", "1", "90.10"), ("丙", "丁", "2", "1,000.05"))
    audit = paper("audit_result_notice")
    told = text_of(render([filled(audit, typical(audit, findings=rows))], samples.META).pdf)
    assert "合计／／31,090.15" in told


def test_two_inspectors_of_one_name_sign_under_their_licences() -> None:
    record = paper("inquest_record")
    people = (("陈知行", "云A-1"), ("陈知行", "云A-2"))
    pages = render([filled(record, typical(record, inspectors=people))], samples.META).pages
    assert {"陈知行（云A-1）", "陈知行（云A-2）"} <= {box.signer.name for box in pages[0].boxes}


def test_options_are_ticked_whole_to_a_line() -> None:
    assert ticked(("直接送达", "邮寄送达"), ("邮寄送达",)) == "□直接送达　√邮寄送达"
    assert ticked(("甲" * 20, "乙" * 20), ("丙",)) == "□" + "甲" * 20 + "\n□" + "乙" * 20 + "　√丙"


@settings(max_examples=60)
@given(st.data())
def test_whatever_stands_in_a_draft_is_judged_and_printed(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from([p for p in papers().values() if p.record is None]))
    values = {field.id: data.draw(VALUES) for field in one.fields}
    problems(one, values)
    render([filled(one, values)], samples.META)


@given(VALUES)
def test_a_column_that_is_summed_takes_figures_alone(value: m.Value) -> None:
    table = Field("t", "表", FieldKind.TABLE, columns=(Column("额", ColumnKind.MONEY, total=True),), required=False)
    one = Paper("p", 1, "文书", NOTICE.source, (), 1, fields=(table,))
    found = [problem.code for problem in problems(one, {"t": value})]
    assert len(found) <= 1
