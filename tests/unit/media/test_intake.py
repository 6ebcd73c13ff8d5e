import contextlib
import datetime as dt
import hashlib
import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter

from app.media import errors
from app.media.decoder import Decoder
from app.media.exif import Position
from app.media.intake import Intake, Status, Taken
from app.media.sniff import Kind
from app.media.vault_files import FileVault

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
NOW = dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)


def picture(width: int = 640, height: int = 480) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def jpeg(
    width: int = 640, height: int = 480, *, orientation: int = 0, taken: str = "", gps: bool = False
) -> bytes:
    exif = Image.Exif()
    if orientation:
        exif[274] = orientation
    if taken:
        exif.get_ifd(0x8769)[36867] = taken
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 0.0), 3: "E", 4: (121.0, 28.0, 30.0)})
    return encoded(picture(width, height), "JPEG", exif=exif)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    return png(width, height, 2, zlib.compress(bytes(1000)))


def empty_png(width: int, height: int) -> bytes:
    """Return a picture with every pixel, four bytes each, without ever having them all here."""
    press, row = zlib.compressobj(1), bytes(1 + 4 * width)
    return png(width, height, 6, b"".join([*(press.compress(row) for _ in range(height)), press.flush()]))


def png(width: int, height: int, colours: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        )

    front = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", front) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def is_kept(vault: FileVault, taken: Taken, content: bytes) -> bool:
    return vault.read(taken.original) == content and taken.sha256 == hashlib.sha256(content).hexdigest()


def test_a_photo_is_kept_as_it_came_with_what_its_camera_says(vault: FileVault, intake: Intake) -> None:
    content = jpeg(2000, 1000, orientation=6, taken="2026:05:31 09:30:00", gps=True)
    taken = intake.take(content, NOW, name="柜台.jpg")
    assert is_kept(vault, taken, content)
    assert (taken.status, taken.reason, taken.kind, taken.mime) == (Status.OK, "", Kind.PHOTO, "image/jpeg")
    assert (taken.width, taken.height, taken.orientation) == (2000, 1000, 6)
    assert taken.taken_at == dt.datetime(2026, 5, 31, 1, 30, tzinfo=dt.UTC)
    assert taken.gps == Position(31.2333333, 121.475)
    assert taken.flags == ("zone_assumed",)
    assert taken.original_name == "柜台.jpg"


def test_renditions_stand_upright_and_small(vault: FileVault, intake: Intake) -> None:
    taken = intake.take(jpeg(2000, 1000, orientation=6), NOW)
    assert Image.open(io.BytesIO(vault.read(taken.rendition or ""))).size == (800, 1600)
    assert Image.open(io.BytesIO(vault.read(taken.thumbnail or ""))).size == (128, 256)


def test_renditions_carry_no_metadata(vault: FileVault, intake: Intake) -> None:
    taken = intake.take(jpeg(300, 200, taken="2026:05:31 09:30:00", gps=True), NOW)
    assert dict(Image.open(io.BytesIO(vault.read(taken.rendition or ""))).getexif()) == {}


def test_every_orientation_ends_the_same_way_up(vault: FileVault, intake: Intake) -> None:
    upright = Image.new("RGB", (80, 40), "white")
    upright.paste("black", (0, 0, 40, 20))
    stored_as = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    for orientation, undo in stored_as.items():
        exif = Image.Exif()
        exif[274] = orientation
        turned = upright.transpose(Image.Transpose(undo))
        taken = intake.take(encoded(turned, "PNG", exif=exif), NOW)
        seen = Image.open(io.BytesIO(vault.read(taken.rendition or "")))
        assert seen.size == (80, 40)
        assert [seen.getpixel(at)[0] < 128 for at in ((10, 5), (70, 5), (10, 35), (70, 35))] == [
            True,
            False,
            False,
            False,
        ]


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "HEIF"])
def test_each_format_gives_a_picture(intake: Intake, form: str) -> None:
    if form == "HEIF":
        import pillow_heif

        if not pillow_heif.libheif_info()["encoders"]:
            pytest.skip("this build writes no HEIC")
        pillow_heif.register_heif_opener()
    taken = intake.take(encoded(picture(), form), NOW)
    assert (taken.status, taken.width, taken.height) == (Status.OK, 640, 480)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_each_colour_mode_gives_a_picture(intake: Intake, mode: str) -> None:
    image = (
        Image.new("I;16", (64, 64), 30_000) if mode == "I;16" else picture(64, 64).convert("L").convert("RGB")
    )
    image = (
        image if mode == "I;16" else image.convert("L").convert(mode) if mode == "LA" else image.convert(mode)
    )
    assert intake.take(encoded(image, "TIFF"), NOW).status is Status.OK


