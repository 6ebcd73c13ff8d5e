"""Words of what the server refused and of what mended itself."""

TEXTS = {
    "note": "The server did not take these over; they stay on this laptop as they are. Everything after them is delivered as usual.",
    "resend": "Send again",
    "resend.all": "Send all again",
    "resent": "Queued again for the next run",
    "settle": "Noted",
    "export": "Export for support…",
    "exported": "{count} {count:was|were} exported",
    "file": "refused records {day}.json",
    "empty.title": "Nothing was refused",
    "empty.text": "What the server does not take over is listed here with its reason and what can be done; so is how things were"
    " made whole after data was restored there or here.",
    "said": "{field}: {value}",
    "rejected": "Not taken over by the server: {reason}",
    "aside": "Put aside, not taken over yet: {reason}",
    "since": "since {when}",
    "incidents": "What mended itself",
    "incidents.text": "For information; nothing has to be done.",
    "incident.digest_differs": "What this laptop had received differed from the server",
    "incident.digest_differs.done": "It was received anew. {rows} "
    "{rows:row that differed is kept as it was|rows that differed are kept as they were}.",
    "incident.digest_differs.done.none": "It was received anew and is the same.",
    "incident.epoch_changed": "The server's data was set back to an earlier time",
    "incident.epoch_changed.done": "All records of this laptop were queued again; of {rows} {rows:record|records} "
    "kept here for others, the server"
    " is given what it lacks.",
    "incident.epoch_changed.done.none": "All records of this laptop were queued again.",
    "incident.history_begun": "The server did not know how this laptop's records go on (a backup was restored, or data was copied)",
    "incident.history_begun.done": "A new numbering was begun; {rows} "
    "{rows:record that was not delivered goes as it is|records that were not delivered go as they are}.",
    "incident.history_begun.done.none": "A new numbering was begun; nothing was waiting.",
    "incident.left": " {left} wait to be given back.",
}
