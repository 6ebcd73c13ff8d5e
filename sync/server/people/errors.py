"""Every refusal of this package; statuses stand in `sync.server.errors`, sentences in `sync.server.sentences`."""

from sync.protocol.errors import SyncError


class LoginRefused(SyncError):
    """Say that user, password or digits are wrong; never which."""

    code = "login.refused"


class LoginLocked(SyncError):
    """Say that there were too many wrong tries: again in `wait_s` seconds."""

    code = "login.locked"
    retryable = True


class DigitsNeeded(SyncError):
    """Say that the password is right and the six digits are missing."""

    code = "login.totp_needed"


class DigitsNotSetUp(SyncError):
    """Say that a role of this person needs six digits and none were set up."""

    code = "login.totp_missing"


class SessionOver(SyncError):
    """Say that a web session has ended or never was."""

    code = "login.session_over"


class CsrfRefused(SyncError):
    """Say that a form was not sent from this server's own page."""

    code = "login.csrf"


class OrgUnknown(SyncError):
    """Say that there is no such office."""

    code = "people.org_unknown"


class OrgKnown(SyncError):
    """Say that there is such an office already."""

    code = "people.org_known"


class BadCode(SyncError):
    """Say that a text cannot be the code of an office, the name of a user or a task."""

    code = "people.bad_code"


class PersonUnknown(SyncError):
    """Say that there is no such person."""

    code = "people.user_unknown"


class PersonKnown(SyncError):
    """Say that there is such a person already."""

    code = "people.user_known"


class WeakPassword(SyncError):
    """Say that a password is too short, too long or the name itself."""

    code = "people.weak_password"


class NotHeld(SyncError):
    """Say that the person does not hold this role there."""

    code = "people.not_held"


class RoleMisplaced(SyncError):
    """Say that this role cannot be held there."""

    code = "people.role_misplaced"


class NotAllowed(SyncError):
    """Say that whoever asked for it may not do it: `action` in `place`."""

    code = "people.not_allowed"


class SamePerson(SyncError):
    """Say that nobody lets in his own device."""

    code = "people.same_person"


class TooManyDevices(SyncError):
    """Say that the person has `limit` active devices already."""

    code = "people.too_many_devices"


class AdmissionUnknown(SyncError):
    """Say that no such device asks to be let in."""

    code = "enrol.not_asked"


class AdmissionDecided(SyncError):
    """Say that this was decided already, or asked with another key."""

    code = "enrol.decided"


class TooManyAsking(SyncError):
    """Say that too many devices are waiting to be let in."""

    code = "enrol.too_many"
    retryable = True


class FingerprintDiffers(SyncError):
    """Say that the digits read out are not those of the device that asks."""

    code = "enrol.fingerprint"


class LineUnknown(SyncError):
    """Say that no such line is in quarantine."""

    code = "people.line_unknown"


class WhyMissing(SyncError):
    """Say that somebody decides and does not say why, or says too much."""

    code = "people.why_missing"
