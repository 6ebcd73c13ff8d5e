"""Simplified Chinese, the default."""
