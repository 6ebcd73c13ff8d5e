"""In which order documents lie in a case file (一案一卷): how it began, what was found, what was decided, how it was served.

Source: 行政执法案卷 practice (审批在前、决定在后、送达回证随所送达的文书); papers not named here come last, by number.
"""

from app.core.documents import Document, DocumentKind

_FIRST = (
    "complaint_registration", "lead_registration", "draw_record", "matter_approval", "inspection_approval",
    "commission", "integrity_promise", "confidentiality_promise", "inspection_plan", "inspection_notice",
)  # fmt: skip
_PAPERS = (
    "inquest_record", "sampling_record", "evidence_request", "evidence_copy", "electronic_evidence", "evidence_list",
    "preservation_decision", "preservation_list", "preservation_disposal",
    "sealing_decision", "sealing_list", "seal_strip", "sealing_extension", "sealing_release",
    "working_sheet", "findings_statement", "self_check_report", "talk_notice", "talk_record",
    "result_notice", "rectification_order", "rectification_report", "rectification_review", "points_notice",
    "investigation_report", "legal_review", "panel_record", "penalty_prior_notice", "statement_record", "statement_review",
    "hearing_notice", "hearing_record", "spot_penalty_decision", "penalty_decision",
    "crime_referral", "crime_referral_list", "crime_referral_receipt", "referral_letter",
    "complaint_reply", "reward_approval", "service_confirmation", "service_receipt",
)  # fmt: skip


def place_of(document: Document, paper: str) -> tuple[int, int, str]:
    """Return what documents are sorted by; `paper` is the id of an official paper, empty for other documents."""
    if paper in _FIRST:
        return 0, _FIRST.index(paper), document.number
    match document.kind:
        case DocumentKind.RECORD:
            return 1, 0, document.number
        case DocumentKind.INTERVIEW:
            return 1, 1, document.number
        case DocumentKind.AMENDMENT:
            return 1, 2, document.number
    return 2, _PAPERS.index(paper) if paper in _PAPERS else len(_PAPERS), document.number
