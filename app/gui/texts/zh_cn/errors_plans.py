"""What is said when a plan, its file or a step of it is refused, and what is held against a draft."""

ERRORS = {
    "plan.unknown": "没有这个检查计划，可能已被删除。",
    "plan.template_unknown": "没有编号为“{template}”的计划模板。",
    "plan.year_unusual": "年份 {year} 不合理，请填写 2000 至 2100 之间的年份。",
    "plan.too_long": "“{text}…”太长，名称最多 {most} 个字。",
    "plan.submitted": "计划已送审，不能修改。需要修改的，请先退回。",
    "plan.in_force": "计划已批准，只能补充待定日期、频次例外和备注。其他内容要改的，请取消后重新制定并报批。",
    "plan.ended": "计划已经结束或取消，不能再改。",
    "plan.state": "计划现在不在这一步，不能这样做。请刷新后再看。",
    "plan.reason_missing": "请写明原因，原因会留存在案。",
    "plan.ground_missing": "请写明例外的具体事由，如举报编号、交办文号或数据疑点。",
    "plan.approver_missing": "请填写批准计划的负责人。",
    "plan.approval_no_missing": "请填写审批文号。",
    "plan.number_taken": "计划编号“{number}”已经用过，请换一个。",
    "plan.tasks_open": "还有 {count} 个任务没有完成。确要结束计划的，请写明原因。",
    "plan.no_tasks": "这个计划还没有待检的任务。请先抽取并生成任务。",
    "plan.title_missing": "请填写计划名称。",
    "plan.basis_missing": "请填写检查依据：没有依据的检查不能报批。",
    "plan.no_group": "分工表是空的，请至少写一组。",
    "plan.no_stage": "没有写工作阶段。",
    "plan.no_discipline": "没有写工作纪律；纪律会印在任务须知上。",
    "plan.days_reversed": "截止日 {last} 早于起始日 {first}。",
    "plan.stage_after_end": "“{stage}”的截止日晚于计划截止日 {day}。",
    "plan.days_undecided": "还有 {count} 个阶段的截止日期待定，批准后可以再补。",
    "plan.over_cap": (
        "{group}：每年 {frequency} 次，超过年度频次上限 {cap} 次（国办发〔2024〕54号）。"
        "请写明不受上限限制的事由：投诉举报、转办交办、数据监测或机构申请；没有事由的请降低频次。"
    ),
    "plan.over_cap_exempt": (
        "{group}：每年 {frequency} 次，超过年度频次上限 {cap} 次；已写明例外事由，逐次检查仍须有相应线索。"
    ),
    "plan.lock_too_long": (
        "{group}：每年 {frequency} 次，但 {days} 天内不得重复抽查，计划期内排不下这么多次；"
        "抽取时以不重复抽查为准。"
    ),
    "plan.group_untitled": "分工表第 {n} 行没有名称。",
    "plan.group_without_contents": "{group}没有选择检查清单。",
    "plan.group_template_unknown": "{group}所用的检查清单 {template} 本机没有。",
    "plan.two_officers": "{group}每组执法检查人员只有 {n} 人。行政检查不得少于两人，并应出示执法证件。",
    "plan.nobody_named": "{group}按点名检查，但还没有点名。",
    "plan.top_without_year": "{group}按基金支付额取前几位，请填写是哪一年的支付额。",
    "plan.assistants_assist": "{group}有第三方人员：只能协助，不得实施检查，也不得单独询问、取证。",
    "plan.former_term": "“{old}”是过去的用语，现在称“{now}”。",
    "plan_file.syntax": "这不是完整的计划文件，或已损坏。",
    "plan_file.format": "这不是本程序的计划文件，或由更新的版本写成（应为 {wanted}）。",
    "plan_file.unknown": "计划文件 {at} 处有不认识的栏目“{field}”。",
    "plan_file.missing": "计划文件 {at} 处缺少“{field}”。",
    "plan_file.value": "计划文件 {at} 处的内容“{value}”不对。",
    "plan_file.unreadable": "读不了计划文件 {file}，请确认文件存在并可以读取。",
}
