"""The administrators' page, asked as a browser asks: who comes in, who sees what, what is done and written down."""

import hashlib
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from sync.protocol.admission import Decision
from sync.protocol.fold import Status
from sync.protocol.lines import FieldEdit
from sync.protocol.policy import Role
from sync.server import epochs
from sync.server.admin.deeds import DEEDS
from sync.server.admin.gate import COOKIE, LOGIN_COOKIE
from sync.server.admin.shows import SHOWS
from sync.server.app import make_app
from sync.server.db import schema
from sync.server.people.passwords import digits
from sync.server.upload_limits import Limits
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.town import DAY_MS, PASSWORD, Box, Door, Town

HOUR_MS = 3_600_000
SYSTEM = (Role.SYSTEM_ADMIN, "610000")
CITY = (Role.ORG_ADMIN, "610100")
OTHER = (Role.ORG_ADMIN, "620100")
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town").with_offices()
    yield made
    made.close()


@pytest.fixture(params=BOTH)
def either_town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", address(request)).with_offices()
    yield made
    made.close()


class Visitor:
    """A browser without scripts: cookies, forms with their hidden fields, redirects."""

    def __init__(self, town: Town, scheme: str = "http") -> None:
        self.town, self.scheme = town, scheme
        self.door = Door(make_app(town.office))

    def get(self, path: str = "") -> httpx.Response:
        return self.door.request("GET", f"{self.scheme}://town/admin{path}")

    def post(self, path: str, **form: str) -> httpx.Response:
        return self.door.request("POST", f"{self.scheme}://town/admin{path}", data=form)

    def log_in(self, user: str, password: str = PASSWORD, totp: str = "") -> httpx.Response:
        return self.post("/login", csrf=token_of(self.get("/login")), user=user, password=password, totp=totp)

    def send(self, path: str, **form: str) -> httpx.Response:
        """Send a form as the page would: with the token of the page one is on."""
        return self.post(path, csrf=token_of(self.get()), **form)


