"""Laptops of one task meet directly: one opens a relay, the others visit it over real sockets; no server is near."""

import contextlib
import http.client
import json
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.bootstrap import Services
from app.core.errors import AppError
from app.core.ids import InspectionId, InstitutionId
from app.core.places import Institution, InstitutionKind
from app.core.progress import Cancelled, CancelToken, Progress
from app.core.relay import Met, RelayStatus
from app.services import relay_visit
from app.services.demo import cast
from sync.client.relay import HEADER_CODE, HEADER_OFFSET, HEADER_SIZE, ROOT
from sync.client.relay_shelf import Limits
from sync.protocol.errors import SyncError
from sync.protocol.packets import MAX_PACKET_BYTES, look
from tests.e2e.test_packets_on_site import Team, team
from tests.unit.services.desks import new_office, open_home, photo
from tests.unit.sync.kit import ROOT as KIT_ROOT
from tests.unit.sync.kit import ServerProcess

HERE = "127.0.0.1"
ITEMS = ("SGF-1.01", "SGF-1.02", "SGF-1.03", "SGF-2.01")


@pytest.fixture
def four(server: ServerProcess, tmp_path: Path) -> Iterator[Team]:
    with team(server, tmp_path, 4) as made:
        yield made


@pytest.fixture
def two(server: ServerProcess, tmp_path: Path) -> Iterator[Team]:
    with team(server, tmp_path, 2) as made:
        yield made


@dataclass
class Wire:
    """A line to the relay that breaks after so many bytes, again and again, and counts what passes."""

    port: int
    cuts: list[int]
    passed: int = 0
    broken: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server((HERE, 0)))

    @property
    def address(self) -> str:
        return f"{HERE}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                left = [self.cuts.pop(0)] if self.cuts else [1 << 60]
                try:
                    far = socket.create_connection((HERE, self.port))
                except OSError:
                    near.close()
                    continue
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(one, other, left), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, left: list[int]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                left[0] -= len(data)
                self.passed += len(data)
                if left[0] < 0:
                    self.broken += 1
                    break
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


class Crowd(contextlib.ExitStack):
    """So many connections that say nothing."""

    def __init__(self, relay: RelayStatus, count: int) -> None:
        super().__init__()
        for _ in range(count):
            self.enter_context(socket.create_connection((HERE, int(relay.addresses[0].rpartition(":")[2]))))


def opened(laptop: Services, **given: object) -> RelayStatus:
    return laptop.relay.open(host=HERE, port=0, **given)


def meet(laptop: Services, relay: RelayStatus, address: str = "", **given: object) -> Met:
    done: Met = laptop.relay.meet(address or relay.addresses[0], relay.code, **given).value
    assert [one.code for one in done.imported if one.code] == []
    return done


def film(seed: int, size: int) -> bytes:
    """Return a file that no compression makes smaller."""
    return b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + random.Random(seed).randbytes(size)


def write(made: Team) -> None:
    for who in range(len(made.laptops)):
        made.say(who, ITEMS[who], state="fail", detail=f"{who}号机所见")
        made.photo(who, f"照片{who}")


def assert_all_have_all(made: Team) -> None:
    count = len(made.laptops)
    photos = {photo(f"照片{who}") for who in range(count)}
    for who, laptop in enumerate(made.laptops):
        assert [made.given(who, item).detail for item in ITEMS[:count]] == [f"{number}号机所见" for number in range(count)]
        pieces = laptop.evidence.of(made.visit)
        assert len(pieces) == count
        assert {b"".join(laptop.evidence.original(one.id)) for one in pieces} == photos


