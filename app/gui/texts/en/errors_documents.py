"""Sentences for what documents refuse."""

ERRORS = {
    "document.unknown": "This document does not exist; it may have been taken back.",
    "document.blocked": "{count} {count:thing|things} must be dealt with before the record can be composed. See the list.",
    "document.signed_already": "Somebody has signed {title}; it cannot be composed anew. Make an amendment instead.",
    "document.no_strokes": "Write the name on the pad first.",
    "document.not_a_signer": "This person does not sign this document.",
    "document.paper_elsewhere": "The codes on the photo are not those of the pages of “{title}” still to be signed. Photograph those.",
    "document.page_unknown": "This document has no page {page}.",
    "document.signed_page": "Page {page} is signed by this person already.",
    "document.changed": "What {title} says was changed after it was composed; nothing was signed. Take it back and compose it anew.",
    "document.reason_missing": "Give the reason of the refusal and the witness.",
    "document.inspector_refuses": "Inspectors and recorder cannot refuse; take the document back if it is wrong.",
    "document.export_failed": "{file} was not exported: {reason}. Choose another folder or check the disk, then try again.",
    "document.unsigned": "This document is not signed by all and cannot be amended; unsigned it can be taken back.",
    "document.correction_missing": "Give place, reason and text of every correction.",
    "document.not_here": "The original is not on this computer; sync to see it.",
    "document.source_damaged": "The stored document is damaged. Restore a backup or contact support.",
    "interview.not_finished": "The interview is not finished, so no record can be composed.",
}
