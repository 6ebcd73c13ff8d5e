"""The page that a citizen opens from his disk, in a real Chromium: it accepts, refuses and says why, as the program does."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import resources
from app.services import verifying
from app.services.demo.play import sign_all
from tests.e2e.admin_stage import browser, chromium
from tests.e2e.test_admin_browser import FAINT, NAMELESS
from tests.unit.services import tampering
from tests.unit.services.desks import Templates

PAGE = resources.path("verify/verify.html")


@dataclass(frozen=True, slots=True)
class Exported:
    pdf: Path
    case: Path
    photo: Path
    copy: Path
    code: str
    volume: Path
    keys: str


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium is installed: apt-get install chromium, or name one in YANFANG_CHROMIUM")
    with browser(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    folder = tmp_path_factory.mktemp("browser")
    (folder / "templates").mkdir()
    desk = Templates(folder / "templates").copy("frozen", folder / "home")
    services = desk.services
    try:
        tampering.seed_head(services)
        assert desk.record is not None
        sign_all(services, desk.record)
        tampering.seed_proofs(services, desk.inspection)
        made = services.copies.make(desk.record, "party", folder / "copy.pdf").value
        paths = folder / "record.pdf", folder / "case.yfcase.zip", folder / "photo.jpg"
        services.documents.export(desk.record, paths[0])
        services.cases.export(desk.inspection, paths[1])
        services.evidence.export_original(services.evidence.of(desk.inspection)[0].id, paths[2])
        day = services.clock().date()
        services.volumes.bind(day.replace(year=day.year - 1, day=1), day.replace(year=day.year + 1, day=1), folder / "volume.pdf")
        keys = tampering.keys_of(services)
        yield Exported(*paths, made.file, made.code, folder / "volume.pdf", keys)
    finally:
        services.close()


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    context = chrome.new_context(offline=True)
    opened = context.new_page()
    said: list[str] = []
    opened.on("pageerror", lambda problem: said.append(str(problem)))
    opened.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    opened.on("request", lambda asked: said.append(asked.url) if not asked.url.startswith(("file:", "blob:")) else None)
    opened.goto(PAGE.as_uri())
    yield opened
    context.close()
    assert said == []


def judged(page: Page, *files: Path, keys: str = "", code: str = "") -> tuple[str, set[str]]:
    """Return what the page says of files, and the causes it names."""
    if page.locator("details:not([open])").count():
        page.locator("summary").click()
    page.fill("#keys", keys)
    page.fill("#code", code)
    page.evaluate("document.body.dataset.state = ''")
    page.set_input_files("#files", [str(one) for one in files])
    page.wait_for_selector("body[data-state=done]")
    causes = page.eval_on_selector_all("[data-cause]", "all => all.map(one => one.dataset.cause)")
    return page.inner_text("#found"), set(causes)


def test_what_nobody_changed_is_accepted(page: Page, exported: Exported) -> None:
    files = exported.pdf, exported.case, exported.photo, exported.volume
    said, causes = judged(page, *files, keys=exported.keys)
    assert causes == set(), said
    assert said.count("✓ 相符") == 4
    assert said.count("确在服务器的日志之内") == 2
    assert "就是" in said
    assert "没有核对" not in said  # this Chromium knows Ed25519


def test_the_code_on_a_copy_leads_to_the_signed_record(page: Page, exported: Exported) -> None:
    said, causes = judged(page, exported.pdf, exported.copy, code=exported.code)
    assert causes == set(), said
    assert said.count("与二维码所指的是同一份文书") == 2
    assert "这是当事人副本" in said
    assert judged(page, exported.pdf, code="YF1 x " + "0" * 32)[1] == {"seal"}


@pytest.mark.parametrize("cause", tampering.OF_PDF)
def test_a_changed_record_is_refused_with_the_reason_that_the_program_gives(
    page: Page, exported: Exported, tmp_path: Path, cause: str
) -> None:
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(tampering.OF_PDF[cause](exported.pdf.read_bytes(), random.Random(11)))
    said, causes = judged(page, changed)
    (verdict,) = verifying.verify([changed])
    assert cause in causes, said
    assert causes == {one for one, _ in verdict.failed}


@pytest.mark.parametrize("cause", tampering.OF_CASE)
def test_a_changed_case_is_refused_with_the_reason_that_the_program_gives(
    page: Page, exported: Exported, tmp_path: Path, cause: str
) -> None:
    changed = tmp_path / "changed.yfcase.zip"
    named = tampering.tamper_case(exported.case, changed, cause, random.Random(12))
    said, causes = judged(page, changed)
    (verdict,) = verifying.verify([changed])
    assert named in causes, said
    assert causes == {one for one, _ in verdict.failed}


def test_keys_of_somebody_else_are_a_reason_to_refuse(page: Page, exported: Exported) -> None:
    assert judged(page, exported.pdf, keys=tampering.STRANGER.public_hex)[1] == {"key"}


def test_one_bit_anywhere_is_noticed(page: Page, exported: Exported, tmp_path: Path) -> None:
    for seed in range(3):
        for one in (exported.pdf, exported.case):
            changed = tmp_path / f"{seed}{one.suffix}"
            changed.write_bytes(tampering.any_byte(one.read_bytes(), random.Random(seed)))
            said, _ = judged(page, changed)
            assert "✓ 相符" not in said, (seed, one)


def test_strange_files_are_refused_in_words(page: Page, tmp_path: Path) -> None:
    for n, content in enumerate((b"%PDF-1.7\n", b"PK\x03\x04", b"%PDF-" + b"startxref 0" * 9)):
        (tmp_path / f"{n}").write_bytes(content)
        assert "✗ 不相符" in judged(page, tmp_path / f"{n}")[0]


def test_the_page_can_be_read_and_used_by_everybody(page: Page) -> None:
    assert page.evaluate(NAMELESS) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(FAINT) == []
