"""What can go wrong with certificates, tokens and time-stamps."""

from forms.errors import FormError


class PadesError(FormError):
    """Root of all refusals of this package."""

    code = "pades"


class WrongPassword(PadesError):
    """The password or PIN does not open the key; `left` tries remain where the token tells."""

    code = "pades.wrong_password"


class PinLocked(PadesError):
    """The token is locked after too many wrong PINs."""

    code = "pades.pin_locked"


class UnreadableKey(PadesError):
    """The bytes are no PKCS#12 file with a key and its certificate (`reason`)."""

    code = "pades.key_unreadable"


class NoToken(PadesError):
    """No token is plugged in, or none with this label (`label`)."""

    code = "pades.no_token"
    retryable = True


class TokenRemoved(PadesError):
    """The token was taken out or stopped answering while it was needed."""

    code = "pades.token_removed"
    retryable = True


class NoDriver(PadesError):
    """The token's PKCS#11 library cannot be loaded (`file`)."""

    code = "pades.no_driver"


class NoCertificate(PadesError):
    """The token holds no such certificate with a key, or several: `label`, `found`."""

    code = "pades.no_certificate"


class Expired(PadesError):
    """The certificate ended on `until`."""

    code = "pades.expired"


class NotYetValid(PadesError):
    """The certificate begins on `since` only: too early, or the clock was set back."""

    code = "pades.not_yet_valid"


class WrongKeyUsage(PadesError):
    """The certificate is not made for signatures (`usages` it is made for)."""

    code = "pades.key_usage"


class ClockSetBack(PadesError):
    """The clock says `now`, but the file or the time-stamp service knows of `known`."""

    code = "pades.clock"


class AlreadySigned(PadesError):
    """The field `field` is signed already."""

    code = "pades.field_signed"


class BrokenBefore(PadesError):
    """A signature that is in the file already does not hold (`field`, `problem`): adding one would cover it up."""

    code = "pades.broken_before"


class NotSignable(PadesError):
    """The file is no PDF that can be signed, or forbids it (`reason`)."""

    code = "pades.not_signable"


class StampFailed(PadesError):
    """The time-stamp service did not answer, or not as it should (`reason`)."""

    code = "pades.no_stamp"
    retryable = True


class SealUnfit(PadesError):
    """The picture of a seal has no transparency, or a size that no seal has (`reason`)."""

    code = "pades.seal_unfit"
