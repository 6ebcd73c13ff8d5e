"""Measurements of the program against bounds and peers, side by side in one run: `python -m bench`."""
