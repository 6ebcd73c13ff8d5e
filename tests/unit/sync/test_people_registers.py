"""Offices in a tree, people in them, and that nobody gives out more than he has."""

from collections.abc import Iterator

import pytest

from sync.protocol.errors import SyncError
from sync.protocol.policy import Role, Standing
from sync.server.people.registers import Registers
from tests.unit.sync.town import DAY_MS, Town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("registers") / "town").with_offices()
    yield made
    made.close()


@pytest.fixture
def registers(town: Town) -> Registers:
    return town.people.registers


def code_of(problem: pytest.ExceptionInfo[SyncError]) -> str:
    return problem.value.code


def test_division_codes_find_their_place_in_the_tree(registers: Registers) -> None:
    paths = {one.code: (one.path, one.level) for one in registers.orgs()}
    assert paths["610000"] == ("610000", "province")
    assert paths["610100"] == ("610000/610100", "city")
    assert paths["610102"] == ("610000/610100/610102", "county")
    assert paths["620100"] == ("620000/620100", "city")


def test_a_unit_of_an_office_stands_below_it(registers: Registers) -> None:
    made = registers.add_org("610602-02", "unit")
    assert (made.path, made.level) == ("610000/610600/610602/610602-02", "unit")


def test_a_county_whose_city_is_unknown_stands_below_the_province(registers: Registers) -> None:
    assert registers.add_org("610902", "county").path == "610000/610902"


def test_another_parent_may_be_named(registers: Registers) -> None:
    assert registers.add_org("zone", "development zone", "610600").path == "610000/610600/zone"


@pytest.mark.parametrize("code", ["", "x:1", "a/b", "a b", "../x", "s:610100", "a" * 41])
def test_what_cannot_be_a_code_is_refused(registers: Registers, code: str) -> None:
    with pytest.raises(SyncError) as problem:
        registers.add_org(code, "name")
    assert code_of(problem) == "people.bad_code"


@pytest.mark.parametrize("user", ["", "console", "a b", "x/y", "a" * 41, "-x"])
def test_what_cannot_be_a_user_is_refused(registers: Registers, user: str) -> None:
    with pytest.raises(SyncError) as problem:
        registers.add_person(user, "name", "610100")
    assert code_of(problem) == "people.bad_code"


def test_users_may_be_chinese(town: Town, registers: Registers) -> None:
    registers.add_person("张三", "张三", "610100")
    registers.grant("张三", Standing(Role.INSPECTOR, "610100"))
    box = town.device("张三")
    assert box.me().user == "张三"


def test_a_person_and_an_office_exist_once(registers: Registers) -> None:
    registers.add_person("once", "name", "610100")
    with pytest.raises(SyncError) as problem:
        registers.add_person("once", "name", "610100")
    assert code_of(problem) == "people.user_known"
    with pytest.raises(SyncError) as problem:
        registers.add_org("610100", "name")
    assert code_of(problem) == "people.org_known"


def test_a_role_begins_and_ends_when_it_was_said(town: Town, registers: Registers) -> None:
    user, lead = town.person(), Standing(Role.LEAD, "610100")
    registers.grant(user, lead, from_ms=town.now_ms + DAY_MS, to_ms=town.now_ms + 3 * DAY_MS)
    seen = []
    for _ in range(4):
        seen.append(registers.person(user).standings)
        town.now_ms += DAY_MS
    assert seen == [(), (lead,), (lead,), ()]


def test_a_role_taken_back_before_it_began_never_begins(town: Town, registers: Registers) -> None:
    user, lead = town.person(), Standing(Role.LEAD, "610100")
    registers.grant(user, lead, from_ms=town.now_ms + DAY_MS)
    registers.end(user, lead)
    town.now_ms += 2 * DAY_MS
    assert registers.person(user).standings == ()


def test_a_role_that_is_not_held_cannot_be_taken(town: Town, registers: Registers) -> None:
    with pytest.raises(SyncError) as problem:
        registers.end(town.person(), Standing(Role.LEAD, "610100"))
    assert code_of(problem) == "people.not_held"


def test_every_change_raises_the_version(town: Town, registers: Registers) -> None:
    user, standing = town.person(), Standing(Role.INSPECTOR, "610100")
    versions = []

    def note() -> None:
        with town.office.database.read() as unit:
            access = town.people.book.of_person(unit, user, town.now_ms)
        assert access is not None
        versions.append(access.version)

    note()
    registers.grant(user, standing, from_ms=town.now_ms, to_ms=town.now_ms + 1)
    note()
    town.now_ms += 2
    note()
    registers.grant(user, standing, from_ms=town.now_ms - 2)  # an end that had passed is written over
    note()
    registers.end(user, standing)
    note()
    registers.open_task("x:v1", "610100")
    note()
    registers.exclude(user, "x:v1", "relative")
    note()
    registers.include(user, "x:v1")
    note()
    registers.disable(user)
    note()
    registers.enable(user)
    note()
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("role", [Role.STATISTICS, Role.AUTHOR, Role.ORG_ADMIN, Role.SYSTEM_ADMIN])
def test_a_task_has_members_and_no_administrators(town: Town, registers: Registers, role: Role) -> None:
    with pytest.raises(SyncError) as problem:
        registers.grant(town.person(), Standing(role, "x:t1"))
    assert code_of(problem) == "people.role_misplaced"


