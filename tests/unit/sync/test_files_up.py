"""Files go up together: announced in one request, each in one piece, receipted in one request."""

import hashlib
import http.client
import http.server
import random
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest

from sync.client.errors import Refused
from sync.client.http import ServerDoor
from sync.client.store import FileStatus, FileToSend, FileWanted, Step
from sync.protocol.files import (
    MAX_ASKED,
    MAX_BUNDLED,
    MAX_OFFERS,
    SMALL_BYTES,
    FileOffer,
    OffersRequest,
    bundled,
)
from sync.server.ops import doctor, sm3
from tests.unit.sync.kit import Laptop, ServerProcess, raw, sm3_of, until

MIB = 1 << 20


@pytest.fixture
def scope() -> str:
    return f"s:{uuid.uuid4().hex[:12]}"


@pytest.fixture
def laptop(shared_server: ServerProcess, scope: str) -> Iterator[Laptop]:
    made = shared_server.laptop(scope)
    yield made
    made.door.close()


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def offer_of(data: bytes, scope: str, **changes: object) -> FileOffer:
    given = {"sha256": name_of(data), "scope": scope, "size": len(data), "mime": "image/jpeg", "sm3": sm3_of(data)}
    return FileOffer(**(given | changes))


def offered(laptop: Laptop, *offers: FileOffer) -> list[tuple[bool, tuple[int, ...], str | None]]:
    return [(one.complete, one.missing, one.problem and one.problem.code) for one in laptop.door.offers(offers)]


def code_of(laptop: Laptop, name: str, size: int, *pieces: bytes) -> str:
    with pytest.raises(Refused) as refused:
        laptop.door.put_file(name, size, iter(pieces))
    return refused.value.code


def test_what_is_all_there_gets_its_receipt_when_it_is_announced_again_and_only_one(laptop: Laptop, scope: str) -> None:
    data = random.randbytes(2 * MIB + 5)
    offer = offer_of(data, scope)
    assert offered(laptop, offer) == [(False, (0, 1, 2), None)]
    laptop.door.put_file(offer.sha256, len(data), iter([data[:7], data[7:]]))
    for _ in range(3):
        assert offered(laptop, offer) == [(True, (), None)]
    laptop.store.files[offer.sha256] = FileToSend(offer.sha256, offer.sm3, offer.size, offer.mime, scope)
    assert laptop.sync().receipts == 1
    assert laptop.store.file_receipts == {offer.sha256}


def test_a_file_sent_twice_before_its_receipt_is_one_file(laptop: Laptop, scope: str) -> None:
    data = random.randbytes(MIB + 1)
    offer = offer_of(data, scope)
    offered(laptop, offer)
    for _ in range(2):
        laptop.door.put_file(offer.sha256, len(data), iter([data]))
    laptop.door.put_chunk(offer.sha256, 1, data[MIB:])
    assert offered(laptop, offer) == [(True, (), None)]
    with laptop.door.fetch(offer.sha256, 0) as pieces:
        assert b"".join(pieces) == data


def test_a_file_that_is_no_one_s_business_or_of_another_length_is_refused(laptop: Laptop, scope: str) -> None:
    data = random.randbytes(1000)
    offer = offer_of(data, scope)
    assert code_of(laptop, offer.sha256, 1000, data) == "blob.chunk"
    offered(laptop, offer)
    assert code_of(laptop, offer.sha256, 1001, data, b"x") == "blob.chunk"
    assert code_of(laptop, offer.sha256, 999, data[:999]) == "blob.chunk"
    assert offered(laptop, offer) == [(False, (0,), None)]
    _, said = raw(laptop, "PUT", f"/v1/blobs/{offer.sha256}", b"other bytes than the name says")
    assert said["code"] == "body.digest"


def test_other_bytes_than_the_name_says_leave_nothing_behind(laptop: Laptop, scope: str) -> None:
    data = random.randbytes(3 * MIB)
    offer = offer_of(data, scope)
    offered(laptop, offer)
    assert code_of(laptop, offer.sha256, len(data), data[:-1], b"\0" if data[-1] else b"\1") == "blob.digest"
    assert offered(laptop, offer) == [(False, (0, 1, 2), None)]


