"""What may be wrong with a courier packet, a card or a stick."""

ERRORS = {
    "packet.bad_files": "{count} files in the packet do not match their digests and were not taken; the rest was. Ask for a new export.",
    "packet.card": "This is no card or invitation, or it was changed. Scan it again or copy the whole text.",
    "packet.changed": "The packet's contents do not match its signature; nothing was imported. Ask for a new export.",
    "packet.contents": "The packet does not hold what a packet holds ({at}); nothing more was imported.",
    "packet.cut": "The packet file is incomplete. Copy it again.",
    "packet.enrolled": "This laptop is enrolled at another server and cannot accept this invitation.",
    "packet.folder": "Cannot read or write {folder} ({reason}). Is the stick full, write-protected or gone?",
    "packet.no_mate": "This device is not among the team-mates. Add its card first.",
    "packet.no_server": "This laptop knows no server yet. Enrol once over the network, or import an invitation.",
    "packet.not_one": "This is no Yanfang packet ({reason}).",
    "packet.other_receiver": "This packet is for another device or server.",
    "packet.own_card": "This is this laptop's own card. Add a team-mate's.",
    "packet.sealed": "This packet was not sealed to this laptop, or was changed on the way; nothing was imported.",
    "packet.signature": "The packet's signature does not fit; nothing was imported.",
    "packet.too_new": "A newer program wrote this packet, or it uses ciphers unknown here. Upgrade the program.",
    "packet.unknown_mate": "The device that wrote this packet is not among the team-mates. Add its card and compare fingerprints.",
}
