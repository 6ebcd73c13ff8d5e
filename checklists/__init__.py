"""Inspection templates: data, and the code that understands it. Start at `registry.Registry` and `logic`."""
