"""Files go up together: announced in one request, each in one piece, receipted in one request."""

import hashlib
import http.client
import http.server
import random
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from sync.client.errors import Refused
from sync.client.http import ServerDoor
from sync.client.store import FileStatus, FileToSend, Step
from sync.protocol.files import MAX_OFFERS, FileOffer
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
    return FileOffer(**(given | changes))  # type: ignore[arg-type]


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
    wrong = offer_of(data, scope, sm3="0" * 64)
    offered(laptop, wrong)
    assert code_of(laptop, offer.sha256, len(data), data) == "blob.digest"


def test_a_file_found_right_under_one_sm3_gets_no_receipt_under_another(laptop: Laptop, scope: str) -> None:
    data = random.randbytes(MIB + 9)
    offer = offer_of(data, scope)
    offered(laptop, offer)
    laptop.door.put_file(offer.sha256, len(data), iter([data]))
    assert offered(laptop, offer_of(data, scope, sm3="0" * 64)) == [(False, (), "blob.digest")]
    assert offered(laptop, offer) == [(False, (0, 1), None)]


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
        until(lambda whole=whole: offered(laptop, offer) == [(False, tuple(range(whole, 6)), None)])  # type: ignore[misc]


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

