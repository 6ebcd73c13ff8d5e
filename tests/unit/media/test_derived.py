import datetime as dt
import io

import pytest
from PIL import Image, ImageChops

from app.media import errors
from app.media.decoder import Decoder
from app.media.exif import Position
from app.media.intake import Intake, Status
from app.media.preview import page_count, render_page
from app.media.sample import make_sample_photo
from app.media.stamp import Stamp, stamped
from app.media.vault_files import FileVault

NOW = dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)
TAKEN_AT = dt.datetime(2026, 5, 31, 1, 30, 5, tzinfo=dt.UTC)
STAMP = Stamp(
    TAKEN_AT, "临江市南湖区虚构路一号", "定点零售药店现场检查", "ZJ-0007", "a1b2c3d4e5f6" * 5, "演练"
)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def two_pages() -> bytes:
    out = io.BytesIO()
    red, blue = Image.new("RGB", (200, 100), "red"), Image.new("RGB", (200, 100), "blue")
    red.save(out, "PDF", save_all=True, append_images=[blue], resolution=72)
    return out.getvalue()


def test_a_sample_photo_is_taken_in_like_one_of_a_camera(intake: Intake) -> None:
    place = Position(30.5928123, 114.3055456)
    taken = intake.take(make_sample_photo("进销存台账", ["阿莫西林胶囊 12 盒"], TAKEN_AT, place), NOW)
    assert (taken.status, taken.taken_at, taken.camera, taken.flags) == (
        Status.OK,
        TAKEN_AT,
        "Yanfang Rehearsal",
        (),
    )
    assert taken.gps is not None
    assert taken.gps.latitude == pytest.approx(place.latitude, abs=1e-6)
    assert taken.gps.longitude == pytest.approx(place.longitude, abs=1e-6)


def test_the_same_sample_gives_the_same_bytes_and_another_title_another_picture() -> None:
    assert make_sample_photo("甲", [], TAKEN_AT) == make_sample_photo("甲", [], TAKEN_AT)
    assert make_sample_photo("甲", [], TAKEN_AT) != make_sample_photo("乙", [], TAKEN_AT)


def test_the_rehearsal_mark_covers_every_quarter_of_a_sample() -> None:
    image = opened(make_sample_photo("", [], TAKEN_AT)).convert("RGB")
    for left, top in ((0, 0), (800, 0), (0, 600), (800, 600)):
        part = image.crop((left, top, left + 800, top + 600))
        red, green, _ = part.split()
        assert sum(ImageChops.subtract(red, green).histogram()[41:]) > 5_000


def test_a_stamp_lies_under_the_picture_and_covers_none_of_it() -> None:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), "#336699").save(out, "JPEG", quality=95)
    sheet = opened(stamped(out.getvalue(), STAMP)).convert("RGB")
    assert sheet.width == 1600
    assert sheet.height > 1200
    corners = [sheet.getpixel(at) for at in ((5, 5), (1590, 5), (5, 1190), (1590, 1190))]
    for corner in corners:
        assert corner == pytest.approx((0x33, 0x66, 0x99), abs=6)
    strip = sheet.crop((0, 1200, 1600, sheet.height)).convert("L")
    assert sum(strip.histogram()[:90]) > 2_000


def test_a_stamp_on_a_small_picture_wraps_and_stays_readable() -> None:
    out = io.BytesIO()
    Image.new("RGB", (100, 80)).save(out, "JPEG")
    long = Stamp(None, "很长的地址" * 20, "任务", "1", "f" * 64)
    sheet = opened(stamped(out.getvalue(), long))
    assert sheet.width == 480
    assert sheet.height > 200


def test_a_stamped_copy_is_the_same_each_time() -> None:
    photo = make_sample_photo("甲", ["乙"], TAKEN_AT)
    assert stamped(photo, STAMP) == stamped(photo, STAMP)


def test_the_original_is_untouched_by_its_stamped_copy(vault: FileVault, intake: Intake) -> None:
    photo = make_sample_photo("甲", ["乙"], TAKEN_AT)
    taken = intake.take(photo, NOW)
    stamped(vault.read(taken.rendition or ""), STAMP)
    assert vault.read(taken.original) == photo


def test_pages_are_counted_and_drawn() -> None:
    assert page_count(two_pages()) == 2
    page = render_page(two_pages(), 1, 2.0)
    assert (page.width, page.height, len(page.rgb)) == (400, 200, 400 * 200 * 3)
    assert page.rgb[:3] == pytest.approx(bytes((0, 0, 254)), abs=3)


def test_pages_from_outside_are_drawn_alike_in_the_fenced_process(decoder: Decoder) -> None:
    assert decoder.page_count(two_pages()) == 2
    assert decoder.render_page(two_pages(), 0, 1.0) == render_page(two_pages(), 0, 1.0)


@pytest.mark.parametrize(
    ("number", "scale"), [(2, 1.0), (-1, 1.0), (0, 0.0), (0, -1.0), (0, 1e9), (0, float("nan"))]
)
def test_a_page_that_is_not_there_or_a_senseless_scale_is_said(
    decoder: Decoder, number: int, scale: float
) -> None:
    with pytest.raises(errors.PageUnreadable):
        render_page(two_pages(), number, scale)
    with pytest.raises(errors.PageUnreadable):
        decoder.render_page(two_pages(), number, scale)


def test_what_is_no_pdf_is_said(decoder: Decoder) -> None:
    for content in (b"", b"%PDF-1.7 nothing"):
        with pytest.raises(errors.PageUnreadable):
            page_count(content)
        with pytest.raises(errors.PageUnreadable):
            decoder.page_count(content)
