"""One request of somebody who is logged in, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sync.protocol.errors import SyncError
from sync.server.admin.viewers import Viewer
from sync.server.people.logins import WebSession

MAX_FIELD: Final = 200


class FormIncomplete(SyncError):
    """Say that a form came without a part, or with one that is too long: `at`."""

    code = "admin.form"


class OwnAccount(SyncError):
    """Say that nobody shuts himself out."""

    code = "admin.own_account"


@dataclass(frozen=True, slots=True)
class Visit:
    """What an administrator asks.

    Attributes:
        where: Parts of the address.
    """

    session: WebSession
    viewer: Viewer
    now_ms: int
    where: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)

    def field(self, name: str) -> str:
        """Return a field of the form.

        Raises:
            FormIncomplete: If it is not filled in.
        """
        value = self.form.get(name, "")
        if not 0 < len(value) <= MAX_FIELD:
            raise FormIncomplete(at=name)
        return value


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to be made from a template."""

    template: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GoTo:
    """Another page, which says that something was done."""

    path: str
