"""保密承诺书: what becomes known is used for nothing else. Source: 条例 art. 32, art. 46."""

from forms.promises import promise

PAPER = promise(
    "confidentiality_promise",
    "保密承诺书",
    127,
    "《医疗保障基金使用监督管理条例》第三十二条、第四十六条",
    (
        "一、对工作中知悉的国家秘密、工作秘密、商业秘密、个人隐私和个人信息严格保密。",
        "二、检查取得的资料和数据只用于本次检查，不复制留存，不向无关人员透露。",
        "三、不泄露举报人信息和检查方案、线索、进展。",
        "四、工作结束后交还全部资料、介质，清除设备中的数据；保密义务不因工作结束而终止。",
    ),
    "以上承诺本人已知悉并遵守，违反承诺愿承担法律责任。",
)