def token_of(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text
    return found[1]


def text_of(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def admin(town: Town, *roles: tuple[Role, str], org: str = "610100") -> tuple[str, Visitor]:
    """Return somebody with these roles, logged in."""
    user = town.person(*roles, org=org, password=True)
    secret = town.people.registers.set_totp(user) if town.people.registers.person(user).needs_totp else None
    visitor = Visitor(town)
    answer = visitor.log_in(user, totp="" if secret is None else digits(secret, town.now_ms))
    assert answer.status_code == 303, text_of(answer)
    return user, visitor


def acts(town: Town) -> list[Any]:
    with town.office.database.read() as unit:
        return list(
            unit.execute(select(schema.admin_act).order_by(schema.admin_act.c.at_ms, schema.admin_act.c.step))
        )


def filled(path: str, **where: str) -> str:
    return path.format(**{"device": "d", "user": "u", "op": "o", "act": "revoke", **where})


def test_a_stranger_is_led_to_the_log_in_whatever_page_he_asks_for(town: Town) -> None:
    visitor = Visitor(town)
    for path, _, _ in SHOWS:
        act = "revoke" if "{device}" in path else "disable"
        answer = visitor.get(filled(path, act=act))
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/login"), path


def test_a_stranger_can_do_nothing(town: Town) -> None:
    visitor = Visitor(town)
    for deed in DEEDS:
        answer = visitor.post(filled(deed.path), csrf="0" * 64)
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/login"), deed.what
    assert acts(town) == []


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(town: Town) -> None:
    user = town.person(password=True)
    answers = [Visitor(town).log_in(name, "wrong password") for name in (user, "nobody")]
    assert [one.status_code for one in answers] == [401, 401]
    assert text_of(answers[0]) == text_of(answers[1])
    assert "账号、密码或动态口令不正确" in text_of(answers[0])


def test_an_administrator_needs_six_digits_beside_the_password(town: Town) -> None:
    user = town.person(SYSTEM, password=True)
    assert "必须使用动态口令" in text_of(Visitor(town).log_in(user))
    secret = town.people.registers.set_totp(user)
    assert "请再输入六位动态口令" in text_of(Visitor(town).log_in(user))
    assert Visitor(town).log_in(user, totp="000000").status_code == 401
    assert Visitor(town).log_in(user, totp=digits(secret, town.now_ms)).status_code == 303


def test_cookies_are_out_of_reach_of_scripts_other_pages_and_plain_lines(town: Town) -> None:
    for scheme, secure in (("http", False), ("https", True)):
        user = town.person(password=True)
        visitor = Visitor(town, scheme)
        given = [*visitor.get("/login").headers.get_list("set-cookie")]
        given += visitor.log_in(user).headers.get_list("set-cookie")
        session = next(one for one in given if one.startswith(f"{COOKIE}=") and "Max-Age=0" not in one)
        form = next(one for one in given if one.startswith(f"{LOGIN_COOKIE}="))
        for cookie in (session, form):
            parts = {one.strip().lower() for one in cookie.split(";")[1:]}
            assert {"httponly", "samesite=strict", "path=/admin"} <= parts
            assert ("secure" in parts) is secure
            assert not any(one.startswith(("domain", "max-age", "expires")) for one in parts)


def test_every_answer_forbids_scripts_frames_and_caches(town: Town) -> None:
    _, visitor = admin(town, SYSTEM)
    stranger = Visitor(town)
    pages = [visitor.get(path) for path, _, _ in SHOWS if "{" not in path]
    pages += [
        stranger.get("/login"),
        stranger.log_in("nobody"),
        visitor.get("/nowhere"),
        visitor.post("/people/add"),
    ]
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert re.search(r"<script|<style|\sstyle=|\son[a-z]+=|https?://|javascript:", page.text) is None, (
            page.text
        )


def test_no_deed_is_done_without_the_token_of_the_session(town: Town) -> None:
    _, visitor = admin(town, SYSTEM)
    _, other = admin(town, SYSTEM)
    before = len(acts(town))
    for deed in DEEDS:
        for token in ("", "0" * 64, token_of(other.get())):
            answer = visitor.post(filled(deed.path), csrf=token)
            assert answer.status_code == 403, deed.what
            assert "不是从本页面提交的" in text_of(answer)
    assert len(acts(town)) == before
    assert visitor.post("/logout", csrf="0" * 64).status_code == 403
    assert visitor.get().status_code == 200


def test_a_log_in_form_of_another_page_is_refused(town: Town) -> None:
    user = town.person(password=True)
    elsewhere = token_of(Visitor(town).get("/login"))
    visitor = Visitor(town)
    assert visitor.post("/login", csrf=elsewhere, user=user, password=PASSWORD).status_code == 403
    visitor.get("/login")
    assert visitor.post("/login", csrf=elsewhere, user=user, password=PASSWORD).status_code == 403
    assert visitor.log_in(user).status_code == 303


def test_the_session_of_a_disabled_person_is_dead_at_once(either_town: Town) -> None:
    _, chief = admin(either_town, SYSTEM)
    user, visitor = admin(either_town, CITY)
    assert visitor.get("/people").status_code == 200
    assert chief.send(f"/people/{user}/disable").status_code == 303
    assert visitor.get("/people").headers["location"] == "/admin/login?over=1"
    assert visitor.post("/orgs/add", csrf="0" * 64).headers["location"] == "/admin/login"
    assert "登录已过期" in text_of(visitor.get("/login?over=1"))


def test_a_session_ends_after_half_an_hour_without_a_sign(town: Town) -> None:
    _, visitor = admin(town, CITY)
    town.now_ms += 29 * 60_000
    assert visitor.get().status_code == 200
    town.now_ms += 31 * 60_000
    assert visitor.get().status_code == 303


def test_a_session_ends_after_eight_hours_of_work(town: Town) -> None:
    _, visitor = admin(town, CITY)
    for _ in range(24):
        town.now_ms += 20 * 60_000
        assert visitor.get().status_code == 200
    town.now_ms += 60_000
    assert visitor.get().status_code == 303


def test_after_the_log_out_the_cookie_opens_nothing(town: Town) -> None:
    _, visitor = admin(town, CITY)
    cookie = visitor.door._http.cookies[COOKIE]
    assert visitor.send("/logout").headers["location"] == "/admin/login"
    thief = Visitor(town)
    thief.door._http.cookies.set(COOKIE, cookie, domain="town", path="/admin")
    assert thief.get().status_code == 303


def test_guessing_is_slowed_down_by_address_and_by_account(town: Town) -> None:
    user, visitor = town.person(password=True), Visitor(town)
    answers = [visitor.log_in(user, "wrong password").status_code for _ in range(21)]
    assert answers[0] == 401
    assert answers[19] == 429
    assert "admin.too_many" not in [one.outcome for one in acts(town)]
    assert "操作过于频繁" in text_of(visitor.log_in("somebody else"))
    town.now_ms += 60_000
    assert visitor.log_in("somebody else").status_code == 401


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        (Role.INSPECTOR, {""}),
        (Role.REVIEWER, {""}),
        (Role.LEGAL_REVIEWER, {""}),
        (Role.STATISTICS, {""}),
        (Role.AUTHOR, {""}),
        (Role.LEAD, {"", "/devices", "/people", "/orgs", "/quarantine", "/alarms", "/acts"}),
        (Role.ORG_ADMIN, {"", "/devices", "/people", "/orgs", "/quarantine", "/alarms", "/acts"}),
        (Role.AUDITOR, {"", "/devices", "/people", "/orgs", "/quarantine", "/alarms", "/acts"}),
        (
            Role.SYSTEM_ADMIN,
            {"", "/devices", "/people", "/orgs", "/quarantine", "/alarms", "/storage", "/acts"},
        ),
    ],
)
def test_a_role_sees_its_pages_and_no_other(town: Town, role: Role, sections: set[str]) -> None:
    _, visitor = admin(town, (role, "610100"))
    pages = {path for path, _, _ in SHOWS if "{" not in path and path.count("/") < 2}
    assert {path for path in pages if visitor.get(path).status_code == 200} == sections
    assert {path for path in pages if visitor.get(path).status_code == 403} == pages - sections
    shown = set(
        re.findall(r'<li><a href="/admin(/?[a-z]*)"(?: aria-current="page")?>[^<]', visitor.get().text)
    )
    assert shown == sections


