"""``yanfang-server`` on a disk of 1 TiB, however full this machine's is: what a day may bring is asked beside what is left."""

from sync.server.cli import main
from sync.server.store.files import FileStore

if __name__ == "__main__":
    FileStore.free_bytes = lambda store: 1 << 40
    main()
