"""Invented people and places for printing: empty, typical and overlong."""

import datetime as dt
import hashlib
import io
import random

from PIL import Image, ImageDraw

from forms import model as m

UTC = dt.UTC
AT = dt.datetime(2026, 3, 5, 1, 30, tzinfo=UTC)
META = m.RecordMeta("云岭市医疗保障局", "云医保检〔2026〕17号", "RW-2026-0017")
REHEARSAL = m.RecordMeta("云岭市医疗保障局", "云医保检〔2026〕演1号", "RW-2026-0901", rehearsal=True)
CHEN = m.Inspector("陈知行", "云A-0031207", dt.date(2024, 1, 1), dt.date(2028, 12, 31))
LU = m.Inspector("陆以宁", "云A-0031345", dt.date(2023, 6, 1), dt.date(2027, 5, 31))
SHOP = m.Institution(
    "云岭市康乐大药房有限公司青石路店",
    "91530100MA6K7T3X2L",
    "P53010200317",
    "定点零售药店",
    "云岭市东湖区青石路118号一层",
    "何书衡",
    "杨采薇",
    "0871-65550118",
)
MANAGER = m.Person(
    "杨采薇",
    "女",
    dt.date(1988, 11, 2),
    "530102198811020024",
    "13800000118",
    SHOP.name,
    "店长",
    "云岭市东湖区梧桐里6号3栋502室",
    "被检查单位负责人",
)
LONG = "该项下内容特别长，" * 400
WORD = "A1b2C3d4" * 200


