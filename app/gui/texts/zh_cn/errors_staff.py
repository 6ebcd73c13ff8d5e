"""Why something about people, absences, interests and third parties was refused."""

ERRORS = {
    "person.third_party": "{name}是第三方机构派来的人员，只能协助，不能担任检查人员或记录人。请改选本单位持证人员，"
    "把{name}列为协助人员。",
    "person.third_party_role": "第三方机构的人员只能登记为协助人员：不得实施检查，也不进入检查人员和专家名录。",
    "absence.period": "请假的截止日应不早于起始日。",
    "interest.subject": "请写明与哪一家机构、或与哪一个连锁（集团）有利害关系，二者只填一项。",
    "interest.ground_missing": "请写明利害关系的事由，如近亲属任职、持股、曾任职。",
    "interest.period": "利害关系的终止日应不早于申报日。",
    "third_party.unknown": "找不到该第三方机构。",
    "third_party.name_missing": "请填写第三方机构名称。",
    "third_party.name_taken": "第三方机构“{name}”已经登记。",
    "third_party.has_people": "这家第三方机构还有 {count} 名登记人员（{names}），不能删除。",
}