def test_a_pdf_shows_its_first_page(vault: FileVault, intake: Intake) -> None:
    content = encoded(picture(), "PDF", save_all=True, append_images=[picture(), picture()])
    taken = intake.take(content, NOW, name="合同.pdf")
    assert (taken.status, taken.kind, taken.pages, taken.flags) == (Status.OK, Kind.PDF, 3, ())
    assert Image.open(io.BytesIO(vault.read(taken.rendition or ""))).width == 1600


def test_a_locked_pdf_is_unreadable_evidence(vault: FileVault, intake: Intake) -> None:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    taken = intake.take(out.getvalue(), NOW)
    assert (taken.status, taken.reason) == (Status.UNREADABLE, "encrypted")
    assert is_kept(vault, taken, out.getvalue())


@pytest.mark.parametrize("keep", [1, 3, 20, 300, 2000])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "PDF"])
def test_a_truncated_file_is_kept_and_never_an_error(
    vault: FileVault, intake: Intake, form: str, keep: int
) -> None:
    content = encoded(picture(), form)[:keep]
    taken = intake.take(content, NOW, name=f"a.{form.lower()}".replace(".jpeg", ".jpg"))
    assert is_kept(vault, taken, content)
    assert taken.status in (Status.UNREADABLE, Status.ATTACHMENT, Status.OK)
    assert taken.status is not Status.OK or form in ("WEBP", "PDF")


def test_a_photo_whose_first_bytes_are_gone_is_unreadable_not_an_attachment(intake: Intake) -> None:
    taken = intake.take(b"\0" + jpeg()[1:], NOW, name="a.jpg")
    assert (taken.status, taken.reason, taken.flags) == (
        Status.UNREADABLE,
        "not_as_named",
        ("name_mismatch",),
    )


def test_an_empty_file_is_unreadable(intake: Intake) -> None:
    assert (intake.take(b"", NOW).status, intake.take(b"", NOW).reason) == (Status.UNREADABLE, "empty")


def test_any_other_file_is_an_attachment(vault: FileVault, intake: Intake) -> None:
    content = b"PK\x03\x04" + bytes(1000)
    taken = intake.take(content, NOW, name="台账.xlsx")
    assert (taken.status, taken.kind, taken.thumbnail, taken.flags) == (
        Status.ATTACHMENT,
        Kind.FILE,
        None,
        (),
    )
    assert is_kept(vault, taken, content)


def test_a_name_that_lies_is_flagged(intake: Intake) -> None:
    assert "name_mismatch" in intake.take(encoded(picture(), "PDF"), NOW, name="a.jpg").flags


@pytest.mark.parametrize(
    "content",
    [
        png_header(50_000, 50_000),
        png_header(2**31 - 1, 2**31 - 1),
        b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xdc\xff\xdc\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01" + bytes(100),
    ],
    ids=["png", "largest-png", "jpeg"],
)
def test_a_pixel_bomb_is_refused_by_its_header_and_kept(
    vault: FileVault, intake: Intake, content: bytes
) -> None:
    begun = time.monotonic()
    taken = intake.take(content, NOW)
    assert (taken.status, taken.reason) == (Status.REFUSED, "too_many_pixels")
    assert is_kept(vault, taken, content)
    assert time.monotonic() - begun < 2


def test_a_picture_beyond_the_memory_limit_is_unreadable_and_the_next_one_is_fine(intake: Intake) -> None:
    taken = intake.take(empty_png(10_500, 10_500), NOW)
    assert (taken.status, taken.reason) == (Status.UNREADABLE, "out_of_memory")
    assert intake.take(jpeg(), NOW).status is Status.OK


def test_a_worker_killed_between_two_files_is_replaced(vault: FileVault) -> None:
    with Decoder() as decoder:
        intake = Intake(vault, decoder)
        intake.take(jpeg(), NOW)
        (first,) = decoder.pids
        os.kill(first, KILL)
        assert intake.take(jpeg(), NOW).status is Status.OK
        assert first not in decoder.pids


def test_a_worker_killed_again_and_again_while_looking_loses_no_original(vault: FileVault) -> None:
    contents = [jpeg(1800 + n, 1200) for n in range(8)]
    with Decoder() as decoder:
        intake, stop = Intake(vault, decoder), threading.Event()

        def killer() -> None:
            while not stop.wait(0.05):
                for pid in decoder.pids:
                    with contextlib.suppress(OSError):
                        os.kill(pid, KILL)

        thread = threading.Thread(target=killer)
        thread.start()
        taken = [intake.take(content, NOW) for content in contents]
        stop.set()
        thread.join()
        assert all(is_kept(vault, one, content) for one, content in zip(taken, contents, strict=True))
        assert {one.reason for one in taken} <= {"", "decoder_died"}
        assert intake.look_again(taken[0].original, NOW).status is Status.OK


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import time; time.sleep(60)", "decoder_timeout"),
        ("import os; os.abort()", "decoder_died"),
        ("import sys; sys.stdin.buffer.read(9); print('hello, I am no worker' * 999)", "decoder_died"),
    ],
)
def test_a_worker_that_hangs_dies_or_babbles_is_a_reason(vault: FileVault, script: str, reason: str) -> None:
    with Decoder([sys.executable, "-c", script], timeout_s=1.0) as decoder:
        taken = Intake(vault, decoder).take(jpeg(3000, 2000), NOW)
    assert (taken.status, taken.reason) == (Status.UNREADABLE, reason)
    assert vault.has(taken.original)


