"""The server's tables and the only way to them."""