def test_an_excluded_member_is_out_whatever_he_is_and_the_reason_is_kept(town: Town, registers: Registers) -> None:
    registers.open_task("x:e1", "610100")
    user = town.person((Role.INSPECTOR, "610100"), (Role.LEAD, "x:e1"))
    box, colleague = town.device(user), town.box((Role.INSPECTOR, "610100"))
    colleague.push(colleague.line("x:e1"))
    assert box.feeds() == {"x:e1"}
    registers.exclude(user, "x:e1", "works for the hospital")
    assert box.feeds() == set()
    line = box.line("x:e1")
    assert box.push(line)[line.line.op].reason == "forbidden"
    assert colleague.feeds() == {"x:e1"}


# What administrators may
def test_an_administrator_staffs_the_own_office_and_those_below(town: Town, registers: Registers) -> None:
    admin = town.person((Role.ORG_ADMIN, "610100"))
    registers.add_person("staff1", "name", "610102", admin)
    registers.grant("staff1", Standing(Role.INSPECTOR, "610102"), by=admin)
    registers.set_password("staff1", "long enough password", admin)
    registers.disable("staff1", admin)


@pytest.mark.parametrize(
    ("role", "place", "org"),
    [
        (Role.ORG_ADMIN, "610100", "610600"),  # a sibling
        (Role.ORG_ADMIN, "610102", "610100"),  # above
        (Role.ORG_ADMIN, "610100", "620100"),  # another province
        (Role.LEAD, "610100", "610100"),
        (Role.INSPECTOR, "610100", "610100"),
        (Role.AUDITOR, "610000", "610100"),
        (Role.STATISTICS, "610000", "610100"),
        (Role.AUTHOR, "610100", "610100"),
    ],
)
def test_nobody_else_staffs_an_office(town: Town, registers: Registers, role: Role, place: str, org: str) -> None:
    by, user = town.person((role, place), org=place), town.person((Role.INSPECTOR, org), org=org)
    attempts = [
        lambda: registers.add_person(f"n{by}", "name", org, by),
        lambda: registers.grant(user, Standing(Role.LEAD, org), by=by),
        lambda: registers.end(user, Standing(Role.INSPECTOR, org), by),
        lambda: registers.set_password(user, "long enough password", by),
        lambda: registers.set_totp(user, by),
        lambda: registers.disable(user, by),
        lambda: registers.enable(user, by),
        lambda: registers.add_org(f"{org}-x", "name", org, by),
    ]
    for attempt in attempts:
        with pytest.raises(SyncError) as problem:
            attempt()
        assert code_of(problem) == "people.not_allowed"


def test_an_administrator_makes_no_system_administrator_not_even_of_himself(town: Town, registers: Registers) -> None:
    admin = town.person((Role.ORG_ADMIN, "610100"))
    with pytest.raises(SyncError) as problem:
        registers.grant(admin, Standing(Role.SYSTEM_ADMIN, "610100"), by=admin)
    assert code_of(problem) == "people.not_allowed"


def test_whoever_holds_a_role_above_is_not_ruled_from_below(town: Town, registers: Registers) -> None:
    admin, above = town.person((Role.ORG_ADMIN, "610100")), town.person((Role.AUDITOR, "610000"))
    for attempt in (lambda: registers.set_password(above, "long enough password", admin), lambda: registers.disable(above, admin)):
        with pytest.raises(SyncError) as problem:
            attempt()
        assert code_of(problem) == "people.not_allowed"


def test_an_office_administrator_does_not_reset_a_system_administrator(town: Town, registers: Registers) -> None:
    admin, root = town.person((Role.ORG_ADMIN, "610100")), town.person((Role.SYSTEM_ADMIN, "610100"))
    with pytest.raises(SyncError) as problem:
        registers.set_totp(root, admin)
    assert code_of(problem) == "people.not_allowed"


def test_a_lead_opens_tasks_for_the_own_office_only(town: Town, registers: Registers) -> None:
    lead = town.person((Role.LEAD, "610100"))
    registers.open_task("x:lead1", "610100", lead)
    registers.grant(town.person(), Standing(Role.INSPECTOR, "x:lead1"), by=lead)
    for attempt in (
        lambda: registers.open_task("x:lead2", "610600", lead),
        lambda: registers.open_task("x:lead1", "610600", lead),
        lambda: registers.grant(lead, Standing(Role.INSPECTOR, "x:nobodys"), by=lead),
    ):
        with pytest.raises(SyncError) as problem:
            attempt()
        assert code_of(problem) == "people.not_allowed"


def test_a_lead_of_another_office_takes_over_no_task(town: Town, registers: Registers) -> None:
    registers.open_task("x:own1", "610100")
    stranger = town.person((Role.LEAD, "610600"))
    town.person((Role.INSPECTOR, "x:members"))
    for attempt in (
        lambda: registers.open_task("x:members", "610600", stranger),
        lambda: registers.open_task("x:own1", "610600", stranger),
        lambda: registers.grant(stranger, Standing(Role.LEAD, "x:own1"), by=stranger),
        lambda: registers.exclude(stranger, "x:own1", "why not", stranger),
        lambda: registers.include(stranger, "x:own1", stranger),
    ):
        with pytest.raises(SyncError) as problem:
            attempt()
        assert code_of(problem) == "people.not_allowed"


def test_a_disabled_administrator_administers_nothing(town: Town, registers: Registers) -> None:
    admin = town.person((Role.ORG_ADMIN, "610100"))
    registers.disable(admin)
    with pytest.raises(SyncError) as problem:
        registers.add_person("never", "name", "610100", admin)
    assert code_of(problem) == "people.not_allowed"