def test_an_administrator_sees_his_office_and_those_below_and_none_beside(either_town: Town) -> None:
    town = either_town
    inside, outside = town.person(org="610102"), town.person(org="620100")
    town.device(inside)
    town.device(outside)
    _, visitor = admin(town, CITY)
    people, devices = text_of(visitor.get("/people")), text_of(visitor.get("/devices"))
    assert f"name of {inside}" in people
    assert f"name of {inside}" in devices
    assert f"name of {outside}" not in people + devices
    assert visitor.get(f"/people/{inside}").status_code == 200
    assert visitor.get(f"/people/{outside}").status_code == 422
    assert "620100" not in text_of(visitor.get("/orgs"))


def test_nobody_manages_people_and_devices_of_other_offices(town: Town) -> None:
    outside = town.person((Role.INSPECTOR, "620100"), org="620100")
    box = town.device(outside)
    _, visitor = admin(town, CITY)
    for path, form in (
        (f"/people/{outside}/disable", {}),
        (f"/people/{outside}/password", {}),
        (f"/people/{outside}/totp", {}),
        (f"/people/{outside}/grant", {"role": "lead", "place": "620100"}),
        (f"/people/{outside}/end", {"role": "inspector", "place": "620100"}),
        (f"/devices/{box.id}/revoke", {}),
        (f"/devices/{box.id}/confirm", {}),
        ("/people/add", {"user": "mole", "name": "mole", "org": "620100"}),
        ("/orgs/add", {"code": "610104", "name": "new"}),
    ):
        answer = visitor.send(path, **form)
        assert answer.status_code == 403, path
    assert not town.people.registers.person(outside).is_disabled
    assert not town.office.devices.find(box.id).is_revoked
    assert visitor.get(f"/devices/{box.id}/revoke").status_code == 403


