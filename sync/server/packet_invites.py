"""Invite a laptop that will never reach this server by network."""

from sync.protocol.packets_invite import Invitation
from sync.server import epochs
from sync.server.packet_cards import Cards
from sync.server.routes import Office


def invite(office: Office, user: str, grants: tuple[str, ...], valid_ms: int) -> Invitation:
    """Issue a one-time code and put it beside the server's card."""
    issued = office.devices.issue_code(user, grants, valid_ms)
    with office.database.read() as unit:
        epoch = epochs.current(unit)
    return Invitation(Cards(office.database, office.devices, office.world).own, epoch, issued.code)
