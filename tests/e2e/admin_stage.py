"""A server with a small office on it behind a real socket, and a real Chromium before it."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import insert, update

from sync.protocol.policy import Role, Standing
from sync.server import epochs
from sync.server.app import make_app
from sync.server.db import schema
from sync.server.people.passwords import digits
from tests.unit.sync.town import DAY_MS, PASSWORD, Box, Town

T = TypeVar("T")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
WIDTH, HEIGHT = 1366, 768
MINUTE_MS = 60_000
OFFICES = (
    ("610000", "陕西省医疗保障局"), ("610600", "延安市医疗保障局"), ("610602", "宝塔区医疗保障局"),
    ("610603", "安塞区医疗保障局"), ("610621", "延长县医疗保障局"),
)  # fmt: skip
PEOPLE = (
    ("wanglei", "王磊", "610600", Role.ORG_ADMIN), ("zhaomin", "赵敏", "610602", Role.LEAD),
    ("liqiang", "李强", "610602", Role.INSPECTOR), ("chenjing", "陈静", "610603", Role.INSPECTOR),
    ("sunyan", "孙燕", "610600", Role.AUDITOR), ("guanli", "系统管理员", "610000", Role.SYSTEM_ADMIN),
)  # fmt: skip


def chromium() -> str | None:
    """Return the path of a Chromium, or None if there is none."""
    return os.environ.get("YANFANG_CHROMIUM") or next(
        (path for name in NAMES if (path := shutil.which(name))), None
    )


def apart(work: Callable[[], T]) -> T:
    """Do something on a thread of its own: the one of the browser already runs an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@dataclass
class Stage:
    """The town with its people, and the address at which it is served."""

    town: Town
    url: str
    secrets: dict[str, str]

    def totp(self, user: str) -> str:
        """Return six digits that were not used yet."""
        self.town.now_ms += MINUTE_MS
        return digits(self.secrets[user], self.town.now_ms)

    def asking(self, name: str = "宝塔区执法三号笔记本") -> Box:
        """Let a new device ask to be let in."""
        box = Box(self.town)
        apart(box.ask)
        with self.town.office.database.write() as unit:
            unit.execute(
                update(schema.admission).where(schema.admission.c.device == box.id).values(name=name)
            )
        return box


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Give a served town with people, devices, lines put aside and alarms."""
    town = apart(lambda: Town(folder))
    try:
        secrets = apart(lambda: _settle(town))
        with _served(town) as url:
            yield Stage(town, url, secrets)
    finally:
        apart(town.close)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """Give a Chromium that talks to nobody else."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield opened
        finally:
            opened.close()


def window(
    opened: Browser, *, dark: bool = False, width: int = WIDTH, height: int = HEIGHT
) -> BrowserContext:
    """Open a window with cookies of its own."""
    return opened.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale="zh-CN",
        reduced_motion="reduce",
    )  # fmt: skip


def log_in(page: Page, at: Stage, user: str) -> None:
    """Log in by the form."""
    page.goto(at.url + "/admin/login")
    page.get_by_label("账号").fill(user)
    page.get_by_label("密码").fill(PASSWORD)
    if user in at.secrets:
        page.get_by_label("动态口令").fill(at.totp(user))
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="概览").wait_for()


def stretch(at: Stage) -> None:
    """Give everybody and everything the longest names that there can be."""
    with at.town.office.database.write() as unit:
        for table, column in (("person", "name"), ("device", "name"), ("org", "name")):
            unit.execute(update(schema.metadata.tables[table]).values({column: "长名" * 50 + "W" * 100}))
        unit.execute(update(schema.quarantine).values(reason="r" * 80))
        unit.execute(update(schema.device_alarm).values(detail="d" * 200))
        unit.execute(
            insert(schema.admin_act).values(
                act="x", step=0, at_ms=at.town.now_ms, by="b" * 80, address="2001:db8:" + "0" * 30, what="person.add",
                subject="s" * 200, detail="W" * 200, outcome="tried",
            )
        )  # fmt: skip


def _settle(town: Town) -> dict[str, str]:
    registers, secrets = town.people.registers, {}
    for code, name in OFFICES:
        registers.add_org(code, name)
    for user, name, org, role in PEOPLE:
        registers.add_person(user, name, org)
        registers.set_password(user, PASSWORD)
        person = registers.grant(user, Standing(role, org))
        if person.needs_totp:
            secrets[user] = registers.set_totp(user)
    laptops = (
        ("zhaomin", "宝塔区执法一号笔记本"),
        ("liqiang", "宝塔区执法二号笔记本"),
        ("chenjing", "安塞区执法一号笔记本"),
    )
    boxes = [_laptop(town, user, name) for user, name in laptops]
    boxes[2].sync(*(boxes[2].line(feed, table="finding") for feed in ("s:610603", "s:610602", "s:610602")))
    town.now_ms += 3 * 3_600_000
    boxes[0].sync(*(boxes[0].line("s:610602") for _ in range(40)))
    boxes[0].put("s:610602", b"photo " * 90_000)
    boxes[1].machine = "a" * 32
    boxes[1].sync(*(boxes[1].line("s:610602") for _ in range(25)))
    boxes[1].machine = "b" * 32
    boxes[1].sync()
    with town.office.database.write() as unit:
        epochs.begin(unit, town.world, "history lost: s 7", boxes[0].id)
        made = town.now_ms - DAY_MS // 3
        unit.execute(
            insert(schema.backup_made).values(
                backup="b1", made_ms=made, epoch="e", heads="{}", files=1, file_bytes=540_000
            )
        )
    return secrets


def _laptop(town: Town, user: str, name: str) -> Box:
    box = town.device(user)
    with town.office.database.write() as unit:
        unit.execute(update(schema.device).where(schema.device.c.device == box.id).values(name=name))
    return box


@contextmanager
def _served(town: Town) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    server = uvicorn.Server(uvicorn.Config(make_app(town.office), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
