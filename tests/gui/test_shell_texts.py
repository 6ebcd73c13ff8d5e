"""Every word is there in both languages."""

from pathlib import Path

import pytest

from app.core.errors import Refused
from app.gui import texts
from app.gui.messages import sentence, sentence_of
from app.gui.texts.check import _all_texts, raised_codes


def test_the_scan_finds_codes_however_they_are_raised(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        'class Odd(Refused):\n    def __init__(self):\n        super().__init__("odd.one")\n'
        'class Even(Exception):\n    code = "even.one"\n'
        'def f():\n    raise Unavailable("plain.one", x=1) from None\n',
        "utf-8",
    )
    assert set(raised_codes(tmp_path)) == {"odd.one", "even.one", "plain.one"}


def test_a_sentence_carries_its_parameters() -> None:
    assert "office.db" in sentence(Refused("db.newer", file="office.db", found=9, known=7), "en")


def test_a_missing_parameter_does_not_hide_the_sentence() -> None:
    assert "—" in sentence_of("db.disk_full", {}, "zh_cn")


def test_an_unknown_code_is_named_for_support() -> None:
    assert "odd.code" in sentence_of("odd.code", {}, "zh_cn")


def test_what_has_no_code_is_said_to_be_a_fault_of_the_program() -> None:
    assert "日志" in sentence(ZeroDivisionError())


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError):
        texts.set_language("fr")


def test_one_of_a_thing_is_said_in_the_singular(english: None) -> None:
    assert texts.tr("coverage.days", days=1) == "1 day left"
    assert texts.tr("coverage.days", days=0) == "0 days left"
    assert (
        texts.tr("home.delivery.here", lines="1", files="1,204")
        == "On this computer only: 1 line and 1,204 files"
    )


def test_a_sentence_of_one_thing_is_in_the_singular(english: None) -> None:
    assert sentence_of("interview.unanswered", {"count": 1}) == "1 question has no answer yet."
    assert sentence_of("interview.unanswered", {"count": 3}) == "3 questions have no answer yet."


def test_no_english_text_leaves_the_plural_to_the_reader() -> None:
    assert [key for key, text in _all_texts("en").items() if "(s)" in text] == []
