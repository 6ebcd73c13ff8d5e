"""Self-checks (自查): packages that leave the office, what institutions fill in, and what becomes of it."""
