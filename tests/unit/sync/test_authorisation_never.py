"""What must never happen, written down by hand and not looked up in any table; and controls that show the deeds can succeed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.protocol import codec
from sync.protocol.files import SizesRequest
from sync.protocol.fold import Status
from sync.protocol.lines import Kind
from sync.protocol.messages import ResupplyRequest, SuppliedLine
from sync.protocol.policy import Role, Standing
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.town import DAY_MS, Box, Town, bound

# name: roles and where; what is peculiar about the others stands in `People`
ACTORS: dict[str, tuple[tuple[Role, str], ...]] = {
    "city_inspector": ((Role.INSPECTOR, "610100"),),
    "county_inspector": ((Role.INSPECTOR, "610102"),),
    "county_lead": ((Role.LEAD, "610102"),),
    "city_lead": ((Role.LEAD, "610100"),),
    "province_lead": ((Role.LEAD, "610000"),),
    "city_reviewer": ((Role.REVIEWER, "610100"),),
    "city_legal": ((Role.LEGAL_REVIEWER, "610100"),),
    "province_statistics": ((Role.STATISTICS, "610000"),),
    "province_author": ((Role.AUTHOR, "610000"),),
    "city_author": ((Role.AUTHOR, "610100"),),
    "city_admin": ((Role.ORG_ADMIN, "610100"),),
    "city_auditor": ((Role.AUDITOR, "610100"),),
    "province_auditor": ((Role.AUDITOR, "610000"),),
    "root": ((Role.SYSTEM_ADMIN, "610000"),),
    "foreign_lead": ((Role.LEAD, "620000"),),
    "member": ((Role.INSPECTOR, "x:secret"),),
    "watching_member": ((Role.AUDITOR, "x:secret"),),
    "nobody": (),
    "excluded": ((Role.INSPECTOR, "610100"), (Role.LEAD, "x:secret")),
    "moved": ((Role.INSPECTOR, "610600"),),
    "tomorrow": (),
    "yesterday": (),
    "disabled": ((Role.LEAD, "610100"),),
    "capped": ((Role.LEAD, "610100"),),
}
NEVER = """
city_inspector   read      s:610102    a county's cases are not the city inspectors'
city_inspector   read      s:610000    nor those of the province
city_inspector   read      s:610600    nor those of the next city
city_inspector   read      s:620100    nor those of another province
city_inspector   read      x:secret    an office does not open a task
city_inspector   snapshot  s:610102
city_inspector   snapshot  s:610000
city_inspector   snapshot  s:610600
city_inspector   snapshot  x:secret
city_inspector   fetch     s:610102
city_inspector   fetch     s:610000
city_inspector   fetch     s:610600
city_inspector   fetch     x:secret
city_inspector   ask       s:610102    nor does he learn which photos a county has
city_inspector   ask       s:610000
city_inspector   ask       s:610600
city_inspector   ask       x:secret
city_inspector   set       s:610102
city_inspector   set       s:610000
city_inspector   append    s:610600
city_inspector   sign      s:610102
city_inspector   void      s:610600
city_inspector   delete    s:610000
city_inspector   resolve   s:610102
city_inspector   custody   s:610600
city_inspector   photo     s:610102
city_inspector   photo     x:secret
city_inspector   set       lib:610100  templates are their authors'
city_inspector   append    lib:610100
city_inspector   photo     lib:610100
city_inspector   set       x:secret
city_inspector   resupply  s:610600
county_inspector read      s:610100    nobody looks up
county_inspector read      s:610103    nor to the next county
county_inspector fetch     s:610100
county_inspector ask       s:610100
county_inspector snapshot  s:610100
county_inspector set       s:610100
county_inspector sign      s:610100
county_inspector set       lib:610000
county_inspector delete    lib:610000
county_inspector read      lib:610600  templates flow down, not across
county_lead      read      s:610100
county_lead      fetch     s:610103
county_lead      set       s:610103
county_lead      sign      s:610100
county_lead      release   s:610100    quarantine of the city is the city's
county_lead      release   s:610103
city_lead        set       s:610102    reading below is not writing below
city_lead        append    s:610102
city_lead        sign      s:610102
city_lead        void      s:610102
city_lead        delete    s:610102
city_lead        resolve   s:610102
city_lead        photo     s:610102
city_lead        read      s:610600
city_lead        read      s:610000
city_lead        read      x:secret    a lead of the office is no member
city_lead        release   s:610102
city_lead        release   s:610600
city_lead        set       lib:610100
province_lead    read      s:620100
province_lead    set       s:610100
province_lead    sign      s:610102
province_lead    read      x:secret
province_lead    release   s:610100
city_reviewer    void      s:610100    a reviewer does not void evidence
city_reviewer    delete    s:610100    nor delete
city_reviewer    set       s:610102
city_reviewer    sign      s:610600
city_reviewer    release   s:610100
city_legal       void      s:610100
city_legal       delete    s:610100
city_legal       resolve   s:610100
city_legal       sign      s:610102
city_legal       release   s:610100
province_statistics fetch  s:610000    figures need no photos
province_statistics fetch  s:610102
province_statistics ask    s:610102
province_statistics set    s:610000
province_statistics append s:610102
province_statistics sign   s:610000
province_statistics delete s:610000
province_statistics photo  s:610000
province_statistics read   x:secret
province_statistics read   s:620100
province_author  read      s:610000    authors see no cases
province_author  fetch     s:610000
province_author  set       s:610000
province_author  set       lib:610100  nor write the templates of others below
province_author  photo     lib:610100
city_author      set       lib:610000  nor above
city_author      read      s:610100
city_author      void      lib:610100
city_admin       read      s:610100    administrators read no cases
city_admin       snapshot  s:610100
city_admin       fetch     s:610100
city_admin       ask       s:610100
city_admin       set       s:610100
city_admin       custody   s:610100
city_admin       photo     s:610100
city_admin       read      s:610102
city_admin       release   s:610600
city_admin       release   x:secret
city_auditor     set       s:610100    an auditor changes nothing
city_auditor     append    s:610100
city_auditor     sign      s:610100
city_auditor     void      s:610100
city_auditor     delete    s:610100
city_auditor     resolve   s:610100
city_auditor     photo     s:610100
city_auditor     release   s:610100
city_auditor     read      s:610000
city_auditor     read      s:610600
province_auditor set       s:610102
province_auditor read      x:secret
province_auditor read      s:620100
root             read      s:610000    the system administrator has no case data
root             read      s:610100
root             snapshot  s:610000
root             fetch     s:610000
root             set       s:610000
root             custody   s:610000
root             read      lib:610000
root             read      x:secret
root             release   s:610000
root             resupply  s:610000
foreign_lead     read      s:610000
foreign_lead     fetch     s:610000
foreign_lead     ask       s:610000
foreign_lead     read      lib:610000
foreign_lead     release   s:610000
member           read      s:610100    a task opens no office
member           fetch     s:610100
member           set       s:610100
member           read      x:other     nor another task
member           release   x:secret
watching_member  set       x:secret
watching_member  sign      x:secret
watching_member  photo     x:secret
nobody           read      s:610100
nobody           read      lib:610000
nobody           set       s:610100
nobody           custody   s:610100
nobody           photo     s:610100
nobody           release   s:610100
excluded         read      x:secret    回避 stands above every role
excluded         snapshot  x:secret
excluded         fetch     x:secret
excluded         ask       x:secret
excluded         set       x:secret
excluded         custody   x:secret
excluded         photo     x:secret
excluded         release   x:secret
excluded         resupply  x:secret
moved            read      s:610100    whoever moved has left
moved            fetch     s:610100
moved            set       s:610100
moved            resupply  s:610100
tomorrow         read      s:610100
tomorrow         set       s:610100
yesterday        read      s:610100
yesterday        set       s:610100
disabled         read      s:610100
disabled         set       s:610100
disabled         fetch     s:610100
disabled         ask       s:610100
disabled         release   s:610100
capped           read      s:610100    a device stays within its grants, whoever holds it
capped           set       s:610100
capped           photo     s:610100
city_lead        read      d:another   private feeds are nobody's
city_lead        set       d:another
city_lead        set       q:another
city_lead        photo     q:another
city_lead        set       org:610100
city_lead        set       nonsense
city_lead        set       s:999999
"""
CONTROLS = """
city_inspector   read      s:610100
city_inspector   snapshot  s:610100
city_inspector   fetch     s:610100
city_inspector   set       s:610100
city_inspector   append    s:610100
city_inspector   sign      s:610100
city_inspector   void      s:610100
city_inspector   delete    s:610100
city_inspector   resolve   s:610100
city_inspector   custody   s:610100
city_inspector   photo     s:610100
city_inspector   resupply  s:610100
city_inspector   read      lib:610000
city_lead        read      s:610102
city_lead        release   s:610100
city_admin       release   s:610102
city_auditor     read      s:610102
city_auditor     custody   s:610102
city_author      set       lib:610100
province_statistics read   s:610102
member           read      x:secret
member           fetch     x:secret
member           ask       x:secret
excluded         set       s:610100
moved            set       s:610600
capped           read      s:610102
"""


def parsed(text: str) -> list[tuple[str, str, str]]:
    return [(words[0], words[1], words[2]) for words in (line.split() for line in text.strip().splitlines())]


class People:
    """Everybody of `ACTORS` with a device each, and a line and a photo in every feed."""

    def __init__(self, folder: Path, place: str | None) -> None:
        self.town = Town(folder, place).with_offices()
        self.lines: dict[str, SuppliedLine] = {}
        self.photos: dict[str, str] = {}
        registers = self.town.people.registers
        self.users = {name: self.town.person(*roles) for name, roles in ACTORS.items()}
        registers.exclude(self.users["excluded"], "x:secret", "works there")
        registers.grant(self.users["moved"], Standing(Role.INSPECTOR, "610100"))
        registers.end(self.users["moved"], Standing(Role.INSPECTOR, "610100"))
        registers.grant(self.users["tomorrow"], Standing(Role.LEAD, "610100"), from_ms=self.town.now_ms + DAY_MS)
        registers.grant(
            self.users["yesterday"], Standing(Role.LEAD, "610100"), from_ms=self.town.now_ms - DAY_MS,
            to_ms=self.town.now_ms - 1,
        )  # fmt: skip
        grants = {"capped": ("s:610102",)}
        self.boxes = {name: self.town.device(user, *grants.get(name, ())) for name, user in self.users.items()}
        registers.disable(self.users["disabled"])
        self.town.people.logins.open_device(self.boxes["disabled"].id, self.users["disabled"])
        for org in ("610000", "610100", "610102", "610103", "610600", "620100"):
            self._fill(f"s:{org}", (Role.INSPECTOR, org))
            self._fill(f"lib:{org}", (Role.AUTHOR, org))
        self._fill("x:secret", (Role.INSPECTOR, "x:secret"))
        self._fill("x:other", (Role.INSPECTOR, "x:other"))

    def _fill(self, feed: str, role: tuple[Role, str]) -> None:
        writer = self.town.box(role)
        line = writer.line(feed)
        writer.push(line)
        self.lines[feed] = SuppliedLine(writer.id, line.data.decode(), line.sig)
        self.photos[feed] = writer.put(feed, f"photo of {feed}".encode())

    def does(self, name: str, deed: str, feed: str) -> bool:
        """Try it and return whether it was done."""
        box = self.boxes[name]
        match deed:
            case "read":
                return feed in box.feeds()
            case "snapshot":
                return box.snapshot(feed)[0] == 200
            case "fetch":
                return box.get(self.photos[feed]) == 200
            case "ask":
                status, said = box.call("POST", "/v1/sizes", codec.dump(SizesRequest((self.photos[feed],))))
                return status == 200 and said["sizes"] != [-1]
            case "photo":
                return box.offer(feed, f"{name} {feed}".encode())[0] == 200
            case "resupply":
                body = codec.dump(ResupplyRequest(self.town.epoch, (self.lines[feed],)))
                return bool(box.call("POST", "/v1/resupply", body)[1]["known"])
            case "release":
                return self._releases(name, feed)
            case _:
                line = box.line(feed, Kind(deed))
                return self._ends_up(box, line.line.op, box.push(line)[line.line.op].status, feed)

    def _ends_up(self, box: Box, op: str, status: Status, feed: str) -> bool:
        if status is Status.QUARANTINED:
            assert op not in {one.subject for one in box.sync().receipts.entries if one.feed == feed}
            return False
        return True

    def _releases(self, name: str, feed: str) -> bool:
        stranger = self.town.box()
        line = stranger.line(feed)
        stranger.push(line)
        return self.town.quarantine.release(stranger.id, self.users[name]).released == 1


@pytest.fixture(scope="module", params=BOTH)
def people(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    made = People(tmp_path_factory.mktemp("never") / "town", bound(address(request)))
    yield made
    made.town.close()


def test_there_are_at_least_a_hundred_cases_and_no_two_alike() -> None:
    assert len(parsed(NEVER)) == len(set(parsed(NEVER))) >= 150


@pytest.mark.parametrize("actor", list(ACTORS))
def test_this_never_happens(people: People, actor: str) -> None:
    cases = [case for case in parsed(NEVER) if case[0] == actor]
    assert cases
    assert [case for case in cases if people.does(*case)] == []


def test_but_this_does(people: People) -> None:
    assert [case for case in parsed(CONTROLS) if not people.does(*case)] == []
