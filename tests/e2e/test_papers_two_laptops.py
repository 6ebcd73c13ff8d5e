"""Two laptops and a real server: drafts, issue, numbers and service come together, and no number is ever given twice."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Services
from app.core.errors import Refused
from app.core.interviews import Subject
from app.core.papers import NumberState, Paper, PaperId, PaperState
from sync.server import epochs
from sync.server.world import real_world
from tests.e2e.two_laptops import Pair, two_laptops
from tests.unit.services.filled_papers import PEOPLE, complete, drafted, sign_everybody
from tests.unit.sync.kit import ServerProcess

NOTICE, ORDER = "inspection_notice", "rectification_order"


def task_of(pair: Pair, laptop: Services) -> Any:
    return laptop.inspections.view(pair.visit).inspection.task


def shown(laptop: Services, task: Any) -> list[Any]:
    """Return all that a laptop says of a task's papers, but what depends on the hour."""
    found = []
    for one in laptop.papers.of_task(task):
        view = laptop.papers.view(one.id)
        fields = [(field.id, field.value, field.origin) for field in view.fields]
        found.append((one, fields, view.signers, view.services, view.companions))
    return found


def same(pair: Pair) -> None:
    task = task_of(pair, pair.a)
    assert shown(pair.a, task) == shown(pair.b, task)
    ours, theirs = (laptop.numbers.register(2026) for laptop in (pair.a, pair.b))
    assert ours == theirs
    pair.assert_equal()


def value(laptop: Services, paper: PaperId, name: str) -> Any:
    return next(one.value for one in laptop.papers.view(paper).fields if one.id == name)


def test_two_people_fill_one_draft_and_the_other_laptop_serves_what_one_issued(pair: Pair, tmp_path: Path) -> None:
    task = task_of(pair, pair.a)
    made = pair.a.papers.draft(NOTICE, task).value.id
    pair.meet()
    pair.a.papers.fill(made, {"materials": "进销存台账"})
    pair.b.papers.fill(made, {"scope": "全部门店"})
    pair.b.papers.set_office_facts({"contact": "陆知遥"})
    pair.meet()
    assert value(pair.b, made, "materials") == "进销存台账"
    assert value(pair.a, made, "scope") == "全部门店"
    assert value(pair.a, made, "contact") == "陆知遥"
    same(pair)
    complete(pair.a, made)
    paper = pair.a.papers.issue(made).value
    assert not paper.interim
    pair.meet()
    there = pair.b.papers.get(made)
    assert (there.number, there.state) == (paper.number, PaperState.ISSUED)
    assert there.document is not None
    assert pair.b.documents.view(there.document) == pair.a.documents.view(there.document)
    assert pair.b.papers.preview_pages(made, 0.5) == pair.a.papers.preview_pages(made, 0.5)
    sign_everybody(pair.b, there, tmp_path)
    done = pair.b.papers.serve(made, "direct", served_at=pair.b.clock(), receiver="周其真", servers=PEOPLE).value
    pair.meet()
    same(pair)
    assert pair.a.papers.get(made).state is PaperState.SIGNED
    assert pair.a.papers.services(made) == (done,)
    assert pair.b.documents.pdf(there.document) == pair.a.documents.pdf(there.document)
    with pytest.raises(Refused, match=r"paper\.issued"):
        pair.b.papers.fill(made, {"scope": "x"})


def test_offline_both_issue_under_their_own_numbers(pair: Pair) -> None:
    task = task_of(pair, pair.a)
    ranges = {laptop: [one for one in laptop.numbers.ranges() if one.is_mine] for laptop in (pair.a, pair.b)}
    assert all(ranges.values())  # the first run has brought what the open task will need
    papers: list[Paper] = []
    for _ in range(3):
        for laptop in (pair.a, pair.b):
            papers.append(laptop.papers.issue(drafted(laptop, NOTICE, task)).value)
    assert len({one.number for one in papers}) == 6
    assert not any(one.interim for one in papers)
    pair.meet()
    same(pair)
    lines = [one for one in pair.a.numbers.register(2026) if one.paper]
    assert {one.number for one in lines} == {one.number for one in papers}
    assert {one.state for one in lines} == {NumberState.USED}
    assert pair.a.sync.status().refused == pair.b.sync.status().refused == 0


