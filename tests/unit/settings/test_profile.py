"""The profile folder and its lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings.errors import AlreadyRunning, ProfileUnwritable, UnsafeFolder
from app.settings.folders import default_home, is_cloud, network_mount
from app.settings.profile import Profile, ProfileLock, find_profile

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from pathlib import Path
from app.settings.profile import Profile, ProfileLock
lock = ProfileLock(Profile(Path(sys.argv[1])))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    made = find_profile(tmp_path / "张三 的档案", {})
    made.make()
    return made


def test_everything_lies_in_the_named_folder(profile: Profile):
    places = (profile.vault, profile.database, profile.backups, profile.files, profile.logs, profile.lock)
    assert {place.parent for place in places} == {profile.home}
    assert profile.backups.is_dir()
    assert profile.files.is_dir()


def test_the_default_folder_is_the_systems():
    home = Path("/home/li")
    assert default_home({}, "linux", home) == Path("/home/li/.local/share/yanfang")
    assert default_home({"XDG_DATA_HOME": "/x"}, "linux", home) == Path("/x/yanfang")
    assert default_home({"XDG_DATA_HOME": "relative"}, "linux", home) == Path("/home/li/.local/share/yanfang")
    assert default_home({"LOCALAPPDATA": "/l"}, "win32", home) == Path("/l/Yanfang")
    assert default_home({}, "win32", home) == Path("/home/li/AppData/Local/Yanfang")
    assert default_home({}, "darwin", home) == Path("/home/li/Library/Application Support/Yanfang")


def test_a_profile_that_cannot_be_made_is_said_so(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProfileUnwritable):
        Profile(tmp_path / "file" / "inside").make()


@pytest.mark.parametrize(
    "name", ["OneDrive", "OneDrive - 某某医保局", "坚果云", "我的坚果云", "Dropbox", "Nutstore"]
)
def test_a_cloud_folder_is_refused(tmp_path: Path, name: str):
    with pytest.raises(UnsafeFolder) as caught:
        find_profile(tmp_path / name / "yanfang", {})
    assert caught.value.params["reason"] == "cloud"


def test_a_cloud_folder_under_another_name_is_known_by_its_variable(tmp_path: Path):
    assert is_cloud(tmp_path / "d" / "x", {"OneDriveCommercial": str(tmp_path / "d")})
    assert not is_cloud(tmp_path / "e" / "x", {"OneDriveCommercial": str(tmp_path / "d")})
    assert not is_cloud(Path("/home/li/OneDriver/x"), {})


def test_a_network_mount_is_known_by_its_type():
    mounts = (
        "/dev/sda1 / ext4 rw 0 0\n//srv/share /mnt/my\\040share cifs rw 0 0\n"
        "/dev/sdb1 /mnt/my\\040share/local ext4 rw 0 0\nodd line\n"
    )
    assert network_mount(Path("/mnt/my share/profile"), mounts)
    assert not network_mount(Path("/mnt/my share/local/profile"), mounts)
    assert not network_mount(Path("/home/li"), mounts)


def test_a_second_program_is_kept_out_and_told_who_is_in(profile: Profile):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(profile.home)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunning) as caught:
        ProfileLock(profile).acquire()
    assert caught.value.params == {"pid": holder.pid}
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    with ProfileLock(profile):
        assert profile.lock.read_text() == str(os.getpid())


def test_a_released_profile_can_be_taken_again(profile: Profile):
    with ProfileLock(profile), pytest.raises(AlreadyRunning):
        ProfileLock(profile).acquire()
    with ProfileLock(profile):
        pass
