"""What paper refuses: words and figures of the law that do not fit."""

ERRORS = {
    "form.data_fault": "The wording file {file} is wrong at {place} ({reason}): {value}",
    "form.no_such_law": "On {on} “{rule}” is not in force; nothing can bear that day.",
    "form.no_such_paper": "There is no such paper: {paper}",
}
