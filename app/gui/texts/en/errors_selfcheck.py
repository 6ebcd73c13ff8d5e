"""What is said when a self-check cannot be issued, filled in or taken back."""

ERRORS = {
    "selfcheck.unknown": "There is no such self-check. It may be on another laptop: try again after syncing.",
    "selfcheck.title_missing": "Give the self-check a title.",
    "selfcheck.due_past": "{day} has passed. Choose today or a later day.",
    "selfcheck.nothing_asked": "No checklist and no anomaly was chosen: there is nothing to ask.",
    "selfcheck.question_missing": "An anomaly does not say what is odd.",
    "selfcheck.not_here": "The package itself is not on this laptop. Sync first, or work on the laptop that issued it.",
    "selfcheck.file_not_here": "A file given as evidence is not on this laptop. Sync first.",
    "selfcheck.not_a_package": "{file} is neither a self-check package nor a form, or is incomplete. Ask for it again.",
    "selfcheck.tampered": "{file} was changed or damaged after it was sealed; nothing was imported. {reason} Ask for the original.",
    "selfcheck.damaged": "What the file says is incomplete or not what was asked ({reason}); nothing was imported. Ask for it again.",
    "selfcheck.is_a_return": "{file} is what an institution gave back, not a package to fill in. Import it at the office.",
    "selfcheck.is_a_package": "{file} is a package for an institution and not filled in. Import what came back.",
    "selfcheck.foreign": "{file} answers no self-check of this office; nothing was imported. It was sealed by {mark}."
    " If another laptop issued it, sync first.",
    "selfcheck.foreign_form": "{file} answers no self-check of this office; nothing was imported. If another laptop issued it, sync.",
    "selfcheck.proof_kind": "{file} is no photo, PDF, OFD, sheet, document, text, sound or film; nothing was imported.",
    "selfcheck.too_large": "{file} is larger than {most} MB. Nothing was taken.",
    "selfcheck.cancelled": "This self-check was withdrawn and is not taken back any more.",
    "selfcheck.late": "It was due on {due}, {days} {days:day|days} ago. To take it all the same, say why.",
    "selfcheck.returned_newer": "This was filled in on {given}, before the one that is here ({day}): it may be an old file. Choose to"
    " replace only to go back to it; the journal keeps the present one.",
    "selfcheck.returned_already": "It came back on {day} already. Choose to replace it; the journal keeps the former one.",
    "selfcheck.not_a_form": "This is no form made from a package, or it is damaged. Use the form inside the package.",
    "selfcheck.cells": "{count} {count:cell|cells} of the form must be mended; nothing was imported: {cells}",
    "selfcheck.method_missing": "Say how the institution was reminded.",
    "selfcheck.reason_missing": "Say why it is withdrawn.",
    "selfcheck.promise_unknown": "There is no such promise; it may have changed. Reload and try again.",
    "selfcheck.promise_empty": "The amount of a refund must be more than zero.",
    "selfcheck.paid_promise_gone": "{paid} yuan are on record as paid of the {promised} promised until {day}, and what came back now"
    " has no such promise. Nothing was taken. Let the institution list it, or correct what is on record.",
    "selfcheck.paid_later": "{day} is still to come; nothing can have been paid on it.",
    "selfcheck.paid_too_much": "No more can be paid than the {promised} yuan promised.",
    "selfcheck.not_returned": "The institution has not given anything back: there is nothing to compare.",
    "selfcheck.not_inspected": "There was no visit to the institution since it was asked: there is nothing to compare.",
    "selfcheck.other_place": "That visit was to another institution.",
    "selfcheck.template_missing": "This program lacks checklist {template}, version {version}: update it, or use the Excel form.",
    "selfcheck.other_institution": "This package is for {name}, not for the institution of this laptop.",
    "selfcheck.anomaly_unknown": "There is no such anomaly. Open it again.",
    "selfcheck.responsible_missing": "Name the responsible person first.",
    "selfcheck.list_columns": "The list of anomalies has no column 异常情况. Name the columns in its first row.",
    "selfcheck.list_items":
        "{count} {count:anomaly names|anomalies name} an item that the chosen checklists do not have; nothing was issued: {rows}."
        " Write the code alone, other words, or nothing.",
    "selfcheck.list_rows": "{count} {count:row|rows} of the list must be mended; nothing was imported: {rows}",
}
