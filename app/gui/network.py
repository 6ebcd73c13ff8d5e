"""What the system says of the network, for the sync loop: whether it is there, and whether it costs."""

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QNetworkInformation

from app.core.syncing import Network

_COSTLY = (QNetworkInformation.TransportMedium.Cellular, QNetworkInformation.TransportMedium.Bluetooth)


class NetworkWatch(QObject):
    """Tells the loop of the kind of network now and whenever it changes; where the system says nothing, nothing."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._loop: Any = None
        self._seen: QNetworkInformation | None = None

    def attend(self, loop: Any) -> None:
        """Tell this loop from now on."""
        if self._loop is None and loop is not None and QNetworkInformation.loadDefaultBackend():
            self._loop, self._seen = loop, QNetworkInformation.instance()
            for changed in (
                self._seen.reachabilityChanged, self._seen.transportMediumChanged, self._seen.isMeteredChanged,
            ):  # fmt: skip
                changed.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        if self._loop is None or self._seen is None:
            return
        reach = self._seen.reachability()
        is_there = reach in (QNetworkInformation.Reachability.Online, QNetworkInformation.Reachability.Site)
        self._loop.network_changed(
            kind_of(self._seen.transportMedium(), self._seen.isMetered()), is_reachable=is_there
        )


def kind_of(medium: QNetworkInformation.TransportMedium, is_metered: bool) -> Network:
    """Return what a medium means here: mobile, Bluetooth and what the system calls metered cost."""
    if is_metered or medium in _COSTLY:
        return Network.METERED
    known = medium is not QNetworkInformation.TransportMedium.Unknown
    return Network.FREE if known else Network.UNKNOWN