def test_a_device_is_let_in_by_whoever_compared_its_digits(either_town: Town) -> None:
    town = either_town
    user = town.person((Role.INSPECTOR, "610100"), password=True)
    chief, visitor = admin(town, CITY)
    box = Box(town)
    box.ask()
    assert box.digits in text_of(visitor.get("/devices"))
    page = visitor.get(f"/devices/{box.id}/approve")
    assert box.digits in text_of(page)
    assert f'value="{chief}"' not in page.text, "nobody is offered his own account"
    form = {"user": user, "digits": box.digits}
    assert visitor.send(f"/devices/{box.id}/approve", **form).status_code == 422, "not compared"
    wrong = visitor.send(f"/devices/{box.id}/approve", user=user, digits="0000 " * 6, compared="1")
    assert "指纹数字不符" in text_of(wrong)
    assert box.ask() is Decision.WAITING
    done = visitor.send(f"/devices/{box.id}/approve", compared="1", **form)
    assert done.headers["location"] == "/admin/devices?done=device.approve"
    assert "设备已批准" in text_of(visitor.get("/devices?done=device.approve"))
    assert box.ask() is Decision.APPROVED
    assert town.office.devices.find(box.id).user == user


def test_a_device_is_refused_confirmed_and_locked_out(town: Town) -> None:
    _, visitor = admin(town, CITY)
    stranger = Box(town)
    stranger.ask()
    assert "换一个编号" in text_of(visitor.get(f"/devices/{stranger.id}/refuse"))
    assert visitor.send(f"/devices/{stranger.id}/refuse").status_code == 303
    assert stranger.ask() is Decision.REFUSED
    box = town.box((Role.INSPECTOR, "610100"))
    town.now_ms += 89 * DAY_MS
    _, visitor = admin(town, CITY)
    assert visitor.send(f"/devices/{box.id}/confirm").status_code == 303
    confirmed = town.office.devices.find(box.id).confirm_until_ms
    assert confirmed == town.now_ms + 90 * DAY_MS
    assert "停用不能撤销" in text_of(visitor.get(f"/devices/{box.id}/revoke"))
    assert visitor.send(f"/devices/{box.id}/revoke").status_code == 303
    assert town.office.devices.find(box.id).is_revoked


def test_all_who_wait_or_all_of_one_address_are_refused_at_once(either_town: Town) -> None:
    town = either_town
    _, visitor = admin(town, CITY)
    made_up, honest, late = [Box(town) for _ in range(30)], Box(town), Box(town)
    for box, source in [*((one, "10.9.9.9") for one in made_up), (honest, "10.1.1.1")]:
        town.people.admissions.ask(town.server, box.wish(), source)
    page = visitor.get("/devices")
    assert "拒绝来自 10.9.9.9 的 30 台…" in text_of(page)
    assert "拒绝来自 10.1.1.1" not in text_of(page)
    assert "来自 10.1.1.1 · 最近一次询问 刚刚" in text_of(page)
    asked = visitor.get("/devices/refuse?source=10.9.9.9")
    assert "拒绝这 30 台" in text_of(asked)
    until = re.search(r'name="until" value="(\d+)"', asked.text)
    assert until is not None
    town.now_ms += 60_000
    town.people.admissions.ask(town.server, late.wish(), "10.9.9.8")
    form = {"source": "10.9.9.9", "until": until[1]}
    assert visitor.send("/devices/refuse", **form).headers["location"] == "/admin/devices?done=device.refuse_many"
    assert "已拒绝这些设备" in text_of(visitor.get("/devices?done=device.refuse_many"))
    assert [one.device for one in town.people.admissions.waiting()] == [honest.id, late.id]
    assert made_up[0].ask() is Decision.REFUSED
    assert visitor.send("/devices/refuse", source="", until=until[1]).status_code == 303
    assert [one.device for one in town.people.admissions.waiting()] == [late.id], "it came after the page was made"
    assert visitor.send("/devices/refuse", until="x").status_code == 422
    assert visitor.get("/devices/refuse?source=10.9.9.9").status_code == 422
    (done,) = {(one.what, one.subject) for one in acts(town) if one.what == "device.refuse_many" and one.subject}
    assert done == ("device.refuse_many", "10.9.9.9")


