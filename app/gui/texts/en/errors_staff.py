"""Why something about people, absences, interests and third parties was refused."""

ERRORS = {
    "person.third_party": "{name} was sent by a third party and may only assist, not inspect or record. Choose a licensed "
    "officer; name {name} among those who assist.",
    "person.third_party_role": "People of a third party are registered as assistants only: they never inspect and are no "
    "experts of the office.",
    "absence.period": "An absence ends on or after its first day.",
    "interest.subject": "Name either the institution or the chain that the interest is in, not both.",
    "interest.ground_missing": "State the ground of the interest.",
    "interest.period": "An interest ends on or after the day it was declared.",
    "third_party.unknown": "This third party is unknown.",
    "third_party.name_missing": "Enter the third party's name.",
    "third_party.name_taken": "The third party “{name}” is on record.",
    "third_party.has_people": "{count} {count:person of this third party is|people of this third party are} on "
    "record ({names}); it cannot be removed.",
}
