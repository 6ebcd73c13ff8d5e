"""A laptop believes no page that does not add up."""

import uuid
from dataclasses import replace

import pytest

from sync.client.engine import _open_page
from sync.client.errors import UnknownSigner
from sync.protocol import chain, feeds
from sync.protocol.chain import BadSignature, DeviceKey
from sync.protocol.feeds import PageDoesNotJoin
from sync.protocol.fold import Status
from sync.protocol.messages import (
    Cursor,
    FeedEntry,
    FeedPage,
    PullAnswer,
    PullRequest,
    ReceiptPage,
    ReceiptsRequest,
)
from tests.unit.sync.kit import ServerProcess


@pytest.fixture(scope="module")
def pulled(shared_server: ServerProcess) -> tuple[PullAnswer, ReceiptPage]:
    laptop = shared_server.laptop(f"s:{uuid.uuid4().hex[:12]}")
    for number in range(6):
        laptop.store.write("a", "r", x=number)
    laptop.sync()
    own = Cursor(feeds.receipts_feed(laptop.device))
    with laptop.door as door:
        pages = door.pull(PullRequest(laptop.me.epoch, ()))
        return pages, door.receipts(ReceiptsRequest(laptop.me.epoch, own))


def changed(page: FeedPage, at: int, entry: FeedEntry) -> FeedPage:
    return replace(page, entries=(*page.entries[:at], entry, *page.entries[at + 1 :]))


def test_an_honest_page_is_taken(pulled: tuple[PullAnswer, ReceiptPage]) -> None:
    answer, receipts = pulled
    page = answer.pages[0]
    opened = _open_page(Cursor(page.feed), page, answer.keys)
    assert (len(opened.lines), opened.after) == (6, Cursor(page.feed, 6, page.head_chain))
    assert feeds.check_receipts(Cursor(receipts.feed), receipts).seq == 6


def test_a_page_with_anything_changed_is_refused(pulled: tuple[PullAnswer, ReceiptPage]) -> None:
    answer, _ = pulled
    page = answer.pages[0]
    third = page.entries[2]
    wrong = [
        replace(page, entries=page.entries[:2] + page.entries[3:]),
        replace(page, entries=page.entries[1:]),
        replace(page, entries=(*page.entries, page.entries[-1])),
        changed(page, 2, page.entries[3]),
        changed(page, 2, replace(third, status=Status.CONFLICT)),
        changed(page, 2, replace(third, eff=third.eff + 1)),
        changed(page, 2, replace(third, chain="0" * 64)),
        replace(page, head_seq=3),
        replace(page, head_chain="0" * 64),
        replace(page, feed="s:other"),
    ]
    for one in wrong:
        with pytest.raises(PageDoesNotJoin):
            _open_page(Cursor(page.feed), one, answer.keys)
    with pytest.raises(PageDoesNotJoin):
        _open_page(Cursor(page.feed, 1, page.entries[0].chain), page, answer.keys)


def test_a_line_put_in_by_the_server_has_no_signature(pulled: tuple[PullAnswer, ReceiptPage]) -> None:
    answer, _ = pulled
    page = answer.pages[0]
    last = page.entries[-1]
    key = answer.keys[last.device]
    line = replace(chain.open_line(last.line.encode(), last.sig, key).line, author="somebody")
    forged = chain.seal(line, DeviceKey.from_seed(b"5" * 32))
    link = feeds.op_link(page.entries[-2].chain, line, last.eff, last.status)
    entry = replace(last, line=forged.data.decode(), sig=forged.sig, chain=link)
    with pytest.raises(BadSignature):
        _open_page(Cursor(page.feed), replace(changed(page, 5, entry), head_chain=link), answer.keys)
    with pytest.raises(UnknownSigner):
        _open_page(Cursor(page.feed), page, {})


def test_receipts_with_anything_changed_are_refused(pulled: tuple[PullAnswer, ReceiptPage]) -> None:
    _, page = pulled
    first = page.entries[0]
    for other in (replace(first, subject="x"), replace(first, status=Status.REJECTED), replace(first, seq=2)):
        with pytest.raises(PageDoesNotJoin):
            feeds.check_receipts(Cursor(page.feed), replace(page, entries=(other, *page.entries[1:])))
    with pytest.raises(PageDoesNotJoin):
        feeds.check_receipts(Cursor(page.feed), replace(page, entries=page.entries[1:]))