def test_a_new_person_gets_a_role_a_password_and_digits_and_comes_in(town: Town) -> None:
    _, chief = admin(town, SYSTEM)
    added = chief.send("/people/add", user="wang", name="王强", org="610100", role="org_admin")
    assert added.headers["location"] == "/admin/people/wang?done=person.add"
    page = chief.get("/people/wang?done=person.add")
    assert "机构管理员" in text_of(page)
    assert "未设置，不能登录" in text_of(page)
    password = re.search(
        r'<p class="secret code">([a-z2-7-]{19})</p>', chief.send("/people/wang/password").text
    )
    told = chief.send("/people/wang/totp")
    secret = re.search(r'<p class="secret code">([A-Z2-7 ]{39})</p>', told.text)
    assert password is not None
    assert secret is not None
    assert "<svg" in told.text
    visitor = Visitor(town)
    plain = secret[1].replace(" ", "")
    assert visitor.log_in("wang", password[1], digits(plain, town.now_ms)).status_code == 303
    assert "王强" in text_of(visitor.get())
    assert password[1] not in str(acts(town))
    assert plain not in str(acts(town))


def test_roles_are_given_and_taken(town: Town) -> None:
    user = town.person()
    _, chief = admin(town, CITY)
    assert chief.send(f"/people/{user}/grant", role="lead", place="610102").status_code == 303
    assert "组长" in text_of(chief.get(f"/people/{user}"))
    assert chief.send(f"/people/{user}/grant", role="emperor", place="610102").status_code == 422
    assert chief.send(f"/people/{user}/grant", role="system_admin", place="610102").status_code == 403
    assert chief.send(f"/people/{user}/end", role="lead", place="610102").status_code == 303
    assert town.people.registers.person(user).standings == ()


def test_nobody_disables_himself(town: Town) -> None:
    user, chief = admin(town, SYSTEM)
    assert "不能停用自己的账号" in text_of(chief.send(f"/people/{user}/disable"))
    assert not town.people.registers.person(user).is_disabled


def test_a_disabled_person_is_enabled_again(town: Town) -> None:
    user = town.person((Role.INSPECTOR, "610100"))
    _, chief = admin(town, CITY)
    chief.send(f"/people/{user}/disable")
    assert "已停用" in text_of(chief.get(f"/people/{user}"))
    assert chief.send(f"/people/{user}/enable").status_code == 303
    assert not town.people.registers.person(user).is_disabled


def test_an_office_is_added_below_the_one_that_its_code_names(town: Town) -> None:
    _, chief = admin(town, SYSTEM)
    assert chief.send("/orgs/add", code="610104", name="新区").status_code == 303
    assert (
        next(one for one in town.people.registers.orgs() if one.code == "610104").path
        == "610000/610100/610104"
    )
    assert "机构已存在" in text_of(chief.send("/orgs/add", code="610104", name="again"))


def test_what_is_done_stays_written_with_who_when_and_what(either_town: Town) -> None:
    town = either_town
    user = town.person()
    chief, visitor = admin(town, CITY)
    visitor.send(f"/people/{user}/grant", role="lead", place="610102")
    visitor.send(f"/people/{user}/grant", role="lead", place="620100")
    tried = [one for one in acts(town) if one.what == "person.grant"]
    assert [(one.by, one.subject, one.at_ms, one.address) for one in tried] == [
        (chief, user, town.now_ms, "127.0.0.1")
    ] * 2
    assert {one.detail for one in tried} == {"role=lead place=610102", "role=lead place=620100"}
    ended = {one.act: one.outcome for one in acts(town) if one.step == 1}
    by_detail = {one.detail: ended[one.act] for one in tried}
    assert by_detail == {"role=lead place=610102": "done", "role=lead place=620100": "people.not_allowed"}
    shown = text_of(visitor.get("/acts"))
    assert "授予岗位" in shown
    assert "未执行（people.not_allowed）" in shown


def test_what_was_done_can_be_neither_changed_nor_deleted(either_town: Town) -> None:
    admin(either_town, CITY)
    of = schema.admin_act.c
    for change in (
        update(schema.admin_act).values(by="somebody else"),
        delete(schema.admin_act).where(of.step == 1),
    ):
        with pytest.raises(DBAPIError, match="only added to"), either_town.office.database.write() as unit:
            unit.execute(change)
    assert len(acts(either_town)) == 2