def test_a_laptop_that_runs_low_gets_another_range_at_its_next_contact(pair: Pair) -> None:
    laptop = pair.a
    before = [one for one in laptop.numbers.ranges() if one.is_mine and one.series.endswith("检通")]
    laptop.numbers.void(NOTICE, range(before[0].first, before[0].last - 2), "演练")
    pair.meet()
    after = [one for one in laptop.numbers.ranges() if one.is_mine and one.series.endswith("检通")]
    assert len(after) == len(before) + 1
    assert after[-1].first > before[0].last
    count = len(laptop.numbers.ranges())
    pair.meet()
    assert len(laptop.numbers.ranges()) == count  # enough is enough


def test_the_same_draft_issued_on_both_has_one_number_and_the_other_is_told_as_one_too_many(pair: Pair) -> None:
    task = task_of(pair, pair.a)
    made = drafted(pair.a, NOTICE, task)
    pair.meet()
    first, second = pair.a.papers.issue(made).value, pair.b.papers.issue(made).value
    assert first.number != second.number
    pair.meet()
    same(pair)
    kept = pair.a.papers.get(made)
    assert kept.number in (first.number, second.number)
    assert kept.document in (first.document, second.document)
    states = {one.number: one.state for one in pair.b.numbers.register(2026) if one.paper}
    assert states == {
        one.number: NumberState.USED if one.number == kept.number else NumberState.DOUBLED for one in (first, second)
    }


def test_what_was_written_into_a_draft_that_another_laptop_had_issued_stands_apart(pair: Pair) -> None:
    task = task_of(pair, pair.a)
    made = drafted(pair.a, NOTICE, task)
    pair.meet()
    pair.b.papers.fill(made, {"materials": "写晚了"})
    paper = pair.a.papers.issue(made).value
    printed = value(pair.a, made, "materials")
    pair.a.sync.run()
    pair.meet()
    same(pair)
    assert value(pair.b, made, "materials") == printed != "写晚了"
    assert paper.document is not None
    assert pair.b.sync.status().conflicts >= 1


def test_one_number_entered_by_hand_on_two_laptops_is_found(pair: Pair) -> None:
    task = task_of(pair, pair.a)
    papers = []
    for laptop in (pair.a, pair.b):
        laptop.numbers.void_rest(2026, "演练：改用登记簿")
        laptop.numbers.take(ORDER, 901, 905, "两台电脑抄了登记簿的同一页")
        papers.append(laptop.papers.issue(drafted(laptop, ORDER, task)).value)
    assert [one.number[-5:] for one in papers] == ["〕901号"] * 2
    for laptop in (pair.a, pair.b, pair.a, pair.b):
        laptop.sync.run()
    same(pair)
    lines = [one for one in pair.a.numbers.register(2026) if one.first == 901]
    assert {one.state for one in lines} == {NumberState.USED, NumberState.DOUBLED}
    assert {one.paper for one in lines} == {one.id for one in papers}
    assert pair.a.sync.status().refused + pair.b.sync.status().refused >= 1  # and the server says so as well
    # on neither laptop the number comes up again
    for laptop in (pair.a, pair.b):
        assert laptop.papers.issue(drafted(laptop, ORDER, task)).value.number[-5:] != "〕901号"


def test_a_voided_paper_is_void_everywhere_and_its_number_is_not_given_again(pair: Pair) -> None:
    task = task_of(pair, pair.a)
    paper = pair.a.papers.issue(drafted(pair.a, NOTICE, task)).value
    pair.meet()
    pair.b.papers.void(paper.id, "对象有误")
    pair.meet()
    same(pair)
    assert pair.a.papers.get(paper.id).void_reason == "对象有误"
    again = pair.a.papers.issue(drafted(pair.a, NOTICE, task)).value
    assert again.number != paper.number


