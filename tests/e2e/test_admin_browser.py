"""The administrators' page in a real Chromium: by keyboard, in both colours, with hostile and overlong names."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page
from sqlalchemy import update

from sync.protocol.admission import Decision
from sync.server.db import schema
from tests.e2e.admin_stage import Stage, apart, browser, chromium, log_in, stage, stretch, window
from tests.unit.sync.town import PASSWORD

PAGES = (
    "", "/devices", "/people", "/orgs", "/quarantine", "/alarms", "/storage", "/acts", "/people/liqiang",
    "/people/liqiang/totp", "/people?q=nobody", "/nowhere",
)  # fmt: skip
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' onfocus=alert(3) autofocus x='"
# Everything that a person would meet without a name, and every text that is hard to read.
NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden]), select, button, a[href]")]
    .filter(one => !(one.labels && one.labels.length) && !(one.getAttribute("aria-label") || one.textContent || "").trim())
    .map(one => one.outerHTML)"""
HEADLESS = """() => [...document.querySelectorAll("table")]
    .filter(one => !one.querySelector("thead th[scope=col]") || [...one.tBodies[0].rows].some(row => !row.querySelector("th[scope=row]")))
    .map(one => one.innerText)"""
FAINT = """() => {
    const rgb = text => { const all = text.match(/[\\d.]+/g).map(Number); return all.length > 3 && all[3] === 0 ? null : all };
    const light = ([r, g, b]) => { const of = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        return 0.2126 * of(r) + 0.7152 * of(g) + 0.0722 * of(b) };
    const behind = one => { for (; one; one = one.parentElement) {
        const found = rgb(getComputedStyle(one).backgroundColor); if (found) return found } return [255, 255, 255] };
    const faint = [];
    for (const one of document.querySelectorAll("body *")) {
        if (![...one.childNodes].some(part => part.nodeType === 3 && part.textContent.trim())) continue;
        if (!one.checkVisibility() || one.closest("option, .skip")) continue;
        const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(one.outerHTML.slice(0, 120));
    }
    return faint }"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium is installed: apt-get install chromium, or name one in YANFANG_CHROMIUM")
    with browser(path) as opened:
        yield opened


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path / "town") as made:
        yield made


@pytest.fixture
def here(chrome: Browser) -> Iterator[BrowserContext]:
    opened = window(chrome)
    yield opened
    opened.close()


def watched(page: Page) -> list[str]:
    """Return a list to which everything is added that the browser complains of, and every box that a script opens."""
    said: list[str] = []
    page.on("dialog", lambda box: (said.append(f"dialog {box.message}"), box.dismiss()))
    page.on("pageerror", lambda problem: said.append(f"error {problem}"))
    page.on(
        "console",
        lambda line: (
            said.append(line.text)
            if line.type in ("error", "warning") and "status of 404" not in line.text
            else None
        ),
    )
    page.on("requestfailed", lambda asked: said.append(f"failed {asked.url}"))
    return said


def test_a_device_is_approved_with_the_keyboard_alone(here: BrowserContext, at: Stage) -> None:
    box, page = at.asking(), here.new_page()
    said = watched(page)
    page.goto(at.url + "/admin")
    page.wait_for_function("document.activeElement.id === 'user'")  # the first field has the focus
    for text in ("wanglei", PASSWORD, at.totp("wanglei")):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="概览").wait_for()
    walk(page, "设备")
    walk(page, "批准…")
    assert box.digits in page.get_by_role("main").inner_text()
    page.wait_for_function("document.activeElement.id === 'user'")  # the list of people
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert page.get_by_role("status").inner_text() == "设备已批准。"
    assert apart(box.ask) is Decision.APPROVED
    assert at.town.office.devices.find(box.id).user == "liqiang"
    assert said == []


def walk(page: Page, name: str) -> None:
    """Go from control to control with the tabulator until the one with this name, and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == name:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", "where one is must be seen"
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} cannot be reached")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_labelled_legible_and_as_wide_as_the_window(
    chrome: Browser, at: Stage, dark: bool
) -> None:
    box, opened = at.asking(), window(chrome, dark=dark)
    page = opened.new_page()
    said = watched(page)
    page.goto(at.url + "/admin/login")
    judge(page, "/login")
    log_in(page, at, "guanli")
    device = at.town.office.devices.all()[0].id
    for path in (
        *PAGES,
        *aside(at),
        f"/devices/{box.id}/approve",
        f"/devices/{device}/revoke",
        f"/devices/{device}/confirm",
    ):
        page.goto(f"{at.url}/admin{path}")
        judge(page, path)
    opened.close()
    assert said == []


def aside(at: Stage) -> tuple[str, ...]:
    """Return the pages about the lines that wait in quarantine."""
    device = at.town.quarantine.aside()[0].device
    line = at.town.quarantine.lines(device)[0].op
    return f"/quarantine/{device}", f"/quarantine/line/{line}", "/quarantine/nobody"


def judge(page: Page, path: str) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} is too wide"
    assert page.evaluate(NAMELESS) == [], path
    assert page.evaluate(HEADLESS) == [], path
    assert page.evaluate(FAINT) == [], path
    assert page.locator("h1").count() == 1, path
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


