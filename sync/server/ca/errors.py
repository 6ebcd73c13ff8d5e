"""What can go wrong with the office's certificates and time-stamps."""

from sync.protocol.errors import SyncError


class CaMissing(SyncError):
    """Say that this server has no certificates of its own."""

    code = "ca.missing"


class CaExists(SyncError):
    """Say that there are certificates already; a second root would disown the first one's."""

    code = "ca.exists"


class WrongPassphrase(SyncError):
    """Say that the passphrase does not open the root's key."""

    code = "ca.passphrase"


class WeakPassphrase(SyncError):
    """Say that a passphrase or password is shorter than `least` characters."""

    code = "ca.weak_passphrase"


class BadName(SyncError):
    """Say that a name cannot stand in a certificate."""

    code = "ca.bad_name"


class BadRequest(SyncError):
    """Say that a certificate request (PKCS#10) cannot be read, is not signed by its own key, or its key is too weak."""

    code = "ca.bad_request"


class SerialUnknown(SyncError):
    """Say that no certificate with this serial was issued here."""

    code = "ca.serial_unknown"


class RevokedAlready(SyncError):
    """Say that the certificate was revoked before."""

    code = "ca.revoked_already"


class CaDamaged(SyncError):
    """Say that a file of the authority cannot be read (`file`)."""

    code = "ca.damaged"


class NotPdf(SyncError):
    """Say that the file is no signed PDF that can be prolonged (`reason`)."""

    code = "ca.not_pdf"


class NoProof(SyncError):
    """Say that what proves a certificate's standing is not at hand (`name`)."""

    code = "ca.no_proof"
