"""Many at once: writers that must not skip a number, devices by the hundred."""