def test_right_bytes_are_kept_whatever_sm3_their_record_says_and_the_server_finds_out_by_itself(
    server: ServerProcess, scope: str
) -> None:
    laptop = server.laptop(scope)
    files = [random.randbytes(MIB + number) for number in range(4)]
    right, wrong, twice, unsaid = (
        offer_of(files[0], scope), offer_of(files[1], scope, sm3="0" * 64), offer_of(files[2], scope),
        offer_of(files[3], scope, sm3=""),
    )  # fmt: skip
    offered(laptop, right, wrong, twice, unsaid)
    for data in files:
        laptop.door.put_file(name_of(data), len(data), iter([data]))
    assert offered(laptop, right, wrong, twice, unsaid) == [(True, (), None)] * 4
    assert offered(laptop, offer_of(files[2], scope, sm3="1" * 64)) == [(True, (), None)]  # another record says another
    office = server.office()
    held = b"".join(office.blobs.store.read(wrong.sha256))
    office.blobs.store.put(wrong.sha256, iter((b"damaged",)))  # bytes at fault say nothing about the record
    assert sm3.compare(office) == ()
    office.blobs.store.put(wrong.sha256, iter((held,)))
    assert sm3.compare(office) == (wrong.sha256,)
    assert sm3.compare(office) == ()  # once is enough
    assert offered(laptop, replace(unsaid, sm3="2" * 64)) == [(True, (), None)]
    assert sm3.compare(office) == (unsaid.sha256,)
    found = {one.params["sha256"] for one in doctor.examine(office).findings if one.code == "doctor.file_sm3"}
    assert found == {wrong.sha256, twice.sha256, unsaid.sha256}
    office.database.close()
    with laptop.door.fetch(wrong.sha256, 0) as pieces:
        assert b"".join(pieces) == files[1]
    laptop.door.close()


def small_answers(laptop: Laptop, offers: Iterable[FileOffer], contents: Iterable[bytes]) -> list[str | None]:
    return [one.problem.code if one.problem else None for one in laptop.door.put_small(list(offers), list(contents))]


def test_small_files_travel_together_and_each_is_answered_by_itself(laptop: Laptop, scope: str) -> None:
    files = [random.randbytes(size) for size in (0, 1, 30_000)]
    right = [offer_of(data, scope) for data in files]
    elsewhere, other = offer_of(b"elsewhere", "s:no-business"), offer_of(b"what was said", scope)
    said = small_answers(laptop, [*right, elsewhere, other], [*files, b"elsewhere", b"what was sent"])
    assert said == [None, None, None, "feed.forbidden", "blob.digest"]
    laptop.store.files = {one.sha256: FileToSend(one.sha256, one.sm3, one.size, one.mime, scope) for one in right}
    assert laptop.sync().receipts == 3
    assert small_answers(laptop, right, files) == [None] * 3
    assert laptop.sync().receipts == 0
    names = [one.sha256 for one in (other, *right, elsewhere)]
    assert laptop.door.fetch_small(names) == (None, *files, None)


def test_who_knows_a_digest_gets_no_receipt_for_other_bytes(shared_server: ServerProcess, laptop: Laptop, scope: str) -> None:
    data = random.randbytes(1000)
    small_answers(laptop, [offer_of(data, scope)], [data])
    stranger = shared_server.laptop(f"{scope}-b")
    mine = offer_of(data, f"{scope}-b")
    assert small_answers(stranger, [mine], [b"x" * 1000]) == ["blob.digest"]
    assert stranger.door.fetch_small([mine.sha256]) == (None,)
    assert small_answers(stranger, [mine], [data]) == [None]
    assert stranger.door.fetch_small([mine.sha256]) == (data,)
    stranger.door.close()


def test_one_question_tells_of_many_files_which_are_there_and_for_whom(
    shared_server: ServerProcess, laptop: Laptop, scope: str
) -> None:
    files = [random.randbytes(size) for size in (0, 10, SMALL_BYTES + 1)]
    small_answers(laptop, [offer_of(one, scope) for one in files], files)
    names = [name_of(one) for one in files]
    others = [name_of(b"never sent"), "../../x", "\0", "", *("0" * 64 for _ in range(MAX_ASKED - 7))]
    assert laptop.door.sizes([*names, *others]) == (0, 10, SMALL_BYTES + 1, *(-1 for _ in others))
    assert laptop.door.sizes([]) == ()
    with pytest.raises(Refused) as refused:
        laptop.door.sizes([*names, *others, names[0]])
    assert refused.value.code == "body.too_large"
    stranger = shared_server.laptop(f"{scope}-b")
    assert stranger.door.sizes(names) == (-1, -1, -1)
    stranger.door.close()


