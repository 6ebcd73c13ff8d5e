"""The central server: devices, feeds, receipts and files."""