def jpeg(seed: int, *, width: int = 640, height: int = 480) -> bytes:
    """Return a drawn photo-like JPEG."""
    rng = random.Random(seed)
    size = (width // 4, height // 4)
    image = (
        Image.frombytes("L", size, rng.randbytes(size[0] * size[1])).resize((width, height)).convert("RGB")
    )
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = rng.randrange(width), rng.randrange(height)
        draw.rectangle((x, y, x + 120, y + 70), fill=tuple(rng.randrange(256) for _ in range(3)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def evidence(count: int, *, pictures: bool = True) -> tuple[m.Evidence, ...]:
    return tuple(
        m.Evidence(
            f"证{n}",
            f"处方药柜及销售小票第{n}号",
            hashlib.sha256(str(n).encode()).hexdigest(),
            hashlib.sha256(f"sm3 {n}".encode()).hexdigest(),
            AT + dt.timedelta(minutes=n),
            "青石路店一层处方药区",
            "陈知行",
            f"IMG_{n:04d}.JPG",
            ("SGF-03",),
            jpeg(n) if pictures and n != 3 else None,
            "拍摄模糊，已重拍" if n == 4 else None,
        )
        for n in range(1, count + 1)
    )


def onsite(**changes: object) -> m.OnsiteRecord:
    base = m.OnsiteRecord(
        SHOP,
        (CHEN, LU),
        LU,
        MANAGER,
        AT,
        AT + dt.timedelta(hours=2, minutes=41),
        SHOP.address,
        "定点零售药店“四规范”专项检查",
        ("《医疗保障基金使用监督管理条例》第二十七条", "《中华人民共和国行政处罚法》第五十五条"),
        "现场检查、抽取销售记录",
        notices=(
            m.Exchange("我们是云岭市医疗保障局执法人员，已出示执法证件，请过目确认。", "看过了，没有异议。"),
            m.Exchange("你有权陈述、申辩，有权申请检查人员回避，是否申请回避？", "不申请回避。"),
        ),
        summary="检查组于2026年3月5日9时30分到达现场，向店长杨采薇出示执法证件并说明来意，"
        "对照《四规范现场检查表》逐项检查，共检查42项，其中符合36项，不符合4项，不适用2项。",
        observations=(
            m.Observation(
                "抽取2026年1月1日至2月28日处方药销售记录120笔，其中17笔未见处方，涉及医保基金支付1,234.50元"
                "（“阿莫西林胶囊”批号20251103等）。",
                ("SGF-03", "SGF-07"),
                ("证1", "证2"),
            ),
            m.Observation("处方药与非处方药陈列区未设置明显标识。", ("SGF-11",), ("证5",)),
        ),
        evidence=("证1", "证2", "证5"),
        party_opinion="情况属实，我店将立即整改。",
    )
    return _with(base, changes)


def sheet(rows: int = 30, items: int = 14) -> m.ChecklistSheet:
    columns = (
        m.Column("药品名称"),
        m.Column("批号"),
        m.Column("数量", m.ColumnKind.NUMBER),
        m.Column("单价", m.ColumnKind.MONEY),
        m.Column("金额", m.ColumnKind.MONEY),
    )
    cells = tuple((f"阿莫西林胶囊{n}", f"2025{n:04d}", "2", "12.50", "25.00") for n in range(rows))
    states = (m.ItemState.PASS, m.ItemState.PASS, m.ItemState.OPEN, m.ItemState.NOT_APPLICABLE)
    failing = m.SheetItem(
        "SGF-03",
        "处方药是否凭处方销售，处方是否留存备查？",
        m.ItemState.FAIL,
        count=rows,
        amount_fen=2500 * rows,
        detail="抽查的处方药销售记录未见处方。",
        columns=columns if rows else (),
        rows=cells,
        totals=(None, None, str(2 * rows), None, f"{25 * rows}.00") if rows else (),
        evidence=("证1", "证2"),
        basis=("《医疗保障基金使用监督管理条例》第十五条", "《零售药店医疗保障定点管理暂行办法》第二十一条"),
        violation="12 无处方销售处方药并纳入医保支付",
    )
    others = tuple(
        m.SheetItem(
            f"SGF-{n:02d}",
            "购药人身份核验是否落实，医保凭证是否人证相符？",
            states[n % 4],
            basis=("《医疗保障基金使用监督管理条例》第十六条",) if n % 3 == 0 else (),
        )
        for n in range(10, 10 + items)
    )
    return m.ChecklistSheet(
        SHOP,
        (CHEN, LU),
        MANAGER,
        "定点零售药店“四规范”检查清单",
        "SGF",
        "v01",
        AT,
        (m.SheetSection("处方管理", (failing, *others[:3])), m.SheetSection("结算管理", others[3:])),
    )


def statement(count: int = 3) -> m.FindingsStatement:
    findings = tuple(
        m.Finding(
            f"F{n}",
            f"1{n}",
            "无处方销售处方药并纳入医保支付",
            "2026年1月1日至2月28日，该店在无处方情况下销售处方药17笔并以医保个人账户、统筹基金结算。",
            123450 + n,
            11,
            17,
            dt.date(2026, 1, 1),
            dt.date(2026, 2, 28),
            "逐笔加总医保支付金额：明细见现场检查表SGF-03。",
            ("《医疗保障基金使用监督管理条例》第三十八条第一项",),
            ("SGF-03",),
            ("证1", "证2"),
        )
        for n in range(count)
    )
    return m.FindingsStatement(
        SHOP,
        (CHEN, LU),
        MANAGER,
        "定点零售药店“四规范”专项检查",
        findings,
        sum(f.amount_fen for f in findings),
        dt.date(2026, 1, 1),
        dt.date(2026, 2, 28),
        "顾维舟",
        "无异议。",
    )


def interview(turns: int = 12) -> m.InterviewRecord:
    middle = tuple(
        m.Exchange(
            f"第{n}笔处方药销售时，是否核验处方？", "当时顾客说处方忘带了，我们就先卖了，事后没有补处方。"
        )
        for n in range(1, turns + 1)
    )
    return m.InterviewRecord(
        "无处方销售处方药",
        MANAGER,
        CHEN,
        LU,
        AT + dt.timedelta(hours=3),
        AT + dt.timedelta(hours=4, minutes=5),
        "青石路店二层办公室",
        (
            m.Exchange("请介绍你的基本情况。", "我叫杨采薇，是本店店长，2021年起在本店工作。"),
            *middle,
            m.Exchange("你还有什么需要补充的吗？以上笔录请核对。", "没有补充，核对无误。"),
        ),
        SHOP,
    )


def listing(count: int = 6) -> m.EvidenceList:
    return m.EvidenceList(SHOP, (CHEN, LU), MANAGER, evidence(count), AT + dt.timedelta(hours=5))


def amendment(count: int = 2) -> m.Amendment:
    changes = (
        m.Correction(
            "第2页 检查情况 第1项", "其中17笔未见处方", "其中16笔未见处方", "当事人当场补充提供1张处方。"
        ),
        m.Correction("第1页 联系电话", "13800000118", "13800000181", "笔误。"),
    )
    return m.Amendment(
        "现场检查笔录",
        META.document_number,
        hashlib.sha256(b"record").hexdigest(),
        changes[:count],
        (CHEN, LU),
        MANAGER,
        AT + dt.timedelta(days=1),
        SHOP,
    )


def cover() -> m.Cover:
    return m.Cover("定点零售药店现场检查案卷", SHOP, (CHEN, LU), AT)


def briefing() -> m.BriefingSheet:
    past = m.BriefingPast(AT.date(), "2025年专项检查", "云医保检〔2025〕3号", ("串换药品",), 128400, ("责令整改通知书",))
    return m.BriefingSheet(
        title="2026年第二批双随机检查", kind="双随机抽查", nature="行政检查", basis="年度检查计划", source="抽取编号云双〔2026〕1号",
        institution=SHOP.name, address=SHOP.address, contact="杨采薇 0871-65550118", planned_on=AT.date(),
        due_on=AT.date() + dt.timedelta(days=20), leader=CHEN.name, members=(CHEN.name, LU.name), experts=("周其真",),
        checklists=("定点零售药店现场检查表",), known=(("留存多张参保人凭证连续刷卡", "云医保举〔2026〕4号"),), past=(past,),
        recusals=("顾清和回避，陆以宁接替",), discipline=("不得透露检查信息。", "不接受宴请。"), note="先查进销存。",
        made_on=AT.date(),
    )  # fmt: skip


def whole() -> list[m.Section]:
    return [cover(), onsite(), sheet(), statement(), interview(), listing()]


def _with(base: m.OnsiteRecord, changes: dict[str, object]) -> m.OnsiteRecord:
    from dataclasses import replace

    return replace(base, **changes)
