"""What a database may answer instead of doing its work."""

from sync.protocol.errors import SyncError


class Busy(SyncError):
    """Say that the database cannot be reached, or that others held it for too long."""

    code = "server.busy"
    retryable = True


class NoRoom(SyncError):
    """Say that the disk is full: nothing of this was kept."""

    code = "server.no_space"
    retryable = True


class Met(Exception):
    """Say that another transaction came between; whoever ran this one begins it again."""


class DatabaseTooNew(SyncError):
    """Say that a newer program wrote this data folder."""

    code = "server.database_too_new"


class DriverMissing(SyncError):
    """Say that a library of the server's extra is not installed: `library`."""

    code = "server.extra_missing"


class BadAddress(SyncError):
    """Say that the address of a database or a store of files cannot be read."""

    code = "server.bad_address"
