"""Passwords, six digits, waiting times and sessions."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.protocol.admission import LoginRequest
from sync.protocol.errors import SyncError
from sync.protocol.policy import Role
from sync.server.db import schema
from sync.server.people.logins import Logins
from sync.server.people.passwords import Passwords, digits, matching_step
from tests.unit.sync.town import PASSWORD, Town

INSPECTOR = (Role.INSPECTOR, "610100")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("logins") / "town").with_offices()
    yield made
    made.close()


@pytest.fixture
def logins(town: Town) -> Logins:
    return town.people.logins


@pytest.fixture
def user(town: Town) -> str:
    return town.person(INSPECTOR, password=True)


def code_of(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except SyncError as problem:
        return problem.code
    return "in"


def test_the_right_password_lets_in_and_a_wrong_one_does_not(logins: Logins, user: str) -> None:
    assert logins.check(LoginRequest(user, PASSWORD)).user == user
    assert code_of(lambda: logins.check(LoginRequest(user, PASSWORD + "x"))) == "login.refused"


def test_an_unknown_name_and_a_wrong_password_sound_alike(logins: Logins) -> None:
    assert code_of(lambda: logins.check(LoginRequest("nobody at all", PASSWORD))) == "login.refused"


def test_whoever_has_no_password_does_not_get_in(town: Town, logins: Logins) -> None:
    bare = town.person(INSPECTOR)
    assert code_of(lambda: logins.check(LoginRequest(bare, ""))) == "login.refused"


def test_a_disabled_person_does_not_get_in(town: Town, logins: Logins, user: str) -> None:
    town.people.registers.disable(user)
    assert code_of(lambda: logins.check(LoginRequest(user, PASSWORD))) == "login.refused"


def test_after_five_wrong_tries_the_right_password_waits_too_and_ever_longer(
    town: Town, logins: Logins, user: str
) -> None:
    wrong, right = LoginRequest(user, "wrong"), LoginRequest(user, PASSWORD)
    waits = []
    for number in range(14):
        code_of(lambda: logins.check(wrong))
        if number < 4:
            continue
        with pytest.raises(SyncError) as problem:
            logins.check(right)
        assert problem.value.code == "login.locked"
        waits.append(int(problem.value.params["wait_s"]))
        town.now_ms += waits[-1] * 1000
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert code_of(lambda: logins.check(right)) == "in"
    code_of(lambda: logins.check(wrong))
    assert code_of(lambda: logins.check(right)) == "in"


def test_a_name_that_nobody_has_waits_like_one_that_somebody_has(town: Town, logins: Logins, user: str) -> None:
    def tried(name: str) -> list[str]:
        return [code_of(lambda: logins.check(LoginRequest(name, "wrong wrong wrong"))) for _ in range(7)]

    assert tried("no such name") == tried(user) == ["login.refused"] * 5 + ["login.locked"] * 2
    town.now_ms += 31_000
    assert tried("no such name")[:2] == tried(user)[:2] == ["login.refused", "login.locked"]


def test_many_guesses_at_once_are_counted_one_by_one(town: Town, logins: Logins, user: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda number: code_of(lambda: logins.check(LoginRequest(user, f"{number}"))), range(8)))
    assert set(said) <= {"login.refused", "login.locked"}
    with town.office.database.read() as unit:
        row = unit.execute(schema.person.select().where(schema.person.c.user == user)).one()
    assert row.failures == said.count("login.refused")
    assert code_of(lambda: logins.check(LoginRequest(user, PASSWORD))) == "login.locked"


@pytest.mark.parametrize("password", ["", "short", "eleven char", "x" * 201])
def test_a_weak_password_is_not_taken(town: Town, user: str, password: str) -> None:
    assert code_of(lambda: town.people.registers.set_password(user, password)) == "people.weak_password"


def test_a_password_that_holds_the_name_is_not_taken(town: Town) -> None:
    town.people.registers.add_person("zhangsan", "name", "610100")
    assert code_of(lambda: town.people.registers.set_password("zhangsan", "zhangsan-2026!")) == "people.weak_password"


def test_a_password_is_kept_as_argon2id_with_64_mib_and_3_passes(town: Town) -> None:
    kept = Passwords(town.world, town.office.devices.seal).digest("long enough password", "u")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert "long enough" not in kept


# Six digits
def test_the_digits_are_those_of_the_standard() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"
    assert [digits(secret, at * 1000) for at in (59, 1111111109, 1234567890, 20000000000)] == [
        "287082", "081804", "005924", "353130",
    ]  # fmt: skip


def test_digits_hold_one_step_before_and_after() -> None:
    secret, now = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 3_000_000
    steps = [matching_step(secret, digits(secret, now + off * 30_000), now) for off in (-2, -1, 0, 1, 2)]
    assert steps == [None, 99, 100, 101, None]


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800"])
def test_what_are_no_digits_match_nothing(given: str) -> None:
    assert matching_step("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", given, 3_000_000) is None


@pytest.mark.parametrize("role", [Role.LEAD, Role.ORG_ADMIN, Role.SYSTEM_ADMIN])
def test_leads_and_administrators_need_digits(town: Town, logins: Logins, role: Role) -> None:
    user = town.person((role, "610100"), password=True)
    assert code_of(lambda: logins.check(LoginRequest(user, PASSWORD))) == "login.totp_missing"
    secret = town.people.registers.set_totp(user)
    assert code_of(lambda: logins.check(LoginRequest(user, PASSWORD))) == "login.totp_needed"
    assert code_of(lambda: logins.check(LoginRequest(user, "wrong", digits(secret, town.now_ms)))) == "login.refused"
    assert code_of(lambda: logins.check(LoginRequest(user, PASSWORD, digits(secret, town.now_ms)))) == "in"


def test_digits_are_good_for_one_log_in(town: Town, logins: Logins, user: str) -> None:
    secret = town.people.registers.set_totp(user)
    shown = LoginRequest(user, PASSWORD, digits(secret, town.now_ms))
    assert code_of(lambda: logins.check(shown)) == "in"
    assert code_of(lambda: logins.check(shown)) == "login.refused"
    town.now_ms += 30_000
    assert code_of(lambda: logins.check(LoginRequest(user, PASSWORD, digits(secret, town.now_ms)))) == "in"


def test_wrong_digits_count_as_wrong_tries(town: Town, logins: Logins, user: str) -> None:
    town.people.registers.set_totp(user)
    said = [code_of(lambda: logins.check(LoginRequest(user, PASSWORD, "000000"))) for _ in range(6)]
    assert said == ["login.refused"] * 5 + ["login.locked"]


# Sessions of the administration page
def test_a_session_is_found_by_its_token_which_is_not_kept(town: Town, logins: Logins, user: str) -> None:
    opened = logins.open_session(LoginRequest(user, PASSWORD))
    assert logins.session(opened.token) == opened
    with town.office.database.read() as unit:
        assert opened.token not in {row.digest for row in unit.execute(schema.web_session.select())}


def test_a_session_ends_after_half_an_hour_without_use(town: Town, logins: Logins, user: str) -> None:
    token = logins.open_session(LoginRequest(user, PASSWORD)).token
    for _ in range(3):
        town.now_ms += 29 * 60_000
        logins.session(token)
    town.now_ms += 31 * 60_000
    assert code_of(lambda: logins.session(token)) == "login.session_over"


def test_a_session_ends_after_eight_hours_of_use(town: Town, logins: Logins, user: str) -> None:
    token = logins.open_session(LoginRequest(user, PASSWORD)).token
    for _ in range(24):
        town.now_ms += 20 * 60_000
        logins.session(token)
    town.now_ms += 60_000
    assert code_of(lambda: logins.session(token)) == "login.session_over"


@pytest.mark.parametrize("end", ["close", "disable", "password", "totp"])
def test_a_session_ends_with_what_it_rests_on(town: Town, logins: Logins, user: str, end: str) -> None:
    token = logins.open_session(LoginRequest(user, PASSWORD)).token
    registers = town.people.registers
    ends: dict[str, Callable[[], object]] = {
        "close": lambda: logins.close_session(token),
        "disable": lambda: registers.disable(user),
        "password": lambda: registers.set_password(user, "another long password"),
        "totp": lambda: registers.set_totp(user),
    }
    ends[end]()
    assert code_of(lambda: logins.session(token)) == "login.session_over"


@pytest.mark.parametrize("token", ["", "x", "../../etc", "'; --", "\x00"])
def test_a_made_up_token_is_no_session(logins: Logins, token: str) -> None:
    assert code_of(lambda: logins.session(token)) == "login.session_over"


def test_a_form_needs_the_token_of_its_own_session(logins: Logins, user: str) -> None:
    mine, other = (logins.open_session(LoginRequest(user, PASSWORD)) for _ in range(2))
    logins.check_csrf(mine, mine.csrf)
    for given in ("", other.csrf, mine.token, "x" * 64):
        assert code_of(lambda given=given: logins.check_csrf(mine, given)) == "login.csrf"
