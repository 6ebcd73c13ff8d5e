"""The server's own keys for packets, and the cards by which devices know one another."""

from sqlalchemy import Connection, select

from sync.protocol.chain import DeviceKey
from sync.protocol.packets_keys import BadCard, BoxKey, Card
from sync.protocol.policy import share_work
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_new, insert_or_replace
from sync.server.devices import Device, Devices
from sync.server.world import World

_NAME = "验方中心服务器"
_SEALED_AT = "packet_key"


class Cards:
    """Who may get packets; the server's key is made once and kept sealed in its database, so a restored one has it again.

    Raises:
        KeyMissing, KeyDiffers: If the key that opens the seal is not there.
    """

    def __init__(self, database: Database, devices: Devices, world: World) -> None:
        self._database, self._devices = database, devices
        kept = self._kept() or self._settle(devices.seal.close(world.random_bytes(32).hex(), _SEALED_AT))
        self.key = DeviceKey.from_seed(bytes.fromhex(devices.seal.open(kept, _SEALED_AT)))
        self.box = BoxKey(self.key)
        self.own = Card.of(devices.server, _NAME, self.key)

    def _kept(self) -> str | None:
        with self._database.read() as unit:
            return unit.execute(select(schema.packet_key.c.seed)).scalar()

    def _settle(self, fresh: str) -> str:
        """Keep a seed, unless somebody else was faster, and return the one that is kept."""

        def settle(unit: Connection) -> str:
            insert_new(unit, schema.packet_key, {"one": 1, "seed": fresh})
            seed: str = unit.execute(select(schema.packet_key.c.seed)).scalar_one()
            return seed

        return self._database.transact(settle)

    def keep(self, device: Device, card: Card) -> None:
        """Keep a device's card.

        Raises:
            BadCard: If it is another device's, or was not made by this one's key.
        """
        card.check()
        if card.device != device.id or card.sign_key != device.public_key:
            raise BadCard()
        values = {"device": device.id, "card": card.text}
        self._database.transact(lambda unit: insert_or_replace(unit, schema.device_card, [values]))

    def of(self, device: str) -> Card:
        """Return a device's card.

        Raises:
            BadCard: If it never sent one.
        """
        with self._database.read() as unit:
            text = unit.execute(select(schema.device_card.c.card).where(schema.device_card.c.device == device)).scalar()
        if text is None:
            raise BadCard()
        return Card.from_text(text)

    def around(self, device: Device) -> tuple[Card, ...]:
        """Return the cards of other devices that work in one of this device's feeds, none of revoked ones."""
        with self._database.read() as unit:
            texts = {row.device: row.card for row in unit.execute(select(schema.device_card))}
        near = (one for one in self._devices.all() if one.id != device.id and one.id in texts and not one.is_revoked)
        return tuple(Card.from_text(texts[one.id]) for one in near if share_work(one.access, device.access))
