"""Registers (名录库): brought in from files, kept with their sources, given out again."""
