"""Keeping the memory of this process out of crash dumps: once the store is open, it holds names and answers in clear."""

import sys
from contextlib import suppress

if sys.platform == "win32":
    import ctypes

    _FAIL_CRITICAL_ERRORS, _NO_FAULT_BOX, _NO_HEAP = 0x1, 0x2, 0x1

    def leave_no_dump() -> None:
        """Let Windows Error Reporting neither ask nor keep the heap when this process crashes."""
        kernel = ctypes.windll.kernel32
        kernel.SetErrorMode(_FAIL_CRITICAL_ERRORS | _NO_FAULT_BOX)
        with suppress(AttributeError):
            kernel.WerSetFlags(_NO_HEAP)

else:
    import resource

    def leave_no_dump() -> None:
        """Forbid core files to this process and to all it starts, for good."""
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