@pytest.mark.parametrize("width", [1366, 400])
def test_overlong_names_break_no_page(chrome: Browser, at: Stage, width: int) -> None:
    stretch(at)
    box = at.asking("W" * 200)
    opened = window(chrome, width=width)
    page = opened.new_page()
    log_in(page, at, "guanli")
    for path in (*PAGES, *aside(at), f"/devices/{box.id}/approve"):
        page.goto(f"{at.url}/admin{path}")
        judge(page, path)
        for button in page.get_by_role("button").all():
            assert button.evaluate("one => one.getBoundingClientRect().height") < 60, path
    opened.close()


def test_hostile_names_are_shown_as_text_and_run_nothing(here: BrowserContext, at: Stage) -> None:
    at.asking(EVIL)
    with at.town.office.database.write() as unit:
        for table, column in (
            ("person", "name"),
            ("device", "name"),
            ("org", "name"),
            ("epoch_past", "reason"),
        ):
            unit.execute(update(schema.metadata.tables[table]).values({column: EVIL}))
        unit.execute(update(schema.quarantine).values(reason=EVIL))
        unit.execute(update(schema.device_alarm).values(detail=EVIL, kind=EVIL))
    page = here.new_page()
    said = watched(page)
    log_in(page, at, "guanli")
    for path in ("", "/devices", "/people", "/people/liqiang", "/orgs", "/quarantine", "/alarms"):
        page.goto(f"{at.url}/admin{path}")
        assert EVIL in page.locator("body").inner_text(), path
        assert page.locator("script, img, [onerror], [onfocus]").count() == 0, path
    page.goto(f"{at.url}/admin/people?q={EVIL.replace('#', '')}")
    assert page.get_by_role("searchbox").input_value() == EVIL[:80]
    assert said == []


def test_a_script_that_gets_into_a_page_does_not_run(here: BrowserContext, at: Stage) -> None:
    page = here.new_page()
    log_in(page, at, "guanli")
    with pytest.raises(Error, match="Content Security Policy"):
        page.add_script_tag(content="document.title = 'taken'")
    with pytest.raises(Error):
        page.add_script_tag(url=at.url + "/admin/static/admin.css")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title=1\">')")
    page.wait_for_timeout(100)
    assert page.title() == "概览 · 验方服务器"
    assert page.evaluate("document.cookie") == ""


def test_a_form_without_its_token_does_nothing(here: BrowserContext, at: Stage) -> None:
    page = here.new_page()
    log_in(page, at, "guanli")
    page.goto(at.url + "/admin/people/liqiang/disable")
    page.evaluate("document.querySelector('main [name=csrf]').remove()")
    page.get_by_role("button", name="停用").click()
    assert "没有执行" in page.get_by_role("heading").inner_text()
    assert not at.town.people.registers.person("liqiang").is_disabled


def test_a_foreign_page_can_neither_press_a_button_nor_frame_one(here: BrowserContext, at: Stage) -> None:
    page = here.new_page()
    log_in(page, at, "guanli")
    token = page.locator("[name=csrf]").first.get_attribute("value")
    foreign = here.new_page()
    # Another site, though the same machine; it even knows the token.
    foreign.goto(at.url.replace("127.0.0.1", "localhost") + "/healthz")
    foreign.set_content(
        f"<form method=post action='{at.url}/admin/people/liqiang/disable'><input name=csrf value={token}>"
        "<button>press</button></form>"
    )
    foreign.get_by_role("button").click()
    foreign.get_by_role("heading", name="验方服务器管理").wait_for()
    assert not at.town.people.registers.person("liqiang").is_disabled
    foreign.goto(at.url.replace("127.0.0.1", "localhost") + "/healthz")
    foreign.set_content(f"<iframe src='{at.url}/admin/login'></iframe>")
    foreign.wait_for_timeout(300)
    assert all("验方" not in frame.content() for frame in foreign.frames[1:])


def test_who_is_disabled_is_out_at_the_next_click(chrome: Browser, here: BrowserContext, at: Stage) -> None:
    there = window(chrome)
    chief, victim = here.new_page(), there.new_page()
    log_in(chief, at, "guanli")
    log_in(victim, at, "wanglei")
    chief.goto(at.url + "/admin/people/wanglei/disable")
    chief.get_by_role("button", name="停用").click()
    chief.get_by_role("status").wait_for()
    victim.get_by_role("link", name="人员").click()
    victim.get_by_role("heading", name="验方服务器管理").wait_for()
    assert "登录已过期" in victim.get_by_role("status").inner_text()
    there.close()


def test_behind_a_proxy_with_tls_cookies_travel_on_tls_alone(at: Stage) -> None:
    for scheme, secure in (("http", False), ("https", True)):
        answer = apart(lambda said=scheme: httpx.get(at.url + "/admin/login", headers={"X-Forwarded-Proto": said}))
        assert ("secure" in answer.headers["set-cookie"].lower().split("; ")) is secure


def test_after_the_log_out_going_back_shows_nothing(here: BrowserContext, at: Stage) -> None:
    page = here.new_page()
    log_in(page, at, "guanli")
    page.goto(at.url + "/admin/people")
    page.get_by_role("button", name="退出").click()
    page.get_by_role("heading", name="验方服务器管理").wait_for()
    page.go_back()
    page.get_by_role("heading", name="验方服务器管理").wait_for()
    assert "李强" not in page.content()
