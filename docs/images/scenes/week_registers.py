"""The registers of the week's office, and lists that come in."""

import datetime as dt
from pathlib import Path
from typing import Any

from staging import Camera


def registers(camera: Camera, stage: Any) -> None:
    """The list of institutions."""
    camera.go("registers")


def people(camera: Camera, stage: Any) -> None:
    """Somebody who is away for some days and has to stay away from an institution and a chain."""
    from PySide6.QtWidgets import QScrollArea

    from app.core.ids import InstitutionId
    from app.core.staff import Absence, Interest, ThirdParty, ThirdPartyKind

    services = stage.services
    known = {one.name for one in services.staff.third_parties()}
    if "云栖正信会计师事务所（演练）" not in known:
        services.staff.save_third_party(
            ThirdParty("", "云栖正信会计师事务所（演练）", ThirdPartyKind.ACCOUNTING, "青医保购〔2026〕3号", dt.date(2026, 12, 31))
        )
    person = next(one for one in services.people.find() if one.may_inspect_on(stage.clock().date()))
    first = dt.date(2026, 11, 16)
    services.staff.save_absence(Absence("", person.id, first, first + dt.timedelta(days=4), "年休假"))
    place = services.institutions.find(limit=1)[0]
    services.staff.save_interest(Interest("", person.id, place.id, ground="配偶任职"))
    services.staff.save_interest(Interest("", person.id, InstitutionId(""), "康宁堂", "曾任职"))
    screen = camera.go("registers", person=person.id)
    bar = screen.people.form.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    camera.settle()


def _list(stage: Any) -> Path:
    """Return a list as a district's office has it: a title above the header, totals below, GB 18030."""
    rows = ["云栖市青禾区定点医药机构名录（演练）,,,,,", "序号,机构名称,统一社会信用代码,机构等级,地址,联系电话"]
    rows += [
        f"{n},青禾区惠民药店第{n}分店（演练）,,{'二级' if n % 3 else '未定级'},青禾区康宁路{n}号,0571-5550{n:04d}" for n in range(1, 31)
    ]
    rows += ["31,,,,,", "合计,31,,,,", "备注：截至2026年10月底,,,,,"]
    path = stage.studio.folder / "青禾区定点医药机构名录.csv"
    path.write_bytes("\n".join(rows).encode("gb18030"))
    return path


def columns(camera: Camera, stage: Any) -> None:
    screen = camera.go("registers-import", kind="institutions")
    screen.file.source.setText("青禾区医保中心")
    screen.choose(_list(stage))
    camera.settle()


def check(camera: Camera, stage: Any) -> None:
    columns(camera, stage)
    screen = camera.window.frame.screen_now
    screen.columns.next_button.click()
    camera.settle()


def conflicts(camera: Camera, stage: Any) -> None:
    """Two sources that say different things of one institution."""
    from app.core.registers import ImportKind

    place = next(one for one in stage.services.institutions.find() if one.medins_code)
    path = stage.studio.folder / "市局名录.csv"
    path.write_text(f"机构名称,医保编码,地址,联系电话\n{place.name},{place.medins_code},青禾区长宁路18号,0571-55501234", "utf-8")
    stage.services.registers.bring_in(path, ImportKind.INSTITUTIONS, source="云栖市医保局名录", stated_on=dt.date(2026, 10, 31))
    camera.go("registers-conflicts", about="institution")
