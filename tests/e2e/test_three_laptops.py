"""Three laptops change the same things without a network: whatever order they come back in, every value is within reach.

What stands is on the screen of the record, what was put aside on the screen of conflicts, before and after somebody
decided. The same meetings as pure functions, for every kind of value: tests/golden.
"""

import dataclasses
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from app.bootstrap import Services
from app.core.errors import Refused
from app.core.evidence import Evidence, Link, TargetKind
from app.core.findings import Finding
from app.core.ids import FindingId, InspectionId, InstitutionId, PersonId
from app.core.inspections import Party
from app.core.places import Institution, InstitutionKind, Person, Role
from app.core.syncing import ConflictLine
from app.services.demo import cast
from app.services.demo.play import sign_all
from tests.e2e.two_laptops import shown
from tests.unit.services.desks import new_office, photo
from tests.unit.sync.kit import ServerProcess

NAMES = "ABC"
ITEM = Link(TargetKind.ITEM, "SGF/SGF-1.01")
Cell = tuple[str, str, str]


@dataclass
class Trio:
    """Three laptops of one bureau, and one visit of this test, which all of them have read."""

    laptops: dict[str, Services]
    people: tuple[PersonId, ...]
    visit: InspectionId = field(init=False)
    place: Institution = field(init=False)
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    def __getitem__(self, name: str) -> Services:
        return self.laptops[name]

    def meet(self, order: str) -> None:
        """Let them come back in this order, and then read what the others brought."""
        for name in (*order, *order):
            assert self[name].sync.run().value.is_complete

    def begin(self) -> None:
        """Make a visit with everything that is about to be changed, and let all read it."""
        a = self["A"]
        self.place = a.institutions.save(
            Institution(InstitutionId(""), "青禾区百草堂大药房（演练）", InstitutionKind.PHARMACY, phone="000-0000-1000")
        ).value
        self.visit = self.start()
        self.say("A", "SGF-1.05", detail="原来写的")
        self.findings = tuple(
            a.findings.save(Finding(FindingId(""), self.visit, "V04", name, facts="原来的事实", amount_cny=Decimal(5))).value
            for name in ("事实", "金额", "去留")
        )
        a.evidence.take(self.visit, [(f"{name}.jpg", photo(name)) for name in ("货架", "柜台")], links=[ITEM])
        self.evidence = a.evidence.of(self.visit)
        self.meet("ABC")

    def start(self) -> InspectionId:
        """Begin a visit of the place on laptop A."""
        a = self["A"]
        task = a.tasks.create(
            title="专项检查（演练）", nature="administrative", kind="random", institution=self.place.id, templates=["SGF"],
            members=self.people,
        ).value  # fmt: skip
        return a.inspections.start(
            task.id, inspectors=self.people, recorder=self.people[1], place="店内", party=Party("周其真", "男", "", "店长"),
            licence_shown=True, recusal_answer="不申请回避。",
        ).value  # fmt: skip

    def say(self, name: str, item: str, **given: object) -> None:
        self[name].inspections.answer(self.visit, "SGF", item, **given)

    def current(self, name: str, cell: Cell) -> str:
        """Return what the laptop's screens read of one field."""
        table, row, of = cell
        with self[name].inspections._store.db.read() as unit:
            value = unit.sql(f'SELECT "{of}" AS value FROM "{table}" WHERE id = ?', (row,))[0].value
        return "" if value is None else str(value)

    def answer_row(self, item: str) -> str:
        with self["A"].inspections._store.db.read() as unit:
            return str(unit.sql("SELECT id FROM answer WHERE inspection = ? AND item = ?", (self.visit, item))[0].id)

    def lines(self, name: str, cell: Cell) -> tuple[ConflictLine, ...]:
        """Return the open and the settled conflicts of one field."""
        sync = self[name].sync
        return tuple(one for one in (*sync.conflicts(), *sync.decided()) if (one.table, one.row, one.field) == cell)

    def within_reach(self, name: str, cell: Cell) -> set[str]:
        return {self.current(name, cell), *(one.other for one in self.lines(name, cell))}


