"""Where a profile may lie: by default the system's place for programs' data, never a network or cloud folder."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from app.settings.errors import UnsafeFolder

_CLOUD = re.compile(
    r"^(onedrive( - .+)?|nutstore( files)?|坚果云|我的坚果云|dropbox|google ?drive|icloud ?drive|mobile documents|box sync"
    r"|baidu(netdisk|syncdisk)|百度网盘(同步空间)?|百度云同步盘|wps(云盘|drive)|腾讯微云|微云同步盘|阿里云盘|aliyundrive)$",
    re.IGNORECASE,
)
_CLOUD_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_NETWORK_TYPES = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ncpfs",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.davfs2",
        "davfs",
    }
)


def default_home(
    environ: Mapping[str, str], platform: str = sys.platform, user_home: Path | None = None
) -> Path:
    """Return the profile folder when none is named: local to this machine, not roaming."""
    base = user_home or Path.home()
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or base / "AppData" / "Local") / "Yanfang"
    if platform == "darwin":
        return base / "Library" / "Application Support" / "Yanfang"
    named = environ.get("XDG_DATA_HOME", "")
    return (Path(named) if named.startswith("/") else base / ".local" / "share") / "yanfang"


def refuse_unsafe(folder: Path, environ: Mapping[str, str]) -> None:
    """Refuse a folder that another program copies or another machine serves.

    Locks and shared memory of the database do not hold there, and a half-copied file would come back as a whole one.

    Raises:
        UnsafeFolder: Naming `cloud` or `network`.
    """
    path = Path(os.path.realpath(folder))
    if is_cloud(path, environ):
        raise UnsafeFolder(folder, "cloud")
    if _is_network(path):
        raise UnsafeFolder(folder, "network")


def is_cloud(path: Path, environ: Mapping[str, str]) -> bool:
    """Return whether a folder is kept in step with a cloud store, by its names."""
    if any(_CLOUD.match(part) for part in path.parts):
        return True
    roots = (environ.get(name) for name in _CLOUD_VARIABLES)
    return any(root and path.is_relative_to(root) for root in roots)


def network_mount(path: Path, mounts: str) -> bool:
    """Return whether a path lies on a network file system, by the text of `/proc/mounts`."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        if len(point) >= best and path.is_relative_to(point):
            best, kind = len(point), fields[2]
    return kind in _NETWORK_TYPES


if sys.platform == "win32":
    import ctypes

    _DRIVE_REMOTE = 4

    def _is_network(path: Path) -> bool:
        if path.drive.startswith("\\\\"):
            return True
        return bool(ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _DRIVE_REMOTE)

else:

    def _is_network(path: Path) -> bool:
        try:
            # Names that are not UTF-8 are kept as they are.
            mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return False
        return network_mount(path, mounts)
