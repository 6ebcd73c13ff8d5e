"""What may be wrong with a courier packet, a card or a stick."""

ERRORS = {
    "packet.bad_files": "{count} {count:file|files} in the packet "
    "{count:does not match its digest and was|do not match their digests and were} not taken; the rest was. Ask for a new export.",
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
    "relay.address": "“{address}” is no address of a relay. Type it as the relay shows it, such as 192.168.1.5:8766.",
    "relay.busy": "An exchange with a relay is under way. Wait for it, or stop it first.",
    "relay.code": "The pairing code is wrong. Type the 8 signs on the relay's screen; each time a relay opens it shows another code.",
    "relay.full": "The relay's disk has no room left. Free some of it, or exchange in several goes.",
    "relay.have": "The list of files does not match its signature; nothing was exchanged. Open the relay again and retry.",
    "relay.port": "The relay cannot be opened ({reason}). Check network and firewall.",
    "relay.request": "The relay does not know this request. Are both programs of the same version? Try again.",
    "relay.self": "This is this laptop's own address. Type it in on the other laptop.",
    "relay.unknown_guest": "The relay does not know this laptop yet. Add its card there, compare fingerprints, and connect again.",
    "relay.unknown_host": "This laptop does not know that relay yet. Add its card here, compare fingerprints, and connect again.",
    "relay.unreachable": "The relay cannot be reached, or was closed. Same cable or hot spot? Address as shown? "
    "Firewall open for Yanfang? What came is kept and goes on after connecting again.",
    "relay.writing": "The part before is still on the line. Try again in a moment.",
}