def test_an_auditor_reads_the_acts_of_his_offices_alone(town: Town) -> None:
    near, _ = admin(town, CITY)
    far, _ = admin(town, OTHER, org="620100")
    _, visitor = admin(town, (Role.AUDITOR, "610100"))
    shown = re.findall(r"<th scope=\"row\"><bdi>([^<]*)</bdi>", visitor.get("/acts").text)
    assert near in shown
    assert far not in shown


def test_what_people_and_devices_say_of_themselves_is_text(town: Town) -> None:
    _, visitor = admin(town, SYSTEM)
    town.people.registers.add_person("evil", EVIL, "610100")
    town.people.registers.add_org("610105", EVIL)
    box = town.device("evil")
    with town.office.database.write() as unit:
        unit.execute(update(schema.device).values(name=EVIL))
        unit.execute(
            insert(schema.device_alarm).values(device=box.id, kind=EVIL, detail=EVIL, first_ms=1, last_ms=2)
        )
        epochs.begin(unit, town.world, EVIL, EVIL)
    asking = Box(town)
    asking.ask()
    with town.office.database.write() as unit:
        unit.execute(update(schema.admission).values(name=EVIL))
    box.sync(box.line("s:620100"))
    with town.office.database.write() as unit:
        unit.execute(update(schema.quarantine).values(reason=EVIL))
    Visitor(town).log_in(EVIL)
    for path in (
        "", "/devices", "/people", "/people/evil", "/people/evil/disable", "/orgs", "/alarms", "/quarantine", "/acts",
        f"/devices/{asking.id}/approve", f"/devices/{box.id}/revoke", f"/people?q={EVIL}",
    ):  # fmt: skip
        page = visitor.get(path)
        assert page.status_code == 200, path
        assert re.search(r"<script|<img|onerror=[^&]*>", page.text.replace("&lt;", "")) is None, path
        assert "&lt;script&gt;" in page.text or path == "", path


def test_a_name_cannot_turn_the_reading_direction_or_break_the_line(town: Town) -> None:
    town.people.registers.add_person("mirror", "张\u202egnahz\n三", "610100")
    _, visitor = admin(town, SYSTEM)
    page = visitor.get("/people").text
    assert "张\ufffdgnahz\ufffd三" in page


def test_lines_put_aside_are_shown_by_reason_and_let_in_by_who_may(either_town: Town) -> None:
    town = either_town
    box = town.box((Role.INSPECTOR, "610102"), org="610102")
    box.sync(box.line("s:610102"), box.line("s:610100"), box.line("s:620100"))
    _, system = admin(town, SYSTEM)
    shown = text_of(system.get("/quarantine"))
    assert "提交人无权写入该范围" in shown
    assert "s:620100" in shown
    assert "放行…" not in shown, "who runs the server answers for no case"
    assert system.send(f"/quarantine/{box.id}/release").status_code == 200
    assert {one.lines for one in town.quarantine.aside()} == {1}
    _, chief = admin(town, CITY)
    assert "s:620100" not in text_of(chief.get("/quarantine"))
    assert "放行…" in text_of(chief.get("/quarantine"))
    assert f"name of {town.office.devices.find(box.id).user}" in text_of(chief.get("/quarantine"))
    assert "1 行" in text_of(chief.get(f"/quarantine/{box.id}/release"))
    done = text_of(chief.send(f"/quarantine/{box.id}/release"))
    assert "已放行 1 行" in done
    assert "1 行：您无权放行" in done
    assert [one.feed for one in town.quarantine.aside()] == ["s:620100"]
    assert Status.APPLIED in {one.status for one in box.receipts().values()}


