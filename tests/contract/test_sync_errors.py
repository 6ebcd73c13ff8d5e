"""Every error of sync has its own code, and the server has a sentence and a status for what it may answer."""

import importlib
import pkgutil
import re

import sync
from sync.protocol.errors import SyncError
from sync.server import errors, sentences


def _classes() -> list[type[SyncError]]:
    for module in pkgutil.walk_packages(sync.__path__, "sync."):
        if ".migrations" not in module.name:  # run by alembic, not imported
            importlib.import_module(module.name)
    found: list[type[SyncError]] = []
    todo = [SyncError]
    while todo:
        one = todo.pop()
        found += [each for each in one.__subclasses__() if each.__module__.startswith("sync.")]
        todo += one.__subclasses__()
    return found


def test_no_two_errors_of_sync_share_a_code() -> None:
    codes = [one.code for one in _classes() if "code" in vars(one)]
    assert len(codes) == len(set(codes))


def test_codes_are_dotted_words() -> None:
    for one in _classes():
        if "code" in vars(one):
            assert re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", one.code), one


def test_every_error_that_the_server_may_answer_has_a_chinese_sentence() -> None:
    spoken = [one.code for one in _classes() if one.__module__.startswith(("sync.server", "sync.protocol"))]
    ours_alone = {"pull.page", "hlc.invalid", "sync.error"}  # raised at the client or turned into another
    assert set(spoken) - set(sentences.SENTENCES) - ours_alone == set()


def test_every_status_belongs_to_a_code_that_exists() -> None:
    codes = {one.code for one in _classes()} | {"server.internal"}
    assert set(errors.STATUS) - codes == set()


def test_a_sentence_is_filled_and_an_unknown_code_still_gets_one() -> None:
    assert sentences.sentence("push.gap", {"n": 9, "head": 3}) == "记录不连续：收到第 9 行，服务器只有前 3 行。"
    assert "x.y" in sentences.sentence("x.y", {})
    assert sentences.sentence("push.gap", {})
