import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media import errors
from app.media.digests import new_sm3
from app.media.vault_files import FileVault, Scan
from app.media.vault_format import HEADER_BYTES, SEALED_BYTES, SEGMENT_BYTES, FileKind

KEK = bytes(range(32))
EDGES = [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 1 << 20, (1 << 20) + 1, 3 * SEGMENT_BYTES]


def lying(vault: FileVault, name: str) -> Path:
    return vault.root / name[:2] / f"{name}.yfv"


@pytest.mark.parametrize("size", EDGES)
def test_what_is_put_comes_back(vault: FileVault, size: int) -> None:
    content = os.urandom(size)
    stored = vault.put(content)
    assert vault.read(stored.name) == content
    assert stored.size_bytes == size
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert vault.verify(stored.name) == stored


def test_sm3_is_the_one_of_the_standard() -> None:
    sm3 = new_sm3()
    sm3.update(b"abc")
    assert sm3.hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm3_is_the_same_where_python_brings_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_sm3(name: str) -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", without_sm3)
    sm3 = new_sm3()
    sm3.update(b"abc")
    assert sm3.hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_both_digests_of_a_long_stream_are_those_of_its_bytes(vault: FileVault) -> None:
    content = os.urandom(5_000_001)
    expected = new_sm3()
    expected.update(content)
    assert vault.put(io.BytesIO(content)).sm3 == expected.hexdigest()


def test_a_source_that_gives_little_at_a_time_is_kept_whole(vault: FileVault) -> None:
    class Dribble(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 7_001))

    content = os.urandom(300_000)
    assert vault.read(vault.put(Dribble(content)).name) == content


@settings(max_examples=30)
@given(size=st.sampled_from(EDGES), data=st.data())
def test_any_range_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, size: int, data: st.DataObject
) -> None:
    vault = FileVault(tmp_path_factory.mktemp("v"), KEK)
    content = os.urandom(size)
    start = data.draw(st.integers(0, size))
    length = data.draw(st.integers(0, size))
    with vault.open(vault.put(content).name) as reader:
        reader.seek(start)
        assert reader.read(length) == content[start : start + length]


def test_chunks_join_to_the_file_and_can_start_later(vault: FileVault) -> None:
    content = os.urandom(2_500_000)
    name = vault.put(content).name
    pieces = list(vault.chunks(name, 1_000_000))
    assert [len(piece) for piece in pieces] == [1_000_000, 1_000_000, 500_000]
    assert b"".join(pieces) == content
    assert b"".join(vault.chunks(name, 1_000_000, first=2)) == content[2_000_000:]


def test_two_files_of_the_same_content_share_neither_name_nor_bytes(vault: FileVault) -> None:
    one, two = vault.put(b"x" * 1000), vault.put(b"x" * 1000)
    assert one.name != two.name
    assert (
        lying(vault, one.name).read_bytes()[HEADER_BYTES:]
        != lying(vault, two.name).read_bytes()[HEADER_BYTES:]
    )


def test_a_wrong_key_opens_nothing(vault: FileVault) -> None:
    name = vault.put(b"evidence").name
    with pytest.raises(errors.FileDamaged):
        FileVault(vault.root, bytes(32)).read(name)


def test_an_unknown_or_crooked_name_is_missing(vault: FileVault) -> None:
    for name in ("0" * 32, "../../etc/passwd", "", "G" * 32):
        with pytest.raises(errors.FileMissing):
            vault.open(name)


def flips(length: int) -> Iterator[int]:
    yield from range(HEADER_BYTES)
    yield from range(HEADER_BYTES, length, 4_999)
    yield length - 1


def test_every_changed_byte_is_noticed(vault: FileVault) -> None:
    name = vault.put(os.urandom(2 * SEGMENT_BYTES + 100)).name
    path = lying(vault, name)
    sound = path.read_bytes()
    for at in flips(len(sound)):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        with pytest.raises(errors.FileDamaged):
            vault.verify(name)


def test_a_file_cut_off_anywhere_is_refused_at_opening(vault: FileVault) -> None:
    name = vault.put(os.urandom(2 * SEGMENT_BYTES)).name
    path = lying(vault, name)
    sound = path.read_bytes()
    for length in (0, 10, HEADER_BYTES, HEADER_BYTES + 16, HEADER_BYTES + SEALED_BYTES, len(sound) - 1):
        path.write_bytes(sound[:length])
        with pytest.raises(errors.FileDamaged):
            vault.open(name)