def test_a_line_put_aside_is_looked_at_left_with_a_reason_or_let_in(either_town: Town) -> None:
    town = either_town
    user = town.person((Role.INSPECTOR, "610102"), org="610102")
    box = town.device(user)
    far, near = box.line("s:620100"), box.line("s:610100", fields=(FieldEdit("value", "秘密内容"),))
    box.sync(far, near)
    chief_name, chief = admin(town, CITY)
    listed = text_of(chief.get(f"/quarantine/{box.id}"))
    assert "t · 填写" in listed
    assert "s:620100" not in listed
    shown = text_of(chief.get(f"/quarantine/line/{near.line.op}"))
    for told in ("作者 author", "设备 laptop", f"设备使用人 name of {user}", "范围 s:610100", "提交人无权写入该范围", near.line.op):
        assert told in shown
    assert "秘密内容" not in shown + listed
    assert chief.get(f"/quarantine/line/{far.line.op}").status_code == 404
    assert chief.send(f"/quarantine/line/{near.line.op}/leave").status_code == 422, "no reason was given"
    left = chief.send(f"/quarantine/line/{near.line.op}/leave", why="等本人说明")
    assert left.headers["location"] == f"/admin/quarantine/{box.id}?done=quarantine.leave"
    assert f"{chief_name} 留下： 等本人说明" in text_of(chief.get(f"/quarantine/{box.id}"))
    _, system = admin(town, SYSTEM)
    assert "您无权放行这个范围的记录" in text_of(system.get(f"/quarantine/line/{near.line.op}"))
    assert "1 行：您无权放行" in text_of(system.send(f"/quarantine/line/{near.line.op}/release"))
    assert system.send(f"/quarantine/line/{near.line.op}/leave", why="no").status_code == 403
    assert "已放行 1 行" in text_of(chief.send(f"/quarantine/line/{near.line.op}/release"))
    assert [one.feed for one in town.quarantine.aside()] == ["s:620100"]
    assert chief.send(f"/quarantine/line/{near.line.op}/release").status_code == 404
    done = {(one.what, one.subject, one.detail) for one in acts(town) if one.what.startswith("quarantine.")}
    assert ("quarantine.leave", near.line.op, "why=等本人说明") in done
    assert ("quarantine.release_line", near.line.op, "") in done


def test_a_line_that_cannot_be_let_in_says_why(town: Town) -> None:
    box = town.box((Role.INSPECTOR, "610100"))
    town.office.devices.revoke(box.id)
    town.now_ms += 1000
    late = box.line("s:610100")
    box.push(late)
    _, chief = admin(town, CITY)
    page = chief.get(f"/quarantine/line/{late.line.op}")
    assert "写于设备停用之后，不能放行，留作证据" in text_of(page)
    assert 'name="why"' not in page.text
    assert "放行…" not in text_of(chief.get("/quarantine"))
    assert "1 行：写于设备停用之后" in text_of(chief.send(f"/quarantine/line/{late.line.op}/release"))


def test_alarms_tell_of_a_copied_key_a_lost_history_and_a_damaged_file(either_town: Town) -> None:
    town = either_town
    box, far = town.box((Role.INSPECTOR, "610100")), town.box((Role.INSPECTOR, "620100"), org="620100")
    for each in (box, far):
        each.machine = "a" * 32
        each.sync()
        each.machine = "b" * 32
        each.sync()
    with town.office.database.write() as unit:
        epochs.begin(unit, town.world, "history lost: s 7", box.id)
        unit.execute(
            insert(schema.blob).values(
                sha256="c" * 64, sm3="", size=1, mime="image/jpeg", stored_ms=1, damaged_ms=town.now_ms
            )
        )
    _, chief = admin(town, CITY)
    shown = text_of(chief.get("/alarms"))
    assert shown.count("同一设备密钥在两台电脑上使用") == 1
    assert "已自动进入新的起点" not in shown, (
        "what is about the whole server is for who sees the whole server"
    )
    _, system = admin(town, SYSTEM)
    shown = text_of(system.get("/alarms"))
    assert shown.count("同一设备密钥在两台电脑上使用") == 2
    assert "已自动进入新的起点" in shown
    assert "服务器上的文件已损坏" in shown


def test_storage_tells_lines_files_space_and_the_last_backup(either_town: Town) -> None:
    town = either_town
    box = town.box((Role.INSPECTOR, "610100"))
    box.sync(box.line("s:610100"), box.line("s:610100"))
    box.put("s:610100", b"x" * 3000)
    _, system = admin(town, SYSTEM)
    shown = text_of(system.get("/storage"))
    assert "记录行 2 " in shown
    assert "1 个，2.9 KiB" in shown
    assert f"密钥文件 {town.office.devices.seal.path}" in shown
    assert "从未备份" in shown
    with town.office.database.write() as unit:
        unit.execute(
            insert(schema.backup_made).values(
                backup="b", made_ms=town.now_ms - 3 * HOUR_MS, epoch="e", heads="{}", files=1, file_bytes=3000
            )
        )
    assert "3 小时前" in text_of(system.get("/storage"))


