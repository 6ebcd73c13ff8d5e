"""Every refusal of the server: its code and the HTTP status it travels with."""

from typing import Final

from sync.protocol.errors import SyncError

STATUS: Final[dict[str, int]] = {
    "auth.missing": 401,
    "auth.signature": 401,
    "auth.stale": 401,
    "auth.replayed": 401,
    "auth.unknown_device": 401,
    "auth.revoked": 403,
    "auth.unconfirmed": 403,
    "auth.login_needed": 401,
    "login.refused": 401,
    "login.locked": 429,
    "login.totp_needed": 401,
    "login.totp_missing": 403,
    "login.session_over": 401,
    "login.csrf": 403,
    "people.not_allowed": 403,
    "people.same_person": 403,
    "people.too_many_devices": 409,
    "people.line_unknown": 404,
    "enrol.decided": 409,
    "enrol.too_many": 429,
    "enrol.code_unknown": 403,
    "enrol.code_used": 403,
    "enrol.code_expired": 403,
    "enrol.device_known": 409,
    "enrol.proof": 403,
    "feed.forbidden": 403,
    "epoch.changed": 409,
    "numbers.exhausted": 409,
    "numbers.of_other": 409,
    "pull.cursor": 409,
    "blob.offer": 422,
    "blob.chunk": 422,
    "blob.incomplete": 409,
    "blob.digest": 422,
    "blob.unknown": 404,
    "blob.no_space": 507,
    "blob.day_limit": 507,
    "blob.unfinished_limit": 507,
    "blob.disk_limit": 507,
    "body.too_large": 413,
    "body.slow": 408,
    "body.not_zstd": 400,
    "body.digest": 400,
    "admin.too_many": 429,
    "ca.missing": 404,
    "ca.damaged": 500,
    "http.not_found": 404,
    "http.method": 405,
    "server.busy": 503,
    "server.no_space": 507,
    "server.internal": 500,
    "server.key_missing": 500,
    "server.key_differs": 500,
}
OTHERWISE: Final = 422


class Unsigned(SyncError):
    """Say that a request came without the headers of a signed request."""

    code = "auth.missing"


class WrongSignature(SyncError):
    """Say that the request was not signed by this device for this server."""

    code = "auth.signature"


class StaleRequest(SyncError):
    """Say that the request's time is too far from the server's: `server_ms`."""

    code = "auth.stale"
    retryable = True


class ReplayedRequest(SyncError):
    """Say that the same request was seen before."""

    code = "auth.replayed"


class UnknownDevice(SyncError):
    """Say that no such device is enrolled here."""

    code = "auth.unknown_device"


class RevokedDevice(SyncError):
    """Say that the device was locked out."""

    code = "auth.revoked"


class Unconfirmed(SyncError):
    """Say that an administrator must confirm the device again."""

    code = "auth.unconfirmed"


class LoginNeeded(SyncError):
    """Say that the device's user must show again that it is he."""

    code = "auth.login_needed"


class BadScope(SyncError):
    """Say that a grant names no feed: `value`."""

    code = "enrol.bad_scope"


class CodeUnknown(SyncError):
    """Say that no such one-time code was issued."""

    code = "enrol.code_unknown"


class CodeUsed(SyncError):
    """Say that the one-time code has let in another device."""

    code = "enrol.code_used"


class CodeExpired(SyncError):
    """Say that the one-time code is too old."""

    code = "enrol.code_expired"


class DeviceKnown(SyncError):
    """Say that a device with this id or this key is enrolled already."""

    code = "enrol.device_known"


class WrongProof(SyncError):
    """Say that the device did not prove to hold the key it wants to register."""

    code = "enrol.proof"


class NumbersExhausted(SyncError):
    """Say that no number of the year's series is left: `series`, `year`."""

    code = "numbers.exhausted"


class RangeOfOther(SyncError):
    """Say that another device, or another series, asked under this id."""

    code = "numbers.of_other"


class Forbidden(SyncError):
    """Say that the device may not use this feed."""

    code = "feed.forbidden"


class EpochChanged(SyncError):
    """Say that the server has begun a new history: `epoch`."""

    code = "epoch.changed"


class CursorMismatch(SyncError):
    """Say that the server does not know the entry at which a cursor stands."""

    code = "pull.cursor"


class BadOffer(SyncError):
    """Say that a file was announced with an impossible name, size or digest."""

    code = "blob.offer"


class BadChunk(SyncError):
    """Say that a chunk has a wrong number or length, or belongs to no announced file."""

    code = "blob.chunk"


class BlobIncomplete(SyncError):
    """Say that `missing` chunks are not there yet."""

    code = "blob.incomplete"


class BlobDigest(SyncError):
    """Say that the whole file has another digest than announced; its chunks were dropped."""

    code = "blob.digest"


class BlobUnknown(SyncError):
    """Say that this device can be given no such file."""

    code = "blob.unknown"


class NoSpace(SyncError):
    """Say that the server's disk is too full for this file."""

    code = "blob.no_space"
    retryable = True


class WrongBodyDigest(SyncError):
    """Say that the body arrived damaged."""

    code = "body.digest"
    retryable = True


class IdReuse(SyncError):
    """Say that a known line id came with another content."""

    code = "push.id_reuse"


class ReplicaOfOther(SyncError):
    """Say that the replica belongs to another device."""

    code = "push.replica_of_other"


class NotFound(SyncError):
    """Say that the server has no such address."""

    code = "http.not_found"


class WrongMethod(SyncError):
    """Say that the address does not take this method."""

    code = "http.method"
