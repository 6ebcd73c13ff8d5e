"""What a path of work still lacks, and what must not be there. The expected lists are those of the domain, 4.2."""

import pytest

from forms.needs import Gap, gaps
from forms.papers import Level, Path
from forms.registry import papers

ALL = papers().values()


def lacking(path: Path, *present: str) -> set[str]:
    return {gap.paper for gap in gaps(ALL, path, present) if gap.level is Level.REQUIRED}


def test_a_daily_inspection_without_any_paper_lacks_its_minimum() -> None:
    assert lacking(Path.RANDOM_DAILY) == {
        "draw_record", "inspection_approval", "inspection_plan", "inspection_notice", "onsite_record",
        "checklist_sheet", "evidence_list", "result_notice", "service_receipt",
    }  # fmt: skip


def test_one_paper_of_a_group_is_enough() -> None:
    for sheet in ("checklist_sheet", "findings_statement", "working_sheet"):
        assert not lacking(Path.RANDOM_DAILY, sheet) & {"checklist_sheet", "findings_statement", "working_sheet"}
    for result in ("result_notice", "rectification_order"):
        assert not lacking(Path.SPECIAL, result) & {"result_notice", "rectification_order"}
    told = [gap for gap in gaps(ALL, Path.SPECIAL, ()) if gap.paper == "result_notice"]
    assert told == [Gap("result_notice", Level.REQUIRED, "", ("rectification_order",))]


def test_a_complaint_needs_its_source_and_may_need_measures() -> None:
    assert {"complaint_registration", "case_source_registration"} <= lacking(Path.COMPLAINT)
    maybe = {gap.paper: gap.when for gap in gaps(ALL, Path.COMPLAINT, ()) if gap.level is Level.CONDITIONAL}
    assert {"preservation_decision", "preservation_disposal", "sealing_decision"} <= set(maybe)
    assert all(maybe.values())


def test_an_audit_needs_its_own_set_and_refuses_the_powers_of_the_penalty_track() -> None:
    assert lacking(Path.AGREEMENT_AUDIT) == {
        "audit_notice", "audit_result_notice", "audit_opinion", "findings_statement", "rectification_report",
    }  # fmt: skip
    present = ("preservation_decision", "sealing_decision", "penalty_prior_notice", "penalty_decision")
    refused = [gap for gap in gaps(ALL, Path.AGREEMENT_AUDIT, present) if gap.level is Level.FORBIDDEN]
    assert {gap.paper for gap in refused} == set(present)
    assert {gap.when for gap in refused} == {"协议稽核不采取行政强制和行政处罚措施"}


def test_a_self_check_needs_two_papers_and_refuses_those_of_officers() -> None:
    assert lacking(Path.SELF_CHECK) == {"self_check_report", "rectification_report"}
    for paper in ("inspection_notice", "onsite_record", "interview_record", "sealing_decision"):
        assert [g.level for g in gaps(ALL, Path.SELF_CHECK, (paper,)) if g.paper == paper] == [Level.FORBIDDEN]


def test_a_supervision_looks_like_no_inspection() -> None:
    assert lacking(Path.SUPERVISION) == {"summary_report"}
    found = gaps(ALL, Path.SUPERVISION, ("inspection_notice",))
    assert Gap("inspection_notice", Level.FORBIDDEN, "不得以观摩、督导、考察等名义行检查之实") in found


def test_a_penalty_needs_its_steps() -> None:
    assert lacking(Path.PENALTY) == {
        "case_filing_approval", "investigation_report", "penalty_prior_notice", "penalty_decision",
        "service_receipt", "file_index",
    }  # fmt: skip
    maybe = {gap.paper for gap in gaps(ALL, Path.PENALTY, ()) if gap.level is Level.CONDITIONAL}
    assert {"statement_record", "hearing_notice", "hearing_record", "legal_review", "panel_record", "crime_referral"} <= maybe


def test_help_from_a_third_party_needs_commission_and_promises() -> None:
    own = lacking(Path.THIRD_PARTY) - lacking(Path.RANDOM_DAILY)
    assert own == {"commission", "integrity_promise", "confidentiality_promise"}


@pytest.mark.parametrize("path", list(Path))
def test_a_file_with_all_that_is_asked_for_lacks_nothing(path: Path) -> None:
    asked = [gap.paper for gap in gaps(ALL, path, ())]
    assert gaps(ALL, path, asked) == ()


@pytest.mark.parametrize("path", list(Path))
def test_no_path_asks_for_what_it_refuses(path: Path) -> None:
    for one in ALL:
        levels = {need.level for need in one.needs if need.path is path}
        assert len(levels) <= 1, one.id
