"""Sync: a protocol, a client and a server that meet only in the protocol."""
