"""The sets of pictures; each has `PICTURES` and `take(studio)`."""
