"""The rehearsal office: fictional from end to end, and marked so on every screen and page."""