def wait_for(happens: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_three_visit_the_fourth_twice_and_all_have_everything_and_later_all_are_equal(four: Team) -> None:
    write(four)
    relay = opened(four.laptops[0])
    for laptop in four.laptops[1:]:
        assert meet(laptop, relay).files == 1
    for laptop in four.laptops[1:]:
        assert meet(laptop, relay).files == 0
    assert_all_have_all(four)
    status = four.laptops[0].relay.status()
    assert status is not None
    assert [(one.files, one.problem, one.is_busy) for one in status.visitors] == [(1, "", False)] * 3
    assert [one.files_fetched for one in status.visitors] == [3, 3, 3]
    four.laptops[0].relay.close()
    assert not (four.laptops[0].profile.home / "relay" / "desk").exists()
    four.all_sync([2, 3, 1, 0])
    four.assert_equal()
    assert four.laptops[0].sync.conflicts() == ()
    assert_all_have_all(four)


def test_three_visit_at_once_and_stay_until_everybody_came(four: Team) -> None:
    write(four)
    told: list[object] = []
    forget = four.laptops[0].relay.listen(told.append)
    relay = opened(four.laptops[0])
    token, steps = CancelToken(), [[""], [""], [""]]
    with ThreadPoolExecutor(3) as pool:
        visits = [
            pool.submit(meet, four.laptops[who + 1], relay, report=_into(steps[who]), cancel=token, stay_s=60.0)
            for who in range(3)
        ]
        try:
            wait_for(
                lambda: all(_has_all(one, four.visit) for one in four.laptops)
                and all(one[-1] == "relay.stay" for one in steps), 60.0,
            )  # fmt: skip
        finally:
            token.cancel()
        assert all(one.result().relay for one in visits)
    assert len(told) == 3
    forget()
    assert_all_have_all(four)
    four.all_sync()
    four.assert_equal()


def test_a_file_that_is_there_is_not_sent_again_in_either_direction(two: Team) -> None:
    relay = opened(two.laptops[0])
    for who in range(2):
        two.laptops[who].evidence.take(two.visit, [(f"录像{who}.mp4", film(who, 300_000))])
    first = meet(two.laptops[1], relay)
    again = meet(two.laptops[1], relay)
    assert (first.files, sum(one.files for one in first.imported)) == (1, 1)
    assert (again.files, sum(one.files for one in again.imported)) == (0, 0)
    assert first.size_bytes > 300_000 > again.size_bytes
    two.laptops[1].evidence.take(two.visit, [("新录像.mp4", film(9, 100_000))])
    assert meet(two.laptops[1], relay).files == 1
    two.all_sync()
    two.assert_equal()
    assert len(two.laptops[0].evidence.of(two.visit)) == 3


def test_a_line_that_breaks_again_and_again_is_taken_up_where_it_broke(two: Team) -> None:
    for who in range(2):
        two.laptops[who].evidence.take(two.visit, [(f"录像{who}.mp4", film(who, 6_000_000))])
    relay = opened(two.laptops[0])
    port = int(relay.addresses[0].rpartition(":")[2])
    with Wire(port, [1_500_000, 900_000, 2_000_000, 3_000_000, 2_500_000, 1_000_000, 300_000]) as wire:
        done = meet(two.laptops[1], relay, wire.address)
    assert (done.files, sum(one.files for one in done.imported)) == (1, 1)
    assert wire.broken >= 5
    assert wire.passed < 2 * 6_000_000 * 1.25  # what came through was not sent again
    two.all_sync()
    two.assert_equal()


def test_a_visit_that_was_stopped_goes_on_in_the_next_one(two: Team) -> None:
    for who in range(2):
        two.laptops[who].evidence.take(two.visit, [(f"录像{who}.mp4", film(who, 9_000_000))])
    relay = opened(two.laptops[0])
    seen: list[Progress] = []
    for step in ("relay.send", "relay.fetch"):
        token = CancelToken()

        def stop(one: Progress, step: str = step, token: CancelToken = token) -> None:
            seen.append(one)
            if one.what == step and one.done > 4_000_000 and one.total > 9_000_000:
                token.cancel()

        with pytest.raises(Cancelled):
            meet(two.laptops[1], relay, report=stop, cancel=token)
    meet(two.laptops[1], relay, report=seen.append)
    for step in ("relay.send", "relay.fetch"):
        large = [one.done for one in seen if one.what == step and one.total > 9_000_000]
        assert large == sorted(large)  # nothing went twice
        assert large[-1] > 9_000_000
        assert len({one.total for one in seen if one.what == step and one.total > 9_000_000}) == 1
    two.all_sync()
    two.assert_equal()
    for laptop in two.laptops:
        assert len(laptop.evidence.of(two.visit)) == 2
        assert laptop.sync.status().files_absent == 0


def test_a_relay_that_closes_in_mid_transfer_leaves_both_whole_and_the_next_one_brings_the_rest(
    two: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_visit, "PAUSES_S", (0.1, 0.1))
    write(two)
    for who in range(2):
        two.laptops[who].evidence.take(two.visit, [(f"录像{who}.mp4", film(who, 9_000_000))])
    relay = opened(two.laptops[0])

    def close(one: Progress) -> None:
        if one.what == "relay.send" and one.done > 4_000_000 and two.laptops[0].relay.status() is not None:
            two.laptops[0].vault.lock()

    with pytest.raises(AppError, match=r"relay\.unreachable") as caught:
        meet(two.laptops[1], relay, report=close)
    assert caught.value.retryable
    assert two.laptops[0].relay.status() is None
    two.laptops[0].vault.unlock(cast.SECRET)
    assert two.laptops[0].relay.status() is None  # unlocking opens nothing
    assert len(two.laptops[0].evidence.of(two.visit)) == 2
    second = opened(two.laptops[0])
    assert second.code != relay.code
    meet(two.laptops[1], second)
    for laptop in two.laptops:
        assert len(laptop.evidence.of(two.visit)) == 4
    two.all_sync()
    two.assert_equal()


def test_a_relay_that_is_locked_while_it_takes_something_in_is_whole_afterwards(
    two: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_visit, "PAUSES_S", (0.1, 0.1))
    write(two)
    for who in range(2):
        two.laptops[who].evidence.take(two.visit, [(f"录像{who}.mp4", film(who, 8_000_000))])
    relay = opened(two.laptops[0])
    asked: list[Progress] = []

    def lock(one: Progress) -> None:
        if one.what == "relay.wait" and not asked:
            asked.append(one)
            two.laptops[0].vault.lock()

    with pytest.raises(AppError, match=r"relay\.unreachable"):
        meet(two.laptops[1], relay, report=lock)
    two.laptops[0].vault.unlock(cast.SECRET)
    assert all(one.ok for one in two.laptops[0].doctor.run())
    meet(two.laptops[1], opened(two.laptops[0]))
    for laptop in two.laptops:
        assert len(laptop.evidence.of(two.visit)) == 4
    two.all_sync()
    two.assert_equal()


def test_a_visit_may_be_stopped_at_any_step(two: Team) -> None:
    write(two)
    relay = opened(two.laptops[0])
    for step in ("packet.write", "relay.send", "relay.wait", "relay.fetch", "packet.read"):
        token, seen = CancelToken(), set()

        def stop(one: Progress, step: str = step, token: CancelToken = token, seen: set[str] = seen) -> None:
            seen.add(one.what)
            if one.what == step:
                token.cancel()

        with contextlib.suppress(Cancelled):
            meet(two.laptops[1], relay, report=stop, cancel=token)
        assert step in seen
    meet(two.laptops[1], relay)
    assert_all_have_all(two)
    two.all_sync()
    two.assert_equal()


def test_large_volumes_go_in_several_packets(two: Team) -> None:
    for number in range(5):
        two.laptops[number % 2].evidence.take(two.visit, [(f"录像{number}.mp4", film(number, 4_000_000))])
    relay = opened(two.laptops[0], volume_bytes=9 << 20)
    done = meet(two.laptops[1], relay, volume_bytes=5 << 20)
    assert (done.files, len(done.imported), sum(one.files for one in done.imported)) == (2, 2, 3)
    assert len(two.laptops[0].evidence.of(two.visit)) == 5
    assert len(two.laptops[1].evidence.of(two.visit)) == 5
    two.all_sync()
    two.assert_equal()


def test_who_has_the_wrong_code_or_is_nobody_of_the_team_gets_nothing(two: Team, tmp_path: Path) -> None:
    relay = opened(two.laptops[0])
    wrong = "2" * 8 if relay.code != "2" * 8 else "3" * 8
    with pytest.raises(SyncError, match=r"relay\.code"):
        two.laptops[1].relay.meet(relay.addresses[0], wrong)
    with pytest.raises(AppError, match=r"relay\.self"):
        two.laptops[0].relay.meet(relay.addresses[0], relay.code)
    with pytest.raises(SyncError, match=r"relay\.address"):
        two.laptops[1].relay.meet("https://example.org/", relay.code)
    stranger = new_office(tmp_path / "stranger", code="9999")
    try:
        with pytest.raises(AppError, match=r"relay\.unknown_host"):
            stranger.relay.meet(relay.addresses[0], relay.code)
        stranger.packets.add_mate(two.laptops[0].packets.card_text())
        with pytest.raises(SyncError, match=r"relay\.unknown_guest"):
            stranger.relay.meet(relay.addresses[0], relay.code)
    finally:
        stranger.close()
    status = two.laptops[0].relay.status()
    assert status is not None
    assert status.visitors == ()
    spoken = f" {relay.code[:4].lower()}－{relay.code[4:]} "
    two.laptops[1].relay.meet(relay.addresses[0].replace(":", "："), spoken)
    two.laptops[1].relay.meet(relay.invitation, "")


def test_a_relay_is_busy_while_something_is_on_the_line_and_rests_afterwards(two: Team) -> None:
    laptop = two.laptops[0]
    relay = opened(laptop)

    def is_busy() -> bool:
        now = laptop.relay.status()
        return now is not None and now.is_busy

    assert not is_busy()
    line = http.client.HTTPConnection(relay.addresses[0], timeout=10)
    line.putrequest("PUT", f"{ROOT}/parts/{'a' * 64}")
    for name, value in ((HEADER_CODE, relay.code), (HEADER_SIZE, "5000"), (HEADER_OFFSET, "0"), ("Content-Length", "5000")):
        line.putheader(name, value)
    line.endheaders(b"x" * 100)
    wait_for(is_busy)
    line.close()
    wait_for(lambda: not is_busy())
    laptop.relay.rest(CancelToken())  # comes back by itself


def test_a_relay_closes_by_itself_and_when_the_office_is_locked(two: Team) -> None:
    laptop = two.laptops[0]
    relay = opened(laptop, minutes=0.02)
    assert _asks(relay, "GET", ROOT) == 200
    wait_for(lambda: laptop.relay.status() is None)
    wait_for(lambda: _asks(relay, "GET", ROOT) == 0)
    relay = opened(laptop)
    assert opened(laptop) == relay  # opening once more changes nothing
    laptop.vault.lock()
    assert _asks(relay, "GET", ROOT) == 0
    with pytest.raises(AppError, match=r"vault\.locked"):
        opened(laptop)
    laptop.vault.unlock(cast.SECRET)
    laptop.relay.close()
    laptop.relay.close()


def test_hostile_requests_are_refused_and_nothing_else_of_the_laptop_is_reached(two: Team) -> None:
    laptop = two.laptops[0]
    (laptop.profile.home / "relay").mkdir(exist_ok=True)
    before = {path for path in laptop.profile.home.rglob("*") if path.is_file()}
    relay = opened(laptop, limits=Limits(packets=2, total_bytes=1 << 20))
    digest = "a" * 64
    parts, packets = f"{ROOT}/parts/", f"{ROOT}/packets/"
    for path in (
        "/", "/etc/passwd", f"{ROOT}/", f"{packets}../../yanfang.db", f"{packets}..%2f..%2fyanfang.db", f"{packets}yanfang.db",
        packets + digest.upper(), packets + digest + ".part", f"{ROOT}/waiting/../../x", f"{ROOT}/waiting/" + "x" * 4000,
        packets + digest, f"http://example.org{ROOT}",
    ):  # fmt: skip
        assert _asks(relay, "GET", path) in (400, 404), path
    for method in ("DELETE", "OPTIONS", "CONNECT", "MOVE"):
        assert _asks(relay, method, ROOT) in (404, 501)
    for body in (b"", b"{}", b"\x28\xb5\x2f\xfd" * 50, random.Random(1).randbytes(5000)):
        assert _asks(relay, "POST", f"{ROOT}/have", body) == 400
    assert _asks(relay, "POST", f"{ROOT}/ask/nobody") == 409
    for size, offset, length, status in (
        (MAX_PACKET_BYTES + 1, 0, None, 400), (5000, 4000, None, 409), (5000, -1, None, 400), (5, 0, None, 400),
        (5000, 0, str(5 << 20), 400), (5000, 0, "-1", 400), (5000, 0, "9" * 40, 400), (2 << 20, 0, None, 507),
    ):  # fmt: skip
        given = {HEADER_SIZE: str(size), HEADER_OFFSET: str(offset)} | ({"Content-Length": length} if length else {})
        assert _asks(relay, "PUT", parts + digest, b"x" * 100, given) == status, (size, offset, length)
    junk = {HEADER_SIZE: "5000", HEADER_OFFSET: "0"}
    assert _asks(relay, "PUT", parts + "b" * 64, b"MZ" * 2500, junk) == 400  # packet.not_one
    for name in "cd":
        assert _asks(relay, "PUT", parts + name * 64, b"x" * 100, junk) in (200, 507)
    assert _asks(relay, "PUT", parts + "e" * 64, b"x" * 100, junk) == 507  # no more packets at a time
    for method, path in (("GET", packets + digest), ("PUT", parts + digest)):
        assert _asks(relay, method, path, b"x", {HEADER_CODE: "wrong"}) == 403
    assert _asks(relay, "GET", ROOT) == 200
    with Crowd(relay, 40):
        assert _asks(relay, "GET", ROOT) in (0, 200)
    wait_for(lambda: _asks(relay, "GET", ROOT) == 200)
    laptop.relay.close()
    after = {path for path in laptop.profile.home.rglob("*") if path.is_file()}
    assert {one for one in after - before if "relay" in one.parts} == set()
    write(two)
    meet(two.laptops[1], opened(laptop))
    assert len(laptop.evidence.of(two.visit)) == 2


def test_a_stranger_who_hears_the_code_can_place_nothing(two: Team, tmp_path: Path) -> None:
    relay = opened(two.laptops[0])
    stranger = new_office(tmp_path / "stranger", code="9999")
    try:
        stranger.packets.add_mate(two.laptops[0].packets.card_text())
        (path,) = stranger.packets.export_to_mate(two.laptops[0].packets.card().device, tmp_path / "s").value.paths
        data, digest = path.read_bytes(), look(path).digest
        sized = {HEADER_SIZE: str(len(data)), HEADER_OFFSET: "0"}
        assert _asks(relay, "PUT", f"{ROOT}/parts/{digest}", data, sized) == 200
        in_ = two.laptops[0].profile.home / "relay" / "desk" / "in"
        wait_for(lambda: not any(in_.iterdir()))
    finally:
        stranger.close()
    status = two.laptops[0].relay.status()
    assert status is not None
    assert status.visitors == ()
    assert two.laptops[0].packets.status().unconfirmed == 0


def test_two_commands_at_two_keyboards_meet(tmp_path: Path) -> None:
    homes = [tmp_path / "one", tmp_path / "two"]
    offices = [new_office(home, code="3304") for home in homes]
    for laptop, mate in zip(offices, reversed(offices), strict=True):
        laptop.packets.add_mate(mate.packets.card_text())
        laptop.institutions.save(Institution(InstitutionId(""), f"{laptop.profile.home.name}号药房（演练）", InstitutionKind.PHARMACY))
    for laptop in offices:
        laptop.close()
    relay = _command(homes[0], "relay", "--minutes", "5", "--host", HERE, "--port", "0")
    try:
        assert relay.stdout is not None
        shown = json.loads(relay.stdout.readline())
        visit = _command(homes[1], "meet", shown["addresses"][0], shown["code"])
        said, wrong = visit.communicate(timeout=60)
        assert visit.returncode == 0, wrong
        met = json.loads(said)
        assert met["lines"] > 0
        assert met["imported"][0]["lines"] > 0
        refused = _command(homes[1], "meet", shown["addresses"][0], "22222222")
        assert "配对码" in refused.communicate(timeout=60)[1]
        assert refused.returncode == 1
    finally:
        relay.send_signal(signal.SIGINT)
        said, wrong = relay.communicate(timeout=60)
    assert relay.returncode == 0, wrong
    assert json.loads(said)["visitors"][0]["lines"] > 0
    for home in homes:
        laptop = open_home(home)
        laptop.vault.unlock(cast.SECRET)
        assert {one.name for one in laptop.institutions.find("药房")} >= {"one号药房（演练）", "two号药房（演练）"}
        laptop.close()


def _command(home: Path, *words: str) -> subprocess.Popen[str]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background hands on that it is ignored
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "app", "packet", *words, "--home", str(home), "--json"], cwd=KIT_ROOT, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={
                "PATH": "", "YANFANG_PIN": cast.SECRET, "YANFANG_NO_KEYRING": "1", "QT_QPA_PLATFORM": "offscreen",
                "HOME": str(home.parent),
            },
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, before)


def _asks(relay: RelayStatus, method: str, path: str, body: bytes = b"", given: dict[str, str] | None = None) -> int:
    """Return the status of one raw request, 0 where nobody listens."""
    line = http.client.HTTPConnection(relay.addresses[0], timeout=10)
    try:
        line.putrequest(method, path, skip_accept_encoding=True)
        headers = {HEADER_CODE: relay.code, "Content-Length": str(len(body))} | (given or {})
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders(body)
        return line.getresponse().status
    except OSError:
        return 0
    finally:
        line.close()


def _has_all(laptop: Services, visit: InspectionId) -> bool:
    return len(laptop.evidence.of(visit)) == 4 and laptop.sync.status().files_absent == 0


def _into(steps: list[str]) -> Callable[[Progress], None]:
    return lambda one: steps.append(one.what)
