"""What is said when a case, a volume or a copy cannot be made or checked."""

ERRORS = {
    "case.nothing_signed": "No document of this inspection is signed by everyone yet: the case is empty.",
    "case.volume_empty": "No document was completed in that time: there is nothing to bind.",
    "copy.profile_unknown": "There is no kind of copy named {profile}. Known: {known}.",
    "copy.nothing_left": "A copy of the kind “{profile}” says nothing of this document: none was made.",
    "copy.unsigned": "A copy is made once the document is signed by everyone.",
    "demo.not_proven": "What the rehearsal left does not check out: {told}",
    "verify.keys": "The file of keys {file} cannot be read.",
}
