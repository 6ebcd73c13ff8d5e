"""廉政承诺书: what those who take part do not accept."""

from forms.promises import promise

PAPER = promise(
    "integrity_promise",
    "廉政承诺书",
    126,
    "{law.five_prohibitions.clause}",
    (
        "一、不接受被检查单位的馈赠、报酬、福利待遇，不参加其提供的宴请、娱乐、旅游等活动。",
        "二、不由被检查单位支付消费开支，不转嫁检查费用，不强制其接受指定的中介机构服务。",
        "三、与被检查单位有利害关系的，主动申请回避。",
        "四、不利用工作便利为本人或者他人谋取利益，自觉接受监督。",
    ),
    "以上承诺本人已知悉并遵守，违反承诺愿承担相应责任。",
)
