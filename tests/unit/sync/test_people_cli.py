"""Offices, people and devices from the server's command line, as an administrator types it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sync.protocol.errors import SyncError
from sync.protocol.policy import Role
from sync.server.cli import cli
from sync.server.people.errors import WeakPassword
from sync.server.people.passwords import digits
from sync.server.upload_limits import Limits
from tests.unit.sync.town import Box, Town


class Shell:
    """Types `yanfang-server` commands on one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *words: str, given: str = "") -> Result:
        return CliRunner().invoke(cli, [*words, "--data", str(self.data)], input=given)

    def json(self, *words: str, given: str = "") -> Any:
        done = self.run(*words, "--json", given=given)
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.stdout)

    def refused(self, *words: str) -> str:
        problem = self.run(*words, "--json").exception
        assert isinstance(problem, SyncError)
        return problem.code


def real_ms() -> int:
    """Return what the commands see on the clock."""
    return time.time_ns() // 1_000_000


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def shell(town: Town, tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def test_an_office_is_built_up_until_a_device_works(town: Town, shell: Shell) -> None:
    assert shell.json("org", "add", "610000", "--name", "省局")["level"] == "province"
    assert shell.json("org", "add", "610100", "--name", "市局")["path"] == "610000/610100"
    assert [one["code"] for one in shell.json("org", "list")["orgs"]] == ["610000", "610100"]
    assert shell.refused("org", "add", "610100", "--name", "市局") == "people.org_known"

    boss = shell.json("user", "add", "boss", "--name", "管理员", "--org", "610100", "--role", "org_admin")
    assert boss["roles"] == [{"role": "org_admin", "at": "610100"}]
    assert boss["needs_totp"]
    shell.json("user", "add", "li", "--name", "李检查", "--org", "610100", "--role", "inspector")
    assert shell.json("user", "password", "li", "--stdin", given="long enough password\n") == {"user": "li"}
    secret = shell.json("user", "totp", "li")["secret"]
    assert {one["user"]: one["totp"] for one in shell.json("user", "list")["users"]} == {"boss": False, "li": True}

    town.now_ms, box = real_ms(), Box(town)
    box.ask()
    (waiting,) = shell.json("device", "list")["waiting"]
    assert waiting["fingerprint"] == box.digits
    approve = ("device", "approve", box.id, "--user", "li", "--fingerprint", box.digits, "--by")
    assert shell.refused(*approve, "li") == "people.same_person"
    assert shell.refused(*approve, "nobody") == "people.not_allowed"
    shell.json(*approve, "boss")
    town.now_ms = real_ms()
    assert box.login("li", "long enough password", digits(secret, town.now_ms))[0] == 200
    line = box.line("s:610100")
    assert str(box.push(line)[line.line.op].status) == "applied"

    shell.json("device", "revoke", box.id, "--by", "boss")
    town.now_ms, late = real_ms(), box.line("s:610100", wall_ms=town.now_ms - 1000)
    box.push(late)
    (aside,) = shell.json("quarantine", "list")["quarantine"]
    assert (aside["feed"], aside["lines"]) == ("s:610100", 1)
    (told,) = shell.json("quarantine", "lines", box.id)["lines"]
    assert (told["op"], told["owner"], told["reason"]) == (late.line.op, "李检查", "revoked")
    leave = ("quarantine", "leave", late.line.op, "--by", "boss", "--reason")
    assert shell.refused(*leave, " ") == "people.why_missing"
    assert shell.json(*leave, "等本人说明") == {"line": late.line.op}
    shown = shell.run("quarantine", "lines", box.id).stdout
    assert "设备停用后提交，写于停用之前" in shown
    assert "boss 留下：等本人说明" in shown
    release = ("quarantine", "release", box.id, "--by", "boss", "--line")
    assert shell.refused(*release, "nothing") == "people.line_unknown"
    assert shell.json(*release, late.line.op)["released"] == 1
    assert shell.run("quarantine", "lines", box.id).stdout.strip() == "没有隔离的记录"
    assert shell.json("user", "disable", "li")["disabled"]


def test_what_is_said_without_json_is_chinese_and_holds_no_password(town: Town, shell: Shell) -> None:
    shell.run("org", "add", "620000", "--name", "另一省局")
    shell.run("user", "add", "wang", "--name", "王", "--org", "620000")
    done = shell.run("user", "password", "wang", "--stdin", given="a password nobody sees\n")
    assert done.stdout.strip() == "已设置密码：wang"
    assert isinstance(shell.run("user", "password", "wang", "--stdin", given="short\n").exception, WeakPassword)
    assert b"nobody sees" not in (shell.data / "server.db").read_bytes()


def test_many_who_wait_are_refused_by_one_command(town: Town, shell: Shell) -> None:
    town.now_ms = real_ms()
    boss = town.with_offices().person((Role.ORG_ADMIN, "610100"))
    for source in ("10.9.9.9", "10.9.9.9", "10.1.1.1"):
        town.people.admissions.ask(town.server, Box(town).wish(), source)
    assert [one["source"] for one in shell.json("device", "list")["waiting"]].count("10.9.9.9") == 2
    refuse = ("device", "refuse-all", "--by", boss)
    assert shell.json(*refuse, "--from", "10.9.9.9") == {"refused": 2}
    assert shell.run(*refuse).stdout.strip() == "已拒绝设备 1 台"
    assert shell.refused("device", "refuse-all", "--by", "nobody") == "people.not_allowed"


def test_a_device_at_its_limit_is_let_go_on_by_a_command(town: Town, shell: Shell) -> None:
    town.now_ms = real_ms()
    boss = town.with_offices().person((Role.ORG_ADMIN, "610100"))
    box = town.box((Role.INSPECTOR, "610100"))
    town.office.blobs.set_limits(Limits(4000, 4000))
    box.put("s:610100", b"x" * 3000)
    assert box.offer("s:610100", b"y" * 3000)[1]["code"] == "blob.day_limit"
    assert [one["bytes_24h"] for one in shell.json("device", "list")["devices"]] == [3000]
    shown = shell.run("device", "list").stdout
    assert "24 小时内送来 2.9 KiB" in shown
    assert "一台设备 24 小时内送来的文件到了上限" in shown
    lift = ("device", "lift-limit", box.id, "--by")
    assert shell.refused(*lift, "nobody") == "people.not_allowed"
    assert shell.json(*lift, boss) == {"device": box.id, "lifted": True}
    assert box.offer("s:610100", b"y" * 3000)[0] == 200


def test_what_stays_in_quarantine_is_told_with_its_reason(town: Town, shell: Shell) -> None:
    town.with_offices()
    town.now_ms = real_ms()
    box = town.box((Role.INSPECTOR, "610100"))
    box.push(box.line("s:620100"))
    lead = town.person((Role.LEAD, "610100"))
    told = shell.run("quarantine", "release", box.id, "--by", lead).stdout.splitlines()
    assert told == ["已放行 0 行，仍隔离 1 行", "1 行：您无权放行"]


def test_there_is_one_way_to_list_and_one_to_lock_out_devices(shell: Shell) -> None:
    for gone in ("devices", "revoke"):
        assert shell.run(gone).exit_code == 2
    assert shell.json("device", "list") == {"waiting": [], "devices": [], "alarms": []}
