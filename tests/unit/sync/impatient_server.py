"""`yanfang-server` that finds 1 MiB long already, and whose successor takes a file over after a second."""

from sync.server import assembly, blobs
from sync.server.cli import main

if __name__ == "__main__":
    blobs.AT_ONCE_BYTES = 1 << 20
    assembly._HOLD_MS = 1000
    main()
