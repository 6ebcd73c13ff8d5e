"""A laptop believes no page that does not add up."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sync.client.errors import UnknownSigner
from sync.client.pages import open_entries, open_page
from sync.client.runs import attempted
from sync.client.store import PulledPage
from sync.protocol import chain, feeds, lines
from sync.protocol.chain import BadSignature, DeviceKey, SignedLine
from sync.protocol.feeds import PageDoesNotJoin
from sync.protocol.fold import Status, Verdict
from sync.protocol.lines import BadLine
from sync.protocol.linked import whole_entries
from sync.protocol.messages import Cursor, FeedEntry, FeedPage, ReceiptPage, SyncAnswer, SyncRequest
from tests.unit.sync.kit import ServerProcess


@pytest.fixture(scope="module")
def pulled(shared_server: ServerProcess) -> tuple[SyncAnswer, ReceiptPage]:
    laptop = shared_server.laptop(f"s:{uuid.uuid4().hex[:12]}")
    for number in range(6):
        laptop.store.write("a", "r", x=number)
    laptop.sync()
    with laptop.door as door:
        answer = door.sync(SyncRequest(laptop.me.epoch, (), own=True))
        return answer, answer.receipts


def no_own(op: str, count: int) -> Sequence[SignedLine]:
    return ()


def opened(before: Cursor, page: FeedPage, answer: SyncAnswer) -> PulledPage:
    return open_page(before, page, attempted(lambda: open_entries(page.entries, answer.keys)), "", no_own)


def changed(page: FeedPage, at: int, entry: FeedEntry) -> FeedPage:
    return replace(page, entries=(*page.entries[:at], entry, *page.entries[at + 1 :]))


def test_an_honest_page_is_taken(pulled: tuple[SyncAnswer, ReceiptPage]) -> None:
    answer, receipts = pulled
    page = answer.pages[0]
    taken = opened(Cursor(page.feed), page, answer)
    assert (len(taken.lines), taken.after) == (6, Cursor(page.feed, 6, page.chain))
    assert feeds.check_receipts(Cursor(receipts.feed), receipts).seq == 6


def whole(answer: SyncAnswer) -> FeedPage:
    page = answer.pages[0]
    return replace(page, entries=whole_entries(page.entries))


def test_a_line_that_left_out_another_one_than_the_one_before_it_is_signed_for_that_one(
    pulled: tuple[SyncAnswer, ReceiptPage],
) -> None:
    answer, _ = pulled
    page = answer.pages[0]
    lines_whole = [one.line for one in whole(answer).entries]
    assert [len(given.line) for given in page.entries] == [len(lines_whole[0]), *(len(one) - 64 for one in lines_whole[1:])]
    with pytest.raises(BadSignature):
        opened(Cursor(page.feed), replace(page, entries=page.entries[:2] + page.entries[3:]), answer)
    with pytest.raises(BadLine):
        opened(Cursor(page.feed), replace(page, entries=page.entries[1:]), answer)


def test_a_page_with_anything_changed_is_refused(pulled: tuple[SyncAnswer, ReceiptPage]) -> None:
    answer, _ = pulled
    page = whole(answer)
    third = page.entries[2]
    wrong = [
        replace(page, entries=page.entries[:2] + page.entries[3:]),
        replace(page, entries=page.entries[1:]),
        replace(page, entries=(*page.entries, page.entries[-1])),
        changed(page, 2, page.entries[3]),
        changed(page, 2, replace(third, status=Status.CONFLICT)),
        changed(page, 2, replace(third, eff=third.eff + 1)),
        changed(page, 2, replace(third, reason="other")),
        replace(page, head_seq=3),
        replace(page, chain="0" * 64),
        replace(page, feed="s:other"),
    ]
    for one in wrong:
        with pytest.raises(PageDoesNotJoin):
            opened(Cursor(page.feed), one, answer)
    with pytest.raises(PageDoesNotJoin):
        opened(Cursor(page.feed, 1, "0" * 64), page, answer)


def test_a_line_put_in_by_the_server_has_no_signature(pulled: tuple[SyncAnswer, ReceiptPage]) -> None:
    answer, _ = pulled
    page = whole(answer)
    last = page.entries[-1]
    key = answer.keys[last.device]
    line = replace(chain.open_line(last.line.encode(), last.sig, key).line, author="somebody")
    forged = chain.seal(line, DeviceKey.from_seed(b"5" * 32))
    before = Cursor(page.feed)
    for one in page.entries[:-1]:
        parsed, content = lines.parse(one.line.encode()), lines.content_of(one.line.encode())
        before = Cursor(page.feed, one.seq, feeds.op_link(before.chain, parsed.op, content, one.eff, Verdict(one.status, one.reason)))
    link = feeds.op_link(before.chain, line.op, lines.content_hash(line), last.eff, Verdict(last.status, last.reason))
    entry = replace(last, line=forged.data.decode(), sig=forged.sig)
    with pytest.raises(BadSignature):
        opened(Cursor(page.feed), replace(changed(page, 5, entry), chain=link), answer)
    with pytest.raises(UnknownSigner):
        open_page(Cursor(page.feed), page, attempted(lambda: open_entries(page.entries, {})), "", no_own)


def test_receipts_with_anything_changed_are_refused(pulled: tuple[SyncAnswer, ReceiptPage]) -> None:
    _, page = pulled
    first = page.entries[0]
    for other in (replace(first, subject="x"), replace(first, status=Status.REJECTED), replace(first, seq=2)):
        with pytest.raises(PageDoesNotJoin):
            feeds.check_receipts(Cursor(page.feed), replace(page, entries=(other, *page.entries[1:])))
    with pytest.raises(PageDoesNotJoin):
        feeds.check_receipts(Cursor(page.feed), replace(page, entries=page.entries[1:]))