def test_500_files_that_nobody_sent_yet_cost_one_request_and_stop_no_other(laptop: Laptop, scope: str) -> None:
    there = [random.randbytes(size) for size in (100, SMALL_BYTES + 1)]
    small_answers(laptop, [offer_of(one, scope) for one in there], there)
    missing = [name_of(f"of a colleague {number}".encode()) for number in range(500)]
    sizes = (1000, SMALL_BYTES + 1000)
    wanted = [FileWanted(name, sizes[number % 2], is_spare=number % 5 == 0) for number, name in enumerate(missing)]
    wanted += [FileWanted(name_of(one), len(one)) for one in there]
    laptop.store.wanted = {one.sha256: one for one in wanted}
    asked: list[str] = []
    carry = laptop.door._carry

    def counted(method: str, target: str, *given: Any, **more: Any) -> bytes:
        asked.append(target)
        return carry(method, target, *given, **more)

    with mock.patch.object(type(laptop.door), "_carry", side_effect=counted):
        result = laptop.sync()
    assert asked == ["/v1/hello", "/v1/sync", "/v1/sizes", "/v1/bundles"]  # and the file that is not small, in a stream
    assert (result.files_fetched, result.failure) == (2, None)
    assert {one.params["sha256"] for one in result.file_failures} == {one.sha256 for one in wanted[:500] if not one.is_spare}
    assert {(one.code, one.retryable) for one in result.file_failures} == {("blob.unknown", False)}
    assert sorted(laptop.vault.kept.values()) == sorted(there)


