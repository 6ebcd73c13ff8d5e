"""Take rights away from the process that opens hostile files, before it reads the first of their bytes."""

import ctypes
import os
import sys
from typing import Final

MEMORY, NETWORK, FILES, CHILDREN = "memory", "network", "files", "children"
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_NO_NEW_PRIVS: Final = 38
_OPEN_FILES: Final = 64


def raise_fence(memory_bytes: int) -> tuple[str, ...]:
    """Limit this process for good and return what took hold; what a system cannot do is left out."""
    if sys.platform == "win32":
        return _raise_on_windows(memory_bytes)
    else:
        return _raise_on_posix(memory_bytes)


if sys.platform == "win32":
    _JOB_EXTENDED_LIMITS: Final = 9
    _LIMIT_ACTIVE_PROCESS: Final = 0x8
    _LIMIT_PROCESS_MEMORY: Final = 0x100
    _LIMIT_DIE_ON_UNHANDLED: Final = 0x400

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", ctypes.c_uint32),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", ctypes.c_uint32),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", ctypes.c_uint32),
            ("SchedulingClass", ctypes.c_uint32),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    def _raise_on_windows(memory_bytes: int) -> tuple[str, ...]:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetInformationJobObject.argtypes = (
            ctypes.c_void_p,
            ctypes.c_int,
            ctypes.c_void_p,
            ctypes.c_uint32,
        )
        kernel.AssignProcessToJobObject.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        limits = _ExtendedLimits()
        basic = limits.BasicLimitInformation
        basic.LimitFlags = _LIMIT_PROCESS_MEMORY | _LIMIT_ACTIVE_PROCESS | _LIMIT_DIE_ON_UNHANDLED
        basic.ActiveProcessLimit = 1
        limits.ProcessMemoryLimit = memory_bytes
        # The handle is never closed: the job must live as long as the process in it.
        job = kernel.CreateJobObjectW(None, None)
        size_bytes = ctypes.sizeof(limits)
        if not job or not kernel.SetInformationJobObject(
            job, _JOB_EXTENDED_LIMITS, ctypes.byref(limits), size_bytes
        ):
            return ()
        if not kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess()):
            return ()
        return MEMORY, CHILDREN

else:
    import resource

    def _raise_on_posix(memory_bytes: int) -> tuple[str, ...]:
        held = []
        for name, which, limit in (
            (MEMORY, resource.RLIMIT_AS, memory_bytes),
            (FILES, resource.RLIMIT_FSIZE, 0),
            ("", resource.RLIMIT_CORE, 0),
            ("", resource.RLIMIT_NOFILE, _OPEN_FILES),
        ):
            try:
                resource.setrlimit(which, (limit, limit))
            except (ValueError, OSError):
                continue
            held.append(name)
        if sys.platform == "linux" and _leave_network():
            held.append(NETWORK)
        return tuple(name for name in held if name)

    def _leave_network() -> bool:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        as_root = os.geteuid() == 0 and libc.unshare(_CLONE_NEWNET) == 0
        return bool(as_root or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)
