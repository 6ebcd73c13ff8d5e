"""What somebody may see and do at the administrators' page, asked of the policy table."""

from dataclasses import dataclass

from sync.protocol.policy import Access, Action, may
from sync.server.people.access import office


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who is logged in.

    Attributes:
        orgs: Every office of the server.
    """

    user: str
    name: str
    access: Access
    orgs: tuple[str, ...]

    def may(self, action: Action, org: str | None) -> bool:
        """Return whether he may do this in an office; what belongs to none is for those who may everywhere."""
        return self.everywhere(action) if org is None else may(self.access, action, office(org))

    def anywhere(self, action: Action) -> bool:
        """Return whether he may do this in at least one office."""
        return any(may(self.access, action, office(org)) for org in self.orgs)

    def everywhere(self, action: Action) -> bool:
        """Return whether he may do this in every office: figures of the whole server are for such people."""
        return bool(self.orgs) and all(may(self.access, action, office(org)) for org in self.orgs)

    def sees(self, org: str | None) -> bool:
        """Return whether he may know how an office fares."""
        return self.may(Action.SEE_STATUS, org)

    @property
    def sees_all(self) -> bool:
        """Return whether figures of the whole server are for him."""
        return self.everywhere(Action.SEE_STATUS)

    def may_release(self, feed: str) -> bool:
        """Return whether he may let lines into a feed."""
        return may(self.access, Action.RELEASE, feed)

    def sees_feed(self, feed: str) -> bool:
        """Return whether he may know that lines wait before a feed: never what they say."""
        kind, _, org = feed.partition(":")
        opened = (self.access.tasks or {}).get(feed, ()) if kind == "x" else (org,)
        return (
            self.may_release(feed)
            or self.sees_all
            or any(one in self.orgs and self.sees(one) for one in opened)
        )

    @property
    def sections(self) -> tuple[str, ...]:
        """Return the pages for him, by name."""
        shown = {
            "overview": True,
            "devices": self.anywhere(Action.SEE_STATUS) or self.anywhere(Action.MANAGE_DEVICES),
            "people": self.anywhere(Action.SEE_STATUS) or self.anywhere(Action.MANAGE_USERS),
            "orgs": self.anywhere(Action.SEE_STATUS),
            "quarantine": self.anywhere(Action.SEE_STATUS) or self._releases_somewhere(),
            "alarms": self.anywhere(Action.SEE_STATUS),
            "storage": self.sees_all,
            "acts": self.anywhere(Action.SEE_STATUS),
        }
        return tuple(name for name, is_shown in shown.items() if is_shown)

    def _releases_somewhere(self) -> bool:
        feeds = (*(f"s:{org}" for org in self.orgs), *(self.access.tasks or {}))
        return any(self.may_release(feed) for feed in feeds)
