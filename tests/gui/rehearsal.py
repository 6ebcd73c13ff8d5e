"""A rehearsal office with one pharmacy visit under way; every test works on a copy, because drawing its photos takes long."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import Services, open_services
from app.core.clock import now
from app.core.ids import InspectionId
from app.services.demo import cast, play
from app.services.demo.furnish import Furnished, furnish
from tests.unit.services.desks import CHEAP


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The office's folder, closed, and what is in it."""

    home: Path
    furnished: Furnished
    inspection: InspectionId

    def copied(self, home: Path) -> Services:
        """Return the services over a copy."""
        shutil.copytree(self.home, home)
        services = _services(home)
        services.vault.unlock(cast.SECRET)
        return services


def rehearse(home: Path) -> Rehearsal:
    """Play the visit in a new folder."""
    services = _services(home)
    try:
        services.vault.setup(cast.OFFICE, "程砚秋", "演练执法990199001", cast.SECRET, True)
        furnished = furnish(services, now())
        return Rehearsal(home, furnished, play.check(services, furnished.tasks[0], now()))
    finally:
        services.close()


def _services(home: Path) -> Services:
    return open_services(home, environ={"YANFANG_NO_KEYRING": "1"}, costs=CHEAP)
