"""Selects in, dataclasses out; and the fields of a dataclass as they are stored."""
