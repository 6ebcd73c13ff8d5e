"""Each official paper looks as it was reviewed; `python -m tests.golden` writes the sheets anew after a wanted change."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

from tests.golden.sheets import FOLDER, PAGES, all_printed, digests, sheet

_TOLERANCE = 1  # points: another version of the reader may round another way


@pytest.mark.parametrize("paper_id", list(all_printed()))
def test_a_paper_looks_as_reviewed(paper_id: str) -> None:
    now = [_taken_apart(line) for line in sheet(all_printed()[paper_id]()).splitlines()]
    reviewed = [_taken_apart(line) for line in (FOLDER / f"{paper_id}.txt").read_text("utf-8").splitlines()]
    assert [words for _, words in now] == [words for _, words in reviewed]
    for (places, words), (wanted, _) in zip(now, reviewed, strict=True):
        assert all(abs(a - b) <= _TOLERANCE for a, b in zip(places, wanted, strict=True)), (words, places, wanted)


def test_no_sheet_is_left_of_a_paper_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(all_printed())


def test_this_machine_composes_the_very_pages_that_another_one_did() -> None:
    assert digests() == json.loads(PAGES.read_text("utf-8"))


def test_another_process_prints_the_same_bytes() -> None:
    script = (
        "import hashlib; from tests.golden.sheets import all_printed\n"
        "for id, made in list(all_printed().items())[::6]: print(id, hashlib.sha256(made().pdf).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "America/Lima", "LANG": "C"}
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    ).stdout
    own = [f"{id} {hashlib.sha256(made().pdf).hexdigest()}" for id, made in list(all_printed().items())[::6]]
    assert told.split() == " ".join(own).split()


def _taken_apart(line: str) -> tuple[list[int], str]:
    kind, *rest = line.split(" ")
    if kind == "page":
        return [], line
    return [int(one) for one in rest[:4]], " ".join((kind, *rest[4:]))
