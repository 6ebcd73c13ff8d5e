"""The program tried on itself, as a user or a packer does it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.gui.catalogue import find_screens
from app.media.errors import PageUnreadable
from app.media.preview import page_text
from app.services import selftest
from checklists.registry import Registry
from forms.registry import documents
from tests.arch.source import ROOT


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> selftest.SelfTest:
    return selftest.run(tmp_path_factory.mktemp("selftest"))


def test_everything_tried_goes_well(result: selftest.SelfTest) -> None:
    assert [step for step in result.steps if not step.ok] == []
    assert result.ok
    assert {step.name for step in result.steps} >= {"glyphs", "store", "answer", "journal", "photo", "pdf"}


def test_the_counts_are_those_of_the_registries(result: selftest.SelfTest) -> None:
    registry = Registry.load()
    assert (result.counts.templates, result.counts.items, result.counts.violations) == (20, 340, 35)
    assert result.counts.templates == len(registry.ids())
    assert result.counts.documents == len(documents())
    assert result.counts.screens >= len(find_screens()) > 0
    assert result.counts.texts_zh_cn == result.counts.texts_en > 0
    assert result.counts.migrations > 0


def test_a_second_run_sees_the_same(result: selftest.SelfTest, tmp_path: Path) -> None:
    assert selftest.run(tmp_path) == result


def test_the_command_prints_one_json_object_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "selftest", "--json"],
        cwd=ROOT,
        env={**_environment(), "TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "TMP": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["ok"] is True
    assert said["counts"]["items"] == 340
    assert list(tmp_path.iterdir()) == []


def test_a_registry_that_lacks_its_files_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "_SCANNED", {**selftest._SCANNED, "texts_en": "app.gui.texts.nowhere"})
    told = selftest.run(tmp_path)
    assert not told.ok
    assert [step.name for step in told.steps if not step.ok] == ["registries"]
    assert "FAILED registries" in selftest.text(told)


def test_a_page_that_is_not_there_has_no_words(result: selftest.SelfTest) -> None:
    with pytest.raises(PageUnreadable):
        page_text(b"%PDF-1.4 nothing", 0)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("YANFANG")}