def test_without_a_worker_everything_is_still_kept(vault: FileVault) -> None:
    with Decoder(["/nowhere/at/all"]) as decoder:
        taken = Intake(vault, decoder).take(jpeg(), NOW)
    assert (taken.status, taken.reason) == (Status.UNREADABLE, "decoder_absent")
    assert vault.has(taken.original)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits as on Linux")
def test_the_worker_has_no_network_no_memory_to_waste_and_writes_no_file(decoder: Decoder) -> None:
    assert {"memory", "files"} <= set(decoder.held())


def test_the_worker_is_not_told_the_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YANFANG_PIN", "123456")
    with Decoder() as decoder:
        decoder.held()
        environ = Path(f"/proc/{decoder.pids[0]}/environ")
        if environ.exists():
            assert b"123456" not in environ.read_bytes()


def test_a_worker_ends_with_the_program_that_started_it() -> None:
    script = """
import time
from app.media.decoder import Decoder
decoder = Decoder()
decoder.held()
print(decoder.pids[0], flush=True)
time.sleep(60)
"""
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=root) as program:
        assert program.stdout
        worker = psutil.Process(int(program.stdout.readline()))
        program.kill()
    deadline = time.monotonic() + 10
    with contextlib.suppress(psutil.NoSuchProcess):
        while worker.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_many_files_come_out_in_order_and_one_bad_source_stops_nothing(
    intake: Intake, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{n}.jpg" for n in range(6)]
    for path in paths:
        path.write_bytes(jpeg())
    paths[2].unlink()
    results = list(intake.take_many(paths, NOW))
    assert [path for path, _ in results] == paths
    assert isinstance(results[2][1], errors.SourceUnreadable)
    assert [one.status for _, one in results if isinstance(one, Taken)] == [Status.OK] * 5


def test_a_source_beyond_the_limit_is_refused_and_leaves_nothing(vault: FileVault, decoder: Decoder) -> None:
    with pytest.raises(errors.SourceTooLarge):
        Intake(vault, decoder, source_bytes_at_most=1_000_000).take(bytes(3_000_000), NOW)
    assert vault.scan(()).orphans == ()


def test_a_folder_is_no_file(intake: Intake, tmp_path: Path) -> None:
    with pytest.raises(errors.SourceUnreadable):
        intake.take(tmp_path, NOW)


def test_the_source_file_is_not_touched(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg())
    before = path.stat()
    intake.take(path, NOW)
    assert (path.stat().st_mtime_ns, path.stat().st_size) == (before.st_mtime_ns, before.st_size)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")
def test_a_disk_that_fills_after_the_original_loses_only_the_renditions(
    tmp_path: Path, decoder: Decoder
) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    noise = Image.frombytes("RGB", (1200, 800), os.urandom(1200 * 800 * 3))
    content = encoded(noise, "JPEG", quality=92)
    room = len(content) + 200_000
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(mount)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("no mounting here")
    try:
        vault = FileVault(mount, bytes(32))
        taken = Intake(vault, decoder).take(content, NOW)
        assert (taken.status, taken.flags[-1], taken.rendition) == (Status.OK, "renditions_not_saved", None)
        assert is_kept(vault, taken, content)
    finally:
        subprocess.run(["umount", str(mount)], check=True)


_SEEDS = {
    "image/jpeg": jpeg(120, 80, orientation=6, taken="2026:05:31 09:30:00", gps=True),
    "image/png": encoded(picture(120, 80), "PNG"),
    "image/webp": encoded(picture(120, 80), "WEBP"),
    "image/tiff": encoded(picture(120, 80), "TIFF", compression="tiff_lzw"),
    "application/pdf": encoded(picture(120, 80), "PDF"),
}


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mime=st.sampled_from(sorted(_SEEDS)), data=st.data())
def test_a_file_with_any_bytes_changed_gives_a_picture_or_a_reason(
    decoder: Decoder, mime: str, data: st.DataObject
) -> None:
    content = bytearray(_SEEDS[mime])
    places = st.dictionaries(st.integers(0, len(content) - 1), st.integers(0, 255), min_size=1, max_size=20)
    for at, value in data.draw(places).items():
        content[at] = value
    look = decoder.look(mime, len(content), lambda: [bytes(content)])
    assert bool(look.reason) != bool(look.rendition)