def test_swapped_repeated_and_appended_segments_are_noticed(vault: FileVault) -> None:
    name = vault.put(os.urandom(3 * SEGMENT_BYTES)).name
    path = lying(vault, name)
    whole = path.read_bytes()
    head, body = whole[:HEADER_BYTES], whole[HEADER_BYTES:]
    one, two, three = (body[at : at + SEALED_BYTES] for at in range(0, len(body), SEALED_BYTES))
    for order in ((two, one, three), (one, one, three), (one, three), (one, two, three, three), (one, two)):
        path.write_bytes(head + b"".join(order))
        with pytest.raises(errors.FileDamaged):
            vault.verify(name)


def test_a_file_in_anothers_place_does_not_open(vault: FileVault) -> None:
    one, two = vault.put(b"one").name, vault.put(b"two").name
    lying(vault, two).write_bytes(lying(vault, one).read_bytes())
    with pytest.raises(errors.FileDamaged):
        vault.read(two)


def test_a_source_that_fails_midway_leaves_nothing(vault: FileVault) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 1_500_000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(errors.SourceUnreadable):
        vault.put(Torn(bytes(4_000_000)))
    assert [path for path in vault.root.rglob("*") if path.is_file()] == []


def test_a_missing_source_is_said(vault: FileVault, tmp_path: Path) -> None:
    with pytest.raises(errors.SourceUnreadable) as caught:
        vault.put(tmp_path / "absent.jpg")
    assert caught.value.params == {"name": "absent.jpg", "cause": "ENOENT"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_is_said_leaves_nothing_and_spares_what_is_kept(tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no mounting here")
    try:
        vault = FileVault(mount, KEK)
        kept = vault.put(os.urandom(1_000_000))
        with pytest.raises(errors.StorageFull):
            vault.put(os.urandom(5_000_000))
        assert vault.verify(kept.name) == kept
        assert not list(mount.rglob("*.part"))
        assert vault.put(b"small still fits").size_bytes == 16
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_file_size_limit_is_a_storage_failure(vault: FileVault) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(errors.StorageFailed):
            vault.put(bytes(400_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert vault.scan(()).orphans == ()


def test_scan_tells_orphans_and_missing_apart(vault: FileVault) -> None:
    known, orphan = vault.put(b"known").name, vault.put(b"orphan").name
    (vault.root / "ab").mkdir(exist_ok=True)
    (vault.root / "ab" / ("ab" * 16 + ".part")).write_bytes(b"half")
    assert vault.scan({known, "f" * 32}) == Scan((orphan,), ("f" * 32,))


def test_what_a_crash_cut_off_goes_with_the_first_write_after_it(vault: FileVault) -> None:
    known = vault.put(b"known").name
    (vault.root / "ab").mkdir(exist_ok=True)
    leftover = vault.root / "ab" / ("ab" * 16 + ".part")
    leftover.write_bytes(b"half")
    again = FileVault(vault.root, KEK)
    assert again.read(known) == b"known"
    assert leftover.exists()
    again.put(b"next")
    assert not leftover.exists()
    assert again.has(known)


def test_an_original_is_never_discarded_and_a_derived_file_may_be(vault: FileVault) -> None:
    original = vault.put(b"original").name
    derived = vault.put(b"thumbnail", kind=FileKind.DERIVED).name
    with pytest.raises(errors.OriginalKept):
        vault.discard(original)
    vault.discard(derived)
    assert vault.has(original)
    assert not vault.has(derived)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Run in a process of its own: the peak of this one belongs to all tests before."""
    script = """
import resource, sys
from pathlib import Path
from app.media.vault_files import FileVault, Scan
source = Path(sys.argv[1]) / "long"
with source.open("wb") as out:
    out.truncate(int(sys.argv[2]))
vault = FileVault(Path(sys.argv[1]) / "vault", bytes(32))
vault.verify(vault.put(source).name)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    root = Path(__file__).parents[3]
    peaks = []
    for size in (4 << 20, 256 << 20):
        folder = tmp_path / str(size)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder), str(size)],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
        )
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 16_000


def test_a_program_killed_while_writing_leaves_only_whole_files_and_leftovers(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from app.media.vault_files import FileVault, Scan
vault = FileVault(Path(sys.argv[1]), bytes(range(32)))
print("ready", flush=True)
while True:
    vault.put(os.urandom(2_000_000))
"""
    vault = FileVault(tmp_path / "vault", KEK)
    for wait_s in (0.0, 0.02, 0.05, 0.11, 0.17):
        writer = subprocess.Popen(
            [sys.executable, "-c", script, str(vault.root)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        with writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(wait_s)
            writer.kill()
    whole = vault.scan(()).orphans
    assert all(vault.verify(name).size_bytes == 2_000_000 for name in whole)
    kept = vault.put(b"the next")
    assert vault.scan({*whole, kept.name}) == Scan((), ())
    assert not list(vault.root.rglob("*.part"))
