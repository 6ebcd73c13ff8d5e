"""The policy table by itself: relations in the tree, exclusion, grants, and what no role may ever have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import codec, policy
from sync.protocol.lines import Kind
from sync.protocol.policy import EVERYWHERE, TABLE, Access, Action, Area, Relation, Role, Standing, may

PATHS = {
    "610000": "610000",
    "610100": "610000/610100",
    "610102": "610000/610100/610102",
    "610103": "610000/610100/610103",
    "610600": "610000/610600",
    "610602": "610000/610600/610602",
    "620000": "620000",
    "620100": "620000/620100",
}
PUSHES = frozenset(policy.pushing(kind) for kind in Kind)
CHANGES = PUSHES - {Action.CUSTODY} | {Action.BLOB_PUT}


def holding(*standings: tuple[Role, str], **more: object) -> Access:
    return Access(tuple(Standing(*one) for one in standings), PATHS, **more)


@pytest.mark.parametrize(
    ("org", "relation"),
    [
        ("610100", Relation.OWN),
        ("610102", Relation.CHILD),
        ("610000", Relation.PARENT),
        ("610600", Relation.SIBLING),
        ("610602", Relation.FOREIGN),
        ("620100", Relation.FOREIGN),
        ("6101", Relation.FOREIGN),
        ("999999", Relation.FOREIGN),
    ],
)
def test_the_relation_of_two_offices_follows_the_tree(org: str, relation: Relation) -> None:
    assert policy.relations(holding(), "610100", f"s:{org}") == {relation}


def test_two_provinces_without_a_common_top_are_foreign_to_each_other() -> None:
    assert policy.relations(holding(), "610000", "s:620000") == {Relation.FOREIGN}


def test_a_grandchild_is_below_as_a_child_is() -> None:
    assert policy.relations(holding(), "610000", "s:610102") == {Relation.CHILD}


def test_every_kind_of_line_is_an_action() -> None:
    assert {policy.pushing(kind) for kind in Kind} == {one for one in Action if one.value.startswith("push_")}


def test_a_lead_reads_the_counties_below_and_changes_none() -> None:
    access = holding((Role.LEAD, "610100"))
    assert may(access, Action.PULL, "s:610102")
    assert not any(may(access, one, "s:610102") for one in CHANGES)


def test_an_inspector_works_in_the_own_office_alone() -> None:
    access = holding((Role.INSPECTOR, "610100"))
    assert all(may(access, one, "s:610100") for one in PUSHES)
    assert not any(may(access, Action.PULL, f"s:{one}") for one in PATHS if one != "610100")


def test_templates_flow_down_and_not_up() -> None:
    access = holding((Role.INSPECTOR, "610102"))
    assert may(access, Action.PULL, "lib:610000")
    assert not may(holding((Role.INSPECTOR, "610000")), Action.PULL, "lib:610102")


def test_a_task_is_open_to_its_members_and_to_no_office_by_itself() -> None:
    member, lead = holding((Role.INSPECTOR, "x:t1")), holding((Role.LEAD, "610100"), (Role.AUDITOR, "610000"))
    assert may(member, Action.SET, "x:t1")
    assert not may(member, Action.PULL, "x:t2")
    assert not may(member, Action.PULL, "s:610100")
    assert not may(lead, Action.PULL, "x:t1")


def test_a_task_opened_for_an_office_is_open_to_its_people_and_not_to_those_above() -> None:
    opened = {"x:t1": ("610102",)}
    assert may(holding((Role.INSPECTOR, "610102"), tasks=opened), Action.SET, "x:t1")
    assert not may(holding((Role.LEAD, "610100"), tasks=opened), Action.PULL, "x:t1")


@pytest.mark.parametrize("role", list(Role))
def test_whoever_is_excluded_from_a_task_may_nothing_in_it(role: Role) -> None:
    access = holding((role, "x:t1"), (role, "610102"), tasks={"x:t1": ("610102",)}, excluded=("x:t1",))
    assert not any(may(access, one, "x:t1") for one in Action)


def test_exclusion_bars_one_task_only() -> None:
    access = holding((Role.INSPECTOR, "x:t1"), (Role.INSPECTOR, "x:t2"), excluded=("x:t1",))
    assert may(access, Action.PULL, "x:t2")


def test_two_roles_add_up() -> None:
    access = holding((Role.STATISTICS, "610000"), (Role.INSPECTOR, "610102"))
    assert may(access, Action.PULL, "s:610600")
    assert may(access, Action.SET, "s:610102")
    assert not may(access, Action.SET, "s:610600")


def test_a_device_never_goes_beyond_its_grants_whoever_holds_it() -> None:
    access = holding((Role.INSPECTOR, "610100"), grants=("s:610102",))
    assert not may(access, Action.PULL, "s:610100")


def test_grants_do_not_bind_the_administration_of_an_office() -> None:
    assert may(holding((Role.ORG_ADMIN, "610100"), grants=()), Action.MANAGE_DEVICES, "org:610102")


@pytest.mark.parametrize("feed", ["d:610100", "q:610100", "s:", "", "s", "org:", "z:610100", ":610100", "S:610100"])
@pytest.mark.parametrize("action", list(Action))
def test_private_and_unknown_feeds_are_given_to_nobody(feed: str, action: Action) -> None:
    places = (EVERYWHERE, "610100", feed)
    access = holding(*((role, place) for role in Role for place in places))
    assert not may(access, action, feed)


def test_nobody_without_a_role_may_anything() -> None:
    assert not any(may(holding(), action, f"{area}:610100") for action in Action for area in Area)


def test_on_a_server_without_offices_a_device_works_and_administers_nothing() -> None:
    access = Access((Standing(Role.INSPECTOR, EVERYWHERE),), grants=("s:*",))
    assert may(access, Action.SET, "s:any")
    assert not may(access, Action.SET, "x:any")
    assert not any(may(access, action, "org:any") for action in Action)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ((Role.INSPECTOR, "610100"), (Role.LEAD, "610100"), True),
        ((Role.INSPECTOR, "610100"), (Role.INSPECTOR, "610102"), False),
        ((Role.LEAD, "610100"), (Role.INSPECTOR, "610102"), False),
        ((Role.INSPECTOR, "610100"), (Role.AUDITOR, "610100"), False),
        ((Role.INSPECTOR, "x:t1"), (Role.INSPECTOR, "x:t1"), True),
        ((Role.INSPECTOR, "x:t1"), (Role.INSPECTOR, "610102"), True),
        ((Role.INSPECTOR, "610100"), (Role.SYSTEM_ADMIN, "610100"), False),
    ],
)
def test_colleagues_are_those_who_write_into_one_feed(
    one: tuple[Role, str], other: tuple[Role, str], together: bool
) -> None:
    opened = {"x:t1": ("610102",)}
    first, second = holding(one, tasks=opened), holding(other, tasks=opened)
    assert policy.share_work(first, second) is together
    assert policy.share_work(second, first) is together


def test_without_offices_colleagues_share_a_grant() -> None:
    office, same, next_door, revoked = (
        Access((Standing(Role.INSPECTOR, EVERYWHERE),), grants=("s:a",)),
        Access((Standing(Role.INSPECTOR, EVERYWHERE),), grants=("s:*",)),
        Access((Standing(Role.INSPECTOR, EVERYWHERE),), grants=("s:b",)),
        policy.NOBODY,
    )
    assert policy.share_work(office, same)
    assert not policy.share_work(office, next_door)
    assert not policy.share_work(office, revoked)


# What a table with a slip of the pen would break: stated of the data itself.
def cells(role: Role) -> dict[tuple[Area, Relation], frozenset[Action]]:
    return {(area, relation): found for (who, area, relation), found in TABLE.items() if who is role}


def test_the_system_administrator_has_no_case_data() -> None:
    assert {area for area, _ in cells(Role.SYSTEM_ADMIN)} == {Area.OFFICE}


def test_the_auditor_changes_nothing() -> None:
    assert not any(found & CHANGES for found in cells(Role.AUDITOR).values())


def test_statistics_sees_no_file() -> None:
    assert not any(Action.BLOB_GET in found for found in cells(Role.STATISTICS).values())


def test_nobody_changes_anything_outside_the_own_office_or_task() -> None:
    beyond = [key for key, found in TABLE.items() if key[2] is not Relation.OWN and found & CHANGES]
    assert beyond == []


def test_nobody_sees_a_sibling_or_a_foreign_office() -> None:
    beyond = [key for key in TABLE if key[2] in (Relation.SIBLING, Relation.FOREIGN) and key[1] is not Area.OFFICE]
    assert beyond == []


def test_only_who_reads_a_case_may_write_into_it() -> None:
    blind = [key for key, found in TABLE.items() if found & PUSHES and Action.PULL not in found]
    assert blind == []


@given(
    st.lists(st.tuples(st.sampled_from(list(Role)), st.sampled_from([*PATHS, "x:t1", "x:t2"])), max_size=4),
    st.sampled_from(list(Action)),
    st.sampled_from([f"{kind}:{org}" for kind in ("s", "lib", "org") for org in PATHS] + ["x:t1", "x:t2", "x:t3"]),
)
def test_what_a_device_is_told_decides_as_the_server_does(
    held: list[tuple[Role, str]], action: Action, feed: str
) -> None:
    access = holding(*held, tasks={"x:t1": ("610102",), "x:t2": ("620100", "610600")}, excluded=("x:t2",))
    told = codec.load(Access, codec.dump(policy.without_strangers(access)))
    assert may(told, action, feed) == may(access, action, feed)