def test_devices_tell_when_they_were_last_heard_of_and_what_waits(town: Town) -> None:
    box = town.box((Role.INSPECTOR, "610100"))
    box.sync(box.line("s:610100"), box.line("s:620100"))
    box.call("GET", "/v1/me", **{"User-Agent": "yanfang/0.0.9"})
    _, chief = admin(town, CITY)
    town.now_ms += 5 * 60_000
    row = re.search(r"<tr>\s*<th scope=\"row\"><bdi>name of .*?</tr>", chief.get("/devices").text, re.DOTALL)
    assert row is not None
    assert "5 分钟前" in row[0]
    assert "<td><bdi>yanfang/0.0.9</bdi></td>" in row[0]
    assert '<td class="num"><a href="/admin/quarantine">1</a></td>' in row[0]


def test_a_device_that_sends_too_many_files_is_named_and_let_go_on(either_town: Town) -> None:
    town = either_town
    box, data = town.box((Role.INSPECTOR, "610100")), b"x" * 3000
    town.office.blobs.set_limits(Limits(4000, 4000))
    box.put("s:610100", data)
    status, said = box.offer("s:610100", b"y" * 3000)
    assert (status, said["code"]) == (507, "blob.day_limit")
    assert said["message"].startswith("这台设备 24 小时内送来的文件已有 2.9 KiB，上限 3.9 KiB。")
    _, stranger = admin(town, OTHER)
    assert stranger.send(f"/devices/{box.id}/lift").status_code == 403
    _, auditor = admin(town, (Role.AUDITOR, "610100"))
    assert "2.9 KiB，一小时内到过上限" in text_of(auditor.get("/devices"))
    assert "放开" not in text_of(auditor.get("/devices"))
    assert "一台设备 24 小时内送来的文件到了上限" in text_of(auditor.get("/alarms"))
    _, chief = admin(town, CITY)
    assert "2.9 KiB，一小时内到过上限" in text_of(chief.get("/devices"))
    assert "可以再送一天的量" in text_of(chief.get(f"/devices/{box.id}/lift"))
    assert chief.send(f"/devices/{box.id}/lift").headers["location"] == "/admin/devices?done=device.lift"
    assert box.get(box.put("s:610100", b"y" * 3000)) == 200
    assert box.get(hashlib.sha256(data).hexdigest()) == 200
    assert "device.lift" in [one.what for one in acts(town)]


def test_long_lists_come_in_pages_and_can_be_searched(town: Town) -> None:
    for number in range(130):
        town.people.registers.add_person(f"u{number:03}", f"甲{number}", "610100")
    _, system = admin(town, SYSTEM)
    first, second = text_of(system.get("/people")), text_of(system.get("/people?page=2"))
    assert "u000" in first
    assert "u120" not in first
    assert "u120" in second
    assert "下一页" not in second
    found = text_of(system.get("/people?q=U01"))
    assert re.findall(r"\bu\d{3}\b", found) == [f"u{number:03}" for number in range(10, 20)]
    for odd in ("0", "-1", "x", "9" * 30, "²"):
        assert system.get(f"/people?page={odd}").status_code == 200


def test_a_form_that_is_no_small_form_is_refused(town: Town) -> None:
    _, visitor = admin(town, SYSTEM)
    assert visitor.send("/orgs/add", code="1", name="x" * 20_000).status_code == 413
    many = {f"f{number}": "x" for number in range(60)}
    assert visitor.send("/orgs/add", **many).status_code == 413
    assert visitor.send("/orgs/add", code="610109", name="x" * 300).status_code == 422


def test_only_the_acts_that_there_are_have_a_page(town: Town) -> None:
    _, visitor = admin(town, SYSTEM)
    user = town.person()
    for path in (
        f"/people/{user}/grant",
        "/devices/d/burn",
        "/static/../pages.py",
        "/static/x",
    ):
        assert visitor.get(path).status_code in (404, 422), path
