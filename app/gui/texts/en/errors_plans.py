"""What is said when a plan, its file or a step of it is refused, and what is held against a draft."""

ERRORS = {
    "plan.unknown": "There is no such plan; it may have been removed.",
    "plan.template_unknown": "There is no plan template with the id “{template}”.",
    "plan.year_unusual": "{year} is no likely year; give one from 2000 to 2100.",
    "plan.too_long": "“{text}…” is too long; a title has at most {most} characters.",
    "plan.submitted": "The plan has been submitted and cannot be changed. Send it back first.",
    "plan.in_force": (
        "The plan is approved: only undecided days, exemptions and the note can be changed. For anything "
        "else cancel it and have a new one approved."
    ),
    "plan.ended": "The plan has ended or was cancelled and cannot be changed.",
    "plan.state": "The plan is not at this step now. Reload and look again.",
    "plan.reason_missing": "Give the reason; it stays on record.",
    "plan.ground_missing": "Give the ground: the number of the report or of the transfer, or what the data shows.",
    "plan.approver_missing": "Name the responsible head who approves the plan.",
    "plan.approval_no_missing": "Give the approval number.",
    "plan.number_taken": "The plan number “{number}” is taken.",
    "plan.tasks_open": "{count} {count:task is|tasks are} not finished. Give a reason to end the plan all the same.",
    "plan.no_tasks": "This plan has no tasks to be visited yet. Draw first and make the tasks.",
    "plan.title_missing": "Give the plan a title.",
    "plan.basis_missing": "Give the legal basis: an inspection without one cannot be approved.",
    "plan.no_group": "The division of labour is empty; write at least one group.",
    "plan.no_stage": "No stages are written.",
    "plan.no_discipline": "No discipline is written; it is printed on the briefing sheet.",
    "plan.days_reversed": "The last day {last} is before the first day {first}.",
    "plan.stage_after_end": "“{stage}” ends after the plan's last day {day}.",
    "plan.days_undecided": "{count} {count:stage has|stages have} no last day yet; it can be added after approval.",
    "plan.over_cap": (
        "“{group}” means {frequency} {frequency:check|checks} a year, above the yearly cap of {cap} (State Council Office 2024 "
        "No. 54). Give the ground why the cap does not hold: a report, a transfer, the data or the "
        "institution's request; without one lower the frequency."
    ),
    "plan.over_cap_exempt": (
        "“{group}” means {frequency} {frequency:check|checks} a year, above the yearly cap of {cap}; a ground is given, and "
        "each check still needs its lead."
    ),
    "plan.lock_too_long": (
        "“{group}” means {frequency} {frequency:check|checks} a year, but none within {days} {days:day|days} of another: they do not fit "
        "into the plan's time. In the draw the lock wins."
    ),
    "plan.group_untitled": "Line {n} of the division of labour has no title.",
    "plan.group_without_contents": "“{group}” has no checklist.",
    "plan.group_template_unknown": "The checklist {template} of “{group}” is not installed here.",
    "plan.two_officers": (
        "“{group}” has {n} {n:inspector|inspectors} in a team. An administrative inspection needs at least two, who show "
        "their licences."
    ),
    "plan.nobody_named": "“{group}” is checked by name, and nobody is named.",
    "plan.top_without_year": "“{group}” takes the first by fund payment: say of which year.",
    "plan.assistants_assist": (
        "“{group}” takes third parties along: they assist only, and never inspect, ask or collect on their "
        "own."
    ),
    "plan.former_term": "“{old}” is a term of the past; now it is “{now}”.",
    "plan_file.syntax": "This is no complete plan file, or it is damaged.",
    "plan_file.format": "This is no plan file of this program, or one of a newer version (wanted: {wanted}).",
    "plan_file.unknown": "The plan file has an unknown field “{field}” at {at}.",
    "plan_file.missing": "The plan file lacks “{field}” at {at}.",
    "plan_file.value": "The plan file has a wrong value “{value}” at {at}.",
    "plan_file.unreadable": "The plan file {file} cannot be read.",
}
