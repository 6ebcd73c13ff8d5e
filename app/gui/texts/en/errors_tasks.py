"""What is said when a lead, a task of a draw or a recusal is refused."""

ERRORS = {
    "lead.unknown": "This lead is unknown.",
    "lead.content_missing": "Write down what was reported.",
    "lead.institution_missing": "Choose the institution, or write down what it was called.",
    "lead.institution_unknown": "“{name}” is not linked to an institution on record; choose it in the lead first.",
    "lead.received_later": "The day {day} has not come yet.",
    "lead.step": "Lead {number} cannot take this step now.",
    "lead.reason_missing": "Give a reason.",
    "lead.outcome_missing": "Write down what the check found.",
    "lead.reply_missing": "Write down how the reporter was told.",
    "lead.transfer_missing": "Say to whom the lead is transferred.",
    "lead.extended_already": "Lead {number} was extended once already.",
    "lead.unanswered":
        "Somebody gave his name for lead {number} and was not told yet. Note the answer first, or say why nobody can be told.",
    "lead.reporter_in_content":
        "The content names the reporter, a phone or an identity number. The reporter is only kept sealed; take it out of the content.",
    "lead.reporter_empty": "Write down who reported.",
    "lead.no_keeper": "Nobody keeps reporters yet, so nothing can be sealed. A keeper sets a password first.",
    "lead.not_keeper": "You do not keep reporters, or your key is not on this laptop.",
    "lead.keeper_already": "You have a keeper's password on this laptop already.",
    "lead.keeper_unknown": "This keeper is unknown.",
    "lead.keeper_admitted": "{name} is a keeper already, or no longer one.",
    "lead.keeper_last":
        "{name} is the only keeper; nobody could read reporters registered from now on. Add another keeper first.",
    "lead.password_short": "A keeper's password has at least {least} characters.",
    "lead.wrong_password": "The keeper's password is wrong; nothing was opened.",
    "lead.look_reason": "Say why you look at the reporter.",
    "lead.anonymous": "Nothing is registered of who reported this lead.",
    "lead.sealed_for_others":
        "The reporter is not sealed to you. A keeper of that time can look, or seal it for you.",
    "task.leader": "The leader must be a member of the team.",
    "task.interest": "{name} declared an interest in “{institution}” and has to stay away.",
    "task.recused": "{name} stepped back from this task and takes no part in it.",
    "task.not_visited": "Task {number} has had no visit to look back at.",
    "task.planned_past": "The planned day {day} is over.",
    "draw.unknown": "This draw is unknown.",
    "draw.not_drawn": "This draw is not finished; no tasks can be made of it.",
    "draw.no_plan": "The plan of this draw is unknown.",
    "draw.group_empty": "The plan's line “{title}” names no checklist; no tasks can be made of it.",
    "recusal.not_in_team": "This person is not in the team.",
    "recusal.replacement_missing": "This task has no reserve list: name who comes instead, with a reason.",
    "recusal.reserve_empty": "Nobody of the reserve list can come: name somebody else, with a reason.",
    "recusal.cannot_come":
        "{name} cannot come instead: in the team already, stepped back, with an interest, away, or without a valid licence.",
    "recusal.reason_missing": "Whoever does not come in the order of the reserve list needs a reason.",
    "document.recused": "{name} stepped back from this task and cannot sign.",
    "blocker.recused_takes_part":
        "{names} stepped back from this task and still stand(s) as inspector. Replace first.",
    "cli.keeper_pin_missing": "The keeper's password is missing: set YANFANG_KEEPER_PIN or type it at a terminal.",
    "cli.reporter_json": "The reporter must be a JSON object with name, phone, id_no, address, note.",
}
