"""The real client and the real server in one thread, with a clock, a network and a disk that a seed decides on."""
