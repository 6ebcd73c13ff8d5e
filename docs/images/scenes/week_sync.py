"""What waits, packets, team-mates and troubles of the week's office."""

from typing import Any

from staging import Camera


def sync(camera: Camera, stage: Any) -> None:
    camera.go("sync")


def packets(camera: Camera, stage: Any) -> None:
    """Three days after an export, with a team-mate and a stick that is not there."""
    from app.gui.screens.sync.packets_places import Stick
    from sync.protocol.chain import DeviceKey
    from sync.protocol.packets_keys import Card

    packets = stage.services.packets
    packets.add_mate(Card.of("01a00000-0000-7000-8000-000000000002", "检查二组-2号机", DeviceKey.from_seed(bytes(32))).text)
    packets.export(stage.services.profile.home / "stick")
    camera.window.idle.stop()  # it would take three days for an absence
    stage.clock.go_on(days=3)
    place = camera.go("sync", tab="packets").packets.place
    place._timer.stop()
    place.choose("E:/")
    place.put([Stick("E:/", "KINGSTON", 28_300_000_000)])


def team(camera: Camera, stage: Any) -> None:
    """A relay that a team-mate has just come to."""
    import platform

    from app.services import relay

    relay.addresses, relay.make_code = lambda: ("192.168.43.5",), lambda _chance: "K7MW2QTA"
    usual, platform.node = platform.node, lambda: "检查一组-2号机"
    packets = stage.services.packets
    mate = stage.studio.empty_office("mate", person=1)
    packets.add_mate(mate.packets.card_text())
    mate.packets.add_mate(packets.card_text())
    camera.go("home")
    pane = camera.go("sync", tab="team").team
    pane.open_relay()
    camera.settle()
    status = stage.services.relay.status()
    mate.relay.meet("127.0.0.1:" + status.addresses[0].rpartition(":")[2], status.code)
    mate.close()
    platform.node = usual
    pane._look()
    camera.settle()


def troubles(camera: Camera, stage: Any) -> None:
    """One line that the server was too old for, and a server that was set back."""
    from app.core.syncing import Network, SyncPolicy
    from app.db import sync_refused
    from app.services.sync_local import LocalSide

    db = stage.services.sync._store.db
    store = LocalSide(db, SyncPolicy(), Network.UNKNOWN)
    store.set_aside(next(one.op for one in reversed(store.pending(500)) if b'"t":"answer"' in one.data), "future_schema")
    sync_refused.note_incident(db, sync_refused.EPOCH, "before", "after")
    camera.go("sync", tab="troubles")
