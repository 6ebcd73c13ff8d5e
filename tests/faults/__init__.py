"""Cuts, kills, lost power and hostile input, done to the real program."""
