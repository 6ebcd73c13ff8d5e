"""Answers as widgets: one editor per answer kind, the detail table among them."""
