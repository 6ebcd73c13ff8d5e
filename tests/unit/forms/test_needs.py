"""What each path of work asks for. The expected lists are those of the domain, 4.2."""

import pytest

from forms.papers import Level, Path
from forms.registry import papers

ALL = papers()
# One paper of each of these is enough.
GROUPS = {
    "evidence": {"evidence_list", "evidence_copy", "electronic_evidence"},
    "sheet": {"checklist_sheet", "findings_statement", "working_sheet"},
    "result": {"result_notice", "rectification_order"},
    "decision": {"penalty_decision", "spot_penalty_decision"},
}
INSPECTION = {
    "inspection_approval", "inspection_plan", "inspection_notice", "onsite_record", "service_receipt",
    "<evidence>", "<sheet>", "<result>",
}  # fmt: skip


def asked(path: Path, level: Level) -> set[str]:
    """Return what a path says of papers at a level, a group as its name in angles."""
    needs = [(one.id, need) for one in ALL.values() for need in one.needs if need.path is path and need.level is level]
    return {f"<{need.instead}>" if need.instead else paper for paper, need in needs}


def group(path: Path, name: str) -> set[str]:
    return {one.id for one in ALL.values() for need in one.needs if need.path is path and need.instead == name}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (Path.RANDOM_DAILY, INSPECTION | {"draw_record"}),
        (Path.SPECIAL, INSPECTION | {"case_source_registration"}),
        (Path.COMPLAINT, INSPECTION | {"case_source_registration", "complaint_registration"}),
        (Path.THIRD_PARTY, INSPECTION | {"commission", "integrity_promise", "confidentiality_promise"}),
        (
            Path.AGREEMENT_AUDIT,
            {"audit_notice", "audit_result_notice", "audit_opinion", "<sheet>", "rectification_report"},
        ),
        (Path.SELF_CHECK, {"self_check_report", "rectification_report"}),
        (Path.SUPERVISION, {"summary_report"}),
        (
            Path.PENALTY,
            {
                "case_filing_approval", "investigation_report", "penalty_prior_notice", "<decision>",
                "service_receipt", "file_index",
            },
        ),
    ],
)  # fmt: skip
def test_a_path_asks_for_its_minimum(path: Path, expected: set[str]) -> None:
    assert asked(path, Level.REQUIRED) == expected


def test_of_a_group_one_paper_is_enough() -> None:
    for name in ("evidence", "sheet", "result"):
        assert group(Path.RANDOM_DAILY, name) == GROUPS[name]
    assert group(Path.AGREEMENT_AUDIT, "sheet") == {"findings_statement", "working_sheet"}
    assert group(Path.PENALTY, "decision") == GROUPS["decision"]


def test_measures_are_asked_for_where_evidence_may_be_lost() -> None:
    measures = {"preservation_decision", "preservation_disposal", "sealing_decision"}
    for path in (Path.SPECIAL, Path.COMPLAINT, Path.PENALTY):
        assert measures <= asked(path, Level.CONDITIONAL)
    steps = {"statement_record", "hearing_notice", "hearing_record", "legal_review", "panel_record", "crime_referral"}
    assert steps <= asked(Path.PENALTY, Level.CONDITIONAL)
    assert "interview_record" in asked(Path.RANDOM_DAILY, Level.CONDITIONAL)


def test_an_audit_has_no_powers_of_the_penalty_track() -> None:
    refused = asked(Path.AGREEMENT_AUDIT, Level.FORBIDDEN)
    assert {"preservation_decision", "sealing_decision", "penalty_prior_notice", "penalty_decision"} <= refused
    assert {ALL[one].parent for one in refused if ALL[one].parent} <= refused


def test_a_self_check_and_a_supervision_look_like_no_inspection() -> None:
    officers = {"inspection_approval", "inspection_notice", "onsite_record", "interview_record", "sealing_decision"}
    for path in (Path.SELF_CHECK, Path.SUPERVISION):
        assert officers <= asked(path, Level.FORBIDDEN)
    reasons = {n.when for n in ALL["inspection_notice"].needs if n.path is Path.SUPERVISION}
    assert reasons == {"不得以观摩、督导、考察等名义行检查之实"}


@pytest.mark.parametrize("path", list(Path))
def test_no_path_says_two_things_of_one_paper(path: Path) -> None:
    for one in ALL.values():
        assert len([need for need in one.needs if need.path is path]) <= 1, one.id
