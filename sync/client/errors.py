"""What may go wrong between a device and its server."""

from sync.protocol.errors import SyncError


class Unreachable(SyncError):
    """Say that no answer came: no network, no server, or the connection broke."""

    code = "http.unreachable"
    retryable = True


class Untrusted(Unreachable):
    """Say that the server's certificate is of nobody this machine trusts, or of another address."""

    code = "http.certificate"


class NotNow(Unreachable):
    """Say that the server's certificate is not valid at this machine's time: it has run out, or the clock is wrong."""

    code = "http.certificate_date"


class NotTheServer(SyncError):
    """Say that something answered that is no Yanfang server: a captive portal, a proxy, another program."""

    code = "http.not_yanfang"
    retryable = True


class OtherServer(SyncError):
    """Say that the address leads to another server than the one this device is enrolled at."""

    code = "hello.other_server"


class ProtocolTooOld(SyncError):
    """Say that the server no longer, or does not yet, speak this program's protocol."""

    code = "hello.protocol"


class Refused(SyncError):
    """Carry the server's own code and parameters."""

    def __init__(self, code: str, status: int, params: dict[str, str | int]) -> None:
        super().__init__(**params)
        self.code = code
        self.status = status
        self.retryable = status >= 500 or code in ("auth.stale", "body.digest", "body.slow", "push.day_limit")


class NoProgress(SyncError):
    """Say that the server took none of the lines it was sent and gave no reason."""

    code = "push.no_progress"
    retryable = True


class UnknownSigner(SyncError):
    """Say that a pulled line comes from a device whose key the server did not send."""

    code = "pull.signer"
