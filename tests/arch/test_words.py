"""What the user is told, and what must not stand anywhere."""

import hashlib
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from app.gui.texts import check
from tests.arch.source import ROOT

TOP = {
    ".ci", ".gitattributes", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "README.zh-CN.md", "app", "bench",
    "build.spec", "checklists", "docs", "forms", "pyproject.toml", "resources", "sync", "tests", "uv.lock",
}  # fmt: skip
# Words that name who made this and on what, and say nothing about the product; kept as digests, because here they may
# not stand either.
FOREIGN_WORDS = frozenset(
    {
        "053ea4804ef1",
        "3ea125d0bff3",
        "487b91042c7c",
        "57de4cf40144",
        "5d72436256ad",
        "60965168ce76",
        "7d3194f79e64",
        "94a168d2da57",
        "c70eca6b0f88",
        "c857d09db23e",
        "d298391b0743",
        "de2187af3fb0",
    }
)
BUILDERS_PATH = re.compile(r"(?<![\w.~-])/(?:work|root)/\w")
NOT_PROSE = {".ttf", ".png", ".jpg", ".jpeg", ".heic", ".lock", ".pdf"}


def _files() -> tuple[Path, ...]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True, timeout=30
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def test_the_top_level_has_nothing_new_in_it() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in _files()} - TOP == set()


def test_every_text_is_there_in_both_languages() -> None:
    assert check.incomplete_texts() == []


def test_every_error_has_its_sentence() -> None:
    # The leaves' own codes are turned into the program's at its doors; the wire's are spoken by the server.
    assert set(check.raised_codes(ROOT / "app" / "services"))
    assert check.missing_sentences(ROOT / "app") == []


def test_nothing_speaks_of_its_making() -> None:
    found = []
    for path in _files():
        if path.suffix in NOT_PROSE:
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            words = re.findall(r"[a-z]+", line.lower())
            if BUILDERS_PATH.search(line) or any(map(_is_foreign, words)):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


@cache
def _is_foreign(word: str) -> bool:
    return hashlib.sha256(word.encode()).hexdigest()[:12] in FOREIGN_WORDS