def test_without_a_server_and_without_a_range_the_number_is_provisional(pair: Pair) -> None:
    task = task_of(pair, pair.a)
    year = pair.a.numbers.void_rest(2026, "演练")
    assert year.value > 0
    paper = pair.a.papers.issue(drafted(pair.a, NOTICE, task)).value
    assert paper.interim
    with pytest.raises(Refused, match=r"number\.none_left"):
        pair.a.papers.issue(drafted(pair.a, ORDER, task))
    pair.meet()
    assigned = pair.a.numbers.assign(paper.id).value
    assert not assigned.number.startswith("临-")
    pair.meet()
    same(pair)
    assert dataclasses.replace(pair.b.papers.get(paper.id)) == assigned


def test_the_records_of_two_offline_laptops_never_bear_one_number(pair: Pair) -> None:
    numbers = []
    for n, laptop in enumerate((pair.a, pair.b)):
        made = laptop.interviews.start(
            pair.visit, subject=Subject(f"被询问人{n}"), place="店内", asker=pair.inspectors[n], recorder=pair.inspectors[1 - n]
        ).value
        for turn in laptop.interviews.of(pair.visit)[-1].turns:
            laptop.interviews.answer(turn.id, "听明白了。")
        laptop.interviews.finish(made.id)
        numbers.append(laptop.documents.freeze_interview(made.id).value.number)
    assert len(set(numbers)) == 2
    assert not any(one.startswith("临-") for one in numbers)
    pair.meet()
    same(pair)


@pytest.mark.parametrize("keep", ["current", "other"])
def test_one_field_written_differently_on_both_is_a_question_and_stays_open_to_be_answered(pair: Pair, keep: str) -> None:
    task = task_of(pair, pair.a)
    made = pair.a.papers.draft(NOTICE, task).value.id
    pair.meet()
    pair.a.papers.fill(made, {"materials": "台账"})
    pair.b.papers.fill(made, {"materials": "处方"})
    pair.meet()
    same(pair)
    (line,) = [one for one in pair.a.sync.conflicts() if one.table == "paper_field" and one.field == "value"]
    assert "行政检查通知书" in line.title
    pair.a.sync.resolve(line.id, keep)
    pair.meet()
    same(pair)
    assert f'"{value(pair.b, made, "materials")}"' == getattr(line, keep)


@pytest.mark.parametrize("announced", [True, False])
def test_a_server_that_was_set_back_lends_no_number_again(tmp_path: Path, announced: bool) -> None:
    own = ServerProcess(tmp_path / "own")
    with two_laptops(own, tmp_path) as pair:
        office = own.office()
        assert office.database.copy_to(tmp_path / "old.db")
        office.database.close()
        pair.a.numbers.void_rest(2026, "用完")
        pair.a.sync.run()  # what it is lent now, the copy does not know, and neither does the colleague
        lent = {(one.series, n) for one in pair.a.numbers.ranges() if one.is_mine for n in range(one.first, one.last + 1)}
        paper = pair.a.papers.issue(drafted(pair.a, NOTICE, task_of(pair, pair.a))).value
        own.kill()
        own.drop_database()
        (own.folder / "server.db").write_bytes((tmp_path / "old.db").read_bytes())
        if announced:
            office = own.office()
            epochs.recover(office.database, real_world(), "restored")
            office.database.close()
        own.start()
        for laptop in (pair.a, pair.b):
            with laptop.papers._store.db.write() as unit:
                unit.local("UPDATE sync_self SET server = ?", (own.url,))
        pair.b.numbers.void_rest(2026, "用完")
        for laptop in (pair.b, pair.a) if announced else (pair.a, pair.b):
            laptop.sync.run()
        pair.meet()
        same(pair)
        fresh = {
            (one.series, n)
            for one in pair.b.numbers.ranges()
            if one.is_mine
            for n in range(one.first, one.last + 1)
        }
        assert fresh
        assert not fresh & lent
        assert pair.b.papers.get(paper.id).number == paper.number
    own.kill()
