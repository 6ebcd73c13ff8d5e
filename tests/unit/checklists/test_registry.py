"""The registry offers, reads lazily and refuses what it does not have."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from checklists.errors import TemplateBroken, TemplateUnknown
from checklists.registry import Registry


def folder(tmp_path: Path, sheet_text: str) -> Path:
    (tmp_path / "TST").mkdir()
    (tmp_path / "TST" / "v01.yaml").write_text(sheet_text, encoding="utf-8")
    (tmp_path / "TST" / "v02.yaml").write_text(sheet_text.replace("version: 1", "version: 2"), encoding="utf-8")
    (tmp_path / "TST" / "notes.txt").write_text("no template", encoding="utf-8")
    return tmp_path


def test_the_newest_version_is_given_unless_another_is_named(tmp_path: Path, sheet_text: str) -> None:
    registry = Registry.load(folder(tmp_path, sheet_text))
    assert registry.versions("TST") == (1, 2)
    assert registry.get("TST").version == 2
    assert registry.get("TST", 1).version == 1
    assert registry.get("TST") is registry.get("TST", 2)


def test_what_is_not_installed_is_refused_by_name() -> None:
    registry = Registry.load()
    with pytest.raises(TemplateUnknown, match="unknown_template"):
        registry.get("XXX")
    with pytest.raises(TemplateUnknown, match="unknown_version"):
        registry.get("SGF", 99)
    with pytest.raises(TemplateUnknown, match="unknown_violation"):
        registry.violation("V99")


def test_a_broken_file_disturbs_nobody_until_it_is_asked_for(tmp_path: Path, sheet_text: str) -> None:
    root = folder(tmp_path, sheet_text)
    (root / "BAD").mkdir()
    (root / "BAD" / "v01.yaml").write_text("id: [", encoding="utf-8")
    registry = Registry.load(root)
    assert registry.get("TST").id == "TST"
    with pytest.raises(TemplateBroken):
        registry.get("BAD")


def test_loading_reads_no_file_and_imports_no_yaml() -> None:
    code = (
        "import sys; from checklists.registry import Registry; from checklists import logic; r = Registry.load();"
        "assert len(r.ids()) == 20, r.ids(); assert 'yaml' not in sys.modules; assert not r._templates"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


@pytest.mark.parametrize(
    ("kind", "level", "ownership", "first"),
    [
        ("pharmacy", "", "private", ["SGF"]),
        ("hospital", "三级", "public", ["WHL", "CGH", "CGY", "CGX"]),
        ("hospital", "二级", "private", ["WHL", "CGX"]),
        ("community", "一级", "public", ["WHL", "CGH", "CGY", "CGX"]),
        ("clinic", "未定级", "private", ["AHC", "WHL"]),
        ("ltc", "", "", ["CHX"]),
        ("supplier", "", "", ["CGX"]),
        ("agency", "", "", ["ZCJ"]),
        ("other", "", "", ["ZCS"]),
    ],
)
def test_an_institution_is_offered_what_is_made_for_it(kind: str, level: str, ownership: str, first: list[str]) -> None:
    offered = [template.id for template in Registry.load().offered_for(kind, level, ownership)]
    assert offered[: len(first)] == first


def test_procurement_is_offered_to_public_hospitals_only() -> None:
    registry = Registry.load()
    private = {template.id for template in registry.offered_for("hospital", "三级", "private")}
    assert not private & {"CGH", "CGY"}
    assert "SGF" not in private


def test_a_head_says_the_same_as_the_template() -> None:
    registry = Registry.load()
    for template in registry.all():
        head = registry.head(template.id)
        assert (head.id, head.version, head.title, head.subject, head.source, head.applies) == (
            template.id, template.version, template.title, template.subject, template.source, template.applies,
        )  # fmt: skip


def test_an_edited_file_is_noticed(tmp_path: Path, sheet_text: str) -> None:
    root = folder(tmp_path, sheet_text)
    (root / "digests.json").write_text('{"TST/v01.yaml": "0"}', encoding="utf-8")
    assert Registry.load(root).changed_since_release() == ("TST/v01.yaml", "TST/v02.yaml")


def test_templates_can_be_read_out_of_an_archive(tmp_path: Path, sheet_text: str) -> None:
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive:
        archive.writestr("data/TST/v01.yaml", sheet_text)
    registry = Registry.load(zipfile.Path(tmp_path / "bundle.zip", "data/"))
    assert registry.get("TST").title == "试验清单"


def test_the_slow_parser_reads_the_same_as_the_fast_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = Registry.load().get("CGX")
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)
    assert Registry.load().get("CGX") == fast