def test_what_does_not_fit_into_one_answer_is_asked_for_by_itself(laptop: Laptop, scope: str) -> None:
    files = [random.randbytes(SMALL_BYTES) for _ in range(MAX_BUNDLED // SMALL_BYTES)]
    last, long = random.randbytes(1), random.randbytes(SMALL_BYTES + 1)
    small_answers(laptop, [offer_of(one, scope) for one in files], files)
    small_answers(laptop, [offer_of(one, scope) for one in (last, long)], [last, long])
    assert laptop.door.fetch_small([name_of(one) for one in (*files, last)]) == (*files, None)
    assert laptop.door.fetch_small([name_of(one) for one in (long, last)]) == (None, last)


@pytest.mark.parametrize(
    "spoil",
    [lambda body: body[:-1], lambda body: body + b"x", lambda body: body.replace(b"\n", b" "), lambda body: b"\n" + body],
)
def test_a_bundle_that_does_not_add_up_is_refused_whole(laptop: Laptop, scope: str, spoil: Callable[[bytes], bytes]) -> None:
    data = b"some bytes of a file"
    body = spoil(bundled(OffersRequest((offer_of(data, scope),)), [data]))
    status, said = raw(laptop, "PUT", "/v1/bundles", body)
    assert (status, said["code"]) == (422, "message.invalid")
    assert laptop.door.fetch_small([name_of(data)]) == (None,)


def test_what_one_device_sent_gives_no_other_a_receipt(shared_server: ServerProcess, laptop: Laptop, scope: str) -> None:
    data = random.randbytes(MIB + 3)
    offered(laptop, offer_of(data, scope))
    laptop.door.put_file(name_of(data), len(data), iter([data]))
    stranger = shared_server.laptop(f"{scope}-b")
    mine = offer_of(data, f"{scope}-b")
    assert offered(stranger, mine) == [(False, (0, 1), None)]
    assert offered(laptop, offer_of(data, scope)) == [(True, (), None)]
    assert offered(stranger, mine) == [(False, (0, 1), None)]
    stranger.door.close()


def test_one_bad_announcement_stops_no_other(laptop: Laptop, scope: str) -> None:
    good = [random.randbytes(10) for _ in range(3)]
    states = offered(
        laptop, offer_of(good[0], scope), offer_of(b"a", "s:of-others"), offer_of(b"b", scope, mime="text html"),
        offer_of(good[1], scope), offer_of(b"c", scope, size=1 << 60), offer_of(b"d", scope, sha256="../../x"),
        offer_of(good[2], scope),
    )  # fmt: skip
    fine = (False, (0,), None)
    refused = [(False, (), code) for code in ("feed.forbidden", "blob.offer", "blob.offer", "blob.offer")]
    assert states == [fine, *refused[:2], fine, *refused[2:], fine]


def test_a_request_announces_so_many_and_no_more(laptop: Laptop, scope: str) -> None:
    offers = [offer_of(random.randbytes(10), scope) for _ in range(MAX_OFFERS + 1)]
    assert len(laptop.door.offers(offers[:-1])) == MAX_OFFERS
    with pytest.raises(Refused) as refused:
        laptop.door.offers(offers)
    assert refused.value.code == "body.too_large"
    assert laptop.door.offers([]) == ()


def test_a_broken_line_costs_at_most_the_chunk_under_way(laptop: Laptop, scope: str) -> None:
    data = random.randbytes(6 * MIB)
    offer = offer_of(data, scope)
    for sent in (MIB - 1, 2 * MIB, 4 * MIB + 17):

        def cut(sent: int = sent) -> Iterator[bytes]:
            yield data[:sent]
            raise KeyboardInterrupt

        offered(laptop, offer)
        with pytest.raises(KeyboardInterrupt):
            laptop.door.put_file(offer.sha256, len(data), cut())
        whole = sent // MIB
        until(lambda whole=whole: offered(laptop, offer) == [(False, tuple(range(whole, 6)), None)])


def test_many_files_go_by_two_streams_in_their_order(laptop: Laptop) -> None:
    laptop.door.streams = 2
    names = [laptop.photo(random.randbytes(size)) for size in (10, 3 * MIB, 0, MIB, 70_000, 2 * MIB + 1, 1, 5)]
    steps: list[Step] = []
    result = laptop.sync(progress=steps.append)
    assert (result.files_sent, result.file_failures) == (8, ())
    assert laptop.store.file_receipts == set(names)
    assert steps[-1].name == "done"


@pytest.mark.parametrize("streams", [1, 2])
def test_files_that_fail_stop_none_of_the_others(laptop: Laptop, streams: int) -> None:
    laptop.door.streams = streams
    names = [laptop.photo(random.randbytes(300_000)) for _ in range(9)]
    laptop.vault.kept[names[1]] = b"x" * 300_000
    del laptop.vault.kept[names[4]]
    laptop.vault.kept[names[7]] = laptop.vault.kept[names[7]][:-1]
    result = laptop.sync()
    assert sorted(one.code for one in result.file_failures) == ["blob.damaged", "blob.damaged", "blob.missing"]
    states = [laptop.store.file_states[name] for name in names]
    assert states.count(FileStatus.REMOTE) == 6
    assert [states[place] for place in (1, 4, 7)] == [FileStatus.DAMAGED, FileStatus.MISSING, FileStatus.DAMAGED]


class Garbling(ServerDoor):
    """The line changes a byte of each file that goes over it."""

    def put_file(self, sha256: str, size: int, pieces: Iterable[bytes]) -> None:
        super().put_file(sha256, size, (bytes([piece[0] ^ 1]) + piece[1:] for piece in pieces))


def test_bytes_that_changed_on_the_way_are_sent_again_and_the_file_here_is_not_called_damaged(laptop: Laptop) -> None:
    name, good = laptop.photo(random.randbytes(2 * MIB)), laptop.door
    laptop.door = Garbling(good.url, good.wall_ms, good.new_id, good.credentials)
    result = laptop.sync()
    assert [(one.code, one.params["sha256"]) for one in result.file_failures] == [("blob.digest", name)]
    assert name not in laptop.store.file_states
    laptop.door = good
    assert laptop.sync().is_complete
    assert laptop.store.file_states[name] is FileStatus.REMOTE


def test_a_run_stopped_in_the_middle_stops_both_streams(laptop: Laptop) -> None:
    laptop.door.streams = 2
    for _ in range(6):
        laptop.photo(random.randbytes(2 * MIB))
    seen: list[Step] = []
    result = laptop.sync(progress=seen.append, is_cancelled=lambda: len(seen) > 14)
    assert result.is_cancelled
    assert not any(one.name.startswith("yf-sync-file") for one in threading.enumerate())
    assert laptop.sync().is_complete


@contextmanager
def narrow_proxy(url: str, most: int) -> Iterator[str]:
    """Pass requests on to a server, as an office's proxy does that lets no large body through."""
    netloc = urlsplit(url).netloc

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            if length > most:
                self.send_response(413)
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                self.rfile.read(length)
                return
            link = http.client.HTTPConnection(netloc, timeout=20)
            link.request(self.command, self.path, self.rfile.read(length), dict(self.headers))
            answer = link.getresponse()
            data = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                    self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            link.close()

        do_GET = do_POST = do_PUT = _pass

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}"
    finally:
        proxy.shutdown()
        proxy.server_close()


def test_where_a_proxy_lets_no_large_body_pass_files_go_chunk_by_chunk(
    shared_server: ServerProcess, laptop: Laptop
) -> None:
    names = {laptop.photo(random.randbytes(size)) for size in (3 * MIB, 2 * MIB + 7, 900)}
    laptop.door.close()
    with narrow_proxy(shared_server.url, MIB) as url:
        laptop.door.url = url
        assert laptop.sync().is_complete
        laptop.door.close()
    assert laptop.store.file_receipts == names