@pytest.fixture(scope="module")
def trio(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    folder, bureau = tmp_path_factory.mktemp("trio"), uuid.uuid4().hex[:12]
    laptops = {name: new_office(folder / name, player=player, code=bureau) for player, name in enumerate(NAMES)}
    people = tuple(
        laptops["A"].people.save(Person(PersonId(""), who.name, Role.INSPECTOR, who.licence_no)).value.id
        for who in cast.PEOPLE[:2]
    )
    for laptop in laptops.values():
        laptop.sync.enrol(server.url, server.code(f"s:{bureau}"))
    yield Trio(laptops, people)
    for laptop in laptops.values():
        laptop.close()


@pytest.mark.parametrize("order", ["ABC", "BCA", "CBA"])
def test_every_value_put_aside_is_shown_and_stays_within_reach(trio: Trio, order: str) -> None:
    trio.begin()
    wrote = _disagree(trio)
    trio.meet(order)
    _all_within_reach(trio, wrote)
    _the_removed_one_is_back(trio, order)
    aside = {cell: {one.other for one in trio.lines("A", cell)} for cell in wrote}
    _settle(trio, order)
    _all_within_reach(trio, aside)
    _sign_beside_late_answers(trio, order)


def _disagree(trio: Trio) -> dict[Cell, set[str]]:
    """Let each write something else into the same fields; return what they wrote, by field."""
    texts = {"A": "甲写的", "B": "乙写的：\n一、账面与实物不符。\n二、未见调拨记录。", "C": ""}
    for name, state, number in zip(NAMES, ("pass", "fail", "na"), (1, 2, 3), strict=True):
        laptop, text = trio[name], texts[name]
        trio.say(name, "SGF-1.01", state=state)
        trio.say(name, "SGF-1.03", note=f"备注{number}")
        trio.say(name, "SGF-2.03", count=number)
        trio.say(name, "SGF-1.05", detail=text)
        trio.say(name, "SGF-1.06", state="pass" if name == "C" else "na")
        laptop.findings.save(dataclasses.replace(trio.findings[0], facts=text or "丙写的"))
        laptop.findings.save(dataclasses.replace(trio.findings[1], amount_cny=Decimal(number) * 100))
        laptop.evidence.caption(trio.evidence[0].id, f"说明{number}")
        laptop.institutions.save(dataclasses.replace(trio.place, phone=f"000-0000-100{number}"))
        laptop.inspections.set_details(trio.visit, party_opinion=f"意见{number}")
        laptop.inspections.put_row(
            trio.visit, "SGF", "SGF-1.04", {"product": f"药品{number}", "book": "9", "counted": "7", "price": "2"}
        )
    trio["A"].findings.remove(trio.findings[2].id, "不成立")
    for name in "BC":
        trio[name].findings.save(dataclasses.replace(trio.findings[2], facts=f"{name} 改过"))
        trio[name].evidence.caption(trio.evidence[1].id, f"说明 {name}")
    trio["A"].evidence.void(trio.evidence[1].id, "拍错了")
    answer = {
        of: {("answer", trio.answer_row(item), of): values}
        for item, of, values in (
            ("SGF-1.03", "note", {"备注1", "备注2", "备注3"}),
            ("SGF-2.03", "count", {"1", "2", "3"}),
            ("SGF-1.05", "detail", set(texts.values())),
        )
    }
    return {
        ("answer", trio.answer_row("SGF-1.01"), "state"): {"pass", "fail", "na"},
        ("answer", trio.answer_row("SGF-1.06"), "state"): {"na", "pass"},
        **answer["note"], **answer["count"], **answer["detail"],
        ("finding", trio.findings[0].id, "facts"): {texts["A"], texts["B"], "丙写的"},
        ("finding", trio.findings[1].id, "amount_fen"): {"10000", "20000", "30000"},
        ("finding", trio.findings[2].id, "facts"): {"B 改过", "C 改过"},
        ("evidence", trio.evidence[0].id, "caption"): {"说明1", "说明2", "说明3"},
        ("evidence", trio.evidence[1].id, "caption"): {"说明 B", "说明 C"},
        ("institution", trio.place.id, "phone"): {"000-0000-1001", "000-0000-1002", "000-0000-1003"},
        ("inspection", trio.visit, "party_opinion"): {"意见1", "意见2", "意见3"},
    }  # fmt: skip


def _all_within_reach(trio: Trio, wrote: dict[Cell, set[str]]) -> None:
    for name in NAMES:
        missing = {cell: values - trio.within_reach(name, cell) for cell, values in wrote.items()}
        assert {cell: values for cell, values in missing.items() if values} == {}
        assert shown(trio[name], trio.visit) == shown(trio["A"], trio.visit)
        assert _told(trio[name]) == _told(trio["A"])
        rows = trio[name].inspections.view(trio.visit).sheets[0].answers["SGF-1.04"].rows
        assert {row.cells["product"] for row in rows} == {"药品1", "药品2", "药品3"}
        assert trio[name].evidence.of(trio.visit)[1].voided_reason == "拍错了"


def _the_removed_one_is_back(trio: Trio, order: str) -> None:
    """The edit wins over the removal, whichever of them arrived first, and the removal is a question."""
    for name in NAMES:
        assert trio.findings[2].id in {one.id for one in trio[name].findings.of(trio.visit)}, order
        (line,) = trio.lines(name, ("finding", trio.findings[2].id, "_deleted"))
        assert (line.reason, line.decided_by) == ("edit_vs_delete", None)


def _settle(trio: Trio, order: str) -> None:
    """Whoever came second decides everything: the first value put aside is taken, and then it stands."""
    decider = trio[order[1]].sync
    taken: dict[Cell, str] = {}
    while lines := [one for one in decider.conflicts() if one.field != "_deleted"]:
        line = lines[0]
        cell = (line.table, line.row, line.field)
        if cell not in taken:
            assert line.takes_other is (line.row != trio.evidence[1].id)  # nothing on a void one changes any more
            taken[cell] = line.other if line.takes_other else line.current
        decider.resolve(line.id, "other" if taken[cell] == line.other else "current")
    for line in decider.conflicts():
        decider.resolve(line.id, "current")
    trio.meet(order)
    for name in NAMES:
        assert trio[name].sync.conflicts() == ()
        assert {cell: trio.current(name, cell) for cell in taken} == taken


def _sign_beside_late_answers(trio: Trio, order: str) -> None:
    """A signature wins over what the others wrote meanwhile, which is shown beside it."""
    trio.visit = trio.start()
    trio.say("A", "SGF-1.01", state="pass")
    trio.meet(order)
    trio.say("B", "SGF-1.01", state="fail", detail="乙晚写的")
    trio.say("C", "SGF-1.03", note="丙晚写的")
    sign_all(trio["A"], trio["A"].documents.freeze_record(trio.visit).value.id)
    signed = trio["A"].inspections.view(trio.visit).sheets
    trio.meet(order)
    late = {"fail", "乙晚写的", "丙晚写的"}
    for name in NAMES:
        assert trio[name].inspections.view(trio.visit).sheets == signed
        lines = {one.other: one for one in trio[name].sync.conflicts()}
        assert late <= lines.keys()
        assert [one for one in lines.values() if one.takes_other] == []
        assert {one.inspection for one in lines.values()} == {trio.visit}
        with pytest.raises(Refused, match=r"record\.locked"):
            trio[name].sync.resolve(lines["丙晚写的"].id, "other")
    for line in trio["B"].sync.conflicts():
        trio["B"].sync.resolve(line.id, "current")
    trio.meet(order)
    for name in NAMES:
        assert trio[name].sync.conflicts() == ()
        assert late <= {one.other for one in trio[name].sync.decided()}
        assert all(one.ok for one in trio[name].doctor.run())


def _told(laptop: Services) -> list[tuple[str, ...]]:
    return sorted((one.row, one.field, one.current, one.other, one.reason) for one in laptop.sync.conflicts())
