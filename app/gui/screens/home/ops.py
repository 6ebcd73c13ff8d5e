"""What the first page asks for."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from app.gui.screens.home.digest import Digest, compose, delivery

RECENT_DOCUMENTS = 50


def read(services: Any, today: Callable[[], dt.date]) -> Digest:
    """Return everything the first page says (reader thread)."""
    visits, to_sign, deadlines = compose(
        services.tasks.lines(),
        services.documents.recent(RECENT_DOCUMENTS),
        services.people.find(),
        today(),
        services.statistics.due(),
    )
    status = services.sync.status()
    return Digest(visits, to_sign, deadlines, delivery(services.sync.delivered(), status), status)
